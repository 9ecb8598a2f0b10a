//! Every "may X do Y", each with the number of its rule. No I/O, no clock: a decision is a function of its facts.
//!
//! Each right is a pair: `may_x(facts) -> Result<(), Refusal>` for a button, a table or a test, without allocation;
//! and `x(facts, data) -> Result<Permit<X>, Refusal>` for the act.
//!
//! | file | rules |
//! |---|---|
//! | `creation` | A1, A2, A5, A7: who creates accounts, where, with which roles |
//! | `membership` | A2, A7, A8: adding, taking out, leaving |
//! | `status` | A8, A11: deactivating, reactivating, withdrawing |
//! | `details` | A3, A4: one's own details, and what is frozen |
//! | `sight` | A9, T1: who sees what of whom and of the journal, who enters a place of a host's |
//! | `sessions` | L10, L11: logging in, ending sessions |
//! | `erasure` | T3, T4: what the machine erases once it is due |
//! | `support` | A7: groups, looks |
//! | `operators` | A14: making, suspending, bringing back operators |
//! | `orders` | A4, A6, A7: support orders |
//! | `desk` | S2, A9, T4: asking support, answering, closing, erasing |
//!
//! ```
//! use aplus_core::rules;
//! use aplus_core::*;
//!
//! let town_hall = GroupId::from_uuid(uuid::Uuid::from_u128(1));
//! let account = AccountId::from_uuid(uuid::Uuid::from_u128(2));
//! // The version counts how often the group's set of active responsables has changed. A store writes an act only while
//! // it is still this one; above 0 the group has had a responsable (A7). A host that keeps no count gives 1 for that.
//! let facts = GroupFacts { id: town_hall, version: Version(1), active_responsables: 1 };
//!
//! let aidant = Actor::Account(Standing::active(account, Roles::only(Role::Aidant), [town_hall]));
//! assert_eq!(rules::may_create_accounts(&aidant, &facts), Err(Refusal::NotResponsable));
//!
//! let responsable = Actor::Account(Standing::active(account, Roles::only(Role::Responsable), [town_hall]));
//! assert_eq!(rules::may_create_accounts(&responsable, &facts), Ok(()));
//! ```

mod creation;
mod desk;
mod details;
mod erasure;
mod membership;
mod operators;
mod orders;
mod permit;
mod sessions;
mod sight;
mod status;
mod support;

pub use creation::{
    AccountDraft, CreateAccount, Holder, create_account, create_account_for, is_ordered,
    may_create_account, may_create_account_for, may_create_accounts, taken, without_responsable,
};
pub use desk::{
    AddMessage, AnswerConversation, CloseConversation, EraseConversations, OpenConversation,
    TypedAddress, add_message, answer_conversation, as_read, close_conversation,
    erase_conversations, is_acknowledged, may_add_message, may_answer_conversation,
    may_close_conversation, may_open_conversation, may_view_conversation, no_such_conversation,
    open_conversation, open_visitors_conversation,
};
pub use details::{EditProfile, edit_profile, may_change_frozen, may_edit_profile};
pub use erasure::{EmptyAccount, EraseJournal, empty_account, erase_journal, may_erase};
#[cfg(feature = "service")]
pub(crate) use membership::may_add_listed;
pub use membership::{
    AddMember, RemoveMember, add_member, add_member_for, may_add_member, may_add_member_for,
    may_manage_members, may_remove_member, no_such_account, remove_member,
};
pub use operators::{
    AddOperator, RestoreOperator, SuspendOperator, add_operator, asking_counts, may_add_operator,
    may_restore_operator, may_suspend_operator, restore_operator, suspend_operator,
};
pub use orders::{
    ApproveOrder, Proposal, ProposeOrder, RefuseOrder, WithdrawOrder, approve_order,
    may_approve_order, may_propose_order, may_refuse_order, may_view_orders, may_view_orders_of,
    may_withdraw_order, needs_approval, no_such_order, propose_order, refuse_order, withdraw_order,
};
pub use permit::{Basis, Permit, Permitted};
pub use sessions::{
    EndAllSessions, EndSession, end_all_sessions, end_session, may_end_sessions, may_log_in,
};
pub use sight::{
    Door, EntrySight, Sight, may_enter, may_read_journal, may_view_account, may_view_entry,
    may_view_group,
};
pub use status::{
    Deactivate, Reactivate, Withdraw, deactivate, may_deactivate, may_reactivate, may_withdraw,
    reactivate, withdraw,
};
pub use support::{CreateGroup, GroupDraft, Look, Subject, create_group, look, may_act_as_support};

