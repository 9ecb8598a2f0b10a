#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use super::*;
use crate::{AccountId, Lifetimes};

const MINUTE: u64 = 60 * 1_000_000;

/// So many microseconds after the link was asked for.
fn at(micros: u64) -> Timestamp {
    Timestamp::from_unix_micros(1_000_000_000_000_000)
        .unwrap()
        .saturating_add(Duration::from_micros(micros))
}

fn browser(number: u8) -> BrowserHash {
    BrowserHash::from_bytes([number; 32])
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn session() -> SessionId {
    SessionId::from_uuid(uuid::Uuid::from_u128(3))
}

/// A link that browser 1 asked for.
fn live(life: Duration) -> LinkFacts {
    LinkFacts {
        id: LinkId::from_uuid(uuid::Uuid::from_u128(1)),
        purpose: Purpose::LogIn,
        principal: Principal::Account(AccountId::from_uuid(uuid::Uuid::from_u128(2))),
        email: email("camille@mairie.example"),
        browser: browser(1),
        issued_at: at(0),
        expires_at: at(0).saturating_add(life),
        used: None,
        superseded_at: None,
        wrong_addresses: 0,
        epoch: Epoch(4),
        current_epoch: Epoch(4),
        active: true,
        next: None,
    }
}

fn standard() -> LinkFacts {
    live(Lifetimes::default().link())
}

fn used(facts: LinkFacts, micros: u64) -> LinkFacts {
    let (at, session) = (at(micros), session());
    LinkFacts {
        used: Some(Use { at, session }),
        ..facts
    }
}

fn press(facts: &LinkFacts, browser: Option<BrowserHash>, typed: Option<&str>) -> Verdict {
    let typed = typed.map(email);
    let email = typed.as_ref();
    judge(facts, Presented { browser, email }, at(1)).unwrap()
}

#[test]
fn it_works_for_thirty_minutes_to_the_microsecond() {
    let facts = standard();
    let over = 30 * MINUTE;
    assert_eq!(facts.expires_at, at(over));
    assert_eq!(state(&facts, at(0)), LinkState::Live);
    assert_eq!(state(&facts, at(over - 1)), LinkState::Live);
    assert_eq!(state(&facts, at(over)), LinkState::Expired(at(over)));
    assert_eq!(state(&facts, at(over + 1)), LinkState::Expired(at(over)));

    let own = Presented {
        browser: Some(browser(1)),
        email: None,
    };
    assert!(judge(&facts, own, at(over - 1)).is_ok());
    for micros in [over, over + 1] {
        let refusal = Refusal::LinkExpired { at: at(over) };
        assert_eq!(judge(&facts, own, at(micros)), Err(refusal));
    }
}

#[test]
fn a_host_that_shortens_it_shortens_it_to_the_microsecond() {
    for minutes in [5, 10, 29] {
        let life = Duration::from_secs(60 * minutes);
        let lifetimes = Lifetimes::default().with_link(life).unwrap();
        let facts = live(lifetimes.link());
        let over = minutes * MINUTE;
        assert_eq!(state(&facts, at(over - 1)), LinkState::Live);
        assert_eq!(state(&facts, at(over)), LinkState::Expired(at(over)));
    }
}

#[test]
fn what_killed_it_first_is_what_its_page_says() {
    let over = 30 * MINUTE;
    let superseded = LinkFacts {
        superseded_at: Some(at(2)),
        ..standard()
    };
    let ended = LinkFacts {
        current_epoch: Epoch(5),
        ..standard()
    };
    let inactive = LinkFacts {
        active: false,
        ..standard()
    };
    assert_eq!(state(&ended, at(1)), LinkState::Ended);
    assert_eq!(state(&inactive, at(1)), LinkState::Ended);
    assert_eq!(state(&superseded, at(3)), LinkState::Superseded(at(2)));
    // A used one stays used, whatever came later; a superseded one stays so when its time is over.
    let all = LinkFacts {
        active: false,
        ..used(superseded.clone(), 1)
    };
    assert_eq!(state(&all, at(over)), LinkState::Used(at(1)));
    assert_eq!(state(&superseded, at(over)), LinkState::Superseded(at(2)));
    assert_eq!(state(&inactive, at(over)), LinkState::Expired(at(over)));

    let refusals = [
        (used(standard(), 1), Refusal::LinkUsed { at: at(1) }),
        (superseded, Refusal::LinkSuperseded { at: at(2) }),
        (ended, Refusal::LinkEnded),
    ];
    for (facts, refusal) in refusals {
        let own = Presented {
            browser: Some(browser(1)),
            email: None,
        };
        assert_eq!(judge(&facts, own, at(3)), Err(refusal));
    }
}

#[test]
fn after_thirty_days_nothing_is_known_of_it() {
    let forgotten = 30 * MINUTE + 30 * 24 * 60 * MINUTE;
    let superseded = LinkFacts {
        superseded_at: Some(at(2)),
        ..standard()
    };
    for facts in [standard(), used(standard(), 1), superseded] {
        assert_ne!(state(&facts, at(forgotten - 1)), LinkState::Unknown);
        assert_eq!(state(&facts, at(forgotten)), LinkState::Unknown);
        assert_eq!(state(&facts, at(forgotten + 1)), LinkState::Unknown);
    }
    assert_eq!(LinkState::Unknown.refused(), Err(Refusal::LinkUnknown));
}

#[test]
fn a_link_for_another_purpose_logs_nobody_in() {
    let facts = LinkFacts {
        purpose: Purpose::ConfirmAddress,
        ..standard()
    };
    let own = Presented {
        browser: Some(browser(1)),
        email: None,
    };
    assert_eq!(judge(&facts, own, at(1)), Err(Refusal::LinkUnknown));
}

#[test]
fn the_browser_that_asked_confirms_with_one_press() {
    let Verdict::Opens(opening) = press(&standard(), Some(browser(1)), None) else {
        panic!("it opens");
    };
    assert_eq!(opening.link(), standard().id);
    assert_eq!(opening.principal(), standard().principal);
    assert_eq!((opening.epoch(), opening.by_address()), (Epoch(4), None));
    // What it types is not looked at.
    let verdict = press(&standard(), Some(browser(1)), Some("autre@mairie.example"));
    assert!(matches!(verdict, Verdict::Opens(_)));
}

#[test]
fn any_other_browser_gives_the_address() {
    for other in [None, Some(browser(2))] {
        assert!(needs_email(&standard(), other));
        for wrong_addresses in 0..WRONG_ADDRESSES {
            let facts = LinkFacts {
                wrong_addresses,
                ..standard()
            };
            let tries_left = WRONG_ADDRESSES - wrong_addresses;
            // An empty press counts for nothing.
            assert_eq!(
                press(&facts, other, None),
                Verdict::AsksAddress { tries_left }
            );
            let wrong = press(&facts, other, Some("autre@mairie.example"));
            let tries_left = tries_left - 1;
            assert_eq!(wrong, Verdict::WrongAddress { tries_left });
            // The write needs the number unchanged that was seen here.
            let Verdict::Opens(opening) = press(&facts, other, Some(" Camille@Mairie.EXAMPLE "))
            else {
                panic!("the right address opens it");
            };
            assert_eq!(opening.by_address(), Some(wrong_addresses));
        }
    }
    assert!(!needs_email(&standard(), Some(browser(1))));
}

#[test]
fn five_wrong_addresses_close_that_way_and_no_other() {
    for wrong_addresses in [WRONG_ADDRESSES, WRONG_ADDRESSES + 1, u8::MAX] {
        let facts = LinkFacts {
            wrong_addresses,
            ..standard()
        };
        for typed in [
            None,
            Some("autre@mairie.example"),
            Some("camille@mairie.example"),
        ] {
            assert_eq!(
                press(&facts, Some(browser(2)), typed),
                Verdict::AddressWayClosed
            );
        }
        let own = press(&facts, Some(browser(1)), None);
        assert!(
            matches!(own, Verdict::Opens(_)),
            "the browser that asked can still confirm"
        );
        assert_eq!(state(&facts, at(1)), LinkState::Live);
    }
}

#[test]
fn a_second_press_goes_on_for_a_minute_in_the_browser_that_asked() {
    let facts = used(standard(), MINUTE);
    let own = Some(browser(1));
    assert_eq!(second_press(&facts, own, at(MINUTE)), Some(session()));
    assert_eq!(
        second_press(&facts, own, at(2 * MINUTE - 1)),
        Some(session())
    );
    assert_eq!(second_press(&facts, own, at(2 * MINUTE)), None);
    assert_eq!(second_press(&facts, own, at(2 * MINUTE + 1)), None);
    for other in [None, Some(browser(2))] {
        assert_eq!(second_press(&facts, other, at(MINUTE)), None);
    }
    assert_eq!(second_press(&standard(), own, at(MINUTE)), None);
}

#[test]
fn each_state_has_its_word_and_its_hour() {
    let states = [
        (LinkState::Live, "live", None),
        (LinkState::Expired(at(1)), "expired", Some(at(1))),
        (LinkState::Used(at(2)), "used", Some(at(2))),
        (LinkState::Superseded(at(3)), "superseded", Some(at(3))),
        (LinkState::Ended, "ended", None),
        (LinkState::Unknown, "unknown", None),
    ];
    for (state, word, hour) in states {
        assert_eq!((state.as_str(), state.at()), (word, hour));
        assert_eq!(state.refused().is_ok(), state == LinkState::Live);
    }
}

#[test]
fn it_is_worth_sending_for_two_thirds_of_its_life_and_a_minute_after_it_was_queued() {
    for minutes in [5, 10, 30] {
        let life = Duration::from_secs(60 * minutes);
        let facts = live(life);
        let last = minutes * MINUTE / 3 * 2;
        assert!(is_worth_sending(&facts, at(0), at(last)));
        assert!(!is_worth_sending(&facts, at(0), at(last + 1)));
        // Queued later, as one that is sent again: for a minute, whatever is left.
        let queued = minutes * MINUTE - 90 * 1_000_000;
        assert!(is_worth_sending(
            &facts,
            at(queued),
            at(queued + MINUTE - 1)
        ));
        assert!(!is_worth_sending(&facts, at(queued), at(queued + MINUTE)));
    }
}
