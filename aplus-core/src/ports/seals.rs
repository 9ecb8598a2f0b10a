//! The seals of the journal (T2): what waits for one, and what is sealed.

use std::ops::ControlFlow;

use async_trait::async_trait;

use super::{StoreError, Written};
use crate::journal::StoredEntry;
use crate::journal::seal::{Frontier, JournalLine, KeptCheckpoint, Seal, TreeHash};
use crate::{EmailAddress, EntryId, MailId, Timestamp};

/// A checkpoint that was queued as a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailedCheckpoint {
    /// Its size.
    pub size: u64,
    /// When.
    pub at: Timestamp,
}

/// What waits for its seal, and what it is to be sealed onto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// The tree over all that is sealed.
    pub tree: Frontier,
    /// The newest checkpoint; none before the first.
    pub checkpoint: Option<KeptCheckpoint>,
    /// The newest checkpoint that was queued as a mail.
    pub mailed: Option<MailedCheckpoint>,
    /// What waits, in the order of ids, without its erasable part.
    pub entries: Vec<StoredEntry>,
}

/// Whoever takes the lines of a journal, and says when it is enough.
pub type EachLine<'e> = dyn FnMut(JournalLine) -> ControlFlow<()> + Send + 'e;

/// The mail that tells a checkpoint to whoever keeps it elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointMail {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub to: EmailAddress,
}

/// Entries with the hashes that they are sealed by, and what becomes of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealing {
    /// How many were sealed before: the first of these entries gets the place of this number.
    pub before: u64,
    /// The entries, each once, and the hashes of their leaves; none where only a mail is due.
    pub entries: Vec<(EntryId, TreeHash)>,
    /// The tree with them.
    pub tree: Frontier,
    /// The newest checkpoint, over this tree: a new one if there are entries.
    pub checkpoint: KeptCheckpoint,
    /// The mail that tells that checkpoint, where one is due; in the default language.
    pub mail: Option<CheckpointMail>,
    /// When.
    pub at: Timestamp,
}

/// An entry with its seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// Its seal.
    pub seal: Seal,
    /// The entry, with its erasable part unless that was erased.
    pub entry: StoredEntry,
}

/// Reads and writes seals. Beside P1, P4 and P5:
///
/// - **P50** [`seal`](Self::seal) MUST give its entries the places after the last, take exactly them out of the queue, grow the
///   tree and keep the checkpoint and its mail in one transaction: all or nothing, whatever is killed when.
/// - **P51** It MUST answer [`Outcome::Stale`](super::Outcome::Stale) with nothing written unless the tree still has the size
///   that it was read at, each entry waits, and no mail told this checkpoint: of any number of sealers one is first.
/// - **P52** Seals and checkpoints MUST NOT change or go, and what is sealed MUST NOT wait again.
/// - **P53** Places MUST show without a gap: whoever reads a place reads all before it, also of acts that were committed late.
/// - **P54** [`export`](Self::export) MUST give everything as it stood at one moment, however long that takes.
#[async_trait]
pub trait Seals: Send + Sync {
    /// What waits for its seal; at most `limit` entries.
    async fn unsealed(&self, limit: u32) -> Result<Unsealed, StoreError>;

    /// Seals entries.
    async fn seal(&self, sealing: Sealing) -> Written<()>;

    /// The newest checkpoint; none before the first.
    async fn last_checkpoint(&self) -> Result<Option<KeptCheckpoint>, StoreError>;

    /// The checkpoint over this many entries, if one was signed.
    async fn checkpoint(&self, size: u64) -> Result<Option<KeptCheckpoint>, StoreError>;

    /// The seal of an entry; none while it waits.
    async fn seal_of(&self, entry: EntryId) -> Result<Option<Seal>, StoreError>;

    /// The hashes of the leaves in the order of their places, from `place` on; at most `limit`.
    async fn seal_hashes(&self, place: u64, limit: u32) -> Result<Vec<TreeHash>, StoreError>;

    /// Sealed entries in the order of their places, from `place` on; at most `limit`.
    async fn sealed_since(&self, place: u64, limit: u32) -> Result<Vec<SealedEntry>, StoreError>;

    /// Hands over the whole journal: entries in the order of ids, seals in that of places, what waits, checkpoints in the order
    /// of sizes; until `each` breaks off.
    async fn export(&self, each: &mut EachLine<'_>) -> Result<(), StoreError>;
}
