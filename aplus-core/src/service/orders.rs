//! Support orders: proposing, deciding, taking back, reading (A6).

use super::accounts::wanted;
use super::{Acted, Aplus, Context, Current, Error};
use crate::account::Account;
use crate::order::{Order, OrderDraft, OrderFacts, OrderState, Reason};
use crate::ports::{Facts, OrdersOf, Page, TargetRef};
use crate::rules::{self, Action, Permit, Subject};
use crate::{AccountId, Act, Actable, Actor, Author, GroupId, OrderId, Refusal, Standing, Target};

/// An order as it is decided on.
struct Found {
    order: Order,
    /// Whether its new address is somebody's by now.
    taken: bool,
}

impl Aplus {
    /// Support proposes to change an account (A6). Where it needs nobody's approval it begins as approved, and is carried out at
    /// once unless it changes the address, which must be confirmed first.
    ///
    /// # Errors
    /// As [`rules::propose_order`]; what the store says.
    pub async fn propose_order(
        &self,
        author: Author,
        account: AccountId,
        draft: &OrderDraft,
        context: &Context,
    ) -> Result<Order, Error> {
        let taken = match &draft.change.email {
            Some(email) => self.0.store.holder(email).await?.is_some(),
            None => false,
        };
        let decide = |facts: &Facts| {
            let target = facts.target.as_ref();
            let (policy, lifetimes) = (&self.0.policy, &self.0.lifetimes);
            rules::propose_order(&facts.actor, target, draft, taken, policy, lifetimes)
        };
        let write = |act| self.0.store.propose_order(act);
        let wanted = wanted(author, Some(TargetRef::Id(account)), None);
        match self
            .act(Action::ProposeOrder, wanted, context, None, decide, write)
            .await?
        {
            Acted::Done(order) => Ok(order),
            // An order bears the id of the entry that proposed it.
            Acted::Repeated(repeated) => self
                .kept_order(OrderId::from_uuid(*repeated.entry.as_uuid()))
                .await?
                .ok_or(Error::KeyReused),
        }
    }

    /// Somebody else approves an order (A6): it is carried out, or waits for the confirmation from the new address.
    ///
    /// # Errors
    /// As [`rules::approve_order`]; what the store says.
    pub async fn approve_order(
        &self,
        author: Author,
        order: OrderId,
        context: &Context,
    ) -> Result<Order, Error> {
        let decide = |actor: &Actor, target: &Standing, found: &Found| {
            rules::approve_order(actor, target, &found.order, found.taken, self.now())
        };
        let write = |act| self.0.store.approve_order(act);
        self.on_order(Action::ApproveOrder, author, order, context, decide, write)
            .await
    }

    /// Somebody who could approve an order refuses it (A6).
    ///
    /// # Errors
    /// As [`rules::refuse_order`]; what the store says.
    pub async fn refuse_order(
        &self,
        author: Author,
        order: OrderId,
        reason: Option<&Reason>,
        context: &Context,
    ) -> Result<Order, Error> {
        let decide = |actor: &Actor, target: &Standing, found: &Found| {
            rules::refuse_order(actor, target, &found.order.facts(self.now()), reason)
        };
        let write = |act| self.0.store.refuse_order(act);
        self.on_order(Action::RefuseOrder, author, order, context, decide, write)
            .await
    }

    /// Support takes an open order back.
    ///
    /// # Errors
    /// As [`rules::withdraw_order`]; what the store says.
    pub async fn withdraw_order(
        &self,
        author: Author,
        order: OrderId,
        context: &Context,
    ) -> Result<Order, Error> {
        let decide = |actor: &Actor, _: &Standing, found: &Found| {
            rules::withdraw_order(actor, &found.order.facts(self.now()))
        };
        let write = |act| self.0.store.withdraw_order(act);
        self.on_order(Action::WithdrawOrder, author, order, context, decide, write)
            .await
    }

    /// Whether somebody may begin `action` on an order at all, by this rule, whatever else their request holds: so that only
    /// who may learns what is wrong with the rest (A6). A no is recorded (T1).
    ///
    /// # Errors
    /// [`Refusal::OrderNotFound`], what `rule` refuses; what the store says.
    pub async fn allow_on_order(
        &self,
        current: &Current,
        action: Action,
        order: OrderId,
        rule: fn(&Actor, &Standing, &OrderFacts) -> Result<(), Refusal>,
        context: &Context,
    ) -> Result<(), Error> {
        let found = self.found_order(order).await?;
        let actor = current.actor();
        let verdict = match &found {
            Some((order, account)) => rule(&actor, &account.standing(), &order.facts(self.now())),
            None => Err(rules::no_such_order(&actor)),
        };
        let account = found.as_ref().map(|(_, account)| account.id());
        self.allow(current, action, account, None, verdict, context)
            .await
    }

