//! The web layer: extractors, JSON API and pages for [axum](https://docs.rs/axum). It knows no rule and no SQL.
//!
//! [`router`] serves what stands in the table of [`routes()`]; a host merges it into its own. In the host's handlers
//! [`CurrentAccount`] and its like say who is logged in, wherever `Aplus: FromRef<S>`:
//!
//! ```
//! use aplus_axum::CurrentAccount;
//! use aplus_core::Aplus;
//! use axum::extract::FromRef;
//! use axum::{Router, routing::get};
//!
//! #[derive(Clone)]
//! struct App { aplus: Aplus }
//!
//! impl FromRef<App> for Aplus {
//!     fn from_ref(app: &App) -> Self {
//!         app.aplus.clone()
//!     }
//! }
//!
//! async fn hello(CurrentAccount(account): CurrentAccount) -> String {
//!     format!("{} groups", account.groups().len())
//! }
//!
//! fn app(aplus: Aplus) -> Router {
//!     Router::new()
//!         .route("/hello", get(hello))
//!         .merge(aplus_axum::router(&aplus))
//!         .with_state(App { aplus })
//! }
//! ```
//!
//! Every error is a [`Problem`]: [`Problem::status`] is the one place that gives it a status, [`Problem::words`] the one that
//! says it.
//!
#![doc = include_str!("api/examples.md")]

mod api;
mod body;
mod client;
mod cookies;
mod extract;
mod fields;
mod headers;
mod help;
mod language;
mod limit;
mod pages;
mod problem;
mod router;
mod same_origin;
mod span;
mod state;
mod words;

pub use body::{BODY_BYTES, Body, Form, NoBody};
pub use client::{Caller, IDEMPOTENCY_KEY};
pub use extract::{
    CurrentAccount, CurrentOperator, CurrentResponsable, MaybeAccount, MaybeSession, NEXT,
    Rejection, Session,
};
pub use fields::{Fault, Fields, FromFields, Invalid};
pub use headers::security_headers;
pub use help::{Help, HelpError};
pub use language::preferred;
pub use pages::{Conformity, Foot};
pub use problem::{NotFound, Problem};
pub use router::{Route, Verb, Who, router, routes};
pub use same_origin::{SameOrigin, same_origin};
pub use span::make_span;
pub use state::{Web, home};
