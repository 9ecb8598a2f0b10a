//! A6, A4, A7: support orders. Who proposes, who approves, who refuses, who takes back.

use std::time::Duration;

use super::{Basis, Permit, active_account, active_support, may_view_account, responsable_of};
use crate::account::{Author, Principal, Status, SupportRequest};
use crate::order::{Identity, Order, OrderDraft, OrderFacts, OrderState, OrderedChange, Reason};
use crate::{
    AccountId, Actor, DualControl, EmailAddress, GroupId, Lifetimes, OrderId, Policy,
    ProfileChange, Refusal, Role, Roles, Standing, Target, Timestamp,
};

/// What an order begins with, whether it is proposed by itself or with the account that it is for (A7).
#[derive(Debug, PartialEq, Eq)]
pub struct Proposal {
    from: Identity,
    to: Identity,
    profile: ProfileChange,
    request: SupportRequest,
    reason: Option<Reason>,
    approved: bool,
    life: Duration,
}

impl Proposal {
    /// A further responsable is asked for with the account's creation: it is made with `from`, and waits for `to` (A7).
    pub(super) fn raise(
        email: &EmailAddress,
        from: Roles,
        to: Roles,
        request: &SupportRequest,
        lifetimes: &Lifetimes,
    ) -> Self {
        let identity = |roles| Identity {
            email: Some(email.clone()),
            roles,
        };
        Self {
            from: identity(from),
            to: identity(to),
            profile: ProfileChange::default(),
            request: request.clone(),
            reason: None,
            approved: false,
            life: lifetimes.order(),
        }
    }

    /// What the account is.
    #[must_use]
    pub fn from(&self) -> &Identity {
        &self.from
    }

    /// What it is to be.
    #[must_use]
    pub fn to(&self) -> &Identity {
        &self.to
    }

    /// Which details are corrected.
    #[must_use]
    pub fn profile(&self) -> &ProfileChange {
        &self.profile
    }

    /// At whose request.
    #[must_use]
    pub fn request(&self) -> &SupportRequest {
        &self.request
    }

    /// Why; none where it comes with the creation of the account.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// Whether it needs nobody's approval (the host's choice, A6), and so begins as approved.
    #[must_use]
    pub fn approved(&self) -> bool {
        self.approved
    }

    /// How long it stays open.
    #[must_use]
    pub fn life(&self) -> Duration {
        self.life
    }

    /// Where it stands once it is written.
    #[must_use]
    pub fn state(&self) -> OrderState {
        match (self.approved, self.from.email == self.to.email) {
            (false, _) => OrderState::Proposed,
            (true, false) => OrderState::Approved,
            (true, true) => OrderState::CarriedOut,
        }
    }
}

/// An order is proposed.
#[derive(Debug, PartialEq, Eq)]
pub struct ProposeOrder {
    account: AccountId,
    groups: Vec<GroupId>,
    proposal: Proposal,
}

impl ProposeOrder {
    /// Which account it is to change.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The groups of that account, whose responsables may approve it.
    #[must_use]
    pub fn groups(&self) -> &[GroupId] {
        &self.groups
    }

    /// What it is to change, why and for whom.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }
}

/// An order is approved; where it changes no address, it is carried out with that.
#[derive(Debug, PartialEq, Eq)]
pub struct ApproveOrder {
    order: OrderId,
    account: AccountId,
    by: Principal,
    confirm: Option<EmailAddress>,
    roles: Option<Roles>,
    details: bool,
}

impl ApproveOrder {
    /// Which order.
    #[must_use]
    pub fn order(&self) -> OrderId {
        self.order
    }

    /// The account that it changes.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Who approves.
    #[must_use]
    pub fn by(&self) -> Principal {
        self.by
    }

    /// The new address, which must be confirmed first; none where the order is carried out at once.
    #[must_use]
    pub fn confirm(&self) -> Option<&EmailAddress> {
        self.confirm.as_ref()
    }

    /// The new roles, if they change.
    #[must_use]
    pub fn roles(&self) -> Option<Roles> {
        self.roles
    }

    /// Whether details are corrected.
    #[must_use]
    pub fn details(&self) -> bool {
        self.details
    }

    /// Where the order stands once this is written.
    #[must_use]
    pub fn state(&self) -> OrderState {
        match self.confirm {
            Some(_) => OrderState::Approved,
            None => OrderState::CarriedOut,
        }
    }
}

/// An order is refused by somebody who could have approved it.
#[derive(Debug, PartialEq, Eq)]
pub struct RefuseOrder {
    order: OrderId,
    account: AccountId,
    reason: Option<Reason>,
}

impl RefuseOrder {
    /// Which order.
    #[must_use]
    pub fn order(&self) -> OrderId {
        self.order
    }

    /// The account that it was to change.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Why, where it was said.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }
}

/// Support takes an open order back.
#[derive(Debug, PartialEq, Eq)]
pub struct WithdrawOrder {
    order: OrderId,
    account: AccountId,
}

impl WithdrawOrder {
    /// Which order.
    #[must_use]
    pub fn order(&self) -> OrderId {
        self.order
    }

    /// The account that it was to change.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }
}

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
/// [`Refusal::SharedResponsable`], [`Refusal::SharedAddress`] (A5); [`Refusal::TwoOrders`] where it gives Responsable with a new
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
        if !standing.shared && policy.shared_mailboxes.matches(email) {
            return Err(Refusal::SharedAddress);
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
    let to = Identity {
        email: email.or(target.email()).cloned(),
        roles: change.roles.unwrap_or(standing.roles),
    };
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
        groups: standing.groups.iter().collect(),
        proposal,
    };
    Ok(Permit::grant(
        action,
        author,
        Basis::of(actor).account(standing),
    ))
}

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
