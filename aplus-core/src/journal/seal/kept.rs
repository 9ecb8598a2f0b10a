//! What a journal holds, as far as the check needs it.

use super::leaf::exported_leaf_bytes;
use super::{ExportedEntry, JournalLine, TreeHash};
use crate::journal::{Commitment, Salt, StoredEntry};
use crate::{EntryId, Timestamp};

/// The seal of an entry: its place in the tree, from 0, and the hash of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// Its place.
    pub place: u64,
    /// Which entry.
    pub entry: EntryId,
    /// The hash of the leaf.
    pub hash: TreeHash,
}

/// A checkpoint as the journal keeps it itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCheckpoint {
    /// How many entries it was signed over; the note says it too.
    pub size: u64,
    /// When it was signed, which the signature does not cover.
    pub at: Timestamp,
    /// The signed note.
    pub note: String,
}

/// One entry, reduced to what the check needs: a journal of a million takes some hundred megabytes, not several thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptEntry {
    /// Its id.
    pub id: EntryId,
    /// When; none if what is stored is no time.
    pub at: Option<Timestamp>,
    /// The hash of its bytes as they are now.
    pub hash: TreeHash,
    /// Whether its erasable part is what it commits to, or erased with its salt.
    pub erasable_holds: bool,
    /// Whether its erasable part is gone.
    pub is_erased: bool,
    /// Of an entry that says that erasable parts were erased: of entries before this instant (T3).
    pub erased_before: Option<Timestamp>,
}

impl KeptEntry {
    /// What the check needs of an entry and the salt of its erasable part.
    #[must_use]
    pub fn of(entry: &StoredEntry, salt: Option<&Salt>) -> Self {
        Self::from(&ExportedEntry::of(entry, salt))
    }
}

impl From<&ExportedEntry> for KeptEntry {
    fn from(entry: &ExportedEntry) -> Self {
        let salt = entry.salt.as_deref().map(<[u8; 32]>::try_from);
        let erasable_holds = match (&entry.text, salt) {
            // Erased (T3): the commitment stays, and hides nothing any more.
            (None, None) => true,
            (Some(text), Some(Ok(salt))) => {
                Commitment::to(&Salt(salt), text).0.as_slice() == entry.commitment
            }
            (None, Some(_)) | (Some(_), None | Some(Err(_))) => false,
        };
        Self {
            id: EntryId::from_uuid(entry.id),
            at: Timestamp::from_unix_micros(entry.at).ok(),
            hash: TreeHash::leaf(&exported_leaf_bytes(entry)),
            erasable_holds,
            is_erased: entry.text.is_none() && entry.salt.is_none(),
            erased_before: erased_before(entry),
        }
    }
}

/// Only as the library writes it: another checker is to read the same.
fn erased_before(entry: &ExportedEntry) -> Option<Timestamp> {
    if entry.kind != "journal_erased" {
        return None;
    }
    let details: serde_json::Value = serde_json::from_str(&entry.details).ok()?;
    let text = details.get("before")?.as_str()?;
    let before: Timestamp = text.parse().ok()?;
    (before.to_string() == text).then_some(before)
}

/// What a journal holds, however it was read: from a database, or from an [export](super::Export).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The entries, in any order.
    pub entries: Vec<KeptEntry>,
    /// The seals in the order of their places.
    pub seals: Vec<Seal>,
    /// The entries that wait for the sealer.
    pub queued: Vec<EntryId>,
    /// The signed checkpoints that the journal keeps itself, in any order.
    pub checkpoints: Vec<String>,
}

impl Kept {
    /// Takes one line of a journal.
    pub fn take(&mut self, line: JournalLine) {
        match line {
            JournalLine::Entry(entry) => self.entries.push(KeptEntry::from(&entry)),
            JournalLine::Seal(seal) => self.seals.push(seal),
            JournalLine::Queued(entry) => self.queued.push(entry),
            JournalLine::Checkpoint(checkpoint) => self.checkpoints.push(checkpoint.note),
        }
    }
}
