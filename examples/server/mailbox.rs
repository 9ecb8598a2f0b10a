//! The development mailbox: takes every letter and shows it on this machine, instead of a relay.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use aplus::ports::{Letter, MailError, Mailer};
use aplus::words::Language;
use aplus::{Aplus, Site, Timestamp};
use axum::extract::{FromRef, Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::page::{escape, page};

/// How many letters are kept; the oldest goes first.
const KEPT: usize = 2_000;

/// The letters that were sent, newest last.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<VecDeque<(Letter, Timestamp)>>>);

#[async_trait::async_trait]
impl Mailer for Mailbox {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let now =
            Timestamp::from_system_time(std::time::SystemTime::now()).unwrap_or(Timestamp::MIN);
        let mut letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if letters.len() == KEPT {
            letters.pop_front();
        }
        letters.push_back((letter.clone(), now));
        Ok(())
    }
}

/// `/dev/mailbox` and `/dev/mailbox.json`, under the site's own host alone.
pub(crate) fn router<S>(site: &Site) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Mailbox: FromRef<S>,
    Aplus: FromRef<S>,
{
    Router::new()
        .route("/dev/mailbox", get(show))
        .route("/dev/mailbox.json", get(list))
        .route_layer(middleware::from_fn_with_state(site.clone(), own_host))
}

/// Refuses whoever comes by another name: a page of another site can give its own name the address of this machine, and
/// would read every link then.
async fn own_host(State(site): State<Site>, request: Request, next: Next) -> Response {
    let origin = site.origin().parse::<Uri>().ok();
    let own = origin.as_ref().and_then(Uri::host);
    let named = request
        .headers()
        .get(header::HOST)
        .and_then(|value| Authority::try_from(value.as_bytes()).ok());
    let named = named.as_ref().map(Authority::host);
    if own.is_some() && named == own {
        return next.run(request).await;
    }
    let sentence = format!(
        "La boîte aux lettres de développement se lit sous son adresse seule : {}/dev/mailbox",
        site.origin()
    );
    (StatusCode::MISDIRECTED_REQUEST, sentence).into_response()
}

impl Mailbox {
    fn each<T>(&self, read: impl Fn(&Letter, Timestamp) -> T) -> Vec<T> {
        let letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        letters
            .iter()
            .map(|(letter, at)| read(letter, *at))
            .collect()
    }
}

async fn list(State(mailbox): State<Mailbox>) -> Json<Value> {
    let letters = mailbox.each(|letter, at| {
        let mut shown = json!({
            "to": letter.to,
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
            "sent_at": at,
        });
        if let (Some(link), Some(shown)) = (&letter.link, shown.as_object_mut()) {
            shown.insert("link".to_owned(), link.expose_secret().into());
        }
        shown
    });
    Json(Value::Array(letters))
}

async fn show(State(mailbox): State<Mailbox>, State(aplus): State<Aplus>) -> Html<String> {
    let mut letters = mailbox.each(|letter, at| {
        let link = letter.link.as_ref().map_or_else(String::new, |link| {
            let link = escape(link.expose_secret());
            format!("<p><a href=\"{link}\">{link}</a></p>")
        });
        format!(
            "<article><h2>{}</h2><p>À {}, à {}</p>{link}<pre>{}</pre></article><hr>",
            escape(&letter.subject),
            escape(letter.to.as_str()),
            aplus.site().hour(at),
            escape(&letter.text),
        )
    });
    letters.reverse();
    if letters.is_empty() {
        letters.push("<p>Aucun message.</p>".to_owned());
    }
    let body = format!(
        "<p>Sur cette machine, aucun message ne part : ils sont tous ici, le plus récent en premier.</p>{}",
        letters.concat()
    );
    Html(page(
        Language::French,
        "Boîte aux lettres de développement",
        &body,
    ))
}
