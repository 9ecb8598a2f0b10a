//! What the acts on support orders make: the order as it begins, and the asking for the link that confirms a new address (A6).

use sha2::{Digest, Sha256};

use super::Act;
use crate::account::Principal;
use crate::order::{Approval, Order};
use crate::ports::NewAsk;
use crate::rules::{ApproveOrder, CreateAccount, Permitted, Proposal, ProposeOrder};
use crate::words::Language;
use crate::{AccountId, AskId, BrowserHash, EmailAddress, OrderId};

impl<A: Permitted> Act<A> {
    /// An order bears the id of the entry that proposed it.
    fn proposed(&self, account: AccountId, proposal: &Proposal) -> Order {
        let at = self.at();
        let approval = proposal.approved().then_some(Approval { by: None, at });
        Order {
            id: OrderId::from_uuid(*self.entry.id().as_uuid()),
            account,
            author: self.entry.author(),
            from: proposal.from().clone(),
            to: proposal.to().clone(),
            profile: proposal.profile().clone(),
            requester: proposal.request().requester.clone(),
            reference: Some(proposal.request().reference.clone()),
            reason: proposal.reason().cloned(),
            proposed_at: at,
            expires_at: at.saturating_add(proposal.life()),
            approval,
            carried_out_at: None,
            closed: None,
            holds: true,
        }
    }

    /// An asking for a link to an order's new address, as if it had come from a browser that nobody has: whoever opens that
    /// link gives the address (L6). The courier answers it as any other; whoever lets that link lapse asks for another one with
    /// the new address.
    fn asking(&self, email: &EmailAddress) -> NewAsk {
        let id = AskId::from_uuid(self.created);
        let browser = Sha256::new_with_prefix(b"aplus/nobody/1\0").chain_update(id.as_uuid());
        NewAsk {
            id,
            email: email.clone(),
            browser: BrowserHash::from_bytes(browser.finalize().into()),
            network: "support".to_owned(),
            next: None,
            language: Language::default(),
            at: self.at(),
        }
    }
}

impl Act<ProposeOrder> {
    /// The order as it begins: approved where it needs nobody, and not yet carried out, which the store does then.
    #[must_use]
    pub fn order(&self) -> Order {
        self.proposed(self.action.account(), self.action.proposal())
    }

    /// The asking for the link that confirms its new address, where it begins as approved.
    #[must_use]
    pub fn confirmation(&self) -> Option<NewAsk> {
        let proposal = self.action.proposal();
        let changed = proposal.to().email.as_ref();
        let changed = changed.filter(|_| proposal.from().email != proposal.to().email);
        changed
            .filter(|_| proposal.approved())
            .map(|email| self.asking(email))
    }
}

impl Act<CreateAccount> {
    /// The order that is proposed with the account (A7).
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        let proposal = self.action.order()?;
        Some(self.proposed(self.account(), proposal))
    }
}

impl Act<ApproveOrder> {
    /// Who approves, and when.
    #[must_use]
    pub fn approval(&self) -> (Principal, crate::Timestamp) {
        (self.action.by(), self.at())
    }

    /// The asking for the link that confirms its new address, where it changes one.
    #[must_use]
    pub fn confirmation(&self) -> Option<NewAsk> {
        self.action.confirm().map(|email| self.asking(email))
    }
}
