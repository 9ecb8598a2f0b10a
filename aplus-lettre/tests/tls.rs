//! Whoever is not the relay gets nothing: a wrong name, a certificate that nobody vouches for, STARTTLS taken away.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use aplus_core::ports::Mailer;
use aplus_lettre::SmtpMailer;
use aplus_test_relay::{Authority, Certificate, Mode, Relay};
use common::{SOON, letter, mailer, refused, site};
use serde_json::json;

/// Both ways to a secure connection.
const WAYS: [fn(Certificate) -> Mode; 2] = [Mode::Tls, Mode::StartTls];

fn trusting(relay: &Relay, authority: &Authority) -> SmtpMailer {
    mailer(relay)
        .with_root_certificate(authority.root().as_bytes())
        .unwrap()
}

#[tokio::test]
async fn only_the_certificate_of_the_relay_will_do() {
    let authority = Authority::new("ours");
    let other = Authority::new("another");
    let this = || authority.certificate("localhost");
    for way in WAYS {
        // What must not pass is told from what must.
        let mut relay = Relay::start(way(this()));
        trusting(&relay, &authority).send(&letter(1)).await.unwrap();
        assert!(relay.mail(SOON).secure);

        for (certificate, cause) in [
            (
                authority.certificate("relay.example.fr"),
                "not valid for name",
            ),
            (authority.expired("localhost"), "expired"),
            (Certificate::self_signed("localhost"), "UnknownIssuer"),
            (other.certificate("localhost"), "UnknownIssuer"),
        ] {
            let mut relay = Relay::start(way(certificate));
            let (error, passing) = refused(&trusting(&relay, &authority), &letter(2)).await;
            let told = error.to_string();
            assert!(told.contains(cause), "{cause}: {told}");
            assert!(
                passing,
                "the mail waits until the relay is in order: {told}"
            );
            assert!(relay.mails().is_empty(), "{cause}");
        }

        // Without the authority as an option the system's list counts, and it is not among it.
        let mut relay = Relay::start(way(this()));
        let (error, _) = refused(&mailer(&relay), &letter(3)).await;
        assert!(error.to_string().contains("UnknownIssuer"), "{error}");
        // A network address is no name.
        let url = relay.url_as("127.0.0.1");
        let by_address = SmtpMailer::new(&url, &site())
            .unwrap()
            .with_root_certificate(authority.root().as_bytes())
            .unwrap();
        let (error, _) = refused(&by_address, &letter(4)).await;
        assert!(error.to_string().contains("not valid for name"), "{error}");
        assert!(relay.mails().is_empty());
    }
}

/// A server without TLS, to a mailer that was told STARTTLS.
async fn stripped(settings: serde_json::Value) -> (String, bool, Relay) {
    let relay = Relay::start_with(Mode::Plain, settings);
    let url = format!("{}?tls=required", relay.url());
    let url = url.replace("://", "://agent:s3cret@");
    let mailer = SmtpMailer::new(&url, &site())
        .unwrap()
        .with_times(Duration::from_secs(2), SmtpMailer::HANDING_OVER)
        .unwrap();
    let (error, passing) = refused(&mailer, &letter(1)).await;
    (error.to_string(), passing, relay)
}

#[tokio::test]
async fn without_starttls_nothing_is_said() {
    for (settings, told) in [
        (
            json!({}),
            "the relay does not offer STARTTLS: nothing is sent without it",
        ),
        (
            json!({ "pretend_starttls": true }),
            "the relay answered STARTTLS with 454",
        ),
        (
            json!({ "pretend_starttls": true, "starttls_answer": "554 5.5.1 no" }),
            "the relay answered STARTTLS with 554",
        ),
        (
            json!({ "pretend_starttls": true, "starttls_answer": "454 4.7.0 later" }),
            "the relay answered STARTTLS with 454",
        ),
        (
            json!({ "pretend_starttls": true, "starttls_answer": "220 go", "starttls_ends_there": "silence" }),
            "the relay did not answer STARTTLS within 2 seconds",
        ),
        (
            json!({ "pretend_starttls": true, "starttls_answer": "220 go\r\n250 OK", "starttls_ends_there": true }),
            "no connection to the relay (STARTTLS): received corrupt message of type InvalidContentType",
        ),
    ] {
        let (error, passing, mut relay) = stripped(settings.clone()).await;
        assert_eq!(error, told, "{settings}");
        assert!(passing, "{settings}");
        assert!(relay.mails().is_empty(), "{settings}");
    }
}

#[tokio::test]
async fn plain_text_after_starttls_is_not_taken_for_the_relays() {
    let authority = Authority::new("ours");
    let mode = || Mode::StartTls(authority.certificate("localhost"));
    for injected in [
        "220 go\r\n250 relay.test",
        "220 go\r\n250-relay.test\r\n250 AUTH PLAIN",
        "220 go\r\n250 relay.test\r\n250 OK\r\n250 OK\r\n354 go\r\n250 OK",
    ] {
        let settings = json!({ "starttls_answer": injected });
        let mut relay = Relay::start_with(mode(), settings);
        let (error, passing) = refused(&trusting(&relay, &authority), &letter(1)).await;
        let told = error.to_string();
        assert!(
            told.contains("(STARTTLS)") && told.contains("InvalidContentType"),
            "{told}"
        );
        assert!(passing);
        assert!(relay.mails().is_empty());
    }
    // The same server without the injection takes mails.
    let mut relay = Relay::start_with(mode(), json!({ "starttls_answer": "220 go" }));
    trusting(&relay, &authority).send(&letter(2)).await.unwrap();
    assert!(relay.mail(SOON).secure);
}

#[test]
fn a_root_certificate_is_one() {
    let site = site();
    let mailer = || SmtpMailer::new("smtps://relay.example.fr", &site).unwrap();
    for wrong in ["", "not PEM", "-----BEGIN CERTIFICATE-----\nMIIB\n"] {
        let error = mailer()
            .with_root_certificate(wrong.as_bytes())
            .unwrap_err();
        assert!(error.to_string().contains("PEM"), "{error}");
    }
    let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    assert!(mailer().with_root_certificate(broken.as_bytes()).is_err());
    let root = Authority::new("ours").root();
    assert!(mailer().with_root_certificate(root.as_bytes()).is_ok());
}
