//! What can go wrong, said so that whoever runs the tests knows what to do.

use std::fmt;

use thiserror::Error as ThisError;

/// Why there is no server, or no database. `Debug` says the same as `Display`, for tests show the former.
#[derive(ThisError)]
#[non_exhaustive]
pub enum Error {
    /// No PostgreSQL of version 15 or newer is installed where it is looked for.
    #[error(
        "no PostgreSQL server (15 or newer) is installed: `apt-get install postgresql` (its initdb is looked for in PATH, \
         `pg_config --bindir`, /usr/lib/postgresql/*/bin and /usr/local/pgsql/bin), or set APLUS_TEST_DATABASE_URL to a login \
         that may create roles and databases"
    )]
    Missing,

    /// The operating system refused: no process, no file, no port.
    #[error("cannot {doing}: {source}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What it answered.
        source: std::io::Error,
    },

    /// A program of PostgreSQL failed.
    #[error("PostgreSQL's `{order}` failed; the end of its log:\n{log}")]
    Failed {
        /// What was asked for: `init`, `copy`, `start`, `stop` or `kill`.
        order: String,
        /// The last lines that it wrote.
        log: String,
    },

    /// The server refused a statement, or did not answer.
    #[error("cannot {doing}: {source}")]
    Statement {
        /// What was tried.
        doing: &'static str,
        /// What the server or the driver said.
        source: sqlx::Error,
    },

    /// What was waited for did not happen in time.
    #[error("waited {seconds} s in vain: {what}")]
    Late {
        /// What did not happen.
        what: &'static str,
        /// How long it was waited for.
        seconds: u64,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Error {
    pub(crate) fn system(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::System { doing, source }
    }

    pub(crate) fn statement(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Statement { doing, source }
    }
}
