//! What is told of support orders: to those who may approve them, and to whom they concern (A6).

use super::{Told, account, request_text, text};
use crate::AccountId;
use crate::account::Author;
use crate::journal::{Erasable, Event, OrderChange, entry::About};
use crate::mail::{Message, Recipient};
use crate::order::OrderState;
use crate::rules::{ApproveOrder, ProposeOrder, RefuseOrder, WithdrawOrder};

/// An order waits for approval: those who may give it are told.
pub(super) fn proposed(
    account: AccountId,
    by: Author,
    responsables: Recipient,
) -> Vec<(Recipient, Message)> {
    let message = Message::OrderProposed { account, by };
    vec![(Recipient::Operators, message), (responsables, message)]
}

impl Told for ProposeOrder {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        let proposal = self.proposal();
        let (from, to) = (proposal.from(), proposal.to());
        Event::OrderProposed {
            change: OrderChange {
                email: from.email != to.email,
                roles: [from.roles, to.roles],
                fields: proposal.profile().fields(),
            },
            requester: proposal.request().requester.kind,
            state: proposal.state(),
        }
    }

    fn text(&self, erasable: &mut Erasable) {
        let proposal = self.proposal();
        request_text(proposal.request(), erasable);
        if let Some(reason) = proposal.reason() {
            text(erasable, "reason", reason);
        }
        let (from, to) = (&proposal.from().email, &proposal.to().email);
        if from != to {
            for (name, email) in [("old_email", from), ("new_email", to)] {
                if let Some(email) = email {
                    text(erasable, name, email);
                }
            }
        }
    }

    fn mails(&self, author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        let proposal = self.proposal();
        let (from, to) = (proposal.from().roles, proposal.to().roles);
        match proposal.state() {
            OrderState::Proposed => {
                let responsables = Recipient::ResponsablesFor(self.account());
                proposed(self.account(), author, responsables)
            }
            OrderState::CarriedOut => {
                let roles = Some(to).filter(|to| *to != from);
                let details = !proposal.profile().is_empty();
                carried_out(self.account(), Message::OrderCarriedOut { roles, details })
            }
            // The new address is told by the link that confirms it.
            OrderState::Approved
            | OrderState::Refused
            | OrderState::Withdrawn
            | OrderState::Lapsed => Vec::new(),
        }
    }
}

fn carried_out(account: AccountId, message: Message) -> Vec<(Recipient, Message)> {
    vec![(Recipient::Account(account), message)]
}

impl Told for ApproveOrder {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::OrderApproved {
            order: self.order(),
            state: self.state(),
        }
    }

    fn mails(&self, _author: Author, _created: uuid::Uuid) -> Vec<(Recipient, Message)> {
        if self.confirm().is_some() {
            return Vec::new();
        }
        let (roles, details) = (self.roles(), self.details());
        carried_out(self.account(), Message::OrderCarriedOut { roles, details })
    }
}

impl Told for RefuseOrder {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::OrderRefused {
            order: self.order(),
        }
    }

    fn text(&self, erasable: &mut Erasable) {
        if let Some(reason) = self.reason() {
            text(erasable, "reason", reason);
        }
    }
}

impl Told for WithdrawOrder {
    fn about(&self, _created: uuid::Uuid) -> About {
        account(self.account())
    }

    fn event(&self, _created: uuid::Uuid) -> Event {
        Event::OrderWithdrawn {
            order: self.order(),
        }
    }
}
