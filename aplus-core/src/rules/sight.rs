//! A9, T1: who sees what of whom and of the journal, and who enters a place of a host's.

use super::{active_account, active_support, not_suspended};
use crate::account::Status;
use crate::{AccountId, Actor, Author, GroupId, GroupMatter, Refusal, Standing};

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

/// How much of an entry of the journal somebody sees (A9, T1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntrySight {
    /// What somebody else did to one's account: what, when and who, the support team as a team, and never from where.
    Deed,
    /// What one did oneself: all of it, but for accounts that one may not see.
    Own,
    /// Everything.
    Whole,
}

impl EntrySight {
    /// Whether network and browser are seen: one's own, and by support.
    #[must_use]
    pub fn shows_origin(self) -> bool {
        match self {
            Self::Deed => false,
            Self::Own | Self::Whole => true,
        }
    }

    /// Whether operators are seen one by one: to everybody else they are the support team.
    #[must_use]
    pub fn names_operators(self) -> bool {
        match self {
            Self::Deed | Self::Own => false,
            Self::Whole => true,
        }
    }
}

/// Whether `actor` reads the whole journal: support alone, and each look of an operator's is an entry (T1).
///
/// # Errors
/// [`Refusal::NotOperator`], [`Refusal::NotLoggedIn`], [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`].
pub fn may_read_journal(actor: &Actor) -> Result<(), Refusal> {
    active_support(actor)
}

/// How much `actor` may see of an entry that `author` wrote about `account`: support all of any, an account what it did
/// and what was done to it.
///
/// # Errors
/// [`Refusal::NotOperator`] for an entry that is neither of them nor about them; [`Refusal::NotLoggedIn`],
/// [`Refusal::Deactivated`], [`Refusal::OperatorSuspended`].
pub fn may_view_entry(
    actor: &Actor,
    author: Author,
    account: Option<AccountId>,
) -> Result<EntrySight, Refusal> {
    match actor {
        Actor::Operator(_) | Actor::Machine => {
            return active_support(actor).map(|()| EntrySight::Whole);
        }
        Actor::Visitor | Actor::Account(_) => {}
    }
    let own = active_account(actor)?;
    if author == Author::Account(own.id) {
        Ok(EntrySight::Own)
    } else if account == Some(own.id) {
        Ok(EntrySight::Deed)
    } else {
        Err(Refusal::NotOperator)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OperatorId, Role, Roles};

    #[test]
    fn only_support_sees_who_of_it_and_nobody_else_from_where_others_act() {
        let seen = [EntrySight::Deed, EntrySight::Own, EntrySight::Whole];
        assert_eq!(seen.map(EntrySight::shows_origin), [false, true, true]);
        assert_eq!(seen.map(EntrySight::names_operators), [false, false, true]);
    }

    #[test]
    fn what_one_did_to_oneself_is_ones_own() {
        let id = AccountId::from_uuid(uuid::Uuid::from_u128(1));
        let own = Actor::Account(Standing::active(id, Roles::only(Role::Aidant), []));
        let by_support = Author::Operator(OperatorId::from_uuid(uuid::Uuid::from_u128(2)));
        let view = |author, account| may_view_entry(&own, author, account);
        assert_eq!(view(Author::Account(id), Some(id)), Ok(EntrySight::Own));
        assert_eq!(view(Author::Account(id), None), Ok(EntrySight::Own));
        assert_eq!(view(by_support, Some(id)), Ok(EntrySight::Deed));
        assert_eq!(view(by_support, None), Err(Refusal::NotOperator));
    }
}
