//! Asking for a link, and « Consultez vos e-mails » (L1, L4, L7, L8).

use aplus_core::service::LoginAsk;
use aplus_core::words;
use aplus_core::{Article, BrowserSecret, EmailAddress, Lifetimes, Site};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::Errors;
use super::shell::Shell;
use super::slip::Asked;
use super::view::{self, FRENCH, Field, FieldError, Link, Moment};
use super::visit::{Answer, Visit, set};
use crate::cookies;
use crate::extract::NEXT;
use crate::problem::Problem;
use crate::state::home;

/// The page after asking, below the base path.
pub(super) const SENT: &str = "/connexion/envoye";

/// The field that holds an address that was shown with a hint and is sent all the same.
const AS_TYPED: &str = "tel_quel";

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    shell: Shell,
    action: String,
    email: Field,
    next: String,
    slip: Option<Slip>,
    help: Link,
    errors: Vec<FieldError>,
}

/// An address whose domain looks mistyped, and what was probably meant: sent as it is when it is sent once more.
struct Slip {
    typed: String,
    meant: String,
}

impl LoginPage {
    fn new(visit: &Visit, typed: &str, next: &str, errors: Vec<FieldError>) -> Self {
        Self {
            shell: visit.shell(Site::LOGIN),
            action: visit.site().path(Site::LOGIN),
            email: Field::email(typed, true).told(&errors),
            next: next.to_owned(),
            slip: None,
            help: view::help(Article::LoggingIn, visit.site()),
            errors,
        }
    }
}

#[derive(Template)]
#[template(path = "sent.html")]
struct SentPage {
    shell: Shell,
    asked: Option<AskedView>,
    minutes: u64,
    action: String,
    again: String,
    next: String,
    help: Link,
}

struct AskedView {
    email: String,
    until: Moment,
    resend_from: Moment,
}

/// The page that asks for an address. Whoever is logged in goes on.
pub(super) async fn show(visit: Visit) -> Answer {
    if let Some(current) = &visit.session {
        let home = home(&current.holder, visit.site());
        return Ok(visit.go(wanted(visit.query.text(NEXT)).unwrap_or(&home), None));
    }
    let next = wanted(visit.query.text(NEXT)).unwrap_or_default();
    let mut response = visit.page(
        StatusCode::OK,
        &LoginPage::new(&visit, "", next, Vec::new()),
    )?;
    if cookies::browser(&visit.headers, visit.site()).is_none() {
        know(&mut response, &visit, &visit.aplus().new_browser()?);
    }
    Ok(response)
}

/// Asks for a link: what is answered depends on this request alone, whatever the address is (L7).
pub(super) async fn ask(visit: Visit) -> Answer {
    visit.form.holds(&["email", AS_TYPED, NEXT], &[])?;
    let (typed, next) = (visit.form.text("email"), wanted(visit.form.text(NEXT)));
    let mut errors = Errors::default();
    let parsed = EmailAddress::parse(typed);
    let Some(email) = errors.of("email", parsed, |error| words::email_error(error, FRENCH)) else {
        let page = LoginPage::new(&visit, typed, next.unwrap_or_default(), errors.0);
        return visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    // Seen from the typed text alone, whoever has the address.
    if let Some(meant) = email.probably_meant()
        && visit.form.text(AS_TYPED) != email.as_str()
    {
        let slip = Some(Slip {
            typed: email.to_string(),
            meant: meant.to_string(),
        });
        let page = LoginPage::new(&visit, typed, next.unwrap_or_default(), Vec::new());
        return visit.page(StatusCode::OK, &LoginPage { slip, ..page });
    }
    let (aplus, site) = (visit.aplus(), visit.site());
    let browser = match cookies::browser(&visit.headers, site) {
        Some(browser) => browser,
        None => aplus.new_browser()?,
    };
    let ask = LoginAsk {
        email: email.clone(),
        browser: browser.hash(),
        next: next.map(str::to_owned),
        language: visit.caller.language,
    };
    aplus.ask_for_link(ask, &visit.context).await?;
    let before = Asked::read(&visit.headers, site);
    let asked = Asked::now(email, before.as_ref(), aplus.lifetimes(), aplus.now());
    let mut response = visit.go(&with_next(&site.path(SENT), next), None);
    know(&mut response, &visit, &browser);
    set(&mut response, asked.write(aplus.lifetimes(), site));
    Ok(response)
}

/// « Consultez vos e-mails »: it says back what this browser did, and knows nothing else.
pub(super) async fn sent(visit: Visit) -> Result<Response, Problem> {
    let (site, lifetimes) = (visit.site(), visit.aplus().lifetimes());
    let next = wanted(visit.query.text(NEXT));
    let asked = Asked::read(&visit.headers, site).map(|asked| AskedView {
        email: asked.email.to_string(),
        until: Moment::hour(asked.first.saturating_add(lifetimes.link()), site),
        resend_from: Moment::hour(
            whole_minute(asked.last.saturating_add(Lifetimes::ASK_AGAIN)),
            site,
        ),
    });
    let login = site.path(Site::LOGIN);
    let page = SentPage {
        shell: visit.shell(Site::LOGIN),
        asked,
        minutes: lifetimes.link().as_secs() / 60,
        again: with_next(&login, next),
        action: login,
        next: next.unwrap_or_default().to_owned(),
        help: view::help(Article::LinkNotReceived, visit.site()),
    };
    visit.page(StatusCode::OK, &page)
}

/// The next whole minute: an hour without seconds must not promise too early.
fn whole_minute(at: aplus_core::Timestamp) -> aplus_core::Timestamp {
    at.saturating_add(std::time::Duration::from_micros(59_999_999))
}

/// The page that was wanted, if it is one of this site (L12).
fn wanted(next: &str) -> Option<&str> {
    Site::own_path(next)
}

fn with_next(path: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair(NEXT, next)
                .finish();
            format!("{path}?{query}")
        }
        None => path.to_owned(),
    }
}

/// The cookie by which this browser is known as the one that asked; each asking makes it live anew.
fn know(response: &mut Response, visit: &Visit, browser: &BrowserSecret) {
    set(
        response,
        cookies::set_browser(browser, visit.aplus().lifetimes(), visit.site()),
    );
}
