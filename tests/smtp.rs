//! The library with a real relay, which is not ours: what arrives is used, what was rolled back never arrives, and no answer
//! waits for a relay.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::path::Path;
use std::time::Duration;

use aplus::ports::{Facts, Outcome, Wanted};
use aplus::rules::{self, AccountDraft};
use aplus::service::{Context, LoginAsk};
use aplus::smtp::SmtpMailer;
use aplus::sqlx::sqlite::{SqliteStore, accounts};
use aplus::words::Language;
use aplus::{Aplus, Author, EmailAddress, GroupId, HostKey, LinkSecret, Role, Roles, Site};
use aplus_test_relay::{Mode, Relay};
use common::scene;
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// A service on a database of its own, which hands its mails to this relay.
async fn service(folder: &Path, relay: &Relay) -> (Aplus, SqliteStore) {
    let url = format!("sqlite:{}", folder.join("aplus.db").display());
    let store = SqliteStore::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    let site = Site::new("http://127.0.0.1:3000")
        .unwrap()
        .with_sender(&email("ne-pas-repondre@aplus.example.fr"))
        .with_support(&email("aide@aplus.example.fr"));
    let mailer = SmtpMailer::new(&relay.url(), &site).unwrap();
    let key = HostKey::new(scene::KEY).unwrap();
    let aplus = Aplus::builder(store.clone(), mailer, site, key).build();
    (aplus, store)
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
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(Mode::Plain);
    let (aplus, _store) = service(folder.path(), &relay).await;
    let group = scene::group(&aplus, "Mairie de Valmy").await;
    for (language, words) in [
        (Language::French, "Demandé à"),
        (Language::English, "Asked for at"),
    ] {
        let address = format!("camille.{}@ain.fr", language.as_str());
        scene::accounts(&aplus, group, Role::Aidant, std::slice::from_ref(&address)).await;
        let browser = ask(&aplus, &email(&address), language).await;
        assert_eq!(pass(&aplus).await.sent, 1);
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

/// The facts of the machine that creates an account in this group.
async fn facts(store: &SqliteStore, group: GroupId) -> Facts {
    let wanted = Wanted {
        author: Author::Machine,
        target: None,
        group: Some(group),
        request: None,
    };
    aplus::ports::Accounts::facts(store, &wanted).await.unwrap()
}

#[tokio::test]
async fn what_was_rolled_back_sends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(Mode::Plain);
    let (aplus, store) = service(folder.path(), &relay).await;
    let group = scene::group(&aplus, "Mairie de Valmy").await;
    for (number, commits) in [(1, false), (2, true)] {
        let address = email(&format!("agent{number}@ain.fr"));
        let draft = AccountDraft::new(address.clone(), Roles::only(Role::Aidant));
        let facts = facts(&store, group).await;
        let request = scene::request();
        let permit = rules::create_account_for(
            &facts.actor,
            &facts.group.unwrap(),
            &draft,
            &request,
            aplus.policy(),
        );
        let circumstances = aplus.circumstances(&Context::default(), Author::Machine);
        let act = permit.unwrap().into_act(circumstances.unwrap());
        let mut transaction = store.begin().await.unwrap();
        let created = accounts::create_account(&mut transaction, act).await;
        assert!(matches!(created.unwrap(), Outcome::Done(_)));
        if commits {
            SqliteStore::commit(transaction).await.unwrap();
        } else {
            drop(transaction);
        }
        let sent = pass(&aplus).await.sent;
        assert_eq!(sent, u32::from(commits), "{address}");
        let to: Vec<_> = relay.mails().into_iter().flat_map(|mail| mail.to).collect();
        let expected: Vec<_> = commits.then(|| address.to_string()).into_iter().collect();
        assert_eq!(to, expected);
    }
}

#[tokio::test]
async fn what_a_relay_does_not_take_is_sent_later_and_what_it_refuses_never() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Relay::start(Mode::Plain);
    let (aplus, _store) = service(folder.path(), &relay).await;
    let group = scene::group(&aplus, "Mairie de Valmy").await;
    scene::accounts(
        &aplus,
        group,
        Role::Aidant,
        &["camille.roux@ain.fr".to_owned()],
    )
    .await;
    let camille = email("camille.roux@ain.fr");

    relay.set(json!({ "rcpt": "450 4.7.1 greylisted" }));
    ask(&aplus, &camille, Language::French).await;
    let report = pass(&aplus).await;
    assert_eq!((report.sent, report.postponed, report.given_up), (0, 1, 0));
    relay.set(json!({ "rcpt": null }));
    let later = aplus.now().saturating_add(Duration::from_secs(60));
    assert_eq!(aplus.courier_pass(later).await.unwrap().sent, 1);
    assert_eq!(relay.mails().len(), 1);

    relay.set(json!({ "rcpt": "550 5.1.1 unknown" }));
    ask(&aplus, &camille, Language::French).await;
    let report = pass(&aplus).await;
    assert_eq!((report.sent, report.postponed, report.given_up), (0, 0, 1));
    relay.set(json!({ "rcpt": null }));
    assert!(aplus.courier_pass(later).await.unwrap().is_idle());
    assert!(relay.mails().is_empty());
}
