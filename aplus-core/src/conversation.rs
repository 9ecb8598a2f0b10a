//! Conversations with support, as a store keeps them (S2): what was written on the page, and what was answered. What is said
//! live (S3) is a message of the same conversation.

use std::fmt;
use std::str::FromStr;

use crate::account::Version;
use crate::text::{TextError, lines, serde_as_text, text_type};
use crate::{AccountId, ConversationId, EmailAddress, OperatorId, Timestamp};

text_type! {
    /// What a conversation is about: 1 to 120 characters that can be seen, on one line.
    ConversationSubject, "subject", crate::text::line, 120
}

/// What somebody writes: 1 to 5 000 characters, on as many lines as one likes.
///
/// ```
/// use aplus_core::MessageText;
///
/// let text = MessageText::parse("  Bonjour,\r\n\r\nmon lien n'arrive pas.  \n")?;
/// assert_eq!(text.as_str(), "Bonjour,\n\nmon lien n'arrive pas.");
/// assert!(MessageText::parse(" \n ").is_err());
/// assert_eq!(format!("{text:?}"), "MessageText(32 characters)");
/// # Ok::<(), aplus_core::TextError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageText(String);

/// Only its length: what people tell support belongs into no log.
impl fmt::Debug for MessageText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "MessageText({} characters)",
            self.0.chars().count()
        )
    }
}

impl MessageText {
    /// The greatest length, in characters.
    pub const MOST: usize = 5_000;

    /// Reads the text: each kind of line break is one, white space at the end of a line and empty lines at both ends go, and so
    /// do characters that nobody sees, which come along with what is pasted; the rest is brought to NFC.
    ///
    /// # Errors
    /// Unless 1 to 5 000 characters are left; the error names `text`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        lines("text", text, Self::MOST).map(Self)
    }

    /// The text in its normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for MessageText {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl AsRef<str> for MessageText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

serde_as_text!(MessageText);

/// What somebody asks support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationDraft {
    /// What it is about.
    pub subject: ConversationSubject,
    /// The first message.
    pub text: MessageText,
}

/// Who asked support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enquirer {
    /// An account.
    Account(AccountId),
    /// Somebody who was not logged in, at an address that nobody has checked; none once it is erased (T4).
    Visitor(Option<EmailAddress>),
}

impl Enquirer {
    /// The account, if it was one.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(id) => Some(*id),
            Self::Visitor(_) => None,
        }
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationState {
    /// It waits for an answer of support.
    Waiting,
    /// Support has answered last.
    Answered,
    /// Support has closed it; a further message of its person opens it again.
    Closed,
}

impl ConversationState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Answered, Self::Closed];

    /// The word of the API and of stores.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }
}

/// A word that is no state of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not a state: waiting, answered or closed is expected")]
pub struct ConversationStateError(());

impl FromStr for ConversationState {
    type Err = ConversationStateError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|state| state.as_str() == word)
            .ok_or(ConversationStateError(()))
    }
}

/// A conversation, without what was said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id: that of the entry that tells of its opening.
    pub id: ConversationId,
    /// Who asked.
    pub enquirer: Enquirer,
    /// What it is about; none once it is erased (T4).
    pub subject: Option<ConversationSubject>,
    /// Whose turn it is.
    pub state: ConversationState,
    /// Since when it is: a second message of somebody who waits does not put them back.
    pub since: Timestamp,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When the last message was written, by whomever.
    pub last_message_at: Timestamp,
    /// When its texts, its subject and a typed address were erased (T4).
    pub erased_at: Option<Timestamp>,
    /// Moves by one with each act on it: the place of the message that came with it.
    pub version: Version,
}

impl Conversation {
    /// What the rules look at.
    #[must_use]
    pub fn facts(&self) -> ConversationFacts {
        ConversationFacts {
            id: self.id,
            enquirer: self.enquirer.clone(),
            state: self.state,
            version: self.version,
            erased: self.erased_at.is_some(),
        }
    }
}

