//! Whatever an address, a name or a letter holds: one recipient, no header of anybody else's making, one mail.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeSet;

use aplus_core::EmailAddress;
use aplus_core::ports::Mailer;
use aplus_core::test_util::strategy;
use aplus_lettre::{SmtpError, SmtpMailer};
use aplus_test_relay::{Mail, Mode, Relay};
use common::{email, letter, mailer, refused, site};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// The headers of a mail, and no other.
const HEADERS: [&str; 10] = [
    "auto-submitted",
    "content-language",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "reply-to",
    "subject",
    "to",
];

fn names(mail: &Mail) -> BTreeSet<String> {
    let names = mail.headers.iter();
    names.map(|(name, _)| name.to_lowercase()).collect()
}

fn has_its_headers_alone(mail: &Mail) {
    assert_eq!(mail.headers.len(), HEADERS.len(), "{:?}", mail.headers);
    assert_eq!(names(mail), HEADERS.map(str::to_owned).into());
    assert_eq!(mail.to.len(), 1, "{:?}", mail.to);
}

/// What somebody might type to reach more than one mailbox, or to write a header.
fn corners() -> Vec<String> {
    let mut corners: Vec<String> = [
        "a@evil.example,b@victim.example",
        "a@evil.example;b@victim.example",
        "a@evil.example b@victim.example",
        "a@evil.example\r\nBcc: b@victim.example",
        "a@evil.example\nRCPT TO:<b@victim.example>",
        "a\r\n@evil.example",
        "a@evil\0.example",
        "a\0@evil.example",
        "a%0d%0aBcc:b@evil.example",
        "<a@evil.example>",
        "A <a@evil.example>",
        "\"a b\"@evil.example",
        "\"a@b\"@evil.example",
        "\"a\\\"\"@evil.example",
        "a(comment)@evil.example",
        "a@[127.0.0.1]",
        "@relay.example:a@evil.example",
        "a@evil.example>",
        "a@evil.example> SIZE=1",
        "a@préfecture.example",
        "a@xn--prfecture-c4a.example",
        "a@例え.example",
        "a@ＥＶＩＬ.example",
        "é@evil.example",
        "a\u{2028}@evil.example",
        "a@evil.example\u{2028}b",
        "ⓐ@evil.example",
        ".a@evil.example",
        "a..b@evil.example",
        "-a@evil.example",
        "!#$%&'*+-/=?^_`{|}~@evil.example",
        "=?utf-8?q?a?=@evil.example",
        "=?utf-8?q?b=40victim.example=3e=00?=@evil.example",
        "o'neil&fils@evil.example",
        "postmaster@evil.example",
        "a@evil.example.",
        "",
    ]
    .map(str::to_owned)
    .into();
    let label = "b".repeat(63);
    corners.push(format!("{}@{label}.{label}.example", "a".repeat(64)));
    corners.push(format!("{}@{label}.example", "a".repeat(65)));
    corners.push(format!("a@{label}.{label}.{label}.{label}.example"));
    corners.push(format!("{}@evil.example", "a".repeat(100_000)));
    corners
}

#[tokio::test]
async fn each_address_gets_its_own_mail_and_nobody_elses() {
    let mut relay = Relay::start(Mode::Plain);
    let mailer = mailer(&relay);
    let corners = corners();
    let mut addresses: Vec<_> = corners
        .iter()
        .filter_map(|text| EmailAddress::parse(text).ok())
        .collect();
    assert!(addresses.len() >= 10, "some corners are addresses");
    assert!(addresses.len() < corners.len(), "and some are none");
    let mut runner = TestRunner::deterministic();
    let drawn = strategy::email();
    addresses.extend((0..200).map(|_| drawn.new_tree(&mut runner).unwrap().current()));
    // What some relays would decode is sent to nobody.
    let encoded = |address: &EmailAddress| address.local().contains("=?");
    let (hidden, addresses): (Vec<_>, Vec<_>) = addresses.into_iter().partition(encoded);
    assert!(!hidden.is_empty());
    for address in hidden {
        let mut letter = letter(1);
        letter.to = address;
        let (error, passing) = refused(&mailer, &letter).await;
        assert!(
            matches!(error, SmtpError::Unwritable) && !passing,
            "{error:?}"
        );
    }
    for (number, address) in (1..).zip(&addresses) {
        let mut letter = letter(number);
        letter.to = address.clone();
        mailer.send(&letter).await.unwrap();
    }
    let mails = relay.mails();
    assert_eq!(mails.len(), addresses.len());
    for (mail, address) in mails.iter().zip(&addresses) {
        has_its_headers_alone(mail);
        assert_eq!(mail.to, [address.as_str()]);
        assert_eq!(mail.header("To"), address.as_str());
    }
    println!("counted: {} addresses, one recipient each", mails.len());
}

