//! Single passes, with a clock that the test sets.

use std::num::NonZeroU32;
use std::time::Duration;

use aplus_core::ports::Logins;
use aplus_core::service::Context;
use aplus_core::{HostKey, Lifetimes};

use super::post::{Does, Post, account, ask, builder, bulk, email, group, minutes, noon, silent};

const MICRO: Duration = Duration::from_micros(1);

/// A service where `camille.roux@ain.fr` has an account, and the mail with a link for it was not taken at noon.
async fn with_a_link_that_waits(lifetimes: Lifetimes) -> Post {
    let post = Post::new(|builder| builder.lifetimes(lifetimes));
    let group = group(&post.aplus).await;
    account(&post.aplus, group, &email("camille.roux@ain.fr"), &silent()).await;
    ask(&post.aplus, &email("camille.roux@ain.fr"), 1).await;
    post.relay.tell([Does::Later]);
    assert_eq!(post.pass().await.postponed, 1);
    post
}

#[tokio::test]
async fn a_link_leaves_while_a_third_of_its_life_is_left() {
    let shortest = Lifetimes::default().with_link(minutes(5)).unwrap();
    for (lifetimes, last) in [
        (Lifetimes::default(), minutes(20)),
        (shortest, Duration::from_secs(200)),
    ] {
        let post = with_a_link_that_waits(lifetimes).await;
        post.clock.set(noon().saturating_add(last));
        assert_eq!(post.pass().await.sent, 1);
        assert_eq!(post.relay.taken().len(), 1);

        let post = with_a_link_that_waits(lifetimes).await;
        post.clock.set(noon().saturating_add(last + MICRO));
        let report = post.pass().await;
        assert_eq!((report.sent, report.given_up, report.late), (0, 1, 1));
        assert!(post.relay.taken().is_empty());
        assert_eq!(post.reasons(), ["late_link"]);

        // A new one is for the person to ask, and comes at once.
        ask(&post.aplus, &email("camille.roux@ain.fr"), 1).await;
        assert_eq!(post.pass().await.sent, 1);
        let letters = post.relay.taken();
        assert!(letters[0].link.is_some());
    }
}

#[tokio::test]
async fn a_link_that_is_sent_again_late_leaves_at_once_or_not_at_all() {
    for (waits, leaves) in [(Duration::from_secs(60) - MICRO, true), (minutes(1), false)] {
        let post = Post::new(|builder| builder);
        let group = group(&post.aplus).await;
        let camille = email("camille.roux@ain.fr");
        account(&post.aplus, group, &camille, &silent()).await;
        for browser in [1, 2, 3] {
            ask(&post.aplus, &camille, browser).await;
        }
        assert_eq!(post.pass().await.sent, 3);
        post.relay.taken();
        // Three live: a fourth browser is sent the newest again, whatever is left of it (L4).
        post.clock.advance(minutes(25));
        ask(&post.aplus, &camille, 4).await;
        post.relay.tell([Does::Later]);
        assert_eq!(post.pass().await.postponed, 1);
        post.clock.advance(waits);
        let report = post.pass().await;
        assert_eq!(
            (report.sent, report.late),
            (u32::from(leaves), u32::from(!leaves))
        );
    }
}

#[tokio::test]
async fn what_is_refused_is_given_up_and_what_is_not_taken_is_tried_for_almost_five_days() {
    let post = Post::new(|builder| builder);
    let group = group(&post.aplus).await;
    account(
        &post.aplus,
        group,
        &email("camille.roux@ain.fr"),
        &Context::default(),
    )
    .await;
    post.relay.tell([Does::Never]);
    assert_eq!(post.pass().await.given_up, 1);
    assert!(post.pass().await.is_idle());
    assert_eq!(post.reasons(), ["refused"]);

    account(
        &post.aplus,
        group,
        &email("luc.petit@ain.fr"),
        &Context::default(),
    )
    .await;
    post.relay.tell((0..16).map(|_| Does::Later));
    let mut attempts = Vec::new();
    // Half a minute at a time, for six days.
    for step in 0..6 * 24 * 120 {
        let report = post.pass().await;
        if report.postponed + report.given_up > 0 {
            attempts.push(step * 30);
        }
        post.clock.advance(Duration::from_secs(30));
    }
    assert_eq!(attempts.len(), 16, "{attempts:?}");
    let hours = attempts.last().unwrap() / 3_600;
    assert!((4 * 24..5 * 24).contains(&hours), "{attempts:?}");
    let pauses: Vec<_> = attempts.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(pauses[0] <= 60 && pauses.is_sorted(), "{pauses:?}");
    assert_eq!(post.reasons(), ["refused", "relay"]);
    assert!(post.relay.taken().is_empty());
}

#[tokio::test]
async fn a_link_is_tried_every_two_minutes_for_as_long_as_it_is_worth_it() {
    let post = with_a_link_that_waits(Lifetimes::default()).await;
    post.relay.tell((0..1_000).map(|_| Does::Later));
    let mut attempts = vec![0];
    for second in 1..=30 * 60 {
        post.clock.advance(Duration::from_secs(1));
        let report = post.pass().await;
        if report.late == 1 {
            assert!(second > 20 * 60, "{second}");
            break;
        }
        if report.postponed == 1 {
            attempts.push(second);
        }
    }
    let expected: Vec<_> = [0, 30]
        .into_iter()
        .chain((150..=1_200).step_by(120))
        .collect();
    assert_eq!(attempts, expected);
    assert_eq!(post.reasons(), ["late_link"]);
}

