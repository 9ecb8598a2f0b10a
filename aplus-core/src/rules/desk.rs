//! S2, S3, A9, T4: asking support, answering, closing, and what becomes of it.

use jiff::civil::Date;

use super::erasure::may_erase;
use super::{Action, Basis, Permit, active_account, not_suspended};
use crate::account::Version;
use crate::conversation::{
    ConversationDraft, ConversationFacts, ConversationState, Enquirer, MessageText,
};
use crate::{
    AccountId, Actor, Author, ConversationId, EmailAddress, OperatorId, OperatorStanding, Refusal,
    Retention, Timestamp,
};

/// A conversation begins with its first message.
#[derive(Debug, PartialEq, Eq)]
pub struct OpenConversation {
    enquirer: Enquirer,
    draft: ConversationDraft,
    answer_by: Date,
    acknowledged: bool,
}

impl OpenConversation {
    /// Who asks.
    #[must_use]
    pub fn enquirer(&self) -> &Enquirer {
        &self.enquirer
    }

    /// What is asked.
    #[must_use]
    pub fn draft(&self) -> &ConversationDraft {
        &self.draft
    }

    /// By which day support usually answers (S2).
    #[must_use]
    pub fn answer_by(&self) -> Date {
        self.answer_by
    }

    /// Whether it is acknowledged by a mail.
    #[must_use]
    pub fn acknowledged(&self) -> bool {
        self.acknowledged
    }
}

/// The person of a conversation writes a further message: support's turn.
#[derive(Debug, PartialEq, Eq)]
pub struct AddMessage {
    conversation: ConversationId,
    version: Version,
    account: AccountId,
    text: MessageText,
}

impl AddMessage {
    /// To which conversation.
    #[must_use]
    pub fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The version of the conversation that was decided on.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whose conversation it is.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// What is written.
    #[must_use]
    pub fn text(&self) -> &MessageText {
        &self.text
    }
}

/// An operator answers.
#[derive(Debug, PartialEq, Eq)]
pub struct AnswerConversation {
    conversation: ConversationId,
    version: Version,
    enquirer: Enquirer,
    operator: OperatorId,
    text: MessageText,
}

impl AnswerConversation {
    /// Which conversation.
    #[must_use]
    pub fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The version of the conversation that was decided on.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whose conversation it is.
    #[must_use]
    pub fn enquirer(&self) -> &Enquirer {
        &self.enquirer
    }

    /// Who answers.
    #[must_use]
    pub fn operator(&self) -> OperatorId {
        self.operator
    }

    /// The answer.
    #[must_use]
    pub fn text(&self) -> &MessageText {
        &self.text
    }
}

/// An operator closes a conversation.
#[derive(Debug, PartialEq, Eq)]
pub struct CloseConversation {
    conversation: ConversationId,
    version: Version,
    account: Option<AccountId>,
}

impl CloseConversation {
    /// Which conversation.
    #[must_use]
    pub fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The version of the conversation that was decided on.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The account whose conversation it is; none for a visitor's.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }
}

/// Old conversations lose their texts, their subjects and typed addresses (T4).
#[derive(Debug, PartialEq, Eq)]
pub struct EraseConversations {
    before: Timestamp,
    conversations: u32,
}

impl EraseConversations {
    /// Those whose last message was written before this instant.
    #[must_use]
    pub fn before(&self) -> Timestamp {
        self.before
    }

    /// How many of them, the oldest first.
    #[must_use]
    pub fn conversations(&self) -> u32 {
        self.conversations
    }
}

/// Whether `actor` may write to support (S2): whoever is not logged in, and every active account. Support does not write to
/// itself.
///
/// # Errors
/// [`Refusal::NotAccount`] for operators, [`Refusal::OperatorSuspended`], [`Refusal::Deactivated`].
pub fn may_open_conversation(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Visitor => Ok(()),
        Actor::Operator(operator) => {
            not_suspended(operator)?;
            Err(Refusal::NotAccount)
        }
        Actor::Account(_) | Actor::Machine => active_account(actor).map(|_| ()),
    }
}

