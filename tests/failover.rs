//! `kill -9` of the primary under load from two servers, and the promotion of its synchronous standby: nothing that was
//! acknowledged is lost, and a request whose answer was lost is carried out once.
//!
//! The servers are the example; `./check` builds it, otherwise `cargo build --example server --all-features`. They reach their
//! database through a forwarder that is led to the new primary, as HAProxy is by Patroni. `APLUS_TEST_FAILOVERS` says how
//! many cycles there are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod common;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aplus::{EmailAddress, GroupId, Role, test_util};
use aplus_test_postgres::Cluster;
use axum::http::{Method, StatusCode};
use common::forwarder::Forwarder;
use common::shared::Shared;
use common::{Answer, Caller, Tokens, key, scene};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::PgConnection;
use tokio::sync::Semaphore;

const CYCLES: usize = 5;
const CLIENTS: usize = 6;

/// How many links each client has to confirm.
const LINKS: usize = 10;

/// Before a request is repeated.
const PAUSE: Duration = Duration::from_millis(20);

/// What the clients have in common.
#[derive(Default)]
struct Course {
    unknown: AtomicUsize,
    busy: AtomicUsize,
    promoted: AtomicBool,
}

struct Client {
    number: usize,
    /// Of a responsable, on either server.
    callers: [Caller; 2],
    group: GroupId,
    browser: String,
    links: Vec<(String, String)>,
    file: PathBuf,
    course: Arc<Course>,
    acknowledgements: Arc<Semaphore>,
}

/// What a client was told was done, as its file holds it.
#[derive(Default)]
struct Told {
    created: Vec<(String, String)>,
    deactivated: Vec<String>,
    edited: Vec<String>,
    /// An address, and the cookie of its session.
    logged_in: Vec<(String, String)>,
}

/// Sends a request to one server and the other in turn, under one key, until its answer is definite.
async fn definite(
    mut callers: [Caller; 2],
    course: &Course,
    (method, path, body): (Method, &str, Option<Value>),
) -> Answer {
    let key = key();
    loop {
        let answer = callers[0].call_as(key, method.clone(), path, body.clone());
        let answer = answer.await.unwrap();
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return answer;
        }
        match answer.code() {
            "unknown_outcome" => &course.unknown,
            "busy" => &course.busy,
            _ => panic!("{answer:?}"),
        }
        .fetch_add(1, Ordering::Relaxed);
        callers.swap(0, 1);
        tokio::time::sleep(PAUSE).await;
    }
}

impl Client {
    /// Acts until some acts after the promotion; writes each answer down before the next request.
    async fn act(self) {
        let mut file = std::fs::File::create(&self.file).unwrap();
        let mut tell = |what: &str, whom: &str, more: &str| {
            writeln!(file, "{what}\t{whom}\t{more}").unwrap();
            self.acknowledgements.add_permits(1);
        };
        let mut links = self.links.iter();
        let mut after = 0;
        for number in 0.. {
            after += usize::from(self.course.promoted.load(Ordering::Relaxed));
            if after > 3 {
                return;
            }
            let mut callers = self.callers.clone();
            callers.rotate_left((self.number + number) % 2);
            let ask =
                |method, path, body| definite(callers.clone(), &self.course, (method, path, body));

            let email = format!("prenom{}.nom{number}@mairie.example", self.number);
            let body = json!({ "email": email, "roles": ["aidant"] });
            let path = format!("/api/v1/groups/{}/accounts", self.group);
            let created = ask(Method::POST, &path, Some(body)).await;
            assert_eq!(created.status, StatusCode::CREATED, "{created:?}");
            let id = created.json["id"].as_str().unwrap();
            tell("created", &email, id);

            let title = format!("Poste {number}");
            let body = json!({ "job_title": title });
            let edited = ask(Method::PATCH, "/api/v1/me", Some(body)).await;
            assert_eq!(edited.status, StatusCode::OK, "{edited:?}");
            assert_eq!(edited.json["job_title"], title.as_str());
            tell("edited", &title, "");

            if number % 2 == 0 {
                let path = format!("/api/v1/accounts/{id}/deactivate");
                let gone = ask(Method::POST, &path, None).await;
                assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
                tell("deactivated", id, "");
            }

            if let Some((email, token)) = links.next() {
                let cookie = self.log_in(token).await;
                tell("logged_in", email, &cookie);
            }
        }
    }

