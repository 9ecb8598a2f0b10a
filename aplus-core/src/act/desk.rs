//! What the acts on conversations with support make (S2).

use super::Act;
use crate::account::Version;
use crate::conversation::{Conversation, ConversationState, Enquirer, Speaker};
use crate::rules::{AddMessage, AnswerConversation, OpenConversation};
use crate::{AccountId, ConversationId, OperatorId, Timestamp};

/// The microseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

impl Act<OpenConversation> {
    /// The conversation bears the id of the entry that tells of its opening.
    #[must_use]
    pub fn conversation(&self) -> ConversationId {
        ConversationId::from_uuid(*self.entry.id().as_uuid())
    }

    /// The conversation as it begins.
    #[must_use]
    pub fn begun(&self) -> Conversation {
        Conversation {
            id: self.conversation(),
            enquirer: self.action.enquirer().clone(),
            subject: Some(self.action.draft().subject.clone()),
            state: ConversationState::Waiting,
            since: self.at(),
            opened_at: self.at(),
            last_message_at: self.at(),
            erased_at: None,
            version: Version(1),
        }
    }

    /// Who writes its first message.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        match self.action.enquirer() {
            Enquirer::Account(id) => Speaker::Account(*id),
            Enquirer::Visitor(_) => Speaker::Visitor,
        }
    }

    /// The day, counted from 1970-01-01 in UTC, on which an acknowledgement goes to the address that a visitor typed: one a day
    /// (P83). None where none goes, or where it goes to an account's own.
    #[must_use]
    pub fn acknowledged_on(&self) -> Option<i64> {
        let visitor = self.action.enquirer().account().is_none();
        (visitor && self.action.acknowledged()).then(|| acknowledgement_day(self.at()))
    }
}

/// The day of an acknowledgement, counted from 1970-01-01 in UTC.
#[must_use]
pub fn acknowledgement_day(at: Timestamp) -> i64 {
    at.as_unix_micros().div_euclid(DAY)
}

impl Act<AddMessage> {
    /// Whose message it is.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.action.account()
    }

    /// The place of the message, and the version of the conversation with it.
    #[must_use]
    pub fn place(&self) -> Version {
        Version(self.action.version().0 + 1)
    }
}

impl Act<AnswerConversation> {
    /// Who answers.
    #[must_use]
    pub fn operator(&self) -> OperatorId {
        self.action.operator()
    }

    /// The place of the answer, and the version of the conversation with it.
    #[must_use]
    pub fn place(&self) -> Version {
        Version(self.action.version().0 + 1)
    }
}
