//! Each letter in each language, through a real server to a strict reader of MIME.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::HashSet;
use std::time::Duration;

use aplus_core::account::{Epoch, Principal, Version};
use aplus_core::conversation::WrittenAnswer;
use aplus_core::link::{LinkFacts, Purpose};
use aplus_core::mail::Message;
use aplus_core::ports::{LinkKey, Mailer, QueuedMail};
use aplus_core::words::Language;
use aplus_core::words::letters::{Letters, StandardLetters};
use aplus_core::{
    AccountId, Author, BrowserHash, ConversationId, GroupId, HostKey, LinkHash, LinkId, LinkSecret,
    MailId, Nonce, OrderId, RequesterKind, Retention, Role, Roles, Timestamp,
};
use aplus_test_relay::{Authority, Mode, Relay};
use common::{SOON, email, letter, mailer, site};
use uuid::Uuid;

/// One of each kind. The match makes a new kind an error here.
fn messages() -> Vec<Message> {
    let by = Author::Account(AccountId::from_uuid(Uuid::from_u128(1)));
    let requester = Some(RequesterKind::Prefecture);
    let mut messages = Vec::new();
    let mut next = Some(Message::LoginLink {
        link: LinkId::from_uuid(Uuid::from_u128(2)),
    });
    while let Some(message) = next {
        messages.push(message);
        next = match message {
            Message::LoginLink { .. } => Some(Message::AddressUnknown),
            Message::AddressUnknown => Some(Message::AddressDeactivated),
            Message::AddressDeactivated => Some(Message::Welcome { by, requester }),
            Message::Welcome { .. } => Some(Message::AddedToGroup { by, requester }),
            Message::AddedToGroup { .. } => Some(Message::RemovedFromGroup { by }),
            Message::RemovedFromGroup { .. } => Some(Message::AccountDeactivated { by }),
            Message::AccountDeactivated { .. } => Some(Message::AccountReactivated { by }),
            Message::AccountReactivated { .. } => Some(Message::AccountCreatedInYourGroup {
                account: AccountId::from_uuid(Uuid::from_u128(3)),
                group: GroupId::from_uuid(Uuid::from_u128(4)),
                requester,
            }),
            Message::AccountCreatedInYourGroup { .. } => Some(Message::OperatorAdded),
            Message::OperatorAdded => Some(Message::OperatorSuspended),
            Message::OperatorSuspended => Some(Message::OperatorRestored),
            Message::OperatorRestored => Some(Message::OrderProposed {
                account: AccountId::from_uuid(Uuid::from_u128(3)),
                by,
            }),
            Message::OrderProposed { .. } => Some(Message::ConfirmAddress {
                link: LinkId::from_uuid(Uuid::from_u128(2)),
            }),
            Message::ConfirmAddress { .. } => Some(Message::OrderCarriedOut {
                roles: Some(Roles::only(Role::Aidant)),
                details: true,
            }),
            Message::OrderCarriedOut { .. } => Some(Message::AddressGained),
            Message::AddressGained => Some(Message::AddressLost),
            Message::AddressLost => Some(Message::SupportRequestReceived {
                answer_by: "2026-07-03".parse().unwrap(),
            }),
            Message::SupportRequestReceived { .. } => Some(Message::SupportAnswered {
                conversation: ConversationId::from_uuid(Uuid::from_u128(6)),
                place: Version(2),
            }),
            Message::SupportAnswered { .. } => Some(Message::JournalCheckpoint { size: 5 }),
            Message::JournalCheckpoint { .. } => None,
        };
    }
    messages
}

fn queued(number: u128, message: Message, language: Language) -> QueuedMail {
    let issued_at: Timestamp = "2026-07-01T11:50:00Z".parse().unwrap();
    let order = OrderId::from_uuid(Uuid::from_u128(6));
    let link = message.link().map(|id| LinkKey {
        facts: LinkFacts {
            id,
            purpose: match message {
                Message::ConfirmAddress { .. } => Purpose::ConfirmAddress(order),
                _ => Purpose::LogIn,
            },
            principal: Principal::Account(AccountId::from_uuid(Uuid::from_u128(9))),
            email: email("camille.roux@ain.fr"),
            browser: BrowserHash::from_bytes([0; 32]),
            issued_at,
            expires_at: issued_at.saturating_add(Duration::from_secs(30 * 60)),
            used: None,
            superseded_at: None,
            wrong_addresses: 0,
            epoch: Epoch(0),
            current_epoch: Epoch(0),
            active: true,
            next: None,
        },
        hash: LinkHash::from_bytes([0; 32]),
        nonce: Nonce::from_bytes([0; 32]),
        key: HostKey::new(&[7; 32]).unwrap().id(),
    });
    QueuedMail {
        id: MailId::from_uuid(Uuid::from_u128(number)),
        to: email("camille.roux@ain.fr"),
        message,
        language,
        queued_at: issued_at,
        attempts: 0,
        link,
        note: message.checkpoint().map(|size| {
            format!("aplus.example.fr/journal\n{size}\nAAAA\n\n— aplus.example.fr/journal BBBB\n")
        }),
        author_email: Some(email("o'neil&fils@ain.fr")),
        answer: message.answer().map(|(conversation, _)| WrittenAnswer {
            subject: "Réponse & <suite>".parse().unwrap(),
            text: "Bonjour,\nregardez dans les indésirables.".parse().unwrap(),
            page: Some(conversation),
        }),
    }
}

