//! What is refused at the start, with one sentence that says what to do.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, Row};

use super::migrate;

/// Why a database is not opened or not migrated.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The login may do what the database is to refuse.
    #[error(
        "the login {login} may {excess}: give the server a login that is a member of aplus_runtime and of nothing else"
    )]
    TooManyRights {
        /// Who.
        login: String,
        /// What.
        excess: String,
    },
    /// The login may not even read.
    #[error("the login {login} has no rights in the schema aplus: grant aplus_runtime to it")]
    TooFewRights {
        /// Who.
        login: String,
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
    /// The prefix of the roles' names is not one.
    #[error("a prefix of roles is 1 to 40 characters of a-z, 0-9 and _, and begins with a letter")]
    Prefix,
    /// The database does not do it.
    #[error("the PostgreSQL database cannot be opened or migrated")]
    Database(#[from] sqlx::Error),
}

/// As whom the database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    /// A member of the runtime's role, which must have no more rights than that.
    Runtime,
    /// One role that does all.
    OneRole,
}

/// One connection outside the pool: its error is the caller's, where a pool would try again until its patience is over.
pub(super) async fn open(options: &PgConnectOptions, login: Login) -> Result<(), OpenError> {
    let mut connection = options.connect().await?;
    settings(&mut connection).await?;
    let there: bool =
        sqlx::query_scalar("select exists (select from pg_namespace where nspname = 'aplus')")
            .fetch_one(&mut connection)
            .await?;
    if !there {
        return Err(OpenError::Missing);
    }
    if login == Login::Runtime {
        rights(&mut connection).await?;
    }
    let version = migrate::version(&mut connection).await?;
    let known = migrate::known();
    match version {
        None => return Err(OpenError::Missing),
        Some(found) if found < known => return Err(OpenError::Older { found, known }),
        Some(found) if found > known => return Err(OpenError::Newer { found, known }),
        Some(_) => {}
    }
    connection.close().await?;
    Ok(())
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
    let needed: [(&str, &[&str], &str); 6] = [
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

/// What a login may do beyond the runtime's role, asked by privilege and never by trying.
async fn rights(connection: &mut PgConnection) -> Result<(), OpenError> {
    let row = sqlx::query(
        "select
            current_user::text as login,
            has_schema_privilege(current_user, 'aplus', 'usage') as usage,
            (
                select excess from (
                    select 1 as place, 'do everything, since it is a superuser' as excess
                    from pg_roles where rolname = current_user and rolsuper
                    union all
                    select 2, 'act as the owner of the schema aplus'
                    from pg_namespace where nspname = 'aplus' and pg_has_role(current_user, nspowner, 'member')
                    union all
                    select 3, 'create in the schema aplus' where has_schema_privilege(current_user, 'aplus', 'create')
                    union all
                    select 4, lower(privilege) || ' ' || c.oid::regclass::text
                    from pg_class c
                    cross join unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
                    where c.relnamespace = 'aplus'::regnamespace and c.relkind in ('r', 'v')
                        and has_table_privilege(current_user, c.oid, privilege)
                        and not (privilege = 'INSERT' and c.relname in ('account', 'group', 'journal_entry',
                            'journal_erasable', 'link', 'login_request', 'membership', 'outbox', 'refusal_count',
                            'session'))
                        and not (privilege = 'DELETE' and c.relname in ('link', 'login_request', 'membership', 'outbox',
                            'refusal_count', 'session'))
                    union all
                    select 5, 'update ' || c.oid::regclass::text || '.' || a.attname
                    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                    where c.relnamespace = 'aplus'::regnamespace and c.relkind in ('r', 'v')
                        and has_column_privilege(current_user, c.oid, a.attnum, 'UPDATE')
                        and (c.relname || '.' || a.attname) <> all (array[
                            'account.first_name', 'account.last_name', 'account.job_title', 'account.phone',
                            'account.status', 'account.deactivated_by', 'account.version', 'account.epoch',
                            'account.last_login_at', 'group.version', 'operator.epoch', 'login_request.answered_at',
                            'login_request.answer', 'login_request.mailed', 'link.used_at', 'link.session_id',
                            'link.superseded_at', 'link.wrong_addresses', 'session.last_seen_at', 'session.ended_at',
                            'outbox.to_address', 'outbox.next_at', 'outbox.attempts', 'outbox.sent_at',
                            'outbox.given_up_at', 'outbox.reason', 'refusal_count.times'])
                    union all
                    select 6, 'call ' || p.oid::regprocedure::text
                    from pg_proc p
                    where p.pronamespace = 'aplus'::regnamespace and has_function_privilege(current_user, p.oid, 'execute')
                        and p.proname not in ('withdraw_account', 'mail_id')
                ) as all_of_them
                order by place, excess limit 1
            ) as excess
        from pg_namespace where nspname = 'aplus'",
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Err(OpenError::Missing);
    };
    let login = row.try_get("login")?;
    if let Some(excess) = row.try_get("excess")? {
        return Err(OpenError::TooManyRights { login, excess });
    }
    if !row.try_get::<bool, _>("usage")? {
        return Err(OpenError::TooFewRights { login });
    }
    Ok(())
}
