//! P32, and what reading the journal says of itself.

use super::Harness;
use super::deed::Deed;
use super::scene::Scene;
use super::world::{World, micros, minutes};
use crate::journal::{EntryFilter, EntryPosition, Event, StoredEntry};
use crate::ports::Page;
use crate::{AccountId, Author, EntryId, Timestamp};

/// A store in which everybody did something, part of it at one moment.
async fn lived_in(harness: &dyn Harness) -> (World, Scene, Vec<StoredEntry>) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    for deed in scene.deeds() {
        if let Ok(prepared) = world.decide(&deed).await {
            drop(prepared.write(&*world.store).await.unwrap());
        }
    }
    let mut all = world.entries().await;
    all.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.position()));
    (world, scene, all)
}

fn ids(entries: &[StoredEntry]) -> Vec<EntryId> {
    entries.iter().map(|entry| entry.id).collect()
}

fn next(page: &Page<StoredEntry>) -> Option<EntryPosition> {
    page.next.as_ref().map(|next| next.parse().unwrap())
}

/// Every page of a search, one after the other.
async fn searched(world: &World, filter: &EntryFilter, limit: u32) -> Vec<StoredEntry> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = world.store.search(filter, before, limit).await.unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        before = next(&page);
        found.extend(page.items);
        if before.is_none() {
            return found;
        }
    }
}

async fn own(world: &World, account: AccountId, limit: u32) -> Vec<StoredEntry> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = world
            .store
            .entries_of(account, before, limit)
            .await
            .unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        before = next(&page);
        found.extend(page.items);
        if before.is_none() {
            return found;
        }
    }
}

pub(super) async fn pages_hold_every_entry_that_fits_once_and_the_newest_first(
    harness: &dyn Harness,
) {
    let (world, _, all) = lived_in(harness).await;
    // The hours of different processes need not go with their ids.
    let noon = world.noon();
    let early = world.entry(
        noon.saturating_sub(minutes(5)),
        Author::Machine,
        &Event::MemberRemoved,
    );
    let note = crate::ports::RefusalNote {
        key: "early".to_owned(),
        entry: early.clone(),
    };
    world.store.refuse(note, noon).await.unwrap();
    let mut newest_first = ids(&all);
    newest_first.push(early.id());
    for limit in [1, 7, 1_000] {
        let read = searched(&world, &EntryFilter::default(), limit).await;
        assert_eq!(ids(&read), newest_first, "{limit}");
    }
    let whole = searched(&world, &EntryFilter::default(), 1_000).await;
    assert_eq!(whole[..all.len()], all, "as they were written");
}

pub(super) async fn what_is_written_meanwhile_changes_no_page_before_it(harness: &dyn Harness) {
    let (world, scene, all) = lived_in(harness).await;
    let filter = EntryFilter::default();
    let first = world.store.search(&filter, None, 5).await.unwrap();
    assert_eq!(ids(&first.items), ids(&all[..5]));
    let (by, account) = (Author::Operator(scene.operator), scene.both);
    world.carry_out(&Deed::Look { by, account }).await;
    let second = world.store.search(&filter, next(&first), 5).await.unwrap();
    assert_eq!(ids(&second.items), ids(&all[5..10]));
    // A place at which nothing stands is a place all the same.
    let long_ago = EntryPosition {
        at: Timestamp::MIN,
        id: EntryId::from_uuid(uuid::Uuid::max()),
    };
    let nothing = world
        .store
        .search(&filter, Some(long_ago), 5)
        .await
        .unwrap();
    assert_eq!((nothing.items, nothing.next), (Vec::new(), None));
}

pub(super) async fn each_filter_alone_and_with_others_finds_what_fits(harness: &dyn Harness) {
    let (world, scene, all) = lived_in(harness).await;
    let nothing = EntryFilter::default();
    let accounts = [None, Some(scene.aidant), Some(scene.both)];
    let groups = [None, Some(scene.home), Some(scene.away)];
    let authors = [
        None,
        Some(Author::Account(scene.first)),
        Some(Author::Operator(scene.operator)),
        Some(Author::Machine),
    ];
    let kinds = std::iter::once(None).chain(Event::KINDS.map(Some));
    let (mut found, mut together) = (0, 0);
    for kind in kinds {
        for author in authors {
            for group in groups {
                for account in accounts {
                    let filter = EntryFilter {
                        account,
                        group,
                        author,
                        kind,
                        ..nothing
                    };
                    let fitting = all.iter().filter(|entry| filter.fits(entry));
                    let fitting: Vec<_> = fitting.map(|entry| entry.id).collect();
                    let read = searched(&world, &filter, 3).await;
                    assert_eq!(ids(&read), fitting, "{filter:?}");
                    found += fitting.len();
                    together += usize::from(filter.walk(3) > 4 && !fitting.is_empty());
                }
            }
        }
    }
    assert!(found > 100 && together > 10, "{found} {together}");
}