/// Allows an account to write to support; it is acknowledged by a mail to its address (S2).
///
/// # Errors
/// As [`may_open_conversation`]; [`Refusal::NotLoggedIn`] for a visitor, whose way is [`open_visitors_conversation`].
pub fn open_conversation(
    actor: &Actor,
    draft: &ConversationDraft,
    answer_by: Date,
) -> Result<Permit<OpenConversation>, Refusal> {
    may_open_conversation(actor)?;
    let account = active_account(actor)?.id;
    let action = OpenConversation {
        enquirer: Enquirer::Account(account),
        draft: draft.clone(),
        answer_by,
        acknowledged: true,
    };
    Ok(Permit::grant(
        action,
        Author::Account(account),
        Basis::of(actor),
    ))
}

/// What is known of an address that a visitor typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypedAddress {
    /// Whether its domain is an account's or on the host's list, or the host writes to any (L7).
    pub known_domain: bool,
    /// Whether it was sent an acknowledgement on this day already.
    pub acknowledged: bool,
}

/// Whether a request is acknowledged by a mail to the address that a visitor typed: as what an address is told about a link that
/// it cannot have, at most once a day and to no domain that is nobody's (L7). Otherwise the form would write to whomever one
/// likes.
#[must_use]
pub fn is_acknowledged(address: TypedAddress) -> bool {
    address.known_domain && !address.acknowledged
}

/// Lets somebody who is not logged in write to support, at the address that they typed (S2): anybody may. The entry is the
/// machine's, which takes it in, as with what is asked for at the log-in: nobody knows who it was (T1).
pub fn open_visitors_conversation(
    email: &EmailAddress,
    address: TypedAddress,
    draft: &ConversationDraft,
    answer_by: Date,
) -> Permit<OpenConversation> {
    let action = OpenConversation {
        enquirer: Enquirer::Visitor(Some(email.clone())),
        draft: draft.clone(),
        answer_by,
        acknowledged: is_acknowledged(address),
    };
    Permit::grant(action, Author::Machine, Basis::default())
}

/// Whether `actor` may see a conversation (A9): its own account, and support, whose look is an entry (T1).
///
/// # Errors
/// [`Refusal::ConversationNotFound`] for anybody else's: that it is there is no business of theirs;
/// [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`].
pub fn may_view_conversation(actor: &Actor, facts: &ConversationFacts) -> Result<(), Refusal> {
    match actor {
        Actor::Machine => return Ok(()),
        Actor::Operator(operator) => return not_suspended(operator),
        Actor::Visitor | Actor::Account(_) => {}
    }
    own(active_account(actor)?.id, facts)
}

/// What `actor` learns of a conversation that is not there, of which they want this: the same as of somebody else's.
#[must_use]
pub fn no_such_conversation(actor: &Actor, action: Action) -> Refusal {
    let of_accounts = match action {
        Action::AnswerConversation | Action::CloseConversation => Err(Refusal::NotOperator),
        _ => Ok(()),
    };
    let here = match actor {
        Actor::Machine => Ok(()),
        Actor::Operator(operator) => not_suspended(operator),
        Actor::Visitor | Actor::Account(_) => active_account(actor).and(of_accounts),
    };
    here.err().unwrap_or(Refusal::ConversationNotFound)
}

fn own(account: AccountId, facts: &ConversationFacts) -> Result<(), Refusal> {
    match facts.enquirer.account() == Some(account) {
        true => Ok(()),
        false => Err(Refusal::ConversationNotFound),
    }
}

/// Whether `actor` may write a further message (S2): the account whose conversation it is, whatever its state; a closed one is
/// open again with it. Operators [answer](may_answer_conversation).
///
/// # Errors
/// [`Refusal::ConversationNotFound`] for anybody else's, and for one that was erased; [`Refusal::NotAccount`] for operators,
/// [`Refusal::OperatorSuspended`], [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`].
pub fn may_add_message(actor: &Actor, facts: &ConversationFacts) -> Result<(), Refusal> {
    if let Actor::Operator(operator) = actor {
        not_suspended(operator)?;
    }
    own(active_account(actor)?.id, facts)?;
    match facts.erased {
        true => Err(Refusal::ConversationNotFound),
        false => Ok(()),
    }
}

