//! The check of a journal (T2): on what somebody exported, with the public key and what was anchored elsewhere; without a
//! database or a server.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

use super::{Checkpoint, CheckpointVerifier, Frontier, Kept, KeptEntry};
use crate::{EntryId, Timestamp};

/// What is wrong. Places are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// An entry is no longer what was sealed.
    Altered {
        /// Its place.
        place: u64,
        /// The entry.
        entry: EntryId,
    },
    /// The erasable part of an entry is not what the entry commits to.
    ErasableAltered {
        /// The entry.
        entry: EntryId,
    },
    /// The erasable part of an entry is gone, and no entry says that parts of that time were erased.
    ErasedEarly {
        /// The entry.
        entry: EntryId,
    },
    /// A sealed entry is not there.
    Removed {
        /// Its place.
        place: u64,
        /// The entry.
        entry: EntryId,
    },
    /// An entry stands at another's place.
    Swapped {
        /// The place.
        place: u64,
        /// What stands there.
        entry: EntryId,
        /// The place where it was sealed.
        sealed_at: u64,
    },
    /// An entry is neither sealed nor does it wait for its seal.
    Inserted {
        /// The entry.
        entry: EntryId,
    },
    /// An entry is sealed twice.
    SealedTwice {
        /// The entry.
        entry: EntryId,
        /// The second place.
        place: u64,
    },
    /// An entry is sealed and waits for its seal all the same, which stops the sealer.
    SealedAndQueued {
        /// The entry.
        entry: EntryId,
    },
    /// An entry waits for its seal and is not there.
    Missing {
        /// The entry.
        entry: EntryId,
    },
    /// No seal stands at a place, and one does further on.
    Gap {
        /// The first place that is empty.
        place: u64,
    },
    /// A checkpoint, kept or anchored, speaks of more entries than are sealed: the end was cut off.
    CutOff {
        /// How many were sealed.
        was: u64,
        /// How many are.
        is: u64,
    },
    /// The first entries are not those that a checkpoint was signed over.
    Rewritten {
        /// How many of them.
        size: u64,
    },
    /// A checkpoint is not of this journal's key, or was altered.
    Forged {
        /// Its number among those that are kept, or the anchors after them.
        number: usize,
    },
}

impl Finding {
    /// The word that it is known by, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Altered { .. } => "altered",
            Self::ErasableAltered { .. } => "erasable_altered",
            Self::ErasedEarly { .. } => "erased_early",
            Self::Removed { .. } => "removed",
            Self::Swapped { .. } => "swapped",
            Self::Inserted { .. } => "inserted",
            Self::SealedTwice { .. } => "sealed_twice",
            Self::SealedAndQueued { .. } => "sealed_and_queued",
            Self::Missing { .. } => "missing",
            Self::Gap { .. } => "gap",
            Self::CutOff { .. } => "cut_off",
            Self::Rewritten { .. } => "rewritten",
            Self::Forged { .. } => "forged",
        }
    }
}

impl fmt::Display for Finding {
    /// The word, the facts, and after a dash a sentence: `altered place=3 entry=… — it is no longer what was sealed`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.code())?;
        match self {
            Self::Altered { place, entry } => write!(
                formatter,
                "place={place} entry={entry} — it is no longer what was sealed"
            ),
            Self::ErasableAltered { entry } => write!(
                formatter,
                "entry={entry} — its erasable part is not what it commits to"
            ),
            Self::ErasedEarly { entry } => write!(
                formatter,
                "entry={entry} — its erasable part is gone, and no erasure of that time is in the journal"
            ),
            Self::Removed { place, entry } => write!(
                formatter,
                "place={place} entry={entry} — it was sealed and is not there"
            ),
            Self::Swapped {
                place,
                entry,
                sealed_at,
            } => write!(
                formatter,
                "place={place} entry={entry} sealed_at={sealed_at} — it was sealed at another place"
            ),
            Self::Inserted { entry } => write!(
                formatter,
                "entry={entry} — it is neither sealed nor does it wait for its seal"
            ),
            Self::SealedTwice { entry, place } => write!(
                formatter,
                "place={place} entry={entry} — it was sealed before, at another place"
            ),
            Self::SealedAndQueued { entry } => write!(
                formatter,
                "entry={entry} — it is sealed and waits for its seal"
            ),
            Self::Missing { entry } => write!(
                formatter,
                "entry={entry} — it waits for its seal and is not there"
            ),
            Self::Gap { place } => write!(formatter, "place={place} — no seal stands there"),
            Self::CutOff { was, is } => write!(
                formatter,
                "was={was} is={is} — a checkpoint was signed over more entries than are sealed"
            ),
            Self::Rewritten { size } => write!(
                formatter,
                "size={size} — the first entries are not those that a checkpoint was signed over"
            ),
            Self::Forged { number } => write!(
                formatter,
                "number={number} — it is no checkpoint of this journal's key, or was altered"
            ),
        }
    }
}

/// What the check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Verdict {
    /// What is wrong, each once, in the order of [`Finding`]'s variants and then of their facts; empty if all is well.
    pub findings: Vec<Finding>,
    /// How many entries are covered by a checkpoint that somebody else keeps: up to there nothing can be changed unseen.
    pub anchored: u64,
    /// How many are covered by any good checkpoint.
    pub covered: u64,
    /// The time of the last entry that is anchored.
    pub anchored_until: Option<Timestamp>,
    /// The time of the last entry that is covered.
    pub covered_until: Option<Timestamp>,
    /// How many are sealed.
    pub sealed: u64,
    /// How many wait for their seal.
    pub waiting: u64,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Checks what a journal holds against its keys, and against the checkpoints that somebody else kept. A journal has one key,
