//! Support orders, in memory.

use async_trait::async_trait;

use super::{Check, MemoryStore, State, belongs, most, next, unless_settled};
use crate::account::Author;
use crate::order::{Approval, Closed, Closing, Order, OrderState, Reason};
use crate::ports::{NewAsk, Orders, OrdersOf, Outcome, Page, StoreError, Written};
use crate::rules::{ApproveOrder, ProposeOrder, RefuseOrder, WithdrawOrder};
use crate::{AccountId, Act, Actable, OrderId, Role, Timestamp};

/// Whether an order can be carried out now.
enum Fitness {
    Fit,
    /// It is not approved, no longer open, or the account is no longer what it was proposed on.
    Stale,
    /// The new address is somebody's.
    Taken,
}

impl State {
    /// An order with what only the account can tell: whether it still is what the order was proposed on, as it has been since.
    pub(super) fn order(&self, id: OrderId) -> Option<Order> {
        let order = self.orders.get(&id)?;
        let account = self.accounts.get(&order.account)?;
        let holds = account.email.is_some()
            && account.email == order.from.email
            && account.roles == order.from.roles
            && self
                .ordered
                .get(&account.id)
                .is_none_or(|at| *at <= order.proposed_at);
        Some(Order {
            holds,
            ..order.clone()
        })
    }

    /// Whether the link that confirms an order's new address counts, but for its own life (P63).
    pub(super) fn waits_for_confirmation(&self, id: OrderId, now: Timestamp) -> bool {
        self.order(id).is_some_and(|order| {
            order.state(now) == OrderState::Approved && order.holds && order.changes_address()
        })
    }

    fn fitness(&self, order: &Order, now: Timestamp) -> Fitness {
        let fresh = self.order(order.id).is_some_and(|order| order.holds);
        if order.state(now) != OrderState::Approved || !fresh {
            return Fitness::Stale;
        }
        match &order.to.email {
            Some(email) if order.changes_address() && self.is_taken(email) => Fitness::Taken,
            Some(_) | None => Fitness::Fit,
        }
    }

    /// Carries an order out, all of it (P60); nothing is written unless it answers `Done`.
    pub(super) fn carry_out(&mut self, id: OrderId, now: Timestamp) -> Outcome<()> {
        let Some(order) = self.orders.get(&id).cloned() else {
            return Outcome::Stale;
        };
        match self.fitness(&order, now) {
            Fitness::Fit => {}
            Fitness::Stale => return Outcome::Stale,
            Fitness::Taken => return Outcome::Taken,
        }
        let Some(account) = self.accounts.get_mut(&order.account) else {
            return Outcome::Stale;
        };
        let responsable = |roles: crate::Roles| roles.contains(Role::Responsable);
        let moved = account.status.is_active()
            && responsable(order.from.roles) != responsable(order.to.roles);
        account.email = order.to.email;
        account.roles = order.to.roles;
        account.profile = order.profile.apply(account.profile.clone());
        account.epoch.0 += 1;
        next(&mut account.version);
        for mention in account.groups.iter().filter(|_| moved) {
            if let Some(group) = self.groups.get_mut(&mention.id) {
                next(&mut group.version);
            }
        }
        self.ordered.insert(account.id, now);
        if let Some(order) = self.orders.get_mut(&id) {
            order.carried_out_at = Some(now);
        }
        Outcome::Done(())
    }

    /// An approved order goes on: it is carried out, or the link that confirms its new address is asked for. The decision and this
    /// stand under one lock: it does fit.
    fn go_on(
        &mut self,
        id: OrderId,
        ask: Option<NewAsk>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match ask {
            Some(ask) => self.ask(ask),
            None => match self.carry_out(id, now) {
                Outcome::Done(()) => {}
                Outcome::Stale | Outcome::Taken | Outcome::Repeated(_) => {
                    return Err(StoreError::broken("an approved order that does not fit"));
                }
            },
        }
        Ok(())
    }

    /// Ends an open order, and records who did it.
    fn close<A: Actable>(
        &mut self,
        act: &Act<A>,
        id: OrderId,
        how: Closing,
        reason: Option<Reason>,
    ) -> Written<Order> {
        unless_settled!(self, act);
        let by: Author = act.entry().author();
        let Some(order) = self.orders.get_mut(&id) else {
            return Ok(Outcome::Stale);
        };
        let open = match (how, order.state(act.at())) {
            (_, OrderState::Proposed) => true,
            (Closing::Withdrawn, OrderState::Approved) => true,
            (Closing::Refused | Closing::Withdrawn, _) => false,
        };
        if !open {
            return Ok(Outcome::Stale);
        }
        order.closed = Some(Closed {
            how,
            by,
            at: act.at(),
            reason,
        });
        self.record(act);
        Ok(self.order(id).map_or(Outcome::Stale, Outcome::Done))
    }

    fn is_of(&self, order: &Order, of: OrdersOf) -> bool {
        let belongs = |account: AccountId, group| {
            let account = self.accounts.get(&account);
            account.is_some_and(|account| belongs(account, group))
        };
        match of {
            OrdersOf::All => true,
            OrdersOf::Account(account) => order.account == account,
            OrdersOf::Group(group) => belongs(order.account, group),
        }
    }
}

#[async_trait]
impl Orders for MemoryStore {
    async fn propose_order(&self, act: Act<ProposeOrder>) -> Written<Order> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let order = act.order();
        let (id, ready) = (order.id, order.approval.is_some());
        state.orders.insert(id, order);
        if ready {
            state.go_on(id, act.confirmation(), act.at())?;
        }
        state.record(&act);
        Ok(state.order(id).map_or(Outcome::Stale, Outcome::Done))
    }

    async fn approve_order(&self, act: Act<ApproveOrder>) -> Written<Order> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let id = act.action().order();
        let now = act.at();
        let waits = state
            .order(id)
            .is_some_and(|order| order.state(now) == OrderState::Proposed && order.holds);
        let Some(order) = state.orders.get_mut(&id).filter(|_| waits) else {
            return Ok(Outcome::Stale);
        };
        let (by, at) = act.approval();
        order.approval = Some(Approval { by: Some(by), at });
        state.go_on(id, act.confirmation(), now)?;
        state.record(&act);
        Ok(state.order(id).map_or(Outcome::Stale, Outcome::Done))
    }

    async fn refuse_order(&self, act: Act<RefuseOrder>) -> Written<Order> {
        let (id, reason) = (act.action().order(), act.action().reason().cloned());
        self.state().close(&act, id, Closing::Refused, reason)
    }

    async fn withdraw_order(&self, act: Act<WithdrawOrder>) -> Written<Order> {
        let id = act.action().order();
        self.state().close(&act, id, Closing::Withdrawn, None)
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.state().order(id))
    }

    async fn orders(
        &self,
        of: OrdersOf,
        open_at: Option<Timestamp>,
        before: Option<OrderId>,
        limit: u32,
    ) -> Result<Page<Order>, StoreError> {
        let state = self.state();
        let orders = state.orders.keys().rev();
        let orders = orders
            .filter(|id| before.is_none_or(|before| **id < before))
            .filter_map(|id| state.order(*id))
            .filter(|order| state.is_of(order, of))
            .filter(|order| open_at.is_none_or(|at| order.state(at).is_open()));
        let mut items: Vec<_> = orders.take(most(limit).saturating_add(1)).collect();
        let more = items.len() > most(limit);
        items.truncate(most(limit));
        let next = items
            .last()
            .filter(|_| more)
            .map(|order| order.id.to_string());
        Ok(Page { items, next })
    }
}