pub(super) async fn what_is_rare_among_many_is_found_in_the_end(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let (by, noon) = (
        Author::Account(AccountId::from_uuid(world.uuid())),
        world.noon(),
    );
    let write = async |event: &Event, key: u64| {
        let entry = world.entry(noon.saturating_add(minutes(key)), by, event);
        let (id, key) = (entry.id(), key.to_string());
        let note = crate::ports::RefusalNote { key, entry };
        world.store.refuse(note, noon).await.unwrap();
        id
    };
    let first = write(&Event::AccountWithdrawn, 0).await;
    let many = u64::from(EntryFilter::WALK) + 20;
    for minute in 1..=many {
        write(&Event::MemberRemoved, minute).await;
    }
    let last = write(&Event::AccountWithdrawn, many + 1).await;
    let rare = EntryFilter {
        author: Some(by),
        kind: Some("account_withdrawn"),
        ..EntryFilter::default()
    };
    for limit in [1, 10] {
        assert_eq!(
            ids(&searched(&world, &rare, limit).await),
            [last, first],
            "{limit}"
        );
    }
    let never = EntryFilter {
        kind: Some("looked"),
        ..rare
    };
    assert_eq!(searched(&world, &never, 10).await, []);
}

pub(super) async fn time_is_bounded_from_its_beginning_and_before_its_end(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let at = |minute| world.noon().saturating_add(minutes(minute));
    let mut written = Vec::new();
    for minute in 0..6 {
        let entry = world.entry(at(minute), Author::Machine, &Event::MemberRemoved);
        written.push(entry.id());
        let (key, entry) = (minute.to_string(), entry);
        let note = crate::ports::RefusalNote { key, entry };
        world.store.refuse(note, world.noon()).await.unwrap();
    }
    let machine = EntryFilter {
        author: Some(Author::Machine),
        ..EntryFilter::default()
    };
    let both = EntryFilter {
        kind: Some("member_removed"),
        ..machine
    };
    for filter in [EntryFilter::default(), machine, both] {
        let between = async |from: Option<Timestamp>, until: Option<Timestamp>| {
            let filter = EntryFilter {
                from,
                until,
                ..filter
            };
            let mut found = ids(&searched(&world, &filter, 2).await);
            found.reverse();
            found
        };
        assert_eq!(between(None, None).await, written);
        assert_eq!(between(Some(at(2)), Some(at(4))).await, written[2..4]);
        let just_after = Some(at(2).saturating_add(micros(1)));
        assert_eq!(between(just_after, None).await, written[3..]);
        assert_eq!(between(None, just_after).await, written[..3]);
        assert_eq!(between(Some(at(4)), Some(at(4))).await, []);
    }
}

pub(super) async fn ones_own_journal_holds_what_one_did_and_what_was_done_to_one(
    harness: &dyn Harness,
) {
    let (world, scene, all) = lived_in(harness).await;
    for account in [scene.first, scene.aidant, scene.dormant] {
        let by = Author::Account(account);
        let theirs = all
            .iter()
            .filter(|entry| entry.account == Some(account) || entry.author == by);
        let theirs: Vec<_> = theirs.cloned().collect();
        assert!(theirs.len() > 2);
        for limit in [1, 2, 1_000] {
            assert_eq!(own(&world, account, limit).await, theirs, "{limit}");
        }
    }
    // Any UUID is an id: an operator of the same one is somebody else.
    let twin = AccountId::from_uuid(*scene.operator.as_uuid());
    assert_eq!(own(&world, twin, 5).await, []);
    let twin = EntryFilter {
        author: Some(Author::Account(twin)),
        ..EntryFilter::default()
    };
    assert_eq!(searched(&world, &twin, 5).await, []);
}
