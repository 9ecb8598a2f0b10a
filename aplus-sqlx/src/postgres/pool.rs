//! The pool: what is lent, for how long, and what is thrown away.
//!
//! An answer that nobody waits for any more leaves its backend at work: the statement is never cancelled, since a commit
//! that waits for its standby would then look like a success. Such a connection is kept until the backend has answered or the
//! connection is gone, aside while there is room for as many as the pool has, then in its place in the pool. So a process never
//! has more than twice as many backends as its pool has places, however long a standby is missing or a lock is held.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aplus_core::ports::StoreError;
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool, Postgres, Result};
use tokio::sync::Semaphore;
use tokio::time::error::Elapsed;

use super::checks;
use super::error::{is_lost, is_outdated, read_error, state, too_late, unavailable};

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// After this long an answer is given up: what became of the statement is then unknown, and is said to be.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);

/// How often a connection that was given up is asked again whether its backend has answered.
const ASKED_AGAIN: Duration = Duration::from_secs(60);

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
    /// Room for connections that were given up: where the network swallows all answers, the pool has its places again at
    /// once.
    aside: Arc<Semaphore>,
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
        Self::over(pool, Breaks::default())
    }

    fn over(pool: PgPool, breaks: Breaks) -> Self {
        let as_many = usize::try_from(pool.options().get_max_connections());
        let aside = Arc::new(Semaphore::new(
            as_many.map_or(Semaphore::MAX_PERMITS, |it| it.min(Semaphore::MAX_PERMITS)),
        ));
        Self {
            pool,
            breaks,
            aside,
        }
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
        Self::over(pool, breaks)
    }

    pub(super) async fn acquire(&self) -> Result<Lent, StoreError> {
        let connection = self.pool.acquire().await.map_err(unavailable)?;
        Ok(Lent {
            connection: Some(connection),
            pool: self.clone(),
        })
    }

    /// What came of a write; a connection that is broken is thrown away, one that is still busy is given up.
    pub(super) fn wrote<T>(
        &self,
        mut connection: Lent,
        written: Result<Result<T>, Elapsed>,
    ) -> Result<T, sqlx::Error> {
        let connection = connection.connection.take();
        match written {
            Ok(Ok(written)) => Ok(written),
            Ok(Err(error)) => {
                self.throw_away(connection, &error);
                Err(error)
            }
            Err(elapsed) => {
                self.breaks.note();
                if let Some(connection) = connection {
                    self.give_up(connection);
                }
                Err(too_late(elapsed))
            }
        }
    }

    pub(super) fn read<T>(
        &self,
        connection: Lent,
        read: Result<Result<T>, Elapsed>,
    ) -> Result<T, ReadError> {
        self.wrote(connection, read)
            .map_err(|error| match is_lost(&error) || is_outdated(&error) {
                true => ReadError::Broken(unavailable(error)),
                false => ReadError::Other(read_error(error)),
            })
    }

    /// Whether a connection, and all that are older, are not to be used again.
    pub(super) fn note(&self, error: &sqlx::Error) -> bool {
        // A primary that became a standby answers, and will never write again.
        let over = is_lost(error) || is_outdated(error) || state(error) == Some("25006");
        if over {
            self.breaks.note();
        }
        over
    }

    fn throw_away(&self, connection: Option<PoolConnection<Postgres>>, error: &sqlx::Error) {
        if self.note(error) {
            drop(connection.map(PoolConnection::detach));
        }
    }

    /// Keeps a connection that nobody waits for until its backend is done, outside the pool while there is room.
    fn give_up(&self, mut connection: PoolConnection<Postgres>) {
        match self.aside.clone().try_acquire_owned() {
            Ok(room) => {
                let mut connection = connection.detach();
                tokio::spawn(async move {
                    // Its answer is nobody's, whatever it is.
                    let _ = answered(&mut connection).await;
                    drop(connection);
                    drop(room);
                });
            }
            Err(_) => {
                tokio::spawn(async move {
                    if answered(&mut connection).await.is_err() {
                        drop(connection.detach());
                    }
                });
            }
        }
    }
}

/// Waits until the backend has answered all that it was asked, or the connection is gone. It is asked again each minute, which
/// does not disturb it: with something under way TCP itself finds out that the other side is gone, where it would wait for
/// its word without end.
async fn answered(connection: &mut PgConnection) -> Result<()> {
    loop {
        if let Ok(answered) = tokio::time::timeout(ASKED_AGAIN, connection.ping()).await {
            return answered;
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
pub(super) struct Lent {
    connection: Option<PoolConnection<Postgres>>,
    pool: Pool,
}

impl Lent {
    /// The connection itself.
    ///
    /// # Errors
    /// [`StoreError::Broken`] once it was given back, which nobody does before the answer.
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        let connection = self.connection.as_deref_mut();
        connection.ok_or_else(|| StoreError::broken("a connection that was given back"))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            // Nobody is there to wait for its answer, and a pool cannot take it back without a runtime.
            drop(connection.detach());
            return;
        };
        let pool = self.pool.clone();
        runtime.spawn(async move {
            match tokio::time::timeout(DEADLINE, connection.ping()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => drop(connection.detach()),
                Err(_) => pool.give_up(connection),
            }
        });
    }
}
