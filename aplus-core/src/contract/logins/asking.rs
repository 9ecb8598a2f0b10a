//! P20, P21.

use std::time::Duration;

use crate::Lifetimes;
use crate::account::Principal;
use crate::asking::{Addressee, Answer, AskLimits, LiveLink, Silence};
use crate::contract::Harness;
use crate::contract::deed::Deed;
use crate::contract::world::{World, browser, email, micros, minutes};
use crate::ports::{AskReceipt, Outcome};

pub(in crate::contract) async fn asking_is_the_same_for_every_address(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let of = async |id| world.address_of(Principal::Account(id)).await;
    let operator = world.address_of(Principal::Operator(scene.operator)).await;
    let unknown = email("personne@nulle-part.example");
    for address in [
        of(scene.first).await,
        of(scene.dormant).await,
        operator,
        unknown,
    ] {
        let before = world.shown().await;
        let ask = world.ask(&address, 1, world.noon());
        assert_eq!(
            world.store.ask(&ask, 1_000).await.unwrap(),
            AskReceipt::Queued
        );
        assert_eq!(
            world.shown().await,
            before,
            "asking writes no more than its line"
        );
    }
}

pub(in crate::contract) async fn a_full_queue_is_full_for_everybody(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let known = world.address_of(Principal::Account(scene.first)).await;
    for _ in 0..3 {
        let ask = world.ask(&known, 1, world.noon());
        assert_eq!(world.store.ask(&ask, 3).await.unwrap(), AskReceipt::Queued);
    }
    for address in [&known, &email("personne@nulle-part.example")] {
        let ask = world.ask(address, 1, world.noon());
        assert_eq!(world.store.ask(&ask, 3).await.unwrap(), AskReceipt::Full);
    }
    // What was answered no longer waits.
    let waiting = world.waiting(world.noon()).await.expect("they wait");
    assert_eq!(waiting.asks.len(), 3, "nothing is queued when it is full");
    let answered = world.answer_nothing(&waiting.asks, Answer::Nothing(Silence::TooSoon));
    assert_eq!(
        world.store.answer(answered).await.unwrap(),
        Outcome::Done(())
    );
    let ask = world.ask(&known, 1, world.noon());
    assert_eq!(world.store.ask(&ask, 3).await.unwrap(), AskReceipt::Queued);
}

pub(in crate::contract) async fn askings_are_answered_once(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let address = world.address_of(Principal::Account(scene.both)).await;
    let noon = world.noon();
    let first = world.ask(&address, 1, noon);
    world.queue(&first).await;
    let early = world.waiting(noon).await.expect("one waits");
    let second = world.ask(&address, 2, noon.saturating_add(micros(1)));
    world.queue(&second).await;
    let late = world.waiting(noon).await.expect("two wait");
    assert_eq!((early.asks.len(), late.asks.len()), (1, 2));

    let one = world.answer_with(&first, world.issue(&early, &first));
    let mut both = world.answer_with(&first, world.issue(&late, &first));
    let other = world.answer_with(&second, world.issue(&late, &second));
    both.answers.extend(other.answers);
    both.links.extend(other.links);
    both.entries.extend(other.entries);
    both.mails.extend(other.mails);
    assert_eq!(
        world.store.answer(one.clone()).await.unwrap(),
        Outcome::Done(())
    );
    let before = world.shown().await;
    assert_eq!(
        world.store.answer(both).await.unwrap(),
        Outcome::Stale,
        "half of it was answered"
    );
    assert_eq!(world.shown().await, before);
    let left = world.waiting(noon).await.expect("the second still waits");
    assert_eq!(left.asks, [second]);
    assert_eq!(left.waiting.live.len(), 1);
    assert_eq!(world.store.answer(one).await.unwrap(), Outcome::Stale);
}

/// The courier was late: two askings of one browser are answered together, and the second no longer gets the first's link.
pub(in crate::contract) async fn a_link_is_superseded_by_one_of_the_same_answer(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let address = world.address_of(Principal::Account(scene.both)).await;
    let later = world.noon().saturating_add(minutes(20));
    let asks = [world.noon(), later].map(|at| world.ask(&address, 1, at));
    for ask in &asks {
        world.queue(ask).await;
    }
    let waiting = world.waiting(later).await.expect("they wait");
    let [first, second] = &asks;
    let older = world.issue(&waiting, first);
    let mut newer = world.issue(&waiting, second);
    newer.supersedes = Some(older.id);
    let hashes = [older.hash, newer.hash];
    let mut answered = world.answer_with(first, older);
    let then = world.answer_with(second, newer);
    answered.answers.extend(then.answers);
    answered.links.extend(then.links);
    answered.entries.extend(then.entries);
    answered.mails.extend(then.mails);
    assert_eq!(
        world.store.answer(answered).await.unwrap(),
        Outcome::Done(())
    );
    let mut superseded = Vec::new();
    for hash in &hashes {
        let facts = world.store.link(hash).await.unwrap();
        superseded.push(facts.expect("the link").superseded_at);
    }
    assert_eq!(
        superseded,
        [Some(later), None],
        "one browser, one link (L4)"
    );
}

