//! A cluster keeps what was committed through a power cut, and on its standby.

#![allow(clippy::unwrap_used, reason = "tests")]

use aplus_test_postgres::{Cluster, Error};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

async fn connect(options: PgConnectOptions) -> PgConnection {
    options.connect().await.unwrap()
}

/// The first column of the first row, as text.
async fn read(connection: &mut PgConnection, statement: &'static str) -> String {
    sqlx::query_scalar(statement)
        .fetch_one(connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn it_is_configured_as_asked_and_writes_as_a_real_one() {
    let cluster = Cluster::start(&[("work_mem", "5MB"), ("application_name", "it's")]).unwrap();
    let mut connection = connect(cluster.options()).await;
    for (statement, value) in [
        ("show work_mem", "5MB"),
        ("show fsync", "on"),
        ("show synchronous_commit", "on"),
        ("show max_connections", "300"),
        ("show dynamic_shared_memory_type", "mmap"),
        ("show listen_addresses", "127.0.0.1"),
        (
            "select (current_setting('server_version_num')::int >= 150000)::text",
            "true",
        ),
    ] {
        assert_eq!(read(&mut connection, statement).await, value, "{statement}");
    }
    let refused = Cluster::start(&[("no_such_setting", "1")]).unwrap_err();
    assert!(matches!(refused, Error::Failed { .. }));
    assert!(refused.to_string().contains("no_such_setting"), "{refused}");
}

#[tokio::test]
async fn over_tcp_a_password_is_asked_for() {
    let cluster = Cluster::start(&[]).unwrap();
    let mut connection = connect(cluster.tcp_options()).await;
    assert_eq!(
        read(&mut connection, "select current_user::text").await,
        "postgres"
    );
    let stranger = cluster.tcp_options().password("wrong").connect().await;
    let code = stranger.unwrap_err().into_database_error().unwrap();
    assert_eq!(code.code().unwrap(), "28P01");
}

#[tokio::test]
async fn a_power_cut_takes_what_was_not_committed_and_nothing_else() {
    let mut cluster = Cluster::start(&[]).unwrap();
    let mut connection = connect(cluster.options()).await;
    sqlx::raw_sql("create table kept (number int)")
        .execute(&mut connection)
        .await
        .unwrap();
    for round in 1..=3 {
        let mut connection = connect(cluster.options()).await;
        let mut observer = connect(cluster.options()).await;
        sqlx::raw_sql("insert into kept values (1)")
            .execute(&mut connection)
            .await
            .unwrap();
        let mut open = connection.begin().await.unwrap();
        sqlx::raw_sql("insert into kept values (2)")
            .execute(&mut *open)
            .await
            .unwrap();
        let mut worker = connect(cluster.options()).await;
        let busy = tokio::spawn(async move {
            sqlx::raw_sql("select count(*) from generate_series(1, 1e12::bigint)")
                .execute(&mut worker)
                .await
        });
        let runs = "select exists(select from pg_stat_activity where query like '%1e12%' and pid <> pg_backend_pid() and state = 'active')::text";
        while read(&mut observer, runs).await != "true" {
            tokio::task::yield_now().await;
        }
        cluster.kill().unwrap();
        assert_eq!(processes_in(&cluster), Vec::<String>::new());
        assert!(busy.await.unwrap().is_err());
        assert!(cluster.options().connect().await.is_err());
        cluster.kill().unwrap();
        cluster.restart().unwrap();
        let mut connection = connect(cluster.options()).await;
        let kept = read(&mut connection, "select array_agg(number)::text from kept").await;
        assert_eq!(kept, format!("{{{}}}", vec!["1"; round].join(",")));
    }
    cluster.stop().unwrap();
    assert_eq!(processes_in(&cluster), Vec::<String>::new());
    cluster.restart().unwrap();
    connect(cluster.options()).await;
}

/// The command lines of the processes that stand in the cluster's data.
fn processes_in(cluster: &Cluster) -> Vec<String> {
    let data = cluster.socket_folder().join("data");
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|process| {
            let process = process.unwrap().path();
            let folder = std::fs::read_link(process.join("cwd")).ok()?;
            let command = std::fs::read(process.join("cmdline")).ok()?;
            (folder == data).then(|| String::from_utf8_lossy(&command).into_owned())
        })
        .collect()
}

#[tokio::test]
async fn a_standby_has_what_was_acknowledged_and_is_promoted_with_it() {
    let mut primary = Cluster::start(&[]).unwrap();
    let standby = primary.standby().unwrap();
    let mut connection = connect(primary.options()).await;
    sqlx::raw_sql("create table kept (number int)")
        .execute(&mut connection)
        .await
        .unwrap();
    for number in 1..=200 {
        sqlx::raw_sql(AssertSqlSafe(format!("insert into kept values ({number})")))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    assert!(matches!(primary.promote(), Err(Error::Statement { .. })));
    primary.kill().unwrap();
    standby.promote().unwrap();
    let mut connection = connect(standby.options()).await;
    let count = "select count(*)::text from kept where number between 1 and 200";
    assert_eq!(read(&mut connection, count).await, "200");
    sqlx::raw_sql("insert into kept values (201)")
        .execute(&mut connection)
        .await
        .unwrap();

    // Followed in its turn, it waits for the new one alone, and that one for nobody when it is promoted.
    let second = standby.standby().unwrap();
    sqlx::raw_sql("insert into kept values (202)")
        .execute(&mut connection)
        .await
        .unwrap();
    drop(standby);
    second.promote().unwrap();
    let mut connection = connect(second.options()).await;
    sqlx::raw_sql("insert into kept values (203)")
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(
        read(&mut connection, "select count(*)::text from kept").await,
        "203"
    );
}

#[tokio::test]
async fn a_commit_waits_while_the_standby_is_down() {
    let primary = Cluster::start(&[]).unwrap();
    let mut standby = primary.standby().unwrap();
    standby.kill().unwrap();
    let mut connection = connect(primary.options()).await;
    let mut observer = connect(primary.options()).await;
    let commit = tokio::spawn(async move {
        sqlx::raw_sql("create table kept (number int)")
            .execute(&mut connection)
            .await
    });
    let waits = "select exists(select from pg_stat_activity where wait_event = 'SyncRep')::text";
    while read(&mut observer, waits).await != "true" {
        assert!(!commit.is_finished());
        tokio::task::yield_now().await;
    }
    standby.restart().unwrap();
    commit.await.unwrap().unwrap();
}
