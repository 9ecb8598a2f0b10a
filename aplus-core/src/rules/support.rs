//! A7, T1: what support alone does.

use serde::{Deserialize, Serialize};

use super::{Basis, Permit, active_support};
use crate::account::SupportRequest;
use crate::group::{Department, Matricule, Organisation};
use crate::{AccountId, Actor, ConversationId, EmailAddress, GroupName, Refusal};

/// The group that support wants to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDraft {
    /// Its name.
    pub name: GroupName,
    /// The structure that carries it.
    pub organisation: Option<Organisation>,
    /// Its department or territory.
    pub department: Option<Department>,
    /// Its contact mailbox; no account comes of it.
    pub contact: Option<EmailAddress>,
    /// Whether it is a France Services house.
    pub france_services: bool,
    /// The number by which the France Services list knows it; one group each.
    pub matricule: Option<Matricule>,
}

impl GroupDraft {
    /// A group of which only the name is known.
    #[must_use]
    pub fn new(name: GroupName) -> Self {
        Self {
            name,
            organisation: None,
            department: None,
            contact: None,
            france_services: false,
            matricule: None,
        }
    }
}

/// A group is created.
#[derive(Debug, PartialEq, Eq)]
pub struct CreateGroup {
    draft: GroupDraft,
    request: SupportRequest,
}

impl CreateGroup {
    /// What it is.
    #[must_use]
    pub fn draft(&self) -> &GroupDraft {
        &self.draft
    }

    /// At whose request.
    #[must_use]
    pub fn request(&self) -> &SupportRequest {
        &self.request
    }
}

/// What support looks at; each look is an entry (T1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An account.
    Account(AccountId),
    /// What happened to an account's links.
    Links(AccountId),
    /// The members of a group.
    Group(crate::GroupId),
    /// A page of all support orders.
    Orders,
    /// A page of the conversations that are open.
    Inbox,
    /// What was said in a conversation.
    Conversation {
        /// Which.
        conversation: ConversationId,
        /// The account whose conversation it is; none for a visitor's.
        account: Option<AccountId>,
    },
    /// A page of the journal.
    Journal {
        /// The account that the page was asked for, if for one: what happened to it, or what it did.
        account: Option<AccountId>,
        /// The group that the page was asked for, if for one.
        group: Option<crate::GroupId>,
    },
}

/// Support looks at something.
#[derive(Debug, PartialEq, Eq)]
pub struct Look {
    subject: Subject,
}

impl Look {
    /// At what.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }
}

/// Whether `actor` acts as support: an operator, or the machine (A7). It creates groups and looks at accounts.
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`], [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`].
pub fn may_act_as_support(actor: &Actor) -> Result<(), Refusal> {
    active_support(actor)
}

/// Allows support to create a group at a requester's request (A7).
///
/// # Errors
/// As [`may_act_as_support`].
pub fn create_group(
    actor: &Actor,
    draft: &GroupDraft,
    request: &SupportRequest,
) -> Result<Permit<CreateGroup>, Refusal> {
    may_act_as_support(actor)?;
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let action = CreateGroup {
        draft: draft.clone(),
        request: request.clone(),
    };
    Ok(Permit::grant(action, author, Basis::of(actor)))
}

/// Allows support to look at something (T1).
///
/// # Errors
/// As [`may_act_as_support`].
pub fn look(actor: &Actor, subject: Subject) -> Result<Permit<Look>, Refusal> {
    may_act_as_support(actor)?;
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    Ok(Permit::grant(Look { subject }, author, Basis::of(actor)))
}
