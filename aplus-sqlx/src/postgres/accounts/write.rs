//! The acts on accounts and their memberships, one statement each.
//!
//! An outcome other than `Done` has written nothing. An error has written nothing either, unless it is a lost answer; inside
//! a host's own transaction, the transaction is to be dropped after it.

use aplus_core::account::Account;
use aplus_core::ports::Outcome;
use aplus_core::rules::{
    AddMember, CreateAccount, Deactivate, EditProfile, Reactivate, RemoveMember, Withdraw,
};
use aplus_core::{Act, DeactivatedBy};
use sqlx::{PgConnection, Result, Row};

use super::super::acts::{act_statement, bound, micros, outcome, unless_by_itself};
use super::super::columns::account_columns;
use super::read::read_account;
use crate::rows::{author_columns, requester_name, text};

/// Creates an account in its first group, and with it the order that is proposed for it, if there is one (A1, A2, A7).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn create_account(
    connection: &mut PgConnection,
    act: Act<CreateAccount>,
) -> Result<Outcome<Account>> {
    let (draft, provenance) = (act.action().draft(), act.action().provenance());
    let (author_kind, author_id) = author_columns(provenance.author);
    let request = provenance.request.as_ref();
    let (profile, order) = (&draft.profile, act.order());
    let row = bound(
        act_statement!(
            "share",
            "made as (
                insert into aplus.account (id, email, roles, first_name, last_name, job_title, phone, shared, status,
                    version, epoch, author_kind, author_id, requester_kind, requester_name, reference, created_at)
                select $31, $32, $33, $34, $35, $36, $37, $38, 'active', 0, 0, $39, $40, $41, $42, $43, $44
                where exists (select from fresh) and exists (select from aplus.group where id = $45)
                    and not exists (select from aplus.operator where email = $32)
                on conflict (email) do nothing
                returning id
            ),
            ordered as (
                insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, author_kind,
                    author_id, requester_kind, requester_name, reference, proposed_at, expires_at)
                select $8, id, $32, $32, $33, $46, $39, $40, $41, $42, $43, $44, $47 from made where $46::smallint is not null
            ),
            done as (
                insert into aplus.membership (account_id, group_id) select id, $45 from made returning account_id as id
            )",
            ", (select name from aplus.group where id = $45) as name"
        ),
        &act,
    )
    .bind(*act.account().as_uuid())
    .bind(draft.email.as_str().to_owned())
    .bind(i16::from(draft.roles.bits()))
    .bind(profile.first_name.as_ref().map(ToString::to_string))
    .bind(profile.last_name.as_ref().map(ToString::to_string))
    .bind(profile.job_title.as_ref().map(ToString::to_string))
    .bind(profile.phone.as_ref().map(ToString::to_string))
    .bind(draft.shared)
    .bind(author_kind)
    .bind(author_id)
    .bind(request.map(|it| it.requester.kind.as_str()))
    .bind(request.and_then(requester_name).map(str::to_owned))
    .bind(request.map(|it| it.reference.as_str().to_owned()))
    .bind(micros(act.at()))
    .bind(*act.action().group().as_uuid())
    // Of a new account an order asks nothing but roles.
    .bind(order.as_ref().map(|order| i16::from(order.to.roles.bits())))
    .bind(order.as_ref().map(|order| micros(order.expires_at)))
    .fetch_one(&mut *connection)
    .await?;
    let not_done = match row.try_get::<Option<&str>, _>("name")? {
        Some(_) => Outcome::Taken,
        None => Outcome::Stale,
    };
    let outcome = outcome(&row, |row| Ok(act.begun(text(row, "name")?)), not_done)?;
    unless_by_itself(connection, act.entry(), outcome).await
}

