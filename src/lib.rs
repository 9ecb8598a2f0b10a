//! Accounts, roles and logins by the rules of the French State's *Administration+*, to be embedded in Rust services.
//!
//! This crate only re-exports: the pure core at its root, and what plugs in by feature.
//!
//! | feature | what it adds |
//! |---|---|
//! | (none) | the words of the domain, the [`rules`], the judgement of links and sessions |
//! | `words` | what people read, in French and English |
//! | `service` | `Aplus`, its use cases, the courier, the journal and the ports of a store |
//! | `memory` | the reference store |
//! | `sqlx-sqlite` | the store on SQLite: `aplus::sqlx::sqlite` |
//! | `sqlx-postgres` | the store on PostgreSQL: `aplus::sqlx::postgres` |
//! | `axum` | extractors, JSON API, pages: `aplus::web` |
//! | `smtp` | mail over SMTP: `aplus::smtp` |
//! | `smtp-dkim` | signing it by DKIM |
//! | `desk` | requests to support: the port `Desk`, its use cases, routes and pages |
//! | `import` | reading the two published lists |
//! | `test-util` | the contract suite for stores and the kit for property tests |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use aplus_core::*;

#[cfg(any(feature = "sqlx-sqlite", feature = "sqlx-postgres"))]
pub use aplus_sqlx as sqlx;

#[cfg(feature = "axum")]
pub use aplus_axum as web;

#[cfg(feature = "smtp")]
pub use aplus_lettre as smtp;

/// The README's example compiles.
#[cfg(all(doctest, feature = "axum", feature = "sqlx-sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
