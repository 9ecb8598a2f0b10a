//! A6, A4: who proposes what, and whether it needs somebody else.

use super::super::{Basis, Permit, active_support};
use super::{Proposal, ProposeOrder};
use crate::account::Status;
use crate::order::{Identity, OrderDraft, OrderedChange};
use crate::{Actor, DualControl, Lifetimes, Policy, Refusal, Role, Standing, Target};

/// Whether somebody else must approve such a change of such an account (A6).
#[must_use]
pub fn needs_approval(account: &Standing, change: &OrderedChange, policy: &Policy) -> bool {
    match policy.dual_control {
        DualControl::All => true,
        DualControl::Raising => {
            let gives = change
                .roles
                .is_some_and(|roles| roles.contains(Role::Responsable));
            gives || account.roles.contains(Role::Responsable)
        }
        DualControl::None => false,
    }
}

/// Whether `actor` may propose this change of `target`, none if there is no such account (A6).
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; [`Refusal::AccountNotFound`], also for a withdrawn account;
/// [`Refusal::NoChange`] where nothing would change; [`Refusal::AccountInactive`] for a new address of a deactivated account,
/// which could not confirm it; [`Refusal::NotYourself`] for details that the person can correct (A4);
/// [`Refusal::SharedResponsable`], [`Refusal::SharedAddress`], and [`Refusal::SharedNotAllowed`] for a shared mailbox's new
/// address where the host allows none any more (A5); [`Refusal::TwoOrders`] where it gives Responsable with a new
/// address: until that is confirmed the account may be added to groups that would then have a responsable unseen (A2).
pub fn may_propose_order(
    actor: &Actor,
    target: Option<&Target>,
    change: &OrderedChange,
    policy: &Policy,
) -> Result<(), Refusal> {
    active_support(actor)?;
    let target = target.ok_or(Refusal::AccountNotFound)?;
    let standing = target.standing();
    let active = match standing.status {
        Status::Withdrawn => return Err(Refusal::AccountNotFound),
        Status::Active => true,
        Status::Deactivated(_) => false,
    };
    let email = change
        .email
        .as_ref()
        .filter(|email| target.email() != Some(email));
    let roles = change.roles.filter(|roles| *roles != standing.roles);
    if email.is_none() && roles.is_none() && change.profile.is_empty() {
        return Err(Refusal::NoChange);
    }
    if !change.profile.is_empty() && active {
        return Err(Refusal::NotYourself);
    }
    if let Some(email) = email {
        if !active {
            return Err(Refusal::AccountInactive);
        }
        let mailbox = policy.shared_mailboxes.matches(email);
        if mailbox && !standing.shared {
            return Err(Refusal::SharedAddress);
        }
        if mailbox && !policy.allow_shared_mailboxes {
            return Err(Refusal::SharedNotAllowed);
        }
    }
    let responsable = roles.is_some_and(|roles| roles.contains(Role::Responsable));
    if standing.shared && responsable {
        return Err(Refusal::SharedResponsable);
    }
    let gives = responsable && !standing.roles.contains(Role::Responsable);
    if email.is_some() && gives {
        return Err(Refusal::TwoOrders);
    }
    Ok(())
}

/// Allows support to propose an order. `taken`: whether the new address is an account's or an operator's already.
///
/// # Errors
/// As [`may_propose_order`]; and [`Refusal::EmailTaken`] (A5).
pub fn propose_order(
    actor: &Actor,
    target: Option<&Target>,
    draft: &OrderDraft,
    taken: bool,
    policy: &Policy,
    lifetimes: &Lifetimes,
) -> Result<Permit<ProposeOrder>, Refusal> {
    let change = &draft.change;
    may_propose_order(actor, target, change, policy)?;
    let target = target.ok_or(Refusal::AccountNotFound)?;
    let standing = target.standing();
    let email = change
        .email
        .as_ref()
        .filter(|email| target.email() != Some(email));
    if email.is_some() && taken {
        return Err(Refusal::EmailTaken);
    }
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let from = Identity {
        email: target.email().cloned(),
        roles: standing.roles,
    };
    let to = change.applied_to(&from);
    let approved = !needs_approval(standing, change, policy);
    let proposal = Proposal {
        from,
        to,
        profile: change.profile.clone(),
        request: draft.request.clone(),
        reason: Some(draft.reason.clone()),
        approved,
        life: lifetimes.order(),
    };
    let action = ProposeOrder {
        account: standing.id,
        proposal,
    };
    Ok(Permit::grant(
        action,
        author,
        Basis::of(actor).account(standing),
    ))
}
