//! Letters of the library, and mailers for relays of the tests.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file takes what it needs"
)]

use std::time::Duration;

use aplus_core::ports::{Letter, MailError, Mailer};
use aplus_core::words::Language;
use aplus_core::{EmailAddress, MailId, Site};
use aplus_lettre::{SmtpError, SmtpMailer};
use aplus_test_relay::Relay;

/// Far longer than a mail on one machine takes.
pub const SOON: Duration = Duration::from_secs(30);

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn site() -> Site {
    Site::new("https://aplus.example.fr")
        .unwrap()
        .with_support(&email("aide@anct.example.fr"))
}

/// A letter with this number.
pub fn letter(number: u128) -> Letter {
    Letter {
        id: MailId::from_uuid(uuid::Uuid::from_u128(number)),
        to: email("camille.roux@ain.fr"),
        language: Language::French,
        subject: "Votre compte est désactivé".to_owned(),
        text: "Bonjour,\n\nvotre compte est désactivé.\n".to_owned(),
        html: "<p>Votre compte est désactivé.</p>".to_owned(),
        link: None,
    }
}

/// A mailer for this relay.
pub fn mailer(relay: &Relay) -> SmtpMailer {
    SmtpMailer::new(&relay.url(), &site()).unwrap()
}

/// Why it was not handed over, and whether that passes.
pub async fn refused(mailer: &SmtpMailer, letter: &Letter) -> (SmtpError, bool) {
    let (error, passing) = match mailer.send(letter).await.unwrap_err() {
        MailError::Later(error) => (error, true),
        MailError::Never(error) => (error, false),
    };
    (*error.downcast().unwrap(), passing)
}
