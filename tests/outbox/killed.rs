//! A server that is killed: after an act and before its mail, between a mail and its note, and anywhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use aplus::{GroupId, Role, Site};
use aplus_test_relay::{Event, Mode, Relay};
use axum::http::{Method, StatusCode};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::common::ground::Ground;
use crate::common::program::Running;
use crate::common::{Caller, Tokens, scene};
use crate::{LOOK, SOON};

const CHIEF: &str = "camille.martin@mairie.example";

const KILLS: usize = 8;
const CLIENTS: usize = 4;

/// A server that hands its mails to a relay, and a responsable who is logged in.
struct Place {
    server: Running,
    relay: Relay,
    chief: Caller,
    group: GroupId,
    ground: Ground,
}

fn serve(ground: &Ground, relay: &Relay) -> Running {
    let smtp = relay.url();
    ground.serve(&[
        "--smtp-url",
        &smtp,
        "--mail-from",
        "ne-pas-repondre@aplus.example.fr",
        "--support-address",
        "aide@aplus.example.fr",
    ])
}

impl Place {
    async fn on(ground: Ground) -> Self {
        let site = Site::new("http://127.0.0.1").unwrap();
        let aplus = ground.builder(Tokens::default(), site).build();
        let group = scene::group(&aplus, "Mairie").await;
        scene::accounts(&aplus, group, Role::Responsable, &[CHIEF.to_owned()]).await;
        let mut relay = Relay::start(Mode::Plain);
        let server = serve(&ground, &relay);
        let mut chief = Caller::new(&server.origin);
        let body = json!({ "email": CHIEF });
        let asked = chief.call(Method::POST, "/api/v1/login-links", Some(body));
        assert_eq!(asked.await.unwrap().status, StatusCode::ACCEPTED);
        let mail = relay.mail(SOON);
        let body = json!({ "token": mail.token().unwrap() });
        let opened = chief.call(Method::POST, "/api/v1/sessions", Some(body));
        assert_eq!(opened.await.unwrap().status, StatusCode::CREATED);
        Self {
            server,
            relay,
            chief,
            group,
            ground,
        }
    }

    /// `kill -9`, and another one after it, which need not wait until the claims of the first are over.
    async fn kill_and_serve(&mut self) {
        self.server.kill();
        self.ground.let_all_be_due().await;
        self.server = serve(&self.ground, &self.relay);
        self.chief = self.chief.moved_to(&self.server.origin);
    }

    async fn create(&mut self, email: &str) -> StatusCode {
        let path = format!("/api/v1/groups/{}/accounts", self.group);
        let body = json!({ "email": email, "roles": ["aidant"] });
        let created = self.chief.call(Method::POST, &path, Some(body));
        created.await.unwrap().status
    }

    /// Waits until no mail waits.
    async fn all_left(&mut self) {
        let until = Instant::now() + SOON;
        loop {
            let waiting = self.ground.waiting().await;
            if waiting == 0 {
                return;
            }
            assert!(Instant::now() < until, "{waiting} wait");
            sleep(LOOK).await;
        }
    }
}

