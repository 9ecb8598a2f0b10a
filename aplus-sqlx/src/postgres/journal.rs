//! The journal on PostgreSQL.

mod search;

use aplus_core::journal::{Entry, EntryFilter, EntryPosition, StoredEntry};
use aplus_core::ports::{
    Journal, Outcome, Page, RefusalNote, Repeated, StoreError, StoredRefusals, Written,
};
use aplus_core::rules::Look;
use aplus_core::{AccountId, Act, EntryId, RequestId, Timestamp};
use async_trait::async_trait;
use sqlx::{Connection, PgConnection, Result};

use super::acts::{act_statement, bind_entry, bound, micros, outcome};
use super::columns::entry_columns;
use super::{PostgresStore, act, read, write};
use crate::rows;

pub use search::{entries_of, search};

/// Writes that support looked at something (T1).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn look(connection: &mut PgConnection, act: Act<Look>) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!("share", "done as (select $8 as id from fresh)", ""),
        &act,
    )
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Writes an entry from `$from` where `$if` has a line: its columns stand in `$1` to `$13`.
macro_rules! entry_statement {
    ($before:literal, $if:literal, $after:literal) => {
        concat!(
            "with ",
            $before,
            " noted as (
                insert into aplus.journal_entry
                    (id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment)
                select $1::uuid, $2::bigint, $3::text, $4::text, $5::uuid, $6::uuid, $7::uuid, $8::text, $9::uuid, $10::bytea,
                    $11::bytea ",
            $if,
            " returning id
            ),
            kept as (
                insert into aplus.journal_erasable (entry_id, text, salt) select id, $12::text, $13::bytea from noted
            )",
            $after
        )
    };
}

/// Writes a refusal, or counts it beside an equal one that was written after `since`. Equal refusals wait for each other, so
/// that of two at once one is the first.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn refuse(
    connection: &mut PgConnection,
    note: &RefusalNote,
    since: Timestamp,
) -> Result<()> {
    let mut transaction = connection.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(1634759799, hashtext($1))")
        .bind(note.key.clone())
        .execute(&mut *transaction)
        .await?;
    let query = sqlx::query(entry_statement!(
        "counted as (
            update aplus.refusal_count set times = times + 1 where entry_id = (
                select entry_id from aplus.refusal_count where key = $14 and at > $15 order by at, entry_id limit 1
            ) returning entry_id
        ),",
        "where not exists (select from counted)",
        " insert into aplus.refusal_count (entry_id, key, at) select id, $14, $2 from noted"
    ));
    bind_entry(query, &note.entry)
        .bind(note.key.clone())
        .bind(micros(since))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

/// First refusals that were written at or before `until`, with how many equal ones were counted beside them.
///
/// # Errors
/// Of the database.
pub async fn counted_refusals(
    connection: &mut PgConnection,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<StoredRefusals>> {
    let rows = sqlx::query(concat!(
        "select ",
        entry_columns!("e"),
        ", (select text from aplus.journal_erasable where entry_id = e.id) as text, c.times from (
            select entry_id, at, times from aplus.refusal_count where at <= $1 order by at, entry_id limit $2
        ) as c
        cross join lateral (
            select ",
        entry_columns!("e"),
        " from aplus.journal_entry e where e.id = c.entry_id offset 0
        ) as e
        order by c.at, c.entry_id"
    ))
    .bind(micros(until))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(StoredRefusals {
                first: rows::entry(row)?,
                times: rows::number(row, "times")?,
            })
        })
        .collect()
}

/// Writes the entry of counted refusals in their place; `Stale` if their number has changed.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn settle_refusals(
    connection: &mut PgConnection,
    first: EntryId,
    times: u32,
    entry: Option<&Entry>,
) -> Result<Outcome<()>> {
    let times = i32::try_from(times).unwrap_or(i32::MAX);
    let gone = match entry {
        None => sqlx::query("delete from aplus.refusal_count where entry_id = $1 and times = $2"),
        Some(entry) => bind_entry(
            sqlx::query(entry_statement!(
                "gone as (
                    delete from aplus.refusal_count where entry_id = $14 and times = $15 returning entry_id
                ),",
                "from gone",
                " select entry_id from gone"
            )),
            entry,
        ),
    };
    let gone = gone
        .bind(*first.as_uuid())
        .bind(times)
        .execute(connection)
        .await?;
    Ok(match gone.rows_affected() {
        0 => Outcome::Stale,
        _ => Outcome::Done(()),
    })
}

/// Entries in the order of their ids, after one; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn entries(
    connection: &mut PgConnection,
    after: Option<EntryId>,
    limit: u32,
) -> Result<Vec<StoredEntry>> {
    let rows = sqlx::query(concat!(
        "select ",
        entry_columns!("e"),
        ", (select text from aplus.journal_erasable where entry_id = e.id) as text from aplus.journal_entry e
        where id >= coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid) and id is distinct from $1
        order by id limit $2"
    ))
    .bind(after.map(|id| *id.as_uuid()))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    rows.iter().map(rows::entry).collect()
}

/// A request that was carried out before (P3).
///
/// # Errors
/// Of the database.
pub async fn request(connection: &mut PgConnection, id: RequestId) -> Result<Option<Repeated>> {
    let row = sqlx::query(
        "select id, body_hash, account_id, group_id from aplus.journal_entry where request_id = $1",
    )
    .bind(id.as_uuid())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(rows::repeated).transpose()
}

#[async_trait]
impl Journal for PostgresStore {
    async fn look(&self, act: Act<Look>) -> Written<()> {
        act!(self.pool, look, act)
    }

    async fn refuse(
        &self,
        note: RefusalNote,
        since: Timestamp,
    ) -> std::result::Result<(), StoreError> {
        write!(self.pool, refuse, &note, since)
    }

    async fn counted_refusals(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> std::result::Result<Vec<StoredRefusals>, StoreError> {
        read!(self.pool, counted_refusals, until, limit)
    }

    async fn settle_refusals(
        &self,
        first: EntryId,
        times: u32,
        entry: Option<Entry>,
    ) -> Written<()> {
        act!(self.pool, settle_refusals, first, times, entry.as_ref())
    }

    async fn entries(
        &self,
        after: Option<EntryId>,
        limit: u32,
    ) -> std::result::Result<Vec<StoredEntry>, StoreError> {
        read!(self.pool, entries, after, limit)
    }

    async fn search(
        &self,
        filter: &EntryFilter,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> std::result::Result<Page<StoredEntry>, StoreError> {
        read!(self.pool, search, filter, before, limit)
    }

    async fn entries_of(
        &self,
        account: AccountId,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> std::result::Result<Page<StoredEntry>, StoreError> {
        read!(self.pool, entries_of, account, before, limit)
    }
}
