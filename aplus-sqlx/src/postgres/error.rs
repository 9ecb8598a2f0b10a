//! What an error of the database means: that it cannot now, that nobody knows, that somebody else was first.

use std::error::Error;
use std::{fmt, io};

use aplus_core::ports::StoreError;
use sqlx::error::ErrorKind;
use sqlx::postgres::{PgDatabaseError, PgSeverity};
use tokio::time::error::Elapsed;

/// What the database or the driver said, once: the driver's own errors say in themselves what their source says again, and
/// name a line of the server's source.
#[derive(Debug)]
pub struct Cause(sqlx::Error);

impl Cause {
    /// The driver's error.
    #[must_use]
    pub fn get(&self) -> &sqlx::Error {
        &self.0
    }
}

impl From<sqlx::Error> for Cause {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.as_database_error(), state(&self.0)) {
            (Some(error), Some(state)) => {
                write!(formatter, "{} (SQLSTATE {state})", error.message())
            }
            _ => self.0.fmt(formatter),
        }
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source().and_then(Error::source)
    }
}

pub(super) fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(Box::new(Cause(error)))
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
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
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

/// Whether a statement that was prepared before is no longer what it was: a table has another shape, or somebody between
/// forgot it. Nothing was done, and on a fresh connection it is prepared anew.
pub(super) fn is_outdated(error: &sqlx::Error) -> bool {
    matches!(state(error), Some("0A000" | "26000"))
}

/// The answer was given up.
pub(super) fn too_late(elapsed: Elapsed) -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, elapsed))
}

/// Whether the database says that it cannot now: overloaded, out of room, a standby, a statement cancelled before its end.
fn is_busy(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        error if is_outdated(error) => true,
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
        error if is_lost(&error) => StoreError::UnknownOutcome(Box::new(Cause(error))),
        error if is_busy(&error) => unavailable(error),
        sqlx::Error::Database(_) | sqlx::Error::Encode(_) | sqlx::Error::Configuration(_) => {
            StoreError::Broken(Box::new(Cause(error)))
        }
        // It answered, and the answer is not understood: it may well be done.
        error => StoreError::UnknownOutcome(Box::new(Cause(error))),
    }
}

/// The same where nothing was to be written.
pub(super) fn read_error(error: sqlx::Error) -> StoreError {
    match is_busy(&error) {
        true => unavailable(error),
        false => StoreError::Broken(Box::new(Cause(error))),
    }
}
