//! Refuses what another site makes a browser do here.
//!
//! `tower_http::csrf` is close, but believes the request's Host where `Sec-Fetch-Site` is missing; here only the site's
//! own public address counts.

use std::sync::Arc;

use aplus_core::Site;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::extract::Rejection;
use crate::problem::Problem;

/// What the check needs to know: the site's own origin.
#[derive(Debug, Clone)]
pub struct SameOrigin(Arc<Site>);

impl SameOrigin {
    /// The check for this site.
    #[must_use]
    pub fn new(site: &Site) -> Self {
        Self(Arc::new(site.clone()))
    }

    /// Whether a request may pass: a safe method (GET, HEAD, OPTIONS); `Sec-Fetch-Site` of `same-origin` or `none`;
    /// without that header an `Origin` that is the site's; without both, no browser sent it.
    #[must_use]
    pub fn allows(&self, method: &Method, headers: &HeaderMap) -> bool {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return true;
        }
        let all = |name| {
            headers
                .get_all(name)
                .into_iter()
                .map(|value| value.as_bytes())
        };
        if headers.contains_key("sec-fetch-site") {
            all(header::HeaderName::from_static("sec-fetch-site"))
                .all(|value| value == b"same-origin" || value == b"none")
        } else {
            all(header::ORIGIN).all(|value| value.eq_ignore_ascii_case(self.0.origin().as_bytes()))
        }
    }
}

/// Puts the check before every route of `router`: a cross-site request of an unsafe method is 403 `cross_site`.
pub fn same_origin<S: Clone + Send + Sync + 'static>(router: Router<S>, site: &Site) -> Router<S> {
    router.layer(middleware::from_fn_with_state(SameOrigin::new(site), check))
}

async fn check(State(own): State<SameOrigin>, request: Request, next: Next) -> Response {
    if own.allows(request.method(), request.headers()) {
        return next.run(request).await;
    }
    Rejection::new(Problem::CrossSite, request.headers(), &own.0).into_response()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_own_origin_and_no_browser_at_all_pass() {
        let own = SameOrigin::new(&Site::new("https://aplus.example").unwrap());
        let allows = |method: &Method, lines: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(*name, value.parse().unwrap());
            }
            own.allows(method, &headers)
        };
        let site = "sec-fetch-site";
        for good in [
            &[][..],
            &[(site, "same-origin"), ("origin", "null")],
            &[(site, "none")],
            &[("origin", "https://aplus.example")],
        ] {
            assert!(allows(&Method::POST, good), "{good:?}");
        }
        for bad in [
            &[(site, "cross-site")][..],
            &[(site, "same-site"), ("origin", "https://aplus.example")],
            &[(site, "cross-site"), (site, "same-origin")],
            &[(site, "")],
            &[("origin", "null")],
            &[("origin", "https://evil.example"), ("host", "evil.example")],
            &[("origin", "http://aplus.example")],
            &[("origin", "https://aplus.example:8443")],
            &[("origin", "https://aplus.example.evil.example")],
        ] {
            for method in [Method::POST, Method::PATCH, Method::DELETE, Method::PUT] {
                assert!(!allows(&method, bad), "{method} {bad:?}");
            }
            assert!(
                allows(&Method::GET, bad) && allows(&Method::HEAD, bad),
                "{bad:?}"
            );
        }
    }
}
