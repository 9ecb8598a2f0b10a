//! A6, A9: who sees an order, approves it, refuses it, takes it back.

use super::super::{
    Basis, Permit, active_account, active_support, may_view_account, responsable_of,
};
use super::{ApproveOrder, RefuseOrder, WithdrawOrder};
use crate::account::{Author, Principal};
use crate::order::{Order, OrderFacts, OrderState, Reason};
use crate::{Actor, GroupId, Refusal, Standing, Timestamp};

/// Whether `actor` sees the orders on the accounts of `group`: support, and the responsables of it (A6).
///
/// # Errors
/// [`Refusal::NotResponsable`], [`Refusal::NotYourGroup`], [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`],
/// [`Refusal::OperatorSuspended`].
pub fn may_view_orders_of(actor: &Actor, group: GroupId) -> Result<(), Refusal> {
    match actor {
        Actor::Operator(_) | Actor::Machine => active_support(actor),
        Actor::Visitor | Actor::Account(_) => responsable_of(actor, group).map(|_| ()),
    }
}

/// What is said of an order that is not there: only who is logged in learns even that.
#[must_use]
pub fn no_such_order(actor: &Actor) -> Refusal {
    let here = match actor {
        Actor::Operator(_) | Actor::Machine => active_support(actor),
        Actor::Visitor | Actor::Account(_) => active_account(actor).map(|_| ()),
    };
    here.err().unwrap_or(Refusal::OrderNotFound)
}

/// Whether `actor` sees the orders on `target`: support, and the responsables of its groups (A6, A9).
///
/// # Errors
/// [`Refusal::OrderNotFound`] for whoever may not see the account, [`Refusal::NotApprover`] for its colleagues and the person;
/// [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`].
pub fn may_view_orders(actor: &Actor, target: &Standing) -> Result<(), Refusal> {
    if matches!(actor, Actor::Operator(_) | Actor::Machine) {
        return active_support(actor);
    }
    let own = active_account(actor)?;
    let manages = target.groups.iter().any(|group| own.manages(group));
    match may_view_account(actor, target) {
        Ok(_) if manages => Ok(()),
        Ok(_) => Err(Refusal::NotApprover),
        Err(Refusal::AccountNotFound) => Err(Refusal::OrderNotFound),
        Err(refusal) => Err(refusal),
    }
}

/// Whether `actor` may approve `order`, which changes `target` (A6): another operator than its author, or a responsable of one
/// of the account's groups; never whom it concerns.
///
/// # Errors
/// [`Refusal::OwnOrder`]; [`Refusal::NotApprover`] for the machine, which makes operators instead; what [`may_view_orders`]
/// says; [`Refusal::OrderClosed`] unless it is proposed; [`Refusal::OrderOutdated`] where the account has changed since, or the
/// details that it corrects are those of a person who can do it again (A4); [`Refusal::AccountInactive`] where it changes the
/// address of an account that was deactivated since, and so could not be confirmed.
pub fn may_approve_order(
    actor: &Actor,
    target: &Standing,
    order: &OrderFacts,
) -> Result<(), Refusal> {
    may_decide(actor, target, order)?;
    let active = target.status.is_active();
    match order.state {
        OrderState::Proposed if !order.holds || active && order.corrects_details => {
            Err(Refusal::OrderOutdated)
        }
        OrderState::Proposed if !active && order.changes_address => Err(Refusal::AccountInactive),
        OrderState::Proposed => Ok(()),
        state => Err(Refusal::OrderClosed { state }),
    }
}

/// Allows an order to be approved. `taken`: whether the new address is an account's or an operator's by now.
///
/// # Errors
/// As [`may_approve_order`]; and [`Refusal::EmailTaken`] (A5).
pub fn approve_order(
    actor: &Actor,
    target: &Standing,
    order: &Order,
    taken: bool,
    now: Timestamp,
) -> Result<Permit<ApproveOrder>, Refusal> {
    may_approve_order(actor, target, &order.facts(now))?;
    if order.changes_address() && taken {
        return Err(Refusal::EmailTaken);
    }
    let by = match actor {
        Actor::Account(own) => Principal::Account(own.id),
        Actor::Operator(own) => Principal::Operator(own.id),
        Actor::Visitor | Actor::Machine => return Err(Refusal::NotApprover),
    };
    let action = ApproveOrder {
        order: order.id,
        account: order.account,
        by,
        confirm: order.to.email.clone().filter(|_| order.changes_address()),
        roles: Some(order.to.roles).filter(|roles| *roles != order.from.roles),
        details: !order.profile.is_empty(),
    };
    Ok(Permit::grant(
        action,
        by.into(),
        Basis::of(actor).account(target),
    ))
}

/// Whether `actor` may refuse `order`: whoever could approve it, also where the account has changed since (A6).
///
/// # Errors
/// As [`may_approve_order`], but for [`Refusal::OrderOutdated`] and [`Refusal::AccountInactive`].
pub fn may_refuse_order(
    actor: &Actor,
    target: &Standing,
    order: &OrderFacts,
) -> Result<(), Refusal> {
    may_decide(actor, target, order)?;
    match order.state {
        OrderState::Proposed => Ok(()),
        state => Err(Refusal::OrderClosed { state }),
    }
}

/// Allows an order to be refused.
///
/// # Errors
/// As [`may_refuse_order`].
pub fn refuse_order(
    actor: &Actor,
    target: &Standing,
    order: &OrderFacts,
    reason: Option<&Reason>,
) -> Result<Permit<RefuseOrder>, Refusal> {
    may_refuse_order(actor, target, order)?;
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let action = RefuseOrder {
        order: order.id,
        account: order.account,
        reason: reason.cloned(),
    };
    Ok(Permit::grant(
        action,
        author,
        Basis::of(actor).account(target),
    ))
}

/// Whether `actor` may take `order` back: support, whoever of it proposed it, while it is open.
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; [`Refusal::OrderClosed`].
pub fn may_withdraw_order(actor: &Actor, order: &OrderFacts) -> Result<(), Refusal> {
    active_support(actor)?;
    match order.state {
        OrderState::Proposed | OrderState::Approved => Ok(()),
        state => Err(Refusal::OrderClosed { state }),
    }
}

/// Allows an order to be taken back.
///
/// # Errors
/// As [`may_withdraw_order`].
pub fn withdraw_order(actor: &Actor, order: &OrderFacts) -> Result<Permit<WithdrawOrder>, Refusal> {
    may_withdraw_order(actor, order)?;
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let action = WithdrawOrder {
        order: order.id,
        account: order.account,
    };
    Ok(Permit::grant(action, author, Basis::of(actor)))
}

/// Four eyes: whoever decides on an order is somebody else than who proposed it and than whom it concerns.
fn may_decide(actor: &Actor, target: &Standing, order: &OrderFacts) -> Result<(), Refusal> {
    match actor {
        Actor::Machine => Err(Refusal::NotApprover),
        Actor::Account(own) if own.status.is_active() && own.id == order.account => {
            Err(Refusal::OwnOrder)
        }
        Actor::Operator(own) if order.author == Author::Operator(own.id) => {
            active_support(actor).and(Err(Refusal::OwnOrder))
        }
        Actor::Visitor | Actor::Account(_) | Actor::Operator(_) => may_view_orders(actor, target),
    }
}
