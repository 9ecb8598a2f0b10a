//! The store on SQLite: one writer, several readers, a write-ahead log.
//!
//! | file | what |
//! |---|---|
//! | `connection` | options, pools, the settings that each connection is checked for, errors |
//! | `migrate` | the schema and its guards, embedded |
//! | `acts` | what all acts share: the request, the versions, the entry, the mails |
//! | `accounts` `logins` `orders` `journal` `outbox` `erasure` `seals` `desk` | one port each: public functions over a connection, the port over them |
//! | `row` | one line of a result, for the readers that both databases share |

pub mod accounts;
mod acts;
mod connection;
#[cfg(feature = "desk")]
pub mod desk;
pub mod erasure;
pub mod journal;
pub mod logins;
mod migrate;
pub mod orders;
pub mod outbox;
mod row;
pub mod seals;

pub use connection::{OpenError, SqliteStore, Transaction, store_error};

/// Runs an act in a transaction of its own, which is committed only if the act is done.
macro_rules! act {
    ($store:expr, $act:path $(, $argument:expr)*) => {{
        let mut transaction = $store.begin().await?;
        let outcome = $act(&mut transaction $(, $argument)*).await;
        $crate::sqlite::connection::finish(transaction, outcome).await
    }};
}

/// Runs any other write in a transaction of its own.
macro_rules! write {
    ($store:expr, $write:path $(, $argument:expr)*) => {{
        let mut transaction = $store.begin().await?;
        let written = $write(&mut transaction $(, $argument)*).await.map_err($crate::sqlite::store_error)?;
        $crate::sqlite::SqliteStore::commit(transaction).await?;
        Ok(written)
    }};
}

/// Reads at one moment.
macro_rules! read {
    ($store:expr, $read:path $(, $argument:expr)*) => {{
        let mut transaction = $store.read().await?;
        $read(&mut transaction $(, $argument)*).await.map_err($crate::sqlite::store_error)
    }};
}

use {act, read, write};
