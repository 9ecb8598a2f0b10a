#![allow(clippy::unwrap_used)]

use super::*;
use crate::account::{Epoch, Principal};
use crate::link::{LinkFacts, Purpose, Use};
use crate::ports::GivenUp;
use crate::{AccountId, BrowserHash, EmailAddress, LinkId, SessionId};

fn at(text: &str) -> Timestamp {
    format!("2026-03-02T{text}Z").parse().unwrap()
}

/// Asked for at 10:42, and nothing else.
fn asked() -> LinkStory {
    let id = uuid::Uuid::nil();
    LinkStory {
        link: LinkFacts {
            id: LinkId::from_uuid(id),
            purpose: Purpose::LogIn,
            principal: Principal::Account(AccountId::from_uuid(id)),
            email: EmailAddress::parse("camille@mairie.example").unwrap(),
            browser: BrowserHash::from_bytes([0; 32]),
            issued_at: at("10:42:00"),
            expires_at: at("11:12:00"),
            used: None,
            superseded_at: None,
            wrong_addresses: 2,
            epoch: Epoch(1),
            current_epoch: Epoch(1),
            active: true,
            next: None,
        },
        handed_over: Vec::new(),
        given_up: Vec::new(),
        waiting: false,
        looks: None,
    }
}

#[test]
fn a_link_that_a_scanner_fetched_and_a_newer_one_replaced_tells_it_in_order() {
    let looks = Looks {
        times: 3,
        first: at("10:42:30"),
        last: at("10:42:40"),
    };
    let mut story = asked();
    story.handed_over = vec![at("10:42:07"), at("10:47:00")];
    story.looks = Some(looks);
    story.link.superseded_at = Some(at("10:49:00"));
    let told = [
        (Some(at("10:42:00")), LinkStep::Asked),
        (Some(at("10:42:07")), LinkStep::HandedOver),
        (Some(at("10:42:30")), LinkStep::Looked(looks)),
        (Some(at("10:47:00")), LinkStep::HandedOver),
        (Some(at("10:49:00")), LinkStep::Superseded),
    ];
    assert_eq!(steps(&story, at("11:30:00")), told);
}

#[test]
fn each_end_of_a_link_is_told_with_its_hour_where_there_is_one() {
    let end = |story: &LinkStory, now| steps(story, now).pop().unwrap();
    let late = at("11:12:00");
    assert_eq!(end(&asked(), late), (Some(late), LinkStep::Expired));
    let session = SessionId::from_uuid(uuid::Uuid::nil());
    let mut used = asked();
    let at_noon = at("10:45:00");
    used.link.used = Some(Use {
        at: at_noon,
        session,
    });
    assert_eq!(end(&used, late), (Some(at_noon), LinkStep::Used));
    let mut ended = asked();
    ended.link.active = false;
    assert_eq!(end(&ended, at_noon), (None, LinkStep::Ended));
    let mut waits = asked();
    waits.waiting = true;
    assert_eq!(end(&waits, at_noon), (None, LinkStep::Waits));
    let mut given_up = asked();
    given_up.given_up = vec![GivenUp {
        at: at_noon,
        reason: "refused".to_owned(),
    }];
    let told = [
        (Some(at("10:42:00")), LinkStep::Asked),
        (Some(at_noon), LinkStep::GivenUp),
        (Some(late), LinkStep::Expired),
    ];
    assert_eq!(steps(&given_up, late), told);
}

#[test]
fn of_a_link_that_was_dead_for_thirty_days_nothing_is_told() {
    let last = asked().link.expires_at;
    let over = last.saturating_add(crate::Lifetimes::DEAD_LINK);
    let before = over.saturating_sub(std::time::Duration::from_micros(1));
    assert_eq!(steps(&asked(), before).len(), 2);
    assert_eq!(steps(&asked(), over), []);
}
