//! The schema comes up whole, however many processes bring it up at once and whatever ends them half-way; roles and rights
//! are stated anew each time (B24).

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aplus_sqlx::postgres::{OpenError, PostgresStore, RoleNames};
use aplus_test_postgres::{Database, Server, server};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};

/// What a process of ours is told: where, and the prefix of the roles.
const URL: &str = "APLUS_TEST_MIGRATE_URL";
const PREFIX: &str = "APLUS_TEST_MIGRATE_PREFIX";

/// A database with nothing in it, and its owner, who is no superuser and may create roles.
async fn empty() -> Database {
    let server = server().unwrap_or_else(|error| panic!("{error}"));
    server.database(async |_| {}).await.unwrap()
}

/// Roles that nobody has made yet.
fn new_roles() -> (String, RoleNames) {
    let prefix = format!("m{:016x}", getrandom::u64().unwrap());
    let roles = RoleNames::with_prefix(&prefix).unwrap();
    (prefix, roles)
}

/// Starts this same program as a process that migrates and does nothing else.
fn start(owner: &PgConnectOptions, prefix: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ten_processes_at_once_make_one_schema"])
        .env(URL, owner.to_url_lossy().as_str())
        .env(PREFIX, prefix)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What such a process does; nothing in the one that tests.
async fn migrated_as_told() -> bool {
    let (Ok(url), Ok(prefix)) = (std::env::var(URL), std::env::var(PREFIX)) else {
        return false;
    };
    let roles = RoleNames::with_prefix(&prefix).unwrap();
    PostgresStore::migrate(&url, &roles).await.unwrap();
    true
}

async fn all_succeed(processes: Vec<Child>) {
    let ends = tokio::task::spawn_blocking(|| {
        let ends = processes.into_iter().map(Child::wait_with_output);
        ends.collect::<Result<Vec<_>, _>>().unwrap()
    });
    for end in ends.await.unwrap() {
        let told = String::from_utf8_lossy(&end.stdout);
        assert!(end.status.success(), "{told}");
        assert!(told.contains("1 passed"), "{told}");
    }
}

async fn run(options: &PgConnectOptions, statement: &str) {
    let mut connection = options.connect().await.unwrap();
    let statement = AssertSqlSafe(statement.to_owned());
    sqlx::raw_sql(statement)
        .execute(&mut connection)
        .await
        .unwrap();
}

/// All that the schema is, with P for the prefix of the roles: its tables and their columns, constraints, indices, views,
/// guards, doors, and who may do what.
async fn shape(database: &Database, prefix: &str) -> String {
    let query = "
        select string_agg(line, E'\n' order by line) from (
            select 'schema ' || nspowner::regrole || ' ' || nspacl::text from pg_namespace where nspname = 'aplus'
            union all
            select concat_ws(' ', 'relation', oid::regclass, relkind, relowner::regrole, relacl) from pg_class
            where relnamespace = 'aplus'::regnamespace
            union all
            select concat_ws(' ', 'column', attrelid::regclass, attname, atttypid::regtype, attnotnull, attacl)
            from pg_attribute join pg_class c on c.oid = attrelid
            where relnamespace = 'aplus'::regnamespace and attnum > 0
            union all
            select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
            from pg_constraint where connamespace = 'aplus'::regnamespace
            union all
            select concat_ws(' ', 'function', oid::regprocedure, proowner::regrole, prosecdef, proconfig, proacl, md5(prosrc))
            from pg_proc where pronamespace = 'aplus'::regnamespace
            union all
            select concat_ws(' ', 'trigger', tgrelid::regclass, tgname, tgenabled, tgtype) from pg_trigger join pg_class c
            on c.oid = tgrelid where relnamespace = 'aplus'::regnamespace and not tgisinternal
            union all
            select concat_ws(' ', 'index', indexdef) from pg_indexes where schemaname = 'aplus'
            union all
            select concat_ws(' ', 'version', version, name) from aplus.migration
        ) as all_of_them (line)";
    let mut owner = database.owner().connect().await.unwrap();
    let shape: String = sqlx::query_scalar(query)
        .fetch_one(&mut owner)
        .await
        .unwrap();
    shape.replace(prefix, "P")
}

/// What one process makes, alone.
async fn expected() -> String {
    let (database, (prefix, roles)) = (empty().await, new_roles());
    PostgresStore::migrate_with(&database.owner(), &roles)
        .await
        .unwrap();
    let shape = shape(&database, &prefix).await;
    assert!(shape.lines().count() > 200);
    shape
}

/// A server's login has all that it needs and no more.
async fn serves(database: &Database, roles: &RoleNames) {
    let login = database.login(roles.runtime()).await.unwrap();
    let store = PostgresStore::connect_with(login, 1).await;
    store.unwrap().close().await;
}

#[tokio::test]
async fn ten_processes_at_once_make_one_schema() {
    if migrated_as_told().await {
        return;
    }
    let expected = expected().await;
    let (database, (prefix, roles)) = (empty().await, new_roles());
    let owner = database.owner();
    let may: bool =
        sqlx::query_scalar("select rolsuper from pg_roles where rolname = current_user")
            .fetch_one(&mut owner.connect().await.unwrap())
            .await
            .unwrap();
    assert!(!may, "the owner is no superuser");
    for _ in 0..2 {
        all_succeed((0..10).map(|_| start(&owner, &prefix)).collect()).await;
        assert!(shape(&database, &prefix).await == expected);
    }
    serves(&database, &roles).await;
}

#[tokio::test]
async fn three_processes_on_each_of_six_databases_share_their_roles() {
    let expected = expected().await;
    let (prefix, roles) = new_roles();
    let mut databases = Vec::new();
    for _ in 0..6 {
        databases.push(empty().await);
    }
    let processes = (0..18).map(|number| start(&databases[number % 6].owner(), &prefix));
    all_succeed(processes.collect()).await;
    for database in &databases {
        assert!(shape(database, &prefix).await == expected);
        serves(database, &roles).await;
    }
}

/// Between nothing and `most`, and never the same.
fn a_while(most: Duration) -> Duration {
    let part = f64::from(getrandom::u32().unwrap()) / f64::from(u32::MAX);
    most.mul_f64(part)
}

/// The process is killed, or its connection ended by the server, at a random moment: what is there is nothing or all of it,
/// and the next one completes it. `APLUS_TEST_KILLS` says how often, 12 times if it does not.
#[tokio::test]
async fn what_was_ended_half_way_is_completed() {
    let expected = expected().await;
    let kills = std::env::var("APLUS_TEST_KILLS").map_or(12, |kills| kills.parse().unwrap());
    let (mut nothing, mut whole) = (0, 0);
    for kill in 0..kills {
        let (database, (prefix, roles)) = (empty().await, new_roles());
        let (owner, admin) = (database.owner(), database.admin());
        // Counted from its connection on: when that comes, on a busy machine, nobody knows.
        let mut process = start(&owner, &prefix);
        let until_it_is_there =
            "select exists (select from pg_stat_activity where datname = current_database()
            and pid <> pg_backend_pid() and backend_type = 'client backend')";
        let mut watch = admin.connect().await.unwrap();
        while process.try_wait().unwrap().is_none()
            && !sqlx::query_scalar::<_, bool>(until_it_is_there)
                .fetch_one(&mut watch)
                .await
                .unwrap()
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(a_while(Duration::from_millis(100))).await;
        if kill % 2 == 0 {
            process.kill().unwrap();
        } else {
            let end = format!(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where datname = current_database() and usename = '{}'",
                owner.get_username()
            );
            run(&admin, &end).await;
        }
        process.wait().unwrap();
        let there: bool = sqlx::query_scalar("select to_regnamespace('aplus') is not null")
            .fetch_one(&mut admin.connect().await.unwrap())
            .await
            .unwrap();
        if there {
            whole += 1;
            assert!(
                shape(&database, &prefix).await == expected,
                "half of it is there"
            );
        } else {
            nothing += 1;
        }
        PostgresStore::migrate_with(&owner, &roles).await.unwrap();
        assert!(shape(&database, &prefix).await == expected);
        serves(&database, &roles).await;
    }
    println!("counted: {kills} migrations ended at a random moment on PostgreSQL");
    println!("before their end {nothing}, after it {whole}");
}

