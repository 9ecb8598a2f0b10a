//! 64 confirm one link at once, over HTTP, on SQLite: one session, 63 times `link_used` (L3).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod common;

use aplus::sqlx::sqlite::SqliteStore;
use aplus::{Aplus, HostKey, Role, Site};
use axum::Router;
use axum::http::{Method, StatusCode};
use common::{Caller, Tokens, scene};
use serde_json::json;

const CONTENDERS: usize = 64;
const LINKS: usize = 1_000;

async fn people(aplus: &Aplus, number: usize) -> Vec<String> {
    let group = scene::group(aplus, "Mairie").await;
    let people: Vec<_> = (0..number)
        .map(|number| format!("prenom.nom{number}@mairie.example"))
        .collect();
    scene::accounts(aplus, group, Role::Aidant, &people).await;
    people
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_64_confirmations_opens_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::connect(&format!(
        "sqlite:{}",
        folder.path().join("aplus.db").display()
    ))
    .await
    .unwrap();
    store.migrate().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let key = HostKey::new(scene::KEY).unwrap();
    let tokens = Tokens::default();
    let aplus = Aplus::builder(store, tokens.clone(), Site::new(&origin).unwrap(), key).build();
    let app: Router = aplus::web::router(&aplus);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });

    let mut asker = Caller::new(&origin);
    for email in people(&aplus, LINKS).await {
        let asked = asker
            .call(
                Method::POST,
                "/api/v1/login-links",
                Some(json!({ "email": email })),
            )
            .await
            .unwrap();
        assert_eq!(asked.status, StatusCode::ACCEPTED);
    }
    while !aplus.courier_pass(aplus.now()).await.unwrap().is_idle() {}
    let sent = tokens.take();
    assert_eq!(sent.len(), LINKS);

    let contenders: Vec<_> = (0..CONTENDERS).map(|_| asker.clone()).collect();
    for (email, token) in sent {
        let mut running = tokio::task::JoinSet::new();
        for mut caller in contenders.clone() {
            let body = json!({ "token": token });
            running.spawn(async move {
                caller
                    .call(Method::POST, "/api/v1/sessions", Some(body))
                    .await
                    .unwrap()
            });
        }
        let answers = running.join_all().await;
        let opened: Vec<_> = answers
            .iter()
            .filter(|answer| answer.status == StatusCode::CREATED)
            .collect();
        let used = answers
            .iter()
            .filter(|answer| (answer.status, answer.code()) == (StatusCode::GONE, "link_used"));
        assert_eq!(
            (opened.len(), used.count()),
            (1, CONTENDERS - 1),
            "{answers:?}"
        );
        assert_eq!(opened[0].json["account"]["email"], email.as_str());
        assert!(
            opened[0]
                .cookies
                .iter()
                .any(|cookie| cookie.starts_with("aplus="))
        );
    }
    println!("counted: {LINKS} links, {CONTENDERS} confirmations each at once, one session each");
}
