//! What is refused at the start, with a sentence that says what to do (B20): settings that lose what was acknowledged, a
//! schema of another version, a login that may do more or less than a server needs.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod guards;
#[path = "../postgres_common/mod.rs"]
mod postgres_common;
mod rights;
mod servers;

use aplus_core::ports::{Accounts, StoreError};
use aplus_sqlx::postgres::{OpenError, PostgresStore};
use postgres_common::Place;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};

async fn run(options: &PgConnectOptions, statement: &str) {
    let mut connection = options.connect().await.unwrap();
    let statement = AssertSqlSafe(statement.to_owned());
    if let Err(error) = sqlx::raw_sql(statement).execute(&mut connection).await {
        panic!("{error}");
    }
}

async fn refusal(login: &PgConnectOptions) -> OpenError {
    PostgresStore::connect_with(login.clone(), 1)
        .await
        .unwrap_err()
}

/// Each with a word of what PostgreSQL then says it is.
const UNSAFE: [(&str, &str); 6] = [
    ("synchronous_commit", "off"),
    ("default_transaction_isolation", "serializable"),
    ("default_transaction_isolation", "repeatable read"),
    ("default_transaction_read_only", "on"),
    ("session_replication_role", "replica"),
    ("session_replication_role", "local"),
];

#[tokio::test]
async fn an_unsafe_setting_of_login_or_database_is_refused() {
    let place = Place::new().await;
    let (login, database) = (place.runtime.get_username(), place.database.name());
    // Who mends the settings is not to be stopped by them.
    let writes = [("default_transaction_read_only", "off")];
    let admin = place.database.admin().options(writes);
    for (name, value) in UNSAFE {
        for whose in [format!("role {login}"), format!("database {database}")] {
            run(&admin, &format!("alter {whose} set {name} = '{value}'")).await;
            let error = refusal(&place.runtime).await;
            let told = error.to_string();
            assert!(
                matches!(&error, OpenError::Setting { name: named, found, .. } if named == name && found == value),
                "{whose}: {told}"
            );
            assert!(told.contains("is needed: set it for the server, the database or the login"));
            run(&admin, &format!("alter {whose} reset {name}")).await;
            let store = PostgresStore::connect_with(place.runtime.clone(), 1).await;
            store.unwrap().close().await;
        }
    }
    // Neither one role nor the migration goes on with what loses commits.
    let off = format!("alter database {database} set synchronous_commit = off");
    run(&admin, &off).await;
    let owner = place.database.owner();
    for refused in [
        PostgresStore::connect_as_insecure_one_role(owner.clone(), 1)
            .await
            .unwrap_err(),
        PostgresStore::migrate_with(&owner, postgres_common::roles())
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(refused, OpenError::Setting { .. }), "{refused}");
    }
}

#[tokio::test]
async fn what_keeps_what_was_acknowledged_is_accepted() {
    let place = Place::new().await;
    let login = place.runtime.get_username();
    for value in ["on", "remote_apply", "remote_write", "local"] {
        let set = format!("alter role {login} set synchronous_commit = {value}");
        run(&place.database.admin(), &set).await;
        let store = PostgresStore::connect_with(place.runtime.clone(), 1).await;
        store.unwrap().close().await;
    }
}

/// A setting that changes while the server runs is met by the next connection, and no act goes over it.
#[tokio::test]
async fn a_setting_that_changes_later_is_caught() {
    let place = Place::new().await;
    assert!(place.store.is_empty().await.unwrap());
    let name = place.database.name();
    let admin = place.database.admin();
    let set = format!("alter database {name} set synchronous_commit = off");
    run(&admin, &set).await;
    let end = "select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    run(&admin, end).await;
    let refused = place.store.is_empty().await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    let reset = format!("alter database {name} reset synchronous_commit");
    run(&admin, &reset).await;
    assert!(place.store.is_empty().await.unwrap());
}

#[tokio::test]
async fn a_schema_of_another_version_is_refused() {
    let place = Place::new().await;
    let owner = place.database.owner();
    run(&owner, "insert into aplus.migration values (999, 'newer')").await;
    // What a newer program gives to its servers is no excess of theirs.
    let grant = format!(
        "grant execute on all functions in schema aplus to {}",
        place.runtime.get_username()
    );
    run(&owner, &grant).await;
    for error in [
        refusal(&place.runtime).await,
        PostgresStore::connect_as_insecure_one_role(owner.clone(), 1)
            .await
            .unwrap_err(),
        PostgresStore::migrate_with(&owner, postgres_common::roles())
            .await
            .unwrap_err(),
    ] {
        assert!(
            matches!(error, OpenError::Newer { found: 999, .. }),
            "{error}"
        );
        assert!(error.to_string().contains("start the newer program"));
    }
    run(&owner, "delete from aplus.migration where version > 1").await;
    let error = refusal(&place.runtime).await;
    assert!(
        matches!(error, OpenError::Older { found: 1, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("run the migration as its owner"));
}

#[tokio::test]
async fn a_database_without_the_schema_is_refused() {
    let place = Place::new().await;
    let owner = place.database.owner();
    run(&owner, "drop schema aplus cascade").await;
    for error in [
        refusal(&place.runtime).await,
        PostgresStore::connect_as_insecure_one_role(owner.clone(), 1)
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error, OpenError::Missing), "{error}");
        assert!(error.to_string().contains("run the migration as its owner"));
    }
    // One that is there and empty is not one either.
    let runtime = place.runtime.get_username();
    let empty = format!("create schema aplus; grant usage on schema aplus to {runtime}");
    run(&place.database.admin(), &empty).await;
    let error = refusal(&place.runtime).await;
    assert!(matches!(error, OpenError::Missing), "{error}");
}

/// For a trial on one machine: one role does all, and settings are asked for as ever.
#[tokio::test]
async fn one_role_may_do_all_where_that_is_asked_for() {
    let place = Place::new().await;
    let owner = place.database.owner();
    let error = refusal(&owner).await;
    assert!(matches!(error, OpenError::TooManyRights { .. }), "{error}");
    let store = PostgresStore::connect_as_insecure_one_role(owner, 1)
        .await
        .unwrap();
    assert!(store.is_empty().await.unwrap());
}

/// An error as a program shows it, with its sources.
fn whole(error: &dyn std::error::Error) -> String {
    match error.source() {
        None => error.to_string(),
        Some(source) => format!("{error}: {}", whole(source)),
    }
}

#[tokio::test]
async fn what_the_database_says_is_shown_once() {
    let place = Place::new().await;
    let nowhere = place.runtime.clone().database("nowhere");
    let told = whole(&refusal(&nowhere).await);
    assert_eq!(
        told,
        "the PostgreSQL database cannot be opened or migrated: database \"nowhere\" does not exist (SQLSTATE 3D000)"
    );
    let socket = place.runtime.clone().socket("/nowhere");
    let told = whole(&refusal(&socket).await);
    assert_eq!(told.matches("No such file").count(), 1, "{told}");
    let revoke = format!(
        "revoke select on aplus.operator from {}",
        postgres_common::roles().runtime()
    );
    run(&place.database.owner(), &revoke).await;
    let told = whole(&place.store.is_empty().await.unwrap_err());
    assert_eq!(
        told,
        "the store is broken: permission denied for table operator (SQLSTATE 42501)"
    );
}

#[tokio::test]
async fn nothing_shows_the_password() {
    let place = Place::new().await;
    let login = place.runtime.clone().password("a secret of mine");
    let wrong = login.socket("/nowhere");
    let error = refusal(&wrong).await;
    assert!(!format!("{error} {error:?} {:?}", place.store).contains("secret of mine"));
}
