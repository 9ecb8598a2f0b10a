//! One's own sessions: seeing and ending them (L11).

use aplus_core::{SessionId, Site};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::confirm::ConfirmPage;
use super::shell::{LOG_OUT, Shell};
use super::slip::{Asked, Note};
use super::view::{Link, Moment};
use super::visit::{Answer, Signed, Visit, set};
use crate::cookies;

/// The page that ends all sessions, below the base path.
const END_ALL: &str = "/sessions/fermer";

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    shell: Shell,
    until: Moment,
    idle_until: Moment,
    sessions: Vec<SessionView>,
    log_out: String,
    end_all: String,
}

struct SessionView {
    browser: String,
    opened: Moment,
    seen: Moment,
    until: Moment,
    current: bool,
    end: String,
}

pub(super) async fn list(signed: Signed) -> Answer {
    let site = signed.site();
    let open = signed.aplus().sessions(signed.current.principal()).await?;
    let sessions = open.into_iter().map(|session| SessionView {
        browser: browser_name(session.browser.as_deref().unwrap_or_default()),
        opened: Moment::full(session.opened_at, site),
        seen: Moment::full(session.last_seen_at, site),
        until: Moment::full(session.until, site),
        current: session.id == signed.current.session,
        end: site.path(&format!("{}/{}/fermer", Site::SESSIONS, session.id)),
    });
    let page = SessionsPage {
        shell: signed.shell(Site::SESSIONS),
        until: Moment::full(signed.current.until, site),
        idle_until: Moment::full(signed.current.idle_until, site),
        sessions: sessions.collect(),
        log_out: site.path(LOG_OUT),
        end_all: site.path(END_ALL),
    };
    signed.page(StatusCode::OK, &page)
}

/// Ends one session; its own ends with it.
pub(super) async fn end(signed: Signed) -> Answer {
    let session: SessionId = signed.id("session")?;
    signed
        .aplus()
        .end_session(signed.current.principal(), session, &signed.context)
        .await?;
    if session == signed.current.session {
        return Ok(out(&signed));
    }
    Ok(signed.go(
        &signed.site().path(Site::SESSIONS),
        Some(Note::SessionEnded),
    ))
}

pub(super) async fn ask_end_all(signed: Signed) -> Answer {
    let sessions = signed.site().path(Site::SESSIONS);
    let page = ConfirmPage {
        shell: signed.shell(Site::SESSIONS),
        trail: vec![Link::new(sessions.clone(), "Vos sessions")],
        title: "Fermer toutes vos sessions".to_owned(),
        subject: None,
        lines: vec![
            "Toutes vos sessions sont fermées, celle de ce navigateur aussi, et les liens de connexion déjà envoyés ne \
             fonctionnent plus."
                .to_owned(),
            "Vous pourrez vous reconnecter aussitôt en demandant un nouveau lien.".to_owned(),
        ],
        action: signed.path(),
        pairs: vec![signed.shown_now()],
        button: "Fermer toutes mes sessions",
        cancel: sessions,
    };
    signed.page(StatusCode::OK, &page)
}

pub(super) async fn end_all(signed: Signed) -> Answer {
    let (author, owner) = (signed.author(), signed.current.principal());
    signed
        .aplus()
        .end_all_sessions(author, owner, &signed.context)
        .await?;
    Ok(out(&signed))
}

/// Logs out; whoever is not logged in is so already.
pub(super) async fn log_out(visit: Visit) -> Answer {
    if let Some(current) = &visit.session {
        let ended = visit
            .aplus()
            .end_session(current.principal(), current.session, &visit.context)
            .await;
        match ended {
            // Ended meanwhile, as was wanted.
            Ok(()) | Err(aplus_core::Error::Refused(aplus_core::Refusal::SessionNotFound)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(out(&visit))
}

fn out(visit: &Visit) -> Response {
    let mut response = visit.go(&visit.site().path(Site::LOGIN), Some(Note::LoggedOut));
    set(&mut response, cookies::clear_session(visit.site()));
    set(&mut response, Asked::clear(visit.site()));
    response
}

/// A browser as people call it. What it says of itself is long and names others too, so the first that fits counts.
pub(super) fn browser_name(said: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| said.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
        ("Trident/", "Internet Explorer"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} sur {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Navigateur inconnu".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_its_name() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0";
        assert_eq!(browser_name(edge), "Edge sur Windows");
        let phone = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0";
        assert_eq!(browser_name(phone), "Firefox sur Android");
        assert_eq!(browser_name("curl/8.5.0"), "Navigateur inconnu");
    }
}