#[tokio::test]
async fn rights_are_stated_anew() {
    let (database, (prefix, roles)) = (empty().await, new_roles());
    let owner = database.owner();
    PostgresStore::migrate_with(&owner, &roles).await.unwrap();
    let before = shape(&database, &prefix).await;
    // A host's own table, which refers to ours, stays as it is.
    run(
        &owner,
        "create table desk (account_id uuid references aplus.account (id), place text); insert into desk values (null, '3')",
    )
    .await;
    for illicit in [
        "grant update (email) on aplus.account to {runtime}",
        "grant update on aplus.account to {runtime}",
        "grant all on all tables in schema aplus to {runtime}",
        "grant select on aplus.link to {auditor}",
        "grant insert on aplus.operator to public",
        "grant execute on function aplus.nothing_changes() to {runtime}",
        "grant execute on all functions in schema aplus to public",
        "grant create on schema aplus to {runtime}",
        "grant usage on schema aplus to public",
        "grant select on aplus.account to {runtime} with grant option",
        "revoke insert on aplus.journal_entry from {runtime}",
        "revoke update (version) on aplus.account from {runtime}",
        "revoke execute on function aplus.withdraw_account(uuid) from {runtime}",
        "revoke usage on schema aplus from {runtime}, {auditor}",
    ] {
        let statement = illicit
            .replace("{runtime}", roles.runtime())
            .replace("{auditor}", roles.auditor());
        run(&owner, &statement).await;
        assert!(shape(&database, &prefix).await != before, "{illicit}");
        PostgresStore::migrate_with(&owner, &roles).await.unwrap();
        assert!(shape(&database, &prefix).await == before, "{illicit}");
    }
    let place: String = sqlx::query_scalar("select place from desk")
        .fetch_one(&mut owner.connect().await.unwrap())
        .await
        .unwrap();
    assert_eq!(place, "3");
    serves(&database, &roles).await;
}

