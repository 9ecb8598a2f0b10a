//! Statements that are each allowed, on two connections at once: the guards look at what is committed when they look, and
//! not at what a transaction saw when it began.

use std::time::Duration;

use sqlx::{ConnectOptions, PgConnection};

use crate::state;
use crate::town::Town;

const LEAVES_HALL: &str =
    "delete from aplus.membership where account_id = {ada} and group_id = {hall}";
const LEAVES_DESK: &str =
    "delete from aplus.membership where account_id = {ada} and group_id = {desk}";

/// Waits until a backend waits for another, or has ended its statement.
async fn waits_or_ends(
    town: &Town,
    process: i32,
    task: &tokio::task::JoinHandle<sqlx::Result<()>>,
) {
    let mut owner = town.owner().await;
    for _ in 0..1_000 {
        let waits: bool = sqlx::query_scalar("select cardinality(pg_blocking_pids($1)) > 0")
            .bind(process)
            .fetch_one(&mut owner)
            .await
            .unwrap();
        if waits || task.is_finished() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it neither waits nor ends");
}

async fn connect(town: &Town) -> (PgConnection, i32) {
    let mut connection = town.login.connect().await.unwrap();
    let process = town.ask(&mut connection, "select pg_backend_pid()").await;
    (connection, process)
}

#[tokio::test]
async fn two_who_take_an_account_out_of_its_last_two_groups_do_not_both() {
    for level in ["read committed", "repeatable read", "serializable"] {
        let town = Town::new().await;
        let (mut first, _) = connect(&town).await;
        let (mut second, process) = connect(&town).await;
        let begin = format!("begin isolation level {level}; select count(*) from aplus.membership");
        town.run_on(&mut second, &begin).await.unwrap();
        town.run_on(&mut first, "begin").await.unwrap();
        town.run_on(&mut first, LEAVES_HALL).await.unwrap();
        let leaves = town.named(LEAVES_DESK);
        let task = tokio::spawn(async move {
            sqlx::raw_sql(sqlx::AssertSqlSafe(leaves))
                .execute(&mut second)
                .await?;
            sqlx::raw_sql("commit").execute(&mut second).await.map(drop)
        });
        waits_or_ends(&town, process, &task).await;
        town.run_on(&mut first, "commit").await.unwrap();
        let done = task.await.unwrap();
        let groups: i64 = town
            .ask(
                &mut town.owner().await,
                "select count(*) from aplus.membership where account_id = {ada}",
            )
            .await;
        assert_eq!(groups, 1, "{level}: {done:?}");
        assert_eq!(state(&done), "AP003", "{level}");
    }
}

/// The first of them alone may.
#[tokio::test]
async fn one_of_two_groups_is_left() {
    let town = Town::new().await;
    town.run(&town.login, LEAVES_HALL).await.unwrap();
    assert_eq!(state(&town.run(&town.login, LEAVES_DESK).await), "AP003");
}

/// Somebody who looked before an operator was made does not make an account of the same address afterwards (A5).
#[tokio::test]
async fn an_address_that_became_an_operators_since_the_look_is_taken() {
    for level in ["read committed", "repeatable read", "serializable"] {
        let town = Town::new().await;
        let (mut server, _) = connect(&town).await;
        let begin = format!("begin isolation level {level}; select count(*) from aplus.operator");
        town.run_on(&mut server, &begin).await.unwrap();
        let operator =
            "insert into aplus.operator values ({new}, 'eve@evil.example', 'active', 0, 0, 1)";
        town.run_on(&mut town.owner().await, operator)
            .await
            .unwrap();
        let account = "insert into aplus.account (id, email, roles, shared, status, version, epoch, author_kind, created_at)
            values ({other}, 'eve@evil.example', 7, false, 'active', 0, 0, 'machine', 1); commit";
        let done = town.run_on(&mut server, account).await;
        let accounts: i64 = town
            .ask(
                &mut town.owner().await,
                "select count(*) from aplus.account where email = 'eve@evil.example'",
            )
            .await;
        assert_eq!(accounts, 0, "{level}: {done:?}");
        let expected = if level == "read committed" {
            "AP005"
        } else {
            "AP003"
        };
        assert_eq!(state(&done), expected, "{level}");
    }
}
