//! Options, pools and the settings that each connection is checked for.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use aplus_core::ports::{Outcome, StoreError, Written};
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, Sqlite, SqliteConnection, SqlitePool};

use super::migrate;

/// How long a statement waits for a lock that another process holds, and a caller for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads run beside each other and beside the writer: as many as a small server has use for.
const READERS: u32 = 4;

/// A transaction of the store, for a host's own row beside an act.
pub type Transaction = sqlx::Transaction<'static, Sqlite>;

/// Why a database is not opened or not migrated.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It has no file.
    #[error(
        "a SQLite database in memory is refused, since it forgets what was committed: name a file, or use the reference store"
    )]
    InMemory,
    /// A setting that the promises of the store need is another.
    #[error(
        "SQLite's {name} is {found} where {needed} is needed: open the database with the store's own options"
    )]
    Setting {
        /// Its name.
        name: &'static str,
        /// What it must be.
        needed: &'static str,
        /// What it is.
        found: String,
    },
    /// A newer program has migrated it.
    #[error(
        "the database has version {found} and this program knows {known}: start the newer program, or restore the copy made before it"
    )]
    Newer {
        /// The version that it has.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// The database does not do it.
    #[error("the SQLite database cannot be opened or migrated")]
    Database(#[from] sqlx::Error),
}

/// The store on SQLite. A clone is another handle of the same pools.
#[derive(Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl fmt::Debug for SqliteStore {
    /// No path: it may name people or hosts.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SqliteStore")
            .field("writer", &self.writer.size())
            .field("readers", &self.readers.size())
            .finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the database of a URL such as `sqlite:/var/lib/service/aplus.db`; the file is made if it is not there.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::from_str(url)?.create_if_missing(true);
        Self::connect_with(options).await
    }

    /// Opens the database of these options; what the store's promises need is set over them, and checked.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn connect_with(options: SqliteConnectOptions) -> Result<Self, OpenError> {
        let writer = writing(options);
        let reader = writer
            .clone()
            .create_if_missing(false)
            .pragma("query_only", "on");
        first(&writer).await?;
        Ok(Self {
            writer: pool(1, "0").connect_lazy_with(writer.journal_mode(SqliteJournalMode::Wal)),
            readers: pool(READERS, "1").connect_lazy_with(reader),
        })
    }

    /// Brings the schema to the version that this program knows. Repeatable; any number of processes may do it at once.
    ///
    /// # Errors
    /// [`OpenError::Newer`] if a newer program has migrated it, [`OpenError::Database`] if it fails: then nothing has
    /// changed.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        let mut connection = self.writer.acquire().await?;
        migrate::migrate(&mut connection).await
    }

    /// Closes all connections; what is running ends first.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Begins a transaction that writes: it holds the one write lock of the database until it ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] after five seconds of waiting.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.writer
            .begin_with("begin immediate")
            .await
            .map_err(store_error)
    }

    /// Begins a transaction that reads: all that it reads is of one moment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] after five seconds of waiting.
    pub async fn read(&self) -> Result<Transaction, StoreError> {
        self.readers.begin().await.map_err(store_error)
    }

    /// Commits a transaction of [`begin`](Self::begin).
    ///
    /// # Errors
    /// [`StoreError::UnknownOutcome`] if the answer is lost; anything else means that nothing was written.
    pub async fn commit(transaction: Transaction) -> Result<(), StoreError> {
        transaction.commit().await.map_err(commit_error)
    }
}

fn writing(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .read_only(false)
        .immutable(false)
        .shared_cache(false)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .pragma("recursive_triggers", "on")
        .pragma("trusted_schema", "off")
        // What is erased is overwritten: it does not stay in the file until something else takes its place (T3, T4).
        .pragma("secure_delete", "on")
        .pragma("query_only", "off")
}

fn pool(connections: u32, query_only: &'static str) -> PoolOptions<Sqlite> {
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                check(connection, query_only)
                    .await
                    .map_err(|error| sqlx::Error::Configuration(Box::new(error)))
            })
        })
}

