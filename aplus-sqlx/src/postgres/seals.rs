//! Seals on PostgreSQL. They are written through a door of the owner's, `aplus.seal_entries`: the server's own login may not.

use std::ops::ControlFlow;

use aplus_core::EntryId;
use aplus_core::journal::seal::{JournalLine, KeptCheckpoint, Seal, TreeHash};
use aplus_core::mail::{Message, Urgency};
use aplus_core::ports::{
    EachLine, Outcome, SealedEntry, Sealing, Seals, StoreError, Unsealed, Written,
};
use aplus_core::words::Language;
use async_trait::async_trait;
use sqlx::{Connection, PgConnection, Result, Row};
use uuid::Uuid;

use super::acts::{message_text, micros};
use super::columns::entry_columns;
use super::{PostgresStore, act, read};
use crate::rows::{self, count_column, peaks_column};

/// How many lines of an export are read at once.
const PART: u32 = 500;

/// What waits for its seal; at most `limit` entries. Of what is sealed between its two statements, the door says that it
/// does not wait any more.
///
/// # Errors
/// Of the database.
pub async fn unsealed(connection: &mut PgConnection, limit: u32) -> Result<Unsealed> {
    let row = sqlx::query(
        "select t.size, t.peaks, c.size as checkpoint_size, c.at as checkpoint_at, c.note, m.size as mailed_size,
            m.at as mailed_at,
            (select entry_id from aplus.seal_queue order by entry_id limit 1) is not null as waits
        from aplus.seal_tree t
        left join lateral (select size, at, note from aplus.checkpoint order by size desc limit 1) as c on true
        left join lateral (select size, at from aplus.checkpoint_mail order by size desc limit 1) as m on true",
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut unsealed = rows::unsealed(&row)?;
    if row.try_get("waits")? {
        let rows = sqlx::query(concat!(
            "select e.*, null::text as text from (select entry_id from aplus.seal_queue order by entry_id limit $1) as q
            cross join lateral (select ",
            entry_columns!("j"),
            " from aplus.journal_entry j where j.id = q.entry_id offset 0) as e order by e.id",
        ))
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
        unsealed.entries = rows.iter().map(rows::entry).collect::<Result<_>>()?;
    }
    Ok(unsealed)
}

/// Seals entries; `Stale` if another sealer was first, or is at it.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn seal(connection: &mut PgConnection, sealing: &Sealing) -> Result<Outcome<()>> {
    let (entries, hashes): (Vec<Uuid>, Vec<Vec<u8>>) = sealing
        .entries
        .iter()
        .map(|(id, hash)| (*id.as_uuid(), hash.0.to_vec()))
        .unzip();
    let size = sealing.checkpoint.size;
    let message = Message::JournalCheckpoint { size };
    let mail = sealing.mail.as_ref();
    let done: bool = sqlx::query_scalar(
        "with sealed as materialized (
            select aplus.seal_entries($1, $2, $3, $4, $5, $6, $7 is not null) as done
        ),
        mailed as (
            insert into aplus.outbox (id, to_address, kind, message, urgency, language, queued_at, next_at)
            select $7, $8, $9, $10, $11, $12, $5, $5 from sealed where done and $7 is not null
        )
        select done from sealed",
    )
    .bind(count_column(sealing.before))
    .bind(entries)
    .bind(hashes)
    .bind(peaks_column(&sealing.tree))
    .bind(micros(sealing.at))
    .bind(sealing.checkpoint.note.clone())
    .bind(mail.map(|mail| *mail.id.as_uuid()))
    .bind(mail.map(|mail| mail.to.as_str().to_owned()))
    .bind(message.kind())
    .bind(message_text(&message))
    .bind(i16::from(Urgency::Usual))
    .bind(Language::default().as_str())
    .fetch_one(connection)
    .await?;
    Ok(match done {
        true => Outcome::Done(()),
        false => Outcome::Stale,
    })
}

/// The newest checkpoint.
///
/// # Errors
/// Of the database.
pub async fn last_checkpoint(connection: &mut PgConnection) -> Result<Option<KeptCheckpoint>> {
    let row = sqlx::query("select size, at, note from aplus.checkpoint order by size desc limit 1")
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::checkpoint).transpose()
}

/// The checkpoint over this many entries.
///
/// # Errors
/// Of the database.
pub async fn checkpoint(
    connection: &mut PgConnection,
    size: u64,
) -> Result<Option<KeptCheckpoint>> {
    let row = sqlx::query("select size, at, note from aplus.checkpoint where size = $1")
        .bind(count_column(size))
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::checkpoint).transpose()
}

/// The seal of an entry.
///
/// # Errors
/// Of the database.
pub async fn seal_of(connection: &mut PgConnection, entry: EntryId) -> Result<Option<Seal>> {
    let row = sqlx::query("select place, entry_id, hash from aplus.seal where entry_id = $1")
        .bind(entry.as_uuid())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::seal).transpose()
}

/// The hashes of the leaves from a place on; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn seal_hashes(
    connection: &mut PgConnection,
    place: u64,
    limit: u32,
) -> Result<Vec<TreeHash>> {
    let seals = seals(connection, place, limit).await?;
    Ok(seals.into_iter().map(|seal| seal.hash).collect())
}

async fn seals(connection: &mut PgConnection, place: u64, limit: u32) -> Result<Vec<Seal>> {
    let rows = sqlx::query(
        "select place, entry_id, hash from aplus.seal where place >= $1 order by place limit $2",
    )
    .bind(count_column(place))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    rows.iter().map(rows::seal).collect()
}