#[tokio::test]
async fn each_letter_arrives_whole_in_both_languages() {
    let authority = Authority::new("ours");
    let mut relay = Relay::start(Mode::Tls(authority.certificate("localhost")));
    let mailer = mailer(&relay)
        .with_root_certificate(authority.root().as_bytes())
        .unwrap();
    let secret = LinkSecret::from_bytes([0xa7; 32]);
    let mut ids = HashSet::new();
    for (number, message) in (1..).zip(messages()) {
        for language in Language::ALL {
            let number = number * 2 + u128::from(language == Language::English);
            let queued = queued(number, message, language);
            let letter =
                StandardLetters.letter(&queued, Some(&secret), &site(), &Retention::default());
            mailer.send(&letter).await.unwrap();
            let mail = relay.mail(SOON);
            assert!(mail.secure);
            assert_eq!(mail.from, "ne-pas-repondre@aplus.example.fr");
            assert_eq!(mail.to, ["camille.roux@ain.fr"]);
            assert_eq!(mail.hello, "aplus.example.fr");
            let id = format!("<{}@aplus.example.fr>", queued.id);
            for (name, value) in [
                ("From", "Administration+ <ne-pas-repondre@aplus.example.fr>"),
                ("Reply-To", "aide@anct.example.fr"),
                ("To", "camille.roux@ain.fr"),
                ("Subject", &letter.subject),
                ("Message-ID", &id),
                ("Auto-Submitted", "auto-generated"),
                ("Content-Language", language.as_str()),
                ("MIME-Version", "1.0"),
            ] {
                assert_eq!(mail.header(name), value, "{name} of {message:?}");
            }
            assert!(mail.header("Date").ends_with("+0000"), "{:?}", mail.headers);
            assert_eq!(mail.headers.len(), 10, "{:?}", mail.headers);
            assert_eq!(mail.text, letter.text, "{message:?}");
            assert_eq!(mail.html, letter.html, "{message:?}");
            let token = mail.token().map(|token| LinkSecret::parse(token).unwrap());
            let carries = message.link().is_some();
            assert_eq!(
                token.map(|token| token.hash()),
                carries.then(|| secret.hash()),
                "{message:?}"
            );
            assert!(ids.insert(id), "each mail has an id of its own");
        }
    }
    println!("counted: {} letters received and read strictly", ids.len());
}

#[tokio::test]
async fn the_same_mail_has_the_same_id_at_each_attempt() {
    let mut relay = Relay::start(Mode::Plain);
    let mailer = mailer(&relay);
    for number in [1, 1, 2] {
        mailer.send(&letter(number)).await.unwrap();
    }
    let ids: Vec<_> = relay
        .mails()
        .iter()
        .map(|mail| mail.header("Message-ID").to_owned())
        .collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
}

#[tokio::test]
async fn one_connection_serves_one_mail_after_the_other() {
    let authority = Authority::new("ours");
    let mut relay = Relay::start(Mode::StartTls(authority.certificate("localhost")));
    let mailer = mailer(&relay)
        .with_root_certificate(authority.root().as_bytes())
        .unwrap();
    for number in 1..=20 {
        mailer.send(&letter(number)).await.unwrap();
    }
    let mails = relay.mails();
    assert_eq!(mails.len(), 20);
    assert!(mails.iter().all(|mail| mail.secure));
    let connections = std::iter::from_fn(|| {
        relay.wait_for(Duration::ZERO, |event| match event {
            aplus_test_relay::Event::Connection { number } => Some(*number),
            _ => None,
        })
    });
    assert_eq!(connections.max(), Some(1));
}

#[tokio::test]
async fn it_logs_in_with_what_the_url_says() {
    let authority = Authority::new("ours");
    let settings = serde_json::json!({ "user": "agent@ain.fr", "password": "p@ss:wörd%" });
    let certificate = authority.certificate("localhost");
    for mode in [
        Mode::Tls(certificate.clone()),
        Mode::StartTls(certificate.clone()),
    ] {
        let mut relay = Relay::start_with(mode, settings.clone());
        let trusting = |login: &str| {
            let url = relay.url_as(&format!("{login}@localhost"));
            aplus_lettre::SmtpMailer::new(&url, &site())
                .unwrap()
                .with_root_certificate(authority.root().as_bytes())
                .unwrap()
        };
        let right = trusting("agent%40ain.fr:p%40ss%3Aw%C3%B6rd%25");
        let wrong = trusting("agent%40ain.fr:secret");
        right.send(&letter(1)).await.unwrap();
        assert_eq!(relay.mail(SOON).user.as_deref(), Some("agent@ain.fr"));
        let (error, passing) = common::refused(&wrong, &letter(2)).await;
        assert_eq!(error.to_string(), "the relay answered AUTH with 535");
        assert!(passing, "a wrong password loses no mail");
        let without = aplus_lettre::SmtpMailer::new(&relay.url(), &site())
            .unwrap()
            .with_root_certificate(authority.root().as_bytes())
            .unwrap();
        let (error, passing) = common::refused(&without, &letter(3)).await;
        assert_eq!(error.to_string(), "the relay answered MAIL with 530");
        assert!(passing, "a missing password loses no mail");
        assert!(relay.mails().is_empty());
    }
}
