//! The style sheet: one file, kept by browsers for a year under a name that changes with its content.

use std::sync::LazyLock;

use aplus_core::journal::BodyHash;
use axum::http::header;
use axum::response::IntoResponse;

const STYLE: &str = include_str!("../../assets/aplus.css");

/// Where the style sheet stands, below the base path.
pub(super) const STYLE_PATH: &str = "/aplus.css";

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let BodyHash(hash) = BodyHash::of(STYLE.as_bytes());
    hash.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
});

/// The address of this very style sheet.
pub(super) fn style_href() -> String {
    format!("{STYLE_PATH}?v={}", *VERSION)
}

pub(super) async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, STYLE)
}
