//! Two server processes on one PostgreSQL database are one service.
//!
//! The server is the example; `./check` builds it, otherwise `cargo build --example server --all-features`.
//! `APLUS_TEST_LINKS` says how many links are contended for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use aplus::{EmailAddress, Role, test_util};
use aplus_test_postgres::Cluster;
use axum::http::{Method, StatusCode};
use common::shared::Shared;
use common::{Caller, Tokens, scene};
use secrecy::ExposeSecret;
use serde_json::json;

const CONTENDERS: usize = 64;
const LINKS: usize = 1_000;

/// Between two looks into the mailboxes, which are long.
const PAUSE: Duration = Duration::from_millis(250);

/// The links in a server's development mailbox: address and token.
async fn mailbox(caller: &mut Caller) -> Vec<(String, String)> {
    let letters = caller.call(Method::GET, "/dev/mailbox.json", None).await;
    let letters = letters.unwrap().json;
    let link = |letter: &serde_json::Value| {
        let (_, token) = letter["link"].as_str()?.split_once("jeton=")?;
        Some((letter["to"].as_str()?.to_owned(), token.to_owned()))
    };
    letters
        .as_array()
        .unwrap()
        .iter()
        .filter_map(link)
        .collect()
}

/// Whoever takes over a server would begin with making an operator (A14).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_keeps_no_connection_of_the_owner() {
    let cluster = Cluster::start(&[]).unwrap();
    let shared = Shared::on(&cluster).await;
    let _server = shared.serve_demo(cluster.port());
    let mut admin = shared.admin(cluster.port()).await;
    let operators: i64 = sqlx::query_scalar("select count(*) from aplus.operator")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(operators, 2, "they are made by the owner");
    // What was closed may take a moment to end.
    let until = Instant::now() + Duration::from_secs(10);
    let mut owners = 1;
    while owners > 0 {
        assert!(Instant::now() < until, "{owners} connections of the owner");
        owners = sqlx::query_scalar::<_, i64>(
            "select count(*) from pg_stat_activity join pg_roles r on rolname = usename
            where not rolsuper and pg_has_role(r.oid, 'aplus_owner', 'member')",
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_64_confirmations_over_two_servers_opens_a_session() {
    let links = std::env::var("APLUS_TEST_LINKS");
    let links = links.map_or(LINKS, |links| links.parse().unwrap());
    let cluster = Cluster::start(&[]).unwrap();
    let shared = Shared::on(&cluster).await;
    let aplus = scene::library(shared.store(cluster.port()).await, Tokens::default());
    let group = scene::group(&aplus, "Mairie").await;
    let emails: Vec<_> = (0..links)
        .map(|number| format!("prenom.nom{number}@mairie.example"))
        .collect();
    scene::accounts(&aplus, group, Role::Aidant, &emails).await;
    let servers = [(); 2].map(|()| shared.serve(cluster.port(), &[]));

    let started = Instant::now();
    // One browser, which is known on both.
    let mut first = Caller::new(&servers[0].origin);
    let mut second = None;
    for (number, email) in emails.iter().enumerate() {
        let caller = match (number % 2, &mut second) {
            (1, Some(second)) => second,
            _ => &mut first,
        };
        let body = json!({ "email": email });
        let asked = caller.call(Method::POST, "/api/v1/login-links", Some(body));
        assert_eq!(asked.await.unwrap().status, StatusCode::ACCEPTED);
        second.get_or_insert_with(|| first.moved_to(&servers[1].origin));
    }
    let mut callers = [first, second.unwrap()];
    let mut sent = Vec::new();
    let mut mails = [0; 2];
    while mails.iter().sum::<usize>() < links {
        assert!(started.elapsed() < Duration::from_secs(300), "{mails:?}");
        tokio::time::sleep(PAUSE).await;
        sent.clear();
        for (caller, mails) in callers.iter_mut().zip(&mut mails) {
            let found = mailbox(caller).await;
            *mails = found.len();
            sent.extend(found);
        }
    }
    let by_email: BTreeMap<_, _> = sent.iter().cloned().collect();
    assert_eq!((sent.len(), by_email.len()), (links, links), "{mails:?}");
    assert!(mails.iter().all(|mails| *mails > 0), "{mails:?}");
    println!("asked and sent in {:?}", started.elapsed());

    let started = Instant::now();
    let mut opened_on = [0; 2];
    for (email, token) in sent {
        let mut running = tokio::task::JoinSet::new();
        for contender in 0..CONTENDERS {
            let mut caller = callers[contender % 2].clone();
            let body = json!({ "token": token });
            running.spawn(async move {
                let answer = caller.call(Method::POST, "/api/v1/sessions", Some(body));
                (contender % 2, answer.await.unwrap())
            });
        }
        let answers = running.join_all().await;
        let opened: Vec<_> = answers
            .iter()
            .filter(|(_, answer)| answer.status == StatusCode::CREATED)
            .collect();
        let used = answers.iter().filter(|(_, answer)| {
            (answer.status, answer.code()) == (StatusCode::GONE, "link_used")
        });
        assert_eq!(
            (opened.len(), used.count()),
            (1, CONTENDERS - 1),
            "{answers:?}"
        );
        let (server, answer) = opened[0];
        assert_eq!(answer.json["account"]["email"], email.as_str());
        opened_on[*server] += 1;
    }
    assert!(opened_on.iter().all(|opened| *opened > 0), "{opened_on:?}");

    // Nothing more was sent meanwhile, and each session has its entry.
    for (caller, mails) in callers.iter_mut().zip(&mails) {
        assert_eq!(mailbox(caller).await.len(), *mails);
    }
    let (sessions, entries): (i64, i64) = sqlx::query_as(
        "select (select count(*) from aplus.session),
            (select count(distinct details) from aplus.journal_entry where kind = 'logged_in')",
    )
    .fetch_one(&mut shared.admin(cluster.port()).await)
    .await
    .unwrap();
    assert_eq!(
        BTreeSet::from([sessions, entries]),
        BTreeSet::from([i64::try_from(links).unwrap()])
    );
    println!(
        "counted: {links} links, {CONTENDERS} confirmations each at once over two servers ({} + {}), one session each, {} s",
        opened_on[0],
        opened_on[1],
        started.elapsed().as_secs()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_happens_on_one_server_counts_on_the_other_with_the_next_request() {
    const ROUNDS: usize = 20;
    let cluster = Cluster::start(&[]).unwrap();
    let shared = Shared::on(&cluster).await;
    let tokens = Tokens::default();
    let aplus = scene::library(shared.store(cluster.port()).await, tokens.clone());
    let group = scene::group(&aplus, "Mairie").await;
    let chief = "camille.martin@mairie.example".to_owned();
    scene::accounts(
        &aplus,
        group,
        Role::Responsable,
        std::slice::from_ref(&chief),
    )
    .await;
    let emails: Vec<_> = (0..2 * ROUNDS)
        .map(|number| format!("prenom.nom{number}@mairie.example"))
        .collect();
    scene::accounts(&aplus, group, Role::Aidant, &emails).await;
    let (browser, links) = scene::links(&aplus, &tokens, &emails).await;
    let chief = EmailAddress::parse(&chief).unwrap();
    let opened = test_util::log_in(&aplus, &chief).await.unwrap();
    let chief = format!("aplus={}", opened.secret.reveal().expose_secret());

    let servers = [(); 2].map(|()| shared.serve(cluster.port(), &[]));
    let on = |server: usize, cookie: &str| {
        let mut caller = Caller::new(&servers[server].origin);
        caller.cookies.push(cookie.to_owned());
        caller
    };
    for (number, (email, token)) in links.into_iter().enumerate() {
        // Each of the four is asked on either server.
        let (here, there) = (number / 2 % 2, 1 - number / 2 % 2);
        let mut person = on(here, &browser);
        let body = json!({ "token": token });
        let opened = person.call(Method::POST, "/api/v1/sessions", Some(body));
        let opened = opened.await.unwrap();
        assert_eq!(opened.status, StatusCode::CREATED, "{opened:?}");
        let account = opened.json["account"]["id"].as_str().unwrap().to_owned();
        let mut elsewhere = person.moved_to(&servers[there].origin);
        for caller in [&mut elsewhere, &mut person] {
            let me = caller.call(Method::GET, "/api/v1/me", None).await.unwrap();
            assert_eq!(
                (me.status, me.json["email"].as_str()),
                (StatusCode::OK, Some(email.as_str()))
            );
        }
        let ended = if number % 2 == 0 {
            let path = "/api/v1/sessions/current";
            elsewhere.clone().call(Method::DELETE, path, None).await
        } else {
            let path = format!("/api/v1/accounts/{account}/deactivate");
            on(there, &chief).call(Method::POST, &path, None).await
        };
        assert_eq!(ended.unwrap().status, StatusCode::NO_CONTENT);
        for caller in [&mut person, &mut elsewhere] {
            let me = caller.call(Method::GET, "/api/v1/me", None).await.unwrap();
            assert_eq!(
                (me.status, me.code()),
                (StatusCode::UNAUTHORIZED, "not_logged_in")
            );
        }
    }
    println!(
        "counted: {ROUNDS} logouts and {ROUNDS} deactivations on one server, each ended the session on the other at once"
    );
}
