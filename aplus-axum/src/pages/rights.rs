//! What a page offers to whom: each a verdict of the rules, asked here and nowhere else.
//!
//! A page shows what would be allowed now; the act is judged anew when it comes (A10).

use aplus_core::ports::Facts;
use aplus_core::rules;
use aplus_core::{Actor, GroupFacts, Policy, Refusal, Target};

/// Whether the pages of support are theirs.
pub(super) fn is_support(actor: &Actor) -> bool {
    rules::may_act_as_support(actor).is_ok()
}

/// What somebody may do in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OnGroup {
    /// Create accounts, as its responsable (A1, A2).
    pub(super) creates: bool,
    /// Create accounts, as support (A7).
    pub(super) creates_for: bool,
    /// Add and take out (A2).
    pub(super) manages: bool,
    /// Whether it has one responsable only, and so is told (A8).
    pub(super) single: bool,
}

pub(super) fn on_group(actor: &Actor, group: &GroupFacts) -> OnGroup {
    OnGroup {
        creates: rules::may_create_accounts(actor, group).is_ok(),
        creates_for: is_support(actor),
        manages: rules::may_manage_members(actor, group).is_ok(),
        single: group.active_responsables == 1,
    }
}

/// What somebody may do to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OnAccount {
    pub(super) deactivate: bool,
    pub(super) reactivate: bool,
    pub(super) withdraw: bool,
    pub(super) end_sessions: bool,
    /// Why none of the first three.
    pub(super) why_not: Option<Refusal>,
}

pub(super) fn on_account(actor: &Actor, target: &Target, policy: &Policy) -> OnAccount {
    let deactivate = rules::may_deactivate(actor, target);
    let reactivate = rules::may_reactivate(actor, target, policy);
    let withdraw = rules::may_withdraw(actor, target);
    let why_not = match (deactivate, reactivate, withdraw) {
        // Of an account that is deactivated already, what counts is why it is not brought back.
        (Err(Refusal::NotActive), Err(why), Err(_)) | (Err(why), Err(_), Err(_)) => Some(why),
        (Ok(()), _, _) | (_, Ok(()), _) | (_, _, Ok(())) => None,
    };
    OnAccount {
        deactivate: deactivate.is_ok(),
        reactivate: reactivate.is_ok(),
        withdraw: withdraw.is_ok(),
        end_sessions: is_support(actor),
        why_not,
    }
}

/// Whether an account may be taken out of one of its groups, or leave it (A2, A8).
pub(super) fn removal(actor: &Actor, group: &GroupFacts, target: &Target) -> Result<(), Refusal> {
    rules::may_remove_member(actor, group, target)
}

/// Whether the account with an address may be added to a group, and whether it becomes a responsable there (A2).
pub(super) fn adding(facts: &Facts) -> Result<bool, Refusal> {
    let group = facts.group.as_ref().ok_or(Refusal::GroupNotFound)?;
    let target = facts
        .target
        .as_ref()
        .ok_or_else(|| rules::no_such_account(&facts.actor, group))?;
    rules::may_add_member(&facts.actor, group, target)?;
    Ok(target.standing().is_responsable())
}
