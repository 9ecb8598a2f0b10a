//! A8, A11: deactivating, reactivating, withdrawing.

use super::{Basis, Permit, active_account, active_support, may_view_account};
use crate::account::{DeactivatedBy, Status};
use crate::{AccountId, Actor, DualControl, GroupId, Policy, Refusal, Role, Target};

/// An account is deactivated: its sessions and links end with it (L10).
#[derive(Debug, PartialEq, Eq)]
pub struct Deactivate {
    account: AccountId,
    by: DeactivatedBy,
}

impl Deactivate {
    /// Which account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Who may bring it back.
    #[must_use]
    pub fn by(&self) -> DeactivatedBy {
        self.by
    }
}

/// An account is brought back.
#[derive(Debug, PartialEq, Eq)]
pub struct Reactivate {
    account: AccountId,
}

impl Reactivate {
    /// Which account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }
}

/// An account that nobody ever logged into ends, and its address is free again (A11).
#[derive(Debug, PartialEq, Eq)]
pub struct Withdraw {
    account: AccountId,
}

impl Withdraw {
    /// Which account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }
}

/// Whether `actor` may deactivate `target` (A8).
///
/// # Errors
/// [`Refusal::AccountNotFound`] outside one's groups (A9), [`Refusal::OwnAccount`], [`Refusal::NotResponsable`],
/// [`Refusal::OtherGroup`], [`Refusal::NotActive`], [`Refusal::LastResponsable`] unless it is support,
/// [`Refusal::OperatorSuspended`].
pub fn may_deactivate(actor: &Actor, target: &Target) -> Result<(), Refusal> {
    let by = may_manage(actor, target)?;
    if !target.standing().status.is_active() {
        return Err(Refusal::NotActive);
    }
    keeps_a_responsable(by, target)
}

/// Allows an account to be deactivated.
///
/// # Errors
/// As [`may_deactivate`].
pub fn deactivate(actor: &Actor, target: &Target) -> Result<Permit<Deactivate>, Refusal> {
    may_deactivate(actor, target)?;
    let by = may_manage(actor, target)?;
    let action = Deactivate {
        account: target.standing().id,
        by,
    };
    permit(actor, target, action, target.standing().is_responsable())
}

/// Whether `actor` may bring `target` back (A8).
///
/// An operator alone does not bring back whoever holds Responsable where giving that role takes an approval (A6), whoever
/// deactivated them and whoever else the group has: they could take the others away first. An order that takes the role makes
/// it possible, and another one gives the role back. The machine may, as it may make operators (A14).
///
/// # Errors
/// As [`may_deactivate`], but [`Refusal::NotDeactivated`], [`Refusal::DeactivatedBySupport`] for responsables, and
/// [`Refusal::NeedsApproval`] for operators.
pub fn may_reactivate(actor: &Actor, target: &Target, policy: &Policy) -> Result<(), Refusal> {
    let by = may_manage(actor, target)?;
    let gives = target.standing().roles.contains(Role::Responsable)
        && policy.dual_control != DualControl::None;
    match (target.standing().status, by) {
        (Status::Active | Status::Withdrawn, _) => Err(Refusal::NotDeactivated),
        (Status::Deactivated(DeactivatedBy::Support), DeactivatedBy::Responsable) => {
            Err(Refusal::DeactivatedBySupport)
        }
        (Status::Deactivated(_), DeactivatedBy::Support) if gives && *actor != Actor::Machine => {
            Err(Refusal::NeedsApproval)
        }
        (Status::Deactivated(_), _) => Ok(()),
    }
}

/// Allows an account to be brought back.
///
/// # Errors
/// As [`may_reactivate`].
pub fn reactivate(
    actor: &Actor,
    target: &Target,
    policy: &Policy,
) -> Result<Permit<Reactivate>, Refusal> {
    may_reactivate(actor, target, policy)?;
    let responsable = target.standing().roles.contains(Role::Responsable);
    permit(
        actor,
        target,
        Reactivate {
            account: target.standing().id,
        },
        responsable,
    )
}

/// Whether `actor` may withdraw `target`, which nobody ever logged into (A11).
///
/// # Errors
/// As [`may_deactivate`], but [`Refusal::AlreadyUsed`], and [`Refusal::DeactivatedBySupport`] for responsables:
/// withdrawing frees the address, which would undo what support did.
pub fn may_withdraw(actor: &Actor, target: &Target) -> Result<(), Refusal> {
    let by = may_manage(actor, target)?;
    if target.standing().used {
        return Err(Refusal::AlreadyUsed);
    }
    if (target.standing().status, by)
        == (
            Status::Deactivated(DeactivatedBy::Support),
            DeactivatedBy::Responsable,
        )
    {
        return Err(Refusal::DeactivatedBySupport);
    }
    keeps_a_responsable(by, target)
}

/// Allows an account to be withdrawn.
///
/// # Errors
/// As [`may_withdraw`].
pub fn withdraw(actor: &Actor, target: &Target) -> Result<Permit<Withdraw>, Refusal> {
    may_withdraw(actor, target)?;
    let action = Withdraw {
        account: target.standing().id,
    };
    permit(actor, target, action, target.standing().is_responsable())
}

/// Who acts on `target`: support on any account, a responsable on one that has no group but theirs, nobody on their own.
fn may_manage(actor: &Actor, target: &Target) -> Result<DeactivatedBy, Refusal> {
    let standing = target.standing();
    if matches!(actor, Actor::Operator(_) | Actor::Machine) {
        active_support(actor)?;
        return match standing.status {
            Status::Withdrawn => Err(Refusal::AccountNotFound),
            Status::Active | Status::Deactivated(_) => Ok(DeactivatedBy::Support),
        };
    }
    let own = active_account(actor)?;
    may_view_account(actor, standing)?;
    if own.id == standing.id {
        return Err(Refusal::OwnAccount);
    }
    if !own.is_responsable() {
        return Err(Refusal::NotResponsable);
    }
    match standing
        .groups
        .iter()
        .find(|group| !own.groups.contains(*group))
    {
        Some(group) => Err(Refusal::OtherGroup { group }),
        None => Ok(DeactivatedBy::Responsable),
    }
}

/// A group keeps its last active responsable unless support takes it away (A8).
fn keeps_a_responsable(by: DeactivatedBy, target: &Target) -> Result<(), Refusal> {
    if by == DeactivatedBy::Support || !target.standing().is_responsable() {
        return Ok(());
    }
    match target
        .groups()
        .iter()
        .find(|group| group.active_responsables <= 1)
    {
        Some(group) => Err(Refusal::LastResponsable { group: group.id }),
        None => Ok(()),
    }
}

/// `responsable`: the act changes who the responsables of the target's groups are, or looked at how many there are.
fn permit<A: super::Permitted>(
    actor: &Actor,
    target: &Target,
    action: A,
    responsable: bool,
) -> Result<Permit<A>, Refusal> {
    let author = actor.author().ok_or(Refusal::NotLoggedIn)?;
    let mut basis = Basis::of(actor).account(target.standing());
    let mut moved: Vec<GroupId> = Vec::new();
    if responsable {
        for group in target.groups() {
            basis = basis.group(group);
            moved.push(group.id);
        }
    }
    Ok(Permit::grant(action, author, basis).moving(moved))
}
