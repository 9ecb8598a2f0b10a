//! The example server with a real relay: its options, its end in the middle of a mail, what it leaves on the disk, and how fast it
//! answers meanwhile.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use aplus_test_relay::{Event, Mode, Relay};
use axum::http::{Method, StatusCode};
use common::program::{Running, files, run, server, url};
use common::{Caller, bytes_of, holds};
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

const FROM: [&str; 4] = [
    "--mail-from",
    "ne-pas-repondre@aplus.example.fr",
    "--support-address",
    "aide@aplus.example.fr",
];

fn refused(output: Output) -> String {
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "one sentence: {error}");
    error
}

async fn ask(caller: &mut Caller, email: &str) {
    let body = Some(json!({ "email": email }));
    let asked = caller.call(Method::POST, "/api/v1/login-links", body);
    assert_eq!(asked.await.unwrap().status, StatusCode::ACCEPTED);
}

async fn log_in(caller: &mut Caller, token: &str) -> StatusCode {
    let body = Some(json!({ "token": token }));
    let opened = caller.call(Method::POST, "/api/v1/sessions", body);
    opened.await.unwrap().status
}

#[test]
fn a_wrong_combination_is_one_sentence_and_shows_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let database = url(&folder.path().join("aplus.db"));
    let key = folder.path().join("key");
    std::fs::write(&key, common::scene::KEY).unwrap();
    let key = key.display().to_string();
    let secure = [
        "--public-url",
        "https://aplus.example.fr",
        "--key-file",
        &key,
    ];
    let relay = ["--smtp-url", "smtps://agent:s3cret@relay.example.fr"];
    let here = ["--listen", "127.0.0.1:0"];
    for (options, told) in [
        ([&here[..], &secure].concat(), "without --smtp-url"),
        (
            [&["--listen", "0.0.0.0:0"][..], &secure].concat(),
            "without --smtp-url",
        ),
        (
            [&["--listen", "0.0.0.0:0"][..], &relay].concat(),
            "--public-url",
        ),
        (
            [
                &[
                    "--listen",
                    "0.0.0.0:0",
                    "--public-url",
                    "http://localhost:3000",
                ][..],
                &relay,
                &FROM,
            ]
            .concat(),
            "must be https",
        ),
        ([&here[..], &secure[..2], &relay].concat(), "--key-file"),
        ([&here[..], &relay].concat(), "--mail-from"),
        (
            [
                &here[..],
                &FROM,
                &["--smtp-url", "smtp://agent:s3cret@relay.example.fr"],
            ]
            .concat(),
            "this machine only",
        ),
        (
            [
                &here[..],
                &FROM,
                &["--smtp-url", "smtps://agent:s3cret@relay_example"],
            ]
            .concat(),
            "--smtp-url",
        ),
        (
            [&here[..], &["--dkim-selector", "a2026"]].concat(),
            "needs --smtp-url",
        ),
        (
            [&here[..], &FROM, &relay, &["--dkim-selector", "a2026"]].concat(),
            "go together",
        ),
        (
            [&here[..], &FROM, &relay, &["--smtp-root-certificate", &key]].concat(),
            "PEM",
        ),
    ] {
        let error = refused(run(&database, &options));
        assert!(error.contains(told), "{options:?}: {error}");
        assert!(
            !error.contains("s3cret") && !error.contains("agent:"),
            "{error}"
        );
    }
    assert_eq!(
        files(folder.path()).len(),
        1,
        "nothing but the key is there"
    );
}

