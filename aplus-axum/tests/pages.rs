//! The pages from outside, form by form, without a network and without scripts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "pages/browsing.rs"]
mod browsing;
#[cfg(feature = "desk")]
#[path = "pages/desk.rs"]
mod desk;
#[path = "web/document.rs"]
mod document;
#[path = "pages/help.rs"]
mod help;
#[path = "pages/journal.rs"]
mod journal;
#[path = "pages/life.rs"]
mod life;
#[path = "pages/links.rs"]
mod links;
#[path = "pages/looks.rs"]
mod looks;
#[path = "pages/orders.rs"]
mod orders;
#[path = "pages/table.rs"]
mod table;
#[path = "pages/team.rs"]
mod team;
#[path = "web/world.rs"]
#[allow(dead_code, reason = "the API's tests use the rest of it")]
mod world;
