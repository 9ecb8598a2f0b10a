//! How long the store waits, and what it leaves behind when it waits no longer: backends that are bounded in number, and no
//! host's transaction that seems to be committed and is not (P5).

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod postgres_common;

use std::future::{Future, poll_fn};
use std::net::Ipv4Addr;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use aplus_core::LinkId;
use aplus_core::ports::{Accounts, Logins, StoreError};
use aplus_sqlx::postgres::{OpenError, PostgresStore};
use postgres_common::Place;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The name under which a store of these tests speaks to the server.
const NAME: &str = "patient";

/// Longer than any deadline of the store.
const LONG: Duration = Duration::from_secs(30);

async fn store(place: &Place, connections: u32) -> PostgresStore {
    let login = place.runtime.clone().application_name(NAME);
    PostgresStore::connect_with(login, connections)
        .await
        .unwrap()
}

/// How many backends serve it.
async fn backends(observer: &mut PgConnection) -> i64 {
    let count = "select count(*) from pg_stat_activity
        where application_name = $1 and datname = current_database()";
    let count = sqlx::query_scalar(count).bind(NAME).fetch_one(observer);
    count.await.unwrap()
}

async fn run(connection: &mut PgConnection, statement: &str) -> sqlx::Result<()> {
    let statement = AssertSqlSafe(statement.to_owned());
    sqlx::raw_sql(statement).execute(connection).await.map(drop)
}

/// A write that waits for as long as somebody holds the table of links.
async fn write(store: PostgresStore) -> Result<bool, StoreError> {
    let link = LinkId::from_uuid(uuid::Uuid::nil());
    store.wrong_address(link, 0).await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_given_up_leave_no_more_than_twice_the_pool_of_backends() {
    let place = Place::new().await;
    let store = store(&place, 2).await;
    let mut observer = place.database.admin().connect().await.unwrap();
    let mut holder = place.owner().await;
    let mut held = holder.begin().await.unwrap();
    run(&mut held, "lock table aplus.link in access exclusive mode")
        .await
        .unwrap();
    let mut unknown = 0;
    for round in 1..=4 {
        let mut writes = JoinSet::new();
        for _ in 0..4 {
            writes.spawn(write(store.clone()));
        }
        for written in writes.join_all().await {
            match written.unwrap_err() {
                StoreError::UnknownOutcome(_) => unknown += 1,
                StoreError::Unavailable(_) => {}
                other @ StoreError::Broken(_) => panic!("{other:?}"),
            }
        }
        let backends = backends(&mut observer).await;
        assert!(backends <= 4, "{backends} backends after round {round}");
    }
    assert_eq!(unknown, 4, "two rounds reached the server");
    assert_eq!(backends(&mut observer).await, 4);

    // As soon as they have answered the pool is whole, and nobody else is left.
    held.rollback().await.unwrap();
    let until = Instant::now() + LONG;
    while backends(&mut observer).await > 2 || store.is_empty().await.is_err() {
        assert!(Instant::now() < until, "places of the pool are lost");
    }
    let mut writes = JoinSet::new();
    for _ in 0..2 {
        writes.spawn(write(store.clone()));
    }
    for written in writes.join_all().await {
        assert!(!written.unwrap(), "there is no such link");
    }
    store.close().await;
}

#[tokio::test]
async fn a_store_is_closed_although_a_backend_waits() {
    let place = Place::new().await;
    let store = store(&place, 1).await;
    let mut holder = place.owner().await;
    let mut held = holder.begin().await.unwrap();
    run(&mut held, "lock table aplus.link in access exclusive mode")
        .await
        .unwrap();
    // One is given up aside, the next in its place of the pool.
    for _ in 0..2 {
        let written = write(store.clone()).await;
        assert!(
            matches!(written, Err(StoreError::UnknownOutcome(_))),
            "{written:?}"
        );
    }
    tokio::time::timeout(LONG, store.close()).await.unwrap();
    held.rollback().await.unwrap();
}

/// A future of the store may be dropped where no runtime is any more.
#[test]
fn what_is_dropped_outside_of_a_runtime_is_given_up() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (place, store) = runtime.block_on(async {
        let place = Place::new().await;
        let store = store(&place, 1).await;
        (place, store)
    });
    let mut holder = runtime.block_on(place.owner());
    runtime.block_on(async {
        run(
            &mut holder,
            "begin; lock table aplus.link in access exclusive mode",
        )
        .await
        .unwrap();
    });
    let mut written = Box::pin(write(store.clone()));
    runtime.block_on(async {
        let mut observer = place.database.admin().connect().await.unwrap();
        let waits = "select exists (
            select from pg_stat_activity
            where wait_event_type = 'Lock' and application_name = $1 and datname = current_database()
        )";
        loop {
            let once = poll_fn(|context| Poll::Ready(written.as_mut().poll(context)));
            if let Poll::Ready(early) = once.await {
                panic!("{early:?}");
            }
            let waits = sqlx::query_scalar(waits).bind(NAME);
            if waits.fetch_one(&mut observer).await.unwrap() {
                return;
            }
        }
    });
    drop(written);
    runtime.block_on(async {
        run(&mut holder, "rollback").await.unwrap();
        assert!(!write(store).await.unwrap());
    });
}

