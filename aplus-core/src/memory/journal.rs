//! The journal, in memory.

use async_trait::async_trait;

use super::{Check, MemoryStore, RefusalRow, State, doubled, page, unless_settled};
use crate::journal::{Entry, EntryFilter, EntryPosition, StoredEntry};
use crate::ports::{Journal, Outcome, Page, RefusalNote, StoreError, StoredRefusals, Written};
use crate::rules::Look;
use crate::{AccountId, Act, Author, EntryId, Timestamp};

impl State {
    /// The entries that fit, the newest first, before a place.
    fn newest(
        &self,
        fits: impl Fn(&StoredEntry) -> bool,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> Page<StoredEntry> {
        let entries = self.entries.values();
        let mut found: Vec<_> = entries
            .filter(|entry| before.is_none_or(|before| entry.position() < before) && fits(entry))
            .collect();
        found.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.position()));
        page(found.into_iter().cloned(), limit, |entry| {
            entry.position().to_string()
        })
    }
}

#[async_trait]
impl Journal for MemoryStore {
    async fn look(&self, act: Act<Look>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn refuse(&self, note: RefusalNote, since: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state();
        let rows = state.refusals.iter_mut();
        let equal = rows.filter(|(_, row)| row.key == note.key && row.at > since);
        if let Some((_, row)) = equal.min_by_key(|(first, row)| (row.at, **first)) {
            row.times = row.times.saturating_add(1);
            return Ok(());
        }
        if state.entries.contains_key(&note.entry.id()) {
            return doubled("an entry");
        }
        let row = RefusalRow {
            key: note.key,
            at: note.entry.at(),
            times: 0,
        };
        state.refusals.insert(note.entry.id(), row);
        state.append(&note.entry);
        Ok(())
    }

    async fn counted_refusals(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<StoredRefusals>, StoreError> {
        let state = self.state();
        let rows = state.refusals.iter().filter(|(_, row)| row.at <= until);
        let mut rows: Vec<_> = rows.collect();
        rows.sort_unstable_by_key(|(first, row)| (row.at, **first));
        let counted = rows.into_iter().filter_map(|(first, row)| {
            let first = state.entries.get(first)?;
            Some(StoredRefusals {
                first: first.clone(),
                times: row.times,
            })
        });
        Ok(counted
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect())
    }

    async fn settle_refusals(
        &self,
        first: EntryId,
        times: u32,
        entry: Option<Entry>,
    ) -> Written<()> {
        let mut state = self.state();
        if state
            .refusals
            .get(&first)
            .is_none_or(|row| row.times != times)
        {
            return Ok(Outcome::Stale);
        }
        if let Some(entry) = entry {
            if state.entries.contains_key(&entry.id()) {
                return doubled("an entry");
            }
            state.append(&entry);
        }
        state.refusals.remove(&first);
        Ok(Outcome::Done(()))
    }

    async fn entries(
        &self,
        after: Option<EntryId>,
        limit: u32,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let state = self.state();
        let entries = state
            .entries
            .values()
            .filter(|entry| Some(entry.id) > after);
        Ok(entries
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .cloned()
            .collect())
    }

    async fn search(
        &self,
        filter: &EntryFilter,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> Result<Page<StoredEntry>, StoreError> {
        Ok(self
            .state()
            .newest(|entry| filter.fits(entry), before, limit))
    }

    async fn entries_of(
        &self,
        account: AccountId,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> Result<Page<StoredEntry>, StoreError> {
        let own = |entry: &StoredEntry| {
            entry.account == Some(account) || entry.author == Author::Account(account)
        };
        Ok(self.state().newest(own, before, limit))
    }
}
