//! The page of a link: it shows and never consumes; only its button logs in (L3, L5, L6, L9).

use aplus_core::service::{LinkView, Opened};
use aplus_core::words;
use aplus_core::{BrowserHash, EmailAddress, LinkSecret, Refusal, Site};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::form::Errors;
use super::shell::Shell;
use super::slip::Asked;
use super::view::{FRENCH, Field, FieldError, No};
use super::visit::{Answer, Visit, set};
use crate::cookies;
use crate::problem::Problem;
use crate::state::home;

/// The parameter and the field that hold a link's secret.
const TOKEN: &str = "jeton";

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    shell: Shell,
    action: String,
    token: String,
    email: Option<Field>,
    errors: Vec<FieldError>,
}

#[derive(Template)]
#[template(path = "dead_link.html")]
struct DeadLinkPage {
    shell: Shell,
    no: No,
    action: String,
    email: Field,
    known: String,
    next: &'static str,
}

/// Shows where the link stands. GET, HEAD, a prefetch or a scanner change nothing (L5).
pub(super) async fn show(visit: Visit) -> Answer {
    let token = visit.query.text(TOKEN);
    let (_, view) = match look(&visit, token).await? {
        Ok(live) => live,
        Err(refusal) => return dead(&visit, refusal),
    };
    live(
        &visit,
        StatusCode::OK,
        token,
        view.needs_email,
        "",
        Vec::new(),
    )
}

/// The press on the button.
pub(super) async fn confirm(visit: Visit) -> Answer {
    visit.form.holds(&[TOKEN, "email"], &[])?;
    let (token, typed) = (visit.form.text(TOKEN), visit.form.text("email"));
    let Ok(secret) = LinkSecret::parse(token) else {
        return dead(&visit, Refusal::LinkUnknown);
    };
    let mut errors = Errors::default();
    let email = errors.given("email", typed, EmailAddress::parse, |error| {
        words::email_error(error, FRENCH)
    });
    if !errors.0.is_empty() {
        // A malformed address is none of the five (L6).
        return live(
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            token,
            true,
            typed,
            errors.0,
        );
    }
    let logged_in = visit
        .aplus()
        .log_in(&secret, browser(&visit), email.as_ref(), &visit.context)
        .await;
    match logged_in.map_err(Problem::from) {
        Ok(opened) => Ok(welcome(&visit, opened)),
        Err(Problem::Refused(refusal)) => refused(&visit, refusal, &secret, token, typed).await,
        Err(problem) => Err(problem),
    }
}

async fn refused(
    visit: &Visit,
    refusal: Refusal,
    secret: &LinkSecret,
    token: &str,
    typed: &str,
) -> Answer {
    match refusal {
        Refusal::ConfirmEmail { tries_left } => {
            let status = Problem::from(refusal).status();
            let text = wrong_address(typed, tries_left);
            let field = "email";
            live(
                visit,
                status,
                token,
                true,
                typed,
                vec![FieldError { field, text }],
            )
        }
        // The second press of a double click goes on into the session of the first (L6).
        Refusal::LinkUsed { .. } => match visit.aplus().second_press(secret, browser(visit)).await?
        {
            Some(opened) => Ok(welcome(visit, opened)),
            None => dead(visit, refusal),
        },
        other => dead(visit, other),
    }
}

/// An empty press counts for nothing; a wrong address is one of the five (L6).
fn wrong_address(typed: &str, tries_left: u8) -> String {
    let what = match typed.trim() {
        "" => "Saisissez l'adresse à laquelle le lien a été envoyé.",
        _ => "Ce lien n'a pas été envoyé à cette adresse.",
    };
    let plural = if tries_left > 1 { "s" } else { "" };
    format!("{what} Il vous reste {tries_left}\u{a0}essai{plural}.")
}

/// Where a link stands, or why it is dead.
async fn look(
    visit: &Visit,
    token: &str,
) -> Result<Result<(LinkSecret, LinkView), Refusal>, Problem> {
    let Ok(secret) = LinkSecret::parse(token) else {
        return Ok(Err(Refusal::LinkUnknown));
    };
    let view = visit.aplus().inspect_link(&secret, browser(visit)).await?;
    Ok(view.state.refused().map(|()| (secret, view)))
}

fn browser(visit: &Visit) -> Option<BrowserHash> {
    cookies::browser(&visit.headers, visit.site()).map(|browser| browser.hash())
}

fn live(
    visit: &Visit,
    status: StatusCode,
    token: &str,
    needs_email: bool,
    typed: &str,
    errors: Vec<FieldError>,
) -> Answer {
    let email = needs_email.then(|| {
        let hint = "Celle à laquelle le lien a été envoyé.";
        Field::email(typed, true).hint(hint).told(&errors)
    });
    let page = LinkPage {
        shell: visit.shell(Site::LOGIN),
        action: visit.site().path(Site::LINK_PAGE),
        token: token.to_owned(),
        email,
        errors,
    };
    visit.page(status, &page)
}

/// Why it is dead, and a new one in one press (L9).
///
/// An unknown link is counted against its network: beyond the limit only the status is another, since whoever shares an
/// address with somebody who tries tokens still needs the way to a new link.
fn dead(visit: &Visit, refusal: Refusal) -> Answer {
    let unknown = refusal == Refusal::LinkUnknown;
    let problem = Problem::from(refusal);
    let known = Asked::read(&visit.headers, visit.site()).map(|asked| asked.email.to_string());
    let page = DeadLinkPage {
        shell: visit.shell(Site::LOGIN),
        no: No::new(&problem, visit.site()),
        action: visit.site().path(Site::LOGIN),
        email: Field::email("", true),
        known: known.unwrap_or_default(),
        next: "",
    };
    let mut response = visit.page(problem.status(), &page)?;
    if unknown && let Err(seconds) = count_unknown(visit) {
        *response.status_mut() = Problem::SlowDown { seconds }.status();
        let retry = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, retry);
    }
    Ok(response)
}

fn count_unknown(visit: &Visit) -> Result<(), u64> {
    let (network, now) = (visit.caller.network(), visit.aplus().now());
    visit.web.unknown_tokens().count(network, now)
}

/// Logged in: on to the page that was wanted, or home (L12).
fn welcome(visit: &Visit, opened: Opened) -> Response {
    let home = home(&opened.holder, visit.site());
    let mut response = visit.go(opened.next.as_deref().unwrap_or(&home), None);
    set(
        &mut response,
        cookies::set_session(&opened.secret, visit.site()),
    );
    set(&mut response, Asked::clear(visit.site()));
    response
}
