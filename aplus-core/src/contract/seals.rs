//! P50 to P54.

use std::ops::ControlFlow;

use super::Harness;
use super::deed::Deed;
use super::world::{World, email, minutes};
use crate::journal::seal::{
    Checkpoint, CheckpointKey, JournalLine, Kept, KeptCheckpoint, TreeHash, check, leaf_bytes,
};
use crate::mail::{Message, Urgency};
use crate::ports::{CheckpointMail, MailedCheckpoint, Outcome, Sealing, Store, Unsealed};
use crate::{EntryId, MailId, Timestamp};

pub(super) fn key() -> CheckpointKey {
    CheckpointKey::new("aplus.example/journal", &[7; 32]).unwrap()
}

/// What a sealer makes of what waits, at noon.
pub(super) fn sealing(unsealed: &Unsealed, at: Timestamp, mail: Option<CheckpointMail>) -> Sealing {
    let mut tree = unsealed.tree.clone();
    let hashed = unsealed.entries.iter();
    let entries: Vec<_> = hashed
        .map(|entry| (entry.id, TreeHash::leaf(&leaf_bytes(entry))))
        .collect();
    tree.extend(entries.iter().map(|(_, hash)| *hash));
    let (size, root) = (tree.size(), tree.root());
    let signed = || KeptCheckpoint {
        size,
        at,
        note: key().sign(&Checkpoint { size, root }),
    };
    let kept = unsealed.checkpoint.clone();
    Sealing {
        before: unsealed.tree.size(),
        checkpoint: match entries.is_empty() {
            true => kept.unwrap_or_else(signed),
            false => signed(),
        },
        entries,
        tree,
        mail,
        at,
    }
}

async fn unsealed(store: &dyn Store, limit: u32) -> Unsealed {
    store.unsealed(limit).await.unwrap()
}

async fn seal(world: &World, sealing: Sealing) {
    assert_eq!(world.store.seal(sealing).await.unwrap(), Outcome::Done(()));
}

/// Seals all that waits, a few at a time.
async fn seal_all(world: &World) {
    loop {
        let waiting = unsealed(&*world.store, 3).await;
        if waiting.entries.is_empty() {
            return;
        }
        seal(world, sealing(&waiting, world.noon(), None)).await;
    }
}

pub(super) async fn exported(store: &dyn Store) -> Vec<JournalLine> {
    let mut lines = Vec::new();
    let mut take = |line| {
        lines.push(line);
        ControlFlow::Continue(())
    };
    store.export(&mut take).await.unwrap();
    lines
}

pub(super) fn kept(lines: Vec<JournalLine>) -> Kept {
    let mut kept = Kept::default();
    lines.into_iter().for_each(|line| kept.take(line));
    kept
}

fn letter(world: &World) -> CheckpointMail {
    CheckpointMail {
        id: MailId::from_uuid(world.uuid()),
        to: email("archives@ministere.example"),
    }
}

pub(super) async fn a_sealing_is_whole_and_in_order(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let nothing = unsealed(&*world.store, 10).await;
    assert_eq!((nothing.tree.size(), nothing.checkpoint), (0, None));
    assert_eq!(world.store.last_checkpoint().await.unwrap(), None);
    world.scene().await;
    let waiting = world.entries().await;
    let first = unsealed(&*world.store, 3).await;
    let ids: Vec<_> = first.entries.iter().map(|entry| entry.id).collect();
    let expected: Vec<_> = waiting[..3].iter().map(|entry| entry.id).collect();
    assert_eq!(ids, expected, "in the order of ids, no more than asked for");
    let first = sealing(&first, world.noon(), None);
    seal(&world, first.clone()).await;
    let left = world.probe.seal_queue().await;
    assert_eq!(left.len(), waiting.len() - 3);
    assert!(ids.iter().all(|id| !left.contains(id)));

    let next = unsealed(&*world.store, 1_000).await;
    assert_eq!(next.tree, first.tree);
    assert_eq!(next.checkpoint.as_ref(), Some(&first.checkpoint));
    assert_eq!(next.entries.len(), left.len());
    let last = sealing(&next, world.noon(), None);
    seal(&world, last.clone()).await;
    assert_eq!(world.probe.seal_queue().await, []);
    let store = &world.store;
    assert_eq!(
        store.last_checkpoint().await.unwrap().as_ref(),
        Some(&last.checkpoint)
    );
    assert_eq!(
        store.checkpoint(3).await.unwrap().as_ref(),
        Some(&first.checkpoint)
    );
    assert_eq!(store.checkpoint(4).await.unwrap(), None);
    for (place, (entry, hash)) in (0..).zip(first.entries.iter().chain(&last.entries)) {
        let seal = store.seal_of(*entry).await.unwrap().expect("its seal");
        assert_eq!((seal.place, seal.entry, seal.hash), (place, *entry, *hash));
    }
}

