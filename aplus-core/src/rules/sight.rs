//! A9: who sees what of whom, and who enters a place of a host's.

use super::{active_account, active_support, not_suspended};
use crate::account::Status;
use crate::{Actor, GroupId, GroupMatter, Refusal, Standing};

/// How much of an account somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// Names, job title, address, roles: what members of a group see of each other.
    Colleague,
    /// Everything.
    Whole,
}

/// How much `actor` may see of an account (A9).
///
/// Colleagues see active accounts only; the account's responsables see deactivated ones as well, and nobody but support
/// a withdrawn one.
///
/// # Errors
/// [`Refusal::AccountNotFound`] for an account outside one's groups: that it is there is no business of theirs;
/// [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`].
pub fn may_view_account(actor: &Actor, target: &Standing) -> Result<Sight, Refusal> {
    match actor {
        Actor::Machine => return Ok(Sight::Whole),
        Actor::Operator(operator) => return not_suspended(operator).map(|()| Sight::Whole),
        Actor::Visitor | Actor::Account(_) => {}
    }
    let own = active_account(actor)?;
    if own.id == target.id {
        return Ok(Sight::Whole);
    }
    let together = target.groups.iter().any(|group| own.groups.contains(group));
    match target.status {
        Status::Active | Status::Deactivated(_) if together && own.is_responsable() => {
            Ok(Sight::Whole)
        }
        Status::Active if together => Ok(Sight::Colleague),
        Status::Active | Status::Deactivated(_) | Status::Withdrawn => {
            Err(Refusal::AccountNotFound)
        }
    }
}

/// Whether `actor` may see the members of `group` (A9): its members and support. That a group exists is no secret.
///
/// # Errors
/// [`Refusal::NotYourGroup`], [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`].
pub fn may_view_group(actor: &Actor, group: GroupId) -> Result<(), Refusal> {
    match actor {
        Actor::Machine => return Ok(()),
        Actor::Operator(operator) => return not_suspended(operator),
        Actor::Visitor | Actor::Account(_) => {}
    }
    if active_account(actor)?.groups.contains(group) {
        Ok(())
    } else {
        let matter = GroupMatter::Looking;
        Err(Refusal::NotYourGroup { group, matter })
    }
}

/// A place of a host's that is open to some only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Door {
    /// To accounts, not to operators, who have none.
    Accounts,
    /// To accounts that hold Responsable, in whichever groups (A1).
    Responsables,
    /// To the support team (A7).
    Support,
}

impl Door {
    /// Every door.
    pub const ALL: [Self; 3] = [Self::Accounts, Self::Responsables, Self::Support];
}

/// Whether `actor` may enter a place of a host's.
///
/// # Errors
/// [`Refusal::NotAccount`], [`Refusal::NotResponsable`] or [`Refusal::NotOperator`], by door; [`Refusal::NotLoggedIn`],
/// [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`].
pub fn may_enter(actor: &Actor, door: Door) -> Result<(), Refusal> {
    match (door, actor) {
        (Door::Support, _) => active_support(actor),
        (Door::Accounts | Door::Responsables, Actor::Operator(operator)) => {
            not_suspended(operator)?;
            Err(match door {
                Door::Responsables => Refusal::NotResponsable,
                Door::Accounts | Door::Support => Refusal::NotAccount,
            })
        }
        (Door::Accounts, _) => active_account(actor).map(|_| ()),
        (Door::Responsables, Actor::Machine) => Err(Refusal::NotResponsable),
        (Door::Responsables, _) => match active_account(actor)?.is_responsable() {
            true => Ok(()),
            false => Err(Refusal::NotResponsable),
        },
    }
}
