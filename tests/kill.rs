//! `kill -9` of the server at random under load, on SQLite: what was acknowledged is there, and nothing without its entry.
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
use std::path::PathBuf;
use std::sync::Arc;

use aplus::EmailAddress;
use aplus::ports::{Accounts, Journal};
use aplus::sqlx::sqlite::SqliteStore;
use axum::http::{Method, StatusCode};
use common::Caller;
use common::program::Running;
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

/// Creates accounts until the server is gone; writes each acknowledged address to disk before the next request.
async fn load(
    mut caller: Caller,
    group: String,
    (client, round): (usize, usize),
    file: PathBuf,
    acknowledgements: Arc<Semaphore>,
) {
    let mut acknowledged = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .unwrap();
    for number in 0.. {
        let email = format!("prenom{client}.nom{round}.n{number}@mairie.example");
        let body = json!({ "email": email, "roles": ["aidant"] });
        let path = format!("/api/v1/groups/{group}/accounts");
        match caller.call(Method::POST, &path, Some(body)).await {
            Ok(answer) if answer.status == StatusCode::CREATED => {
                writeln!(acknowledged, "{email}").unwrap();
                acknowledged.sync_data().unwrap();
                acknowledgements.add_permits(1);
            }
            Ok(answer) => assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}"),
            Err(_) => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("aplus.db");
    let mut caller = None;
    let mut random = [0; KILLS];
    getrandom::fill(&mut random).unwrap();
    for (round, random) in random.iter().enumerate() {
        let mut server = Running::start(&database);
        let origin = server.origin.clone();
        let mut logged_in: Caller = match caller.take() {
            None => log_in(&origin).await,
            Some(caller) => Caller::moved_to(&caller, &origin),
        };
        let groups = logged_in
            .call(Method::GET, "/api/v1/groups", None)
            .await
            .unwrap()
            .json;
        let group = groups["items"][0]["id"].as_str().unwrap().to_owned();
        let mut running = tokio::task::JoinSet::new();
        let acknowledgements = Arc::new(Semaphore::new(0));
        for client in 0..CLIENTS {
            let file = folder.path().join(format!("client{client}"));
            running.spawn(load(
                logged_in.clone(),
                group.clone(),
                (client, round),
                file,
                acknowledgements.clone(),
            ));
        }
        // After so many answers of one client the others are anywhere in theirs.
        acknowledgements
            .acquire_many(CLIENTS as u32 + u32::from(*random))
            .await
            .unwrap()
            .forget();
        server.kill();
        running.join_all().await;
        caller = Some(logged_in);
    }

    let store = SqliteStore::connect(&format!("sqlite:{}", database.display()))
        .await
        .unwrap();
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
        let file = std::fs::read_to_string(folder.path().join(format!("client{client}"))).unwrap();
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
    let mut read = store.read().await.unwrap();
    let stored: i64 = sqlx::query_scalar("select count(*) from aplus_account")
        .fetch_one(&mut *read)
        .await
        .unwrap();
    assert_eq!(stored, accounts);
    println!(
        "counted: {KILLS} kills, {} acknowledged creations, {stored} accounts, 0 lost",
        acknowledged.len()
    );
}
