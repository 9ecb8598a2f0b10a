//! What goes once it is due, on PostgreSQL: through the owner's doors alone, which look at the database's own clock (P72).

use aplus_core::ports::{Erasure, Outcome, StoreError, Written};
use aplus_core::rules::{EmptyAccount, EraseJournal};
use aplus_core::{AccountId, Act, Timestamp};
use async_trait::async_trait;
use sqlx::{PgConnection, Result};

use super::acts::{act_statement, bound, micros, outcome};
use super::{PostgresStore, act, read};

/// Of how many entries that were written before `before` the erasable part is still there, counted up to `most`.
///
/// # Errors
/// Of the database.
pub async fn erasable(connection: &mut PgConnection, before: Timestamp, most: u32) -> Result<u32> {
    let due: i64 = sqlx::query_scalar(
        "select count(*) from (select from aplus.journal_erasable where at < $1 order by at limit $2) as due",
    )
    .bind(micros(before))
    .bind(i64::from(most))
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(due).unwrap_or(u32::MAX))
}

/// Erases the erasable parts of as many entries as the act says, the oldest first (T3); `Stale` if fewer are there.
///
/// # Errors
/// Of the database; also where something younger than six months was to go.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn erase_journal(
    connection: &mut PgConnection,
    act: Act<EraseJournal>,
) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!(
            "share",
            "erased as materialized (select aplus.erase_journal($31, $32) as entries from fresh),
            done as (select $8 as id from erased where entries = $32)",
            ""
        ),
        &act,
    )
    .bind(micros(act.action().before()))
    .bind(i32::try_from(act.action().entries()).unwrap_or(i32::MAX))
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Accounts that were not emptied and whose last use was before `before`, the longest unused first; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn disused(
    connection: &mut PgConnection,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<AccountId>> {
    let ids = sqlx::query_scalar(
        "select id from aplus.account
        where emptied_at is null and coalesce(last_login_at, created_at) < $1
        order by coalesce(last_login_at, created_at), id limit $2",
    )
    .bind(micros(before))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}

/// Empties an account (T4, P71); `Stale` if it was used meanwhile or is empty already.
///
/// # Errors
/// Of the database; also where its last use was within six months.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn empty_account(
    connection: &mut PgConnection,
    act: Act<EmptyAccount>,
) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!(
            "no key update",
            "emptied as materialized (select aplus.empty_account($31, $32, $9) as id from fresh),
            done as (select id from emptied where id is not null)",
            ""
        ),
        &act,
    )
    .bind(*act.action().account().as_uuid())
    .bind(micros(act.action().before()))
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

#[async_trait]
impl Erasure for PostgresStore {
    async fn erasable(&self, before: Timestamp, most: u32) -> std::result::Result<u32, StoreError> {
        read!(self.pool, erasable, before, most)
    }

    async fn erase_journal(&self, act: Act<EraseJournal>) -> Written<()> {
        act!(self.pool, erase_journal, act)
    }

    async fn disused(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> std::result::Result<Vec<AccountId>, StoreError> {
        read!(self.pool, disused, before, limit)
    }

    async fn empty_account(&self, act: Act<EmptyAccount>) -> Written<()> {
        act!(self.pool, empty_account, act)
    }
}