/// and those that it had before: a checkpoint counts if one of them signed it.
///
/// Without anchors it finds what was changed and not sealed anew. Whoever owns the database can write the whole journal anew,
/// with the key, or without it before a server starts, which then seals it: only an anchor shows that.
///
/// ```
/// use aplus_core::journal::seal::{self, CheckpointKey, Kept};
///
/// let key = CheckpointKey::new("aplus.example/journal", &[7; 32])?;
/// let verdict = seal::check(&Kept::default(), &[key.verifier()], &[]);
/// assert!(verdict.is_good());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check(kept: &Kept, verifiers: &[CheckpointVerifier], anchors: &[String]) -> Verdict {
    let mut findings = BTreeSet::new();
    let entries: HashMap<_, _> = kept.entries.iter().map(|entry| (entry.id, entry)).collect();
    let altered = kept.entries.iter().filter(|entry| !entry.erasable_holds);
    findings.extend(altered.map(|entry| Finding::ErasableAltered { entry: entry.id }));
    // A database that was made to hold two entries of one id is not always read so that both are seen.
    let mut seen = HashSet::new();
    let again = kept.entries.iter().filter(|entry| !seen.insert(entry.id));
    findings.extend(again.map(|entry| Finding::Inserted { entry: entry.id }));
    places(kept, &entries, &mut findings);
    let (covered, anchored) = checkpoints(kept, verifiers, anchors, &mut findings);
    let until = |size: u64| {
        let last = usize::try_from(size.checked_sub(1)?).ok()?;
        entries.get(&kept.seals.get(last)?.entry)?.at
    };
    Verdict {
        findings: findings.into_iter().collect(),
        anchored,
        covered,
        anchored_until: until(anchored),
        covered_until: until(covered),
        sealed: kept.seals.len() as u64,
        waiting: kept.queued.len() as u64,
    }
}

/// Each place holds the entry that was sealed there, and each entry has a place or waits for one.
fn places(kept: &Kept, entries: &HashMap<EntryId, &KeptEntry>, findings: &mut BTreeSet<Finding>) {
    // Only what is not as it was sealed is looked for at another place.
    let is_moved = |id: &EntryId, hash| entries.get(id).is_some_and(|entry| entry.hash != hash);
    let mut hashes = HashMap::new();
    if kept
        .seals
        .iter()
        .any(|seal| is_moved(&seal.entry, seal.hash))
    {
        hashes.extend(kept.seals.iter().map(|seal| (seal.hash, seal.place)));
    }
    let mut seen = HashSet::with_capacity(kept.seals.len());
    let mut next = 0;
    for seal in &kept.seals {
        let (place, id) = (seal.place, seal.entry);
        if place != next {
            findings.insert(Finding::Gap { place: next });
        }
        next = place.saturating_add(1);
        if !seen.insert(id) {
            findings.insert(Finding::SealedTwice { entry: id, place });
        }
        let Some(entry) = entries.get(&id) else {
            findings.insert(Finding::Removed { place, entry: id });
            continue;
        };
        if entry.hash == seal.hash {
            continue;
        }
        findings.insert(match hashes.get(&entry.hash) {
            Some(sealed_at) => Finding::Swapped {
                place,
                entry: id,
                sealed_at: *sealed_at,
            },
            None => Finding::Altered { place, entry: id },
        });
    }
    let queued: HashSet<_> = kept.queued.iter().collect();
    let mut erased_before = None;
    for (id, entry) in entries {
        if seen.contains(id) || queued.contains(id) {
            erased_before = erased_before.max(entry.erased_before);
        } else {
            findings.insert(Finding::Inserted { entry: *id });
        }
    }
    let early = |entry: &&KeptEntry| entry.is_erased && entry.at >= erased_before;
    let early = kept.entries.iter().filter(early);
    findings.extend(early.map(|entry| Finding::ErasedEarly { entry: entry.id }));
    let both = kept.queued.iter().filter(|id| seen.contains(id));
    findings.extend(both.map(|id| Finding::SealedAndQueued { entry: *id }));
    let missing = kept.queued.iter().filter(|id| !entries.contains_key(id));
    findings.extend(missing.map(|id| Finding::Missing { entry: *id }));
}

/// How many entries are covered by a checkpoint, and by one that somebody else keeps.
fn checkpoints(
    kept: &Kept,
    verifiers: &[CheckpointVerifier],
    anchors: &[String],
    findings: &mut BTreeSet<Finding>,
) -> (u64, u64) {
    let mut good = Vec::new();
    for (number, note) in kept.checkpoints.iter().chain(anchors).enumerate() {
        let opened = verifiers
            .iter()
            .find_map(|verifier| verifier.open(note).ok());
        match opened {
            Some(checkpoint) => good.push((number >= kept.checkpoints.len(), checkpoint)),
            None => drop(findings.insert(Finding::Forged { number })),
        }
    }
    good.sort_unstable_by_key(|(_, checkpoint)| checkpoint.size);
    let mut tree = Frontier::default();
    let mut seals = kept.seals.iter();
    let (mut covered, mut anchored) = (0, 0);
    for (is_anchor, Checkpoint { size, root }) in good {
        while tree.size() < size
            && let Some(seal) = seals.next()
        {
            tree.push(seal.hash);
        }
        if tree.size() < size {
            findings.insert(Finding::CutOff {
                was: size,
                is: tree.size(),
            });
        } else if tree.root() != root {
            findings.insert(Finding::Rewritten { size });
        } else {
            covered = size;
            if is_anchor {
                anchored = size;
            }
        }
    }
    (covered, anchored)
}

#[cfg(test)]
mod tests;