use crate::account::OperatorStatus;
use crate::{Actor, GroupMatter, OperatorStanding, Refusal, Rule, Standing};

/// Everything that the rules are asked about: the rows of the table of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    missing_docs,
    reason = "each is the right of the function that bears its name"
)]
pub enum Action {
    LogIn,
    CreateAccount,
    CreateAccountFor,
    AddMember,
    AddMemberFor,
    RemoveMember,
    Deactivate,
    Reactivate,
    Withdraw,
    EditProfile,
    ChangeFrozen,
    ViewAccount,
    ViewGroup,
    ReadJournal,
    ViewEntry,
    EndSession,
    EndAllSessions,
    CreateGroup,
    AddOperator,
    SuspendOperator,
    RestoreOperator,
    ProposeOrder,
    ViewOrders,
    ApproveOrder,
    RefuseOrder,
    WithdrawOrder,
    Look,
    EraseJournal,
    EmptyAccount,
    OpenConversation,
    ViewConversation,
    AddMessage,
    AnswerConversation,
    CloseConversation,
    EraseConversations,
    Enter,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 36] = [
        Self::LogIn,
        Self::CreateAccount,
        Self::CreateAccountFor,
        Self::AddMember,
        Self::AddMemberFor,
        Self::RemoveMember,
        Self::Deactivate,
        Self::Reactivate,
        Self::Withdraw,
        Self::EditProfile,
        Self::ChangeFrozen,
        Self::ViewAccount,
        Self::ViewGroup,
        Self::ReadJournal,
        Self::ViewEntry,
        Self::EndSession,
        Self::EndAllSessions,
        Self::CreateGroup,
        Self::AddOperator,
        Self::SuspendOperator,
        Self::RestoreOperator,
        Self::ProposeOrder,
        Self::ViewOrders,
        Self::ApproveOrder,
        Self::RefuseOrder,
        Self::WithdrawOrder,
        Self::Look,
        Self::EraseJournal,
        Self::EmptyAccount,
        Self::OpenConversation,
        Self::ViewConversation,
        Self::AddMessage,
        Self::AnswerConversation,
        Self::CloseConversation,
        Self::EraseConversations,
        Self::Enter,
    ];

    /// The rule that gives this right, or withholds it from everybody.
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::LogIn => Rule::L1,
            Self::CreateAccount | Self::AddMember | Self::RemoveMember => Rule::A2,
            Self::CreateAccountFor | Self::AddMemberFor | Self::CreateGroup => Rule::A7,
            Self::Deactivate | Self::Reactivate => Rule::A8,
            Self::Withdraw => Rule::A11,
            Self::EditProfile => Rule::A4,
            Self::ChangeFrozen => Rule::A3,
            Self::ViewAccount | Self::ViewGroup => Rule::A9,
            Self::ReadJournal | Self::ViewEntry | Self::Look => Rule::T1,
            Self::EndSession | Self::EndAllSessions => Rule::L11,
            Self::AddOperator | Self::SuspendOperator | Self::RestoreOperator => Rule::A14,
            Self::ProposeOrder
            | Self::ViewOrders
            | Self::ApproveOrder
            | Self::RefuseOrder
            | Self::WithdrawOrder => Rule::A6,
            Self::EraseJournal => Rule::T3,
            Self::EmptyAccount | Self::EraseConversations => Rule::T4,
            Self::OpenConversation
            | Self::AddMessage
            | Self::AnswerConversation
            | Self::CloseConversation => Rule::S2,
            Self::ViewConversation => Rule::A9,
            Self::Enter => Rule::A10,
        }
    }

    /// The action's word in the journal and in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LogIn => "log_in",
            Self::CreateAccount => "create_account",
            Self::CreateAccountFor => "create_account_for",
            Self::AddMember => "add_member",
            Self::AddMemberFor => "add_member_for",
            Self::RemoveMember => "remove_member",
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Withdraw => "withdraw",
            Self::EditProfile => "edit_profile",
            Self::ChangeFrozen => "change_frozen",
            Self::ViewAccount => "view_account",
            Self::ViewGroup => "view_group",
            Self::ReadJournal => "read_journal",
            Self::ViewEntry => "view_entry",
            Self::EndSession => "end_session",
            Self::EndAllSessions => "end_all_sessions",
            Self::CreateGroup => "create_group",
            Self::AddOperator => "add_operator",
            Self::SuspendOperator => "suspend_operator",
            Self::RestoreOperator => "restore_operator",
            Self::ProposeOrder => "propose_order",
            Self::ViewOrders => "view_orders",
            Self::ApproveOrder => "approve_order",
            Self::RefuseOrder => "refuse_order",
            Self::WithdrawOrder => "withdraw_order",
            Self::Look => "look",
            Self::EraseJournal => "erase_journal",
            Self::EmptyAccount => "empty_account",
            Self::OpenConversation => "open_conversation",
            Self::ViewConversation => "view_conversation",
            Self::AddMessage => "add_message",
            Self::AnswerConversation => "answer_conversation",
            Self::CloseConversation => "close_conversation",
            Self::EraseConversations => "erase_conversations",
            Self::Enter => "enter",
        }
    }
}

