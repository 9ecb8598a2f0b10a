//! The page of a link: it shows and never consumes; only its button logs in (L3, L5, L6, L9).

use aplus_core::service::{LinkStep, LinkView, Opened};
use aplus_core::words;
use aplus_core::{BrowserHash, EmailAddress, LinkSecret, Refusal, Site, Timestamp};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::account::StepView;
use super::form::Errors;
use super::shell::Shell;
use super::slip::{Asked, Note};
use super::view::{FRENCH, Field, FieldError, Moment, No};
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
    /// Whether it confirms the new address of an account (A6).
    confirms: bool,
    email: Option<Field>,
    errors: Vec<FieldError>,
}

#[derive(Template)]
#[template(path = "dead_link.html")]
struct DeadLinkPage {
    shell: Shell,
    no: No,
    /// What happened to it, for whoever holds it.
    steps: Vec<StepView>,
    /// What it was to confirm, and what to do now (A6).
    confirming: Option<&'static str>,
    /// Whether another link helps.
    again: bool,
    action: String,
    email: Field,
    known: String,
    next: &'static str,
}

/// A link that works, as its page shows it.
struct Live<'a> {
    token: &'a str,
    needs_email: bool,
    confirms: bool,
    typed: &'a str,
}

/// Shows where the link stands. GET, HEAD, a prefetch or a scanner change nothing (L5).
pub(super) async fn show(visit: Visit) -> Answer {
    let token = visit.query.text(TOKEN);
    let Ok(secret) = LinkSecret::parse(token) else {
        return unknown(&visit);
    };
    let view = visit.aplus().inspect_link(&secret, browser(&visit)).await?;
    if let Err(refusal) = view.state.refused() {
        return dead(&visit, &secret, refusal, view.confirms_address).await;
    }
    let shown = Live {
        token,
        needs_email: view.needs_email,
        confirms: view.confirms_address,
        typed: "",
    };
    live(&visit, StatusCode::OK, &shown, Vec::new())
}

