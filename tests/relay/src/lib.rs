//! A real SMTP server for tests, which is not ours: aiosmtpd (Debian's `python3-aiosmtpd`; for signatures `python3-dkim`), as an
//! unprivileged process on a free port of this machine. It reads each mail with Python's strict reader of MIME, and fails on demand.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use aplus_test_relay::{Mode, Relay};
//! use serde_json::json;
//!
//! let mut relay = Relay::start(Mode::Plain);
//! relay.set(json!({ "rcpt": "450 4.2.1 later" }));
//! // … hand something over to relay.url() …
//! let mail = relay.mail(Duration::from_secs(10));
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot have its relay ends here"
)]

mod certificates;
mod dkim;
mod mail;
mod relay;

pub use certificates::{Authority, Certificate};
pub use dkim::verify_dkim;
pub use mail::Mail;
pub use relay::{Event, Mode, Relay};