    /// An order with the account that it changes, for whoever may decide on it, and for support (A6, A9), whose look is an entry
    /// (T1).
    ///
    /// # Errors
    /// As [`rules::may_view_orders`]; [`Refusal::OrderNotFound`]; what the store says.
    pub async fn order(
        &self,
        current: &Current,
        order: OrderId,
        context: &Context,
    ) -> Result<(Order, Account), Error> {
        let found = self.found_order(order).await?;
        let actor = current.actor();
        let verdict = match &found {
            Some((_, account)) => rules::may_view_orders(&actor, &account.standing()),
            None => Err(rules::no_such_order(&actor)),
        };
        let account = found.as_ref().map(|(_, account)| account.id());
        self.allow(current, Action::ViewOrders, account, None, verdict, context)
            .await?;
        let (order, account) = found.ok_or(Error::Refused(Refusal::OrderNotFound))?;
        self.look_if_support(current, Subject::Account(order.account), context)
            .await?;
        Ok((order, account))
    }

    /// All orders, the newest first: support's list, each page of which is an entry, written before it is read (T1). With
    /// `open` only those on which something may still come.
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; what the store says.
    pub async fn orders(
        &self,
        current: &Current,
        open: bool,
        before: Option<OrderId>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<Order>, Error> {
        let verdict = rules::may_act_as_support(&current.actor());
        self.allow(current, Action::ViewOrders, None, None, verdict, context)
            .await?;
        self.look_if_support(current, Subject::Orders, context)
            .await?;
        let open_at = open.then(|| self.now());
        Ok(self
            .0
            .store
            .orders(OrdersOf::All, open_at, before, limit)
            .await?)
    }

    /// The open orders on the accounts of a group, the newest first: for its responsables, who may decide on them, and support,
    /// whose look is an entry (T1).
    ///
    /// # Errors
    /// [`Refusal::NotResponsable`], [`Refusal::NotYourGroup`], [`Refusal::OperatorSuspended`]; what the store says.
    pub async fn orders_of_group(
        &self,
        current: &Current,
        group: GroupId,
        before: Option<OrderId>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<Order>, Error> {
        let verdict = rules::may_view_orders_of(&current.actor(), group);
        let action = Action::ViewOrders;
        self.allow(current, action, None, Some(group), verdict, context)
            .await?;
        self.look_if_support(current, Subject::Group(group), context)
            .await?;
        let of = OrdersOf::Group(group);
        Ok(self
            .0
            .store
            .orders(of, Some(self.now()), before, limit)
            .await?)
    }

    /// Whether the new address of a proposed order is somebody's by now (A5); not read where it changes none.
    ///
    /// # Errors
    /// What the store says.
    pub async fn address_is_taken(&self, order: &Order) -> Result<bool, Error> {
        let proposed = order.state(self.now()) == OrderState::Proposed;
        match &order.to.email {
            Some(email) if proposed && order.changes_address() => {
                Ok(self.0.store.holder(email).await?.is_some())
            }
            Some(_) | None => Ok(false),
        }
    }

    pub(super) async fn kept_order(&self, order: OrderId) -> Result<Option<Order>, Error> {
        Ok(self.0.store.order(order).await?)
    }

    async fn found_order(&self, order: OrderId) -> Result<Option<(Order, Account)>, Error> {
        let Some(order) = self.kept_order(order).await? else {
            return Ok(None);
        };
        let account = self.0.store.account(order.account).await?;
        Ok(account.map(|account| (order, account)))
    }

    /// What an order is decided on: the order first, which names its account. What became of it meanwhile is seen by the write.
    async fn on_order<'a, A: Actable>(
        &'a self,
        action: Action,
        author: Author,
        id: OrderId,
        context: &Context,
        decide: impl Fn(&Actor, &Standing, &Found) -> Result<Permit<A>, Refusal> + Send + Sync,
        write: impl Fn(Act<A>) -> super::Writing<'a, Order> + Send + Sync,
    ) -> Result<Order, Error> {
        for _ in 0..super::ATTEMPTS {
            let found = match self.kept_order(id).await? {
                Some(order) => Some(Found {
                    taken: action == Action::ApproveOrder && self.address_is_taken(&order).await?,
                    order,
                }),
                None => None,
            };
            let target = found.as_ref().map(|it| TargetRef::Id(it.order.account));
            let wanted = wanted(author, target, None);
            let decide = |facts: &Facts| {
                let target = facts.target.as_ref().map(Target::standing);
                match (&found, target) {
                    (Some(found), Some(target)) => decide(&facts.actor, target, found),
                    (None, _) | (_, None) => Err(rules::no_such_order(&facts.actor)),
                }
            };
            match self
                .act_once(action, &wanted, context, None, &decide, &write)
                .await?
            {
                Some(Acted::Done(order)) => return Ok(order),
                Some(Acted::Repeated(_)) => {
                    return self.kept_order(id).await?.ok_or(Error::KeyReused);
                }
                None => {}
            }
        }
        Err(Self::moved(action))
    }
}
