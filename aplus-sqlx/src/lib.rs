//! Stores for `aplus` over [sqlx](https://docs.rs/sqlx/0.9): each act of the core is one transaction.
//!
//! The core decides, this package writes and guards. It knows no rule and no HTTP. The modules `postgres` and `sqlite` are
//! behind features of these names; nothing is compiled without one. The feature `desk` adds conversations with support to both.
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use aplus_core::ports::Accounts;
//! use aplus_sqlx::sqlite::SqliteStore;
//!
//! # let folder = tempfile::tempdir()?;
//! # let url = format!("sqlite:{}", folder.path().join("aplus.db").display());
//! let store = SqliteStore::connect(&url).await?; // such as "sqlite:/var/lib/service/aplus.db"
//! store.migrate().await?;
//! assert!(store.is_empty().await?);
//! store.close().await;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sqlite"))]
//! # fn main() {}
//! ```
//!
//! # What is promised
//!
//! - **One act, one transaction**: what is done, its entry, the entry's line in the queue of the sealer and its mails
//!   are there together or not at all (P1), also after a crash: the write-ahead log is synced at each commit.
//! - **Versions are compared under lock in the transaction that writes** (P2): on SQLite it holds the only write lock of the
//!   file; on PostgreSQL an act is one statement, which locks accounts, operators and groups in this order, each by its ids.
//! - **Address and roles of an account have no other writer** than its creation, the carrying out of a support order, its
//!   withdrawal and emptying (P11). Triggers refuse whoever tries otherwise; they check facts, never a flag: the account names
//!   the order that changes it, and that very order must be approved by somebody else, open, unused, and say just this (P60).
//! - **Entries do not change and do not go** (P30), nor do the lines of accounts, groups, operators and orders. What is erased of
//!   them for its age is held against the clock of the database as well, and is nothing that is younger than six months (P72).
//! - **An address is one account's or one operator's** (P10), by a look in the same transaction and by triggers behind it.
//! - **A commit whose answer is lost is answered as unknown** (P5), never as done. No number is drawn, and no clock read but
//!   for erasing (P4).
//! - **Each connection is checked** after connecting: a setting that is not what the above needs is an error that names it.
//!
//! # What is not promised
//!
//! On PostgreSQL, the owner of the schema and superusers can switch triggers off; the server's own login can do what looks
//! like an act (below), and nothing else. What a failover keeps is said in `docs/deployment.md` of the repository.
//!
//! SQLite has no roles: whoever may write to the file may change it. Triggers protect from mistakes and from injected
//! statements; they cannot refuse
//!
//! - `drop trigger`, `drop table`, `alter table` and any other change of the schema;
//! - `pragma writable_schema = on` and a rewritten `sqlite_schema`;
//! - `pragma foreign_keys = off` and `pragma ignore_check_constraints = on` on a connection of one's own (the triggers
//!   still hold there; `pragma recursive_triggers = off` alone gains nothing, a test shows it);
//! - what looks like an act: a status moved together with its version, also that of a suspended operator, since the machine,
//!   which brings one back alone, is not told apart here; an order that is proposed in the name of one operator and approved in
//!   that of another, or with a time that is not true; a session or a link that was made up, a mail, a conversation or a message that
//!   was made up, an entry
//!   that was made up (it is queued for the seal all the same), forgotten links and sessions, anything erased that is older
//!   than six months;
//! - editing, replacing or restoring the file.
//!
//! Only the seals of the journal, checked outside, find that. In-memory databases are refused: they have no write-ahead
//! log and forget what was committed; the reference store of the core is for tests.
//!
//! # A host's own row in the same transaction
//!
//! Each act is also a function over a connection. [`SqliteStore::begin`](sqlite::SqliteStore::begin) takes the write lock;
//! an outcome other than `Done` has written nothing, after an error the transaction must be dropped.
//!
//! ```no_run
//! # #[cfg(feature = "sqlite")]
//! # async fn create(
//! #     store: &aplus_sqlx::sqlite::SqliteStore,
//! #     act: aplus_core::Act<aplus_core::rules::CreateAccount>,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! use aplus_core::ports::Outcome;
//! use aplus_sqlx::sqlite::{SqliteStore, accounts};
//!
//! let mut transaction = store.begin().await?;
//! if let Outcome::Done(account) = accounts::create_account(&mut transaction, act).await? {
//!     sqlx::query("insert into desk (account_id, counter) values (?1, ?2)") // on PostgreSQL: $1, $2
//!         .bind(*account.id().as_uuid())
//!         .bind("3")
//!         .execute(&mut *transaction)
//!         .await?;
//!     SqliteStore::commit(transaction).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The act is made of what the store says, and of what `Aplus` adds; recording a refusal is then the host's, by
//! `Aplus::allow`, and an outcome of `Taken` is what `rules::taken` says of the [holder](sqlite::accounts::holder). The
//! repository's `examples/embed.rs` does all of it:
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # async fn decide(
//! #     aplus: &aplus_core::Aplus,
//! #     store: &aplus_sqlx::sqlite::SqliteStore,
//! #     author: aplus_core::Author,
//! #     group: aplus_core::GroupId,
//! #     draft: aplus_core::rules::AccountDraft,
//! # ) -> Result<aplus_core::Act<aplus_core::rules::CreateAccount>, aplus_core::Error> {
//! use aplus_core::ports::{Accounts, Wanted};
//! use aplus_core::service::Context;
//! use aplus_core::{Refusal, rules};
//!
//! let wanted = Wanted { author, target: None, group: Some(group), request: None };
//! let facts = store.facts(&wanted).await?;
//! let group = facts.group.ok_or(Refusal::GroupNotFound)?;
//! let permit = rules::create_account(&facts.actor, &group, &draft, aplus.policy())?;
//! Ok(permit.into_act(aplus.circumstances(&Context::default(), author)?))
//! # }
//! ```
//!
//! A host that has `use aplus::*` names the crate `::sqlx`, and takes the features `sqlite` or `postgres`, `runtime-tokio` and
//! `uuid` of it.
//!
//! A host's tables stand beside ours in the same file; all names of ours begin with `aplus_`. They may refer to
//! `aplus_account (id)`, whose lines never go. Connections that a host opens by itself need the same settings. On PostgreSQL
//! they stand in a schema of the host's, and may refer to `aplus.account (id)`; of advisory locks, the pairs that begin with
//! 1634759797 to 1634759800 and the number 7021800392371266931 are ours.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod rows;
#[cfg(feature = "sqlite")]
pub mod sqlite;
