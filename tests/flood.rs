//! Floods of askings over two servers on one PostgreSQL (B17): the limits are the service's, not a process's; what a client says of its
//! own address is believed of a proxy that was named and of nobody else; and whoever is flooded still logs in (L4, L6, L7).
//!
//! `./check` builds the server; otherwise `cargo build --example server --all-features`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::time::{Duration, Instant};

use aplus::Role;
use aplus::asking::AskLimits;
use aplus_test_postgres::Cluster;
use axum::http::{Method, StatusCode};
use common::program::Running;
use common::shared::Shared;
use common::{Answer, Caller, Tokens, scene};
use serde_json::json;

const VICTIM: &str = "camille.roux@mairie.example";

struct Place {
    servers: [Running; 2],
    shared: Shared,
    cluster: Cluster,
}

impl Place {
    async fn new(options: &[&str]) -> Self {
        let cluster = Cluster::start(&[]).unwrap();
        let shared = Shared::on(&cluster).await;
        let aplus = scene::library(shared.store(cluster.port()).await, Tokens::default());
        let group = scene::group(&aplus, "Mairie").await;
        scene::accounts(&aplus, group, Role::Aidant, &[VICTIM.to_owned()]).await;
        let servers = [(); 2].map(|()| shared.serve(cluster.port(), options));
        Self {
            servers,
            shared,
            cluster,
        }
    }

    /// Another browser, from another network as it says, at one server or the other.
    fn caller(&self, number: usize) -> Caller {
        let mut caller = Caller::new(&self.servers[number % 2].origin);
        caller.comes_from = Some(format!("198.51.{}.{}", number / 250, number % 250));
        caller
    }

    /// Waits until nothing that was asked waits, and no mail: how many askings there were, and for how many a mail went.
    async fn answered(&self) -> (i64, i64) {
        let mut admin = self.shared.admin(self.cluster.port()).await;
        let until = Instant::now() + Duration::from_secs(120);
        loop {
            let counts =
                "select (select count(*) from aplus.login_request where answered_at is null)
                    + (select count(*) from aplus.outbox where to_address is not null),
                (select count(*) from aplus.login_request),
                (select count(*) from aplus.login_request where mailed)";
            let (waiting, asked, mailed): (i64, i64, i64) =
                sqlx::query_as(counts).fetch_one(&mut admin).await.unwrap();
            if waiting == 0 {
                return (asked, mailed);
            }
            assert!(Instant::now() < until, "{waiting} wait");
            tokio::task::yield_now().await;
        }
    }

    /// All that reached an address, in the mailboxes of both.
    async fn mails(&self, to: &str) -> Vec<String> {
        let mut mails = Vec::new();
        for server in &self.servers {
            let mut caller = Caller::new(&server.origin);
            let letters = caller.call(Method::GET, "/dev/mailbox.json", None).await;
            let letters = letters.unwrap().json;
            let letters = letters.as_array().unwrap().iter();
            let of_address = letters.filter(|letter| letter["to"] == to);
            mails.extend(of_address.map(|letter| letter["link"].to_string()));
        }
        mails
    }
}

async fn ask(caller: &mut Caller, email: &str) -> Answer {
    let body = Some(json!({ "email": email }));
    let asked = caller.call(Method::POST, "/api/v1/login-links", body);
    asked.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_flooded_over_two_servers_gets_few_mails_and_still_logs_in() {
    let place = Place::new(&["--trusted-proxy", "127.0.0.0/8"]).await;
    let mut victim = place.caller(0);
    let first = ask(&mut victim, VICTIM).await;
    place.answered().await;
    let [link] = &place.mails(VICTIM).await[..] else {
        panic!("one mail")
    };
    let (_, token) = link.trim_matches('"').split_once("jeton=").unwrap();
    const STRANGERS: usize = 300;
    for number in 1..=STRANGERS {
        let answer = ask(&mut place.caller(number), VICTIM).await;
        assert_eq!(answer.status, first.status);
        assert_eq!(answer.json, first.json, "the answer tells nothing");
    }
    let (asked, mailed) = place.answered().await;
    assert_eq!(asked, 1 + i64::try_from(STRANGERS).unwrap());
    let mails = place.mails(VICTIM).await;
    let most = AskLimits::default().mails_per_address;
    assert!(
        mails.len() <= usize::try_from(most).unwrap(),
        "{}",
        mails.len()
    );
    assert_eq!(mailed, i64::try_from(mails.len()).unwrap());
    // The victim's own link, in the browser that asked for it, on the other server.
    let mut victim = victim.moved_to(&place.servers[1].origin);
    let opened = victim.call(
        Method::POST,
        "/api/v1/sessions",
        Some(json!({ "token": token })),
    );
    assert_eq!(opened.await.unwrap().status, StatusCode::CREATED);
    println!(
        "counted: {STRANGERS} strangers asked for one address on two servers, {} mails went, its own link logs in",
        mails.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_has_its_limit_over_two_servers_whatever_it_says_of_itself() {
    // No proxy is named: what these say of where they come from is not believed.
    let place = Place::new(&[]).await;
    let limit = AskLimits::default().network();
    let more = limit + 100;
    let mut callers = [place.caller(0), place.caller(1)];
    let first = ask(&mut callers[0], "agent0@mairie.example").await;
    for number in 1..more {
        let at = usize::try_from(number).unwrap();
        let caller = &mut callers[at % 2];
        caller.comes_from = place.caller(at).comes_from;
        let answer = ask(caller, &format!("agent{number}@mairie.example")).await;
        assert_eq!(
            (answer.status, answer.json),
            (first.status, first.json.clone())
        );
    }
    let (asked, mailed) = place.answered().await;
    assert_eq!((asked, mailed), (i64::from(more), i64::from(limit)));
    println!(
        "counted: of {more} askings of one network over two servers {limit} were answered by a mail"
    );
}