/// A letter that speaks of a link is not sent without it.
#[tokio::test]
async fn a_letter_whose_link_is_gone_is_given_up() {
    let post = with_a_link_that_waits(Lifetimes::default()).await;
    post.clock.advance(minutes(2));
    let later = noon().saturating_add(minutes(24 * 60));
    post.store.purge(later, noon(), 100).await.unwrap();
    let report = post.pass().await;
    assert_eq!((report.sent, report.given_up), (0, 1));
    assert_eq!(post.reasons(), ["dead_link"]);
}

#[tokio::test]
async fn a_mail_whose_key_is_unknown_is_left_to_another_process() {
    let post = with_a_link_that_waits(Lifetimes::default()).await;
    post.relay.taken();
    let other = HostKey::new(b"another key of thirty-two bytes!").unwrap();
    let site = post.aplus.site().clone();
    let stranger = aplus_core::Aplus::builder(post.store.clone(), post.relay.clone(), site, other)
        .clock(post.clock.clone())
        .build();
    post.clock.advance(Duration::from_secs(30));
    // However often a process looks that does not know the key, one that does soon has its turn.
    let report = stranger.courier_pass(stranger.now()).await.unwrap();
    assert_eq!((report.postponed, report.sent), (1, 0));
    assert!(post.pass().await.is_idle());
    post.clock.advance(Duration::from_secs(5));
    assert_eq!(post.pass().await.sent, 1);
    assert_eq!(post.relay.taken().len(), 1);

    // Where nobody knows it, it is given up and reported once it is no longer worth sending.
    let post = with_a_link_that_waits(Lifetimes::default()).await;
    let other = HostKey::new(b"another key of thirty-two bytes!").unwrap();
    let site = post.aplus.site().clone();
    let stranger = aplus_core::Aplus::builder(post.store.clone(), post.relay.clone(), site, other)
        .clock(post.clock.clone())
        .build();
    for _ in 0..4 * 20 {
        post.clock.advance(Duration::from_secs(15));
        let report = stranger.courier_pass(stranger.now()).await.unwrap();
        assert_eq!((report.sent, report.given_up), (0, 0));
    }
    post.clock.advance(Duration::from_secs(15));
    let report = stranger.courier_pass(stranger.now()).await.unwrap();
    assert_eq!((report.given_up, report.late), (1, 0));
    assert_eq!(post.reasons(), ["unknown_key"]);
    assert!(post.relay.taken().is_empty());
}

#[tokio::test]
async fn mails_of_an_import_go_out_slowly_and_behind_all_others() {
    for (in_a_minute, in_a_pass) in [(60, 1), (600, 10)] {
        let post = Post::new(|builder| {
            builder.import_mails_per_minute(NonZeroU32::new(in_a_minute).unwrap())
        });
        let group = group(&post.aplus).await;
        for number in 0..700 {
            let address = email(&format!("agent{number}@ain.fr"));
            account(&post.aplus, group, &address, &bulk()).await;
        }
        account(
            &post.aplus,
            group,
            &email("camille.roux@ain.fr"),
            &Context::default(),
        )
        .await;
        ask(&post.aplus, &email("camille.roux@ain.fr"), 1).await;
        let report = post.pass().await;
        assert_eq!((report.answered, report.sent), (1, 2 + in_a_pass));
        let letters = post.relay.taken();
        assert!(letters[0].link.is_some(), "the link first");
        assert_eq!(letters[1].to, email("camille.roux@ain.fr"));
        assert!(letters[2].to.as_str().starts_with("agent"));

        let mut went = in_a_pass;
        for _ in 1..60 {
            post.clock.advance(Duration::from_secs(1));
            let sent = post.pass().await.sent;
            assert!(sent <= in_a_pass);
            went += sent;
        }
        assert_eq!(went, in_a_minute);
        // And no more than that, however many passes are made.
        let mut more = 0;
        for _ in 0..100 {
            more += post.pass().await.sent;
        }
        assert_eq!(more, 0);
        post.clock.advance(Duration::from_secs(1));
        assert_eq!(post.pass().await.sent, in_a_pass);
    }
}

/// A mail that a process claimed and did not settle is another's after a minute.
#[tokio::test]
async fn what_a_process_had_in_hand_when_it_ended_is_sent_within_a_minute() {
    let post = Post::new(|builder| builder);
    let group = group(&post.aplus).await;
    account(
        &post.aplus,
        group,
        &email("camille.roux@ain.fr"),
        &Context::default(),
    )
    .await;
    let silent = super::lanes::Silent::default();
    let dying = builder(&post.store, silent.clone(), post.clock.clone()).build();
    let in_hand = tokio::spawn(async move { dying.courier_pass(dying.now()).await });
    silent.asked.notified().await;
    in_hand.abort();
    assert!(in_hand.await.unwrap_err().is_cancelled());
    assert!(post.pass().await.is_idle());
    post.clock.advance(Duration::from_secs(60));
    assert_eq!(post.pass().await.sent, 1);
    assert_eq!(post.relay.taken().len(), 1);
}