async fn what_was_in_hand_arrives(ground: Ground) {
    let mut place = Place::on(ground).await;
    for (step, has_it) in [("mail", false), ("data", true)] {
        let email = format!("agent.{step}@mairie.example");
        place.relay.set(json!({ (step): "silence" }));
        assert_eq!(place.create(&email).await, StatusCode::CREATED);
        place.relay.wait(SOON, |event| {
            matches!(event, Event::Silent { .. }).then_some(())
        });
        let before = place.relay.mails();
        assert_eq!(before.len(), usize::from(has_it), "{step}");
        place.relay.set(json!({ (step): null }));
        let killed = place.server.origin.clone();
        place.kill_and_serve().await;
        let mail = place.relay.mail(SOON);
        assert_eq!(mail.to, [email.as_str()]);
        for before in &before {
            assert_eq!(before.to, mail.to);
            assert_eq!(before.header("Message-ID"), mail.header("Message-ID"));
            // The two servers are found at different ports.
            let text = before.text.replace(&killed, &place.server.origin);
            assert_eq!(text, mail.text);
        }
        // What is refused sends nothing, and what was sent is sent no more.
        assert_eq!(place.create(&email).await, StatusCode::CONFLICT);
        place.all_left().await;
        assert!(place.relay.mails().is_empty(), "{step}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_had_in_hand_arrives_on_sqlite() {
    what_was_in_hand_arrives(Ground::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_had_in_hand_arrives_on_postgresql() {
    what_was_in_hand_arrives(Ground::postgres().await).await;
}

/// What the clients of one round have in common.
struct Round {
    number: usize,
    path: String,
    acknowledged: Semaphore,
    over: AtomicBool,
}

/// Creates accounts until the server is gone, each third address twice: which were acknowledged.
async fn load(mut caller: Caller, client: usize, round: Arc<Round>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let email = format!("agent{client}.n{number}.r{}@mairie.example", round.number);
        let body = json!({ "email": email, "roles": ["aidant"] });
        let mut again = None;
        for _ in 0..=usize::from(number % 3 == 0) {
            let created = caller.call(Method::POST, &round.path, Some(body.clone()));
            match created.await {
                Ok(answer) if answer.status == StatusCode::CREATED => {
                    assert_eq!(again, None, "an address has one account");
                    again = Some(StatusCode::CONFLICT);
                    acknowledged.push(email.clone());
                    round.acknowledged.add_permits(1);
                }
                Ok(answer) if Some(answer.status) == again => {}
                Ok(answer) => assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE),
                Err(_) => return acknowledged,
            }
            if round.over.load(Ordering::Relaxed) {
                return acknowledged;
            }
        }
    }
    acknowledged
}

async fn each_account_is_told(ground: Ground, name: &str) {
    let mut place = Place::on(ground).await;
    let mut acknowledged = BTreeSet::new();
    let mut random = [0; KILLS];
    getrandom::fill(&mut random).unwrap();
    for (number, after) in random.into_iter().enumerate() {
        let round = Arc::new(Round {
            number,
            path: format!("/api/v1/groups/{}/accounts", place.group),
            acknowledged: Semaphore::new(0),
            over: AtomicBool::new(false),
        });
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            clients.spawn(load(place.chief.clone(), client, Arc::clone(&round)));
        }
        // After so many answers clients, courier and relay are anywhere in their work.
        let some = u32::try_from(CLIENTS).unwrap() + u32::from(after % 32);
        let permits = round.acknowledged.acquire_many(some).await.unwrap();
        permits.forget();
        place.kill_and_serve().await;
        round.over.store(true, Ordering::Relaxed);
        acknowledged.extend(clients.join_all().await.into_iter().flatten());
    }
    place.all_left().await;

    let mut mails: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in place.relay.mails() {
        let [to] = &mail.to[..] else {
            panic!("one recipient: {:?}", mail.to)
        };
        let id = mail.header("Message-ID").to_owned();
        mails.entry(to.clone()).or_default().push(id);
    }
    let emails = format!("select email from aplus.account where email <> '{CHIEF}'");
    let accounts: Vec<String> = place.ground.column(&emails).await;
    let accounts: BTreeSet<_> = accounts.into_iter().collect();
    assert!(acknowledged.is_subset(&accounts), "an account is lost");
    // Each account's mail is there, and no other.
    assert_eq!(BTreeSet::from_iter(mails.keys().cloned()), accounts);
    for ids in mails.values() {
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    let twice = mails.values().filter(|ids| ids.len() > 1).count();
    println!(
        "counted: {KILLS} kills on {name}, {} acknowledged creations, {} accounts, a mail to each and to nobody else, {twice} of them \
         twice under one id",
        acknowledged.len(),
        accounts.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_is_told_whenever_servers_are_killed_on_sqlite() {
    each_account_is_told(Ground::sqlite().await, "SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_is_told_whenever_servers_are_killed_on_postgresql() {
    each_account_is_told(Ground::postgres().await, "PostgreSQL").await;
}
