#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;

/// So many microseconds after noon.
fn at(micros: u64) -> Timestamp {
    Timestamp::from_unix_micros(1_000_000_000_000_000)
        .unwrap()
        .saturating_add(Duration::from_micros(micros))
}

fn browser(number: u8) -> BrowserHash {
    BrowserHash::from_bytes([number; 32])
}

fn ask(number: u128, asked_by: u8, micros: u64) -> Ask {
    Ask {
        id: AskId::from_uuid(uuid::Uuid::from_u128(number)),
        browser: browser(asked_by),
        at: at(micros),
        from_network: 1,
    }
}

/// The link that answers an asking has the asking's number.
fn link(number: u128) -> LinkId {
    LinkId::from_uuid(uuid::Uuid::from_u128(number))
}

fn live(number: u128, asked_by: u8, micros: u64, lifetimes: &Lifetimes) -> LiveLink {
    LiveLink {
        id: link(number),
        browser: browser(asked_by),
        issued_at: at(micros),
        expires_at: at(micros).saturating_add(lifetimes.link()),
    }
}

fn past(asked_by: u8, micros: u64, mailed: bool) -> PastAsk {
    PastAsk {
        browser: browser(asked_by),
        at: at(micros),
        mailed,
    }
}

fn known(asks: Vec<Ask>) -> Waiting {
    Waiting {
        asks,
        past: Vec::new(),
        addressee: Addressee::Known,
        live: Vec::new(),
        told: false,
        known_domain: true,
    }
}

