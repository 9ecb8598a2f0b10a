#![allow(clippy::unwrap_used)]

use super::*;
use crate::Author;
use crate::journal::seal::CheckpointKey;

const SIZE: u64 = 32;

fn key() -> CheckpointKey {
    CheckpointKey::new("aplus.example/journal", &[7; 32]).unwrap()
}

fn id(number: u64) -> EntryId {
    EntryId::from_uuid(uuid::Uuid::from_u128(u128::from(number) + 1))
}

fn entry(number: u64) -> (StoredEntry, Option<Salt>) {
    let (salt, text) = (
        Salt([u8::try_from(number).unwrap(); 32]),
        "{\"network\":\"192.0.2.1\"}",
    );
    let entry = StoredEntry {
        id: id(number),
        at: Timestamp::from_unix_micros(1_800_000_000_000_000 + i64::try_from(number).unwrap())
            .unwrap(),
        kind: "looked".to_owned(),
        author: Author::Machine,
        account: None,
        group: None,
        details: format!("{{\"number\":{number}}}"),
        request: None,
        erasable: Some(text.to_owned()),
        commitment: Commitment::to(&salt, text),
    };
    (entry, Some(salt))
}

fn signed(key: &CheckpointKey, seals: &[(EntryId, TreeHash)]) -> String {
    let mut tree = Frontier::default();
    tree.extend(seals.iter().map(|(_, hash)| *hash));
    key.sign(&Checkpoint {
        size: tree.size(),
        root: tree.root(),
    })
}

/// A journal of 32 sealed entries and two that wait, with a checkpoint after each eighth; and the last of them, as an anchor.
fn journal() -> (Kept, Vec<String>) {
    let entries: Vec<_> = (0..SIZE + 2).map(entry).collect();
    let sealed = entries.iter().take(usize::try_from(SIZE).unwrap());
    let seals: Vec<_> = sealed
        .map(|(entry, _)| (entry.id, TreeHash::leaf(&leaf_bytes(entry))))
        .collect();
    let checkpoints: Vec<_> = [8, 16, 24, 32]
        .map(|size| signed(&key(), &seals[..size]))
        .to_vec();
    let anchors = vec![checkpoints[3].clone()];
    let queued = vec![id(SIZE), id(SIZE + 1)];
    let kept = Kept {
        entries,
        seals,
        queued,
        checkpoints,
    };
    (kept, anchors)
}

fn found(kept: &Kept, anchors: &[String]) -> Vec<Finding> {
    check(kept, &key().verifier(), anchors).findings
}

#[test]
fn a_good_journal_is_good_and_says_how_far_it_is_covered() {
    let (kept, anchors) = journal();
    let verdict = check(&kept, &key().verifier(), &anchors);
    assert!(verdict.is_good(), "{verdict:?}");
    assert_eq!(
        (verdict.covered, verdict.anchored, verdict.waiting),
        (SIZE, SIZE, 2)
    );
    assert_eq!(verdict.anchored_until, Some(kept.entries[31].0.at));
    let verdict = check(&kept, &key().verifier(), &[]);
    assert_eq!(
        (verdict.covered, verdict.anchored, verdict.anchored_until),
        (SIZE, 0, None)
    );
}

#[test]
fn what_was_erased_by_age_is_no_finding() {
    let (mut kept, anchors) = journal();
    for (entry, salt) in &mut kept.entries {
        entry.erasable = None;
        *salt = None;
    }
    assert_eq!(found(&kept, &anchors), []);
}

