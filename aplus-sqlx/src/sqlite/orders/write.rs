//! The acts on support orders.
//!
//! As those on accounts: an outcome other than `Done` has written nothing, and after an error the transaction is to be dropped.
//! An entry is written before the order that names it.

use aplus_core::journal::Entry;
use aplus_core::order::{Closing, OrderState, Reason};
use aplus_core::ports::Outcome;
use aplus_core::rules::{ApproveOrder, Permitted, ProposeOrder, RefuseOrder, WithdrawOrder};
use aplus_core::{AccountId, Act, Order, OrderId, Role, Roles, Timestamp};
use sqlx::{Result, SqliteConnection};

use super::super::accounts;
use super::super::acts::{record, refused};
use super::super::logins::queue_asking;
use super::read::order;
use crate::rows::{author_columns, profile_text};

/// Proposes an order (A6). Where it needs nobody it is carried out with that (P62), or the link that confirms its new address
/// is asked for.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn propose_order(
    connection: &mut SqliteConnection,
    act: Act<ProposeOrder>,
) -> Result<Outcome<Order>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    record(connection, &act).await?;
    let proposed = act.order();
    insert(connection, &proposed).await?;
    match act.confirmation() {
        Some(asking) => queue_asking(connection, &asking).await?,
        None if proposed.approval.is_some() => {
            carry_out(connection, &proposed, act.entry(), act.at()).await?;
        }
        None => {}
    }
    done(connection, proposed.id).await
}

/// The line of an order as it begins, with the account (A7) or by itself.
pub(in super::super) async fn insert(
    connection: &mut SqliteConnection,
    order: &Order,
) -> Result<()> {
    let (author_kind, author_id) = author_columns(order.author);
    let approval = order.approval.map(|_| *order.id.as_uuid());
    sqlx::query(
        "insert into aplus_support_order (id, account_id, old_email, new_email, old_roles, new_roles, profile, author_kind,
            author_id, requester_kind, requester_name, reference, reason, proposed_at, expires_at, approved_at, approval_entry)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )
    .bind(order.id.as_uuid())
    .bind(order.account.as_uuid())
    .bind(order.from.email.as_ref().map(|email| email.as_str()))
    .bind(order.to.email.as_ref().map(|email| email.as_str()))
    .bind(order.from.roles.bits())
    .bind(order.to.roles.bits())
    .bind(profile_text(&order.profile)?)
    .bind(author_kind)
    .bind(author_id)
    .bind(order.requester.kind.as_str())
    .bind(order.requester.name.as_ref().map(|it| it.as_str()))
    .bind(order.reference.as_ref().map(|it| it.as_str()))
    .bind(order.reason.as_ref().map(AsRef::as_ref))
    .bind(order.proposed_at.as_unix_micros())
    .bind(order.expires_at.as_unix_micros())
    .bind(order.approval.map(|approval| approval.at.as_unix_micros()))
    .bind(approval)
    .execute(connection)
    .await?;
    Ok(())
}

/// Approves an order (A6): it is carried out with that (P62), or the link that confirms its new address is asked for.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn approve_order(
    connection: &mut SqliteConnection,
    act: Act<ApproveOrder>,
) -> Result<Outcome<Order>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let id = act.action().order();
    let proposed = match order(connection, id).await? {
        Some(order) if order.state(act.at()) == OrderState::Proposed && order.holds => order,
        _ => return Ok(Outcome::Stale),
    };
    record(connection, &act).await?;
    let (by, at) = act.approval();
    let (kind, by) = author_columns(by.into());
    sqlx::query(
        "update aplus_support_order set approver_kind = ?2, approver_id = ?3, approved_at = ?4, approval_entry = ?5
        where id = ?1",
    )
    .bind(id.as_uuid())
    .bind(kind)
    .bind(by)
    .bind(at.as_unix_micros())
    .bind(act.entry().id().as_uuid())
    .execute(&mut *connection)
    .await?;
    match act.confirmation() {
        Some(asking) => queue_asking(connection, &asking).await?,
        None => carry_out(connection, &proposed, act.entry(), act.at()).await?,
    }
    done(connection, id).await
}

/// Refuses an order (A6).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn refuse_order(
    connection: &mut SqliteConnection,
    act: Act<RefuseOrder>,
) -> Result<Outcome<Order>> {
    let (order, reason) = (act.action().order(), act.action().reason().cloned());
    close(connection, &act, order, Closing::Refused, reason).await
}

