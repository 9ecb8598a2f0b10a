//! P22, P23, P26.

use super::{log_in, log_in_elsewhere, write};
use crate::account::Principal;
use crate::contract::Harness;
use crate::contract::deed::{Deed, Prepared};
use crate::contract::world::{World, micros, minutes};
use crate::link;
use crate::ports::Outcome;
use crate::{Author, Lifetimes, LinkHash};

pub(in crate::contract) async fn a_link_is_used_only_while_it_works(harness: &dyn Harness) {
    /// What happens between the judgement and the write.
    #[derive(Debug, Clone, Copy)]
    enum Between {
        Nothing,
        AnotherPress,
        ANewerLink,
        AllEnded,
        Deactivated,
        DeactivatedAndBack,
        Withdrawn,
        AnotherBrowsersLink,
    }
    use Between::*;
    for between in [
        Nothing,
        AnotherPress,
        ANewerLink,
        AllEnded,
        Deactivated,
        DeactivatedAndBack,
        Withdrawn,
        AnotherBrowsersLink,
    ] {
        let world = World::fresh(harness).await;
        let scene = world.scene().await;
        let (noon, account) = (world.noon(), scene.aidant);
        let owner = Principal::Account(account);
        let by = Author::Account(scene.first);
        let judged = world.decide(&log_in(scene.link, 1, noon)).await.unwrap();
        match between {
            Nothing => {}
            AnotherPress => {
                world.carry_out(&log_in(scene.link, 1, noon)).await;
            }
            ANewerLink => {
                let old = world.store.link(&scene.link).await.unwrap();
                let at = noon.saturating_add(minutes(20));
                let ask = world.ask(&world.address_of(owner).await, 1, at);
                world.queue(&ask).await;
                let waiting = world.waiting(at).await.expect("the asking");
                let mut newer = world.issue(&waiting, &ask);
                newer.supersedes = old.map(|link| link.id);
                let answer = world.answer_with(&ask, newer);
                assert_eq!(world.store.answer(answer).await.unwrap(), Outcome::Done(()));
                let facts = world.store.link(&scene.link).await.unwrap();
                assert_eq!(facts.expect("the link").superseded_at, Some(at));
            }
            AllEnded => {
                let by = Author::Account(account);
                world.carry_out(&Deed::EndAllSessions { by, owner }).await;
            }
            Deactivated => {
                world.carry_out(&Deed::Deactivate { by, account }).await;
            }
            DeactivatedAndBack => {
                world.carry_out(&Deed::Deactivate { by, account }).await;
                world.carry_out(&Deed::Reactivate { by, account }).await;
            }
            Withdrawn => {
                world.carry_out(&Deed::Withdraw { by, account }).await;
            }
            AnotherBrowsersLink => {
                world.new_link(owner, 2, noon).await;
            }
        }
        let before = world.shown().await;
        let outcome = write(&world, judged).await;
        if matches!(between, Nothing | AnotherBrowsersLink) {
            assert_eq!(outcome, Outcome::Done(()), "{between:?}");
            assert_eq!(world.account(account).await.last_login_at(), Some(noon));
        } else {
            assert_eq!(outcome, Outcome::Stale, "{between:?}");
            assert_eq!(world.shown().await, before, "{between:?}");
        }
    }
}

pub(in crate::contract) async fn a_link_logs_in_to_the_last_microsecond(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let over = world.noon().saturating_add(Lifetimes::default().link());
    let last = over.saturating_sub(micros(1));
    assert!(world.decide(&log_in(scene.link, 1, over)).await.is_err());
    let prepared = world.decide(&log_in(scene.link, 1, last)).await.unwrap();
    assert_eq!(write(&world, prepared).await, Outcome::Done(()));

    // A judgement that was made in time and is written too late.
    let link = world
        .new_link(Principal::Account(scene.both), 1, world.noon())
        .await;
    let Prepared::LogIn(mut late) = world.decide(&log_in(link.hash, 1, last)).await.unwrap() else {
        panic!("a log-in");
    };
    let event = crate::journal::Event::AccountReactivated;
    late.entry = world.entry(over, Author::Machine, &event);
    let before = world.shown().await;
    assert_eq!(write(&world, Prepared::LogIn(late)).await, Outcome::Stale);
    assert_eq!(world.shown().await, before);
}

