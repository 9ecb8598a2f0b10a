//! What goes once it is due, in memory. There is no clock here but the caller's (P72).

use async_trait::async_trait;

use super::{Check, MemoryStore, State, next, unless_settled};
use crate::account::{AccountRecord, Principal, Status};
use crate::ports::{Erasure, Outcome, StoreError, Written};
use crate::rules::{EmptyAccount, EraseJournal};
use crate::{AccountId, Act, EmailAddress, EntryId, Profile, ProfileChange, Timestamp};

fn last_use(account: &AccountRecord) -> Timestamp {
    account.last_login_at.unwrap_or(account.created_at)
}

impl State {
    /// The entries whose erasable part is due, the oldest first.
    fn due(&self, before: Timestamp, most: u32) -> Vec<EntryId> {
        let entries = self.entries.values();
        let due = entries.filter(|entry| entry.erasable.is_some() && entry.at < before);
        let mut due: Vec<_> = due.map(|entry| (entry.at, entry.id)).collect();
        due.sort_unstable();
        due.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        due.into_iter().map(|(_, id)| id).collect()
    }

    /// What holds the address of an account, or leads to it.
    fn forget_address(&mut self, id: AccountId, at: Timestamp) {
        let owner = Principal::Account(id);
        self.links.retain(|_, row| row.link.principal != owner);
        let Some(email) = self.accounts.get(&id).and_then(|it| it.email.clone()) else {
            return;
        };
        // One that still waits is answered first: that the address is unknown.
        self.asks
            .retain(|_, row| row.answered.is_none() || row.ask.email != email);
        self.send_nothing_to(&email, at, "emptied");
    }

    /// Gives up what still waits for this address.
    pub(super) fn send_nothing_to(
        &mut self,
        email: &EmailAddress,
        at: Timestamp,
        reason: &'static str,
    ) {
        let mails = self.mails.values_mut();
        for mail in mails.filter(|mail| mail.to.as_ref() == Some(email)) {
            mail.to = None;
            mail.given_up = Some((at, reason));
        }
    }

    /// What the orders on an account say of the person.
    fn forget_orders(&mut self, id: AccountId) {
        let orders = self.orders.values_mut();
        for order in orders.filter(|order| order.account == id) {
            order.from.email = None;
            order.to.email = None;
            order.profile = ProfileChange::default();
            order.requester.name = None;
            order.reference = None;
            order.reason = None;
            if let Some(closed) = &mut order.closed {
                closed.reason = None;
            }
        }
    }
}

#[async_trait]
impl Erasure for MemoryStore {
    async fn erasable(&self, before: Timestamp, most: u32) -> Result<u32, StoreError> {
        let due = self.state().due(before, most).len();
        Ok(u32::try_from(due).unwrap_or(u32::MAX))
    }

    async fn erase_journal(&self, act: Act<EraseJournal>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let (before, entries) = (act.action().before(), act.action().entries());
        let due = state.due(before, entries);
        if u32::try_from(due.len()) != Ok(entries) {
            return Ok(Outcome::Stale);
        }
        for id in due {
            if let Some(entry) = state.entries.get_mut(&id) {
                entry.erasable = None;
            }
            state.salts.remove(&id);
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn disused(&self, before: Timestamp, limit: u32) -> Result<Vec<AccountId>, StoreError> {
        let state = self.state();
        let accounts = state.accounts.values();
        let disused = accounts.filter(|it| it.emptied_at.is_none() && last_use(it) < before);
        let mut disused: Vec<_> = disused.map(|it| (last_use(it), it.id)).collect();
        disused.sort_unstable();
        disused.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(disused.into_iter().map(|(_, id)| id).collect())
    }

    async fn empty_account(&self, act: Act<EmptyAccount>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let (id, before) = (act.action().account(), act.action().before());
        let disused = |it: &AccountRecord| it.emptied_at.is_none() && last_use(it) < before;
        if !state.accounts.get(&id).is_some_and(disused) {
            return Ok(Outcome::Stale);
        }
        state.forget_address(id, act.at());
        state.forget_orders(id);
        if let Some(account) = state.accounts.get_mut(&id) {
            account.status = Status::Withdrawn;
            account.email = None;
            account.profile = Profile::default();
            account.provenance.request = None;
            account.emptied_at = Some(act.at());
            next(&mut account.version);
            account.epoch.0 += 1;
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }
}