/// One connection outside the pools: its error is the caller's, where a pool would try again until its patience is over.
/// It also switches to the write-ahead log, for which SQLite does not wait when another process does it just now.
async fn first(options: &SqliteConnectOptions) -> Result<(), OpenError> {
    let mut connection = options.connect().await?;
    let file: String =
        sqlx::query_scalar("select file from pragma_database_list where name = 'main'")
            .fetch_one(&mut connection)
            .await?;
    if file.is_empty() {
        return Err(OpenError::InMemory);
    }
    let mut pauses = 100;
    while let Err(error) = sqlx::query("pragma journal_mode = wal")
        .execute(&mut connection)
        .await
    {
        if !is_busy(&error) || pauses == 0 {
            return Err(error.into());
        }
        pauses -= 1;
        tokio::time::sleep(PATIENCE / 100).await;
    }
    check(&mut connection, "0").await?;
    migrate::not_newer(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Compares the settings of a connection with what the promises of the store need.
async fn check(
    connection: &mut SqliteConnection,
    query_only: &'static str,
) -> Result<(), OpenError> {
    let settings = [
        ("journal_mode", "pragma journal_mode", "wal"),
        ("synchronous", "pragma synchronous", "2"),
        ("foreign_keys", "pragma foreign_keys", "1"),
        ("recursive_triggers", "pragma recursive_triggers", "1"),
        ("trusted_schema", "pragma trusted_schema", "0"),
        ("secure_delete", "pragma secure_delete", "1"),
        ("writable_schema", "pragma writable_schema", "0"),
        (
            "ignore_check_constraints",
            "pragma ignore_check_constraints",
            "0",
        ),
        ("busy_timeout", "pragma busy_timeout", "5000"),
        ("query_only", "pragma query_only", query_only),
    ];
    for (name, pragma, needed) in settings {
        let row = sqlx::query(pragma).fetch_one(&mut *connection).await?;
        let found: String = row.try_get_unchecked(0)?;
        if found != needed {
            return Err(OpenError::Setting {
                name,
                needed,
                found,
            });
        }
    }
    Ok(())
}

/// Commits what is done, and takes back the rest.
pub(super) async fn finish<T>(
    transaction: Transaction,
    outcome: sqlx::Result<Outcome<T>>,
) -> Written<T> {
    let outcome = outcome.map_err(store_error)?;
    match &outcome {
        Outcome::Done(_) => SqliteStore::commit(transaction).await?,
        Outcome::Taken | Outcome::Stale | Outcome::Repeated(_) => {
            transaction.rollback().await.map_err(store_error)?;
        }
    }
    Ok(outcome)
}

/// The primary result code of SQLite: the lowest byte of the extended one.
fn code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}

const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const CONSTRAINT: i32 = 19;

fn is_busy(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(BUSY | LOCKED))
}

/// What an error of the database means for the core, before a commit was sent: recognised by kind and code, never by
/// its text.
#[must_use]
pub fn store_error(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
            StoreError::Unavailable(error.into())
        }
        _ if is_busy(&error) => StoreError::Unavailable(error.into()),
        _ => StoreError::Broken(error.into()),
    }
}

/// The same once a commit was sent: only what SQLite itself answered is known.
fn commit_error(error: sqlx::Error) -> StoreError {
    match code(&error) {
        Some(BUSY | LOCKED | CONSTRAINT) => store_error(error),
        _ => StoreError::UnknownOutcome(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_after_a_commit_is_said_to_be_unknown() {
        assert!(matches!(
            store_error(sqlx::Error::WorkerCrashed),
            StoreError::Broken(_)
        ));
        assert!(matches!(
            commit_error(sqlx::Error::WorkerCrashed),
            StoreError::UnknownOutcome(_)
        ));
        assert!(matches!(
            store_error(sqlx::Error::PoolTimedOut),
            StoreError::Unavailable(_)
        ));
        assert!(matches!(
            store_error(sqlx::Error::RowNotFound),
            StoreError::Broken(_)
        ));
    }
}
