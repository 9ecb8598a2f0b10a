//! The pool: what is lent, for how long, and what is thrown away.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aplus_core::ports::StoreError;
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool, Postgres, Result};
use tokio::time::error::Elapsed;

use super::checks;
use super::error::{is_lost, read_error, state, unavailable};

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// After this long an answer is given up: what became of the statement is then unknown, and is said to be.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

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
    pub(super) pool: PgPool,
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
    /// A pool that a host made: its connections are as the host set them.
    pub(super) fn of_host(pool: PgPool) -> Self {
        let breaks = Breaks::default();
        Self { pool, breaks }
    }

    pub(super) fn new(options: PgConnectOptions, connections: u32) -> Self {
        let breaks = Breaks::default();
        let seen = breaks.clone();
        let pool = PoolOptions::new()
            .max_connections(connections.max(1))
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    let checked = checks::settings(connection).await;
                    checked.map_err(|error| sqlx::Error::Configuration(Box::new(error)))?;
                    compile_nothing(connection).await
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

/// Each statement of the store reads some lines by their keys. Where the planner has no statistics (after a restore) it takes
/// them for large all the same, and compiles each for some 200 ms. Nothing where the server cannot compile.
async fn compile_nothing(connection: &mut PgConnection) -> Result<()> {
    let off = "select set_config(name, 'off', false) from pg_settings where name = 'jit'";
    sqlx::query(off).execute(connection).await?;
    Ok(())
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
