//! What every answer carries against being framed, sniffed, kept or read elsewhere.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

/// The headers of every answer, whatever a handler says.
///
/// `Referrer-Policy` is `strict-origin`: what stands in the address of a link's page goes nowhere, not even to ourselves.
/// `no-referrer` would do that too, but then a browser sends `Origin: null` with our own forms, and one that knows no
/// `Sec-Fetch-Site` (Safari before 16.4) could not log in.
const ALWAYS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "strict-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Two years, as the preload lists ask; only where the site is served by https.
const STRICT_TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// Puts the security headers on every answer of `router`, refusals and errors included. For hosts' own routes too.
///
/// `Cache-Control: no-store` stands unless the handler chose another one. `secure` adds `Strict-Transport-Security`.
pub fn security_headers<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    secure: bool,
) -> Router<S> {
    let mut router = router.layer(SetResponseHeaderLayer::if_not_present(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    ));
    for (name, value) in ALWAYS {
        router = router.layer(SetResponseHeaderLayer::overriding(
            name,
            HeaderValue::from_static(value),
        ));
    }
    if secure {
        let value = HeaderValue::from_static(STRICT_TRANSPORT);
        router = router.layer(SetResponseHeaderLayer::overriding(
            header::STRICT_TRANSPORT_SECURITY,
            value,
        ));
    }
    router
}