    /// Confirms a link twice at once, on either server first: one of the two logs in.
    async fn log_in(&self, token: &str) -> String {
        let mut callers = self.callers.clone();
        for caller in &mut callers {
            caller.cookies = vec![self.browser.clone()];
        }
        let confirm = |callers| {
            let body = json!({ "token": token });
            definite(
                callers,
                &self.course,
                (Method::POST, "/api/v1/sessions", Some(body)),
            )
        };
        let mut others = callers.clone();
        others.swap(0, 1);
        let (one, other) = tokio::join!(confirm(callers), confirm(others));
        let (opened, used) = match one.status {
            StatusCode::CREATED => (one, other),
            _ => (other, one),
        };
        assert_eq!(opened.status, StatusCode::CREATED, "{opened:?}, {used:?}");
        assert_eq!(
            (used.status, used.code()),
            (StatusCode::GONE, "link_used"),
            "{used:?}"
        );
        let session = |cookie: &&String| cookie.starts_with("aplus=");
        opened.cookies.iter().find(session).unwrap().clone()
    }
}

impl Told {
    fn read(files: &[PathBuf]) -> Self {
        let mut told = Self::default();
        for file in files {
            for line in std::fs::read_to_string(file).unwrap().lines() {
                let [what, whom, more] = line.split('\t').collect::<Vec<_>>()[..] else {
                    panic!("{line}")
                };
                let (whom, more) = (whom.to_owned(), more.to_owned());
                match what {
                    "created" => told.created.push((whom, more)),
                    "edited" => told.edited.push(whom),
                    "deactivated" => told.deactivated.push(whom),
                    _ => told.logged_in.push((whom, more)),
                }
            }
        }
        told
    }

    fn len(&self) -> usize {
        self.created.len() + self.edited.len() + self.deactivated.len() + self.logged_in.len()
    }
}

async fn count(database: &mut PgConnection, statement: &'static str) -> usize {
    let count: i64 = sqlx::query_scalar(statement)
        .fetch_one(database)
        .await
        .unwrap();
    usize::try_from(count).unwrap()
}

/// Each statement counts what is not as it should be: acts without entry, entries without act, links used twice.
const FAULTS: [&str; 5] = [
    "select count(*) from aplus.account a full join (
        select account_id, count(*) as times from aplus.journal_entry where kind = 'account_created' group by 1
    ) as e on e.account_id = a.id where a.id is null or e.times is distinct from 1",
    "select count(*) from (select id from aplus.account where status = 'deactivated' and epoch = 1) as a full join (
        select account_id, count(*) as times from aplus.journal_entry where kind = 'account_deactivated' group by 1
    ) as e on e.account_id = a.id where a.id is null or e.times is distinct from 1",
    "select count(*) from aplus.session s full join (
        select (details::jsonb ->> 'session')::uuid as id, (details::jsonb ->> 'link')::uuid as link_id, count(*) as times
        from aplus.journal_entry where kind = 'logged_in' group by 1, 2
    ) as e on e.id = s.id and e.link_id = s.link_id where s.id is null or e.times is distinct from 1",
    "select count(*) from aplus.session s full join (select * from aplus.link where used_at is not null) as l
        on l.id = s.link_id and l.session_id = s.id where s.id is null or l.id is null",
    "select count(*) from aplus.journal_entry e full join aplus.journal_erasable x on x.entry_id = e.id
        where e.id is null or x.entry_id is null",
];

/// Holds what the clients were told to what stands in the database.
async fn judge(told: &Told, database: &mut PgConnection, people: usize) {
    for (email, id) in &told.created {
        let found: Option<String> =
            sqlx::query_scalar("select id::text from aplus.account where email = $1")
                .bind(email)
                .fetch_optional(&mut *database)
                .await
                .unwrap();
        assert_eq!(found.as_ref(), Some(id), "{email} was acknowledged");
    }
    for id in &told.deactivated {
        let status: String =
            sqlx::query_scalar("select status from aplus.account where id = $1::uuid")
                .bind(id)
                .fetch_one(&mut *database)
                .await
                .unwrap();
        assert_eq!(status, "deactivated", "{id}");
    }
    for statement in FAULTS {
        assert_eq!(count(database, statement).await, 0, "{statement}");
    }
    // All requests came to a definite answer: as many were carried out as were acknowledged.
    for (statement, expected) in [
        (
            "select count(*) from aplus.account",
            told.created.len() + people,
        ),
        (
            "select count(*) from aplus.account where status = 'deactivated'",
            told.deactivated.len(),
        ),
        (
            "select count(*) from aplus.journal_entry where kind = 'profile_edited'",
            told.edited.len(),
        ),
        // The responsables logged in before.
        (
            "select count(*) from aplus.session",
            told.logged_in.len() + CLIENTS,
        ),
        (
            "select count(*) from aplus.journal_entry where request_id is not null",
            told.len(),
        ),
        // One to each new account: its mail was queued with it.
        (
            "select count(*) from aplus.outbox where kind = 'welcome'",
            told.created.len(),
        ),
        (
            "select count(*) from aplus.journal_entry where kind = 'refused'",
            0,
        ),
    ] {
        assert_eq!(count(database, statement).await, expected, "{statement}");
    }
}

