//! The acts on accounts and their memberships.
//!
//! Each takes a connection that holds the write lock ([`SqliteStore::begin`](super::SqliteStore::begin)). An outcome other
//! than `Done` has written nothing; after an error the transaction is to be dropped.

use aplus_core::account::Account;
use aplus_core::ports::Outcome;
use aplus_core::rules::{
    AddMember, CreateAccount, Deactivate, EditProfile, Reactivate, RemoveMember, Withdraw,
};
use aplus_core::{AccountId, Act, DeactivatedBy, Profile};
use sqlx::{Result, SqliteConnection};

use super::super::acts::{record, refused};
use super::super::orders;
use super::read;
use crate::rows::{author_columns, requester_name};

/// Creates an account in its first group, and with it the order that is proposed for it, if there is one (A1, A2, A7).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn create_account(
    connection: &mut SqliteConnection,
    act: Act<CreateAccount>,
) -> Result<Outcome<Account>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (draft, provenance) = (act.action().draft(), act.action().provenance());
    let Some(group) = read::group(connection, act.action().group()).await? else {
        return Ok(Outcome::Stale);
    };
    if read::holder(connection, &draft.email).await?.is_some() {
        return Ok(Outcome::Taken);
    }
    let (author_kind, author_id) = author_columns(provenance.author);
    let request = provenance.request.as_ref();
    let profile = &draft.profile;
    sqlx::query(
        "insert into aplus_account (id, email, roles, first_name, last_name, job_title, phone, shared, status,
            version, epoch, author_kind, author_id, requester_kind, requester_name, reference, created_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'active', 0, 0, ?9, ?10, ?11, ?12, ?13, ?14)",
    )
    .bind(act.account().as_uuid())
    .bind(draft.email.as_str())
    .bind(draft.roles.bits())
    .bind(profile.first_name.as_ref().map(AsRef::as_ref))
    .bind(profile.last_name.as_ref().map(AsRef::as_ref))
    .bind(profile.job_title.as_ref().map(AsRef::as_ref))
    .bind(profile.phone.as_ref().map(AsRef::as_ref))
    .bind(draft.shared)
    .bind(author_kind)
    .bind(author_id)
    .bind(request.map(|it| it.requester.kind.as_str()))
    .bind(request.and_then(requester_name))
    .bind(request.map(|it| it.reference.as_str()))
    .bind(act.at().as_unix_micros())
    .execute(&mut *connection)
    .await?;
    sqlx::query("insert into aplus_membership (account_id, group_id) values (?1, ?2)")
        .bind(act.account().as_uuid())
        .bind(group.id.as_uuid())
        .execute(&mut *connection)
        .await?;
    record(connection, &act).await?;
    if let Some(order) = act.order() {
        orders::insert(connection, &order).await?;
    }
    Ok(Outcome::Done(act.begun(group.name)))
}

/// Adds an account to a group (A2).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn add_member(
    connection: &mut SqliteConnection,
    act: Act<AddMember>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (account, group) = (act.action().account(), act.action().group());
    let joins = sqlx::query(
        "insert into aplus_membership (account_id, group_id)
        select a.id, g.id from aplus_account a join aplus_group g on g.id = ?2
        where a.id = ?1 and a.status = 'active'
            and not exists (select 1 from aplus_membership where account_id = ?1 and group_id = ?2)",
    )
    .bind(account.as_uuid())
    .bind(group.as_uuid())
    .execute(&mut *connection)
    .await?;
    if joins.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    move_version(connection, account).await?;
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

/// Takes an account out of a group, never out of its last (A2).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn remove_member(
    connection: &mut SqliteConnection,
    act: Act<RemoveMember>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (account, group) = (act.action().account(), act.action().group());
    let leaves = sqlx::query(
        "delete from aplus_membership where account_id = ?1 and group_id = ?2
            and exists (select 1 from aplus_membership where account_id = ?1 and group_id != ?2)",
    )
    .bind(account.as_uuid())
    .bind(group.as_uuid())
    .execute(&mut *connection)
    .await?;
    if leaves.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    move_version(connection, account).await?;
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

async fn move_version(connection: &mut SqliteConnection, account: AccountId) -> Result<()> {
    sqlx::query("update aplus_account set version = version + 1 where id = ?1")
        .bind(account.as_uuid())
        .execute(connection)
        .await?;
    Ok(())
}

/// Deactivates an account; its sessions and links end by number (A8, L10).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn deactivate(
    connection: &mut SqliteConnection,
    act: Act<Deactivate>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let done = sqlx::query(
        "update aplus_account
        set status = 'deactivated', deactivated_by = ?2, version = version + 1, epoch = epoch + 1
        where id = ?1 and status = 'active'",
    )
    .bind(act.action().account().as_uuid())
    .bind(match act.action().by() {
        DeactivatedBy::Responsable => "responsable",
        DeactivatedBy::Support => "support",
    })
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

/// Brings an account back (A8).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn reactivate(
    connection: &mut SqliteConnection,
    act: Act<Reactivate>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let done = sqlx::query(
        "update aplus_account set status = 'active', deactivated_by = null, version = version + 1
        where id = ?1 and status = 'deactivated'",
    )
    .bind(act.action().account().as_uuid())
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

/// Withdraws an account that nobody ever used: its address is free, its line stays (A11, P14). What still waits to be sent to it
/// is given up.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn withdraw(
    connection: &mut SqliteConnection,
    act: Act<Withdraw>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    sqlx::query(
        "update aplus_outbox set to_address = null, given_up_at = ?2, reason = 'withdrawn'
        where to_address = (
            select email from aplus_account where id = ?1 and status != 'withdrawn' and last_login_at is null
        )",
    )
    .bind(act.action().account().as_uuid())
    .bind(act.at().as_unix_micros())
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query(
        "update aplus_account set status = 'withdrawn', deactivated_by = null, email = null, version = version + 1
        where id = ?1 and status != 'withdrawn' and last_login_at is null",
    )
    .bind(act.action().account().as_uuid())
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

/// Changes the details of an account (A4): what is not named stays as it is now.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn edit_profile(
    connection: &mut SqliteConnection,
    act: Act<EditProfile>,
) -> Result<Outcome<Account>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let id = act.action().account();
    let Some(before) = read::account(connection, id).await? else {
        return Ok(Outcome::Stale);
    };
    let profile: Profile = act.action().change().apply(before.profile().clone());
    sqlx::query("update aplus_account set first_name = ?2, last_name = ?3, job_title = ?4, phone = ?5 where id = ?1")
        .bind(id.as_uuid())
        .bind(profile.first_name.as_ref().map(AsRef::as_ref))
        .bind(profile.last_name.as_ref().map(AsRef::as_ref))
        .bind(profile.job_title.as_ref().map(AsRef::as_ref))
        .bind(profile.phone.as_ref().map(AsRef::as_ref))
        .execute(&mut *connection)
        .await?;
    record(connection, &act).await?;
    // Read back: the account is what is stored.
    Ok(read::account(connection, id)
        .await?
        .map_or(Outcome::Stale, Outcome::Done))
}
