//! A form as it was sent, kept as text so that it can be shown again with what is wrong.

use std::time::Duration;

use aplus_core::journal::BodyHash;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, Uri, header};
use http_body_util::{BodyExt, Limited};

use super::view::FieldError;
use crate::body::{BODY_BYTES, BODY_SECONDS};
use crate::fields::{Fault, Invalid};
use crate::problem::Problem;

/// The field that makes each showing of a form its own request: sent twice, it is carried out once.
pub(super) const SHOWN_AT: &str = "vu";

/// Names and values, in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Pairs(Vec<(String, String)>);

impl Pairs {
    pub(super) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The value of a field; empty where it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }

    /// Every value of a field that may come several times.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }

    /// What is sent on with a form's next step.
    pub(super) fn only_of(&self, names: &[&str]) -> Vec<(String, String)> {
        self.0
            .iter()
            .filter(|(field, _)| names.contains(&field.as_str()))
            .cloned()
            .collect()
    }

    /// Refuses what the form does not hold, and what it holds once and was sent twice.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with each such field.
    pub(super) fn holds(&self, names: &[&str], lists: &[&str]) -> Result<(), Problem> {
        let mut invalid: Vec<Invalid> = Vec::new();
        for (index, (name, _)) in self.0.iter().enumerate() {
            let before = self.0.get(..index).unwrap_or_default();
            if lists.contains(&name.as_str()) {
                continue;
            }
            if !names.contains(&name.as_str()) && name != SHOWN_AT {
                invalid.push(Invalid::new(name, Fault::Unknown));
            } else if before.iter().any(|(field, _)| field == name) {
                invalid.push(Invalid::new(name, Fault::Doubled));
            }
        }
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(Problem::Invalid(invalid))
        }
    }
}

/// The form of a request and the hash by which it is recognised when it is sent twice.
pub(super) async fn read(request: Request, path: &Uri) -> Result<(Pairs, BodyHash), Problem> {
    let (parts, body) = request.into_parts();
    if !is_form(&parts.headers) {
        return Err(Problem::NotForm);
    }
    let collected = Limited::new(body, BODY_BYTES).collect();
    let bytes: Bytes =
        match tokio::time::timeout(Duration::from_secs(BODY_SECONDS), collected).await {
            Ok(Ok(collected)) => collected.to_bytes(),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
                return Err(Problem::TooLarge);
            }
            // The connection broke: nobody reads the answer.
            Ok(Err(_)) => return Err(Problem::Malformed),
            Err(_) => return Err(Problem::TooSlow),
        };
    let mut hashed = format!("{path}\0").into_bytes();
    hashed.extend_from_slice(&bytes);
    Ok((Pairs::parse(&bytes), BodyHash::of(&hashed)))
}

/// A button without fields sends an empty body, which some clients announce as nothing.
fn is_form(headers: &HeaderMap) -> bool {
    let Some(announced) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let essence = announced
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    essence
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// What is wrong with a form, field by field, in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Errors(pub(super) Vec<FieldError>);

impl Errors {
    /// The value, or what is wrong noted at its field.
    pub(super) fn of<T, E>(
        &mut self,
        field: &'static str,
        read: Result<T, E>,
        say: impl FnOnce(&E) -> String,
    ) -> Option<T> {
        read.map_err(|error| {
            self.0.push(FieldError {
                field,
                text: say(&error),
            })
        })
        .ok()
    }

    /// The value of a field that may be left empty.
    pub(super) fn given<T, E>(
        &mut self,
        field: &'static str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        say: impl FnOnce(&E) -> String,
    ) -> Option<T> {
        if text.trim().is_empty() {
            None
        } else {
            self.of(field, parse(text), say)
        }
    }
}