/// Takes an order back.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn withdraw_order(
    connection: &mut SqliteConnection,
    act: Act<WithdrawOrder>,
) -> Result<Outcome<Order>> {
    let order = act.action().order();
    close(connection, &act, order, Closing::Withdrawn, None).await
}

/// Ends an open order (P64): one that is approved already is only taken back.
async fn close<A: Permitted>(
    connection: &mut SqliteConnection,
    act: &Act<A>,
    id: OrderId,
    how: Closing,
    reason: Option<Reason>,
) -> Result<Outcome<Order>> {
    if let Some(refused) = refused(connection, act).await? {
        return Ok(refused);
    }
    let state = order(connection, id).await?.map(|it| it.state(act.at()));
    match (how, state) {
        (_, Some(OrderState::Proposed)) | (Closing::Withdrawn, Some(OrderState::Approved)) => {}
        (Closing::Refused | Closing::Withdrawn, _) => return Ok(Outcome::Stale),
    }
    record(connection, act).await?;
    let (kind, by) = author_columns(act.entry().author());
    sqlx::query(
        "update aplus_support_order set closed_at = ?2, closed_how = ?3, closed_by_kind = ?4, closed_by_id = ?5,
            closing_reason = ?6, closing_entry = ?7
        where id = ?1",
    )
    .bind(id.as_uuid())
    .bind(act.at().as_unix_micros())
    .bind(how.as_str())
    .bind(kind)
    .bind(by)
    .bind(reason.as_ref().map(AsRef::as_ref))
    .bind(act.entry().id().as_uuid())
    .execute(&mut *connection)
    .await?;
    done(connection, id).await
}

/// Read back: the order is what is stored.
async fn done(connection: &mut SqliteConnection, id: OrderId) -> Result<Outcome<Order>> {
    let order = order(connection, id).await?;
    Ok(order.map_or(Outcome::Stale, Outcome::Done))
}

/// Why an order is not carried out now (P60, A5).
pub(in super::super) async fn unfit(
    connection: &mut SqliteConnection,
    order: &Order,
    at: Timestamp,
) -> Result<Option<Outcome<()>>> {
    if order.state(at) != OrderState::Approved || !order.holds {
        return Ok(Some(Outcome::Stale));
    }
    let taken = match &order.to.email {
        Some(email) if order.changes_address() => accounts::holder(connection, email).await?,
        Some(_) | None => None,
    };
    Ok(taken.map(|_| Outcome::Taken))
}

/// Carries out an order that fits, all of it but its entry: the guard behind it marks the order as used.
pub(in super::super) async fn carry_out(
    connection: &mut SqliteConnection,
    order: &Order,
    entry: &Entry,
    at: Timestamp,
) -> Result<()> {
    let Some(account) = accounts::account(connection, order.account).await? else {
        return Err(sqlx::Error::RowNotFound);
    };
    let profile = order.profile.apply(account.profile().clone());
    sqlx::query(
        "update aplus_account set email = ?2, roles = ?3, first_name = ?4, last_name = ?5, job_title = ?6, phone = ?7,
            order_id = ?8, ordered_at = ?9, version = version + 1, epoch = epoch + 1
        where id = ?1",
    )
    .bind(order.account.as_uuid())
    .bind(order.to.email.as_ref().map(|email| email.as_str()))
    .bind(order.to.roles.bits())
    .bind(profile.first_name.as_ref().map(AsRef::as_ref))
    .bind(profile.last_name.as_ref().map(AsRef::as_ref))
    .bind(profile.job_title.as_ref().map(AsRef::as_ref))
    .bind(profile.phone.as_ref().map(AsRef::as_ref))
    .bind(order.id.as_uuid())
    .bind(at.as_unix_micros())
    .execute(&mut *connection)
    .await?;
    sqlx::query("update aplus_support_order set carrying_entry = ?2 where id = ?1")
        .bind(order.id.as_uuid())
        .bind(entry.id().as_uuid())
        .execute(&mut *connection)
        .await?;
    let responsable = |roles: Roles| roles.contains(Role::Responsable);
    if account.status().is_active() && responsable(order.from.roles) != responsable(order.to.roles)
    {
        move_groups(connection, order.account).await?;
    }
    Ok(())
}

/// The set of active responsables of each of its groups changes (A8).
async fn move_groups(connection: &mut SqliteConnection, account: AccountId) -> Result<()> {
    sqlx::query(
        "update aplus_group set version = version + 1
        where id in (select group_id from aplus_membership where account_id = ?1)",
    )
    .bind(account.as_uuid())
    .execute(connection)
    .await?;
    Ok(())
}