#[test]
fn with_a_relay_it_serves_beyond_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, common::scene::KEY).unwrap();
    let mut child = server()
        .args(["--database-url", &url(&folder.path().join("aplus.db"))])
        .args([
            "--listen",
            "0.0.0.0:0",
            "--key-file",
            &key.display().to_string(),
        ])
        .args(["--public-url", "https://aplus.example.fr"])
        .args(["--smtp-url", "smtps://agent:s3cret@relay.example.fr"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told: Vec<_> = lines.by_ref().take(3).map(Result::unwrap).collect();
    let told = told.join("\n");
    assert!(
        told.contains("https://aplus.example.fr/connexion"),
        "{told}"
    );
    assert!(told.contains("relay.example.fr:465"), "{told}");
    assert!(told.contains("ne-pas-repondre@aplus.example.fr"), "{told}");
    assert!(
        !told.contains("s3cret") && !told.contains("agent"),
        "{told}"
    );
    let (_, port) = told.split_once("0.0.0.0:").unwrap();
    let port: u16 = port.lines().next().unwrap().parse().unwrap();
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET /dev/mailbox HTTP/1.1\r\nHost: aplus.example.fr\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status).unwrap();
    assert!(status.starts_with("HTTP/1.1 404 "), "{status}");
    child.kill().unwrap();
    child.wait().unwrap();
}

fn serve(database: &Path, relay: &Relay, log: &Path) -> Running {
    let (database, smtp) = (url(database), relay.url());
    let options = ["--demo", "--database-url", &database, "--smtp-url", &smtp];
    Running::serve_logging(&[&options[..], &FROM].concat(), log)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_handed_over_and_not_noted_comes_again_as_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (database, log) = (folder.path().join("aplus.db"), folder.path().join("log"));
    // The relay has the mail, and its word that it has never comes.
    let mut relay = Relay::start_with(Mode::Plain, json!({ "data": "silence" }));
    let mut server = serve(&database, &relay, &log);
    let mut caller = Caller::new(&server.origin);
    ask(&mut caller, "aidant@demo.example").await;
    let first = relay.mail(SOON);
    server.kill();
    relay.set(json!({ "data": null }));

    // The claim of the process that is gone would end after a minute.
    let server = serve(&database, &relay, &log);
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url(&database))
        .await
        .unwrap();
    sqlx::query("update aplus_outbox set next_at = 0 where to_address is not null")
        .execute(&mut connection)
        .await
        .unwrap();
    let again = relay.mail(SOON);
    assert_eq!(first.header("Message-ID"), again.header("Message-ID"));
    assert_eq!(first.to, again.to);
    assert_eq!(first.token(), again.token());
    let token = again.token().unwrap().to_owned();

    // What stands on the disk while the link lives tells nobody what it is.
    let id = again
        .header("Message-ID")
        .trim_start_matches('<')
        .to_owned();
    let (id, _) = id.split_once('@').unwrap();
    let bytes = bytes_of(&token);
    assert_eq!(bytes.len(), 32);
    let mut looked_at = 0;
    for file in files(folder.path()) {
        let content = std::fs::read(&file).unwrap();
        let name = file.display();
        assert!(
            !holds(&content, token.as_bytes()),
            "the token stands in {name}"
        );
        assert!(!holds(&content, &bytes), "the secret stands in {name}");
        assert!(!holds(&content, b"jeton="), "a link stands in {name}");
        looked_at += content.len();
    }
    assert!(looked_at > 10_000, "{looked_at} bytes");
    let mail = <sqlx::types::Uuid as std::str::FromStr>::from_str(id).unwrap();
    let known: i64 = sqlx::query_scalar("select count(*) from aplus_outbox where id = ?1")
        .bind(mail)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(known, 1, "the mail itself is known");
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(
        log.contains("DEBUG") || log.contains("TRACE"),
        "all is logged"
    );
    assert!(!log.contains("aidant@demo.example"), "an address is logged");

    // And the link works, once.
    let mut caller = caller.moved_to(&server.origin);
    assert_eq!(log_in(&mut caller, &token).await, StatusCode::CREATED);
    assert_eq!(log_in(&mut caller, &token).await, StatusCode::GONE);
}

