//! `kill -9` of a server at random under load: what was acknowledged is there, and nothing without its entry.
//!
//! The server is the example; `./check` builds it, otherwise `cargo build --example server --all-features`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aplus::EmailAddress;
use aplus::ports::Store;
use aplus::sqlx::sqlite::SqliteStore;
use aplus_test_postgres::Cluster;
use axum::http::{Method, StatusCode};
use common::Caller;
use common::program::Running;
use common::shared::Shared;
use serde_json::json;
use tokio::sync::Semaphore;

const KILLS: usize = 20;
const CLIENTS: usize = 6;

async fn log_in(origin: &str) -> Caller {
    let mut caller = Caller::new(origin);
    let email = "responsable@demo.example";
    caller
        .call(
            Method::POST,
            "/api/v1/login-links",
            Some(json!({ "email": email })),
        )
        .await
        .unwrap();
    let mut token = None;
    for _ in 0..20_000 {
        let letters = caller
            .call(Method::GET, "/dev/mailbox.json", None)
            .await
            .unwrap()
            .json;
        let link = letters
            .as_array()
            .unwrap()
            .iter()
            .find_map(|letter| letter["link"].as_str());
        token = link.map(|link| link.split_once("jeton=").unwrap().1.to_owned());
        if token.is_some() {
            break;
        }
    }
    let opened = caller
        .call(
            Method::POST,
            "/api/v1/sessions",
            Some(json!({ "token": token })),
        )
        .await
        .unwrap();
    assert_eq!(opened.status, StatusCode::CREATED);
    caller
}

/// What the clients of one round have in common.
struct Round {
    number: usize,
    group: String,
    folder: PathBuf,
    acknowledgements: Semaphore,
    over: AtomicBool,
}

/// Creates accounts until the server is gone or the round over; writes each acknowledged address to disk before the next
/// request.
async fn load(mut caller: Caller, client: usize, round: Arc<Round>) {
    let mut acknowledged = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(round.folder.join(format!("client{client}")))
        .unwrap();
    let path = format!("/api/v1/groups/{}/accounts", round.group);
    for number in 0.. {
        if round.over.load(Ordering::Relaxed) {
            return;
        }
        let email = format!(
            "prenom{client}.nom{}.n{number}@mairie.example",
            round.number
        );
        let body = json!({ "email": email, "roles": ["aidant"] });
        match caller.call(Method::POST, &path, Some(body)).await {
            Ok(answer) if answer.status == StatusCode::CREATED => {
                writeln!(acknowledged, "{email}").unwrap();
                acknowledged.sync_data().unwrap();
                round.acknowledgements.add_permits(1);
            }
            Ok(answer) => assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}"),
            Err(_) => return,
        }
    }
}

/// Kills one of the servers, at random, [`KILLS`] times under load, and starts it anew each time; `start` starts one of
/// them with the demonstration.
async fn kill_under_load(folder: &Path, servers: usize, start: impl Fn() -> Running) {
    let mut running = vec![start()];
    let mut caller = log_in(&running[0].origin).await;
    running.resize_with(servers, &start);
    let groups = caller.call(Method::GET, "/api/v1/groups", None).await;
    let groups = groups.unwrap().json;
    let group = groups["items"][0]["id"].as_str().unwrap();
    let mut random = [[0; 2]; KILLS];
    getrandom::fill(random.as_flattened_mut()).unwrap();
    for (number, [after, victim]) in random.into_iter().enumerate() {
        let round = Arc::new(Round {
            number,
            group: group.to_owned(),
            folder: folder.to_owned(),
            acknowledgements: Semaphore::new(0),
            over: AtomicBool::new(false),
        });
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let caller = caller.moved_to(&running[client % servers].origin);
            clients.spawn(load(caller, client, round.clone()));
        }
        // After so many answers of one client the others are anywhere in theirs.
        round
            .acknowledgements
            .acquire_many(CLIENTS as u32 + u32::from(after % 64))
            .await
            .unwrap()
            .forget();
        let victim = &mut running[usize::from(victim) % servers];
        victim.kill();
        round.over.store(true, Ordering::Relaxed);
        clients.join_all().await;
        *victim = start();
    }
}

