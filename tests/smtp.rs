//! The library with a real relay, which is not ours: what arrives is used, what was rolled back never arrives, and no answer
//! waits for a relay.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::time::Duration;

use aplus::ports::{Outcome, Wanted};
use aplus::rules::{self, AccountDraft};
use aplus::service::{Context, LoginAsk};
use aplus::smtp::SmtpMailer;
use aplus::sqlx::postgres::{self, PostgresStore};
use aplus::sqlx::sqlite::{self, SqliteStore};
use aplus::words::Language;
use aplus::{Aplus, Author, EmailAddress, GroupId, LinkSecret, Role, Roles, Site};
use aplus_test_relay::{Mode, Relay};
use common::ground::Ground;
use common::scene;
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// Long enough for whatever a relay on this machine does.
const PATIENCE: Duration = Duration::from_secs(3);

fn site() -> Site {
    Site::new("http://127.0.0.1:3000")
        .unwrap()
        .with_sender(&email("ne-pas-repondre@aplus.example.fr"))
        .with_support(&email("aide@aplus.example.fr"))
}

/// A service that hands its mails to this relay.
fn service(ground: &Ground, relay: &Relay) -> Aplus {
    let mailer = SmtpMailer::new(&relay.url(), &site()).unwrap();
    ground.builder(mailer, site()).build()
}

async fn both() -> [Ground; 2] {
    [Ground::sqlite().await, Ground::postgres().await]
}

async fn ask(aplus: &Aplus, to: &EmailAddress, language: Language) -> aplus::BrowserHash {
    let browser = aplus.new_browser().unwrap().hash();
    let ask = LoginAsk {
        email: to.clone(),
        browser,
        next: None,
        language,
    };
    aplus.ask_for_link(ask, &Context::default()).await.unwrap();
    browser
}

async fn pass(aplus: &Aplus) -> aplus::service::CourierReport {
    aplus.courier_pass(aplus.now()).await.unwrap()
}

#[tokio::test]
async fn the_link_of_a_mail_logs_in_in_both_languages() {
    let mut relay = Relay::start(Mode::Plain);
    for ground in both().await {
        let aplus = service(&ground, &relay);
        links_log_in(&aplus, &mut relay).await;
    }
}

async fn links_log_in(aplus: &Aplus, relay: &mut Relay) {
    let group = scene::group(aplus, "Mairie de Valmy").await;
    for (language, words) in [
        (Language::French, "Demandé à"),
        (Language::English, "Asked for at"),
    ] {
        let address = format!("camille.{}@ain.fr", language.as_str());
        scene::accounts(aplus, group, Role::Aidant, std::slice::from_ref(&address)).await;
        let browser = ask(aplus, &email(&address), language).await;
        assert_eq!(pass(aplus).await.sent, 1);
        let mail = relay.mail(SOON);
        assert_eq!(mail.to, [address.as_str()]);
        assert_eq!(mail.header("Content-Language"), language.as_str());
        assert!(mail.text.contains(words), "{}", mail.text);
        let token = mail.token().unwrap();
        assert!(mail.html.contains(token), "{}", mail.html);
        let secret = LinkSecret::parse(token).unwrap();
        let context = Context::default();
        let opened = aplus.log_in(&secret, Some(browser), None, &context).await;
        assert!(opened.is_ok());
    }
}

