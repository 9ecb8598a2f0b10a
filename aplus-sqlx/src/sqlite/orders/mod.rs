//! Support orders on SQLite: `read` and `write` over a connection, and the port over them.

mod read;
mod write;

use aplus_core::ports::{Orders, OrdersOf, Page, StoreError, Written};
use aplus_core::rules::{ApproveOrder, ProposeOrder, RefuseOrder, WithdrawOrder};
use aplus_core::{Act, Order, OrderId, Timestamp};
use async_trait::async_trait;

pub(super) use read::to_confirm;
pub use read::{order, orders};
pub use write::{approve_order, propose_order, refuse_order, withdraw_order};
pub(super) use write::{carry_out, insert, unfit};

use super::{SqliteStore, act, read};

#[async_trait]
impl Orders for SqliteStore {
    async fn propose_order(&self, act: Act<ProposeOrder>) -> Written<Order> {
        act!(self, propose_order, act)
    }

    async fn approve_order(&self, act: Act<ApproveOrder>) -> Written<Order> {
        act!(self, approve_order, act)
    }

    async fn refuse_order(&self, act: Act<RefuseOrder>) -> Written<Order> {
        act!(self, refuse_order, act)
    }

    async fn withdraw_order(&self, act: Act<WithdrawOrder>) -> Written<Order> {
        act!(self, withdraw_order, act)
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        read!(self, order, id)
    }

    async fn orders(
        &self,
        of: OrdersOf,
        open_at: Option<Timestamp>,
        before: Option<OrderId>,
        limit: u32,
    ) -> Result<Page<Order>, StoreError> {
        read!(self, orders, of, open_at, before, limit)
    }
}
