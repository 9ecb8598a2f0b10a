//! The schema, embedded, with a bookkeeping table of its own.

use sqlx::{Connection, SqliteConnection};

use super::OpenError;

/// Each with its version: counted from 1, without a gap, never changed once it is published.
const MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "tables", include_str!("migrations/0001_tables.sql")),
    (2, "guards", include_str!("migrations/0002_guards.sql")),
];

fn known() -> i64 {
    MIGRATIONS
        .iter()
        .map(|(version, ..)| *version)
        .max()
        .unwrap_or(0)
}

/// Brings the schema up, in one exclusive transaction: a second process waits, and then finds nothing to do.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let mut transaction = connection.begin_with("begin exclusive").await?;
    sqlx::query("create table if not exists aplus_migration (version integer primary key, name text not null) strict")
        .execute(&mut *transaction)
        .await?;
    let found = not_newer(&mut transaction).await?;
    for (version, name, statements) in MIGRATIONS {
        if version <= found {
            continue;
        }
        sqlx::raw_sql(statements).execute(&mut *transaction).await?;
        sqlx::query("insert into aplus_migration (version, name) values (?1, ?2)")
            .bind(version)
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        tracing::info!(version, name, "the database was migrated");
    }
    transaction.commit().await?;
    Ok(())
}

/// The version that the database has, unless a newer program made it.
pub(super) async fn not_newer(connection: &mut SqliteConnection) -> Result<i64, OpenError> {
    let there: bool = sqlx::query_scalar(
        "select exists (select 1 from sqlite_schema where type = 'table' and name = 'aplus_migration')",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !there {
        return Ok(0);
    }
    let found = sqlx::query_scalar("select coalesce(max(version), 0) from aplus_migration")
        .fetch_one(connection)
        .await?;
    match known() {
        known if found > known => Err(OpenError::Newer { found, known }),
        _ => Ok(found),
    }
}
