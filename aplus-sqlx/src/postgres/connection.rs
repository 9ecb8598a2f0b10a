//! Options, and opening the store.

use std::fmt;
use std::str::FromStr;

use aplus_core::ports::StoreError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{PgPool, Postgres, Result};
use tokio::time::Instant;

use super::checks::{self, OpenError};
use super::error::{is_lost, store_error, too_late, unavailable};
use super::migrate::{self, RoleNames};
use super::pool::{DEADLINE, Pool};

/// How many connections a process holds, unless the host says otherwise: more than that wait for the same disk.
const CONNECTIONS: u32 = 10;

/// A transaction of the store, for a host's own row beside an act.
pub type Transaction = sqlx::Transaction<'static, Postgres>;

/// The store on PostgreSQL. A clone is another handle of the same pool.
///
/// ```no_run
/// # async fn open() -> Result<(), aplus_sqlx::postgres::OpenError> {
/// use aplus_sqlx::postgres::{PostgresStore, RoleNames};
///
/// // Once, as the owner of the database: makes or updates the schema `aplus` and the three group roles.
/// PostgresStore::migrate("postgres://owner@db.example/service", &RoleNames::default()).await?;
/// // Then, as a login that is a member of `aplus_runtime` alone.
/// let store = PostgresStore::connect("postgres://service@db.example/service").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresStore {
    pub(super) pool: Pool,
    /// Where operators are made (A14): the runtime's own login may not.
    pub(super) owner: Pool,
}

impl fmt::Debug for PostgresStore {
    /// No address and no login.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostgresStore")
            .field("connections", &self.pool.pool.size())
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the database of a URL such as `postgres://service@db.example/service`, as a login that is a member of
    /// `aplus_runtime` and has no more rights. A process holds at most ten connections.
    ///
    /// # Errors
    /// [`OpenError`]: the schema is missing, older or newer than this program, the login may do too much, or a setting of
    /// the server loses what it acknowledged.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        Self::connect_with(PgConnectOptions::from_str(url)?, CONNECTIONS).await
    }

    /// The same with options and a number of connections of the host's choice, at least 1.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(
        options: PgConnectOptions,
        connections: u32,
    ) -> Result<Self, OpenError> {
        checks::open(&options, checks::Login::Runtime).await?;
        Ok(Self::over(Pool::new(options, connections)))
    }

    /// The same without asking what else the login may do: one role does all, and the database no longer refuses what the
    /// rules refuse. For a trial on one machine.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), but for the rights.
    pub async fn connect_as_insecure_one_role(
        options: PgConnectOptions,
        connections: u32,
    ) -> Result<Self, OpenError> {
        checks::open(&options, checks::Login::OneRole).await?;
        Ok(Self::over(Pool::new(options, connections)))
    }

    /// Takes a host's own pool, so that a connection serves its tables and ours. Its login is not asked what else it may
    /// do: usually one role does all, and the database no longer refuses what the rules refuse.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), but for the rights.
    pub async fn over_pool_of_one_role(pool: PgPool) -> Result<Self, OpenError> {
        checks::open(&pool.connect_options(), checks::Login::OneRole).await?;
        Ok(Self::over(Pool::of_host(pool)))
    }

    fn over(pool: Pool) -> Self {
        let owner = pool.clone();
        Self { pool, owner }
    }

    /// Lets this process make and restore operators (A14) over another login, the owner of the schema: the runtime's own
    /// may not. For a command on the server's machine, not for a server.
    #[must_use]
    pub fn with_owner(mut self, options: PgConnectOptions) -> Self {
        self.owner = Pool::new(options, 1);
        self
    }

    /// Brings the schema `aplus` to the version that this program knows, and states roles and privileges anew. Repeatable;
    /// any number of processes may do it at once. The login owns the database, or may create schemas in it, and may create
    /// roles unless they are there and it is a member of the owner's; it need not be a superuser.
    ///
    /// # Errors
    /// [`OpenError::Newer`] if a newer program has migrated it, [`OpenError::Database`] if it fails: then nothing but the
    /// roles has changed.
    pub async fn migrate(url: &str, roles: &RoleNames) -> Result<(), OpenError> {
        Self::migrate_with(&PgConnectOptions::from_str(url)?, roles).await
    }

    /// The same with options.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub async fn migrate_with(
        options: &PgConnectOptions,
        roles: &RoleNames,
    ) -> Result<(), OpenError> {
        migrate::migrate(options, Some(roles)).await
    }

    /// The same without roles: the login owns the schema, and whoever has it may do all.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub async fn migrate_as_insecure_one_role(options: &PgConnectOptions) -> Result<(), OpenError> {
        migrate::migrate(options, None).await
    }

    /// Closes all connections; what is running ends first, but for what takes longer than ten seconds.
    pub async fn close(&self) {
        let closed = async {
            self.pool.pool.close().await;
            self.owner.pool.close().await;
        };
        // A backend may wait for its standby without end: it is left alone.
        let _ = tokio::time::timeout(DEADLINE, closed).await;
    }

    /// Begins a transaction, for a host's own row beside an act: an outcome other than `Done` has written nothing, after an
    /// error the transaction must be dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also when it is not begun within ten seconds.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let begun = tokio::time::timeout(DEADLINE, self.pool.pool.begin()).await;
        let begun = begun.unwrap_or_else(|elapsed| Err(too_late(elapsed)));
        begun.map_err(|error| {
            self.pool.note(&error);
            unavailable(error)
        })
    }

    /// Commits a transaction of [`begin`](Self::begin).
    ///
    /// # Errors
    /// [`StoreError::UnknownOutcome`] if the answer is lost or does not come within ten seconds; anything else means that
    /// nothing was written. [`StoreError::Broken`] if a statement of the transaction had failed, even if its error was passed
    /// over.
    pub async fn commit(mut transaction: Transaction) -> Result<(), StoreError> {
        let until = Instant::now() + DEADLINE;
        // PostgreSQL answers the commit of a transaction in which a statement failed by rolling it back, and the driver takes
        // that for a success. Any other statement is refused there.
        let whole = sqlx::raw_sql("select").execute(&mut *transaction);
        match tokio::time::timeout_at(until, whole).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) if is_lost(&error) => return Err(unavailable(error)),
            Ok(Err(error)) => return Err(store_error(error)),
            Err(elapsed) => return Err(unavailable(too_late(elapsed))),
        }
        match tokio::time::timeout_at(until, transaction.commit()).await {
            Ok(committed) => committed.map_err(store_error),
            Err(elapsed) => Err(store_error(too_late(elapsed))),
        }
    }
}