/// What a host may call its service, or write into a letter of its own.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "A+\r\nBcc: b@victim.example",
        "A+\nSubject: another",
        "A+\r\n\r\n<p>another body</p>",
        "A+\0",
        "\"A+\" <b@victim.example>, \"",
        "A+ <b@victim.example>",
        "A+, b@victim.example",
        "=?utf-8?q?A?=",
        "Préfecture de l'Ain",
        "préfecture\u{85}d'à côté\u{2028}",
        "管理",
        "\u{1f3db}",
        "\u{202e}niA'l ed erutceférP",
        "\\",
        "(A+)",
        "A+:;@<>[]",
        "",
        " ",
    ]
    .map(str::to_owned)
    .into();
    texts.push("é".repeat(5_000));
    texts.push("x".repeat(5_000));
    texts
}

#[tokio::test]
async fn no_name_and_no_subject_writes_a_header() {
    let mut relay = Relay::start(Mode::Plain);
    for (number, text) in (1..).zip(texts()) {
        let site = site().with_name(&text);
        let mailer = SmtpMailer::new(&relay.url(), &site).unwrap();
        let mut letter = letter(number);
        letter.subject.clone_from(&text);
        letter.text = format!("{text}\n");
        letter.html = format!("<p>{text}</p>");
        mailer.send(&letter).await.unwrap();
        let mails = relay.mails();
        assert_eq!(mails.len(), 1, "{text:?}");
        has_its_headers_alone(&mails[0]);
        let from = mails[0].header("From");
        assert!(
            from.ends_with("ne-pas-repondre@aplus.example.fr")
                || from.ends_with("ne-pas-repondre@aplus.example.fr>"),
            "{from}"
        );
        assert_eq!(mails[0].from, "ne-pas-repondre@aplus.example.fr");
        assert_eq!(mails[0].to, ["camille.roux@ain.fr"]);
    }
}

#[tokio::test]
async fn no_text_ends_its_mail_or_begins_another() {
    let mut relay = Relay::start(Mode::Plain);
    let mailer = mailer(&relay);
    let smuggled = "MAIL FROM:<a@evil.example>\r\nRCPT TO:<b@victim.example>\r\nDATA\r\nhello";
    let ends = [
        "\r\n.\r\n",
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r\n.\r",
        "\n\n.\r\n",
    ];
    for (number, end) in (1..).zip(ends) {
        let mut letter = letter(number);
        letter.text = format!("before{end}{smuggled}{end}.after");
        letter.html = format!("<p>before{end}{smuggled}{end}.after</p>");
        mailer.send(&letter).await.unwrap();
        let mails = relay.mails();
        assert_eq!(mails.len(), 1, "{end:?}");
        assert_eq!(mails[0].to, ["camille.roux@ain.fr"]);
        assert!(mails[0].text.contains("before") && mails[0].text.ends_with(".after"));
        assert!(
            mails[0].text.contains("RCPT TO:<b@victim.example>"),
            "{end:?}"
        );
    }
}

#[test]
fn a_site_without_a_domain_has_no_sender() {
    let site = aplus_core::Site::new("http://127.0.0.1:3000").unwrap();
    let error = SmtpMailer::new("smtp://localhost", &site).unwrap_err();
    let told = error.to_string();
    assert!(told.contains("ne-pas-repondre@127.0.0.1"), "{told}");
    let site = site.with_sender(&email("ne-pas-repondre@ain.fr"));
    let error = SmtpMailer::new("smtp://localhost", &site).unwrap_err();
    assert!(error.to_string().contains("support@127.0.0.1"), "{error}");
    let site = site.with_support(&email("aide@ain.fr"));
    assert!(SmtpMailer::new("smtp://localhost", &site).is_ok());
}