fn decide(waiting: &Waiting, lifetimes: &Lifetimes, now: u64) -> Vec<Answer> {
    let limits = AskLimits::default();
    let answers = answer(waiting, &limits, lifetimes, at(now), |ask| {
        LinkId::from_uuid(*ask.id.as_uuid())
    });
    let ids: Vec<_> = answers.iter().map(|(id, _)| *id).collect();
    let asked: Vec<_> = waiting.asks.iter().map(|ask| ask.id).collect();
    assert_eq!(ids, asked, "each asking has its answer");
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn issue(number: u128, supersedes: Option<u128>) -> Answer {
    Answer::Issue {
        link: link(number),
        supersedes: supersedes.map(link),
    }
}

#[test]
fn the_first_asking_gets_a_link() {
    let answers = decide(&known(vec![ask(1, 1, 0)]), &Lifetimes::default(), 1);
    assert_eq!(answers, [issue(1, None)]);
}

#[test]
fn the_same_link_is_sent_while_half_its_life_is_left() {
    let standard = Lifetimes::default();
    let ten_minutes = Duration::from_secs(600);
    let shortened = standard.with_link(ten_minutes).unwrap();
    for (lifetimes, half) in [(standard, 15 * MINUTE), (shortened, 5 * MINUTE)] {
        let asked = |micros| {
            let waiting = Waiting {
                live: vec![live(7, 1, 0, &lifetimes)],
                past: vec![past(1, 0, true)],
                ..known(vec![ask(8, 1, micros)])
            };
            decide(&waiting, &lifetimes, micros)
        };
        // Before, at and after the moment when exactly half of it is left.
        assert_eq!(asked(half - 1), [Answer::SendAgain(link(7))]);
        assert_eq!(asked(half), [Answer::SendAgain(link(7))]);
        assert_eq!(asked(half + 1), [issue(8, Some(7))]);
    }
}

#[test]
fn a_dead_link_is_neither_sent_nor_ended() {
    let lifetimes = Lifetimes::default();
    let over = 30 * MINUTE;
    for (now, expected) in [(over - 1, issue(8, Some(7))), (over, issue(8, None))] {
        let waiting = Waiting {
            live: vec![live(7, 1, 0, &lifetimes)],
            ..known(vec![ask(8, 1, now)])
        };
        assert_eq!(decide(&waiting, &lifetimes, now), [expected]);
    }
}

#[test]
fn within_a_minute_of_its_last_asking_a_browser_is_sent_nothing() {
    let lifetimes = Lifetimes::default();
    let asked = |asked_by, micros, mailed| {
        let waiting = Waiting {
            live: vec![live(7, 1, 0, &lifetimes)],
            past: vec![past(1, 0, mailed)],
            ..known(vec![ask(8, asked_by, micros)])
        };
        decide(&waiting, &lifetimes, micros)
    };
    let nothing = [Answer::Nothing(Silence::TooSoon)];
    for mailed in [true, false] {
        assert_eq!(asked(1, MINUTE - 1, mailed), nothing);
        assert_eq!(asked(1, MINUTE, mailed), [Answer::SendAgain(link(7))]);
        assert_eq!(asked(1, MINUTE + 1, mailed), [Answer::SendAgain(link(7))]);
        assert_eq!(
            asked(2, 1, mailed),
            [issue(8, None)],
            "another browser asked nothing yet"
        );
    }
}

#[test]
fn two_asks_at_once_in_one_browser_make_one_link() {
    let waiting = known(vec![ask(1, 1, 0), ask(2, 1, 0)]);
    let answers = decide(&waiting, &Lifetimes::default(), 1);
    assert_eq!(answers, [issue(1, None), Answer::Nothing(Silence::TooSoon)]);
}

#[test]
fn of_four_browsers_three_get_links_and_the_fourth_the_newest() {
    let asks = (1..=4).map(|number| ask(number.into(), number, u64::from(number)));
    let answers = decide(&known(asks.collect()), &Lifetimes::default(), 5);
    let expected = [
        issue(1, None),
        issue(2, None),
        issue(3, None),
        Answer::SendAgain(link(3)),
    ];
    assert_eq!(answers, expected);
}

#[test]
fn what_other_browsers_ask_for_never_ends_a_link() {
    let lifetimes = Lifetimes::default();
    let old = live(7, 1, 0, &lifetimes);
    let mut waiting = Waiting {
        live: vec![old, live(6, 2, 1, &lifetimes), live(5, 3, 2, &lifetimes)],
        ..known(
            (11..=14)
                .map(|it| ask(it.into(), it, 20 * MINUTE))
                .collect(),
        )
    };
    let answers = decide(&waiting, &lifetimes, 20 * MINUTE);
    assert!(
        answers.iter().all(|it| *it == Answer::SendAgain(link(5))),
        "{answers:?}"
    );
    // The browser that has one of the three gets a new one in its place, not a fourth.
    waiting.asks = vec![ask(15, 1, 20 * MINUTE), ask(16, 9, 20 * MINUTE)];
    let answers = decide(&waiting, &lifetimes, 20 * MINUTE);
    assert_eq!(answers, [issue(15, Some(7)), Answer::SendAgain(link(15))]);
}

#[test]
fn an_address_gets_six_mails_within_a_links_life() {
    let lifetimes = Lifetimes::default();
    let now = 30 * MINUTE;
    let with = |first: u64, held: &Vec<LiveLink>| {
        let past: Vec<_> = (0..6)
            .map(|it| past(it, first + u64::from(it), true))
            .collect();
        let waiting = Waiting {
            past,
            live: held.clone(),
            ..known(vec![ask(1, 9, now), ask(2, 10, now)])
        };
        decide(&waiting, &lifetimes, now)
    };
    let silent = Answer::Nothing(Silence::AddressLimit);
    let holds = vec![live(7, 3, now - MINUTE, &lifetimes)];
    let mails = |first| with(first, &holds);
    assert_eq!(mails(1), [silent, silent]);
    // Where every link was used, the mailbox holds none: it gets one, and then no more.
    assert_eq!(with(1, &Vec::new()), [issue(1, None), silent]);
    // The oldest of them is exactly a life old: there is room for one, not for two.
    assert_eq!(mails(0), [issue(1, None), silent]);
    // Askings that sent nothing do not count.
    let waiting = Waiting {
        past: (0..20).map(|it| past(it, 1, false)).collect(),
        ..known(vec![ask(1, 99, now)])
    };
    assert_eq!(decide(&waiting, &lifetimes, now), [issue(1, None)]);
}

#[test]
fn a_network_asks_a_thousand_times() {
    for (from_network, expected) in [
        (1_000, issue(1, None)),
        (1_001, Answer::Nothing(Silence::NetworkLimit)),
    ] {
        let asking = Ask {
            from_network,
            ..ask(1, 1, 0)
        };
        assert_eq!(
            decide(&known(vec![asking]), &Lifetimes::default(), 1),
            [expected]
        );
    }
}

#[test]
fn an_asking_whose_link_would_begin_with_less_than_a_third_of_its_life_comes_too_late() {
    let standard = Lifetimes::default();
    let shortest = standard.with_link(Duration::from_secs(300)).unwrap();
    let late = [Answer::Nothing(Silence::TooLate)];
    for (lifetimes, last) in [(standard, 20 * MINUTE), (shortest, 200 * SECOND)] {
        let waiting = known(vec![ask(1, 1, 0)]);
        let at = |now| decide(&waiting, &lifetimes, now);
        assert_eq!(at(last), [issue(1, None)]);
        assert_eq!(at(last + 1), late);
        // One that lives already is not sent again for it either.
        let holds = Waiting {
            live: vec![live(7, 1, last, &lifetimes)],
            ..waiting.clone()
        };
        assert_eq!(decide(&holds, &lifetimes, last + 1), late);
    }
}

#[test]
fn an_address_without_an_active_account_is_told_so_once() {
    let silent = Answer::Nothing(Silence::NotWrittenTo);
    for addressee in [Addressee::Unknown, Addressee::Deactivated] {
        let waiting = Waiting {
            addressee,
            ..known(vec![ask(1, 1, 0), ask(2, 2, 1), ask(3, 1, 2)])
        };
        let answers = decide(&waiting, &Lifetimes::default(), 3);
        let soon = Answer::Nothing(Silence::TooSoon);
        assert_eq!(answers, [Answer::Tell, silent, soon]);
        let told = Waiting {
            told: true,
            ..waiting.clone()
        };
        assert_eq!(
            decide(&told, &Lifetimes::default(), 3),
            [silent, silent, soon]
        );
        let foreign = Waiting {
            known_domain: false,
            ..waiting
        };
        assert_eq!(
            decide(&foreign, &Lifetimes::default(), 3),
            [silent, silent, soon]
        );
    }
    // An account's own address is written to whatever is said of its domain.
    let waiting = Waiting {
        known_domain: false,
        told: true,
        ..known(vec![ask(1, 1, 0)])
    };
    assert_eq!(decide(&waiting, &Lifetimes::default(), 1), [issue(1, None)]);
}

#[test]
fn each_silence_has_its_word() {
    let words = [
        (Silence::TooSoon, "too_soon"),
        (Silence::AddressLimit, "address_limit"),
        (Silence::NetworkLimit, "network_limit"),
        (Silence::TooLate, "too_late"),
        (Silence::NotWrittenTo, "not_written_to"),
    ];
    for (silence, word) in words {
        assert_eq!(silence.as_str(), word);
    }
}

/// One address over hours: askings come from browsers, the courier comes by now and then.
#[derive(Default)]
struct History {
    live: Vec<LiveLink>,
    past: Vec<PastAsk>,
    asks: Vec<Ask>,
    number: u128,
}

impl History {
    /// The courier comes at `now`, and what it decides is done; the answers, each with its asking.
    fn courier(&mut self, lifetimes: &Lifetimes, now: Timestamp) -> Vec<(Ask, Answer)> {
        let asks = std::mem::take(&mut self.asks);
        let waiting = Waiting {
            past: self.past.clone(),
            live: self.live.clone(),
            ..known(asks.clone())
        };
        let limits = AskLimits::default();
        let answers = answer(&waiting, &limits, lifetimes, now, |ask| {
            LinkId::from_uuid(*ask.id.as_uuid())
        });
        let answers: Vec<_> = asks.into_iter().zip(answers).collect();
        for (ask, (_, answer)) in &answers {
            if let Answer::Issue { link, supersedes } = answer {
                self.live.retain(|older| Some(older.id) != *supersedes);
                self.live.push(LiveLink {
                    id: *link,
                    browser: ask.browser,
                    issued_at: ask.at,
                    expires_at: ask.at.saturating_add(lifetimes.link()),
                });
            }
            self.past.push(PastAsk {
                browser: ask.browser,
                at: ask.at,
                mailed: !matches!(answer, Answer::Nothing(_)),
            });
        }
        self.live.retain(|link| now < link.expires_at);
        answers
            .into_iter()
            .map(|(ask, (_, answer))| (ask, answer))
            .collect()
    }
}

proptest! {
    /// Whatever is asked by whomever: at most three live links, at most one per browser, none beyond its life, no more
    /// mails than the limit; and whoever is sent a link holds one that works.
    #[test]
    fn whatever_is_asked_the_links_stay_within_their_bounds(
        steps in prop::collection::vec((0..400_u64, 0..6_u8, any::<bool>()), 1..120),
        life in 5..=30_u64,
    ) {
        let lifetimes = Lifetimes::default().with_link(Duration::from_secs(60 * life)).unwrap();
        let mut history = History::default();
        let mut now = 0;
        for (pause, asked_by, courier) in steps {
            now += pause * SECOND;
            history.number += 1;
            let asking = ask(history.number, asked_by, now);
            history.asks.push(asking);
            if !courier {
                continue;
            }
            let answers = history.courier(&lifetimes, at(now));
            prop_assert!(history.live.len() <= LIVE_LINKS);
            let mut browsers: Vec<_> = history.live.iter().map(|it| *it.browser.as_bytes()).collect();
            browsers.sort_unstable();
            browsers.dedup();
            prop_assert_eq!(browsers.len(), history.live.len());
            for link in &history.live {
                prop_assert!(link.expires_at <= link.issued_at.saturating_add(lifetimes.link()));
                prop_assert!(at(now) < link.expires_at);
            }
            let since = at(now).saturating_sub(lifetimes.link());
            let mails = history.past.iter().filter(|it| it.mailed && it.at > since).count();
            prop_assert!(mails <= 6, "{} mails", mails);
            // The last that was sent in this pass works, if anything was sent.
            let sent = answers.iter().rev().find_map(|(_, answer)| match answer {
                Answer::Issue { link, .. } | Answer::SendAgain(link) => Some(*link),
                Answer::Tell | Answer::Nothing(_) => None,
            });
            if let Some(sent) = sent {
                prop_assert!(history.live.iter().any(|link| link.id == sent));
            }
        }
    }

    /// A mailbox that is flooded always holds a link that works: nothing is withheld for the limit while none lives.
    #[test]
    fn a_flooded_address_always_has_a_link_that_works(
        steps in prop::collection::vec((0..90_u64, any::<u8>()), 1..300),
        life in 5..=30_u64,
    ) {
        let lifetimes = Lifetimes::default().with_link(Duration::from_secs(60 * life)).unwrap();
        let mut history = History::default();
        let mut now = 0;
        for (pause, asked_by) in steps {
            now += pause * SECOND;
            history.number += 1;
            let asking = ask(history.number, asked_by, now);
            history.asks.push(asking);
            let answers = history.courier(&lifetimes, at(now));
            let limited = answers.iter().any(|(_, answer)| *answer == Answer::Nothing(Silence::AddressLimit));
            if limited {
                prop_assert!(!history.live.is_empty(), "the limit left the mailbox without a link");
            }
        }
    }
}
