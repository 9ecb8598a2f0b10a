//! The export of a journal: lines of JSON, as `docs/journal.md` specifies them for whoever writes a checker.

mod forms;
mod reader;
mod writer;

pub use reader::{Export, ExportError};
pub use writer::ExportWriter;

use forms::{entry_id, hex, object, optional_hex, optional_uuid, uuid_text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{KeptCheckpoint, Seal};
use crate::journal::{Salt, StoredEntry};
use crate::{Author, EntryId};

/// What the first line of an export says of its form.
const FORMAT: &str = "aplus/journal/1";

/// The longest line, in bytes with its line feed: an entry is some hundred, a free text some thousand.
const MOST_BYTES: usize = 4 * 1_024 * 1_024;

/// One line of a journal as a store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, and nearly always the large one"
)]
pub enum JournalLine {
    /// An entry with its erasable part.
    Entry(ExportedEntry),
    /// The seal of an entry.
    Seal(Seal),
    /// An entry that waits for its seal.
    Queued(EntryId),
    /// A checkpoint that the journal keeps itself.
    Checkpoint(ExportedCheckpoint),
}

impl JournalLine {
    /// In which order the kinds come.
    fn rank(&self) -> u8 {
        match self {
            Self::Entry(_) => 0,
            Self::Seal(_) => 1,
            Self::Queued(_) => 2,
            Self::Checkpoint(_) => 3,
        }
    }
}

/// The columns of an entry and of its erasable part, exactly as they are stored: also what no program of ours would have
/// written, so that the check can name it. A member that is not there is not taken for null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedEntry {
    /// Its id.
    #[serde(with = "uuid_text")]
    pub id: Uuid,
    /// When: microseconds since 1970.
    pub at: i64,
    /// The word of what happened.
    pub kind: String,
    /// `account`, `operator` or `machine`.
    pub author_kind: String,
    /// Which account or operator.
    #[serde(with = "optional_uuid")]
    pub author_id: Option<Uuid>,
    /// On which account.
    #[serde(with = "optional_uuid")]
    pub account_id: Option<Uuid>,
    /// In which group.
    #[serde(with = "optional_uuid")]
    pub group_id: Option<Uuid>,
    /// What happened, as canonical text.
    pub details: String,
    /// The request that it answers.
    #[serde(with = "optional_uuid")]
    pub request_id: Option<Uuid>,
    /// The hash of that request.
    #[serde(with = "optional_hex")]
    pub body_hash: Option<Vec<u8>>,
    /// The commitment to the erasable part.
    #[serde(with = "hex")]
    pub commitment: Vec<u8>,
    /// The erasable part, as canonical text; none once erased.
    #[serde(deserialize_with = "Option::deserialize")]
    pub text: Option<String>,
    /// The salt of the commitment; none once erased.
    #[serde(with = "optional_hex")]
    pub salt: Option<Vec<u8>>,
}

impl ExportedEntry {
    /// The columns of an entry that was read back.
    #[must_use]
    pub fn of(entry: &StoredEntry, salt: Option<&Salt>) -> Self {
        let (author_kind, author_id) = match entry.author {
            Author::Account(id) => ("account", Some(*id.as_uuid())),
            Author::Operator(id) => ("operator", Some(*id.as_uuid())),
            Author::Machine => ("machine", None),
        };
        Self {
            id: *entry.id.as_uuid(),
            at: entry.at.as_unix_micros(),
            kind: entry.kind.clone(),
            author_kind: author_kind.to_owned(),
            author_id,
            account_id: entry.account.map(|id| *id.as_uuid()),
            group_id: entry.group.map(|id| *id.as_uuid()),
            details: entry.details.clone(),
            request_id: entry.request.map(|(id, _)| *id.as_uuid()),
            body_hash: entry.request.map(|(_, hash)| hash.0.to_vec()),
            commitment: entry.commitment.0.to_vec(),
            text: entry.erasable.clone(),
            salt: salt.map(|salt| salt.0.to_vec()),
        }
    }
}

/// A checkpoint as its columns hold it, also if its time is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedCheckpoint {
    /// How many entries it was signed over.
    pub size: u64,
    /// When: microseconds since 1970. Nothing depends on it.
    pub at: i64,
    /// The signed note.
    pub note: String,
}

impl From<KeptCheckpoint> for ExportedCheckpoint {
    fn from(KeptCheckpoint { size, at, note }: KeptCheckpoint) -> Self {
        let at = at.as_unix_micros();
        Self { size, at, note }
    }
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "one at a time")]
enum Line {
    #[serde(deserialize_with = "object")]
    Header(Header),
    #[serde(deserialize_with = "object")]
    Entry(ExportedEntry),
    #[serde(deserialize_with = "object")]
    Seal(SealLine),
    #[serde(with = "entry_id")]
    Queued(EntryId),
    #[serde(deserialize_with = "object")]
    Checkpoint(ExportedCheckpoint),
    #[serde(deserialize_with = "object")]
    End(Counts),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    journal: String,
    exported_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealLine {
    place: u64,
    #[serde(with = "entry_id")]
    entry: EntryId,
    #[serde(with = "hex")]
    hash: Vec<u8>,
}

/// How many lines of each kind an export has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Entries.
    pub entries: u64,
    /// Seals.
    pub seals: u64,
    /// Entries that wait for their seal.
    pub queued: u64,
    /// Checkpoints.
    pub checkpoints: u64,
}

impl Counts {
    fn count(&mut self, line: &JournalLine) {
        match line {
            JournalLine::Entry(_) => self.entries += 1,
            JournalLine::Seal(_) => self.seals += 1,
            JournalLine::Queued(_) => self.queued += 1,
            JournalLine::Checkpoint(_) => self.checkpoints += 1,
        }
    }
}

impl From<JournalLine> for Line {
    fn from(line: JournalLine) -> Self {
        match line {
            JournalLine::Entry(entry) => Self::Entry(entry),
            JournalLine::Seal(Seal { place, entry, hash }) => Self::Seal(SealLine {
                place,
                entry,
                hash: hash.0.to_vec(),
            }),
            JournalLine::Queued(entry) => Self::Queued(entry),
            JournalLine::Checkpoint(checkpoint) => Self::Checkpoint(checkpoint),
        }
    }
}

#[cfg(test)]
mod tests;
