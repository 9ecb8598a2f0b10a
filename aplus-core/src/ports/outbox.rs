//! Mails that wait to be sent.

use async_trait::async_trait;

use super::StoreError;
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
}

/// Reads and settles mails that wait.
///
/// - **P40** A mail MUST be claimed by one process at a time; a claim that is not settled ends at its time.
/// - **P41** A mail MUST be there exactly if the transaction of its act is.
/// - **P42** Once it is sent or given up, its address MUST go from the outbox; when that was stays.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims mails that are due until `until` and at least as urgent as `least`, the most urgent ones first, then the oldest;
    /// at most `limit`. One that cannot be read is given up as `unreadable`, and holds up no other.
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
        least: Urgency,
    ) -> Result<Vec<QueuedMail>, StoreError>;

    /// The relay took it.
    async fn sent(&self, id: MailId, at: Timestamp) -> Result<(), StoreError>;

    /// It is tried again at `next`.
    async fn postpone(&self, id: MailId, next: Timestamp) -> Result<(), StoreError>;

    /// It is not tried again; `reason` is one word.
    async fn give_up(
        &self,
        id: MailId,
        at: Timestamp,
        reason: &'static str,
    ) -> Result<(), StoreError>;
}
