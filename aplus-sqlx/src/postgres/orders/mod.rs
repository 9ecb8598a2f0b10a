//! Support orders on PostgreSQL: `read` and `write` over a connection, and the port over them.

/// The columns of the table `support_order`, by the name `s`, that a reader needs.
macro_rules! order_columns {
    () => {
        "s.id, s.account_id, s.old_email, s.new_email, s.old_roles, s.new_roles, s.profile, s.author_kind, s.author_id,
            s.requester_kind, s.requester_name, s.reference, s.reason, s.proposed_at, s.expires_at, s.approver_kind,
            s.approver_id, s.approved_at, s.closed_at, s.closed_how, s.closed_by_kind, s.closed_by_id, s.closing_reason,
            s.carried_out_at"
    };
}

/// Whether the account of the order `s` is now what the order was proposed on, and no order changed it since.
macro_rules! holds {
    () => {
        ", coalesce(
            (select (a.email, a.roles) = (s.old_email, s.old_roles) and (a.ordered_at > s.proposed_at) is not true
            from aplus.account a where a.id = s.account_id), false
        ) as holds "
    };
}

mod read;
mod write;

use aplus_core::ports::{Orders, OrdersOf, Page, StoreError, Written};
use aplus_core::rules::{ApproveOrder, ProposeOrder, RefuseOrder, WithdrawOrder};
use aplus_core::{Act, Order, OrderId, Timestamp};
use async_trait::async_trait;

pub use read::{order, orders};
pub(super) use write::carry_out;
pub use write::{approve_order, propose_order, refuse_order, withdraw_order};

use super::{PostgresStore, act, read};

#[async_trait]
impl Orders for PostgresStore {
    async fn propose_order(&self, act: Act<ProposeOrder>) -> Written<Order> {
        act!(self.pool, propose_order, act)
    }

    async fn approve_order(&self, act: Act<ApproveOrder>) -> Written<Order> {
        act!(self.pool, approve_order, act)
    }

    async fn refuse_order(&self, act: Act<RefuseOrder>) -> Written<Order> {
        act!(self.pool, refuse_order, act)
    }

    async fn withdraw_order(&self, act: Act<WithdrawOrder>) -> Written<Order> {
        act!(self.pool, withdraw_order, act)
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        read!(self.pool, order, id)
    }

    async fn orders(
        &self,
        of: OrdersOf,
        open_at: Option<Timestamp>,
        before: Option<OrderId>,
        limit: u32,
    ) -> Result<Page<Order>, StoreError> {
        read!(self.pool, orders, of, open_at, before, limit)
    }
}