/// The clocks of two processes may differ: who logs in by the later one and then by the other was last seen by the later.
pub(in crate::contract) async fn the_last_log_in_does_not_go_back(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let owner = Principal::Account(scene.both);
    let later = world.noon().saturating_add(minutes(10));
    let one = world.new_link(owner, 1, world.noon()).await;
    let other = world.new_link(owner, 2, world.noon()).await;
    world.carry_out(&log_in(one.hash, 1, later)).await;
    world
        .carry_out(&log_in(
            other.hash,
            2,
            world.noon().saturating_add(minutes(5)),
        ))
        .await;
    let account = world.account(scene.both).await;
    assert_eq!(account.last_login_at(), Some(later));
}

pub(in crate::contract) async fn another_browser_needs_its_count_unchanged(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let link = world
        .new_link(Principal::Account(scene.both), 1, world.noon())
        .await;
    let elsewhere = world.decide(&log_in_elsewhere(&link)).await.unwrap();
    let own = world
        .decide(&log_in(link.hash, 1, world.noon()))
        .await
        .unwrap();
    assert!(world.store.wrong_address(link.id, 0).await.unwrap());
    let before = world.shown().await;
    assert_eq!(
        write(&world, elsewhere).await,
        Outcome::Stale,
        "somebody guessed meanwhile"
    );
    assert_eq!(world.shown().await, before);
    // Judged anew it logs in; and the browser that asked never depended on the count.
    let anew = world.decide(&log_in_elsewhere(&link)).await.unwrap();
    assert_eq!(write(&world, own).await, Outcome::Done(()));
    assert_eq!(write(&world, anew).await, Outcome::Stale);
    let other = world
        .new_link(Principal::Account(scene.first), 3, world.noon())
        .await;
    world.carry_out(&log_in_elsewhere(&other)).await;
}

pub(in crate::contract) async fn a_wrong_address_is_counted_once_per_judgement(
    harness: &dyn Harness,
) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let id = world
        .store
        .link(&scene.link)
        .await
        .unwrap()
        .expect("the link")
        .id;
    let count = async || {
        let facts = world.store.link(&scene.link).await.unwrap();
        facts.expect("the link").wrong_addresses
    };
    for seen in 0..link::WRONG_ADDRESSES {
        assert!(world.store.wrong_address(id, seen).await.unwrap());
        assert!(
            !world.store.wrong_address(id, seen).await.unwrap(),
            "the same judgement"
        );
        assert!(!world.store.wrong_address(id, seen + 2).await.unwrap());
        assert_eq!(count().await, seen + 1);
    }
    world.carry_out(&log_in(scene.link, 1, world.noon())).await;
    assert!(
        !world
            .store
            .wrong_address(id, link::WRONG_ADDRESSES)
            .await
            .unwrap()
    );
    assert_eq!(
        count().await,
        link::WRONG_ADDRESSES,
        "a used link counts nothing"
    );
    let nobodys = crate::LinkId::from_uuid(world.uuid());
    assert!(!world.store.wrong_address(nobodys, 0).await.unwrap());
}

pub(in crate::contract) async fn reading_a_link_changes_nothing(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let before = world.shown().await;
    let first = world.store.link(&scene.link).await.unwrap();
    for _ in 0..20 {
        assert_eq!(world.store.link(&scene.link).await.unwrap(), first);
        world.store.link_stories(scene.aidant, 10).await.unwrap();
        world.store.link_story(&scene.link).await.unwrap();
        world
            .decide(&log_in(scene.link, 1, world.noon()))
            .await
            .unwrap();
    }
    assert_eq!(world.shown().await, before);
    assert_eq!(
        world
            .store
            .link(&LinkHash::from_bytes([9; 32]))
            .await
            .unwrap(),
        None
    );
    world.carry_out(&log_in(scene.link, 1, world.noon())).await;
}
