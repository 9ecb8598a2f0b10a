//! Mails that wait, in memory.

use std::cmp::Reverse;

use async_trait::async_trait;

use super::{MailRow, MemoryStore, State};
use crate::mail::{Message, Urgency};
use crate::ports::{Claim, Claimed, LinkKey, Outbox, QueuedMail, StoreError};
use crate::{EmailAddress, LinkId, Timestamp};

impl State {
    fn link_key(&self, id: LinkId) -> Option<LinkKey> {
        let row = self.links.get(&id)?;
        Some(LinkKey {
            facts: self.link_facts(row)?,
            hash: row.link.hash,
            nonce: row.link.nonce,
            key: row.link.key,
        })
    }

    fn note(&self, message: &Message) -> Option<String> {
        let checkpoint = self.checkpoints.get(&message.checkpoint()?)?;
        Some(checkpoint.note.clone())
    }

    fn author_email(&self, message: &Message) -> Option<EmailAddress> {
        self.accounts.get(&message.named_author()?)?.email.clone()
    }
}

impl MemoryStore {
    /// Changes a mail that was not settled yet, and that nobody claimed since.
    fn unsettled(&self, claim: Claim, change: impl FnOnce(&mut MailRow)) {
        let mut state = self.state();
        if let Some(mail) = state.mails.get_mut(&claim.mail)
            && mail.settled_at().is_none()
            && mail.attempts == claim.number
        {
            change(mail);
        }
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
        least: Urgency,
    ) -> Result<Claimed, StoreError> {
        let mut state = self.state();
        let due = state
            .mails
            .iter()
            .filter(|(_, mail)| mail.settled_at().is_none() && mail.due_at <= now)
            .filter(|(_, mail)| mail.urgency >= least);
        let mut due: Vec<_> = due
            .map(|(id, mail)| (Reverse(mail.urgency), mail.queued_at, *id))
            .collect();
        due.sort_unstable();
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let mut claimed = Vec::with_capacity(due.len());
        for (_, _, id) in due {
            let Some(mail) = state.mails.get(&id) else {
                continue;
            };
            let Some(to) = mail.to.clone() else { continue };
            claimed.push(QueuedMail {
                id,
                to,
                message: mail.message,
                language: mail.language,
                queued_at: mail.queued_at,
                attempts: mail.attempts,
                link: mail.message.link().and_then(|link| state.link_key(link)),
                author_email: state.author_email(&mail.message),
                note: state.note(&mail.message),
                answer: None,
            });
            if let Some(mail) = state.mails.get_mut(&id) {
                mail.due_at = until;
                mail.attempts = mail.attempts.saturating_add(1);
            }
        }
        Ok(Claimed {
            mails: claimed,
            unreadable: Vec::new(),
        })
    }

    async fn sent(&self, claim: Claim, at: Timestamp) -> Result<(), StoreError> {
        self.unsettled(claim, |mail| {
            mail.to = None;
            mail.sent_at = Some(at);
        });
        Ok(())
    }

    async fn postpone(&self, claim: Claim, next: Timestamp) -> Result<(), StoreError> {
        self.unsettled(claim, |mail| mail.due_at = next);
        Ok(())
    }

    async fn give_up(
        &self,
        claim: Claim,
        at: Timestamp,
        reason: &'static str,
    ) -> Result<(), StoreError> {
        self.unsettled(claim, |mail| {
            mail.to = None;
            mail.given_up = Some((at, reason));
        });
        Ok(())
    }
}
