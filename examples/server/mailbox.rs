//! The development mailbox: takes every letter and shows it on this machine, instead of a relay.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use aplus::ports::{Letter, MailError, Mailer};
use aplus::{Aplus, Timestamp};
use axum::extract::{FromRef, State};
use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

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

/// `/dev/mailbox` and `/dev/mailbox.json`.
pub(crate) fn router<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Mailbox: FromRef<S>,
    Aplus: FromRef<S>,
{
    Router::new()
        .route("/dev/mailbox", get(page))
        .route("/dev/mailbox.json", get(list))
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

async fn page(State(mailbox): State<Mailbox>, State(aplus): State<Aplus>) -> Html<String> {
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
    Html(format!(
        "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><title>Boîte aux lettres de développement</title>\
         <h1>Boîte aux lettres de développement</h1><p>Sur cette machine, aucun message ne part : ils sont tous ici, le \
         plus récent en premier.</p>{}",
        letters.concat()
    ))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
