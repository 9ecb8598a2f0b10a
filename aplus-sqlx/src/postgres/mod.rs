//! The store on PostgreSQL 15 or newer: any number of server processes share one database.
//!
//! | file | what |
//! |---|---|
//! | `connection` | options, the pool, what a lost answer means |
//! | `checks` | what is refused at the start: a login with too many rights, settings that lose what was acknowledged |
//! | `migrate` | the schema `aplus`, its guards, its doors, its roles and their privileges |
//! | `acts` | what all acts share: the request, the versions under lock, the entry, the mails |
//! | `accounts` `logins` `journal` `outbox` | one port each: public functions over a connection, the port over them |
//! | `row` | one line of a result, for the readers that both databases share |

pub mod accounts;
mod acts;
mod checks;
mod connection;
pub mod journal;
pub mod logins;
mod migrate;
pub mod outbox;
mod row;

pub use checks::OpenError;
pub use connection::{PostgresStore, Transaction, store_error};
pub use migrate::RoleNames;

/// One statement, which commits by itself, or a transaction that the write itself holds; within the deadline.
macro_rules! attempt {
    ($pool:expr, $write:path $(, $argument:expr)*) => {{
        let mut connection = $pool.acquire().await?;
        let work = $write(connection.connection()? $(, $argument)*);
        let written = tokio::time::timeout($crate::postgres::connection::DEADLINE, work).await;
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
            let read = tokio::time::timeout($crate::postgres::connection::DEADLINE, work).await;
            match $pool.read(connection, read) {
                Err($crate::postgres::connection::ReadError::Broken(_)) if again => again = false,
                read => break read.map_err(aplus_core::ports::StoreError::from),
            }
        }
    }};
}

use {act, attempt, read, write};
