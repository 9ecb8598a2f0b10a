//! What nobody knows is said to be unknown, and the same request with the same key tells the one true answer.
//!
//! A statement is held by a lock, and then its backend is ended, its answer lost on the way, or its time over. The server is
//! the example; `./check` builds it, otherwise `cargo build --example server --all-features`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod common;

use std::time::{Duration, Instant};

use aplus::{EmailAddress, GroupId, Role, test_util};
use aplus_test_postgres::Cluster;
use axum::http::{Method, StatusCode};
use common::forwarder::Forwarder;
use common::program::Running;
use common::shared::Shared;
use common::{Answer, Caller, Tokens, key, scene};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// How many connections a server holds.
const CONNECTIONS: usize = 10;

/// A server behind a forwarder, a responsable who is logged in, and people with links.
struct Place {
    server: Running,
    forwarder: Forwarder,
    chief: Caller,
    group: GroupId,
    browser: String,
    links: Vec<(String, String)>,
    shared: Shared,
    cluster: Cluster,
}

/// One unsafe request.
#[derive(Clone)]
struct Request {
    caller: Caller,
    key: Uuid,
    path: String,
    body: Value,
}

impl Request {
    fn send(&self) -> JoinHandle<Answer> {
        let Self {
            mut caller,
            key,
            path,
            body,
        } = self.clone();
        tokio::spawn(async move {
            let answer = caller.call_as(key, Method::POST, &path, Some(body));
            answer.await.unwrap()
        })
    }
}

/// A transaction that holds a lock until it is released.
struct Holder {
    holder: PgConnection,
    /// Sees who waits: within a transaction the statistics stand still.
    observer: PgConnection,
}

impl Place {
    async fn new() -> Self {
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
        let people: Vec<_> = (0..20)
            .map(|number| format!("prenom.nom{number}@mairie.example"))
            .collect();
        scene::accounts(&aplus, group, Role::Aidant, &people).await;
        let (browser, links) = scene::links(&aplus, &tokens, &people).await;
        let chief = EmailAddress::parse(&chief).unwrap();
        let opened = test_util::log_in(&aplus, &chief).await.unwrap();
        let forwarder = Forwarder::to(cluster.port()).await;
        let server = shared.serve(forwarder.port(), &[]);
        let mut chief = Caller::new(&server.origin);
        let secret = opened.secret.reveal();
        chief
            .cookies
            .push(format!("aplus={}", secret.expose_secret()));
        Self {
            server,
            forwarder,
            chief,
            group,
            browser,
            links,
            shared,
            cluster,
        }
    }

    /// Creates an account of this number.
    fn creation(&self, number: usize) -> Request {
        let email = format!("nouveau.compte{number}@mairie.example");
        Request {
            caller: self.chief.clone(),
            key: key(),
            path: format!("/api/v1/groups/{}/accounts", self.group),
            body: json!({ "email": email, "roles": ["aidant"] }),
        }
    }

    /// Logs the person of this number in, in the browser that asked.
    fn log_in(&self, number: usize) -> Request {
        let mut caller = Caller::new(&self.server.origin);
        caller.cookies.push(self.browser.clone());
        Request {
            caller,
            key: key(),
            path: "/api/v1/sessions".to_owned(),
            body: json!({ "token": self.links[number].1 }),
        }
    }

    /// Asks who is logged in, as the responsable.
    fn me(&self) -> JoinHandle<Answer> {
        let mut chief = self.chief.clone();
        tokio::spawn(async move {
            let answer = chief.call(Method::GET, "/api/v1/me", None).await;
            answer.unwrap()
        })
    }

    /// Locks the account with this address, as somebody does who changes it.
    async fn lock(&self, email: &str) -> Holder {
        self.hold(
            "select from aplus.account where email = 'EMAIL' for update",
            email,
        )
        .await
    }

    /// Runs the statement in a transaction that stays open.
    async fn hold(&self, statement: &str, email: &str) -> Holder {
        let mut holder = self.shared.admin(self.cluster.port()).await;
        let statement = format!("begin; {}", statement.replace("EMAIL", email));
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut holder)
            .await
            .unwrap();
        let observer = self.shared.admin(self.cluster.port()).await;
        Holder { holder, observer }
    }

    /// How many accounts, entries and sessions there are of what these requests make.
    async fn made(&self) -> (i64, i64, i64, i64) {
        sqlx::query_as(
            "select (select count(*) from aplus.account where email like 'nouveau.%'),
                (select count(*) from aplus.journal_entry where request_id is not null and kind = 'account_created'),
                (select count(*) from aplus.session),
                (select count(*) from aplus.journal_entry where kind = 'logged_in')",
        )
        .fetch_one(&mut self.shared.admin(self.cluster.port()).await)
        .await
        .unwrap()
    }
}

