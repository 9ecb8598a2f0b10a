//! What goes once it is due, on SQLite. Triggers look at the machine's clock as well (P72).

use aplus_core::ports::{Erasure, Outcome, StoreError, Written};
use aplus_core::rules::{EmptyAccount, EraseJournal};
use aplus_core::{AccountId, Act, Timestamp};
use async_trait::async_trait;
use sqlx::{Result, SqliteConnection};

use super::acts::{record, refused};
use super::{SqliteStore, act, read};

/// Of how many entries that were written before `before` the erasable part is still there, counted up to `most`.
///
/// # Errors
/// Of the database.
pub async fn erasable(
    connection: &mut SqliteConnection,
    before: Timestamp,
    most: u32,
) -> Result<u32> {
    let due: i64 = sqlx::query_scalar(
        "select count(*) from (select 1 from aplus_journal_erasable where at < ?1 order by at limit ?2)",
    )
    .bind(before.as_unix_micros())
    .bind(most)
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(due).unwrap_or(u32::MAX))
}

/// Erases the erasable parts of as many entries as the act says, the oldest first (T3); `Stale` if fewer are there.
///
/// # Errors
/// Of the database, also where something younger than six months was to go; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn erase_journal(
    connection: &mut SqliteConnection,
    act: Act<EraseJournal>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (before, entries) = (act.action().before(), act.action().entries());
    // The write lock is held: as many are there as go.
    if erasable(connection, before, entries).await? < entries {
        return Ok(Outcome::Stale);
    }
    sqlx::query(
        "delete from aplus_journal_erasable where entry_id in (
            select entry_id from aplus_journal_erasable where at < ?1 order by at, entry_id limit ?2
        )",
    )
    .bind(before.as_unix_micros())
    .bind(entries)
    .execute(&mut *connection)
    .await?;
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

/// Accounts that were not emptied and whose last use was before `before`, the longest unused first; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn disused(
    connection: &mut SqliteConnection,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<AccountId>> {
    let ids = sqlx::query_scalar(
        "select id from aplus_account
        where emptied_at is null and coalesce(last_login_at, created_at) < ?1
        order by coalesce(last_login_at, created_at), id limit ?2",
    )
    .bind(before.as_unix_micros())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}

/// Empties an account (T4, P71); `Stale` if it was used meanwhile or is empty already. Whatever else holds the address, or
/// a text about the person, is cleared here and nowhere else.
///
/// # Errors
/// Of the database, also where its last use was within six months; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn empty_account(
    connection: &mut SqliteConnection,
    act: Act<EmptyAccount>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (id, at) = (act.action().account(), act.at().as_unix_micros());
    let found: Option<Option<String>> = sqlx::query_scalar(
        "select email from aplus_account
        where id = ?1 and emptied_at is null and coalesce(last_login_at, created_at) < ?2",
    )
    .bind(id.as_uuid())
    .bind(act.action().before().as_unix_micros())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(address) = found else {
        return Ok(Outcome::Stale);
    };
    sqlx::query(
        "update aplus_account
        set status = 'withdrawn', deactivated_by = null, email = null, first_name = null, last_name = null,
            job_title = null, phone = null, requester_kind = null, requester_name = null, reference = null,
            emptied_at = ?2, version = version + 1, epoch = epoch + 1
        where id = ?1",
    )
    .bind(id.as_uuid())
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query("delete from aplus_link where account_id = ?1")
        .bind(id.as_uuid())
        .execute(&mut *connection)
        .await?;
    // One that still waits is answered first: that the address is unknown.
    sqlx::query("delete from aplus_login_request where email = ?1 and answered_at is not null")
        .bind(&address)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "update aplus_outbox set to_address = null, given_up_at = ?2, reason = 'emptied' where to_address = ?1",
    )
    .bind(&address)
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "update aplus_support_order set old_email = null, new_email = null, profile = null, requester_name = null,
            reference = null, reason = null, closing_reason = null
        where account_id = ?1",
    )
    .bind(id.as_uuid())
    .execute(&mut *connection)
    .await?;
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

#[async_trait]
impl Erasure for SqliteStore {
    async fn erasable(&self, before: Timestamp, most: u32) -> std::result::Result<u32, StoreError> {
        read!(self, erasable, before, most)
    }

    async fn erase_journal(&self, act: Act<EraseJournal>) -> Written<()> {
        act!(self, erase_journal, act)
    }

    async fn disused(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> std::result::Result<Vec<AccountId>, StoreError> {
        read!(self, disused, before, limit)
    }

    async fn empty_account(&self, act: Act<EmptyAccount>) -> Written<()> {
        act!(self, empty_account, act)
    }
}