/// Compares what was acknowledged with the entries, and these with the accounts, of which there are `stored` in all.
async fn judge(folder: &Path, store: &dyn Store, stored: i64) {
    let mut created = BTreeMap::new();
    let mut after = None;
    loop {
        let entries = store.entries(after, 1_000).await.unwrap();
        let Some(last) = entries.last() else { break };
        after = Some(last.id);
        for entry in entries
            .into_iter()
            .filter(|entry| entry.kind == "account_created")
        {
            let erasable: serde_json::Value =
                serde_json::from_str(&entry.erasable.unwrap()).unwrap();
            let email = erasable["text"]["email"].as_str().unwrap().to_owned();
            assert!(
                created.insert(email, entry.account.unwrap()).is_none(),
                "one entry per act"
            );
        }
    }
    let mut acknowledged = BTreeSet::new();
    for client in 0..CLIENTS {
        let file = std::fs::read_to_string(folder.join(format!("client{client}"))).unwrap();
        acknowledged.extend(file.lines().map(str::to_owned));
    }
    assert!(
        acknowledged.len() > KILLS * CLIENTS,
        "there was no load: {}",
        acknowledged.len()
    );
    for email in &acknowledged {
        assert!(
            created.contains_key(email),
            "{email} was acknowledged and is lost"
        );
    }
    // None without its entry, and no entry without its act.
    let mut accounts = 0;
    for (email, id) in &created {
        let account = store.account(*id).await.unwrap().unwrap();
        assert_eq!(account.email(), Some(&EmailAddress::parse(email).unwrap()));
        accounts += 1;
    }
    assert_eq!(stored, accounts);
    println!(
        "counted: {KILLS} kills, {} acknowledged creations, {stored} accounts, 0 lost",
        acknowledged.len()
    );
}

/// Each server had a sealer, which was killed with it: none of the entries is lost, sealed twice or out of its place.
fn sealed_once(database: &str, key: &Path, accounts: i64) {
    let key = key.to_str().unwrap();
    let verified = common::program::run(database, &["journal", "verify", "--key-file", key]);
    let told = String::from_utf8(verified.stdout).unwrap();
    assert!(verified.status.success(), "{told}");
    let sealed = told.lines().find_map(|line| line.strip_prefix("sealed "));
    let sealed: i64 = sealed.unwrap().parse().unwrap();
    assert!(sealed > accounts / 2, "the servers sealed: {told}");
    println!(
        "counted: {sealed} entries sealed by servers that were killed {KILLS} times, each once"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("aplus.db");
    kill_under_load(folder.path(), 1, || Running::start(&database)).await;

    let store = SqliteStore::connect(&format!("sqlite:{}", database.display()))
        .await
        .unwrap();
    let mut read = store.read().await.unwrap();
    let stored = sqlx::query_scalar("select count(*) from aplus_account")
        .fetch_one(&mut *read)
        .await
        .unwrap();
    judge(folder.path(), &store, stored).await;
    let key = database.with_file_name("aplus.key");
    sealed_once(&common::program::url(&database), &key, stored);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_of_two_servers_on_postgres_acknowledged_survives_its_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(&[]).unwrap();
    let port = cluster.port();
    let shared = Shared::on(&cluster).await;
    kill_under_load(folder.path(), 2, || shared.serve_demo(port)).await;

    let stored = sqlx::query_scalar("select count(*) from aplus.account")
        .fetch_one(&mut shared.admin(port).await)
        .await
        .unwrap();
    judge(folder.path(), &shared.store(port).await, stored).await;
    sealed_once(&shared.url(port), &shared.key(), stored);
}
