#![allow(clippy::unwrap_used)]

use super::*;
use crate::Author;
use crate::journal::seal::{CheckpointKey, Seal, TreeHash, leaf_bytes};
use crate::journal::{Commitment, Salt, StoredEntry};

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
fn journal() -> (Whole, Vec<String>) {
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
    let kept = Whole {
        entries,
        seals,
        queued,
        checkpoints,
    };
    (kept, anchors)
}

/// A journal before it is reduced to what the check needs: what somebody may change.
#[derive(Debug, Clone)]
struct Whole {
    entries: Vec<(StoredEntry, Option<Salt>)>,
    seals: Vec<(EntryId, TreeHash)>,
    queued: Vec<EntryId>,
    checkpoints: Vec<String>,
}

impl Whole {
    fn kept(&self) -> Kept {
        let entries = self.entries.iter();
        let seals = (0..).zip(&self.seals);
        Kept {
            entries: entries
                .map(|(entry, salt)| KeptEntry::of(entry, salt.as_ref()))
                .collect(),
            seals: seals
                .map(|(place, (entry, hash))| Seal {
                    place,
                    entry: *entry,
                    hash: *hash,
                })
                .collect(),
            queued: self.queued.clone(),
            checkpoints: self.checkpoints.clone(),
        }
    }
}

fn judged(kept: &Whole, anchors: &[String]) -> Verdict {
    check(&kept.kept(), &[key().verifier()], anchors)
}

fn found(kept: &Whole, anchors: &[String]) -> Vec<Finding> {
    judged(kept, anchors).findings
}

#[test]
fn a_good_journal_is_good_and_says_how_far_it_is_covered() {
    let (kept, anchors) = journal();
    let verdict = judged(&kept, &anchors);
    assert!(verdict.is_good(), "{verdict:?}");
    assert_eq!(
        (verdict.covered, verdict.anchored, verdict.waiting),
        (SIZE, SIZE, 2)
    );
    assert_eq!(verdict.anchored_until, Some(kept.entries[31].0.at));
    let verdict = judged(&kept, &[]);
    assert_eq!(
        (verdict.covered, verdict.anchored, verdict.anchored_until),
        (SIZE, 0, None)
    );
}

fn erase(entry: &mut (StoredEntry, Option<Salt>)) {
    (entry.0.erasable, entry.1) = (None, None);
}

/// An entry that waits and says that what was written before was erased.
fn erasure(number: u64, before: &str) -> (StoredEntry, Option<Salt>) {
    let (entry, salt) = entry(number);
    let details = format!("{{\"before\":\"{before}\",\"entries\":1,\"months\":12}}");
    let kind = "journal_erased".to_owned();
    (
        StoredEntry {
            kind,
            details,
            ..entry
        },
        salt,
    )
}

#[test]
fn what_was_erased_by_age_is_no_finding() {
    let (mut kept, anchors) = journal();
    kept.entries.iter_mut().take(5).for_each(erase);
    let before = kept.entries[5].0.at.to_string();
    kept.queued.push(id(100));
    kept.entries.push(erasure(100, &before));
    assert_eq!(found(&kept, &anchors), []);
    // A later one counts, wherever it stands.
    kept.queued.push(id(101));
    kept.entries.push(erasure(101, "1970-01-01T00:00:00Z"));
    assert_eq!(found(&kept, &anchors), []);
}

#[test]
fn what_was_erased_early_is_named() {
    let (good, anchors) = journal();
    let early = |numbers: &[u64]| {
        let early = numbers
            .iter()
            .map(|it| Finding::ErasedEarly { entry: id(*it) });
        early.collect::<Vec<_>>()
    };
    let mut kept = good.clone();
    erase(&mut kept.entries[3]);
    erase(&mut kept.entries[4]);
    erase(&mut kept.entries[33]);
    assert_eq!(found(&kept, &anchors), early(&[3, 4, 33]), "by no entry");
    let before = kept.entries[4].0.at.to_string();
    for (before, expected) in [
        (before.as_str(), &[4, 33][..]),
        // Not as the library writes it.
        (&before.replace('Z', "+00:00"), &[3, 4, 33]),
        ("tomorrow", &[3, 4, 33]),
    ] {
        let mut kept = kept.clone();
        kept.queued.push(id(100));
        kept.entries.push(erasure(100, before));
        assert_eq!(found(&kept, &anchors), early(expected), "{before}");
        // One that is nobody's erases nothing.
        kept.queued.pop();
        let mut expected = early(&[3, 4, 33]);
        expected.push(Finding::Inserted { entry: id(100) });
        assert_eq!(found(&kept, &anchors), expected, "{before}");
    }
}

#[test]
fn what_is_sealed_does_not_wait() {
    let (mut kept, anchors) = journal();
    kept.queued.push(id(3));
    let expected = [Finding::SealedAndQueued { entry: id(3) }];
    assert_eq!(found(&kept, &anchors), expected);
}

#[test]
fn each_kind_of_tampering_at_each_place_is_found_and_named() {
    let (good, anchors) = journal();
    let mut counted = 0;
    for place in 0..SIZE {
        let at = usize::try_from(place).unwrap();
        let entry = id(place);
        let mut try_it = |change: &dyn Fn(&mut Whole), expected: Vec<Finding>| {
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
    let verdict = judged(&kept, &["nothing".to_owned()]);
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

#[test]
fn a_seal_that_is_gone_and_an_entry_that_waits_for_nothing_are_named() {
    let (whole, anchors) = journal();
    let mut kept = whole.kept();
    kept.seals.remove(3);
    kept.queued.push(id(77));
    let findings = check(&kept, &[key().verifier()], &anchors).findings;
    for expected in [
        Finding::Gap { place: 3 },
        Finding::Inserted { entry: id(3) },
        Finding::Missing { entry: id(77) },
    ] {
        assert!(findings.contains(&expected), "{findings:?}");
    }
}

#[test]
fn a_key_that_the_journal_had_before_is_one_of_its_keys() {
    let (mut whole, _) = journal();
    let old = CheckpointKey::new("aplus.example/journal", &[8; 32]).unwrap();
    whole.checkpoints[0] = signed(&old, &whole.seals[..8]);
    let kept = whole.kept();
    let both = [key().verifier(), old.verifier()];
    assert_eq!(check(&kept, &both, &[]).findings, []);
    let findings = check(&kept, &both[..1], &[]).findings;
    assert_eq!(findings, [Finding::Forged { number: 0 }]);
}

#[test]
fn a_finding_is_one_line_that_begins_with_its_word() {
    let entry = id(0);
    for finding in [
        Finding::Altered { place: 1, entry },
        Finding::ErasableAltered { entry },
        Finding::ErasedEarly { entry },
        Finding::SealedAndQueued { entry },
        Finding::Removed { place: 1, entry },
        Finding::Swapped {
            place: 1,
            entry,
            sealed_at: 2,
        },
        Finding::Inserted { entry },
        Finding::SealedTwice { entry, place: 1 },
        Finding::Missing { entry },
        Finding::Gap { place: 1 },
        Finding::CutOff { was: 2, is: 1 },
        Finding::Rewritten { size: 1 },
        Finding::Forged { number: 1 },
    ] {
        let line = finding.to_string();
        assert!(line.starts_with(&format!("{} ", finding.code())), "{line}");
        assert!(line.contains(" — ") && !line.contains('\n'), "{line}");
        // The page for whoever writes a checker lists it.
        let page = include_str!("../../../../../docs/journal.md");
        assert!(page.contains(&format!("| `{} ", finding.code())), "{line}");
    }
}
