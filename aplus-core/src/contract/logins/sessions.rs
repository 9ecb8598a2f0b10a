//! P24, P25, and what the methods on sessions and on what is dead say of themselves.

use super::write;
use crate::account::Principal;
use crate::contract::Harness;
use crate::contract::deed::Deed;
use crate::contract::world::{World, micros, minutes};
use crate::link::{self, LinkState};
use crate::mail::Urgency;
use crate::ports::{Outcome, SessionHolder};
use crate::session::{self, SessionEnd};
use crate::{Author, EmailAddress, Lifetimes, Role, SessionId};

pub(in crate::contract) async fn what_was_ended_by_number_does_not_count(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let (noon, lifetimes) = (world.noon(), Lifetimes::default());
    for owner in [
        Principal::Account(scene.first),
        Principal::Operator(scene.operator),
    ] {
        let before = world.logged_in(owner).await;
        let link = world.new_link(owner, 5, noon).await;
        let end = async |id: SessionId| {
            let key = world
                .store
                .session_key(id)
                .await
                .unwrap()
                .expect("the session's line");
            session::judge(&key.session, &lifetimes, noon).err()
        };
        let state = async || {
            let facts = world
                .store
                .link(&link.hash)
                .await
                .unwrap()
                .expect("the link");
            link::state(&facts, noon)
        };
        assert_eq!((end(before).await, state().await), (None, LinkState::Live));
        let by = Author::from(owner);
        world.carry_out(&Deed::EndAllSessions { by, owner }).await;
        assert_eq!(
            (end(before).await, state().await),
            (Some(SessionEnd::Ended), LinkState::Ended)
        );
        assert_eq!(world.store.sessions(owner, 100).await.unwrap(), []);
        // What comes after it counts.
        let after = world.logged_in(owner).await;
        assert_eq!(end(after).await, None);
        let lines = world.store.sessions(owner, 100).await.unwrap();
        assert_eq!(
            lines.iter().map(|line| line.session.id).collect::<Vec<_>>(),
            [after]
        );
    }
}

pub(in crate::contract) async fn a_touch_neither_revives_nor_goes_back(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let at = |minute| noon.saturating_add(minutes(minute));
    let id = scene.session;
    let facts = async || {
        world
            .store
            .session_key(id)
            .await
            .unwrap()
            .expect("its line")
            .session
    };
    for (now, seen) in [(at(5), at(5)), (at(3), at(5)), (at(6), at(6))] {
        world.store.touch(id, now).await.unwrap();
        assert_eq!(facts().await.last_seen_at, seen);
    }
    let owner = Principal::Account(scene.first);
    let by = Author::Account(scene.first);
    world
        .carry_out(&Deed::EndSession {
            by,
            owner,
            session: id,
        })
        .await;
    let ended = facts().await;
    assert_eq!(ended.ended_at, Some(noon));
    world.store.touch(id, at(7)).await.unwrap();
    assert_eq!(facts().await, ended);
    assert_eq!(world.store.sessions(owner, 100).await.unwrap(), []);

    // Ended by number, it stays ended.
    let other = world.logged_in(owner).await;
    world.carry_out(&Deed::EndAllSessions { by, owner }).await;
    world.store.touch(other, at(8)).await.unwrap();
    let key = world
        .store
        .session_key(other)
        .await
        .unwrap()
        .expect("its line");
    let judged = session::judge(&key.session, &Lifetimes::default(), at(8));
    assert_eq!(judged, Err(SessionEnd::Ended));
    world
        .store
        .touch(SessionId::from_uuid(world.uuid()), at(9))
        .await
        .unwrap();
}