/// The longest of half, and of 99 of a hundred.
fn percentiles(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// Asks so often, one after the other, each as another person from another network.
async fn ask_one_by_one(caller: &Caller, name: &str, count: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    for number in 0..count {
        let mut caller = caller.stranger();
        caller.comes_from = Some(format!("198.51.{}.{}", number / 250, number % 250));
        let begun = Instant::now();
        ask(&mut caller, &format!("{name}{number}@demo.example")).await;
        times.push(begun.elapsed());
    }
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_askings_wait_for_a_slow_relay_and_nobody_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("aplus.db");
    let mut relay = Relay::start_with(Mode::Plain, json!({ "pace": 1 }));
    let (stored, smtp) = (url(&database), relay.url());
    let options = ["--demo", "--database-url", &stored, "--smtp-url", &smtp];
    let proxy = ["--trusted-proxy", "127.0.0.1/32"];
    let server = Running::serve(&[&options[..], &FROM, &proxy].concat());
    let caller = Caller::new(&server.origin);
    ask_one_by_one(&caller, "warm", 20).await;
    let before = percentiles(ask_one_by_one(&caller, "before", 200).await);

    let mut burst = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for client in 0..20 {
        let mut caller = caller.stranger();
        caller.comes_from = Some(format!("203.0.113.{client}"));
        burst.spawn(async move {
            for number in 0..50 {
                ask(&mut caller, &format!("c{client}n{number}@demo.example")).await;
            }
        });
    }
    burst.join_all().await;
    let burst = begun.elapsed();
    // Who has an account does not wait behind what the invented addresses are told.
    let mut person = caller.stranger();
    person.comes_from = Some("192.0.2.1".to_owned());
    let asked = Instant::now();
    ask(&mut person, "aidant@demo.example").await;
    let token = relay.wait(SOON, |event| match event {
        Event::Mail(mail) => mail.token().map(str::to_owned),
        _ => None,
    });
    let link = asked.elapsed();
    assert!(link < Duration::from_secs(20), "{link:?}");
    assert_eq!(log_in(&mut person, &token).await, StatusCode::CREATED);
    let during = percentiles(ask_one_by_one(&caller, "during", 200).await);
    let taken = relay.mails().len();
    println!(
        "counted: asking for a link took {before:?} (half, 99 %) before and {during:?} while {} mails waited for a relay of one a \
         second; the burst of 1000 took {burst:?}, and a link at its end left after {link:?}",
        1_420 - taken
    );
    assert!(
        (1..500).contains(&taken),
        "the relay is slow: it took {taken}"
    );
    assert!(
        during.0 < before.0 * 3 + Duration::from_millis(50),
        "{during:?}"
    );
    assert!(during.1 < Duration::from_secs(1), "{during:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leaves_at_once_while_an_import_is_told_slowly() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("aplus.db");
    let mut relay = Relay::start_with(Mode::Plain, json!({ "pace": 1 }));
    let list = folder.path().join("list.csv");
    let mut lines =
        "Nom;Qualité;Email;Instructeur;Responsable;Territoires;Organisation du groupe;Groupe;\
        Bal générique / fonctionnelle;Précisions / Commentaires;Compte partagé\n"
            .to_owned();
    for number in 0..1_000 {
        lines += &format!("NOM;;prenom{number}.nom@caisse.example;;;Ain;CAF;CAF de l'Ain;;;\n");
    }
    std::fs::write(&list, lines).unwrap();
    let list = list.display().to_string();
    let request = ["--requester", "anct", "--reference", "lettre du 2 mars"];
    let imported = run(
        &url(&database),
        &[&["import", &list][..], &request].concat(),
    );
    assert!(imported.status.success(), "{imported:?}");

    let (stored, smtp) = (url(&database), relay.url());
    // As fast as the relay takes them.
    let options = [
        "--database-url",
        &stored,
        "--smtp-url",
        &smtp,
        "--import-mails-per-minute",
        "100000",
    ];
    let server = Running::serve(&[&options[..], &FROM].concat());
    for _ in 0..3 {
        relay.wait(SOON, |event| match event {
            Event::Mail(mail) => mail.to[0].starts_with("prenom").then_some(()),
            _ => None,
        });
    }
    let mut caller = Caller::new(&server.origin);
    let begun = Instant::now();
    ask(&mut caller, "prenom7.nom@caisse.example").await;
    let token = relay.wait(SOON, |event| match event {
        Event::Mail(mail) => mail.token().map(str::to_owned),
        _ => None,
    });
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(log_in(&mut caller, &token).await, StatusCode::CREATED);
    println!(
        "counted: a link left after {took:?} while some 990 welcome mails waited for a relay of one a second"
    );
}
