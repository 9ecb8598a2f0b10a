//! A2, A7, A8: adding an account to a group, taking it out, leaving.

use super::{Basis, Permit, active_support, address_deactivated, may_view_account, responsable_of};
use crate::account::{Status, SupportRequest};
use crate::{AccountId, Actor, GroupFacts, GroupId, Refusal, Target};

/// An account joins a group, allowed.
#[derive(Debug, PartialEq, Eq)]
pub struct AddMember {
    account: AccountId,
    group: GroupId,
    request: Option<SupportRequest>,
}

impl AddMember {
    /// Who joins.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// What they join.
    #[must_use]
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// At whose request, where support adds.
    #[must_use]
    pub fn request(&self) -> Option<&SupportRequest> {
        self.request.as_ref()
    }
}

/// Whether `actor` adds and takes out in `group` at all (A1, A2): for a button.
///
/// # Errors
/// [`Refusal::NotResponsable`], [`Refusal::NotYourGroup`], [`Refusal::Deactivated`], [`Refusal::NotLoggedIn`].
pub fn may_manage_members(actor: &Actor, group: &GroupFacts) -> Result<(), Refusal> {
    responsable_of(actor, group.id).map(|_| ())
}

/// Whether `actor` may add `target`, found by its address, to `group` (A2).
///
/// # Errors
/// As [`may_manage_members`]; [`Refusal::AskSupport`] for a deactivated account, [`Refusal::AccountNotFound`] for a
/// withdrawn one, [`Refusal::AlreadyMember`].
pub fn may_add_member(actor: &Actor, group: &GroupFacts, target: &Target) -> Result<(), Refusal> {
    may_manage_members(actor, group)?;
    may_join(actor, group, target)
}

/// Allows a responsable to add an active account to their own group.
///
/// # Errors
/// As [`may_add_member`].
pub fn add_member(
    actor: &Actor,
    group: &GroupFacts,
    target: &Target,
) -> Result<Permit<AddMember>, Refusal> {
    may_add_member(actor, group, target)?;
    permit_to_add(actor, group, target, None)
}

/// Whether support may add `target` to `group` at somebody's request (A7).
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; [`Refusal::ResponsableElsewhere`] where it would make an
/// account of another group a responsable here; [`Refusal::AddressDeactivated`] for a deactivated account; and what
/// [`may_add_member`] says of any other.
pub fn may_add_member_for(
    actor: &Actor,
    group: &GroupFacts,
    target: &Target,
) -> Result<(), Refusal> {
    active_support(actor)?;
    may_join(actor, group, target)?;
    if target.standing().is_responsable() {
        return Err(Refusal::ResponsableElsewhere);
    }
    Ok(())
}

/// Whether support may add `target` to `group` for a line of a list that names `roles` (A7): nobody who is there already gets
/// Responsable by that. What else their roles are stays as it is.
///
/// # Errors
/// As [`may_add_member_for`].
#[cfg(feature = "service")]
pub(crate) fn may_add_listed(
    actor: &Actor,
    group: &GroupFacts,
    target: &Target,
    roles: crate::Roles,
) -> Result<(), Refusal> {
    may_add_member_for(actor, group, target)?;
    match roles.contains(crate::Role::Responsable) {
        true => Err(Refusal::ResponsableElsewhere),
        false => Ok(()),
    }
}

/// Allows support to add an account to a group at a requester's request.
///
/// # Errors
/// As [`may_add_member_for`].
pub fn add_member_for(
    actor: &Actor,
    group: &GroupFacts,
    target: &Target,
    request: &SupportRequest,
) -> Result<Permit<AddMember>, Refusal> {
    may_add_member_for(actor, group, target)?;
    permit_to_add(actor, group, target, Some(request.clone()))
}

/// What is said of an account that is not there: only who may act in the group learns that (A9).
#[must_use]
pub fn no_such_account(actor: &Actor, group: &GroupFacts) -> Refusal {
    let manages = match actor {
        Actor::Operator(_) | Actor::Machine => active_support(actor),
        Actor::Account(_) | Actor::Visitor => may_manage_members(actor, group),
    };
    manages.err().unwrap_or(Refusal::AccountNotFound)
}

fn may_join(actor: &Actor, group: &GroupFacts, target: &Target) -> Result<(), Refusal> {
    match target.standing().status {
        Status::Withdrawn => Err(Refusal::AccountNotFound),
        Status::Deactivated(_) => Err(address_deactivated(actor)),
        Status::Active if target.standing().groups.contains(group.id) => {
            Err(Refusal::AlreadyMember)
        }
        Status::Active => Ok(()),
    }
}

fn permit_to_add(
    actor: &Actor,
    group: &GroupFacts,
    target: &Target,
    request: Option<SupportRequest>,
) -> Result<Permit<AddMember>, Refusal> {
    let standing = target.standing();
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let action = AddMember {
        account: standing.id,
        group: group.id,
        request,
    };
    let basis = Basis::of(actor).account(standing);
    Ok(Permit::grant(action, author, basis).moving(standing.is_responsable().then_some(group.id)))
}

/// An account goes out of a group, allowed.
#[derive(Debug, PartialEq, Eq)]
pub struct RemoveMember {
    account: AccountId,
    group: GroupId,
}

impl RemoveMember {
    /// Who goes out.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Out of which group.
    #[must_use]
    pub fn group(&self) -> GroupId {
        self.group
    }
}

/// Whether `actor` may take `target` out of `group`, or leave it (A2, A8).
///
/// # Errors
/// [`Refusal::NotResponsable`], [`Refusal::NotYourGroup`]; [`Refusal::NotMember`]; [`Refusal::LastGroup`], for
/// everybody; [`Refusal::LastResponsable`] unless it is support; [`Refusal::AccountNotFound`] for a withdrawn account.
pub fn may_remove_member(
    actor: &Actor,
    group: &GroupFacts,
    target: &Target,
) -> Result<(), Refusal> {
    let standing = target.standing();
    let support = match actor {
        Actor::Operator(_) | Actor::Machine => {
            active_support(actor)?;
            true
        }
        Actor::Account(own) if own.id == standing.id && own.status.is_active() => false,
        Actor::Account(_) | Actor::Visitor => {
            responsable_of(actor, group.id)?;
            false
        }
    };
    if standing.status == Status::Withdrawn {
        return Err(Refusal::AccountNotFound);
    }
    if !standing.groups.contains(group.id) {
        // Whoever may not see the account does not learn that it is there (A9).
        may_view_account(actor, standing)?;
        return Err(Refusal::NotMember);
    }
    if standing.groups.len() == 1 {
        return Err(Refusal::LastGroup);
    }
    if !support && standing.is_responsable() && group.active_responsables <= 1 {
        return Err(Refusal::LastResponsable { group: group.id });
    }
    Ok(())
}

/// Allows a responsable to take an account out of their group, and everybody to leave one.
///
/// # Errors
/// As [`may_remove_member`].
pub fn remove_member(
    actor: &Actor,
    group: &GroupFacts,
    target: &Target,
) -> Result<Permit<RemoveMember>, Refusal> {
    may_remove_member(actor, group, target)?;
    let standing = target.standing();
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let action = RemoveMember {
        account: standing.id,
        group: group.id,
    };
    let basis = Basis::of(actor).account(standing);
    // Only where a responsable goes does the decision stand on how many there are.
    let (basis, moved) = match standing.is_responsable() {
        true => (basis.group(group), Some(group.id)),
        false => (basis, None),
    };
    Ok(Permit::grant(action, author, basis).moving(moved))
}