pub(in crate::contract) async fn a_session_is_its_owners_alone_to_end(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let (first, second) = (
        Principal::Account(scene.first),
        Principal::Account(scene.second),
    );
    let session = scene.session;

    // It is found by its hash, with whom it belongs to.
    let key = world
        .store
        .session_key(session)
        .await
        .unwrap()
        .expect("its line");
    assert_eq!(world.key.session(session, &key.nonce).hash(), key.hash);
    let logged_in = world
        .store
        .session(&key.hash)
        .await
        .unwrap()
        .expect("the session");
    assert_eq!(logged_in.session, key.session);
    assert_eq!(
        logged_in.holder,
        SessionHolder::Account(world.account(scene.first).await)
    );
    let operators = world.logged_in(Principal::Operator(scene.operator)).await;
    let operators = world
        .store
        .session_key(operators)
        .await
        .unwrap()
        .expect("its line");
    let holder = world
        .store
        .session(&operators.hash)
        .await
        .unwrap()
        .expect("the session")
        .holder;
    assert!(matches!(holder, SessionHolder::Operator(it) if it.id == scene.operator));

    let by = Author::Account(scene.second);
    let not_theirs = Deed::EndSession {
        by,
        owner: second,
        session,
    };
    let prepared = world.decide(&not_theirs).await.unwrap();
    let before = world.shown().await;
    assert_eq!(write(&world, prepared).await, Outcome::Stale);
    assert_eq!(world.shown().await, before);

    // Support ends it; a second time it has ended.
    let by = Author::Operator(scene.operator);
    let end = Deed::EndSession {
        by,
        owner: first,
        session,
    };
    let late = world.decide(&end).await.unwrap();
    world.carry_out(&end).await;
    assert_eq!(write(&world, late).await, Outcome::Stale);

    // The newest first, and no more than asked for.
    let mut opened = Vec::new();
    for _ in 0..3 {
        opened.insert(0, world.logged_in(second).await);
    }
    let lines = async |limit| {
        let lines = world.store.sessions(second, limit).await.unwrap();
        lines
            .into_iter()
            .map(|line| line.session.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(100).await, opened);
    assert_eq!(lines(2).await, opened[..2]);
}

pub(in crate::contract) async fn what_is_dead_is_forgotten_and_nothing_else(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let noon = world.noon();
    let old = world
        .store
        .link(&scene.link)
        .await
        .unwrap()
        .expect("the link");
    let entries = world.entries().await;
    // Nothing is older than these.
    assert_eq!(world.store.purge(noon, noon, 100).await.unwrap(), 0);
    assert!(world.store.link(&scene.link).await.unwrap().is_some());
    let waiting = world.ask(
        &EmailAddress::parse("attente@mairie.example").unwrap(),
        1,
        noon,
    );
    world.queue(&waiting).await;

    // The link's end, and the microsecond after it.
    let after = old.expires_at.saturating_add(micros(1));
    world.store.purge(old.expires_at, noon, 100).await.unwrap();
    assert!(world.store.link(&scene.link).await.unwrap().is_some());
    let mut passes = 0;
    while world.store.purge(after, noon, 1).await.unwrap() > 0 {
        passes += 1;
        assert!(passes < 100, "it comes to an end");
    }
    assert!(passes >= 2, "at most one of each at once");
    assert_eq!(world.store.link(&scene.link).await.unwrap(), None);
    assert!(
        world
            .store
            .session_key(scene.session)
            .await
            .unwrap()
            .is_some()
    );
    let later = noon.saturating_add(micros(1));
    world.store.purge(noon, later, 100).await.unwrap();
    assert_eq!(world.store.session_key(scene.session).await.unwrap(), None);

    // Settled mails go with the links, those that wait do not.
    let waits = world.probe.outbox().await;
    assert!(!waits.is_empty() && waits.iter().all(|mail| mail.settled_at.is_none()));
    let claimed = world.store.claim(noon, later, 1, Urgency::Bulk);
    let settled = claimed.await.unwrap().mails[0].claim();
    world.store.sent(settled, noon).await.unwrap();
    world.store.purge(noon, noon, 100).await.unwrap();
    assert_eq!(world.probe.outbox().await.len(), waits.len());
    world.store.purge(later, noon, 100).await.unwrap();
    let left = world.probe.outbox().await;
    assert_eq!(left.len(), waits.len() - 1);
    assert!(left.iter().all(|mail| mail.id != settled.mail));

    // What waits is not forgotten, nor is what was recorded, nor who was in.
    assert_eq!(world.waiting(noon).await.expect("it waits").asks, [waiting]);
    assert_eq!(world.entries().await, entries);
    assert_eq!(world.account(scene.first).await.last_login_at(), Some(noon));
    world.new_account(scene.home, Role::Aidant).await;
}
