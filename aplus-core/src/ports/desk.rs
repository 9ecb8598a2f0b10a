//! Conversations with support.

use async_trait::async_trait;

use super::{Page, StoreError, Written};
use crate::account::Version;
use crate::act::Act;
use crate::conversation::{Conversation, ConversationMessage, InboxPlace, WrittenAnswer};
use crate::rules::{
    AddMessage, AnswerConversation, CloseConversation, EraseConversations, OpenConversation,
    TypedAddress,
};
use crate::{AccountId, ConversationId, EmailAddress, Timestamp};

/// Which open conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inbox {
    /// Those that wait for an answer of support.
    Waiting,
    /// Those in which support answered last.
    Answered,
}

impl Inbox {
    /// Both parts, what waits first.
    pub const ALL: [Self; 2] = [Self::Waiting, Self::Answered];
}

/// Reads and writes conversations with support (S2, S3). It stands apart from a [`Store`](super::Store): a host that answers its
/// people in another way has none. Its acts are written with their entries and mails (P1), so that it stands where the journal and
/// the outbox stand.
///
/// Beside the rules for every writing method (P1 to P5, in [`ports`](super)):
///
/// - **P80** A conversation MUST begin with its first message, at place 1 and version 1, waiting since then; its id is that of
///   its entry. Each further act on it MUST be written only while its version is the one that was decided on, moves it by one,
///   and puts its message at the place of the new version: otherwise [`Outcome::Stale`](super::Outcome::Stale).
/// - **P81** A message of its person MUST make it wait, since then unless it waited before; an answer MUST make it answered, and
///   closing it closed, since then.
/// - **P82** The inbox MUST hold each open conversation once, the one first that has been so for the longest, in pages that
///   neither lose nor repeat one that stays as it is.
/// - **P83** An acknowledgement MUST go to an address that a visitor typed at most once a day (of UTC), whatever runs at once:
///   otherwise `Stale`, with nothing written (L7).
/// - **P84** An erased conversation MUST lose its subject, its texts and the address that was typed, and be closed; its line, its
///   messages' lines, whose they were and their dates MUST stay (T4). What was written within [six
///   months](crate::Retention::LEAST_MONTHS) MUST stay, by the clock of the database where it has one (P72).
#[async_trait]
pub trait Desk: Send + Sync {
    /// Opens a conversation with its first message; its id is that of its entry.
    async fn open_conversation(&self, act: Act<OpenConversation>) -> Written<ConversationId>;

    /// Adds a message of its person.
    async fn add_message(&self, act: Act<AddMessage>) -> Written<()>;

    /// Adds an answer of an operator.
    async fn answer_conversation(&self, act: Act<AnswerConversation>) -> Written<()>;

    /// Closes a conversation.
    async fn close_conversation(&self, act: Act<CloseConversation>) -> Written<()>;

    /// A conversation by its id.
    async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError>;

    /// What was said in a conversation, in the order of the places, after one of them; at most `limit`.
    async fn messages(
        &self,
        id: ConversationId,
        after: Version,
        limit: u32,
    ) -> Result<Page<ConversationMessage>, StoreError>;

    /// The conversations of an account, the newest first, before a cursor; at most `limit`.
    async fn conversations_of(
        &self,
        account: AccountId,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Page<Conversation>, StoreError>;

    /// Open conversations, the one first that has been so for the longest, after a cursor; at most `limit`. `next` is an
    /// [`InboxPlace`].
    async fn inbox(
        &self,
        of: Inbox,
        after: Option<InboxPlace>,
        limit: u32,
    ) -> Result<Page<Conversation>, StoreError>;

    /// The answer at a place of a conversation, for its letter; none once it is erased.
    async fn written_answer(
        &self,
        id: ConversationId,
        place: Version,
    ) -> Result<Option<WrittenAnswer>, StoreError>;

    /// What is known at `now` of an address that a visitor typed. `domains` are those that may be written to although no account
    /// has them; none stands for any (L7).
    async fn typed_address(
        &self,
        email: &EmailAddress,
        domains: Option<&[String]>,
        now: Timestamp,
    ) -> Result<TypedAddress, StoreError>;

    /// How many conversations whose last message was written before `before` were not erased, counted up to `most`.
    async fn erasable_conversations(&self, before: Timestamp, most: u32)
    -> Result<u32, StoreError>;

    /// Erases what was said in as many conversations as the act says, the oldest first; `Stale` if fewer are there.
    async fn erase_conversations(&self, act: Act<EraseConversations>) -> Written<()>;
}
