//! What an entry can tell: a closed set.

use serde::{Deserialize, Serialize};

use crate::account::{Author, Principal};
use crate::group::RequesterKind;
use crate::rules::Subject;
use crate::{
    ConversationId, EntryId, LinkId, OperatorId, OrderId, OrderState, ProfileField,
    RetentionReason, Roles, SessionId, Timestamp,
};

/// What happened. Values only of roles and status; people by id; addresses and free text stand in the erasable part.
///
/// An entry says beside it when, who, on which account, in which group, at which request and from where. What each kind
/// carries, the account and the group in the entry's own columns, the rest in its details and its erasable text:
///
/// | kind | by | account | group | details | erasable text |
/// |---|---|---|---|---|---|
/// | `account_created` | responsable, operator, machine | the new one | its first | `roles` `shared` `fields` `requester` `ordered` | `email` `reference` `requester_name` |
/// | `member_added` | responsable, operator, machine | who was added | to which | `requester` | `reference` `requester_name` |
/// | `member_removed` | responsable, operator, machine, the person | who was taken out or left | of which | | |
/// | `account_deactivated` | responsable, operator, machine | which | | `by_support` | |
/// | `account_reactivated` | responsable, operator, machine | which | | | |
/// | `account_withdrawn` | responsable, operator, machine | which | | | |
/// | `profile_edited` | the person | their own | | `fields` | |
/// | `group_created` | operator, machine | | the new one | `requester` | `reference` `requester_name` |
/// | `operator_added` | machine | | | `operator` `restored` | `email` |
/// | `operator_suspended` | operator, machine | | | `operator` | |
/// | `operator_restore_asked` | operator | | | `operator` | |
/// | `operator_restored` | operator | | | `operator` `with` | |
/// | `order_proposed` | operator, machine | which it is to change | | `change` `requester` `state` | `old_email` `new_email` `reason` `reference` `requester_name` |
/// | `order_approved` | another operator, responsable | which it changes | | `order` `state` | |
/// | `order_carried_out` | the person | their own | | `order` | |
/// | `order_refused` | another operator, responsable | which it was to change | | `order` | `reason` |
/// | `order_withdrawn` | operator, machine | which it was to change | | `order` | |
/// | `link_issued` | machine | whom it logs in, unless an operator | | `principal` `link` `supersedes` `order` | |
/// | `link_sent_again` | machine | whom it logs in, unless an operator | | `principal` `link` | |
/// | `logged_in` | account, operator | their own, unless an operator | | `link` `session` `by_address` | |
/// | `session_ended` | account, operator, machine | whose it was, unless an operator's | | `owner` `session` | |
/// | `all_sessions_ended` | account, operator, machine | whose they were, unless an operator's | | `owner` | |
/// | `looked` | operator, machine | at which, if at one | at which, if at one | `subject` | |
/// | `journal_erased` | machine | | | `before` `entries` `months` `reason` | |
/// | `account_emptied` | machine | which | | | |
/// | `conversation_opened` | account, machine for a visitor | their own, unless a visitor's | | `visitor` | |
/// | `message_added` | account | their own | | `conversation` | |
/// | `conversation_answered` | operator | whose it is, unless a visitor's | | `conversation` | |
/// | `conversation_closed` | operator | whose it is, unless a visitor's | | `conversation` | |
/// | `conversations_erased` | machine | | | `before` `conversations` | |
/// | `refused` | account, operator, machine | on which, if on one | in which, if in one | `action` `code` `rule` `field` | |
/// | `refused_again` | as of the first | as of the first | as of the first | `first` `times` | |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// An account was created, by a responsable in their own group or by support at a request.
    AccountCreated {
        /// Its roles.
        roles: Roles,
        /// Whether it is a shared mailbox.
        shared: bool,
        /// The details that were given with it, by name.
        fields: Vec<ProfileField>,
        /// Who asked support.
        requester: Option<RequesterKind>,
        /// The roles that an order is to give it, where a further responsable takes an approval; the order bears the id of
        /// this entry.
        ordered: Option<Roles>,
    },
    /// An account was added to a group.
    MemberAdded {
        /// Who asked support.
        requester: Option<RequesterKind>,
    },
    /// An account was taken out of a group, or left it.
    MemberRemoved,
    /// An account was deactivated.
    AccountDeactivated {
        /// Whether support did it: then only support brings it back.
        by_support: bool,
    },
    /// An account was brought back.
    AccountReactivated,
    /// An account that nobody ever used ended; its address is free.
    AccountWithdrawn,
    /// A person changed their own details.
    ProfileEdited {
        /// Which, by name.
        fields: Vec<ProfileField>,
    },
    /// Support created a group.
    GroupCreated {
        /// Who asked support.
        requester: RequesterKind,
    },
    /// The machine added or restored an operator.
    OperatorAdded {
        /// Who.
        operator: OperatorId,
        /// Whether the operator was there before and suspended.
        restored: bool,
    },
    /// An operator was suspended by another.
    OperatorSuspended {
        /// Who.
        operator: OperatorId,
    },
    /// An operator asked for a suspended one to be brought back.
    OperatorRestoreAsked {
        /// Whom.
        operator: OperatorId,
    },
    /// A second operator brought a suspended one back.
    OperatorRestored {
        /// Whom.
        operator: OperatorId,
        /// Who had asked first.
        with: OperatorId,
    },
    /// An order was proposed; it bears the id of this entry. Old and new address stand in the erasable part.
    OrderProposed {
        /// What it changes.
        change: OrderChange,
        /// Who asked support.
        requester: RequesterKind,
        /// Where it stands with that: approved or carried out where it needs no approval.
        state: OrderState,
    },
    /// An order was approved by its author.
    OrderApproved {
        /// Which order.
        order: OrderId,
        /// Where it stands with that: carried out where it changes no address.
        state: OrderState,
    },
    /// The new address of an order was confirmed, and the order carried out with that.
    OrderCarriedOut {
        /// Which order.
        order: OrderId,
    },
    /// An order was refused.
    OrderRefused {
        /// Which order.
        order: OrderId,
    },
    /// An order was taken back.
    OrderWithdrawn {
        /// Which order.
        order: OrderId,
    },
    /// A link was issued.
    LinkIssued {
        /// Whom it logs in.
        principal: Principal,
        /// Which link.
        link: LinkId,
        /// The older link that it ends.
        supersedes: Option<LinkId>,
        /// The order whose new address it confirms.
        order: Option<OrderId>,
    },
    /// A living link was sent again.
    LinkSentAgain {
        /// Whom it logs in.
        principal: Principal,
        /// Which link.
        link: LinkId,
    },
    /// Somebody logged in.
    LoggedIn {
        /// With which link.
        link: LinkId,
        /// Into which session.
        session: SessionId,
        /// Whether another browser asked for the link, so that the address was given (L6).
        by_address: bool,
    },
    /// One session was ended.
    SessionEnded {
        /// Whose.
        owner: Principal,
        /// Which.
        session: SessionId,
    },
    /// All sessions and links of somebody were ended.
    AllSessionsEnded {
        /// Whose.
        owner: Principal,
    },
    /// Support looked at something.
    Looked {
        /// At what.
        subject: Subject,
    },
    /// The erasable parts of the oldest entries were erased (T3).
    JournalErased {
        /// Of entries that were written before this instant.
        before: Timestamp,
        /// Of how many entries.
        entries: u32,
        /// How many months they are kept by the host's setting.
        months: u8,
        /// Why for so long, where that is more than 12.
        reason: Option<RetentionReason>,
    },
    /// An account lost its address and details, long after its last use (T4).
    AccountEmptied,
    /// Somebody wrote to support (S2); the conversation bears the id of this entry. What they wrote is not in the journal.
    ConversationOpened {
        /// Whether they were not logged in: then the machine took it in, and nobody knows who it was.
        visitor: bool,
    },
    /// The person of a conversation wrote a further message.
    MessageAdded {
        /// In which conversation.
        conversation: ConversationId,
    },
    /// An operator answered.
    ConversationAnswered {
        /// In which conversation.
        conversation: ConversationId,
    },
    /// An operator closed a conversation.
    ConversationClosed {
        /// Which.
        conversation: ConversationId,
    },
    /// The oldest conversations lost their texts, their subjects and typed addresses (T4).
    ConversationsErased {
        /// Those whose last message was written before this instant.
        before: Timestamp,
        /// How many.
        conversations: u32,
    },
    /// Somebody who is logged in was refused something.
    Refused {
        /// What they asked for.
        action: String,
        /// The refusal's code.
        code: String,
        /// The rule that says no.
        rule: String,
        /// The field, where one was named.
        field: Option<String>,
    },
    /// The same was refused to the same person again, within ten minutes of the first.
    RefusedAgain {
        /// The entry of the first.
        first: EntryId,
        /// How often, beside the first.
        times: u32,
    },
}

