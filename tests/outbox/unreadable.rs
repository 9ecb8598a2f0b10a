//! A mail that no process can read, as a newer server may have written it: it is put off and given up like any other.

use std::time::Duration;

use aplus::rules::AccountDraft;
use aplus::service::Context;
use aplus::test_util::FixedClock;
use aplus::{Aplus, Author, EmailAddress, GroupId, Role, Roles, Site};

use crate::common::ground::Ground;
use crate::common::{Tokens, scene};

/// Half a day: longer than any pause between two attempts.
const LONG: Duration = Duration::from_secs(12 * 3_600);

/// As often as any other mail.
const TRIES: usize = 16;

async fn holds_up_no_other(mut ground: Ground) {
    let clock = FixedClock::new("2026-03-02T09:00:00Z".parse().unwrap());
    let site = Site::new("http://127.0.0.1").unwrap();
    let aplus = ground
        .builder(Tokens::default(), site)
        .clock(clock.clone())
        .build();
    let group = scene::group(&aplus, "Mairie").await;
    create(&aplus, group, 0).await;
    // The most urgent of all, and the oldest.
    ground
        .run(
            "insert into aplus.outbox (id, to_address, kind, message, urgency, language, queued_at, next_at)
            select entry_id, 'ada@ville.example', 'riddle', '{\"message\":\"riddle\"}', 2, 'fr', 0, 0 from aplus.outbox",
        )
        .await;
    let mut tries = 0;
    loop {
        let report = aplus.courier_pass(aplus.now()).await.unwrap();
        tries += 1;
        assert_eq!(report.sent, 1, "the other mail of this pass");
        if report.given_up == 1 {
            break;
        }
        assert_eq!(report.postponed, 1);
        if tries == 1 {
            // Its pause is that of any other.
            clock.advance(Duration::from_secs(29));
            assert!(aplus.courier_pass(aplus.now()).await.unwrap().is_idle());
        }
        clock.advance(LONG);
        create(&aplus, group, tries).await;
    }
    assert_eq!(tries, TRIES);
    assert_eq!(ground.waiting().await, 0);
    let reasons = "select reason from aplus.outbox where given_up_at is not null";
    assert_eq!(ground.column::<String>(reasons).await, ["unreadable"]);
    clock.advance(LONG);
    assert!(aplus.courier_pass(aplus.now()).await.unwrap().is_idle());
}

/// An account, whose welcome waits.
async fn create(aplus: &Aplus, group: GroupId, number: usize) {
    let email = EmailAddress::parse(&format!("agent{number}@mairie.example")).unwrap();
    let draft = AccountDraft::new(email, Roles::only(Role::Aidant));
    let (request, context) = (scene::request(), Context::default());
    let created = aplus.create_account_for(Author::Machine, group, &draft, &request, &context);
    created.await.unwrap();
}

#[tokio::test]
async fn a_mail_that_nobody_can_read_is_given_up_and_holds_up_no_other_on_sqlite() {
    holds_up_no_other(Ground::sqlite().await).await;
}

#[tokio::test]
async fn a_mail_that_nobody_can_read_is_given_up_and_holds_up_no_other_on_postgresql() {
    holds_up_no_other(Ground::postgres().await).await;
}
