//! What is refused at the start, with one sentence that says what to do.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, Row};

use super::error::Cause;
use super::pool::DEADLINE;
use super::{guards, migrate, rights};

/// Why a database is not opened or not migrated.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The login may do what the database is to refuse.
    #[error(
        "the login {login} may {excess}: give the server a login that is a member of {runtime} and of nothing else"
    )]
    TooManyRights {
        /// Who.
        login: String,
        /// What.
        excess: String,
        /// The role that has a server's rights.
        runtime: String,
    },
    /// The login may not do what a server does.
    #[error(
        "the login {login} may not {missing}: grant {runtime} to it, or run the migration as the owner, which states all rights anew"
    )]
    TooFewRights {
        /// Who.
        login: String,
        /// What.
        missing: String,
        /// The role that has a server's rights.
        runtime: String,
    },
    /// The login has the rights of a server, and does not use them.
    #[error(
        "the login {login} is a member of {runtime} and does not inherit its rights: alter role {login} inherit, and from PostgreSQL 16 on grant {runtime} to {login} with inherit true"
    )]
    NotInherited {
        /// Who.
        login: String,
        /// The role that has a server's rights.
        runtime: String,
    },
    /// A setting of the server loses what it acknowledged, or changes what a transaction sees.
    #[error(
        "PostgreSQL's {name} is {found} where {needed} is needed: set it for the server, the database or the login"
    )]
    Setting {
        /// Its name.
        name: String,
        /// What it must be.
        needed: &'static str,
        /// What it is.
        found: String,
    },
    /// It is older than what is tried.
    #[error("the server is PostgreSQL {found} where 15 or newer is needed")]
    TooOld {
        /// Its major version.
        found: i32,
    },
    /// It answers reads, and is not where writes go.
    #[error(
        "the server is a standby, and rights are never read from one: connect to the primary (target_session_attrs, or the proxy's own address for it)"
    )]
    Standby,
    /// A trigger of the schema is gone, or switched off.
    #[error(
        "the guard {guard} of aplus.{table} is missing or switched off: run the migration as the owner, which puts it back, and find out who took it away"
    )]
    Unguarded {
        /// Its name.
        guard: String,
        /// The table that it stands on.
        table: String,
    },
    /// There is no schema.
    #[error("the schema aplus is not in this database: run the migration as its owner")]
    Missing,
    /// An older program has made it.
    #[error(
        "the schema aplus has version {found} and this program needs {known}: run the migration as its owner"
    )]
    Older {
        /// The version that it has.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// A newer program has migrated it.
    #[error(
        "the schema aplus has version {found} and this program knows {known}: start the newer program, or restore the copy made before it"
    )]
    Newer {
        /// The version that it has.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// Something listens there, and does not answer.
    #[error(
        "the PostgreSQL server does not answer within ten seconds: look whether the address and the port are its own, and what keeps it waiting"
    )]
    Silent,
    /// The prefix of the roles' names is not one.
    #[error("a prefix of roles is 1 to 40 characters of a-z, 0-9 and _, and begins with a letter")]
    Prefix,
    /// The database does not do it.
    #[error("the PostgreSQL database cannot be opened or migrated")]
    Database(#[source] Cause),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// As whom the database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    /// A member of the runtime's role, which must have no more rights than that.
    Runtime,
    /// One role that does all.
    OneRole,
}

/// One connection outside the pool, within the deadline: its error is the caller's, where a pool would try again until its
/// patience is over.
pub(super) async fn open(options: &PgConnectOptions, login: Login) -> Result<(), OpenError> {
    let opened = tokio::time::timeout(DEADLINE, checked(options, login)).await;
    opened.unwrap_or(Err(OpenError::Silent))
}

async fn checked(options: &PgConnectOptions, login: Login) -> Result<(), OpenError> {
    let mut connection = connect(options).await?;
    let (version, known) = (migrate::version(&mut connection).await?, migrate::known());
    match version {
        Some(found) if found < known => return Err(OpenError::Older { found, known }),
        Some(found) if found > known => return Err(OpenError::Newer { found, known }),
        _ => {}
    }
    // Of another version the rights are others; where none may be read they say why.
    if login == Login::Runtime {
        rights::check(&mut connection).await?;
    }
    if version.is_none() {
        return Err(OpenError::Missing);
    }
    guards::check(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// A connection that finds what each must find.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, OpenError> {
    let connected = async {
        let mut connection = options.connect().await?;
        settings(&mut connection).await?;
        Ok(connection)
    };
    let connected = tokio::time::timeout(DEADLINE, connected).await;
    connected.unwrap_or(Err(OpenError::Silent))
}

/// What each connection must find: a primary that keeps what it acknowledges, and transactions that see what is committed
/// before each of their statements.
pub(super) async fn settings(connection: &mut PgConnection) -> Result<(), OpenError> {
    let row = sqlx::query(
        "select
            current_setting('server_version_num')::integer / 10000 as version,
            pg_is_in_recovery() as standby,
            current_setting('fsync') as fsync,
            current_setting('full_page_writes') as full_page_writes,
            current_setting('synchronous_commit') as synchronous_commit,
            current_setting('default_transaction_isolation') as default_transaction_isolation,
            current_setting('default_transaction_read_only') as default_transaction_read_only,
            current_setting('session_replication_role') as session_replication_role,
            current_setting('server_encoding') as server_encoding",
    )
    .fetch_one(connection)
    .await?;
    let found: i32 = row.try_get("version")?;
    if found < 15 {
        return Err(OpenError::TooOld { found });
    }
    if row.try_get("standby")? {
        return Err(OpenError::Standby);
    }
    let needed: [(&str, &[&str], &str); 7] = [
        ("fsync", &["on"], "on"),
        ("full_page_writes", &["on"], "on"),
        (
            "synchronous_commit",
            &["on", "remote_apply", "remote_write", "local"],
            "on, remote_apply, remote_write or local",
        ),
        (
            "default_transaction_isolation",
            &["read committed"],
            "read committed",
        ),
        ("default_transaction_read_only", &["off"], "off"),
        // Otherwise lines may refer to others that are not there.
        ("session_replication_role", &["origin"], "origin"),
        ("server_encoding", &["UTF8"], "UTF8"),
    ];
    for (name, allowed, needed) in needed {
        let found: String = row.try_get(name)?;
        if !allowed.contains(&found.as_str()) {
            let name = name.to_owned();
            return Err(OpenError::Setting {
                name,
                needed,
                found,
            });
        }
    }
    Ok(())
}
