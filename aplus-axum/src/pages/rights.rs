//! What a page offers to whom: each a verdict of the rules, asked here and nowhere else.
//!
//! A page shows what would be allowed now; the act is judged anew when it comes (A10).

use aplus_core::order::{OrderFacts, OrderState};
use aplus_core::ports::Facts;
use aplus_core::rules;
use aplus_core::{
    Account, Actor, GroupFacts, Operator, OrderedChange, Policy, ProfileChange, Refusal, Standing,
    Target,
};

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
    /// See the orders on its accounts, to decide on them as its responsable (A6); support has a list of its own.
    pub(super) decides: bool,
    /// Whether it has one responsable only, and so is told (A8).
    pub(super) single: bool,
}

pub(super) fn on_group(actor: &Actor, group: &GroupFacts) -> OnGroup {
    OnGroup {
        creates: rules::may_create_accounts(actor, group).is_ok(),
        creates_for: is_support(actor),
        manages: rules::may_manage_members(actor, group).is_ok(),
        decides: !is_support(actor) && rules::may_view_orders_of(actor, group.id).is_ok(),
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
    /// Propose to change its address, roles or details (A6).
    pub(super) propose: bool,
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
        propose: proposing(actor, target, policy).is_ok(),
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

/// Whether somebody may propose an order on an account at all (A6): what is to change is not known yet.
pub(super) fn proposing(actor: &Actor, target: &Target, policy: &Policy) -> Result<(), Refusal> {
    match rules::may_propose_order(actor, Some(target), &OrderedChange::default(), policy) {
        Ok(()) | Err(Refusal::NoChange) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// Whether an order may correct the details of an account (A4): only of one whose person cannot, and who could not confirm a
/// new address either.
pub(super) fn corrects_details(actor: &Actor, target: &Target, policy: &Policy) -> bool {
    let profile = ProfileChange {
        phone: Some(None),
        ..ProfileChange::default()
    };
    let change = OrderedChange {
        profile,
        ..OrderedChange::default()
    };
    rules::may_propose_order(actor, Some(target), &change, policy).is_ok()
}

/// Whether somebody of the support team is suspended (A14).
pub(super) fn is_suspended(operator: &Operator) -> bool {
    rules::may_log_in(&Actor::Operator(operator.standing())).is_err()
}

/// Whether an account is deactivated, so that the link to its new address does not work (L10).
pub(super) fn is_kept_out(account: &Account) -> bool {
    rules::may_log_in(&Actor::Account(account.standing())).is_err()
}

/// What somebody may do to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OnOrder {
    pub(super) approve: bool,
    pub(super) refuse: bool,
    pub(super) withdraw: bool,
    /// Why they do not approve it, while it is proposed.
    pub(super) why_not: Option<Refusal>,
}

/// `taken`: whether the new address is somebody's by now, which nobody can approve (A5).
pub(super) fn on_order(
    actor: &Actor,
    target: &Standing,
    order: &OrderFacts,
    taken: bool,
) -> OnOrder {
    let approve = match rules::may_approve_order(actor, target, order) {
        Ok(()) if taken => Err(Refusal::EmailTaken),
        verdict => verdict,
    };
    OnOrder {
        approve: approve.is_ok(),
        refuse: rules::may_refuse_order(actor, target, order).is_ok(),
        withdraw: rules::may_withdraw_order(actor, order).is_ok(),
        // What came of it, the page says by itself.
        why_not: approve
            .err()
            .filter(|_| order.state == OrderState::Proposed),
    }
}
