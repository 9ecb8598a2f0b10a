//! A mail as the relay took it.

use serde::Deserialize;

/// A mail that the strict reader took without a defect.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Whether it came over TLS.
    pub secure: bool,
    /// Who logged in to hand it over.
    pub user: Option<String>,
    /// The name that was given with EHLO.
    pub hello: String,
    /// As it came.
    pub raw: String,
    /// Each header, decoded, in its order.
    pub headers: Vec<(String, String)>,
    /// The plain text, decoded.
    pub text: String,
    /// The HTML, decoded.
    pub html: String,
}

impl Mail {
    /// The one header of this name.
    ///
    /// # Panics
    /// Unless there is exactly one.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let mut of = self
            .headers
            .iter()
            .filter(|(each, _)| each.eq_ignore_ascii_case(name));
        match (of.next(), of.next()) {
            (Some((_, value)), None) => value,
            (found, _) => panic!("exactly one {name}, not {found:?} of {:?}", self.headers),
        }
    }

    /// The token of the link that stands in the text.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        let (_, rest) = self.text.split_once("jeton=")?;
        rest.split_whitespace().next()
    }
}
