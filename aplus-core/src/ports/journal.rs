//! The record of what was done.

use async_trait::async_trait;

use super::{Page, StoreError, Written};
use crate::act::Act;
use crate::journal::{Entry, EntryFilter, EntryPosition, StoredEntry};
use crate::rules::Look;
use crate::{AccountId, EntryId, Timestamp};

/// A refusal to somebody who is logged in (T1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalNote {
    /// What is equal about equal refusals: author, action, code, account, group and field, as one canonical text.
    pub key: String,
    /// The entry of the first.
    pub entry: Entry,
}

/// A first refusal, and how many equal ones were counted beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefusals {
    /// The entry of the first.
    pub first: StoredEntry,
    /// How many came after it within ten minutes.
    pub times: u32,
}

/// Writes and reads entries.
///
/// - **P30** Entries MUST NOT change or go, whoever asks; the erasable part beside one goes once it is due (P70).
/// - **P31** Of equal refusals within ten minutes the first MUST be an entry, and the rest counted beside it.
/// - **P32** The pages of a search MUST, each asked for from the `next` of the one before, hold every entry that fits once,
///   the newest first, and of one moment by id; one that is written meanwhile changes none of those before it.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Writes that support looked at something (T1).
    async fn look(&self, act: Act<Look>) -> Written<()>;

    /// Writes a refusal, or counts it beside an equal one that was written after `since`.
    async fn refuse(&self, note: RefusalNote, since: Timestamp) -> Result<(), StoreError>;

    /// First refusals that were written at or before `until`, with how many equal ones were counted beside them, the
    /// oldest first; at most `limit`.
    async fn counted_refusals(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<StoredRefusals>, StoreError>;

    /// Writes the entry of counted refusals in their place: `first` is the entry that they were counted beside, `times`
    /// the number that it tells; none where there were none. `Stale` if that number has changed.
    async fn settle_refusals(
        &self,
        first: EntryId,
        times: u32,
        entry: Option<Entry>,
    ) -> Written<()>;

    /// Entries in the order of their ids, after one; at most `limit`.
    async fn entries(
        &self,
        after: Option<EntryId>,
        limit: u32,
    ) -> Result<Vec<StoredEntry>, StoreError>;

    /// Entries that fit, the newest first, before a place; at most `limit`. A page may hold fewer, or none, and still say
    /// where it goes on: see [`EntryFilter`] for what is looked at for it.
    async fn search(
        &self,
        filter: &EntryFilter,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> Result<Page<StoredEntry>, StoreError>;

    /// Entries that are about an account or that it wrote, the newest first, before a place; at most `limit`.
    async fn entries_of(
        &self,
        account: AccountId,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> Result<Page<StoredEntry>, StoreError>;
}
