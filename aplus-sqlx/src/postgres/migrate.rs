//! The schema, embedded, with a bookkeeping table of its own; its roles, and who may do what.

use std::fmt;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::checks::{self, OpenError};
use super::error::state;
use super::guards;

/// Each with its version: counted from 1, without a gap, never changed once it is published.
const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "tables", include_str!("migrations/0001_tables.sql")),
    (2, "guards", include_str!("migrations/0002_guards.sql")),
    (3, "doors", include_str!("migrations/0003_doors.sql")),
];

/// Stated whole each time, with the names of the roles for OWNER, RUNTIME and AUDITOR.
const PRIVILEGES: &str = include_str!("privileges.sql");

/// How often the roles are tried: they belong to the cluster, where no lock of one database keeps others away.
const TRIES: u32 = 10;

/// What the migrations say, the oldest first.
pub(super) fn statements() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|(_, _, statements)| *statements)
}

pub(super) fn known() -> i64 {
    MIGRATIONS
        .iter()
        .map(|(version, ..)| *version)
        .max()
        .unwrap_or(0)
}

/// The three group roles: the owner of the schema, the server's, and that of who reads the journal.
///
/// Roles belong to a cluster: two installations in one cluster take two prefixes.
///
/// ```
/// use aplus_sqlx::postgres::RoleNames;
///
/// assert_eq!(RoleNames::default().runtime(), "aplus_runtime");
/// assert_eq!(RoleNames::with_prefix("ain")?.runtime(), "ain_runtime");
/// assert!(RoleNames::with_prefix("Ain; drop").is_err());
/// # Ok::<(), aplus_sqlx::postgres::OpenError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleNames {
    owner: String,
    runtime: String,
    auditor: String,
}

impl Default for RoleNames {
    fn default() -> Self {
        Self::prefixed("aplus")
    }
}

impl fmt::Display for RoleNames {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            owner,
            runtime,
            auditor,
        } = self;
        write!(formatter, "{owner}, {runtime}, {auditor}")
    }
}

impl RoleNames {
    /// `aplus_owner`, `aplus_runtime` and `aplus_auditor` with another prefix than `aplus`.
    ///
    /// # Errors
    /// [`OpenError::Prefix`] unless it is 1 to 40 characters of `a`–`z`, `0`–`9` and `_`, and begins with a letter.
    pub fn with_prefix(prefix: &str) -> Result<Self, OpenError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if prefix.len() > 40
            || !prefix.starts_with(|first: char| first.is_ascii_lowercase())
            || !prefix.bytes().all(fits)
        {
            return Err(OpenError::Prefix);
        }
        Ok(Self::prefixed(prefix))
    }

    fn prefixed(prefix: &str) -> Self {
        Self {
            owner: format!("{prefix}_owner"),
            runtime: format!("{prefix}_runtime"),
            auditor: format!("{prefix}_auditor"),
        }
    }

    /// The role that owns the schema.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The role of the server's login.
    #[must_use]
    pub fn runtime(&self) -> &str {
        &self.runtime
    }

    /// The role of who reads the register and the journal.
    #[must_use]
    pub fn auditor(&self) -> &str {
        &self.auditor
    }
}

/// Brings roles and schema up; without roles, the login itself owns the schema.
pub(super) async fn migrate(
    options: &PgConnectOptions,
    roles: Option<&RoleNames>,
) -> Result<(), OpenError> {
    let mut connection = checks::connect(options).await?;
    if let Some(roles) = roles {
        make_roles(&mut connection, roles).await?;
    }
    // A second process waits here, and then finds nothing to do; the lock ends with the connection at the latest.
    sqlx::query("select pg_advisory_lock(7021800392371266931)")
        .execute(&mut connection)
        .await?;
    make_schema(&mut connection, roles).await?;
    connection.close().await?;
    Ok(())
}

