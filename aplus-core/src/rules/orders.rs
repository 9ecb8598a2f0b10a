//! A6, A4, A7: support orders. Who proposes, who approves, who refuses, who takes back.

mod deciding;
mod proposing;

use std::time::Duration;

use crate::account::{Principal, SupportRequest};
use crate::order::{Identity, OrderState, Reason};
use crate::{AccountId, EmailAddress, Lifetimes, OrderId, ProfileChange, Roles};

pub use deciding::{
    approve_order, may_approve_order, may_refuse_order, may_view_orders, may_view_orders_of,
    may_withdraw_order, no_such_order, refuse_order, withdraw_order,
};
pub use proposing::{may_propose_order, needs_approval, propose_order};

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
    proposal: Proposal,
}

impl ProposeOrder {
    /// Which account it is to change.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
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
