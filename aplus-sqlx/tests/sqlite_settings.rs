//! What each connection is, how a database is opened, and how its schema comes up.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::error::Error;

use aplus_core::ports::{Accounts, StoreError};
use aplus_sqlx::sqlite::{OpenError, SqliteStore};
use common::{Place, dump, url};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

async fn pragma(connection: &mut SqliteConnection, pragma: &'static str) -> String {
    let row = sqlx::query(pragma).fetch_one(connection).await.unwrap();
    row.try_get_unchecked(0).unwrap()
}

#[tokio::test]
async fn every_connection_has_the_settings_that_the_promises_need() {
    let place = Place::new().await;
    let mut transactions = vec![(place.store.begin().await.unwrap(), "0")];
    for _ in 0..4 {
        // All readers at once, so that each is another connection.
        transactions.push((place.store.read().await.unwrap(), "1"));
    }
    for (connection, query_only) in &mut transactions {
        for (name, expected) in [
            ("pragma journal_mode", "wal"),
            ("pragma synchronous", "2"),
            ("pragma foreign_keys", "1"),
            ("pragma recursive_triggers", "1"),
            ("pragma trusted_schema", "0"),
            ("pragma secure_delete", "1"),
            ("pragma busy_timeout", "5000"),
            ("pragma query_only", query_only),
        ] {
            assert_eq!(pragma(connection, name).await, expected, "{name}");
        }
    }
    let (reader, _) = transactions.last_mut().unwrap();
    let write = sqlx::query("delete from aplus_login_request")
        .execute(&mut **reader)
        .await;
    assert_eq!(
        write
            .unwrap_err()
            .as_database_error()
            .unwrap()
            .code()
            .unwrap(),
        "8",
        "a reader does not write"
    );
}

#[tokio::test]
async fn what_a_host_set_otherwise_is_set_over() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("aplus.db"))
        .create_if_missing(true)
        .foreign_keys(false)
        .pragma("recursive_triggers", "off")
        .pragma("synchronous", "off")
        .pragma("query_only", "on");
    let store = SqliteStore::connect_with(options).await.unwrap();
    store.migrate().await.unwrap();
    let mut connection = store.begin().await.unwrap();
    assert_eq!(pragma(&mut connection, "pragma foreign_keys").await, "1");
    assert_eq!(
        pragma(&mut connection, "pragma recursive_triggers").await,
        "1"
    );
    assert_eq!(pragma(&mut connection, "pragma synchronous").await, "2");
}

#[tokio::test]
async fn a_setting_that_cannot_be_had_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("aplus.db"))
        .create_if_missing(true)
        .pragma("ignore_check_constraints", "on");
    match SqliteStore::connect_with(options).await {
        Err(
            error @ OpenError::Setting {
                name: "ignore_check_constraints",
                ..
            },
        ) => {
            assert!(
                error
                    .to_string()
                    .starts_with("SQLite's ignore_check_constraints is 1 where 0 is needed")
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_database_in_memory_is_refused() {
    for url in ["sqlite::memory:", "sqlite://", "sqlite:some?mode=memory"] {
        match SqliteStore::connect(url).await {
            Err(error @ OpenError::InMemory) => assert!(error.to_string().contains("name a file")),
            other => panic!("{url}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn nothing_shows_the_path() {
    let place = Place::new().await;
    let path = place.folder.path().display().to_string();
    assert!(!format!("{:?}", place.store).contains(&path));
    let missing = SqliteStore::connect(&format!("sqlite:{path}/no/such/folder.db"))
        .await
        .unwrap_err();
    let mut shown = format!("{missing} {missing:?}");
    let mut source = missing.source();
    while let Some(error) = source {
        shown.push_str(&format!(" {error}"));
        source = error.source();
    }
    assert!(!shown.contains(&path), "{shown}");
}

#[tokio::test]
async fn a_writer_that_waits_too_long_is_told_that_nothing_was_written() {
    let place = Place::new().await;
    let holder = place.store.begin().await.unwrap();
    let waiting = place.store.begin().await;
    assert!(
        matches!(waiting, Err(StoreError::Unavailable(_))),
        "{waiting:?}"
    );
    // Another process holds the lock of the file itself.
    drop(holder);
    let mut other = place.bare().await;
    let _lock = other.begin_with("begin immediate").await.unwrap();
    let waiting = place.store.begin().await;
    assert!(
        matches!(waiting, Err(StoreError::Unavailable(_))),
        "{waiting:?}"
    );
    // Readers go on meanwhile.
    assert!(place.store.is_empty().await.unwrap());
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let place = Place::new().await;
    place.store.close().await;
    assert!(matches!(
        place.store.is_empty().await,
        Err(StoreError::Unavailable(_))
    ));
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let place = Place::new().await;
    place.group("Hall").await;
    let mut connection = place.bare().await;
    let before = dump(&mut connection).await;
    place.store.migrate().await.unwrap();
    assert_eq!(dump(&mut connection).await, before);
    assert!(
        before.contains("aplus_migration|Some(\"1\")|Some(\"tables\")"),
        "{before}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_number_of_first_starts_at_once_make_one_schema() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let url = url(&folder);
        let starts: Vec<_> = (0..6)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move {
                    let store = SqliteStore::connect(&url).await?;
                    store.migrate().await?;
                    Ok::<_, OpenError>(store)
                })
            })
            .collect();
        for start in starts {
            let store = start.await.unwrap().unwrap();
            assert!(store.is_empty().await.unwrap());
        }
    }
}

#[tokio::test]
async fn the_schema_of_a_newer_program_is_refused_in_one_sentence() {
    let place = Place::new().await;
    let mut connection = place.bare().await;
    sqlx::query("insert into aplus_migration (version, name) values (99, 'later')")
        .execute(&mut connection)
        .await
        .unwrap();
    let before = dump(&mut connection).await;
    for refused in [
        place.store.migrate().await,
        SqliteStore::connect(&url(&place.folder)).await.map(drop),
    ] {
        match refused {
            Err(
                error @ OpenError::Newer {
                    found: 99,
                    known: 2,
                },
            ) => assert_eq!(
                error.to_string(),
                "the database has version 99 and this program knows 2: start the newer program, or restore the copy \
                 made before it"
            ),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(dump(&mut connection).await, before);
}

#[tokio::test]
async fn a_migration_that_fails_half_way_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("aplus.db"))
        .create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    // A name of ours that is taken: the tables before it come up, then it fails.
    sqlx::raw_sql("create table aplus_link (id integer)")
        .execute(&mut connection)
        .await
        .unwrap();
    let store = SqliteStore::connect(&url(&folder)).await.unwrap();
    assert!(matches!(store.migrate().await, Err(OpenError::Database(_))));
    let tables: Vec<String> =
        sqlx::query_scalar("select name from sqlite_schema where type = 'table'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert_eq!(tables, ["aplus_link"]);
}