async fn make_roles(connection: &mut PgConnection, roles: &RoleNames) -> Result<(), OpenError> {
    let mut tries = 0;
    loop {
        match try_roles(connection, roles).await {
            Ok(()) => return Ok(()),
            // Another process does the same in this moment.
            Err(error)
                if tries < TRIES
                    && matches!(state(&error), Some("42710" | "23505" | "XX000" | "40001")) =>
            {
                tries += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn try_roles(connection: &mut PgConnection, roles: &RoleNames) -> sqlx::Result<()> {
    let mut transaction = connection.begin().await?;
    for role in [&roles.owner, &roles.runtime, &roles.auditor] {
        let there: bool =
            sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
                .bind(role)
                .fetch_one(&mut *transaction)
                .await?;
        if !there {
            execute(&mut transaction, format!("create role {role} nologin")).await?;
        }
    }
    let member: bool = sqlx::query_scalar(
        "select exists (
            select from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
            where r.rolname = $1 and u.rolname = current_user
        )",
    )
    .bind(&roles.owner)
    .fetch_one(&mut *transaction)
    .await?;
    // Who made a role in PostgreSQL 16 may administer it, and must still be let act as it.
    if !member || may_not_act_as(&mut transaction, &roles.owner).await? {
        execute(
            &mut transaction,
            format!("grant {} to current_user", roles.owner),
        )
        .await?;
    }
    transaction.commit().await
}

async fn may_not_act_as(connection: &mut PgConnection, role: &str) -> sqlx::Result<bool> {
    let version: i32 = sqlx::query_scalar("select current_setting('server_version_num')::integer")
        .fetch_one(&mut *connection)
        .await?;
    if version < 160_000 {
        return Ok(false);
    }
    sqlx::query_scalar("select not pg_has_role(current_user, $1::name, 'SET')")
        .bind(role)
        .fetch_one(connection)
        .await
}

async fn make_schema(
    connection: &mut PgConnection,
    roles: Option<&RoleNames>,
) -> Result<(), OpenError> {
    let mut transaction = connection.begin().await?;
    let owner = roles.map_or("current_user", RoleNames::owner);
    let there: bool =
        sqlx::query_scalar("select exists (select from pg_namespace where nspname = 'aplus')")
            .fetch_one(&mut *transaction)
            .await?;
    if !there {
        execute(
            &mut transaction,
            format!("create schema aplus authorization {owner}"),
        )
        .await?;
    }
    if roles.is_some() {
        execute(&mut transaction, format!("set local role {owner}")).await?;
    }
    sqlx::query("create table if not exists aplus.migration (version bigint primary key, name text not null)")
        .execute(&mut *transaction)
        .await?;
    let (found, known) = (version(&mut transaction).await?.unwrap_or(0), known());
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    for (version, name, statements) in MIGRATIONS {
        if version <= found {
            continue;
        }
        sqlx::raw_sql(statements).execute(&mut *transaction).await?;
        sqlx::query("insert into aplus.migration (version, name) values ($1, $2)")
            .bind(version)
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        tracing::info!(version, name, "the database was migrated");
    }
    guards::put_back(&mut transaction).await?;
    if let Some(roles) = roles {
        let privileges = PRIVILEGES
            .replace("OWNER", &roles.owner)
            .replace("RUNTIME", &roles.runtime)
            .replace("AUDITOR", &roles.auditor);
        execute(&mut transaction, privileges).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// A statement with the name of a role in it, which was made of letters, digits and underscores.
async fn execute(connection: &mut PgConnection, statement: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}

/// The version that the schema has; none if it is not there, or not for this login to read.
pub(super) async fn version(connection: &mut PgConnection) -> sqlx::Result<Option<i64>> {
    let readable: bool = sqlx::query_scalar(
        "select exists (
            select from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'aplus' and c.relname = 'migration'
                and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
        )",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !readable {
        return Ok(None);
    }
    sqlx::query_scalar("select coalesce(max(version), 0) from aplus.migration")
        .fetch_one(connection)
        .await
}
