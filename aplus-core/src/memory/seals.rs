//! Seals, in memory.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{MailRow, MemoryStore, State};
use crate::EntryId;
use crate::journal::seal::{ExportedEntry, JournalLine, KeptCheckpoint, Seal, TreeHash};
use crate::mail::{Message, Urgency};
use crate::ports::{
    EachLine, MailedCheckpoint, Outcome, SealedEntry, Sealing, Seals, StoreError, Unsealed, Written,
};
use crate::words::Language;

impl State {
    fn newest_checkpoint(&self) -> Option<KeptCheckpoint> {
        let (_, checkpoint) = self.checkpoints.last_key_value()?;
        Some(checkpoint.clone())
    }

    /// Whether what is to be sealed still waits, for the tree that it was read with.
    fn may_seal(&self, sealing: &Sealing) -> bool {
        let ids: BTreeSet<_> = sealing.entries.iter().map(|(id, _)| *id).collect();
        self.tree.size() == sealing.before
            && ids.len() == sealing.entries.len()
            && ids.is_subset(&self.seal_queue)
            && !(sealing.mail.is_some()
                && self.checkpoint_mails.contains_key(&sealing.checkpoint.size))
    }

    /// The seals from a place on.
    fn seals_from(&self, place: u64, limit: u32) -> impl Iterator<Item = &Seal> {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        self.seals.iter().skip(place).take(limit)
    }
}

#[async_trait]
impl Seals for MemoryStore {
    async fn unsealed(&self, limit: u32) -> Result<Unsealed, StoreError> {
        let state = self.state();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mailed = state.checkpoint_mails.last_key_value();
        let waiting = state.seal_queue.iter().take(limit);
        let entries = waiting.filter_map(|id| state.entries.get(id)).cloned();
        Ok(Unsealed {
            tree: state.tree.clone(),
            checkpoint: state.newest_checkpoint(),
            mailed: mailed.map(|(size, at)| MailedCheckpoint {
                size: *size,
                at: *at,
            }),
            entries: entries
                .map(|mut entry| {
                    entry.erasable = None;
                    entry
                })
                .collect(),
        })
    }

    async fn seal(&self, sealing: Sealing) -> Written<()> {
        let mut state = self.state();
        if !state.may_seal(&sealing) {
            return Ok(Outcome::Stale);
        }
        for (place, (entry, hash)) in (sealing.before..).zip(&sealing.entries) {
            let (entry, hash) = (*entry, *hash);
            state.seals.push(Seal { place, entry, hash });
            state.places.insert(entry, place);
            state.seal_queue.remove(&entry);
        }
        let size = sealing.checkpoint.size;
        if let Some(mail) = &sealing.mail {
            state.checkpoint_mails.insert(size, sealing.at);
            let message = Message::JournalCheckpoint { size };
            let row = MailRow::new(
                &mail.to,
                message,
                Urgency::Usual,
                Language::default(),
                sealing.at,
            );
            state.mails.insert(mail.id, row);
        }
        if !sealing.entries.is_empty() {
            state.tree = sealing.tree;
            state.checkpoints.insert(size, sealing.checkpoint);
        }
        Ok(Outcome::Done(()))
    }

    async fn last_checkpoint(&self) -> Result<Option<KeptCheckpoint>, StoreError> {
        Ok(self.state().newest_checkpoint())
    }

    async fn checkpoint(&self, size: u64) -> Result<Option<KeptCheckpoint>, StoreError> {
        Ok(self.state().checkpoints.get(&size).cloned())
    }

    async fn seal_of(&self, entry: EntryId) -> Result<Option<Seal>, StoreError> {
        let state = self.state();
        let place = state.places.get(&entry);
        Ok(place.and_then(|place| state.seals_from(*place, 1).next().copied()))
    }

    async fn seal_hashes(&self, place: u64, limit: u32) -> Result<Vec<TreeHash>, StoreError> {
        let state = self.state();
        Ok(state
            .seals_from(place, limit)
            .map(|seal| seal.hash)
            .collect())
    }

    async fn sealed_since(&self, place: u64, limit: u32) -> Result<Vec<SealedEntry>, StoreError> {
        let state = self.state();
        let sealed = state.seals_from(place, limit).filter_map(|seal| {
            let entry = state.entries.get(&seal.entry)?.clone();
            Some(SealedEntry { seal: *seal, entry })
        });
        Ok(sealed.collect())
    }

    async fn export(&self, each: &mut EachLine<'_>) -> Result<(), StoreError> {
        // A copy, so that whoever takes the lines may take their time.
        let state = self.state().clone();
        let entries = state
            .entries
            .values()
            .map(|entry| JournalLine::Entry(ExportedEntry::of(entry, state.salts.get(&entry.id))));
        let seals = state.seals.iter().copied().map(JournalLine::Seal);
        let queued = state.seal_queue.iter().copied().map(JournalLine::Queued);
        let checkpoints = state.checkpoints.values().cloned();
        let lines = entries
            .chain(seals)
            .chain(queued)
            .chain(checkpoints.map(|it| JournalLine::Checkpoint(it.into())));
        for line in lines {
            if each(line).is_break() {
                break;
            }
        }
        Ok(())
    }
}
