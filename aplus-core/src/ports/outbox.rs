//! Mails that wait to be sent.

use async_trait::async_trait;

use super::StoreError;
use crate::conversation::WrittenAnswer;
use crate::link::LinkFacts;
use crate::mail::{Message, Urgency};
use crate::secret::{KeyId, LinkHash, Nonce};
use crate::words::Language;
use crate::{EmailAddress, MailId, Timestamp};

/// What a link's secret is derived from, at the moment of sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkKey {
    /// What its verdict needs: a dead link is not sent.
    pub facts: LinkFacts,
    /// What is stored of the secret: what is derived must hash to it.
    pub hash: LinkHash,
    /// What it is derived from, with the id.
    pub nonce: Nonce,
    /// The host key that it is derived with.
    pub key: KeyId,
}

/// One mail that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// Its id: the same for each attempt.
    pub id: MailId,
    /// To whom.
    pub to: EmailAddress,
    /// What it tells.
    pub message: Message,
    /// In which language.
    pub language: Language,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// How often it was tried before.
    pub attempts: u32,
    /// The link that it carries, if it carries one.
    pub link: Option<LinkKey>,
    /// The address of the account that caused it, where the letter says by whom and it was an account.
    pub author_email: Option<EmailAddress>,
    /// The signed note of the checkpoint that it carries, if it carries one.
    pub note: Option<String>,
    /// The answer of support that it carries: none as it is claimed; whoever sends it reads it from the port `Desk`.
    pub answer: Option<WrittenAnswer>,
}

impl QueuedMail {
    /// The claim that it was read with.
    #[must_use]
    pub fn claim(&self) -> Claim {
        Claim::after(self.attempts, self.id)
    }
}

/// One claim of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Of which mail.
    pub mail: MailId,
    /// Which of its claims, from 1.
    pub number: u32,
}

impl Claim {
    /// The claim that followed so many attempts.
    fn after(attempts: u32, mail: MailId) -> Self {
        let number = attempts.saturating_add(1);
        Self { mail, number }
    }
}

/// A mail that was claimed and that this version cannot read: a newer one wrote it, as a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnreadableMail {
    /// Its id.
    pub id: MailId,
    /// How often it was claimed before.
    pub attempts: u32,
}

impl UnreadableMail {
    /// The claim that it was found with.
    #[must_use]
    pub fn claim(&self) -> Claim {
        Claim::after(self.attempts, self.id)
    }
}

/// What one claiming took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claimed {
    /// To be handed over, the most urgent ones first, then the oldest.
    pub mails: Vec<QueuedMail>,
    /// To be left to another process, or given up.
    pub unreadable: Vec<UnreadableMail>,
}

/// Reads and settles mails that wait.
///
/// - **P40** A mail MUST be claimed by one process at a time; a claim that is not settled ends at its time, and settles nothing
///   once another followed.
/// - **P41** A mail MUST be there exactly if the transaction of its act is.
/// - **P42** Once it is sent or given up, its address MUST go from the outbox; when that was stays.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims mails that are due until `until` and at least as urgent as `least`, the most urgent ones first, then the oldest;
    /// at most `limit`. One that cannot be read is claimed as any other, and holds up none.
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
        least: Urgency,
    ) -> Result<Claimed, StoreError>;

    /// The relay took it.
    async fn sent(&self, claim: Claim, at: Timestamp) -> Result<(), StoreError>;

    /// It is tried again at `next`.
    async fn postpone(&self, claim: Claim, next: Timestamp) -> Result<(), StoreError>;

    /// It is not tried again; `reason` is one word.
    async fn give_up(
        &self,
        claim: Claim,
        at: Timestamp,
        reason: &'static str,
    ) -> Result<(), StoreError>;
}
