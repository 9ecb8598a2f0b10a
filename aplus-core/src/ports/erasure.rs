//! What goes once it is due.

use async_trait::async_trait;

use super::{StoreError, Written};
use crate::act::Act;
use crate::rules::{EmptyAccount, EraseJournal};
use crate::{AccountId, Timestamp};

/// Erases what is old, in bounded parts.
///
/// - **P70** The erasable part of an entry MUST go with its salt, and nothing of the entry itself (T3).
/// - **P71** An emptied account MUST lose its address, its details, the request of its provenance, its links, askings and
///   waiting mails that hold the address, and of the orders on it addresses, details, the requester's name, the reference and
///   reasons; its line, roles, groups and dates MUST stay, its address be free, its version and epoch move by one (T4).
/// - **P72** What was written or used within [six months](crate::Retention::LEAST_MONTHS) MUST stay, by the clock of the
///   database where it has one, whatever time comes with the act: a server that lies about the hour erases nothing early.
///   It is the one place where that clock is read (P4).
#[async_trait]
pub trait Erasure: Send + Sync {
    /// Of how many entries that were written before `before` the erasable part is still there, counted up to `most`.
    async fn erasable(&self, before: Timestamp, most: u32) -> Result<u32, StoreError>;

    /// Erases the erasable parts of as many entries as the act says, the oldest first; `Stale` if fewer are there.
    async fn erase_journal(&self, act: Act<EraseJournal>) -> Written<()>;

    /// Accounts that were not emptied and whose last use, their last log-in or else their creation, was before `before`:
    /// the longest unused first; at most `limit`.
    async fn disused(&self, before: Timestamp, limit: u32) -> Result<Vec<AccountId>, StoreError>;

    /// Empties an account; `Stale` if it was used meanwhile or is empty already.
    async fn empty_account(&self, act: Act<EmptyAccount>) -> Written<()>;
}