#[tokio::test]
async fn a_newer_schema_is_left_as_it_is() {
    let (database, (prefix, roles)) = (empty().await, new_roles());
    let owner = database.owner();
    PostgresStore::migrate_with(&owner, &roles).await.unwrap();
    let newer = format!(
        "insert into aplus.migration values (999, 'newer'); grant update (email) on aplus.account to {}",
        roles.runtime()
    );
    run(&owner, &newer).await;
    let before = shape(&database, &prefix).await;
    let refused = PostgresStore::migrate_with(&owner, &roles)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found: 999, .. }),
        "{refused}"
    );
    assert!(shape(&database, &prefix).await == before);
}

/// On a managed PostgreSQL somebody else may have made the roles, and let the owner of the database act as theirs.
#[tokio::test]
async fn roles_that_are_there_are_taken() {
    let expected = expected().await;
    // With an owner of its own, who loses a right that the other tests need.
    let first = empty().await;
    let server = Server::at(first.admin());
    let database = server.database(async |_| {}).await.unwrap();
    let (prefix, roles) = new_roles();
    let owner = database.owner();
    let made = format!(
        "create role {0} nologin; create role {1} nologin; create role {2} nologin; grant {0} to {3};
        alter role {3} nocreaterole",
        roles.owner(),
        roles.runtime(),
        roles.auditor(),
        owner.get_username()
    );
    run(&database.admin(), &made).await;
    PostgresStore::migrate_with(&owner, &roles).await.unwrap();
    assert!(shape(&database, &prefix).await == expected);
}