/// The press on the button.
pub(super) async fn confirm(visit: Visit) -> Answer {
    visit.form.holds(&[TOKEN, "email"], &[])?;
    let (token, typed) = (visit.form.text(TOKEN), visit.form.text("email"));
    let Ok(secret) = LinkSecret::parse(token) else {
        return unknown(&visit);
    };
    let mut errors = Errors::default();
    let email = errors.given("email", typed, EmailAddress::parse, |error| {
        words::email_error(error, FRENCH)
    });
    if !errors.0.is_empty() {
        // A malformed address is none of the five (L6).
        let shown = Live {
            token,
            needs_email: true,
            confirms: pressed(&visit, &secret).await?.confirms_address,
            typed,
        };
        return live(&visit, StatusCode::UNPROCESSABLE_ENTITY, &shown, errors.0);
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
    // The second press of a double click goes on into the session of the first (L6).
    if matches!(refusal, Refusal::LinkUsed { .. })
        && let Some(opened) = visit.aplus().second_press(secret, browser(visit)).await?
    {
        return Ok(welcome(visit, opened));
    }
    let confirms = pressed(visit, secret).await?.confirms_address;
    let Refusal::ConfirmEmail { tries_left } = refusal else {
        return dead(visit, secret, refusal, confirms).await;
    };
    let status = Problem::from(refusal).status();
    let text = wrong_address(typed, tries_left);
    let field = "email";
    let shown = Live {
        token,
        needs_email: true,
        confirms,
        typed,
    };
    live(visit, status, &shown, vec![FieldError { field, text }])
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

/// Where a link stands whose button was pressed.
async fn pressed(visit: &Visit, secret: &LinkSecret) -> Result<LinkView, Problem> {
    let (aplus, browser) = (visit.aplus(), browser(visit));
    Ok(aplus.inspect_pressed_link(secret, browser).await?)
}

fn browser(visit: &Visit) -> Option<BrowserHash> {
    cookies::browser(&visit.headers, visit.site()).map(|browser| browser.hash())
}

fn live(visit: &Visit, status: StatusCode, shown: &Live<'_>, errors: Vec<FieldError>) -> Answer {
    let email = shown.needs_email.then(|| {
        let hint = match shown.confirms {
            true => "La nouvelle adresse, celle à laquelle le lien a été envoyé.",
            false => "Celle à laquelle le lien a été envoyé.",
        };
        Field::email(shown.typed, true).hint(hint).told(&errors)
    });
    let page = LinkPage {
        shell: visit.shell(Site::LOGIN),
        action: visit.site().path(Site::LINK_PAGE),
        token: shown.token.to_owned(),
        confirms: shown.confirms,
        email,
        errors,
    };
    visit.page(status, &page)
}

/// Nothing is told of a link that is unknown, but the way to a new one (L9).
///
/// It is counted against its network: beyond the limit only the status is another, since whoever shares an address with
/// somebody who tries tokens still needs the way to a new link.
fn unknown(visit: &Visit) -> Answer {
    let mut response = dead_page(visit, Refusal::LinkUnknown, false, Vec::new())?;
    if let Err(seconds) = count_unknown(visit) {
        *response.status_mut() = Problem::SlowDown { seconds }.status();
        let retry = HeaderValue::from(seconds);
        response.headers_mut().insert(header::RETRY_AFTER, retry);
    }
    Ok(response)
}

/// Why it is dead, what happened to it, and a new one in one press (L9).
async fn dead(visit: &Visit, secret: &LinkSecret, refusal: Refusal, confirms: bool) -> Answer {
    if refusal == Refusal::LinkUnknown {
        return unknown(visit);
    }
    let steps = visit.aplus().steps_of_link(secret).await?;
    dead_page(visit, refusal, confirms, told(visit.site(), steps))
}

/// The hour alone on the day on which the link was asked for, the first step.
fn told(site: &Site, steps: Vec<(Option<Timestamp>, LinkStep)>) -> Vec<StepView> {
    let mut first = None;
    let step = |(at, step): (Option<Timestamp>, LinkStep)| {
        let moment = at.map(|at| {
            let day = site.local(at).date();
            let moment = match first {
                Some(known) if known == day => Moment::hour(at, site),
                _ => Moment::full(at, site),
            };
            first.get_or_insert(day);
            moment
        });
        StepView {
            at: moment,
            what: words::link_step(step, FRENCH, site),
        }
    };
    steps.into_iter().map(step).collect()
}

fn dead_page(visit: &Visit, refusal: Refusal, confirms: bool, steps: Vec<StepView>) -> Answer {
    let problem = Problem::from(refusal);
    // What this browser asked for before may be the old address, of which no link confirms the new one.
    let asked = Asked::read(&visit.headers, visit.site()).filter(|_| !confirms);
    let known = asked.map(|asked| asked.email.to_string());
    let email = Field::email("", true);
    let email = match confirms {
        true => email.hint("La nouvelle adresse, celle à laquelle le lien a été envoyé."),
        false => email,
    };
    let page = DeadLinkPage {
        shell: visit.shell(Site::LOGIN),
        no: No::new(&problem, visit.site()),
        steps,
        confirming: confirms.then(|| confirming(refusal)),
        again: refusal != Refusal::EmailTaken,
        action: visit.site().path(Site::LOGIN),
        email,
        known: known.unwrap_or_default(),
        next: "",
    };
    visit.page(problem.status(), &page)
}

/// What a dead link leaves of the new address that it was to confirm, and what to do.
fn confirming(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::LinkUsed { .. } => {
            "Il a confirmé la nouvelle adresse d'un compte, qui compte depuis lors. Pour vous connecter, demandez un lien avec \
             cette adresse."
        }
        Refusal::EmailTaken => {
            "Il devait confirmer la nouvelle adresse d'un compte, mais cette adresse est devenue celle de quelqu'un d'autre. \
             Rien n'a changé : l'ancienne adresse reste celle du compte. Écrivez au support, qui peut retirer la demande et en \
             proposer une autre."
        }
        _ => {
            "Il devait confirmer la nouvelle adresse d'un compte. Tant qu'elle n'est pas confirmée, l'ancienne reste celle du \
             compte. Demandez un autre lien avec la nouvelle adresse : si la demande de modification est toujours ouverte, il \
             la confirme. Sinon, écrivez au support."
        }
    }
}

fn count_unknown(visit: &Visit) -> Result<(), u64> {
    let (network, now) = (visit.caller.network(), visit.aplus().now());
    visit.web.unknown_tokens().count(network, now)
}

/// Logged in: on to the page that was wanted, or home (L12).
fn welcome(visit: &Visit, opened: Opened) -> Response {
    let home = home(&opened.holder, visit.site());
    let note = opened.confirmed_address.then_some(Note::AddressConfirmed);
    let mut response = visit.go(opened.next.as_deref().unwrap_or(&home), note);
    set(
        &mut response,
        cookies::set_session(&opened.secret, visit.site()),
    );
    set(&mut response, Asked::clear(visit.site()));
    response
}
