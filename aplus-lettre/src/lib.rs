//! Mail over SMTP: [`SmtpMailer`] hands the letters of `aplus` to a relay.
//!
//! What it holds itself to:
//!
//! - **TLS or nothing.** Implicit TLS or STARTTLS, with the name and the chain of the certificate checked; without TLS only on
//!   loopback. It never falls back: what does not get a secure connection stays queued.
//! - **One recipient**, the letter's, in the envelope and in the header.
//! - **The same `Message-ID` at each attempt**, made from the mail's id: a mail that is handed over twice is seen to be one.
//! - **Nothing of the relay's words in an error**, but the code of its answer: they quote addresses. Neither user nor password
//!   of the relay in any `Debug`, `Display` or log line.
//! - **A bounded time** for each attempt: [`SmtpMailer::OPENING`] and [`SmtpMailer::HANDING_OVER`].
//!
//! Do not enable the feature `tracing` of `lettre` in a service: it writes each line of the conversation, links and password
//! included, to the log at the level `debug`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod connection;
#[cfg(feature = "dkim")]
mod dkim;
mod error;
mod mailer;
mod message;
mod plain;
mod url;

#[cfg(feature = "dkim")]
pub use dkim::{DkimError, DkimKey};
pub use error::{SmtpError, Step};
pub use mailer::{SetupError, SmtpMailer};
pub use url::UrlError;