/// The account that asks, if it is active (L10); operators have no rights of accounts.
fn active_account(actor: &Actor) -> Result<&Standing, Refusal> {
    match actor {
        Actor::Visitor => Err(Refusal::NotLoggedIn),
        Actor::Account(standing) if standing.status.is_active() => Ok(standing),
        Actor::Account(_) => Err(Refusal::Deactivated),
        Actor::Operator(_) | Actor::Machine => Err(Refusal::NotAccount),
    }
}

/// The operator who asks, if not suspended (A14), or the machine.
fn active_support(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Visitor => Err(Refusal::NotLoggedIn),
        Actor::Account(standing) if !standing.status.is_active() => Err(Refusal::Deactivated),
        Actor::Account(_) => Err(Refusal::NotOperator),
        Actor::Operator(operator) => not_suspended(operator),
        Actor::Machine => Ok(()),
    }
}

/// Somebody meets the address of a deactivated account: all but support learn only that support must act (A2).
fn address_deactivated(actor: &Actor) -> Refusal {
    match actor {
        Actor::Operator(_) | Actor::Machine => Refusal::AddressDeactivated,
        Actor::Visitor | Actor::Account(_) => Refusal::AskSupport,
    }
}

fn not_suspended(operator: &OperatorStanding) -> Result<(), Refusal> {
    match operator.status {
        OperatorStatus::Active => Ok(()),
        OperatorStatus::Suspended => Err(Refusal::OperatorSuspended),
    }
}

/// An active responsable of `group`: A1 first, then A2.
fn responsable_of(actor: &Actor, group: crate::GroupId) -> Result<&Standing, Refusal> {
    let standing = match actor {
        Actor::Operator(operator) => {
            not_suspended(operator)?;
            return Err(Refusal::NotResponsable);
        }
        Actor::Machine => return Err(Refusal::NotResponsable),
        Actor::Visitor | Actor::Account(_) => active_account(actor)?,
    };
    if !standing.is_responsable() {
        Err(Refusal::NotResponsable)
    } else if !standing.groups.contains(group) {
        let matter = GroupMatter::Acting;
        Err(Refusal::NotYourGroup { group, matter })
    } else {
        Ok(standing)
    }
}
