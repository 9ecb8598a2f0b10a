//! A7, A14, T1: what support alone does, and what only the machine does.

use serde::{Deserialize, Serialize};

use super::{Basis, Permit, active_support};
use crate::account::SupportRequest;
use crate::group::{Department, Matricule, Organisation};
use crate::{
    AccountId, Actor, EmailAddress, GroupName, OperatorId, OperatorStanding, OperatorStatus,
    Refusal,
};

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

/// An operator is added, or a suspended one restored, on the server's own machine (A14).
#[derive(Debug, PartialEq, Eq)]
pub struct AddOperator {
    email: EmailAddress,
    restored: Option<OperatorId>,
}

impl AddOperator {
    /// The operator's address.
    #[must_use]
    pub fn email(&self) -> &EmailAddress {
        &self.email
    }

    /// The operator who is restored, where the address is a suspended one's.
    #[must_use]
    pub fn restored(&self) -> Option<OperatorId> {
        self.restored
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

/// Whether `actor` makes operators (A14): only the machine does.
///
/// # Errors
/// [`Refusal::NotMachine`] for everybody else who is logged in, [`Refusal::NotLoggedIn`].
pub fn may_add_operator(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Machine => Ok(()),
        Actor::Visitor => Err(Refusal::NotLoggedIn),
        Actor::Account(_) | Actor::Operator(_) => Err(Refusal::NotMachine),
    }
}

/// Allows the machine to add an operator, or to restore `known`, the one who has this address and is suspended.
///
/// # Errors
/// As [`may_add_operator`]; [`Refusal::EmailTaken`] if `known` is active.
pub fn add_operator(
    actor: &Actor,
    email: &EmailAddress,
    known: Option<&OperatorStanding>,
) -> Result<Permit<AddOperator>, Refusal> {
    may_add_operator(actor)?;
    let basis = match known {
        None => Basis::default(),
        Some(known) if known.status == OperatorStatus::Active => return Err(Refusal::EmailTaken),
        Some(known) => Basis::default().operator(known),
    };
    let action = AddOperator {
        email: email.clone(),
        restored: known.map(|known| known.id),
    };
    Ok(Permit::grant(action, crate::Author::Machine, basis))
}
