//! The database that was named: one file of SQLite, or PostgreSQL.

mod postgres;
mod sqlite;

use std::path::PathBuf;

use aplus::ports::Mailer;
use aplus::service::Builder;
use aplus::sqlx::postgres::PostgresStore;
use aplus::sqlx::sqlite::SqliteStore;
use aplus::{Aplus, HostKey, Site};

use crate::Failure;
use crate::options::Common;

/// An open database. It is to be closed at the end: then all of SQLite stands in its one file.
#[derive(Debug)]
pub(crate) enum Database {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

impl Database {
    /// Opens the database. A file is made if it is not there; PostgreSQL is migrated first where the owner is named.
    ///
    /// # Errors
    /// What the file system and the store say, with the name of the option or the file.
    pub(crate) async fn open(common: &Common) -> Result<Self, Failure> {
        Ok(match kind(common)? {
            Kind::Sqlite(file) => Self::Sqlite(sqlite::open(&common.database_url, &file).await?),
            Kind::Postgres => Self::Postgres(postgres::open(common).await?),
        })
    }

    /// The same with the owner's login, where it is named: operators are made over no other (A14). No server keeps it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) async fn open_to_make_operators(common: &Common) -> Result<Self, Failure> {
        Ok(match Self::open(common).await? {
            Self::Postgres(store) => Self::Postgres(postgres::with_owner(store, common)?),
            sqlite @ Self::Sqlite(_) => sqlite,
        })
    }

    /// Opens the database as it stands, for reading; none if there is nothing in the file, or no file.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) async fn open_to_read(common: &Common) -> Result<Option<Self>, Failure> {
        Ok(match kind(common)? {
            Kind::Sqlite(file) => sqlite::open_to_read(&common.database_url, &file)
                .await?
                .map(Self::Sqlite),
            Kind::Postgres => Some(Self::Postgres(postgres::open_to_read(common).await?)),
        })
    }

    pub(crate) fn builder(&self, mailer: impl Mailer, site: Site, key: HostKey) -> Builder {
        match self {
            Self::Sqlite(store) => {
                Aplus::builder(store.clone(), mailer, site, key).desk(store.clone())
            }
            Self::Postgres(store) => {
                Aplus::builder(store.clone(), mailer, site, key).desk(store.clone())
            }
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

/// Makes or updates the schema, and says so.
///
/// # Errors
/// What the store says; for PostgreSQL without its owner.
pub(crate) async fn migrate(common: &Common) -> Result<String, Failure> {
    match kind(common)? {
        Kind::Sqlite(file) => {
            sqlite::open(&common.database_url, &file)
                .await?
                .close()
                .await;
            Ok(format!("{} est à jour.", file.display()))
        }
        Kind::Postgres => postgres::migrate(common).await,
    }
}

/// Whether operators can be made over these logins (A14).
///
/// # Errors
/// For PostgreSQL without its owner: the server's own login may not.
pub(crate) fn may_make_operators(common: &Common) -> Result<(), Failure> {
    match kind(common)? {
        Kind::Postgres if common.owner_url.is_none() && !common.insecure_one_role => Err(Failure(
            "operators are made by the owner of the schema, not by the server's login: name it with --owner-url postgres://…"
                .to_owned(),
        )),
        Kind::Sqlite(_) | Kind::Postgres => Ok(()),
    }
}

/// The file of the database, beside which a key may stand; none where there is no file.
///
/// # Errors
/// For a database that is neither of the two.
pub(crate) fn file(common: &Common) -> Result<Option<PathBuf>, Failure> {
    Ok(match kind(common)? {
        Kind::Sqlite(file) => Some(file),
        Kind::Postgres => None,
    })
}

enum Kind {
    Sqlite(PathBuf),
    Postgres,
}

fn kind(common: &Common) -> Result<Kind, Failure> {
    let url = &common.database_url;
    match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => sqlite::file(url).map(Kind::Sqlite),
        Some("postgres" | "postgresql") => Ok(Kind::Postgres),
        _ => Err(Failure(
            "--database-url must be `sqlite:FILE` or `postgres://LOGIN@HOST/DATABASE`".to_owned(),
        )),
    }
}