/// Adds an account to a group (A2).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn add_member(connection: &mut PgConnection, act: Act<AddMember>) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!(
            "no key update",
            "joins as (
                insert into aplus.membership (account_id, group_id)
                select a.id, g.id from aplus.account a join aplus.group g on g.id = $32
                where a.id = $31 and a.status = 'active' and exists (select from fresh)
                on conflict do nothing
                returning account_id
            ),
            done as (
                update aplus.account set version = version + 1 where id in (select account_id from joins) returning id
            )",
            ""
        ),
        &act,
    )
    .bind(*act.action().account().as_uuid())
    .bind(*act.action().group().as_uuid())
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Takes an account out of a group, never out of its last (A2).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn remove_member(
    connection: &mut PgConnection,
    act: Act<RemoveMember>,
) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!(
            "no key update",
            "leaves as (
                delete from aplus.membership
                where account_id = $31 and group_id = $32 and exists (select from fresh)
                    and exists (select from aplus.membership where account_id = $31 and group_id <> $32)
                returning account_id
            ),
            done as (
                update aplus.account set version = version + 1 where id in (select account_id from leaves) returning id
            )",
            ""
        ),
        &act,
    )
    .bind(*act.action().account().as_uuid())
    .bind(*act.action().group().as_uuid())
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Deactivates an account; its sessions and links end by number (A8, L10).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn deactivate(
    connection: &mut PgConnection,
    act: Act<Deactivate>,
) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!(
            "no key update",
            "done as (
                update aplus.account
                set status = 'deactivated', deactivated_by = $32, version = version + 1, epoch = epoch + 1
                where id = $31 and status = 'active' and exists (select from fresh)
                returning id
            )",
            ""
        ),
        &act,
    )
    .bind(*act.action().account().as_uuid())
    .bind(match act.action().by() {
        DeactivatedBy::Responsable => "responsable",
        DeactivatedBy::Support => "support",
    })
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Brings an account back (A8).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn reactivate(
    connection: &mut PgConnection,
    act: Act<Reactivate>,
) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!(
            "no key update",
            "done as (
                update aplus.account set status = 'active', deactivated_by = null, version = version + 1
                where id = $31 and status = 'deactivated' and exists (select from fresh)
                returning id
            )",
            ""
        ),
        &act,
    )
    .bind(*act.action().account().as_uuid())
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Withdraws an account that nobody ever used, through the owner's door: its address is free, its line stays (A11, P14). What
/// still waits to be sent to it is given up.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn withdraw(connection: &mut PgConnection, act: Act<Withdraw>) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!(
            "no key update",
            "ended as materialized (select aplus.withdraw_account($31) as id from fresh),
            unsent as (
                update aplus.outbox set to_address = null, given_up_at = $9, reason = 'withdrawn'
                where to_address = (select email from aplus.account where id = $31)
                    and exists (select from ended where id is not null)
            ),
            done as (select id from ended where id is not null)",
            ""
        ),
        &act,
    )
    .bind(*act.action().account().as_uuid())
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Changes the details of an account (A4): what is not named stays as it is now.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn edit_profile(
    connection: &mut PgConnection,
    act: Act<EditProfile>,
) -> Result<Outcome<Account>> {
    let change = act.action().change();
    let row = bound(
        act_statement!(
            "no key update",
            concat!(
                "done as (
                update aplus.account
                set first_name = case when $32 then $33 else first_name end,
                    last_name = case when $34 then $35 else last_name end,
                    job_title = case when $36 then $37 else job_title end,
                    phone = case when $38 then $39 else phone end
                where id = $31 and exists (select from fresh)
                returning ",
                account_columns!("account"),
                "
            )"
            ),
            concat!(
                ", ",
                account_columns!("done"),
                ",
            array(select group_id from aplus.membership where account_id = $31 order by group_id) as group_ids,
            array(
                select (select name from aplus.group where id = m.group_id) from aplus.membership m
                where m.account_id = $31 order by m.group_id
            ) as group_names"
            )
        ),
        &act,
    )
    .bind(*act.action().account().as_uuid())
    .bind(change.first_name.is_some())
    .bind(change.first_name.clone().flatten().map(|it| it.to_string()))
    .bind(change.last_name.is_some())
    .bind(change.last_name.clone().flatten().map(|it| it.to_string()))
    .bind(change.job_title.is_some())
    .bind(change.job_title.clone().flatten().map(|it| it.to_string()))
    .bind(change.phone.is_some())
    .bind(change.phone.clone().flatten().map(|it| it.to_string()))
    .fetch_one(connection)
    .await?;
    outcome(&row, read_account, Outcome::Stale)
}
