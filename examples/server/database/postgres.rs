//! PostgreSQL: the server's login has the rights of `aplus_runtime` alone, the owner migrates.

use std::str::FromStr;

use aplus::sqlx::postgres::{PostgresStore, RoleNames};
use sqlx::postgres::PgConnectOptions;

use crate::Failure;
use crate::options::Common;

/// How many connections one process holds.
const CONNECTIONS: u32 = 10;

/// Migrates where the owner is named, or one role does all; then opens.
///
/// # Errors
/// What the store says, with the name of the option.
pub(crate) async fn open(common: &Common) -> Result<PostgresStore, Failure> {
    if common.owner_url.is_some() || common.insecure_one_role {
        migrate(common).await?;
    }
    open_as_it_is(common).await
}

/// Opens a schema that is there.
///
/// # Errors
/// What the store says, with the name of the option.
pub(crate) async fn open_as_it_is(common: &Common) -> Result<PostgresStore, Failure> {
    let options = parsed("--database-url", &common.database_url)?;
    let about = |error| Failure::about("--database-url", error);
    if common.insecure_one_role {
        tracing::warn!("one role of PostgreSQL does all: for a trial only (--insecure-one-role)");
        return PostgresStore::connect_as_insecure_one_role(options, CONNECTIONS)
            .await
            .map_err(about);
    }
    PostgresStore::connect_with(options, CONNECTIONS)
        .await
        .map_err(about)
}

/// Lets operators be made: by the owner alone, unless one role does all (A14).
///
/// # Errors
/// For a URL of the owner that is none.
pub(crate) fn with_owner(store: PostgresStore, common: &Common) -> Result<PostgresStore, Failure> {
    Ok(match &common.owner_url {
        Some(owner) if !common.insecure_one_role => store.with_owner(parsed("--owner-url", owner)?),
        _ => store,
    })
}

/// Makes or updates the schema and the group roles, and says what is to be granted.
///
/// # Errors
/// What the store says, with the name of the option; without the owner's URL.
pub(crate) async fn migrate(common: &Common) -> Result<String, Failure> {
    if let Some(owner) = &common.owner_url {
        let roles = RoleNames::default();
        PostgresStore::migrate_with(&parsed("--owner-url", owner)?, &roles)
            .await
            .map_err(|error| Failure::about("--owner-url", error))?;
        let runtime = roles.runtime();
        return Ok(format!(
            "Le schéma aplus est à jour. Donnez {runtime} au compte du serveur : grant {runtime} to LOGIN"
        ));
    }
    if common.insecure_one_role {
        PostgresStore::migrate_as_insecure_one_role(&parsed(
            "--database-url",
            &common.database_url,
        )?)
        .await
        .map_err(|error| Failure::about("--database-url", error))?;
        return Ok("Le schéma aplus est à jour.".to_owned());
    }
    Err(Failure(
        "PostgreSQL is migrated by its owner: name a login that owns the database with --owner-url postgres://…"
            .to_owned(),
    ))
}

fn parsed(option: &str, url: &str) -> Result<PgConnectOptions, Failure> {
    // The URL holds a password: it is not shown.
    PgConnectOptions::from_str(url).map_err(|error| Failure::about(option, error))
}