impl Holder {
    /// Waits until so many statements of requests wait for a lock: their process ids, and the ports that they come from.
    async fn waiting(&mut self, number: usize, answer: &mut JoinHandle<Answer>) -> Vec<(i32, u16)> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let rows: Vec<(i32, i32)> = sqlx::query_as(
                "select pid, client_port from pg_stat_activity
                where wait_event_type = 'Lock' and query !~ 'login_request|outbox m|refusal_count' order by query_start",
            )
            .fetch_all(&mut self.observer)
            .await
            .unwrap();
            if rows.len() == number {
                let rows = rows.into_iter();
                return rows
                    .map(|(process, port)| (process, u16::try_from(port).unwrap()))
                    .collect();
            }
            assert!(
                Instant::now() < until && !answer.is_finished(),
                "{number} are awaited, {rows:?} wait"
            );
            tokio::task::yield_now().await;
        }
    }

    /// Waits until at least so many statements wait for a lock, whoever sent them.
    async fn wait_for(&mut self, number: usize) {
        let until = Instant::now() + Duration::from_secs(40);
        let mut waiting = 0;
        while waiting < i64::try_from(number).unwrap() {
            waiting = sqlx::query_scalar(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'",
            )
            .fetch_one(&mut self.observer)
            .await
            .unwrap();
            assert!(
                Instant::now() < until,
                "{number} are awaited, {waiting} wait"
            );
        }
    }

    async fn terminate(&mut self, process: i32) {
        let ended: bool = sqlx::query_scalar("select pg_terminate_backend($1, 5000)")
            .bind(process)
            .fetch_one(&mut self.observer)
            .await
            .unwrap();
        assert!(ended);
    }

    async fn release(mut self) {
        sqlx::raw_sql("commit")
            .execute(&mut self.holder)
            .await
            .unwrap();
    }
}

/// What a server says that finds no room for its log, and then is no more.
const PANIC: &[u8] = b"E\0\0\0\x2cSPANIC\0VPANIC\0C53100\0Mno space for WAL\0\0";

fn is_unknown(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "unknown_outcome"),
        "{answer:?}"
    );
}

fn is_done(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
}

fn is_camille(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.json["email"], "camille.martin@mairie.example");
}

