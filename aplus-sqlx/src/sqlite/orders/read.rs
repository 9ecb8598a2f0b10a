//! What is read of support orders.

use aplus_core::ports::{OrdersOf, Page};
use aplus_core::{EmailAddress, Order, OrderId, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{Result, Row, SqliteConnection};

use crate::rows;

/// An order by its id, with what only its account can tell.
///
/// # Errors
/// Of the database.
pub async fn order(connection: &mut SqliteConnection, id: OrderId) -> Result<Option<Order>> {
    let row = sqlx::query(
        "select s.id, s.account_id, s.old_email, s.new_email, s.old_roles, s.new_roles, s.profile, s.author_kind,
            s.author_id, s.requester_kind, s.requester_name, s.reference, s.reason, s.proposed_at, s.expires_at,
            s.approver_kind, s.approver_id, s.approved_at, s.closed_at, s.closed_how, s.closed_by_kind, s.closed_by_id,
            s.closing_reason, s.carried_out_at,
            coalesce(a.email = s.old_email and a.roles = s.old_roles, 0)
                and (a.ordered_at > s.proposed_at) is not true as holds
        from aplus_support_order s join aplus_account a on a.id = s.account_id where s.id = ?1",
    )
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
    connection: &mut SqliteConnection,
    of: OrdersOf,
    open_at: Option<Timestamp>,
    before: Option<OrderId>,
    limit: u32,
) -> Result<Page<Order>> {
    let statement = match (of, open_at) {
        (OrdersOf::All, None) => {
            "select s.id from aplus_support_order s where s.id < ?1 order by s.id desc limit ?2"
        }
        (OrdersOf::All, Some(_)) => {
            "select s.id from aplus_support_order s
            where +s.id < ?1 and s.carried_out_at is null and s.closed_at is null and s.expires_at > ?4
            order by s.id desc limit ?2"
        }
        (OrdersOf::Account(_), None) => {
            "select s.id from aplus_support_order s where s.account_id = ?3 and s.id < ?1 order by s.id desc limit ?2"
        }
        (OrdersOf::Account(_), Some(_)) => {
            "select s.id from aplus_support_order s
            where s.account_id = ?3 and s.id < ?1 and s.carried_out_at is null and s.closed_at is null and s.expires_at > ?4
            order by s.id desc limit ?2"
        }
        (OrdersOf::Group(_), None) => {
            "select s.id from aplus_membership m join aplus_support_order s on s.account_id = m.account_id
            where m.group_id = ?3 and s.id < ?1 order by s.id desc limit ?2"
        }
        (OrdersOf::Group(_), Some(_)) => {
            "select s.id from aplus_membership m join aplus_support_order s on s.account_id = m.account_id
            where m.group_id = ?3 and s.id < ?1 and s.carried_out_at is null and s.closed_at is null and s.expires_at > ?4
            order by s.id desc limit ?2"
        }
    };
    // After every id comes one that is longer.
    let before = before.map_or(vec![0xff; 17], |id| id.as_uuid().as_bytes().to_vec());
    let rows = sqlx::query(statement)
        .bind(before)
        .bind(i64::from(limit) + 1)
        .bind(match of {
            OrdersOf::All => None,
            OrdersOf::Account(account) => Some(*account.as_uuid()),
            OrdersOf::Group(group) => Some(*group.as_uuid()),
        })
        .bind(open_at.map(Timestamp::as_unix_micros))
        .fetch_all(&mut *connection)
        .await?;
    let mut orders = Vec::with_capacity(rows.len());
    for row in &rows {
        orders.extend(order(connection, id(row)?).await?);
    }
    Ok(rows::page(orders, limit, |order| order.id.to_string()))
}

fn id(row: &SqliteRow) -> Result<OrderId> {
    row.try_get("id").map(OrderId::from_uuid)
}

/// The order on an active account that waits for the confirmation from this address, the one approved first.
pub(in super::super) async fn to_confirm(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<Option<Order>> {
    let row = sqlx::query(
        "select s.id from aplus_support_order s join aplus_account a on a.id = s.account_id
        where s.new_email = ?1 and s.old_email != s.new_email and s.approved_at is not null and s.carried_out_at is null
            and s.closed_at is null and s.expires_at > ?2 and a.email = s.old_email and a.roles = s.old_roles
            and a.status = 'active' and (a.ordered_at > s.proposed_at) is not true
        order by s.approved_at, s.id limit 1",
    )
    .bind(email.as_str())
    .bind(now.as_unix_micros())
    .fetch_optional(&mut *connection)
    .await?;
    match row {
        None => Ok(None),
        Some(row) => order(connection, id(&row)?).await,
    }
}
