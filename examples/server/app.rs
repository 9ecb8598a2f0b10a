//! The whole service as one router: the library's, and what a host adds to it.

use aplus::web::{self, MaybeSession, Problem, Web, preferred};
use aplus::words::Language;
use aplus::{Aplus, Site};
use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::mailbox::{self, Mailbox};
use crate::page::{escape, page};

#[derive(Clone)]
struct App {
    aplus: Aplus,
    mailbox: Mailbox,
}

impl FromRef<App> for Aplus {
    fn from_ref(app: &App) -> Self {
        app.aplus.clone()
    }
}

impl FromRef<App> for Mailbox {
    fn from_ref(app: &App) -> Self {
        app.mailbox.clone()
    }
}

/// The whole service, without a listener; the development mailbox only where letters go there. The library's headers stand on the host's own answers too.
pub(crate) fn app(aplus: Aplus, mailbox: Option<Mailbox>, web: Web) -> Router {
    let dev = match mailbox {
        Some(_) => mailbox::router(aplus.site()),
        None => Router::new(),
    };
    let mailbox = mailbox.unwrap_or_default();
    let own = Router::new()
        .route("/", get(home))
        .route("/health/live", get(|| async { StatusCode::NO_CONTENT }))
        .route("/health/ready", get(ready))
        .merge(dev)
        .fallback(nothing);
    web::security_headers(own, aplus.site().is_secure())
        .merge(web.router())
        .with_state(App { aplus, mailbox })
}

/// To one's groups, or to the login.
async fn home(State(aplus): State<Aplus>, session: MaybeSession) -> Redirect {
    let site = aplus.site();
    Redirect::to(&match session.0 {
        Some(current) => web::home(&current.holder, site),
        None => site.path(Site::LOGIN),
    })
}

async fn ready(State(aplus): State<Aplus>) -> StatusCode {
    match aplus.store().is_empty().await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Where nothing is served: a page for people, a problem document for programs.
async fn nothing(State(aplus): State<Aplus>, headers: HeaderMap) -> Response {
    let language = preferred(&headers);
    let site = aplus.site();
    if !is_opened_by_a_person(&headers) {
        return Problem::NotFound.document(language, site);
    }
    let (title, detail) = Problem::NotFound.words(language, site);
    let (write, log_in) = match language {
        Language::French => (
            "Pour toute question, écrivez à",
            "Aller à la page de connexion",
        ),
        Language::English => ("For any question, write to", "Go to the login page"),
    };
    let body = format!(
        "<p>{}</p><p>{write} <a href=\"mailto:{support}\">{support}</a>.</p><p><a href=\"{}\">{log_in}</a></p>",
        escape(&detail),
        escape(&site.path(Site::LOGIN)),
        support = escape(site.support()),
    );
    (StatusCode::NOT_FOUND, Html(page(language, &title, &body))).into_response()
}

fn is_opened_by_a_person(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}
