//! Each test has a database of its own, copied from one template.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};

use aplus_test_postgres::{Cluster, Server, server};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};

/// Roles belong to the server: a server that other processes use has those of theirs.
fn group() -> String {
    format!("aplus_test_group_{}", std::process::id())
}

async fn prepare(owner: PgConnectOptions) {
    let mut connection = owner.connect().await.unwrap();
    let group = group();
    let statements = format!(
        "create role {group}; create table note (number int); grant insert, select on note to {group}"
    );
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(&mut connection)
        .await
        .unwrap();
    // Left open, as a pool leaves its connections.
    std::mem::forget(connection);
}

async fn connect(options: PgConnectOptions) -> PgConnection {
    options.connect().await.unwrap()
}

async fn read(options: PgConnectOptions, statement: &'static str) -> String {
    sqlx::query_scalar(statement)
        .fetch_one(&mut connect(options).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn two_databases_are_separate_and_go_with_their_logins() {
    let server = server().unwrap();
    let one = server.database(prepare).await.unwrap();
    let other = server.database(prepare).await.unwrap();
    assert_ne!(one.name(), other.name());
    let login = one.login(&group()).await.unwrap();
    let mut connection = connect(login.clone()).await;
    sqlx::raw_sql("insert into note values (1)")
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(
        read(one.owner(), "select count(*)::text from note").await,
        "1"
    );
    assert_eq!(
        read(other.owner(), "select count(*)::text from note").await,
        "0"
    );
    let refused = sqlx::raw_sql("delete from note")
        .execute(&mut connection)
        .await;
    let refused = refused.unwrap_err().into_database_error().unwrap();
    assert_eq!(refused.code().unwrap(), "42501");

    let (database, name) = (one.name().to_owned(), login.get_username().to_owned());
    let left = async || {
        sqlx::query_scalar::<_, i64>(
            "select (select count(*) from pg_database where datname = $1) + (select count(*) from pg_roles where rolname = $2)",
        )
        .bind(&database)
        .bind(&name)
        .fetch_one(&mut connect(other.admin()).await)
        .await
        .unwrap()
    };
    assert_eq!(left().await, 2);
    drop(one);
    assert_eq!(left().await, 0);
}

#[tokio::test]
async fn the_owner_may_create_roles_and_is_no_superuser() {
    let database = server().unwrap().database(prepare).await.unwrap();
    let rights = "select concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls) from pg_roles where rolname = current_user";
    assert_eq!(read(database.owner(), rights).await, "f t f f f");
    let owner = "select (pg_get_userbyid(datdba) = current_user)::text from pg_database where datname = current_database()";
    assert_eq!(read(database.owner(), owner).await, "true");
    let name = read(database.admin(), "select current_database()::text").await;
    assert_eq!(name, database.name());
}

#[test]
fn the_template_is_made_once_however_many_ask_at_once() {
    let server = Server::of(Cluster::start(&[]).unwrap());
    let made = AtomicUsize::new(0);
    let ask = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let prepare = async |owner| {
                made.fetch_add(1, Ordering::SeqCst);
                prepare(owner).await;
            };
            let database = server.database(prepare).await.unwrap();
            read(database.owner(), "select count(*)::text from note").await
        })
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), "0");
        }
    });
    assert_eq!(made.into_inner(), 1);
}

#[tokio::test]
async fn a_preparation_that_panics_spoils_its_own_test_alone() {
    let server = std::sync::Arc::new(Server::of(Cluster::start(&[]).unwrap()));
    let spoilt = tokio::task::LocalSet::new();
    let same = server.clone();
    let broken = spoilt.run_until(async move {
        let broken =
            tokio::task::spawn_local(
                async move { same.database(async |_| assert_eq!(1, 2)).await },
            );
        broken.await
    });
    assert!(broken.await.is_err());
    let database = server.database(prepare).await.unwrap();
    assert_eq!(
        read(database.owner(), "select count(*)::text from note").await,
        "0"
    );
}

/// A host's own server need not give its tests a superuser.
#[tokio::test]
async fn a_login_that_may_create_roles_and_databases_will_do() {
    let cluster = Cluster::start(&[]).unwrap();
    sqlx::raw_sql("create role modest login createrole createdb password 'x'")
        .execute(&mut connect(cluster.options()).await)
        .await
        .unwrap();
    let server = Server::at(cluster.options().username("modest"));
    let database = server.database(prepare).await.unwrap();
    let login = database.login(&group()).await.unwrap();
    let mut still_there = connect(login.clone()).await;
    sqlx::raw_sql("insert into note values (1)")
        .execute(&mut still_there)
        .await
        .unwrap();
    drop(database);
    let left = "select count(*)::text from pg_database where datname like 'aplus_test_%'";
    assert_eq!(read(cluster.options(), left).await, "1", "the template");
    assert!(login.connect().await.is_err());
}

#[tokio::test]
async fn a_database_is_dropped_though_its_standby_is_dead() {
    let primary = Cluster::start(&[]).unwrap();
    let server = Server::at(primary.options());
    let database = server.database(prepare).await.unwrap();
    let mut standby = primary.standby().unwrap();
    standby.kill().unwrap();
    drop(database);
    let left = "select count(*)::text from pg_database where datname like 'aplus_test_%'";
    assert_eq!(read(primary.options(), left).await, "1", "the template");
}
