//! Options, the pool, and what a lost answer means.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aplus_core::ports::StoreError;
use sqlx::error::ErrorKind;
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgSeverity};
use sqlx::{Connection, PgConnection, PgPool, Postgres, Result};
use tokio::time::error::Elapsed;

use super::checks::{self, OpenError};
use super::migrate::{self, RoleNames};

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// After this long an answer is given up: what became of the statement is then unknown, and is said to be.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

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
        let breaks = Breaks::default();
        Ok(Self::over(Pool { pool, breaks }))
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

    /// Closes all connections; what is running ends first.
    pub async fn close(&self) {
        self.pool.pool.close().await;
        self.owner.pool.close().await;
    }

    /// Begins a transaction, for a host's own row beside an act: an outcome other than `Done` has written nothing, after an
    /// error the transaction must be dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.pool.pool.begin().await.map_err(unavailable)
    }

    /// Commits a transaction of [`begin`](Self::begin).
    ///
    /// # Errors
    /// [`StoreError::UnknownOutcome`] if the answer is lost; anything else means that nothing was written.
    pub async fn commit(transaction: Transaction) -> Result<(), StoreError> {
        transaction.commit().await.map_err(store_error)
    }
}

/// When a connection was last found broken: those that are older are not used again. Cheaper than asking before each use.
#[derive(Debug, Clone, Default)]
struct Breaks(Arc<Mutex<Option<Instant>>>);

impl Breaks {
    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn spares(&self, age: Duration) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|last| last.elapsed() > age)
    }
}

#[derive(Clone)]
pub(super) struct Pool {
    pool: PgPool,
    breaks: Breaks,
}

/// Why a read gave nothing.
pub(super) enum ReadError {
    /// The connection was broken: another may do.
    Broken(StoreError),
    Other(StoreError),
}

impl From<ReadError> for StoreError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Broken(error) | ReadError::Other(error) => error,
        }
    }
}

impl Pool {
    fn new(options: PgConnectOptions, connections: u32) -> Self {
        let breaks = Breaks::default();
        let seen = breaks.clone();
        let pool = PoolOptions::new()
            .max_connections(connections.max(1))
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    let checked = checks::settings(connection).await;
                    checked.map_err(|error| sqlx::Error::Configuration(Box::new(error)))
                })
            })
            .before_acquire(move |_, about| {
                let spared = seen.spares(about.age);
                Box::pin(async move { Ok(spared) })
            })
            .connect_lazy_with(options);
        Self { pool, breaks }
    }

    pub(super) async fn acquire(&self) -> Result<Lent, StoreError> {
        let connection = self.pool.acquire().await.map_err(unavailable)?;
        Ok(Lent(Some(connection)))
    }

    /// What came of a write; a connection that is broken or still busy is thrown away.
    pub(super) fn wrote<T>(
        &self,
        mut connection: Lent,
        written: Result<Result<T>, Elapsed>,
    ) -> Result<T, sqlx::Error> {
        let connection = connection.0.take();
        let error = match written {
            Ok(Ok(written)) => return Ok(written),
            Ok(Err(error)) => error,
            Err(elapsed) => {
                sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed))
            }
        };
        self.throw_away(connection, &error);
        Err(error)
    }

    pub(super) fn read<T>(
        &self,
        connection: Lent,
        read: Result<Result<T>, Elapsed>,
    ) -> Result<T, ReadError> {
        self.wrote(connection, read)
            .map_err(|error| match is_lost(&error) {
                true => ReadError::Broken(unavailable(error)),
                false => ReadError::Other(read_error(error)),
            })
    }

    fn throw_away(&self, connection: Option<PoolConnection<Postgres>>, error: &sqlx::Error) {
        // A primary that became a standby answers, and will never write again.
        if is_lost(error) || state(error) == Some("25006") {
            self.breaks.note();
            drop(connection.map(PoolConnection::detach));
        }
    }
}

/// A connection of the pool while a statement runs. Where the caller goes away before the answer, the pool would wait for
/// it without end, and be one short as long: here it is given up after the deadline.
pub(super) struct Lent(Option<PoolConnection<Postgres>>);

impl Lent {
    /// The connection itself.
    ///
    /// # Errors
    /// [`StoreError::Broken`] once it was given back, which nobody does before the answer.
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        let connection = self.0.as_deref_mut();
        connection.ok_or_else(|| StoreError::broken("a connection that was given back"))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut connection) = self.0.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            let answered = tokio::time::timeout(DEADLINE, connection.ping()).await;
            if !matches!(answered, Ok(Ok(()))) {
                drop(connection.detach());
            }
        });
    }
}

fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(error.into())
}

/// The SQLSTATE of an error of the database.
pub(super) fn state(error: &sqlx::Error) -> Option<&str> {
    let error = error.as_database_error()?;
    Some(error.try_downcast_ref::<PgDatabaseError>()?.code())
}

/// Whether a statement was refused because another transaction came first: nothing was written, and it may be done anew.
pub(super) fn is_overtaken(error: &sqlx::Error) -> bool {
    matches!(state(error), Some("40001" | "40P01"))
        || constraint(error) == Some("journal_entry_request_id_key")
}

/// Whether somebody else took an address or a number in the same moment.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    state(error) == Some("AP005")
        || matches!(
            constraint(error),
            Some("account_email_key" | "operator_email_key" | "group_matricule_key")
        )
}

fn constraint(error: &sqlx::Error) -> Option<&str> {
    let error = error.as_database_error()?;
    match error.kind() {
        ErrorKind::UniqueViolation => error.constraint(),
        _ => None,
    }
}

/// Whether the connection is gone, and with it the answer: also where the backend said that it was being ended, since a
/// commit that waits for a standby is then done and not told.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            error
                .try_downcast_ref::<PgDatabaseError>()
                .is_some_and(|error| {
                    matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic)
                        || error.code().starts_with("08")
                        || error.code().starts_with("57P")
                })
        }
        _ => false,
    }
}

/// Whether the database says that it cannot now: overloaded, out of room, a standby, a statement cancelled before its end.
fn is_busy(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        error => state(error).is_some_and(|state| {
            state.starts_with("53")
                || matches!(
                    state,
                    "25006" | "40001" | "40P01" | "55P03" | "57014" | "57P03"
                )
        }),
    }
}

/// What an error of the database means for the core where something was to be written: recognised by kind and code, never
/// by its text. What was refused by the database was not written; of what was lost on the way nobody knows.
#[must_use]
pub fn store_error(error: sqlx::Error) -> StoreError {
    match error {
        // First, since a server that breaks down for want of room may have kept what it was to write.
        error if is_lost(&error) => StoreError::UnknownOutcome(error.into()),
        error if is_busy(&error) => StoreError::Unavailable(error.into()),
        sqlx::Error::Database(_) | sqlx::Error::Encode(_) | sqlx::Error::Configuration(_) => {
            StoreError::Broken(error.into())
        }
        // It answered, and the answer is not understood: it may well be done.
        error => StoreError::UnknownOutcome(Box::<dyn Error + Send + Sync>::from(error)),
    }
}

/// The same where nothing was to be written.
fn read_error(error: sqlx::Error) -> StoreError {
    match is_busy(&error) {
        true => StoreError::Unavailable(error.into()),
        false => StoreError::Broken(error.into()),
    }
}