/// Creates an account as a host does that has a transaction of its own, which it commits or not.
async fn create(ground: &Ground, aplus: &Aplus, group: GroupId, to: &EmailAddress, commits: bool) {
    let draft = AccountDraft::new(to.clone(), Roles::only(Role::Aidant));
    let wanted = Wanted {
        author: Author::Machine,
        target: None,
        group: Some(group),
        request: None,
    };
    let facts = aplus.store().facts(&wanted).await.unwrap();
    let request = scene::request();
    let permit = rules::create_account_for(
        &facts.actor,
        &facts.group.unwrap(),
        &draft,
        &request,
        aplus.policy(),
        aplus.lifetimes(),
    );
    let circumstances = aplus.circumstances(&Context::default(), Author::Machine);
    let act = permit.unwrap().into_act(circumstances.unwrap());
    match ground {
        Ground::Sqlite { store, .. } => {
            let mut transaction = store.begin().await.unwrap();
            let created = sqlite::accounts::create_account(&mut transaction, act).await;
            assert!(matches!(created.unwrap(), Outcome::Done(_)));
            if commits {
                SqliteStore::commit(transaction).await.unwrap();
            }
        }
        Ground::Postgres { store, .. } => {
            let mut transaction = store.begin().await.unwrap();
            let created = postgres::accounts::create_account(&mut transaction, act).await;
            assert!(matches!(created.unwrap(), Outcome::Done(_)));
            if commits {
                PostgresStore::commit(transaction).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn what_was_rolled_back_sends_nothing() {
    let mut relay = Relay::start(Mode::Plain);
    for ground in both().await {
        let aplus = service(&ground, &relay);
        let group = scene::group(&aplus, "Mairie de Valmy").await;
        for (number, commits) in [(1, false), (2, true)] {
            let address = email(&format!("agent{number}@ain.fr"));
            create(&ground, &aplus, group, &address, commits).await;
            let sent = pass(&aplus).await.sent;
            assert_eq!(sent, u32::from(commits), "{address}");
            let to: Vec<_> = relay.mails().into_iter().flat_map(|mail| mail.to).collect();
            let expected: Vec<_> = commits.then(|| address.to_string()).into_iter().collect();
            assert_eq!(to, expected);
        }
    }
}

async fn what_is_not_taken_is_tried_again(mut ground: Ground) {
    let mut relay = Relay::start(Mode::Plain);
    let mailer = SmtpMailer::new(&relay.url(), &site()).unwrap();
    let mailer = mailer.with_times(SmtpMailer::OPENING, PATIENCE).unwrap();
    let aplus = ground.builder(mailer, site()).build();
    let group = scene::group(&aplus, "Mairie de Valmy").await;
    let addresses: Vec<_> = (0..8)
        .map(|number| format!("agent{number}@ain.fr"))
        .collect();
    scene::accounts(&aplus, group, Role::Aidant, &addresses).await;
    let mut addresses = addresses.iter().map(|address| email(address));

    // What is said, or that nothing is, and whether the relay has the mail then.
    for (step, does, has_it) in [
        ("mail", "421 4.3.2 shutting down", false),
        ("rcpt", "450 4.7.1 greylisted", false),
        ("data", "452 4.3.1 full", false),
        ("rcpt", "silence", false),
        ("data", "silence", true),
        ("data", "close", true),
    ] {
        relay.set(json!({ (step): does }));
        ask(&aplus, &addresses.next().unwrap(), Language::French).await;
        let report = pass(&aplus).await;
        let counts = (report.sent, report.postponed, report.given_up);
        assert_eq!(counts, (0, 1, 0), "{step}: {does}");
        let first = relay.mails();
        assert_eq!(first.len(), usize::from(has_it), "{step}: {does}");
        relay.set(json!({ (step): null }));
        let later = aplus.now().saturating_add(Duration::from_secs(60));
        assert_eq!(aplus.courier_pass(later).await.unwrap().sent, 1);
        let again = relay.mail(SOON);
        for first in first {
            assert_eq!(first.header("Message-ID"), again.header("Message-ID"));
        }
        assert!(aplus.courier_pass(later).await.unwrap().is_idle());
        assert!(relay.mails().is_empty(), "{step}: {does}");
    }

    for (step, does) in [
        ("rcpt", "550 5.1.1 unknown"),
        ("data", "554 5.7.1 not wanted"),
    ] {
        relay.set(json!({ (step): does }));
        ask(&aplus, &addresses.next().unwrap(), Language::French).await;
        let report = pass(&aplus).await;
        let counts = (report.sent, report.postponed, report.given_up);
        assert_eq!(counts, (0, 0, 1), "{step}: {does}");
        relay.set(json!({ (step): null }));
        let later = aplus.now().saturating_add(Duration::from_secs(60));
        assert!(aplus.courier_pass(later).await.unwrap().is_idle());
        assert!(relay.mails().is_empty());
    }
    assert_eq!(ground.waiting().await, 0);
}

#[tokio::test]
async fn what_a_relay_does_not_take_is_sent_later_and_what_it_refuses_never_on_sqlite() {
    what_is_not_taken_is_tried_again(Ground::sqlite().await).await;
}

#[tokio::test]
async fn what_a_relay_does_not_take_is_sent_later_and_what_it_refuses_never_on_postgresql() {
    what_is_not_taken_is_tried_again(Ground::postgres().await).await;
}
