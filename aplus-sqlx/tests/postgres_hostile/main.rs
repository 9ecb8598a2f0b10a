//! Statements that somebody types or injects with the server's own login, then with the owner's: judged by what the tables,
//! the catalog and the rights are afterwards, not by the error alone (B9).

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod copies;
mod doors;
mod moments;
mod owner;
#[path = "../postgres_common/mod.rs"]
mod postgres_common;
mod statements;
mod town;

use aplus_sqlx::postgres::PostgresStore;
use sqlx::{AssertSqlSafe, Connection};

use statements::{KINDS, Who, spelled};
use town::Town;

/// The SQLSTATE of a refusal; nothing if it was none.
fn state(done: &sqlx::Result<()>) -> String {
    match done {
        Ok(()) => String::new(),
        Err(error) => match error.as_database_error().and_then(|error| error.code()) {
            Some(code) => code.into_owned(),
            None => panic!("not an answer of the database: {error:?}"),
        },
    }
}

#[tokio::test]
async fn none_of_them_changes_anything_as_the_server() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    let before = town.dump(&mut owner).await;
    let mut counted = 0;
    for kind in &KINDS {
        for (expected, hostile) in kind.hostile {
            let done = town.run(&town.login, &spelled(hostile)).await;
            let after = town.dump(&mut owner).await;
            assert!(
                after == before,
                "{}: {hostile}\n{}",
                kind.about,
                difference(&before, &after)
            );
            assert_eq!(
                state(&done),
                *expected,
                "{}: {hostile}: {done:?}",
                kind.about
            );
            counted += 1;
        }
    }
    for denied in [
        "has_column_privilege('{login}', 'aplus.account', 'email', 'update')",
        "has_column_privilege('{login}', 'aplus.account', 'roles', 'update')",
        "has_table_privilege('{login}', 'aplus.account', 'delete, truncate, trigger')",
        "has_any_column_privilege('{login}', 'aplus.operator', 'insert')",
        "has_column_privilege('{login}', 'aplus.operator', 'email', 'update')",
        "has_column_privilege('{login}', 'aplus.account', 'order_id', 'update')",
        "has_column_privilege('{login}', 'aplus.support_order', 'approver_id', 'insert')",
        "has_column_privilege('{login}', 'aplus.support_order', 'new_roles', 'update')",
        "has_column_privilege('{login}', 'aplus.support_order', 'carried_out_at', 'insert, update')",
        "has_table_privilege('{login}', 'aplus.support_order', 'delete, truncate')",
        "has_column_privilege('{login}', 'aplus.conversation', 'subject', 'update')",
        "has_column_privilege('{login}', 'aplus.conversation', 'email', 'update')",
        "has_column_privilege('{login}', 'aplus.conversation', 'erased_at', 'insert, update')",
        "has_table_privilege('{login}', 'aplus.conversation', 'delete, truncate')",
        "has_any_column_privilege('{login}', 'aplus.conversation_message', 'update')",
        "has_table_privilege('{login}', 'aplus.conversation_message', 'delete, truncate')",
        "has_any_column_privilege('{login}', 'aplus.journal_entry', 'update')",
        "has_table_privilege('{login}', 'aplus.journal_entry', 'delete, truncate')",
        "has_any_column_privilege('{login}', 'aplus.seal_queue', 'insert, update')",
        "has_table_privilege('{login}', 'aplus.seal_queue', 'delete, truncate')",
        "has_any_column_privilege('{login}', 'aplus.seal', 'insert, update')",
        "has_any_column_privilege('{login}', 'aplus.seal_tree', 'insert, update')",
        "has_any_column_privilege('{login}', 'aplus.checkpoint', 'insert, update')",
        "has_any_column_privilege('{login}', 'aplus.checkpoint_mail', 'insert, update')",
        "has_schema_privilege('{login}', 'aplus', 'create')",
        "pg_has_role('{login}', '{owner}', 'member')",
    ] {
        let may: bool = town.ask(&mut owner, &format!("select {denied}")).await;
        assert!(!may, "{denied}");
    }
    let store = PostgresStore::connect_with(town.login.clone(), 1).await;
    store.unwrap().close().await;
    assert!(counted >= 45);
    println!("counted: {counted} hostile statements on PostgreSQL");
}

/// The same dump does see what is allowed, of each kind.
#[tokio::test]
async fn what_is_allowed_does_change_something() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    for kind in &KINDS {
        let before = town.dump(&mut owner).await;
        let (who, control) = kind.control;
        let login = match who {
            Who::Server => town.login.clone(),
            Who::Owner => town.database.owner(),
        };
        let done = town.run(&login, &spelled(control)).await;
        assert_eq!(state(&done), "", "{}: {done:?}", kind.about);
        assert!(town.dump(&mut owner).await != before, "{control}");
    }
}

/// With the guards gone and the rights of the owner the same statements do their harm.
#[tokio::test]
async fn without_guards_and_with_rights_they_do_harm() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    let drops: String = town
        .ask(
            &mut owner,
            "select string_agg(format('drop trigger %I on %s', tgname, tgrelid::regclass), '; ')
            from pg_trigger where tgrelid::regclass::text like 'aplus.%' and not tgisinternal",
        )
        .await;
    town.run_on(&mut owner, &drops).await.unwrap();
    let before = town.dump(&mut owner).await;
    let (mut harmful, mut all) = (0, 0);
    for (_, hostile) in KINDS.iter().flat_map(|kind| kind.hostile) {
        all += 1;
        // Nobody gives what it waits for.
        if hostile.ends_with("from stdin") {
            continue;
        }
        let statement = spelled(hostile)
            .replace("begin; ", "")
            .replace("begin isolation level repeatable read; ", "")
            .replace("; commit", "");
        let mut transaction = owner.begin().await.unwrap();
        let statement = AssertSqlSafe(town.named(&statement));
        let done = sqlx::raw_sql(statement).execute(&mut *transaction).await;
        // A schema that is gone or renamed is harm enough.
        let gone = "select to_regnamespace('aplus') is null";
        if done.is_ok()
            && (town.ask(&mut transaction, gone).await
                || town.dump(&mut transaction).await != before)
        {
            harmful += 1;
        }
        transaction.rollback().await.unwrap();
        town.run_on(&mut owner, "reset all; reset role")
            .await
            .unwrap();
    }
    assert!(harmful > 100, "only {harmful} of {all} would do harm");
}

fn difference(before: &str, after: &str) -> String {
    let of = |one: &str, other: &str, sign: &str| -> String {
        let other: Vec<&str> = other.lines().collect();
        let lines = one.lines().filter(|line| !other.contains(line));
        lines.map(|line| format!("{sign} {line}\n")).collect()
    };
    of(before, after, "-") + &of(after, before, "+")
}