/// What an order changes, as its entry tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderChange {
    /// Whether the address changes.
    pub email: bool,
    /// The roles before, and those ordered; equal where they stay.
    pub roles: [Roles; 2],
    /// The details that are corrected, by name.
    pub fields: Vec<ProfileField>,
}

impl Event {
    /// The word of every kind, in the order of the table above: a closed list.
    pub const KINDS: [&str; 32] = [
        "account_created",
        "member_added",
        "member_removed",
        "account_deactivated",
        "account_reactivated",
        "account_withdrawn",
        "profile_edited",
        "group_created",
        "operator_added",
        "operator_suspended",
        "operator_restore_asked",
        "operator_restored",
        "order_proposed",
        "order_approved",
        "order_carried_out",
        "order_refused",
        "order_withdrawn",
        "link_issued",
        "link_sent_again",
        "logged_in",
        "session_ended",
        "all_sessions_ended",
        "looked",
        "journal_erased",
        "account_emptied",
        "conversation_opened",
        "message_added",
        "conversation_answered",
        "conversation_closed",
        "conversations_erased",
        "refused",
        "refused_again",
    ];

    /// The kind of this name, of [`Event::KINDS`]; none for any other word.
    #[must_use]
    pub fn kind_named(word: &str) -> Option<&'static str> {
        Self::KINDS.into_iter().find(|kind| *kind == word)
    }

    /// The word that an entry keeps for it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AccountCreated { .. } => "account_created",
            Self::MemberAdded { .. } => "member_added",
            Self::MemberRemoved => "member_removed",
            Self::AccountDeactivated { .. } => "account_deactivated",
            Self::AccountReactivated => "account_reactivated",
            Self::AccountWithdrawn => "account_withdrawn",
            Self::ProfileEdited { .. } => "profile_edited",
            Self::GroupCreated { .. } => "group_created",
            Self::OperatorAdded { .. } => "operator_added",
            Self::OperatorSuspended { .. } => "operator_suspended",
            Self::OperatorRestoreAsked { .. } => "operator_restore_asked",
            Self::OperatorRestored { .. } => "operator_restored",
            Self::OrderProposed { .. } => "order_proposed",
            Self::OrderApproved { .. } => "order_approved",
            Self::OrderCarriedOut { .. } => "order_carried_out",
            Self::OrderRefused { .. } => "order_refused",
            Self::OrderWithdrawn { .. } => "order_withdrawn",
            Self::LinkIssued { .. } => "link_issued",
            Self::LinkSentAgain { .. } => "link_sent_again",
            Self::LoggedIn { .. } => "logged_in",
            Self::SessionEnded { .. } => "session_ended",
            Self::AllSessionsEnded { .. } => "all_sessions_ended",
            Self::Looked { .. } => "looked",
            Self::JournalErased { .. } => "journal_erased",
            Self::AccountEmptied => "account_emptied",
            Self::ConversationOpened { .. } => "conversation_opened",
            Self::MessageAdded { .. } => "message_added",
            Self::ConversationAnswered { .. } => "conversation_answered",
            Self::ConversationClosed { .. } => "conversation_closed",
            Self::ConversationsErased { .. } => "conversations_erased",
            Self::Refused { .. } => "refused",
            Self::RefusedAgain { .. } => "refused_again",
        }
    }

    /// The operator whom it is about: an entry has a column for accounts alone.
    #[must_use]
    pub fn operator(&self) -> Option<OperatorId> {
        match self {
            Self::OperatorAdded { operator, .. }
            | Self::OperatorSuspended { operator }
            | Self::OperatorRestoreAsked { operator }
            | Self::OperatorRestored { operator, .. } => Some(*operator),
            Self::LinkIssued { principal, .. }
            | Self::LinkSentAgain { principal, .. }
            | Self::SessionEnded {
                owner: principal, ..
            }
            | Self::AllSessionsEnded { owner: principal } => match principal {
                Principal::Operator(operator) => Some(*operator),
                Principal::Account(_) => None,
            },
            Self::AccountCreated { .. }
            | Self::MemberAdded { .. }
            | Self::MemberRemoved
            | Self::AccountDeactivated { .. }
            | Self::AccountReactivated
            | Self::AccountWithdrawn
            | Self::ProfileEdited { .. }
            | Self::GroupCreated { .. }
            | Self::OrderProposed { .. }
            | Self::OrderApproved { .. }
            | Self::OrderCarriedOut { .. }
            | Self::OrderRefused { .. }
            | Self::OrderWithdrawn { .. }
            | Self::LoggedIn { .. }
            | Self::Looked { .. }
            | Self::JournalErased { .. }
            | Self::AccountEmptied
            | Self::ConversationOpened { .. }
            | Self::MessageAdded { .. }
            | Self::ConversationAnswered { .. }
            | Self::ConversationClosed { .. }
            | Self::ConversationsErased { .. }
            | Self::Refused { .. }
            | Self::RefusedAgain { .. } => None,
        }
    }

    /// The account that a principal's event is about.
    #[must_use]
    pub fn account_of(principal: Principal) -> Option<crate::AccountId> {
        match Author::from(principal) {
            Author::Account(id) => Some(id),
            Author::Operator(_) | Author::Machine => None,
        }
    }
}
