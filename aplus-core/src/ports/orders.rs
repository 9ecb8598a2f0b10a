//! Support orders.

use async_trait::async_trait;

use super::{Page, StoreError, Written};
use crate::act::Act;
use crate::order::Order;
use crate::rules::{ApproveOrder, ProposeOrder, RefuseOrder, WithdrawOrder};
use crate::{AccountId, GroupId, OrderId, Timestamp};

/// Which orders are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrdersOf {
    /// All.
    All,
    /// Those on one account.
    Account(AccountId),
    /// Those on the accounts that belong to a group now.
    Group(GroupId),
}

/// Reads and writes support orders (A6). Carrying one out sets the account's address and roles to what the order says,
/// corrects the details that it names, adds one to the account's epoch and version and, where an active account gains or loses
/// Responsable, to the version of each of its groups. A confirmation that is the account's first log-in adds one to its version
/// for each of the two.
///
/// - **P60** An order MUST be carried out at most once, whatever runs at once, and only while it is approved, open, within its
///   time, and the account is exactly what the order was proposed on: otherwise [`Outcome::Stale`](super::Outcome::Stale). It is
///   no longer once another order on it was carried out later, also where a further one made it again what it was.
/// - **P61** An order that changes an address MUST be carried out by [`redeem`](super::Logins::redeem) alone, with a link for that
///   order, in one transaction with the session that it opens, under the account's new epoch;
///   [`Outcome::Taken`](super::Outcome::Taken), with nothing written, if the new address is somebody's by then (A5).
/// - **P62** Any other order MUST be carried out in the transaction that approves it or, where it needs nobody, proposes it.
/// - **P63** The link that confirms a new address MUST count only while its order is approved and open, and the account is what
///   the order was proposed on.
/// - **P64** An order MUST be approved, refused or withdrawn at most once, and only as long as it is what the decision saw.
#[async_trait]
pub trait Orders: Send + Sync {
    /// Proposes an order; the old values are the account's at that moment.
    async fn propose_order(&self, act: Act<ProposeOrder>) -> Written<Order>;

    /// Approves an order.
    async fn approve_order(&self, act: Act<ApproveOrder>) -> Written<Order>;

    /// Refuses an order.
    async fn refuse_order(&self, act: Act<RefuseOrder>) -> Written<Order>;

    /// Takes an order back.
    async fn withdraw_order(&self, act: Act<WithdrawOrder>) -> Written<Order>;

    /// An order by its id.
    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// Orders, the newest first, before a cursor; at most `limit`. With `open_at` only those that were still open then.
    async fn orders(
        &self,
        of: OrdersOf,
        open_at: Option<Timestamp>,
        before: Option<OrderId>,
        limit: u32,
    ) -> Result<Page<Order>, StoreError>;
}