pub(super) async fn a_sealing_and_its_mail_are_written_together(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let (store, noon) = (&world.store, world.noon());
    let waiting = unsealed(&**store, 3).await;
    assert_eq!(waiting.mailed, None);
    let mail = letter(&world);
    let id = mail.id;
    let first = sealing(&waiting, noon, Some(mail));
    let late = first.clone();
    seal(&world, first.clone()).await;
    let is_queued = |id: MailId| {
        let world = &world;
        async move { world.outbox().await.iter().any(|line| line.id == id) }
    };
    assert!(is_queued(id).await);
    let before = world.outbox().await;
    assert_eq!(store.seal(late).await.unwrap(), Outcome::Stale);
    assert_eq!(world.outbox().await, before);
    // What it carries is the note of that checkpoint.
    let mails = store.claim(noon, noon.saturating_add(minutes(2)), 1_000, Urgency::Bulk);
    let mails = mails.await.unwrap().mails;
    let told = mails.iter().find(|mail| mail.id == id).expect("the mail");
    assert_eq!(told.note.as_ref(), Some(&first.checkpoint.note));
    assert_eq!(told.message, Message::JournalCheckpoint { size: 3 });
    assert!(mails.iter().all(|it| it.id == id || it.note.is_none()));

    // A checkpoint that no mail told is told later, once, though nothing more is sealed.
    let waiting = unsealed(&**store, 3).await;
    let mailed = MailedCheckpoint { size: 3, at: noon };
    assert_eq!(waiting.mailed, Some(mailed));
    seal(&world, sealing(&waiting, noon, None)).await;
    let mut waiting = unsealed(&**store, 3).await;
    assert_eq!(waiting.mailed, Some(mailed));
    waiting.entries.clear();
    let hour = noon.saturating_add(minutes(60));
    let (one, other) = (letter(&world), letter(&world));
    let (one_id, other_id) = (one.id, other.id);
    seal(&world, sealing(&waiting, hour, Some(one))).await;
    let again = sealing(&waiting, hour, Some(other));
    assert_eq!(store.seal(again).await.unwrap(), Outcome::Stale);
    assert!(is_queued(one_id).await && !is_queued(other_id).await);
    let after = unsealed(&**store, 3).await;
    assert_eq!(
        (after.tree, after.checkpoint),
        (waiting.tree, waiting.checkpoint)
    );
    assert_eq!(after.mailed, Some(MailedCheckpoint { size: 6, at: hour }));
}

pub(super) async fn a_sealing_on_what_moved_writes_nothing(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    let store = &world.store;
    let waiting = unsealed(&**store, 4).await;
    seal(&world, sealing(&waiting, world.noon(), None)).await;
    let before = (exported(&**store).await, world.shown().await);
    let next = unsealed(&**store, 4).await;
    let stale = |change: &dyn Fn(&mut Unsealed)| {
        let mut changed = next.clone();
        change(&mut changed);
        sealing(&changed, world.noon(), None)
    };
    for (what, sealing) in [
        (
            "another sealer was first",
            sealing(&waiting, world.noon(), None),
        ),
        (
            "its tree is an older one",
            stale(&|it| it.tree = waiting.tree.clone()),
        ),
        (
            "an entry is sealed",
            stale(&|it| it.entries[1] = waiting.entries[0].clone()),
        ),
        (
            "an entry is there twice",
            stale(&|it| it.entries[1] = it.entries[0].clone()),
        ),
        (
            "an entry is nobody's",
            stale(&|it| it.entries[1].id = EntryId::from_uuid(world.uuid())),
        ),
    ] {
        assert_eq!(store.seal(sealing).await.unwrap(), Outcome::Stale, "{what}");
        let after = (exported(&**store).await, world.shown().await);
        assert_eq!(after, before, "{what}");
    }
    seal(&world, sealing(&next, world.noon(), None)).await;
}

pub(super) async fn what_is_sealed_stays_and_does_not_wait_again(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    let sealed = |lines: Vec<JournalLine>| {
        let kept = lines
            .into_iter()
            .filter(|line| matches!(line, JournalLine::Seal(_) | JournalLine::Checkpoint(_)));
        kept.collect::<Vec<_>>()
    };
    for deed in scene.deeds() {
        seal_all(&world).await;
        let before = sealed(exported(&*world.store).await);
        let queued = world.probe.seal_queue().await.len();
        let number = world.entries().await.len();
        if let Ok(prepared) = world.decide(&deed).await {
            drop(prepared.write(&*world.store).await.unwrap());
        }
        assert_eq!(sealed(exported(&*world.store).await), before, "{deed:?}");
        let new = world.entries().await.len() - number;
        assert_eq!(world.probe.seal_queue().await.len(), queued + new);
    }
    seal_all(&world).await;
    let before = sealed(exported(&*world.store).await);
    let years = world.noon().saturating_add(minutes(60 * 24 * 365 * 5));
    world.store.purge(years, years, u32::MAX).await.unwrap();
    assert_eq!(sealed(exported(&*world.store).await), before);
}

