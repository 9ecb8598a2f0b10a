//! Signatures, as an implementation that is not ours checks them (dkimpy).

#![cfg(feature = "dkim")]
#![allow(clippy::unwrap_used)]

mod common;

use aplus_core::ports::Mailer;
use aplus_core::words::Language;
use aplus_lettre::{DkimError, DkimKey};
use aplus_test_relay::{Mode, Relay, verify_dkim};
use common::{SOON, letter, mailer};

/// Keys of the tests alone; the record is the public half of the first.
const KEY: &str = include_str!("dkim/key.pem");
const SHORT: &str = include_str!("dkim/short.pem");
const RECORD: &str = include_str!("dkim/record.txt");

const NAME: &str = "a2026._domainkey.aplus.example.fr.";

#[tokio::test]
async fn another_implementation_accepts_the_signature() {
    let mut relay = Relay::start(Mode::Plain);
    let mailer = mailer(&relay).with_dkim(DkimKey::rsa("a2026", KEY).unwrap());
    for language in Language::ALL {
        let mut letter = letter(1);
        letter.language = language;
        letter.text = "  with   spaces  \n\n\t.\n.\n\n\n".to_owned();
        mailer.send(&letter).await.unwrap();
        let mail = relay.mail(SOON);
        assert!(verify_dkim(&mail.raw, NAME, RECORD.trim()), "{}", mail.raw);
        // Whatever a reader sees is covered.
        for (before, after) in [
            ("camille.roux@ain.fr", "camille.roux@ain.example"),
            ("Votre compte", "Notre compte"),
            ("aide@anct", "aide@acnt"),
            ("with   spaces", "without spaces"),
            ("auto-generated", "no"),
            ("multipart/alternative", "multipart/mixed"),
        ] {
            assert!(mail.raw.contains(before), "{before}: {}", mail.raw);
            let changed = mail.raw.replace(before, after);
            assert!(!verify_dkim(&changed, NAME, RECORD.trim()), "{before}");
        }
    }
}

#[test]
fn a_key_that_cannot_sign_is_refused() {
    let new_kind = KEY.replace("RSA PRIVATE KEY", "PRIVATE KEY");
    for (selector, pem, error) in [
        ("a2026", "", DkimError::Key),
        ("a2026", "not PEM", DkimError::Key),
        ("a2026", &new_kind, DkimError::Key),
        ("a2026", SHORT, DkimError::Short),
        ("", KEY, DkimError::Selector),
        ("a..b", KEY, DkimError::Selector),
        ("a;d=evil", KEY, DkimError::Selector),
        ("a\r\nBcc: b", KEY, DkimError::Selector),
    ] {
        assert_eq!(DkimKey::rsa(selector, pem).unwrap_err(), error);
    }
    let shown = format!("{:?}", DkimKey::rsa("a.b-1", KEY).unwrap());
    assert_eq!(shown, "DkimKey { selector: \"a.b-1\", .. }");
}
