//! The store on PostgreSQL 15 or newer: any number of server processes share one database.
//!
//! | file | what |
//! |---|---|
//! | `connection` `pool` | options, opening, what is lent for how long |
//! | `error` | what an error means: it cannot now, nobody knows, somebody else was first |
//! | `checks` `rights` | what is refused at the start: settings that lose what was acknowledged, a login with too many rights |
//! | `migrate` `guards` | the schema `aplus`, its guards, its doors, its roles and their privileges; guards that are put back |
//! | `acts` | what all acts share: the request, the versions under lock, the entry, the mails |
//! | `accounts` `logins` `orders` `journal` `outbox` `erasure` `seals` `desk` | one port each: public functions over a connection, the port over them |
//! | `columns` `row` | what is read of each table, by name; one line of a result, for the readers that both databases share |
//!
//! # What the database refuses, and what it cannot
//!
//! The runtime's login has no right to change an address, roles or provenance, to make an operator, or to change an order or an
//! entry, and triggers that check facts stop the rest, for the owner too. It cannot refuse
//!
//! - to the server's login to read what a server reads: everything, so also what secrets are derived from and hashed to;
//! - to the server's login what looks like an act.
//!   - To make up: an account with any roles and any provenance, a group, a membership of anybody in any group, a link or a
//!     session of anybody (also of an operator), an asking, a mail to anybody, a conversation with support and a message in one,
//!     an entry (which is queued for the seal all the
//!     same) and the erasable part of one that has none, a count of refusals, and **an order**: in the name of the machine or of
//!     an active operator, as one that needs nobody or approved in the name of somebody who may. Carried out through its door,
//!     with a link made up and used where the address changes, it gives any account any roles and any address; the order and
//!     its entries stay.
//!   - To change: details; the standing of an account together with its version, and who deactivated it; the standing of an
//!     operator: suspended, or brought back in the name of two active ones; versions and epochs by one, which makes acts stale,
//!     ends sessions (an operator's too) and lets a group count as one that had a responsable; the last log-in, forward; a
//!     link to used, superseded or guessed at; a session to seen or ended; an asking to answered; a mail to sent, given up or
//!     not due; an open order to refused or taken back; whose turn it is in a conversation; a count of refusals by one more; entries
//!     that wait to sealed, with hashes that are none of theirs.
//!   - To take away: a membership but for the last of an account, links, sessions, askings, mails (also those that wait) and
//!     counts of refusals, whether or not their time is over; and through their doors an account that nobody used, and without
//!     its entry what is older than six months: the oldest erasable parts, what was said in the oldest conversations, or the
//!     details of an account that was not used for as long;
//! - to the server's login what anybody may who connects: `set synchronous_commit = off` for a transaction of its own, its
//!   own password and settings (the next connection is checked), locks on lines, tables and the numbers of ours, a
//!   transaction that never ends, a full disk, temporary tables, and the end of its own kind's connections;
//! - to the owner anything erased that is older than six months, `alter table … disable trigger` and `drop trigger` (missed at
//!   the next start, and put back by the next migration), another body for a guard, a door or a view, a rule, a constraint or a
//!   right less or more, `drop`, an operator, and an order that it writes and approves by itself;
//! - to a superuser, or to whoever has the files, anything.
//!
//! Only the seals of the journal, checked outside, find that. Some guards look at other lines under a lock: in a transaction
//! that is not read committed they would see too little, and refuse it.

pub mod accounts;
mod acts;
mod checks;
mod columns;
mod connection;
#[cfg(feature = "desk")]
pub mod desk;
pub mod erasure;
mod error;
mod guards;
pub mod journal;
pub mod logins;
mod migrate;
pub mod orders;
pub mod outbox;
mod pool;
mod rights;
mod row;
pub mod seals;

pub use checks::OpenError;
pub use connection::{PostgresStore, Transaction};
pub use error::{Cause, store_error};
pub use migrate::RoleNames;

/// One statement, which commits by itself, or a transaction that the write itself holds; within the deadline.
macro_rules! attempt {
    ($pool:expr, $write:path $(, $argument:expr)*) => {{
        let mut connection = $pool.acquire().await?;
        let work = $write(connection.connection()? $(, $argument)*);
        let written = tokio::time::timeout($crate::postgres::pool::DEADLINE, work).await;
        $pool.wrote(connection, written)
    }};
}

/// Runs an act: what another transaction won is an outcome, not an error.
macro_rules! act {
    ($pool:expr, $act:path $(, $argument:expr)*) => {
        $crate::postgres::acts::settled($crate::postgres::attempt!($pool, $act $(, $argument)*))
    };
}

/// Runs any other write.
macro_rules! write {
    ($pool:expr, $write:path $(, $argument:expr)*) => {
        $crate::postgres::attempt!($pool, $write $(, $argument)*).map_err($crate::postgres::store_error)
    };
}

/// Reads at one moment, or notes what may be noted twice; once more on a fresh connection if the first was broken.
macro_rules! read {
    ($pool:expr, $read:path $(, $argument:expr)*) => {{
        let mut again = true;
        loop {
            let mut connection = $pool.acquire().await?;
            let work = $read(connection.connection()? $(, $argument)*);
            let read = tokio::time::timeout($crate::postgres::pool::DEADLINE, work).await;
            match $pool.read(connection, read) {
                Err($crate::postgres::pool::ReadError::Broken(_)) if again => again = false,
                read => break read.map_err(aplus_core::ports::StoreError::from),
            }
        }
    }};
}

use {act, attempt, read, write};
