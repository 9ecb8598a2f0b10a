//! Support orders: the only way that an address or a role ever changes (A6).
//!
//! | state | what may follow |
//! |---|---|
//! | proposed | somebody else approves or refuses it, support withdraws it, its time is over |
//! | approved | it changes an address: whoever reads the new one confirms it, support withdraws it, its time is over |
//! | carried out · refused · withdrawn · lapsed | nothing |
//!
//! An order that needs no approval begins as approved, and one that changes no address is carried out with its approval.

use serde::{Deserialize, Serialize};

use crate::account::{Author, Principal, SupportRequest};
use crate::text::{line, text_type};
use crate::{
    AccountId, EmailAddress, OrderId, ProfileChange, Reference, Requester, Roles, Timestamp,
};

text_type! {
    /// Why an order is proposed, or refused: 1 to 500 characters that can be seen.
    Reason, "reason", line, 500
}

/// What an order is to change; what is not named stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderedChange {
    /// The new address. It counts once the link that was sent to it is confirmed.
    pub email: Option<EmailAddress>,
    /// The new roles, in place of those that are there.
    pub roles: Option<Roles>,
    /// Details to be corrected, of a person who cannot do it (A4).
    pub profile: ProfileChange,
}

impl OrderedChange {
    /// What an account that is `now` this becomes by it, but for its details.
    #[must_use]
    pub fn applied_to(&self, now: &Identity) -> Identity {
        Identity {
            email: self.email.clone().or_else(|| now.email.clone()),
            roles: self.roles.unwrap_or(now.roles),
        }
    }
}

/// An order that support wants to propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDraft {
    /// What is to change.
    pub change: OrderedChange,
    /// At whose request, and where that is kept.
    pub request: SupportRequest,
    /// Why.
    pub reason: Reason,
}

/// What only an order changes: an address and roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The address; none once the account was emptied (T4).
    pub email: Option<EmailAddress>,
    /// The roles.
    pub roles: Roles,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// It waits for somebody else's approval.
    Proposed,
    /// It waits for the confirmation from the new address.
    Approved,
    /// It was carried out.
    CarriedOut,
    /// Who could have approved it did not want it.
    Refused,
    /// Support took it back.
    Withdrawn,
    /// Its time was over first.
    Lapsed,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Proposed,
        Self::Approved,
        Self::CarriedOut,
        Self::Refused,
        Self::Withdrawn,
        Self::Lapsed,
    ];

    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::CarriedOut => "carried_out",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }

    /// Whether something may still come of it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Approved)
    }
}

/// How an open order was ended by somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Closing {
    /// Who could have approved it did not want it.
    Refused,
    /// Support took it back.
    Withdrawn,
}

impl Closing {
    /// The word that a store keeps.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        OrderState::from(self).as_str()
    }
}

impl From<Closing> for OrderState {
    fn from(closing: Closing) -> Self {
        match closing {
            Closing::Refused => Self::Refused,
            Closing::Withdrawn => Self::Withdrawn,
        }
    }
}

/// Who approved an order, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval {
    /// Who; nobody where the host asks for no approval.
    pub by: Option<Principal>,
    /// When.
    pub at: Timestamp,
}

/// Who ended an order, how, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// How.
    pub how: Closing,
    /// Who.
    pub by: Author,
    /// When.
    pub at: Timestamp,
    /// Why, where it was said.
    pub reason: Option<Reason>,
}

/// An order as a store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Which order: it bears the id of the entry that proposed it.
    pub id: OrderId,
    /// The account that it changes.
    pub account: AccountId,
    /// Who proposed it: an operator, or the machine for an import.
    pub author: Author,
    /// What the account was when it was proposed.
    pub from: Identity,
    /// What it is to be.
    pub to: Identity,
    /// Which details are corrected.
    pub profile: ProfileChange,
    /// At whose request; without a name once the account was emptied (T4).
    pub requester: Requester,
    /// Where that is kept; none once the account was emptied (T4).
    pub reference: Option<Reference>,
    /// Why; none where it came with the creation of the account (A7), or once that was emptied (T4).
    pub reason: Option<Reason>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// From when on nothing comes of it any more.
    pub expires_at: Timestamp,
    /// Its approval.
    pub approval: Option<Approval>,
    /// When it was carried out.
    pub carried_out_at: Option<Timestamp>,
    /// How it was ended.
    pub closed: Option<Closed>,
    /// Whether the account is now what it was when the order was proposed, and no other order was carried out on it since.
    pub holds: bool,
}

