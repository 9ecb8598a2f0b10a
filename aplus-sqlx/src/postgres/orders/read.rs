//! What is read of support orders: one statement each.

use aplus_core::ports::{OrdersOf, Page};
use aplus_core::{Order, OrderId, Timestamp};
use sqlx::{PgConnection, Result};

use super::super::acts::micros;
use crate::rows;

/// Orders `s` of `$from` as they are read, with what only their account can tell.
macro_rules! orders {
    ($from:expr, $and:expr) => {
        concat!("select ", order_columns!(), holds!(), "from ", $from, $and)
    };
}

/// The newest first, before `$1`, at most `$2`.
macro_rules! listed {
    ($from:expr, $and:literal) => {
        orders!(
            $from,
            concat!(
                " where s.id <= coalesce($1, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid) and s.id is distinct from $1",
                $and,
                " order by s.id desc limit $2"
            )
        )
    };
}

/// Orders that are found first and put in order then: there are few of them, whatever the planner thinks of their ids.
macro_rules! found {
    ($where:literal) => {
        concat!(
            "(select ",
            order_columns!(),
            " from aplus.support_order s where ",
            $where,
            " offset 0) as s"
        )
    };
}

/// The orders on the accounts of the group `$3`.
macro_rules! of_group {
    () => {
        concat!(
            "(select account_id from aplus.membership where group_id = $3 offset 0) as m cross join lateral ",
            found!("s.account_id = m.account_id")
        )
    };
}

/// An order by its id.
///
/// # Errors
/// Of the database.
pub async fn order(connection: &mut PgConnection, id: OrderId) -> Result<Option<Order>> {
    let row = sqlx::query(orders!("aplus.support_order s", " where s.id = $1"))
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::order).transpose()
}

/// Orders, the newest first, before a cursor; at most `limit`. With `open_at` only those that were still open then.
///
/// # Errors
/// Of the database.
pub async fn orders(
    connection: &mut PgConnection,
    of: OrdersOf,
    open_at: Option<Timestamp>,
    before: Option<OrderId>,
    limit: u32,
) -> Result<Page<Order>> {
    let statement = match (of, open_at) {
        (OrdersOf::All, None) => listed!("aplus.support_order s", ""),
        (OrdersOf::All, Some(_)) => listed!(
            found!("s.expires_at > $3 and s.carried_out_at is null and s.closed_at is null"),
            ""
        ),
        (OrdersOf::Account(_), None) => listed!(found!("s.account_id = $3"), ""),
        (OrdersOf::Account(_), Some(_)) => listed!(
            found!("s.account_id = $3"),
            " and s.expires_at > $4 and s.carried_out_at is null and s.closed_at is null"
        ),
        (OrdersOf::Group(_), None) => listed!(of_group!(), ""),
        (OrdersOf::Group(_), Some(_)) => listed!(
            of_group!(),
            " and s.expires_at > $4 and s.carried_out_at is null and s.closed_at is null"
        ),
    };
    let mut query = sqlx::query(statement)
        .bind(before.map(|id| *id.as_uuid()))
        .bind(i64::from(limit) + 1);
    match of {
        OrdersOf::All => {}
        OrdersOf::Account(account) => query = query.bind(*account.as_uuid()),
        OrdersOf::Group(group) => query = query.bind(*group.as_uuid()),
    }
    if let Some(at) = open_at {
        query = query.bind(micros(at));
    }
    let rows = query.fetch_all(connection).await?;
    let orders = rows.iter().map(rows::order).collect::<Result<_>>()?;
    Ok(rows::page(orders, limit, |order: &Order| {
        order.id.to_string()
    }))
}