pub(in crate::contract) async fn a_flood_is_read_in_parts(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let address = world.address_of(Principal::Account(scene.both)).await;
    // Beyond what the scene itself asked for.
    let start = world.noon().saturating_add(minutes(60));
    let limits = AskLimits {
        asks_per_network: 5,
        ..AskLimits::default()
    };
    let at_once = usize::try_from(AskLimits::AT_ONCE).unwrap();
    let mut asks = Vec::new();
    for number in 0..=AskLimits::AT_ONCE {
        let at = start.saturating_add(Duration::from_micros(number.into()));
        asks.push(world.ask(&address, 1 + u8::try_from(number % 2).unwrap(), at));
        world.queue(asks.last().unwrap()).await;
    }
    let later = start.saturating_add(minutes(1));
    let flood = world.waiting_with(None, &limits, later).await.unwrap();
    assert_eq!(flood.asks, asks[..at_once]);
    // No further than one beyond the limit.
    let counts: Vec<_> = flood
        .waiting
        .asks
        .iter()
        .map(|it| it.from_network)
        .collect();
    assert_eq!(counts[..7], [1, 2, 3, 4, 5, 6, 6]);
    assert_eq!(counts.last(), Some(&6));

    // Of those that were answered with nothing only the newest of the browser that asks again is told.
    let nothing = world.answer_nothing(&flood.asks, Answer::Nothing(Silence::TooSoon));
    assert_eq!(
        world.store.answer(nothing).await.unwrap(),
        Outcome::Done(())
    );
    let rest = world.waiting_with(None, &limits, later).await.unwrap();
    assert_eq!(rest.asks, asks[at_once..]);
    let newest = &asks[at_once - 2];
    let past: Vec<_> = rest
        .waiting
        .past
        .iter()
        .map(|it| (it.browser, it.at, it.mailed))
        .collect();
    assert_eq!(past, [(newest.browser, newest.at, false)]);
}

pub(in crate::contract) async fn a_link_that_was_used_meanwhile_is_not_sent_again(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let owner = Principal::Account(scene.both);
    let address = world.address_of(owner).await;
    let noon = world.noon();
    let link = world.new_link(owner, 1, noon).await;
    let later = noon.saturating_add(minutes(2));
    let again = world.ask(&address, 1, later);
    world.queue(&again).await;
    let answered = world.answer_nothing(&[again], Answer::SendAgain(link.id));
    let log_in = Deed::LogIn {
        link: link.hash,
        browser: browser(1),
        email: None,
        at: later,
    };
    world.carry_out(&log_in).await;
    let before = world.shown().await;
    let outcome = world.store.answer(answered).await.unwrap();
    assert_eq!(outcome, Outcome::Stale);
    assert_eq!(world.shown().await, before);
    assert_eq!(
        world.waiting(later).await.unwrap().asks.len(),
        1,
        "it still waits"
    );
}

