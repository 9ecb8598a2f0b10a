//! The check of a journal (T2): on what somebody exported, with the public key and what was anchored elsewhere; without a
//! database or a server.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checkpoint, CheckpointVerifier, Frontier, TreeHash, leaf_bytes};
use crate::journal::{Commitment, Salt, StoredEntry};
use crate::{EntryId, Timestamp};

/// What a journal holds, however it was read: from a database, or from an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The entries, in any order, each with the salt of its erasable part unless that was erased.
    pub entries: Vec<(StoredEntry, Option<Salt>)>,
    /// The seals in the order of their places, from 0: which entry, and the hash of its bytes.
    pub seals: Vec<(EntryId, TreeHash)>,
    /// The entries that wait for the sealer.
    pub queued: Vec<EntryId>,
    /// The signed checkpoints that the journal keeps itself, in any order.
    pub checkpoints: Vec<String>,
}

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

/// What the check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Verdict {
    /// What is wrong, each once, in the order of its kind and place; empty if all is well.
    pub findings: Vec<Finding>,
    /// How many entries are covered by a checkpoint that somebody else keeps: up to there nothing can be changed unseen.
    pub anchored: u64,
    /// How many are covered by any good checkpoint.
    pub covered: u64,
    /// The time of the last entry that is anchored.
    pub anchored_until: Option<Timestamp>,
    /// The time of the last entry that is covered.
    pub covered_until: Option<Timestamp>,
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

/// Checks what a journal holds against its key, and against the checkpoints that somebody else kept.
///
/// Without anchors it finds what was changed by somebody who has not the key; whoever has the key and the database can write
/// the whole journal anew, and only an anchor shows it.
///
/// ```
/// use aplus_core::journal::seal::{self, CheckpointKey, Kept};
///
/// let key = CheckpointKey::new("aplus.example/journal", &[7; 32])?;
/// let verdict = seal::check(&Kept::default(), &key.verifier(), &[]);
/// assert!(verdict.is_good());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check(kept: &Kept, verifier: &CheckpointVerifier, anchors: &[String]) -> Verdict {
    let mut findings = BTreeSet::new();
    let entries: BTreeMap<_, _> = kept
        .entries
        .iter()
        .map(|(entry, _)| (entry.id, entry))
        .collect();
    erasable_parts(kept, &mut findings);
    places(kept, &entries, &mut findings);
    let (covered, anchored) = checkpoints(kept, verifier, anchors, &mut findings);
    let until = |size: u64| {
        let last = usize::try_from(size.checked_sub(1)?).ok()?;
        let (entry, _) = kept.seals.get(last)?;
        Some(entries.get(entry)?.at)
    };
    Verdict {
        findings: findings.into_iter().collect(),
        anchored,
        covered,
        anchored_until: until(anchored),
        covered_until: until(covered),
        waiting: kept.queued.len() as u64,
    }
}

fn erasable_parts(kept: &Kept, findings: &mut BTreeSet<Finding>) {
    for (entry, salt) in &kept.entries {
        let holds = match (&entry.erasable, salt) {
            // Erased (T3): the commitment stays, and hides nothing any more.
            (None, None) => true,
            (Some(text), Some(salt)) => Commitment::to(salt, text) == entry.commitment,
            (None, Some(_)) | (Some(_), None) => false,
        };
        if !holds {
            findings.insert(Finding::ErasableAltered { entry: entry.id });
        }
    }
}

/// Each place holds the entry that was sealed there, and each entry has a place or waits for one.
fn places(
    kept: &Kept,
    entries: &BTreeMap<EntryId, &StoredEntry>,
    findings: &mut BTreeSet<Finding>,
) {
    let hashes: BTreeMap<_, _> = (0..)
        .zip(&kept.seals)
        .map(|(place, (_, hash))| (*hash, place))
        .collect();
    let mut seen = BTreeSet::new();
    for (place, (id, hash)) in (0..).zip(&kept.seals) {
        if !seen.insert(*id) {
            findings.insert(Finding::SealedTwice { entry: *id, place });
        }
        let Some(entry) = entries.get(id) else {
            findings.insert(Finding::Removed { place, entry: *id });
            continue;
        };
        let found = TreeHash::leaf(&leaf_bytes(entry));
        if found == *hash {
            continue;
        }
        findings.insert(match hashes.get(&found) {
            Some(sealed_at) => Finding::Swapped {
                place,
                entry: *id,
                sealed_at: *sealed_at,
            },
            None => Finding::Altered { place, entry: *id },
        });
    }
    let queued: BTreeSet<_> = kept.queued.iter().collect();
    for id in entries.keys() {
        if !seen.contains(id) && !queued.contains(id) {
            findings.insert(Finding::Inserted { entry: *id });
        }
    }
}

/// How many entries are covered by a checkpoint, and by one that somebody else keeps.
fn checkpoints(
    kept: &Kept,
    verifier: &CheckpointVerifier,
    anchors: &[String],
    findings: &mut BTreeSet<Finding>,
) -> (u64, u64) {
    let mut good = Vec::new();
    for (number, note) in kept.checkpoints.iter().chain(anchors).enumerate() {
        match verifier.open(note) {
            Ok(checkpoint) => good.push((number >= kept.checkpoints.len(), checkpoint)),
            Err(_) => drop(findings.insert(Finding::Forged { number })),
        }
    }
    good.sort_unstable_by_key(|(_, checkpoint)| checkpoint.size);
    let mut tree = Frontier::default();
    let mut seals = kept.seals.iter();
    let (mut covered, mut anchored) = (0, 0);
    for (is_anchor, Checkpoint { size, root }) in good {
        while tree.size() < size
            && let Some((_, hash)) = seals.next()
        {
            tree.push(*hash);
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