#[test]
fn each_kind_of_tampering_at_each_place_is_found_and_named() {
    let (good, anchors) = journal();
    let mut counted = 0;
    for place in 0..SIZE {
        let at = usize::try_from(place).unwrap();
        let entry = id(place);
        let mut try_it = |change: &dyn Fn(&mut Kept), expected: Vec<Finding>| {
            let mut kept = good.clone();
            change(&mut kept);
            assert_eq!(found(&kept, &anchors), expected, "at {place}");
            counted += 1;
        };
        try_it(
            &|it| it.entries[at].0.details.push(' '),
            vec![Finding::Altered { place, entry }],
        );
        try_it(
            &|it| {
                it.entries[at].0.at = it.entries[at]
                    .0
                    .at
                    .saturating_sub(std::time::Duration::from_micros(1))
            },
            vec![Finding::Altered { place, entry }],
        );
        try_it(
            &|it| it.entries[at].0.erasable = Some("{}".to_owned()),
            vec![Finding::ErasableAltered { entry }],
        );
        try_it(
            &|it| it.entries[at].1 = None,
            vec![Finding::ErasableAltered { entry }],
        );
        try_it(
            &|it| drop(it.entries.remove(at)),
            vec![Finding::Removed { place, entry }],
        );
        // Its content is exchanged with that of the next; each keeps its id.
        let next = (place + 1) % SIZE;
        let beside = usize::try_from(next).unwrap();
        try_it(
            &|it| {
                let (a, b) = (
                    it.entries[at].0.details.clone(),
                    it.entries[beside].0.details.clone(),
                );
                it.entries[at].0.details = b;
                it.entries[beside].0.details = a;
            },
            {
                let mut both = vec![
                    Finding::Altered { place, entry },
                    Finding::Altered {
                        place: next,
                        entry: id(next),
                    },
                ];
                both.sort();
                both
            },
        );
        // Two seals exchange their entries: what is sealed stands at another place.
        try_it(
            &|it| {
                let (a, b) = (it.seals[at].0, it.seals[beside].0);
                it.seals[at].0 = b;
                it.seals[beside].0 = a;
            },
            {
                let mut both = vec![
                    Finding::Swapped {
                        place,
                        entry: id(next),
                        sealed_at: next,
                    },
                    Finding::Swapped {
                        place: next,
                        entry,
                        sealed_at: place,
                    },
                ];
                both.sort();
                both
            },
        );
        // An entry is put in that nobody sealed.
        try_it(
            &|it| {
                let mut forged = it.entries[at].clone();
                forged.0.id = id(1_000 + place);
                it.entries.push(forged);
            },
            vec![Finding::Inserted {
                entry: id(1_000 + place),
            }],
        );
        // A seal goes with its entry: all after it move up, and no root is what it was.
        let mut kept = good.clone();
        kept.entries.remove(at);
        kept.seals.remove(at);
        let findings = found(&kept, &anchors);
        assert!(
            findings.contains(&Finding::CutOff {
                was: SIZE,
                is: SIZE - 1
            }),
            "{findings:?}"
        );
        let first_after = (place / 8 + 1) * 8;
        for size in (first_after..SIZE).step_by(8) {
            assert!(
                findings.contains(&Finding::Rewritten { size }),
                "{findings:?}"
            );
        }
        counted += 1;
        // The tail is cut, entries, seals and checkpoints: the anchor tells.
        let mut kept = good.clone();
        kept.entries.truncate(at);
        kept.seals.truncate(at);
        kept.queued.clear();
        kept.checkpoints.truncate(at / 8);
        assert_eq!(
            found(&kept, &anchors),
            [Finding::CutOff {
                was: SIZE,
                is: place
            }]
        );
        assert_eq!(found(&kept, &[]), [], "nothing but an anchor can tell");
        counted += 1;
        // All of it is written anew from here on, by somebody who has the key: the anchor tells.
        let mut kept = good.clone();
        kept.entries[at].0.details = "{}".to_owned();
        for (seal, (entry, _)) in kept.seals.iter_mut().zip(&kept.entries) {
            seal.1 = TreeHash::leaf(&leaf_bytes(entry));
        }
        kept.checkpoints = [8, 16, 24, 32]
            .map(|size| signed(&key(), &kept.seals[..size]))
            .to_vec();
        assert_eq!(found(&kept, &anchors), [Finding::Rewritten { size: SIZE }]);
        assert_eq!(found(&kept, &[]), [], "nothing but an anchor can tell");
        counted += 1;
    }
    assert_eq!(counted, SIZE * 11);
}

#[test]
fn checkpoints_of_another_key_are_no_cover() {
    let (mut kept, _) = journal();
    let other = CheckpointKey::new("aplus.example/journal", &[8; 32]).unwrap();
    kept.checkpoints = vec![signed(&other, &kept.seals)];
    let verdict = check(&kept, &key().verifier(), &["nothing".to_owned()]);
    assert_eq!(
        verdict.findings,
        [Finding::Forged { number: 0 }, Finding::Forged { number: 1 }]
    );
    assert_eq!((verdict.covered, verdict.anchored), (0, 0));
}

#[test]
fn an_entry_is_sealed_once() {
    let (mut kept, anchors) = journal();
    let again = kept.seals[3];
    kept.seals.push(again);
    let expected = [Finding::SealedTwice {
        entry: id(3),
        place: SIZE,
    }];
    assert_eq!(found(&kept, &anchors), expected);
}