/// One cycle; what was told, how often it was unknown and how often nothing was done.
async fn fail_over(cycle: usize) -> (usize, usize, usize) {
    let mut primary = Cluster::start(&[]).unwrap();
    let shared = Shared::on(&primary).await;
    let tokens = Tokens::default();
    let store = shared.store(primary.port()).await;
    let aplus = scene::library(store.clone(), tokens.clone());
    let names = |role: &str, number: usize| -> Vec<String> {
        (0..number)
            .map(|number| format!("{role}.numero{number}@mairie.example"))
            .collect()
    };
    let (chiefs, people) = (
        names("responsable", CLIENTS),
        names("aidant", CLIENTS * LINKS),
    );
    // Support alone gives a group its first responsable only (A7).
    let mut groups = Vec::new();
    for (chief, people) in chiefs.iter().zip(people.chunks(LINKS)) {
        let group = scene::group(&aplus, &format!("Mairie de {chief}")).await;
        scene::accounts(
            &aplus,
            group,
            Role::Responsable,
            std::slice::from_ref(chief),
        )
        .await;
        scene::accounts(&aplus, group, Role::Aidant, people).await;
        groups.push(group);
    }
    let (browser, links) = scene::links(&aplus, &tokens, &people).await;
    let mut cookies = Vec::new();
    for chief in &chiefs {
        let chief = EmailAddress::parse(chief).unwrap();
        let opened = test_util::log_in(&aplus, &chief).await.unwrap();
        let secret = opened.secret.reveal();
        cookies.push(format!("aplus={}", secret.expose_secret()));
    }
    store.close().await;
    let standby = primary.standby().unwrap();
    let forwarder = Forwarder::to(primary.port()).await;
    let servers = [(); 2].map(|()| shared.serve(forwarder.port(), &[]));

    let folder = tempfile::tempdir().unwrap();
    let course = Arc::new(Course::default());
    let acknowledgements = Arc::new(Semaphore::new(0));
    let mut files = Vec::new();
    let mut running = tokio::task::JoinSet::new();
    for (number, cookie) in cookies.into_iter().enumerate() {
        files.push(folder.path().join(format!("client{number}")));
        let client = Client {
            number,
            callers: [0, 1].map(|server: usize| {
                let mut caller = Caller::new(&servers[server].origin);
                caller.cookies.push(cookie.clone());
                caller
            }),
            group: groups[number],
            browser: browser.clone(),
            links: links
                .iter()
                .skip(number)
                .step_by(CLIENTS)
                .cloned()
                .collect(),
            file: files[number].clone(),
            course: course.clone(),
            acknowledgements: acknowledgements.clone(),
        };
        running.spawn(client.act());
    }
    let mut random = [0];
    getrandom::fill(&mut random).unwrap();
    let before = 4 * CLIENTS as u32 + u32::from(random[0] % 64);
    acknowledgements
        .acquire_many(before)
        .await
        .unwrap()
        .forget();
    primary.kill().unwrap();
    // A proxy notices at once or late, and may lead to a standby that is none yet.
    forwarder.lead_to((cycle % 2 == 1).then(|| standby.port()));
    standby.promote().unwrap();
    if cycle.is_multiple_of(2) {
        forwarder.lead_to(Some(standby.port()));
    }
    course.promoted.store(true, Ordering::Relaxed);
    running.join_all().await;

    let told = Told::read(&files);
    let mut database = shared.admin(standby.port()).await;
    judge(&told, &mut database, chiefs.len() + people.len()).await;
    for (email, cookie) in &told.logged_in {
        let mut caller = Caller::new(&servers[0].origin);
        caller.cookies.push(cookie.clone());
        let me = caller.call(Method::GET, "/api/v1/me", None).await.unwrap();
        assert_eq!(
            (me.status, me.json["email"].as_str()),
            (StatusCode::OK, Some(email.as_str()))
        );
    }
    (
        told.len(),
        course.unknown.load(Ordering::Relaxed),
        course.busy.load(Ordering::Relaxed),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_survives_the_primary() {
    let cycles = std::env::var("APLUS_TEST_FAILOVERS");
    let cycles = cycles.map_or(CYCLES, |cycles| cycles.parse().unwrap());
    let started = Instant::now();
    let (mut told, mut unknown, mut busy) = (0, 0, 0);
    for cycle in 0..cycles {
        let counted = fail_over(cycle).await;
        told += counted.0;
        unknown += counted.1;
        busy += counted.2;
    }
    assert!(unknown + busy > 0, "nobody noticed");
    println!(
        "counted: {cycles} failovers, {told} acknowledged acts, 0 lost; {unknown} unknown outcomes and {busy} not done, each \
         repeated and carried out once, {} s",
        started.elapsed().as_secs()
    );
}