#[tokio::test]
async fn a_transaction_in_which_a_statement_failed_is_not_committed() {
    let place = Place::new().await;
    let store = store(&place, 1).await;
    let mut owner = place.owner().await;
    let table = format!(
        "create table desk (number integer primary key); grant select, insert on desk to {}",
        place.runtime.get_username()
    );
    run(&mut owner, &table).await.unwrap();
    let desks = async |owner: &mut PgConnection| -> i64 {
        let count = sqlx::query_scalar("select count(*) from desk");
        count.fetch_one(owner).await.unwrap()
    };

    let mut transaction = store.begin().await.unwrap();
    run(&mut transaction, "insert into desk values (1)")
        .await
        .unwrap();
    // A host passes the error over.
    run(&mut transaction, "insert into desk values (1)")
        .await
        .unwrap_err();
    let committed = PostgresStore::commit(transaction).await;
    assert!(
        matches!(committed, Err(StoreError::Broken(_))),
        "{committed:?}"
    );
    assert_eq!(desks(&mut owner).await, 0);

    // One whose failure was taken back by a savepoint is whole.
    let mut transaction = store.begin().await.unwrap();
    run(&mut transaction, "insert into desk values (1)")
        .await
        .unwrap();
    let mut part = transaction.begin().await.unwrap();
    run(&mut part, "insert into desk values (1)")
        .await
        .unwrap_err();
    part.rollback().await.unwrap();
    PostgresStore::commit(transaction).await.unwrap();
    assert_eq!(desks(&mut owner).await, 1);
}

/// The end of a transaction waits for what its deferred constraints refer to.
#[tokio::test]
async fn a_commit_that_is_not_answered_is_unknown_after_the_deadline() {
    let place = Place::new().await;
    let store = store(&place, 1).await;
    let mut owner = place.owner().await;
    let tables = format!(
        "create table room (number integer primary key); insert into room values (1);
        create table desk (room integer references room deferrable initially deferred);
        grant select, insert on desk, room to {}",
        place.runtime.get_username()
    );
    run(&mut owner, &tables).await.unwrap();
    let mut held = owner.begin().await.unwrap();
    run(&mut held, "select from room for update").await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    run(&mut transaction, "insert into desk values (1)")
        .await
        .unwrap();
    let committed = tokio::time::timeout(LONG, PostgresStore::commit(transaction)).await;
    let committed = committed.unwrap();
    assert!(
        matches!(committed, Err(StoreError::UnknownOutcome(_))),
        "{committed:?}"
    );
    held.rollback().await.unwrap();
}

/// It takes whoever comes, and says nothing.
async fn silence() -> (TcpListener, PgConnectOptions) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = PgConnectOptions::new_without_pgpass();
    (
        listener,
        options.host("127.0.0.1").port(port).username("nobody"),
    )
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_without_end() {
    let (listener, options) = silence().await;
    let mut accepted = Vec::new();
    let silent = async {
        loop {
            accepted.push(listener.accept().await.unwrap());
        }
    };
    let opened = async {
        let opened = tokio::join!(
            PostgresStore::connect_with(options.clone(), 1),
            PostgresStore::connect_as_insecure_one_role(options.clone(), 1),
            PostgresStore::migrate_as_insecure_one_role(&options),
        );
        [opened.0.map(drop), opened.1.map(drop), opened.2]
    };
    let mut silent = pin!(silent);
    let opened = tokio::select! {
        opened = tokio::time::timeout(LONG, opened) => opened.unwrap(),
        () = &mut silent => panic!("it never ends"),
    };
    for refused in opened {
        let error = refused.unwrap_err();
        assert!(matches!(error, OpenError::Silent), "{error}");
        assert!(error.to_string().contains("does not answer"), "{error}");
    }
}
