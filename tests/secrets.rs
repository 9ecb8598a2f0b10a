//! Every token, session and browser value that a server gave out, and its key, are looked for in the database's own files, in a dump of
//! each table, in the exported journal and in all logs at their most talkative: none is there (L2). Links leave over a relay, which does
//! not always take them.
//!
//! `./check` builds the server; otherwise `cargo build --example server --all-features`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use aplus_test_postgres::Cluster;
use aplus_test_relay::{Event, Mode, Relay};
use axum::http::{Method, StatusCode};
use common::program::{Running, files, run, url};
use common::scene::KEY;
use common::shared::Shared;
use common::{Caller, bytes_of, holds};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection};

/// Far longer than a mail on one machine takes.
const SOON: Duration = Duration::from_secs(60);

/// How a server is told of the relay.
fn posting(relay: &Relay) -> [String; 6] {
    [
        "--smtp-url",
        &relay.url(),
        "--mail-from",
        "ne-pas-repondre@demo.example",
        "--support-address",
        "aide@demo.example",
    ]
    .map(str::to_owned)
}

/// A server with the demonstration, and what it gave out.
struct Town {
    server: Running,
    relay: Relay,
    secrets: BTreeMap<String, &'static str>,
    aidant: String,
}

impl Town {
    fn of(server: Running, relay: Relay) -> Self {
        Self {
            server,
            relay,
            secrets: BTreeMap::new(),
            aidant: String::new(),
        }
    }

    fn keep(&mut self, caller: &Caller) {
        for cookie in &caller.cookies {
            let (_, value) = cookie.split_once('=').unwrap();
            self.secrets.insert(value.to_owned(), "a cookie");
        }
    }

    /// The token of the next link to this address.
    fn token(&mut self, email: &str) -> String {
        let token = self.relay.wait(SOON, |event| match event {
            Event::Mail(mail) if mail.to == [email] => mail.token().map(str::to_owned),
            _ => None,
        });
        self.secrets.insert(token.clone(), "a token");
        token
    }

    async fn ask(&mut self, caller: &mut Caller, email: &str) -> String {
        let body = json!({ "email": email });
        let asked = caller.call(Method::POST, "/api/v1/login-links", Some(body));
        assert_eq!(asked.await.unwrap().status, StatusCode::ACCEPTED);
        self.keep(caller);
        self.token(email)
    }

    async fn open(&mut self, caller: &mut Caller, body: Value) -> (StatusCode, Value) {
        let opened = caller.call(Method::POST, "/api/v1/sessions", Some(body));
        let opened = opened.await.unwrap();
        self.keep(caller);
        (opened.status, opened.json)
    }

    async fn log_in(&mut self, email: &str) -> Caller {
        let mut caller = Caller::new(&self.server.origin);
        let token = self.ask(&mut caller, email).await;
        let opened = self.open(&mut caller, json!({ "token": token })).await;
        assert_eq!(opened.0, StatusCode::CREATED);
        caller
    }

    /// Links whose connection the relay closed meanwhile, and two that it has without saying so.
    async fn fail(&mut self) {
        for (step, does) in [
            ("mail", "421 4.4.2 idle for too long"),
            ("data", "close"),
            ("data", "silence"),
        ] {
            let mut caller = Caller::new(&self.server.origin);
            self.relay.set(json!({ (step): does, "once": true }));
            self.ask(&mut caller, "aidant@demo.example").await;
            self.relay.set(json!({ (step): null, "once": null }));
        }
    }

    /// Log-ins that succeed and fail, in the same and in another browser, a page, an order with its link, an end.
    async fn live(&mut self) {
        let mut chief = self.log_in("responsable@demo.example").await;
        self.fail().await;
        let mut again = Caller::new(&self.server.origin);
        let second = self.ask(&mut again, "responsable@demo.example").await;
        for (body, status) in [
            (
                json!({ "token": second, "more": second }),
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (
                json!({ "token": format!("{second}A") }),
                StatusCode::NOT_FOUND,
            ),
            (json!({ "token": second }), StatusCode::CREATED),
            (json!({ "token": second }), StatusCode::GONE),
        ] {
            assert_eq!(self.open(&mut again, body).await.0, status);
        }
        for path in ["/api/v1/me/journal", "/groupes", "/compte", "/nowhere"] {
            chief.call(Method::GET, path, None).await.unwrap();
        }
        let page = format!("/connexion/lien?jeton={second}");
        chief.call(Method::GET, &page, None).await.unwrap();

        let mut first = self.log_in("support1@demo.example").await;
        let mut other = self.log_in("support2@demo.example").await;
        let path = "/api/v1/support/accounts?email=aidant@demo.example";
        let found = first.call(Method::GET, path, None).await.unwrap();
        self.aidant = found.json["account"]["id"].as_str().unwrap().to_owned();
        let order = json!({
            "account": self.aidant,
            "email": "nouvelle@demo.example",
            "requester": { "kind": "person" },
            "reference": "lettre 12",
            "reason": "autre nom",
        });
        let proposed = first.call(Method::POST, "/api/v1/support/orders", Some(order));
        let proposed = proposed.await.unwrap();
        assert_eq!(proposed.status, StatusCode::CREATED, "{proposed:?}");
        let id = proposed.json["id"].as_str().unwrap();
        let approve = format!("/api/v1/support/orders/{id}/approve");
        let approved = other.call(Method::POST, &approve, None).await.unwrap();
        assert_eq!(approved.status, StatusCode::OK, "{approved:?}");
        let token = self.token("nouvelle@demo.example");
        let mut confirming = Caller::new(&self.server.origin);
        let body = json!({ "token": token, "email": "nouvelle@demo.example" });
        let opened = self.open(&mut confirming, body).await;
        assert_eq!(opened.0, StatusCode::CREATED, "{opened:?}");
        let ended = first.call(Method::DELETE, "/api/v1/sessions/current", None);
        assert_eq!(ended.await.unwrap().status, StatusCode::NO_CONTENT);
    }

    /// All that may be written somewhere of what was given out: as it is, as its bytes, as their digits.
    fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        assert!(self.secrets.len() >= 12, "{}", self.secrets.len());
        let forms = self.secrets.iter().flat_map(|(secret, what)| {
            let bytes = bytes_of(secret);
            assert_eq!(bytes.len(), 32, "{what}");
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            // Half of it would be too much.
            let half = secret.as_bytes()[..secret.len() / 2].to_vec();
            [(*what, half), (*what, bytes), (*what, digits.into_bytes())]
        });
        forms.chain([("the key", KEY.to_vec())]).collect()
    }

