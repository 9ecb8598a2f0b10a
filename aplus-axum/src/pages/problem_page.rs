//! The page under a refusal or an error: what, by which rule, and who can do it instead (S1).

use aplus_core::Site;
use aplus_core::service::Current;
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::shell::Shell;
use super::view::{Link, No};
use super::visit::render;
use crate::cookies;
use crate::problem::Problem;
use crate::state::{Web, home};

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    shell: Shell,
    no: No,
    back: Option<Link>,
}

/// Says every problem of the pages as a page.
pub(crate) async fn say(State(web): State<Web>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let session = match problem {
        // Looking somebody up notes that their session is in use: another site must not keep it open.
        Problem::CrossSite => None,
        _ => current(&web, &headers).await,
    };
    let mut page = page(&web, &headers, session.as_ref(), &problem);
    // What belongs to the answer whatever it says.
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers_mut().remove(&name) {
            page.headers_mut().insert(name, value);
        }
    }
    page
}

/// Who is logged in, for the menu only: where the store does not answer, the page is shown without one.
async fn current(web: &Web, headers: &HeaderMap) -> Option<Current> {
    let secret = cookies::session(headers, web.aplus().site())?;
    web.aplus().current(&secret).await.ok().flatten()
}

fn page(web: &Web, headers: &HeaderMap, session: Option<&Current>, problem: &Problem) -> Response {
    let site = web.aplus().site();
    let back = match session {
        Some(current) => Link::new(home(&current.holder, site), "Revenir à la page d'accueil"),
        None => Link::new(site.path(Site::LOGIN), "Aller à la page de connexion"),
    };
    let no = No::new(problem, site);
    let page = RefusalPage {
        shell: Shell::new(web, headers, session, ""),
        no,
        back: Some(back),
    };
    render(problem.status(), &page).unwrap_or_else(|problem| problem.status().into_response())
}