/// A creation and a log-in, with the address whose account they lock.
fn both(place: &Place, number: usize) -> [(Request, String); 2] {
    let chief = "camille.martin@mairie.example".to_owned();
    [
        (place.creation(number), chief),
        (place.log_in(number), place.links[number].0.clone()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_ended_backend_a_lost_answer_and_a_deadline_are_unknown_and_the_same_key_tells() {
    let place = Place::new().await;
    let mut number = 0;

    // The backend is ended before the statement: nothing was done, which the server cannot know.
    for (request, email) in both(&place, number) {
        let mut holder = place.lock(&email).await;
        let mut answer = request.send();
        let [(process, _)] = holder.waiting(1, &mut answer).await[..] else {
            panic!("another statement waits")
        };
        holder.terminate(process).await;
        is_unknown(&answer.await.unwrap());
        holder.release().await;
    }
    assert_eq!(place.made().await, (0, 0, 1, 1));
    // Each request is another one now: what nobody repeats is not done.
    for (request, _) in both(&place, number) {
        let first = request.send().await.unwrap();
        is_done(&first);
        let again = request.send().await.unwrap();
        is_done(&again);
        assert_eq!(first.json, again.json);
    }
    assert_eq!(place.made().await, (1, 1, 2, 2));

    // The statement goes through, and its answer is lost, or it is the last word of a server that breaks down.
    for (round, instead) in [&b""[..], PANIC].into_iter().enumerate() {
        number += 1;
        for (request, email) in both(&place, number) {
            let mut holder = place.lock(&email).await;
            let mut answer = request.send();
            let [(_, port)] = holder.waiting(1, &mut answer).await[..] else {
                panic!("another statement waits")
            };
            place.forwarder.say(port, instead);
            holder.release().await;
            is_unknown(&answer.await.unwrap());
            is_done(&request.send().await.unwrap());
        }
        let made = 2 + i64::try_from(round).unwrap();
        assert_eq!(place.made().await, (made, made, made + 1, made + 1));
    }

    // The connection is lost while the statement waits; the same request comes before it goes through.
    for _ in 0..5 {
        number += 1;
        for (request, email) in both(&place, number) {
            let mut holder = place.lock(&email).await;
            let mut answer = request.send();
            let [(_, port)] = holder.waiting(1, &mut answer).await[..] else {
                panic!("another statement waits")
            };
            place.forwarder.cut(port);
            is_unknown(&answer.await.unwrap());
            let mut answer = request.send();
            holder.waiting(2, &mut answer).await;
            holder.release().await;
            let answer = answer.await.unwrap();
            is_done(&answer);
            assert_eq!(request.send().await.unwrap().json, answer.json);
        }
    }
    assert_eq!(place.made().await, (8, 8, 9, 9));

    // The time is over.
    number += 1;
    let mut waiting = Vec::new();
    for (request, email) in both(&place, number) {
        let mut holder = place.lock(&email).await;
        let mut answer = request.send();
        holder.waiting(waiting.len() + 1, &mut answer).await;
        waiting.push((request, holder, answer));
    }
    for (request, holder, answer) in waiting {
        is_unknown(&answer.await.unwrap());
        holder.release().await;
        is_done(&request.send().await.unwrap());
    }
    assert_eq!(place.made().await, (9, 9, 10, 10));
    println!("counted: 18 unknown outcomes, each told by the same key, each act done once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_connection_cut_during_a_read_is_not_noticed() {
    let place = Place::new().await;
    // The session is read.
    let mut holder = place
        .hold("lock table aplus.account in access exclusive mode", "")
        .await;
    let mut answer = place.me();
    let [(_, port)] = holder.waiting(1, &mut answer).await[..] else {
        panic!("another statement waits")
    };
    place.forwarder.cut(port);
    // On another connection.
    while holder
        .waiting(2, &mut answer)
        .await
        .iter()
        .all(|(_, it)| *it == port)
    {}
    holder.release().await;
    is_camille(&answer.await.unwrap());
}

/// A request may be the first for a minute, and its use of the session is to be noted.
const NOT_SEEN: &str = "alter table aplus.session disable trigger user;
    update aplus.session set opened_at = opened_at - 120000000, last_seen_at = last_seen_at - 120000000;
    alter table aplus.session enable always trigger session_keeps;";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_counts_although_its_use_cannot_be_noted() {
    let place = Place::new().await;
    // It takes too long.
    let held = format!("{NOT_SEEN} commit; begin; select from aplus.session for update");
    let mut holder = place.hold(&held, "").await;
    let start = Instant::now();
    let mut answer = place.me();
    holder.waiting(1, &mut answer).await;
    is_camille(&answer.await.unwrap());
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "no deadline is awaited"
    );
    holder.release().await;
    // It fails.
    let fails = format!(
        "{NOT_SEEN} create function aplus.fails() returns trigger language plpgsql as 'begin raise exception $$no$$; end';
        create trigger fails before update on aplus.session for each row execute function aplus.fails()"
    );
    place.hold(&fails, "").await.release().await;
    is_camille(&place.me().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_a_restart_of_the_database_one_request_at_most_fails() {
    let mut place = Place::new().await;
    let mut failed = 0;
    for round in 0..4 {
        // So many at once that the pool is full of connections, which all die.
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..32 {
            let mut chief = place.chief.clone();
            running.spawn(async move { chief.call(Method::GET, "/api/v1/groups", None).await });
        }
        for answer in running.join_all().await {
            assert_eq!(answer.unwrap().status, StatusCode::OK);
        }
        place.cluster.restart().unwrap();
        let mut chief = place.chief.clone();
        let (method, path, body) = match round % 2 {
            0 => (Method::GET, "/api/v1/me", None),
            _ => {
                let body = json!({ "email": "camille.martin@mairie.example" });
                (Method::POST, "/api/v1/login-links", Some(body))
            }
        };
        let first = chief
            .call(method.clone(), path, body.clone())
            .await
            .unwrap();
        if first.status == StatusCode::SERVICE_UNAVAILABLE {
            failed += 1;
        } else {
            assert!(first.status.is_success(), "{first:?}");
        }
        let next = chief.call(method, path, body).await.unwrap();
        assert!(next.status.is_success(), "{next:?}");
    }
    println!(
        "counted: 4 restarts of the database, {failed} requests answered 503, each followed by a success"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_who_go_away_leave_no_connection_behind() {
    let place = Place::new().await;
    let me = async || {
        let mut chief = place.chief.clone();
        chief.call(Method::GET, "/api/v1/me", None).await.unwrap()
    };
    assert_eq!(me().await.status, StatusCode::OK);
    // Each takes a connection of the pool, waits a second for an answer that never comes, and goes away.
    let mut holder = place
        .hold("lock table aplus.account in access exclusive mode", "")
        .await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut chief = place.chief.clone();
        callers.spawn(async move { chief.call(Method::GET, "/api/v1/me", None).await.is_ok() });
    }
    holder.wait_for(CONNECTIONS - 1).await;
    place.forwarder.hold_all();
    callers.shutdown().await;
    holder.release().await;

    // The pool has as many as before, and all of them answer.
    let mut holder = place
        .hold("lock table aplus.account in access exclusive mode", "")
        .await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut chief = place.chief.clone();
        callers.spawn(async move {
            loop {
                let me = chief.call(Method::GET, "/api/v1/me", None).await.unwrap();
                if me.status == StatusCode::OK {
                    return;
                }
                assert_eq!(me.status, StatusCode::SERVICE_UNAVAILABLE, "{me:?}");
            }
        });
    }
    holder.wait_for(CONNECTIONS - 1).await;
    holder.release().await;
    callers.join_all().await;
}
