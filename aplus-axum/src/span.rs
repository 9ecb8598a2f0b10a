//! What a trace may show of a request.

use axum::extract::MatchedPath;
use axum::http::Request;
use tracing::Span;

/// A span for `tower_http::trace::TraceLayer::make_span_with`: the method and the route's own path.
///
/// It holds no query string, where a link's secret stands, no header, so no cookie, and not the path that was asked for:
/// whatever matches no route is shown as `-`.
///
/// ```
/// let request = axum::http::Request::builder().uri("/connexion/lien?jeton=secret").body(()).unwrap_or_default();
/// let span = aplus_axum::make_span(&request);
/// # let _ = span;
/// ```
pub fn make_span<B>(request: &Request<B>) -> Span {
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), path)
}
