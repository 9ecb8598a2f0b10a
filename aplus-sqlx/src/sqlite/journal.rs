//! The journal on SQLite.

mod search;

use aplus_core::journal::{Entry, EntryFilter, EntryPosition, StoredEntry};
use aplus_core::ports::{
    Journal, Outcome, Page, RefusalNote, Repeated, StoreError, StoredRefusals, Written,
};
use aplus_core::rules::Look;
use aplus_core::{AccountId, Act, EntryId, RequestId, Timestamp};
use async_trait::async_trait;
use sqlx::{Result, Row, SqliteConnection};

use super::acts::{record, refused};
use super::{SqliteStore, act, read, write};
use crate::rows;
use crate::rows::author_columns;

pub use search::{entries_of, search};

/// Writes that support looked at something (T1).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn look(connection: &mut SqliteConnection, act: Act<Look>) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

/// Writes a refusal, or counts it beside an equal one that was written after `since`.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn refuse(
    connection: &mut SqliteConnection,
    note: &RefusalNote,
    since: Timestamp,
) -> Result<()> {
    let counted = sqlx::query(
        "update aplus_refusal_count set times = times + 1 where entry_id =
            (select entry_id from aplus_refusal_count where key = ?1 and at > ?2 order by at, entry_id limit 1)",
    )
    .bind(&note.key)
    .bind(since.as_unix_micros())
    .execute(&mut *connection)
    .await?;
    if counted.rows_affected() > 0 {
        return Ok(());
    }
    append(connection, &note.entry).await?;
    sqlx::query("insert into aplus_refusal_count (entry_id, key, at) values (?1, ?2, ?3)")
        .bind(note.entry.id().as_uuid())
        .bind(&note.key)
        .bind(note.entry.at().as_unix_micros())
        .execute(connection)
        .await?;
    Ok(())
}

/// First refusals that were written at or before `until`, with how many equal ones were counted beside them.
///
/// # Errors
/// Of the database.
pub async fn counted_refusals(
    connection: &mut SqliteConnection,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<StoredRefusals>> {
    // A `cross join` is read in this order: from the few that are counted to their entries, never through the journal.
    let rows = sqlx::query(
        "select e.*, x.text, c.times from aplus_refusal_count c
        cross join aplus_journal_entry e on e.id = c.entry_id
        left join aplus_journal_erasable x on x.entry_id = e.id
        where c.at <= ?1 order by c.at, c.entry_id limit ?2",
    )
    .bind(until.as_unix_micros())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(StoredRefusals {
                first: rows::entry(row)?,
                times: row.try_get("times")?,
            })
        })
        .collect()
}

/// Writes the entry of counted refusals in their place; `Stale` if their number has changed.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn settle_refusals(
    connection: &mut SqliteConnection,
    first: EntryId,
    times: u32,
    entry: Option<&Entry>,
) -> Result<Outcome<()>> {
    let gone = sqlx::query("delete from aplus_refusal_count where entry_id = ?1 and times = ?2")
        .bind(first.as_uuid())
        .bind(times)
        .execute(&mut *connection)
        .await?;
    if gone.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    if let Some(entry) = entry {
        append(connection, entry).await?;
    }
    Ok(Outcome::Done(()))
}

/// Entries in the order of their ids, after one; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn entries(
    connection: &mut SqliteConnection,
    after: Option<EntryId>,
    limit: u32,
) -> Result<Vec<StoredEntry>> {
    let after = after.map(|id| id.as_uuid().as_bytes().to_vec());
    let rows = sqlx::query(
        "select e.*, x.text from aplus_journal_entry e
        left join aplus_journal_erasable x on x.entry_id = e.id
        where e.id > ?1 order by e.id limit ?2",
    )
    // Before every id comes the empty one.
    .bind(after.unwrap_or_default())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(rows::entry).collect()
}

/// A request that was carried out before (P3).
///
/// # Errors
/// Of the database.
pub async fn request(connection: &mut SqliteConnection, id: RequestId) -> Result<Option<Repeated>> {
    let row = sqlx::query(
        "select id, body_hash, account_id, group_id from aplus_journal_entry where request_id = ?1",
    )
    .bind(id.as_uuid())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(rows::repeated).transpose()
}

/// Writes one entry and its erasable part; a trigger puts it into the queue of the sealer.
pub(super) async fn append(connection: &mut SqliteConnection, entry: &Entry) -> Result<()> {
    let (author_kind, author_id) = author_columns(entry.author());
    let request = entry.request();
    sqlx::query(
        "insert into aplus_journal_entry
            (id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )
    .bind(entry.id().as_uuid())
    .bind(entry.at().as_unix_micros())
    .bind(entry.kind())
    .bind(author_kind)
    .bind(author_id)
    .bind(entry.account().map(|id| *id.as_uuid()))
    .bind(entry.group().map(|id| *id.as_uuid()))
    .bind(entry.details())
    .bind(request.map(|(id, _)| *id.as_uuid()))
    .bind(request.map(|(_, body)| body.0.to_vec()))
    .bind(entry.commitment().0.as_slice())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into aplus_journal_erasable (entry_id, text, salt, at) values (?1, ?2, ?3, ?4)",
    )
    .bind(entry.id().as_uuid())
    .bind(entry.erasable())
    .bind(entry.salt().0.as_slice())
    .bind(entry.at().as_unix_micros())
    .execute(connection)
    .await?;
    Ok(())
}

#[async_trait]
impl Journal for SqliteStore {
    async fn look(&self, act: Act<Look>) -> Written<()> {
        act!(self, look, act)
    }

    async fn refuse(
        &self,
        note: RefusalNote,
        since: Timestamp,
    ) -> std::result::Result<(), StoreError> {
        write!(self, refuse, &note, since)
    }

    async fn counted_refusals(
        &self,
        until: Timestamp,
        limit: u32,
    ) -> std::result::Result<Vec<StoredRefusals>, StoreError> {
        read!(self, counted_refusals, until, limit)
    }

    async fn settle_refusals(
        &self,
        first: EntryId,
        times: u32,
        entry: Option<Entry>,
    ) -> Written<()> {
        act!(self, settle_refusals, first, times, entry.as_ref())
    }

    async fn entries(
        &self,
        after: Option<EntryId>,
        limit: u32,
    ) -> std::result::Result<Vec<StoredEntry>, StoreError> {
        read!(self, entries, after, limit)
    }

    async fn search(
        &self,
        filter: &EntryFilter,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> std::result::Result<Page<StoredEntry>, StoreError> {
        read!(self, search, filter, before, limit)
    }

    async fn entries_of(
        &self,
        account: AccountId,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> std::result::Result<Page<StoredEntry>, StoreError> {
        read!(self, entries_of, account, before, limit)
    }
}