/// What the rules look at of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFacts {
    /// Which conversation.
    pub id: ConversationId,
    /// Who asked.
    pub enquirer: Enquirer,
    /// Whose turn it is.
    pub state: ConversationState,
    /// What a further act is decided on.
    pub version: Version,
    /// Whether it was erased for its age (T4): it is closed by that, for good.
    pub erased: bool,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// The account whose conversation it is.
    Account(AccountId),
    /// The visitor whose conversation it is.
    Visitor,
    /// An operator.
    Operator(OperatorId),
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationMessage {
    /// Its place in the conversation, from 1; not every number is there.
    pub place: Version,
    /// Who wrote it.
    pub speaker: Speaker,
    /// What was written; none once it is erased (T4).
    pub text: Option<MessageText>,
    /// When.
    pub at: Timestamp,
}

/// An answer of support as its letter tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenAnswer {
    /// What the conversation is about.
    pub subject: ConversationSubject,
    /// The answer.
    pub text: MessageText,
    /// The conversation, where whoever asked can read it on its page: an account.
    pub page: Option<ConversationId>,
}

/// A place in the inbox, from which a list of it goes on: since when a conversation waits, and of one moment by its id.
///
/// ```
/// use aplus_core::conversation::InboxPlace;
///
/// let place = "1772449200000000.0197a3c0-1234-7abc-8def-0123456789ab";
/// assert_eq!(place.parse::<InboxPlace>()?.to_string(), place);
/// # Ok::<(), aplus_core::conversation::InboxPlaceError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InboxPlace {
    /// Since when it waits.
    pub since: Timestamp,
    /// Its id.
    pub id: ConversationId,
}

/// A text that is no place in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not a place in a list: what an earlier part of it ended with is expected")]
pub struct InboxPlaceError(());

impl From<&Conversation> for InboxPlace {
    fn from(conversation: &Conversation) -> Self {
        Self {
            since: conversation.since,
            id: conversation.id,
        }
    }
}

impl fmt::Display for InboxPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.since.as_unix_micros(), self.id)
    }
}

impl FromStr for InboxPlace {
    type Err = InboxPlaceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = InboxPlaceError(());
        let (since, id) = text.split_once('.').ok_or(refused)?;
        let micros = since.parse().map_err(|_| refused)?;
        let place = Self {
            since: Timestamp::from_unix_micros(micros).map_err(|_| refused)?,
            id: id.parse().map_err(|_| refused)?,
        };
        // One place has one text: neither a sign nor zeros before it.
        match place.since.as_unix_micros().to_string() == since {
            true => Ok(place),
            false => Err(refused),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::text::TextProblem;

    #[test]
    fn a_message_keeps_its_lines_and_nothing_unseen() {
        for (given, read) in [
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("\n\n  a  \n\n b\t\n", "a\n\n b"),
            (
                "zero\u{200B}width\u{202E} and \u{FEFF}mark",
                "zerowidth and mark",
            ),
            ("e\u{301}t\u{e9}", "été"),
            ("a\tb\u{7}", "a b"),
            ("a\u{2028}b\u{85}c", "a\nb\nc"),
        ] {
            assert_eq!(
                MessageText::parse(given).unwrap().as_str(),
                read,
                "{given:?}"
            );
            assert_eq!(
                MessageText::parse(read).unwrap().as_str(),
                read,
                "once is enough"
            );
        }
    }

    #[test]
    fn its_bounds_hold_to_the_character() {
        assert!(MessageText::parse(&"é".repeat(5_000)).is_ok());
        let long = MessageText::parse(&"é".repeat(5_001)).unwrap_err();
        assert_eq!(
            (long.field(), long.problem()),
            (
                "text",
                TextProblem::TooLong {
                    most: 5_000,
                    given: 5_001
                }
            )
        );
        assert_eq!(
            MessageText::parse("\u{200B}\n ").unwrap_err().code(),
            "empty"
        );
        assert!(ConversationSubject::parse(&"x".repeat(120)).is_ok());
        assert!(ConversationSubject::parse(&"x".repeat(121)).is_err());
        assert!(ConversationSubject::parse("two\r\nBcc: lines").is_err());
    }

    #[test]
    fn a_place_has_one_text() {
        let id = ConversationId::from_uuid(uuid::Uuid::from_u128(7));
        let place = InboxPlace {
            since: Timestamp::MIN,
            id,
        };
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in [
            "",
            "1",
            ".",
            "+0.",
            "1.2",
            &format!("00.{id}"),
            &format!("-1.{id}"),
        ] {
            assert!(text.parse::<InboxPlace>().is_err(), "{text}");
        }
        for state in ConversationState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("open".parse::<ConversationState>().is_err());
    }
}
