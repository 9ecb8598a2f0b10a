//! The API from outside: one request after another, without a network.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod accounts;
#[cfg(feature = "desk")]
mod desk;
mod document;
mod doors;
mod examples;
mod help;
mod journal;
mod login;
mod me;
mod operators;
mod orders;
mod routes;
mod secrets;
mod sessions;
mod support;
mod world;