/// Sealed entries from a place on; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn sealed_since(
    connection: &mut PgConnection,
    place: u64,
    limit: u32,
) -> Result<Vec<SealedEntry>> {
    let rows = sqlx::query(concat!(
        "select e.*, s.place, s.entry_id, s.hash,
            (select text from aplus.journal_erasable where entry_id = s.entry_id) as text
        from (select place, entry_id, hash from aplus.seal where place >= $1 order by place limit $2) as s
        cross join lateral (select ",
        entry_columns!("j"),
        " from aplus.journal_entry j where j.id = s.entry_id offset 0) as e
        order by s.place",
    ))
    .bind(count_column(place))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    let sealed = |row| {
        Ok(SealedEntry {
            seal: rows::seal(row)?,
            entry: rows::entry(row)?,
        })
    };
    rows.iter().map(sealed).collect()
}

/// Hands over the whole journal as it stands at one moment, part by part, until `each` breaks off.
///
/// # Errors
/// Of the database.
pub async fn export(connection: &mut PgConnection, each: &mut EachLine<'_>) -> Result<()> {
    let begin = "begin isolation level repeatable read, read only";
    let mut moment = connection.begin_with(begin).await?;
    // Whether somebody wants no more of it.
    let _ = lines(&mut moment, each).await?;
    moment.rollback().await
}

async fn lines(moment: &mut PgConnection, each: &mut EachLine<'_>) -> Result<ControlFlow<()>> {
    let mut after: Option<Uuid> = None;
    loop {
        let rows = sqlx::query(concat!(
            "select e.*, x.text, x.salt from (
                select ",
            entry_columns!("j"),
            " from aplus.journal_entry j
                where j.id >= coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid) and j.id is distinct from $1
                order by j.id limit $2
            ) as e
            left join lateral (select text, salt from aplus.journal_erasable where entry_id = e.id offset 0) as x on true
            order by e.id",
        ))
        .bind(after)
        .bind(i64::from(PART))
        .fetch_all(&mut *moment)
        .await?;
        let Some(last) = rows.last() else { break };
        let is_last = is_last_part(&rows);
        after = Some(last.try_get("id")?);
        for row in &rows {
            if each(JournalLine::Entry(rows::exported(row)?)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if is_last {
            break;
        }
    }
    let mut place = 0;
    loop {
        let seals = seals(moment, place, PART).await?;
        let Some(last) = seals.last() else { break };
        let is_last = is_last_part(&seals);
        place = last.place.saturating_add(1);
        for seal in seals {
            if each(JournalLine::Seal(seal)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if is_last {
            break;
        }
    }
    let mut after: Option<Uuid> = None;
    loop {
        let queued: Vec<Uuid> = sqlx::query_scalar(
            "select entry_id from aplus.seal_queue
            where entry_id >= coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid) and entry_id is distinct from $1
            order by entry_id limit $2",
        )
        .bind(after)
        .bind(i64::from(PART))
        .fetch_all(&mut *moment)
        .await?;
        let Some(last) = queued.last() else { break };
        let is_last = is_last_part(&queued);
        after = Some(*last);
        for id in queued {
            if each(JournalLine::Queued(EntryId::from_uuid(id))).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if is_last {
            break;
        }
    }
    let mut after = -1_i64;
    loop {
        let rows = sqlx::query(
            "select size, at, note from aplus.checkpoint where size > $1 order by size limit $2",
        )
        .bind(after)
        .bind(i64::from(PART))
        .fetch_all(&mut *moment)
        .await?;
        let Some(last) = rows.last() else { break };
        let is_last = is_last_part(&rows);
        after = last.try_get("size")?;
        for row in &rows {
            if each(JournalLine::Checkpoint(rows::exported_checkpoint(row)?)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if is_last {
            break;
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Whether nothing comes after it.
fn is_last_part<T>(part: &[T]) -> bool {
    part.len() < usize::try_from(PART).unwrap_or(usize::MAX)
}

#[async_trait]
impl Seals for PostgresStore {
    async fn unsealed(&self, limit: u32) -> std::result::Result<Unsealed, StoreError> {
        read!(self.pool, unsealed, limit)
    }

    async fn seal(&self, sealing: Sealing) -> Written<()> {
        act!(self.pool, seal, &sealing)
    }

    async fn last_checkpoint(&self) -> std::result::Result<Option<KeptCheckpoint>, StoreError> {
        read!(self.pool, last_checkpoint)
    }

    async fn checkpoint(
        &self,
        size: u64,
    ) -> std::result::Result<Option<KeptCheckpoint>, StoreError> {
        read!(self.pool, checkpoint, size)
    }

    async fn seal_of(&self, entry: EntryId) -> std::result::Result<Option<Seal>, StoreError> {
        read!(self.pool, seal_of, entry)
    }

    async fn seal_hashes(
        &self,
        place: u64,
        limit: u32,
    ) -> std::result::Result<Vec<TreeHash>, StoreError> {
        read!(self.pool, seal_hashes, place, limit)
    }

    async fn sealed_since(
        &self,
        place: u64,
        limit: u32,
    ) -> std::result::Result<Vec<SealedEntry>, StoreError> {
        read!(self.pool, sealed_since, place, limit)
    }

    /// Without the deadline of other reads: it takes as long as the journal is long.
    async fn export(&self, each: &mut EachLine<'_>) -> std::result::Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        let exported = export(connection.connection()?, each).await;
        Ok(self.pool.read(connection, Ok(exported))?)
    }
}