/// What the rules know of an order at one moment: plain facts, so that a host with tables of its own can use the rules alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderFacts {
    /// Which order.
    pub id: OrderId,
    /// The account that it changes.
    pub account: AccountId,
    /// Who proposed it.
    pub author: Author,
    /// Where it stands.
    pub state: OrderState,
    /// Whether it changes the address, so that its approval is not yet the end.
    pub changes_address: bool,
    /// Whether it corrects details, which a person whose account is active does themselves (A4).
    pub corrects_details: bool,
    /// Whether the account is now what it was when the order was proposed, and no other order was carried out on it since.
    pub holds: bool,
}

impl Order {
    /// Where it stands at `now`: open while `now < expires_at`, and at exactly that moment no longer.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> OrderState {
        if self.carried_out_at.is_some() {
            OrderState::CarriedOut
        } else if let Some(closed) = &self.closed {
            closed.how.into()
        } else if now >= self.expires_at {
            OrderState::Lapsed
        } else if self.approval.is_some() {
            OrderState::Approved
        } else {
            OrderState::Proposed
        }
    }

    /// Whether it changes the address.
    #[must_use]
    pub fn changes_address(&self) -> bool {
        self.from.email != self.to.email
    }

    /// What the rules know of it at `now`.
    #[must_use]
    pub fn facts(&self, now: Timestamp) -> OrderFacts {
        OrderFacts {
            id: self.id,
            account: self.account,
            author: self.author,
            state: self.state(now),
            changes_address: self.changes_address(),
            corrects_details: !self.profile.is_empty(),
            holds: self.holds,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{OperatorId, Role};

    fn order() -> Order {
        let identity = |roles| Identity {
            email: None,
            roles: Roles::only(roles),
        };
        Order {
            id: OrderId::from_uuid(uuid::Uuid::from_u128(1)),
            account: AccountId::from_uuid(uuid::Uuid::from_u128(2)),
            author: OperatorId::from_uuid(uuid::Uuid::from_u128(3)).into(),
            from: identity(Role::Aidant),
            to: identity(Role::Instructeur),
            profile: ProfileChange::default(),
            requester: "anct".parse().unwrap(),
            reference: Some("lettre 12".parse().unwrap()),
            reason: None,
            proposed_at: at(0),
            expires_at: at(100),
            approval: None,
            carried_out_at: None,
            closed: None,
            holds: true,
        }
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_unix_micros(micros).unwrap()
    }

    /// Whatever was written of an order, and whenever it is looked at: what was done counts before what was not, and the time
    /// only where nothing was.
    #[test]
    fn every_state_follows_from_what_was_written_and_the_time() {
        let approval = Approval {
            by: None,
            at: at(1),
        };
        let closed = |how| Closed {
            how,
            by: Author::Machine,
            at: at(2),
            reason: None,
        };
        let mut seen = std::collections::BTreeSet::new();
        for approved in [None, Some(approval)] {
            for carried_out in [None, Some(at(2))] {
                for closing in [None, Some(Closing::Refused), Some(Closing::Withdrawn)] {
                    for now in [0, 99, 100, 101] {
                        let order = Order {
                            approval: approved,
                            carried_out_at: carried_out,
                            closed: closing.map(closed),
                            ..order()
                        };
                        let expected = match (carried_out, closing) {
                            (Some(_), _) => OrderState::CarriedOut,
                            (None, Some(Closing::Refused)) => OrderState::Refused,
                            (None, Some(Closing::Withdrawn)) => OrderState::Withdrawn,
                            (None, None) if now >= 100 => OrderState::Lapsed,
                            (None, None) if approved.is_some() => OrderState::Approved,
                            (None, None) => OrderState::Proposed,
                        };
                        assert_eq!(order.state(at(now)), expected);
                        seen.insert(expected);
                    }
                }
            }
        }
        assert_eq!(seen, OrderState::ALL.into());
    }

    #[test]
    fn it_lapses_to_the_microsecond() {
        assert_eq!(order().state(at(99)), OrderState::Proposed);
        assert_eq!(order().state(at(100)), OrderState::Lapsed);
    }
}
