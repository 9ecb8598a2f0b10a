//! P30, P31.

use super::Harness;
use super::world::{World, minutes};
use crate::journal::{Entry, Event};
use crate::ports::{Outcome, RefusalNote};
use crate::{Author, EntryId, Timestamp};

pub(super) async fn entries_stay_as_they_were_written(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let mut before = world.entries().await;
    for deed in scene.deeds() {
        if let Ok(prepared) = world.decide(&deed).await {
            drop(prepared.write(&*world.store).await.unwrap());
        }
        let after = world.entries().await;
        assert_eq!(after[..before.len()], before, "{deed:?}");
        before = after;
    }
    let years = world.noon().saturating_add(minutes(60 * 24 * 365 * 5));
    world.store.purge(years, years, u32::MAX).await.unwrap();
    assert_eq!(world.entries().await, before);

    // In the order of their ids, part by part.
    let ids: Vec<_> = before.iter().map(|entry| entry.id).collect();
    assert!(ids.is_sorted());
    let mut read = Vec::new();
    loop {
        let part = world.store.entries(read.last().copied(), 7).await.unwrap();
        assert!(part.len() <= 7);
        if part.is_empty() {
            break;
        }
        read.extend(part.into_iter().map(|entry| entry.id));
    }
    assert_eq!(read, ids);
}

fn refusal(world: &World, author: Author, code: &str, at: Timestamp) -> RefusalNote {
    let event = Event::Refused {
        action: "create_account".to_owned(),
        code: code.to_owned(),
        rule: "A1".to_owned(),
        field: None,
    };
    RefusalNote {
        key: format!("{author:?} {code}"),
        entry: world.entry(at, author, &event),
    }
}

async fn refuse(world: &World, author: Author, code: &str, at: Timestamp) -> EntryId {
    let note = refusal(world, author, code, at);
    let id = note.entry.id();
    let since = at.saturating_sub(crate::Lifetimes::EQUAL_REFUSALS);
    world.store.refuse(note, since).await.unwrap();
    id
}

/// What is counted beside first refusals that were written until then: none of them is left out, whatever its number.
async fn counted(world: &World, until: Timestamp) -> Vec<(EntryId, u32)> {
    let counted = world.store.counted_refusals(until, 100).await.unwrap();
    let counted = counted.into_iter().map(|it| (it.first.id, it.times));
    let mut counted: Vec<_> = counted.filter(|(_, times)| *times > 0).collect();
    counted.sort_unstable();
    counted
}

pub(super) async fn equal_refusals_are_counted_beside_the_first(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let (one, other) = (Author::Account(scene.aidant), Author::Account(scene.both));
    let noon = world.noon();
    let number = world.entries().await.len();
    let first = refuse(&world, one, "not_responsable", noon).await;
    for minute in 1..=9 {
        refuse(
            &world,
            one,
            "not_responsable",
            noon.saturating_add(minutes(minute)),
        )
        .await;
    }
    let others = refuse(&world, other, "not_responsable", noon).await;
    let another = refuse(&world, one, "frozen_field", noon).await;
    let written: Vec<_> = world.entries().await.into_iter().map(|it| it.id).collect();
    assert_eq!(
        written.len(),
        number + 3,
        "the first of each is an entry at once"
    );
    for entry in [first, others, another] {
        assert!(written.contains(&entry));
        assert!(world.probe.seal_queue().await.contains(&entry));
    }
    assert_eq!(counted(&world, noon).await, [(first, 9)]);
    let just_before = noon.saturating_sub(super::world::micros(1));
    assert_eq!(counted(&world, just_before).await, []);

    // At exactly ten minutes it is a first one again.
    let again = refuse(
        &world,
        one,
        "not_responsable",
        noon.saturating_add(minutes(10)),
    )
    .await;
    assert!(world.entries().await.iter().any(|entry| entry.id == again));
    assert_eq!(counted(&world, noon).await, [(first, 9)]);
}

pub(super) async fn a_count_that_moved_is_not_settled(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let (author, noon) = (Author::Account(scene.aidant), world.noon());
    let first = refuse(&world, author, "not_responsable", noon).await;
    refuse(
        &world,
        author,
        "not_responsable",
        noon.saturating_add(minutes(1)),
    )
    .await;
    let told = |times| -> Entry {
        let event = Event::Refused {
            action: "create_account".to_owned(),
            code: format!("{times} times"),
            rule: "A1".to_owned(),
            field: None,
        };
        world.entry(noon, author, &event)
    };
    let (one, two) = (told(1), told(2));
    let ids = [one.id(), two.id()];
    refuse(
        &world,
        author,
        "not_responsable",
        noon.saturating_add(minutes(2)),
    )
    .await;
    let before = world.shown().await;
    let outcome = world
        .store
        .settle_refusals(first, 1, Some(one))
        .await
        .unwrap();
    assert_eq!(outcome, Outcome::Stale);
    assert_eq!(world.shown().await, before);
    assert_eq!(counted(&world, noon).await, [(first, 2)]);

    let outcome = world
        .store
        .settle_refusals(first, 2, Some(two))
        .await
        .unwrap();
    assert_eq!(outcome, Outcome::Done(()));
    assert_eq!(counted(&world, noon).await, []);
    let written: Vec<_> = world.entries().await.into_iter().map(|it| it.id).collect();
    assert!(written.contains(&ids[1]) && !written.contains(&ids[0]));
    assert!(world.probe.seal_queue().await.contains(&ids[1]));
    // Settled once: another process that read the same comes too late.
    let outcome = world
        .store
        .settle_refusals(first, 2, Some(told(2)))
        .await
        .unwrap();
    assert_eq!(outcome, Outcome::Stale);

    // A first one that stayed alone is forgotten without another entry.
    let alone = refuse(&world, author, "frozen_field", noon).await;
    let number = world.entries().await.len();
    let outcome = world.store.settle_refusals(alone, 0, None).await.unwrap();
    assert_eq!(outcome, Outcome::Done(()));
    assert_eq!(world.entries().await.len(), number);
    let rest = world.store.counted_refusals(noon, 100).await.unwrap();
    assert!(
        rest.iter()
            .all(|it| it.first.id != alone && it.first.id != first)
    );
}

pub(super) async fn counted_refusals_come_the_oldest_first(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let (author, noon) = (Author::Account(scene.aidant), world.noon());
    let later = noon.saturating_add(minutes(1));
    // Ids say nothing of it: the clock of another process may be behind.
    let second = refuse(&world, author, "not_responsable", later).await;
    let first = refuse(&world, author, "frozen_field", noon).await;
    for (limit, wanted) in [(1, vec![first]), (2, vec![first, second])] {
        let counted = world.store.counted_refusals(later, limit).await.unwrap();
        let counted: Vec<_> = counted.into_iter().map(|it| it.first.id).collect();
        assert_eq!(counted, wanted);
    }
}