    fn is_in_none_of(&self, places: &[(String, Vec<u8>)]) {
        for (place, content) in places {
            for (what, form) in self.forms() {
                assert!(!holds(content, &form), "{what} stands in {place}");
            }
        }
        let bytes: usize = places.iter().map(|(_, content)| content.len()).sum();
        println!(
            "counted: {} secrets in none of {} places, {} kB",
            self.secrets.len(),
            places.len(),
            bytes / 1_024
        );
    }
}

fn read(file: PathBuf) -> (String, Vec<u8>) {
    (file.display().to_string(), std::fs::read(file).unwrap())
}

/// The exported journal, which holds what happened to this account.
fn exported(database: &str, folder: &Path, account: &str) -> (String, Vec<u8>) {
    let file = folder.join("export");
    let output = run(database, &["journal", "export", file.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let export = read(file);
    assert!(holds(&export.1, account.as_bytes()));
    assert!(holds(&export.1, b"order_carried_out"));
    export
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_no_secret_is_left_anywhere() {
    let (folder, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (database, log) = (
        url(&folder.path().join("aplus.db")),
        folder.path().join("log"),
    );
    let key = own.path().join("key");
    std::fs::write(&key, KEY).unwrap();
    let key = key.to_str().unwrap();
    let relay = Relay::start(Mode::Plain);
    let options = ["--demo", "--database-url", &database, "--key-file", key];
    let options = options
        .map(str::to_owned)
        .into_iter()
        .chain(posting(&relay));
    let options: Vec<_> = options.collect();
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    let mut town = Town::of(Running::serve_logging(&options, &log), relay);
    town.live().await;
    // With the log that SQLite writes ahead, while the server runs.
    let mut places: Vec<_> = files(folder.path()).into_iter().map(read).collect();
    assert!(town.server.stop().success());
    places.extend(files(folder.path()).into_iter().map(read));
    places.push(exported(&database, folder.path(), &town.aidant));
    assert!(places.iter().any(|(_, content)| holds(content, b"DEBUG")));
    assert!(
        places
            .iter()
            .any(|(_, content)| holds(content, b"support1@demo.example"))
    );
    town.is_in_none_of(&places);
}

/// Each table as text.
async fn dump(shared: &Shared, port: u16) -> (String, Vec<u8>) {
    let mut admin = shared.admin(port).await;
    let tables = "select relname::text from pg_class where relnamespace = 'aplus'::regnamespace and relkind = 'r'";
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&mut admin)
        .await
        .unwrap();
    let mut whole = String::new();
    for table in &tables {
        let lines =
            format!("select coalesce(string_agg(t::text, chr(10)), '') from aplus.{table} t");
        let lines: String = sqlx::query_scalar(AssertSqlSafe(lines))
            .fetch_one(&mut admin)
            .await
            .unwrap();
        whole.push_str(&lines);
    }
    // So that the tables' own files hold it too.
    sqlx::query("checkpoint").execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    (
        format!("a dump of {} tables", tables.len()),
        whole.into_bytes(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_no_secret_is_left_anywhere() {
    let cluster = Cluster::start(&[
        ("log_statement", "all"),
        ("log_min_duration_statement", "0"),
    ])
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (shared, port) = (Shared::on(&cluster).await, cluster.port());
    let log = folder.path().join("log");
    let relay = Relay::start(Mode::Plain);
    let posting = posting(&relay);
    let posting = posting.each_ref().map(String::as_str);
    let mut town = Town::of(shared.serve_demo_logging(port, &posting, &log), relay);
    town.live().await;
    let dump = dump(&shared, port).await;
    assert!(holds(&dump.1, b"support1@demo.example"));
    assert!(town.server.stop().success());
    let log = read(log);
    assert!(holds(&log.1, b"DEBUG"));
    let export = exported(&shared.url(port), folder.path(), &town.aidant);
    town.is_in_none_of(&[dump, log, export]);

    // What the database keeps of its own: its files, its log ahead, and its log with the values of each statement.
    let patterns = folder.path().join("patterns");
    let is_found = |patterns_of: &[&str]| {
        std::fs::write(&patterns, patterns_of.join("\n")).unwrap();
        let found = Command::new("grep")
            .args(["-rlaF", "-f"])
            .args([&patterns, cluster.socket_folder()])
            .output()
            .unwrap();
        String::from_utf8(found.stdout).unwrap()
    };
    let known = is_found(&["support1@demo.example"]);
    assert!(known.lines().count() >= 3, "{known}");
    let secrets: Vec<_> = town.secrets.keys().map(String::as_str).collect();
    assert_eq!(is_found(&secrets), "");
    let forms = town.forms();
    let digits: Vec<_> = forms
        .iter()
        .filter_map(|(_, form)| std::str::from_utf8(form).ok())
        .collect();
    assert_eq!(is_found(&digits), "");
}