/// Allows the person of a conversation to write a further message.
///
/// # Errors
/// As [`may_add_message`].
pub fn add_message(
    actor: &Actor,
    facts: &ConversationFacts,
    text: &MessageText,
) -> Result<Permit<AddMessage>, Refusal> {
    may_add_message(actor, facts)?;
    let account = active_account(actor)?.id;
    let action = AddMessage {
        conversation: facts.id,
        version: facts.version,
        account,
        text: text.clone(),
    };
    Ok(Permit::grant(
        action,
        Author::Account(account),
        Basis::of(actor),
    ))
}

/// An operator on an open conversation: who answers is a person, never the machine.
fn at_the_desk<'a>(
    actor: &'a Actor,
    facts: &ConversationFacts,
) -> Result<&'a OperatorStanding, Refusal> {
    let operator = match actor {
        Actor::Operator(operator) => operator,
        Actor::Machine => return Err(Refusal::NotOperator),
        Actor::Visitor | Actor::Account(_) => {
            active_account(actor)?;
            return Err(Refusal::NotOperator);
        }
    };
    not_suspended(operator)?;
    match facts.state {
        ConversationState::Waiting | ConversationState::Answered => Ok(operator),
        ConversationState::Closed => Err(Refusal::ConversationClosed),
    }
}

/// Whether `actor` may answer a conversation (S2): an operator, as long as it is open.
///
/// # Errors
/// [`Refusal::ConversationClosed`]; [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`], [`Refusal::NotLoggedIn`],
/// [`Refusal::Deactivated`].
pub fn may_answer_conversation(actor: &Actor, facts: &ConversationFacts) -> Result<(), Refusal> {
    at_the_desk(actor, facts).map(|_| ())
}

/// Whether a conversation is still as an operator read it at version `seen`: nobody answers twice, and no message is closed
/// that nobody read.
///
/// # Errors
/// [`Refusal::ConversationMoved`].
pub fn as_read(facts: &ConversationFacts, seen: Version) -> Result<(), Refusal> {
    match facts.version == seen {
        true => Ok(()),
        false => Err(Refusal::ConversationMoved),
    }
}

/// Allows an operator to answer; the answer goes by mail too, to a visitor at the address that they typed.
///
/// # Errors
/// As [`may_answer_conversation`].
pub fn answer_conversation(
    actor: &Actor,
    facts: &ConversationFacts,
    text: &MessageText,
) -> Result<Permit<AnswerConversation>, Refusal> {
    let operator = at_the_desk(actor, facts)?.id;
    let action = AnswerConversation {
        conversation: facts.id,
        version: facts.version,
        enquirer: facts.enquirer.clone(),
        operator,
        text: text.clone(),
    };
    Ok(Permit::grant(
        action,
        Author::Operator(operator),
        Basis::of(actor),
    ))
}

/// Whether `actor` may close a conversation: an operator, as long as it is open.
///
/// # Errors
/// As [`may_answer_conversation`].
pub fn may_close_conversation(actor: &Actor, facts: &ConversationFacts) -> Result<(), Refusal> {
    at_the_desk(actor, facts).map(|_| ())
}

/// Allows an operator to close a conversation.
///
/// # Errors
/// As [`may_close_conversation`].
pub fn close_conversation(
    actor: &Actor,
    facts: &ConversationFacts,
) -> Result<Permit<CloseConversation>, Refusal> {
    let operator = at_the_desk(actor, facts)?.id;
    let action = CloseConversation {
        conversation: facts.id,
        version: facts.version,
        account: facts.enquirer.account(),
    };
    Ok(Permit::grant(
        action,
        Author::Operator(operator),
        Basis::of(actor),
    ))
}

/// Allows the machine to erase what was said in the oldest `conversations` conversations, all of them due at `now` (T4).
///
/// # Errors
/// As [`may_erase`](super::may_erase).
pub fn erase_conversations(
    actor: &Actor,
    conversations: u32,
    retention: &Retention,
    now: Timestamp,
) -> Result<Permit<EraseConversations>, Refusal> {
    may_erase(actor)?;
    let action = EraseConversations {
        before: retention.conversations_before(now),
        conversations,
    };
    Ok(Permit::grant(action, Author::Machine, Basis::default()))
}
