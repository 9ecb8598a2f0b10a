//! What goes once it is due: the erasable parts of old entries (T3), the address and details of disused accounts (T4).

use super::{Aplus, Context, Error};
use crate::ports::{Outcome, TargetRef, Wanted};
use crate::{AccountId, Actor, Author, Timestamp, rules};

/// Of how many entries one act erases the erasable parts.
const ENTRIES: u32 = 500;

/// How many such acts one pass makes: enough to keep up with seven million entries a day.
const BATCHES: u32 = 10;

/// How many accounts one pass empties: each is an act of its own, and others wait behind the pass.
const ACCOUNTS: u32 = 50;

/// In how many conversations one pass erases what was said.
#[cfg(feature = "desk")]
const CONVERSATIONS: u32 = 100;

/// What one pass erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasureReport {
    /// Entries that lost network address, browser and free text (T3).
    pub erased: u32,
    /// Accounts that lost address and details (T4).
    pub emptied: u32,
    /// Conversations with support that lost what was said in them (T4).
    #[cfg(feature = "desk")]
    pub conversations: u32,
}

impl Aplus {
    /// One pass at `now`: erases what the journal has kept for as long as the [`retention`](Self::retention) says (T3), and
    /// empties accounts that were not used for as long (T4). Bounded: what is left is for the next pass, which
    /// [`housekeeping_pass`](Self::housekeeping_pass) makes too.
    ///
    /// Each erasure is an act of the machine's with its entry. Nobody is told: those whom it concerns were, when they were
    /// welcomed (A12).
    ///
    /// # Errors
    /// What the store says; [`Error::Broken`] where `now` is so far ahead of the database's clock that what would go is
    /// younger than six months. What was done before stays done.
    pub async fn erase_pass(&self, now: Timestamp) -> Result<ErasureReport, Error> {
        let mut report = ErasureReport::default();
        for _ in 0..BATCHES {
            let erased = self.erase_entries(now).await?;
            report.erased += erased;
            if erased < ENTRIES {
                break;
            }
        }
        let before = self.0.retention.accounts_before(&self.0.lifetimes, now);
        for account in self.0.store.disused(before, ACCOUNTS).await? {
            report.emptied += u32::from(self.empty_account(account, now).await?);
        }
        #[cfg(feature = "desk")]
        {
            report.conversations = self.erase_conversations(now).await?;
        }
        Ok(report)
    }

    async fn erase_entries(&self, now: Timestamp) -> Result<u32, Error> {
        let (store, retention) = (&self.0.store, &self.0.retention);
        let due = store
            .erasable(retention.journal_before(now), ENTRIES)
            .await?;
        if due == 0 {
            return Ok(0);
        }
        let permit = rules::erase_journal(&Actor::Machine, due, retention, now)?;
        let act =
            permit.into_act(self.circumstances_at(now, &Context::default(), Author::Machine)?);
        match store.erase_journal(act).await? {
            Outcome::Done(()) => Ok(due),
            // Another process erased some of them meanwhile.
            Outcome::Stale | Outcome::Taken | Outcome::Repeated(_) => Ok(0),
        }
    }

    /// Erases what was said in conversations that are due, where the host has a desk.
    #[cfg(feature = "desk")]
    async fn erase_conversations(&self, now: Timestamp) -> Result<u32, Error> {
        let Some(desk) = self.desk() else {
            return Ok(0);
        };
        let retention = &self.0.retention;
        let before = retention.conversations_before(now);
        let due = desk.erasable_conversations(before, CONVERSATIONS).await?;
        if due == 0 {
            return Ok(0);
        }
        let permit = rules::erase_conversations(&Actor::Machine, due, retention, now)?;
        let act =
            permit.into_act(self.circumstances_at(now, &Context::default(), Author::Machine)?);
        match desk.erase_conversations(act).await? {
            Outcome::Done(()) => Ok(due),
            // Another process erased some of them meanwhile.
            Outcome::Stale | Outcome::Taken | Outcome::Repeated(_) => Ok(0),
        }
    }

    /// Whether it was emptied: it may have been used or changed meanwhile, or another process was first.
    async fn empty_account(&self, account: AccountId, now: Timestamp) -> Result<bool, Error> {
        let store = &self.0.store;
        let wanted = Wanted {
            author: Author::Machine,
            target: Some(TargetRef::Id(account)),
            group: None,
            request: None,
        };
        let facts = store.facts(&wanted).await?;
        let Some(target) = facts.target else {
            return Ok(false);
        };
        let (retention, lifetimes) = (&self.0.retention, &self.0.lifetimes);
        let permit = rules::empty_account(&facts.actor, &target, retention, lifetimes, now)?;
        let act =
            permit.into_act(self.circumstances_at(now, &Context::default(), Author::Machine)?);
        Ok(matches!(store.empty_account(act).await?, Outcome::Done(())))
    }
}
