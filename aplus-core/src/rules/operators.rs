//! A14: operators. The machine makes them, any of them suspends another at once, and only two together bring one back.

use super::{Basis, Permit, active_support};
use crate::account::{OperatorStatus, RestoreAsked};
use crate::{Actor, EmailAddress, Lifetimes, OperatorId, OperatorStanding, Refusal, Timestamp};

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

/// An operator is suspended by another: their sessions and links end with it.
#[derive(Debug, PartialEq, Eq)]
pub struct SuspendOperator {
    operator: OperatorId,
}

impl SuspendOperator {
    /// Which operator.
    #[must_use]
    pub fn operator(&self) -> OperatorId {
        self.operator
    }
}

/// A suspended operator is asked back by one operator, or brought back by a second one.
#[derive(Debug, PartialEq, Eq)]
pub struct RestoreOperator {
    operator: OperatorId,
    by: OperatorId,
    with: Option<OperatorId>,
}

impl RestoreOperator {
    /// Which operator.
    #[must_use]
    pub fn operator(&self) -> OperatorId {
        self.operator
    }

    /// Who asks now.
    #[must_use]
    pub fn by(&self) -> OperatorId {
        self.by
    }

    /// Who asked before; none where this is the first asking, which brings nobody back yet.
    #[must_use]
    pub fn with(&self) -> Option<OperatorId> {
        self.with
    }
}

/// Whether `actor` may suspend the operator `target` (A14): any other operator, or the machine, at once.
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; [`Refusal::OwnSuspension`]; [`Refusal::AlreadySuspended`].
pub fn may_suspend_operator(actor: &Actor, target: &OperatorStanding) -> Result<(), Refusal> {
    active_support(actor)?;
    match (actor, target.status) {
        (Actor::Operator(own), _) if own.id == target.id => Err(Refusal::OwnSuspension),
        (_, OperatorStatus::Suspended) => Err(Refusal::AlreadySuspended),
        (_, OperatorStatus::Active) => Ok(()),
    }
}

/// Allows an operator to be suspended.
///
/// # Errors
/// As [`may_suspend_operator`].
pub fn suspend_operator(
    actor: &Actor,
    target: &OperatorStanding,
) -> Result<Permit<SuspendOperator>, Refusal> {
    may_suspend_operator(actor, target)?;
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let action = SuspendOperator {
        operator: target.id,
    };
    Ok(Permit::grant(
        action,
        author,
        Basis::of(actor).operator(target),
    ))
}

/// Whether `actor` may ask for the operator `target` to be brought back (A14): an active operator; the machine adds the
/// operator anew instead.
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; [`Refusal::NotSuspended`].
pub fn may_restore_operator(actor: &Actor, target: &OperatorStanding) -> Result<(), Refusal> {
    active_support(actor)?;
    match (actor, target.status) {
        (Actor::Operator(_), OperatorStatus::Suspended) => Ok(()),
        (Actor::Operator(_), OperatorStatus::Active) => Err(Refusal::NotSuspended),
        (Actor::Visitor | Actor::Account(_) | Actor::Machine, _) => Err(Refusal::NotOperator),
    }
}

/// Whether what `by` asked before still counts at `now` for a second one who asks (A14): they are active, and it is less than
/// [`Lifetimes::RESTORE`] ago.
#[must_use]
pub fn asking_counts(asked: RestoreAsked, by: &OperatorStanding, now: Timestamp) -> bool {
    by.id == asked.by
        && by.status == OperatorStatus::Active
        && now < asked.at.saturating_add(Lifetimes::RESTORE)
}

/// Allows an operator to ask for a suspended one, or to bring them back together with the one who `asked` before: another one,
/// whose asking [counts](asking_counts). Any other asking is the first.
///
/// # Errors
/// As [`may_restore_operator`].
pub fn restore_operator(
    actor: &Actor,
    target: &OperatorStanding,
    asked: Option<(RestoreAsked, &OperatorStanding)>,
    now: Timestamp,
) -> Result<Permit<RestoreOperator>, Refusal> {
    may_restore_operator(actor, target)?;
    let Actor::Operator(own) = actor else {
        return Err(Refusal::NotOperator);
    };
    let with = asked.filter(|(asked, by)| by.id != own.id && asking_counts(*asked, by, now));
    let basis = Basis::of(actor).operator(target);
    let basis = match with {
        Some((_, by)) => basis.operator(by),
        None => basis,
    };
    let action = RestoreOperator {
        operator: target.id,
        by: own.id,
        with: with.map(|(_, by)| by.id),
    };
    Ok(Permit::grant(action, own.id.into(), basis))
}
