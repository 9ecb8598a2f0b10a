//! One table of routes, from which the router is built: what is not in it is not served.

use aplus_core::{Aplus, Rule};
use axum::Router;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodFilter, MethodRouter, any};
use tower_http::catch_panic::CatchPanicLayer;

use crate::api;
use crate::headers::security_headers;
use crate::pages;
use crate::problem::{NotFound, Problem, speak};
use crate::same_origin::same_origin;
use crate::state::Web;

/// Who may use a route; the rules decide in each case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Anybody, logged in or not.
    Anybody,
    /// Whoever is logged in, for what is their own.
    Self_,
    /// An account, not an operator, for what is its own.
    Account,
    /// A member of the group, or an operator.
    Member,
    /// A responsable of the group or of the account's groups.
    Responsable,
    /// A responsable of the group or of one of the account's groups, or an operator: whoever may decide on an order, unless
    /// they proposed it or it concerns them.
    Decider,
    /// An operator.
    Operator,
}

/// One route: a method and a path below the site's base path, with the rule that guards it.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method. A GET is also served as HEAD.
    pub method: Verb,
    /// The path, with `{…}` where an id stands.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// The rule that says so.
    pub rule: Rule,
    /// What serves it.
    pub(crate) handler: fn(MethodFilter) -> MethodRouter<Web>,
}

/// The methods that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the method that bears its name")]
pub enum Verb {
    Get,
    Post,
    Patch,
    Delete,
}

impl Verb {
    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }

    /// As HTTP knows it.
    #[must_use]
    pub fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
        }
    }
}

/// Every route that is served, as this table says; those of the desk, at its end, with the feature `desk` and where the host has
/// one.
///
#[doc = include_str!("routes.md")]
pub fn routes() -> impl Iterator<Item = &'static Route> {
    let desk = api::DESK_ROUTES.iter().chain(pages::DESK_ROUTES);
    api::ROUTES.iter().chain(pages::ROUTES).chain(desk)
}

/// Serves the API and the pages below the base path of the site: no `/`, no fallback. [`routes()`] has the table of them.
///
/// No proxy is believed about its clients; see [`Web`] for that.
pub fn router<S: Clone + Send + Sync + 'static>(aplus: &Aplus) -> Router<S> {
    Web::new(aplus).router()
}

/// The routes that are always there, and those of the desk where the host has one.
fn table(routes: &[Route], desk: &[Route], web: &Web) -> Router<Web> {
    let desk = desk.iter().filter(|_| web.has_desk());
    routes
        .iter()
        .chain(desk)
        .fold(Router::new(), |router, route| {
            router.route(route.path, (route.handler)(route.method.filter()))
        })
}

/// The API: whatever comes of a request is said as a problem document, the unknown address and the panic too.
fn api(web: &Web) -> Router<Web> {
    let router = table(api::ROUTES, api::DESK_ROUTES, web)
        .route("/api/v1", any(async || NotFound))
        .route("/api/v1/", any(async || NotFound))
        .route("/api/v1/{*rest}", any(async || NotFound))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed);
    guarded(router, web)
}

/// What stands before and behind every handler of the API.
fn guarded(router: Router<Web>, web: &Web) -> Router<Web> {
    same_origin(router, web.aplus().site())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(web.clone(), speak))
}

/// The pages: whatever comes of a request is said as a page.
fn pages(web: &Web) -> Router<Web> {
    let router = table(pages::ROUTES, pages::DESK_ROUTES, web)
        .route("/connexion/{*rest}", any(async || NotFound))
        .route("/aide/{article}/{*rest}", any(async || NotFound))
        .route("/groupes/{group}/{*rest}", any(async || NotFound))
        .route("/comptes/{account}/{*rest}", any(async || NotFound))
        .route("/demandes/{order}/{*rest}", any(async || NotFound))
        .route("/contact/{conversation}/{*rest}", any(async || NotFound))
        .route("/support/{*rest}", any(async || NotFound))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed);
    same_origin(router, web.aplus().site())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(web.clone(), pages::say))
}

/// What the panic said may hold anything: it goes nowhere.
fn panicked(_: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    tracing::error!("a handler panicked");
    axum::response::IntoResponse::into_response(Problem::Broken)
}

pub(crate) fn build<S: Clone + Send + Sync + 'static>(web: Web) -> Router<S> {
    let site = web.aplus().site().clone();
    let router = security_headers(api(&web).merge(pages(&web)), site.is_secure()).with_state(web);
    match site.base_path() {
        "" => router,
        base => Router::new().nest(base, router),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        async fn fails() -> StatusCode {
            panic!("the secret is 42")
        }
        let web = Web::new(&Aplus::in_memory().unwrap());
        let router = guarded(Router::new().route("/api/v1/fails", get(fails)), &web);
        let router: Router = security_headers(router, true).with_state(web);
        let request = Request::get("/api/v1/fails").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        assert_eq!(response.headers()["cache-control"], "no-store");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body);
        assert!(
            body.contains("\"broken\"") && !body.contains("42"),
            "{body}"
        );
    }
}