pub(super) async fn sealed_entries_are_read_by_their_places(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    seal_all(&world).await;
    let entries = world.entries().await;
    let store = &world.store;
    let all = store.sealed_since(0, u32::MAX).await.unwrap();
    assert_eq!(all.len(), entries.len());
    for (place, sealed) in (0..).zip(&all) {
        assert_eq!(sealed.seal.place, place);
        assert_eq!(sealed.seal.entry, sealed.entry.id);
        assert!(entries.contains(&sealed.entry), "as it was written");
        let hash = TreeHash::leaf(&leaf_bytes(&sealed.entry));
        assert_eq!(sealed.seal.hash, hash);
    }
    let some = store.sealed_since(2, 3).await.unwrap();
    assert_eq!(some, all[2..5]);
    let number = all.len() as u64;
    assert_eq!(store.sealed_since(number, 3).await.unwrap(), []);
    let hashes: Vec<_> = all.iter().map(|sealed| sealed.seal.hash).collect();
    assert_eq!(store.seal_hashes(0, u32::MAX).await.unwrap(), hashes);
    assert_eq!(store.seal_hashes(1, 2).await.unwrap(), hashes[1..3]);
    assert_eq!(store.seal_hashes(number, 2).await.unwrap(), []);
}

pub(super) async fn an_export_is_the_whole_journal(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    let scene = world.scene().await;
    seal_all(&world).await;
    for number in 0..3 {
        world.new_group(&format!("Mairie {number}")).await;
    }
    drop(scene);
    let lines = exported(&*world.store).await;
    let kind = |line: &JournalLine| match line {
        JournalLine::Entry(_) => 0,
        JournalLine::Seal(_) => 1,
        JournalLine::Queued(_) => 2,
        JournalLine::Checkpoint(_) => 3,
    };
    assert!(lines.iter().map(kind).is_sorted());
    let erasable = lines.iter().filter(|line| {
        matches!(line, JournalLine::Entry(entry) if entry.text.is_some() && entry.salt.is_some())
    });
    let entries = world.entries().await;
    assert_eq!(erasable.count(), entries.len());
    let kept = kept(lines.clone());
    assert!(
        kept.entries
            .iter()
            .map(|entry| entry.id)
            .eq(entries.iter().map(|entry| entry.id))
    );
    assert_eq!(kept.queued.len(), 3);
    assert!(kept.queued.is_sorted());
    let verdict = check(&kept, &[key().verifier()], &[]);
    assert!(verdict.is_good(), "{verdict:?}");
    assert_eq!(verdict.covered + verdict.waiting, entries.len() as u64);
    // Whoever takes them may stop.
    for most in [1, lines.len() / 2] {
        let mut taken = Vec::new();
        let mut take = |line| {
            taken.push(line);
            match taken.len() < most {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        };
        world.store.export(&mut take).await.unwrap();
        assert_eq!(taken, lines[..most]);
    }
}

pub(super) async fn what_was_erased_is_exported_without_its_salt(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    seal_all(&world).await;
    let at = world.late();
    world
        .carry_out(&Deed::EraseJournal { entries: 3, at })
        .await;
    let lines = exported(&*world.store).await;
    let erased = lines.iter().filter(
        |line| matches!(line, JournalLine::Entry(it) if it.text.is_none() && it.salt.is_none()),
    );
    assert_eq!(erased.count(), 3);
    let verdict = check(&kept(lines), &[key().verifier()], &[]);
    assert!(verdict.is_good(), "{verdict:?}");
}

pub(super) async fn an_export_is_of_one_moment(harness: &dyn Harness) {
    let world = World::fresh(harness).await;
    world.scene().await;
    seal_all(&world).await;
    world.new_group("Mairie").await;
    let before = exported(&*world.store).await;
    // While it is handed over, acts are committed and sealed, by other handles.
    let mut lines = Vec::new();
    let mut take = |line| {
        if lines.is_empty() {
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async {
                    world.carry_out(&Deed::create_group("Préfecture")).await;
                    seal_all(&world).await;
                });
            });
        }
        lines.push(line);
        ControlFlow::Continue(())
    };
    world.probe.store().export(&mut take).await.unwrap();
    assert_eq!(lines, before);
    let after = kept(exported(&*world.store).await);
    assert_eq!(after.entries.len(), world.entries().await.len());
    let verdict = check(&after, &[key().verifier()], &[]);
    assert!(verdict.is_good() && verdict.waiting == 0, "{verdict:?}");
}
