//! A relay that says no, not now, nothing, or breaks off; and what is told of it.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aplus_core::Site;
use aplus_core::ports::Mailer;
use aplus_lettre::{SetupError, SmtpError, SmtpMailer, Step};
use aplus_test_relay::{Event, Mode, Relay};
use common::{SOON, email, letter, mailer, refused, site};
use serde_json::json;

/// So long a test waits for a relay that keeps silent.
const SHORT: Duration = Duration::from_secs(2);

fn impatient(relay: &Relay) -> SmtpMailer {
    mailer(relay).with_times(SHORT, SHORT).unwrap()
}

#[tokio::test]
async fn what_the_relay_answers_is_told_by_its_code_alone() {
    let mut relay = Relay::start(Mode::Plain);
    let mailer = mailer(&relay);
    let steps = [
        ("mail", Step::Mail),
        ("rcpt", Step::Recipient),
        ("data", Step::Message),
    ];
    for (number, (setting, at)) in (1..).zip(steps) {
        for (code, passes) in [
            (421, true),
            (450, true),
            (452, true),
            (550, false),
            (554, false),
        ] {
            let words = format!("{code} 5.7.1 <camille.roux@ain.fr> is not wanted");
            relay.set(json!({ (setting): words, "once": true }));
            let (error, passing) = refused(&mailer, &letter(number)).await;
            assert!(
                matches!(error, SmtpError::Answered { step, code: told } if step == at && told == code),
                "{error:?}"
            );
            assert_eq!(passing, passes, "{error}");
            let shown = format!("{error} {error:?}");
            assert!(
                !shown.contains("camille") && !shown.contains("wanted"),
                "{shown}"
            );
        }
        // The next one goes through.
        mailer.send(&letter(number)).await.unwrap();
        assert_eq!(relay.mails().len(), 1);
    }
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    for (settings, what) in [
        (json!({ "greeting": "silence" }), "the connection"),
        (json!({ "ehlo": "silence" }), "the connection"),
        (json!({ "mail": "silence" }), "MAIL"),
        (json!({ "rcpt": "silence" }), "RCPT"),
        (json!({ "data": "silence" }), "the message"),
    ] {
        let relay = Relay::start_with(Mode::Plain, settings);
        let begun = Instant::now();
        let (error, passing) = refused(&impatient(&relay), &letter(1)).await;
        let told = error.to_string();
        assert!(
            told.contains(&format!("did not answer {what} within 2 seconds")),
            "{told}"
        );
        assert!(passing, "{told}");
        assert!(begun.elapsed() < SHORT * 3, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn what_is_no_smtp_server_gets_nothing() {
    for greeting in [
        "HTTP/1.1 400 Bad Request",
        "554 5.3.2 no service for <camille.roux@ain.fr>",
        "421 4.3.2 too busy for <camille.roux@ain.fr>",
        "220",
        "\u{16}\u{3}\u{1}",
    ] {
        let relay = Relay::start_with(Mode::Plain, json!({ "greeting": greeting }));
        let (error, passing) = refused(&impatient(&relay), &letter(1)).await;
        assert!(passing, "{error}");
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("camille") && !shown.contains("Bad"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_named_as_that() {
    let relay = Relay::start(Mode::Plain);
    let mailer = impatient(&relay);
    drop(relay);
    let (error, passing) = refused(&mailer, &letter(1)).await;
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(passing);
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_sent_again_under_the_same_id() {
    for lost in ["close", "silence"] {
        let mut relay = Relay::start_with(Mode::Plain, json!({ "data": lost }));
        let mailer = impatient(&relay);
        let (error, passing) = refused(&mailer, &letter(7)).await;
        assert!(passing, "nobody knows whether the relay has it: {error}");
        relay.set(json!({ "data": null }));
        mailer.send(&letter(7)).await.unwrap();
        let ids: Vec<_> = relay
            .mails()
            .iter()
            .map(|mail| mail.header("Message-ID").to_owned())
            .collect();
        assert_eq!(ids.len(), 2, "{lost}");
        assert_eq!(ids[0], ids[1], "{lost}");
    }
}

#[tokio::test]
async fn a_late_answer_is_never_taken_for_that_of_another_mail() {
    let mut relay = Relay::start_with(Mode::Plain, json!({ "data": "silence" }));
    let mailer = impatient(&relay);
    let (error, _) = refused(&mailer, &letter(1)).await;
    let late = matches!(
        error,
        SmtpError::TimedOut {
            step: Step::Message,
            ..
        }
    );
    assert!(late, "{error:?}");
    // Whatever the relay says to the first, it says on a connection that is not used any more.
    relay.set(json!({ "data": null, "rcpt": "550 5.1.1 unknown" }));
    let (error, passing) = refused(&mailer, &letter(2)).await;
    assert!(!passing, "{error:?}");
    relay.wait(SOON, |event| {
        matches!(event, Event::Connection { number: 2 }).then_some(())
    });
}

#[tokio::test]
async fn a_connection_that_the_relay_closed_meanwhile_costs_no_mail() {
    let mut relay = Relay::start(Mode::Plain);
    let mailer = mailer(&relay);
    mailer.send(&letter(1)).await.unwrap();
    for (number, closing) in (2..).zip(["close", "421 4.4.2 idle for too long"]) {
        relay.set(json!({ "mail": closing, "once": true }));
        mailer.send(&letter(number)).await.unwrap();
    }
    assert_eq!(relay.mails().len(), 3);
}

/// A firewall that forgot a connection answers nothing on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_kept_connection_that_fell_silent_costs_a_moment_and_no_mail() {
    let mut relay = Relay::start(Mode::Plain);
    let (opening, handing_over) = (Duration::from_secs(6), Duration::from_secs(10));
    let mailer = mailer(&relay).with_times(opening, handing_over).unwrap();
    let mailer = Arc::new(mailer);
    mailer.send(&letter(1)).await.unwrap();
    relay.set(json!({ "mail": "silence" }));
    let begun = Instant::now();
    let sending = tokio::spawn({
        let mailer = Arc::clone(&mailer);
        async move { mailer.send(&letter(2)).await }
    });
    relay.wait(SOON, |event| {
        matches!(event, Event::Silent { .. }).then_some(())
    });
    relay.set(json!({ "mail": null }));
    sending.await.unwrap().unwrap();
    assert!(begun.elapsed() < opening, "{:?}", begun.elapsed());
    assert_eq!(relay.mails().len(), 2);
}

/// Silence on a kept connection is no time beside the one that an attempt has.
#[tokio::test]
async fn an_attempt_ends_in_its_time_whatever_was_kept() {
    let mut relay = Relay::start(Mode::Plain);
    let (opening, handing_over) = (Duration::from_secs(1), Duration::from_secs(4));
    let mailer = mailer(&relay).with_times(opening, handing_over).unwrap();
    mailer.send(&letter(1)).await.unwrap();
    relay.set(json!({ "mail": "silence" }));
    let begun = Instant::now();
    let (error, passing) = refused(&mailer, &letter(2)).await;
    assert!(passing, "{error}");
    let most = opening + handing_over;
    assert!(begun.elapsed() < most, "{:?}", begun.elapsed());
}

#[test]
fn the_address_that_is_wrong_is_the_one_that_is_named() {
    let wrong = email("=?utf-8?q?aide?=@anct.example.fr");
    let site = || Site::new("https://aplus.example.fr").unwrap();
    let support = site().with_support(&wrong);
    let sender = site()
        .with_support(&email("aide@anct.example.fr"))
        .with_sender(&wrong);
    for (site, named) in [(support, "the address of support"), (sender, "the sender")] {
        let error = SmtpMailer::new("smtp://localhost", &site).unwrap_err();
        let told = error.to_string();
        assert!(
            told.starts_with(&format!("{named} is no address"))
                && told.contains("=?utf-8?q?aide?="),
            "{told}"
        );
    }
}

#[test]
fn the_times_have_a_bound() {
    let second = Duration::from_secs(1);
    let (opening, handing_over) = (SmtpMailer::OPENING, SmtpMailer::HANDING_OVER);
    let mailer = || SmtpMailer::new("smtp://localhost", &site()).unwrap();
    assert!(mailer().with_times(opening, handing_over).is_ok());
    for (opening, handing_over) in [
        (Duration::ZERO, second),
        (second, Duration::ZERO),
        (opening + second, second),
        (second, handing_over + second),
    ] {
        let error = mailer().with_times(opening, handing_over).unwrap_err();
        assert!(matches!(error, SetupError::Times), "{error}");
    }
}