pub(in crate::contract) async fn what_waits_comes_with_all_that_decides(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    assert_eq!(world.waiting(noon).await, None);
    let limits = AskLimits::default();
    let owner = Principal::Account(scene.both);
    let address = world.address_of(owner).await;
    let old = world.new_link(owner, 1, noon).await;
    let at = |minute| noon.saturating_add(minutes(minute));

    // The address that waits longest comes first, with all that waits for it, the oldest first.
    let other = world.ask(&email("personne@nulle-part.example"), 7, at(13));
    let second = world.ask(&address, 2, at(12));
    let first = world.ask(&address, 1, at(11));
    for ask in [&other, &second, &first] {
        world.queue(ask).await;
    }
    let waiting = world.waiting(at(14)).await.expect("three wait");
    assert_eq!(waiting.asks, [first.clone(), second.clone()]);
    assert_eq!(waiting.email, address);
    assert_eq!(
        waiting.principal,
        Some((owner, world.account(scene.both).await.epoch()))
    );
    let facts = waiting.waiting.clone();
    assert_eq!(facts.addressee, Addressee::Known);
    let asked: Vec<_> = facts
        .asks
        .iter()
        .map(|ask| (ask.id, ask.browser, ask.at))
        .collect();
    assert_eq!(
        asked,
        [
            (first.id, first.browser, first.at),
            (second.id, second.browser, second.at)
        ]
    );
    let past: Vec<_> = facts
        .past
        .iter()
        .map(|it| (it.browser, it.at, it.mailed))
        .collect();
    assert_eq!(past, [(browser(1), noon, true)]);
    let live = LiveLink {
        id: old.id,
        browser: browser(1),
        issued_at: noon,
        expires_at: old.expires_at,
    };
    assert_eq!(facts.live, [live]);

    // What a network asked within ten minutes up to each asking, for whatever address: at exactly ten minutes it is out.
    let network: Vec<_> = facts.asks.iter().map(|ask| ask.from_network).collect();
    assert_eq!(
        network,
        [1, 2],
        "those of noon are eleven and twelve minutes old"
    );
    let edge = noon
        .saturating_add(AskLimits::NETWORK_WINDOW)
        .saturating_add(minutes(11));
    for (asked_by, when) in [(5, edge.saturating_sub(micros(1))), (6, edge)] {
        world.queue(&world.ask(&address, asked_by, when)).await;
    }
    let facts = world.waiting(edge).await.expect("they wait").waiting;
    let network: Vec<_> = facts.asks.iter().map(|ask| ask.from_network).collect();
    assert_eq!(network, [1, 2, 4, 4]);

    // An answer that sends nothing is remembered as such; a dead link is none that lives.
    let all = world.waiting(edge).await.expect("they wait").asks;
    let answered = world.answer_nothing(&all, Answer::Nothing(Silence::AddressLimit));
    assert_eq!(
        world.store.answer(answered).await.unwrap(),
        Outcome::Done(())
    );
    let late = old.expires_at;
    world.queue(&world.ask(&address, 1, late)).await;
    // The unknown address waits longer.
    let unknown = world.waiting(late).await.expect("the unknown address");
    assert_eq!(
        (unknown.asks.as_slice(), unknown.principal),
        ([other.clone()].as_slice(), None)
    );
    assert_eq!(unknown.waiting.addressee, Addressee::Unknown);
    let told = world.answer_nothing(&[other], Answer::Tell);
    assert_eq!(world.store.answer(told).await.unwrap(), Outcome::Done(()));
    let facts = world.waiting(late).await.expect("the last").waiting;
    assert_eq!(facts.live, []);
    assert!(
        facts.past.iter().all(|it| !it.mailed),
        "the mail of noon is a life ago"
    );
    let all = world.waiting(late).await.expect("the last").asks;
    let nothing = world.answer_nothing(&all, Answer::Nothing(Silence::TooSoon));
    assert_eq!(
        world.store.answer(nothing).await.unwrap(),
        Outcome::Done(())
    );

    // Told once a day, and only where the domain is an account's or on the host's list (L7).
    let stranger = email("personne@nulle-part.example");
    let day = at(13).saturating_add(Lifetimes::NOTICE);
    for (now, told) in [
        (day.saturating_sub(Duration::from_secs(1)), true),
        (day.saturating_add(Duration::from_secs(1)), false),
    ] {
        world.queue(&world.ask(&stranger, 1, now)).await;
        let waiting = world.waiting(now).await.expect("the stranger");
        assert_eq!(waiting.waiting.told, told);
        let nothing = world.answer_nothing(&waiting.asks, Answer::Nothing(Silence::NotWrittenTo));
        assert_eq!(
            world.store.answer(nothing).await.unwrap(),
            Outcome::Done(())
        );
    }
    let now = day.saturating_add(minutes(5));
    world.queue(&world.ask(&stranger, 1, now)).await;
    for (domains, known) in [
        (None, true),
        (Some(vec![]), false),
        (Some(vec!["autre.example".to_owned()]), false),
        (Some(vec!["nulle-part.example".to_owned()]), true),
    ] {
        let waiting = world.waiting_with(domains.as_deref(), &limits, now).await;
        let waiting = waiting.expect("the stranger").waiting;
        assert_eq!(waiting.known_domain, known, "{domains:?}");
    }
    let asks = world.waiting(now).await.expect("the stranger").asks;
    let nothing = world.answer_nothing(&asks, Answer::Nothing(Silence::NotWrittenTo));
    assert_eq!(
        world.store.answer(nothing).await.unwrap(),
        Outcome::Done(())
    );
    let neighbour = email("inconnue@mairie.example");
    world.queue(&world.ask(&neighbour, 1, now)).await;
    let waiting = world.waiting_with(Some(&[]), &limits, now).await;
    assert!(
        waiting.expect("the neighbour").waiting.known_domain,
        "accounts have this domain"
    );

    // Whose account is deactivated is known to be so.
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let dormant = world.address_of(Principal::Account(scene.dormant)).await;
    world.queue(&world.ask(&dormant, 1, noon)).await;
    let waiting = world.waiting(noon).await.expect("the dormant one");
    assert_eq!(waiting.waiting.addressee, Addressee::Deactivated);
    assert_eq!(waiting.waiting.live, []);
}
