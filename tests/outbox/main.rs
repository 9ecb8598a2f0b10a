//! Mails that wait, whatever happens to a server, to its relay or to their line (B22): each that was accepted arrives, none of what was
//! rolled back does, and nothing that cannot leave holds up anything else.
//!
//! `./check` builds the server; otherwise `cargo build --example server --all-features`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;

mod black_hole;
mod killed;
mod unreadable;

use std::time::Duration;

/// Far longer than it takes.
const SOON: Duration = Duration::from_secs(60);

/// Between two looks at what waits.
const LOOK: Duration = Duration::from_millis(20);
