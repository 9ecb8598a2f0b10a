//! Seals on SQLite.

use std::ops::ControlFlow;

use aplus_core::journal::seal::{JournalLine, KeptCheckpoint, Seal, TreeHash};
use aplus_core::mail::{Message, Urgency};
use aplus_core::ports::{
    CheckpointMail, EachLine, Outcome, SealedEntry, Sealing, Seals, StoreError, Unsealed, Written,
};
use aplus_core::words::Language;
use aplus_core::{EntryId, Timestamp};
use async_trait::async_trait;
use sqlx::{Result, Row, SqliteConnection};
use uuid::Uuid;

use super::{SqliteStore, act, read};
use crate::rows::{self, count_column, peaks_column};

/// How many lines of an export are read at once.
const PART: u32 = 500;

/// What waits for its seal; at most `limit` entries.
///
/// # Errors
/// Of the database.
pub async fn unsealed(connection: &mut SqliteConnection, limit: u32) -> Result<Unsealed> {
    let row = sqlx::query(
        "select aplus_seal_tree.size, peaks, c.size as checkpoint_size, c.at as checkpoint_at, c.note, m.size as mailed_size,
            m.at as mailed_at
        from aplus_seal_tree
        left join aplus_checkpoint c on c.size = (select max(size) from aplus_checkpoint)
        left join aplus_checkpoint_mail m on m.size = (select max(size) from aplus_checkpoint_mail)",
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut unsealed = rows::unsealed(&row)?;
    // A `cross join` is read in this order: from what waits to its entries, never through the journal.
    let rows = sqlx::query(
        "select e.*, null as text from aplus_seal_queue q cross join aplus_journal_entry e on e.id = q.entry_id
        where q.entry_id > x'' order by q.entry_id limit ?1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    unsealed.entries = rows.iter().map(rows::entry).collect::<Result<_>>()?;
    Ok(unsealed)
}

/// Seals entries; `Stale` if another sealer was first.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn seal(connection: &mut SqliteConnection, sealing: &Sealing) -> Result<Outcome<()>> {
    // Pairs of hexadecimal texts: one statement for all, and not one for each.
    let pairs: Vec<[String; 2]> = sealing
        .entries
        .iter()
        .map(|(id, hash)| [id.as_uuid().simple().to_string(), hex(hash)])
        .collect();
    let pairs = serde_json::to_string(&pairs).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let size = sealing.checkpoint.size;
    let may: bool = sqlx::query_scalar(
        "select size = ?1
            and (select count(distinct q.entry_id) from json_each(?2)
                cross join aplus_seal_queue q on q.entry_id = unhex(value ->> 0)) = json_array_length(?2)
            and not (?3 and exists (select 1 from aplus_checkpoint_mail where size = ?4))
        from aplus_seal_tree",
    )
    .bind(count_column(sealing.before))
    .bind(&pairs)
    .bind(sealing.mail.is_some())
    .bind(count_column(size))
    .fetch_one(&mut *connection)
    .await?;
    if !may {
        return Ok(Outcome::Stale);
    }
    if !sealing.entries.is_empty() {
        sqlx::query(
            "insert into aplus_seal (place, entry_id, hash)
            select ?1 + key, unhex(value ->> 0), unhex(value ->> 1) from json_each(?2) where true order by key",
        )
        .bind(count_column(sealing.before))
        .bind(&pairs)
        .execute(&mut *connection)
        .await?;
        sqlx::query("delete from aplus_seal_queue where entry_id in (select unhex(value ->> 0) from json_each(?1))")
            .bind(&pairs)
            .execute(&mut *connection)
            .await?;
        sqlx::query("update aplus_seal_tree set size = ?1, peaks = ?2")
            .bind(count_column(size))
            .bind(peaks_column(&sealing.tree))
            .execute(&mut *connection)
            .await?;
        sqlx::query("insert into aplus_checkpoint (size, at, note) values (?1, ?2, ?3)")
            .bind(count_column(size))
            .bind(sealing.at.as_unix_micros())
            .bind(&sealing.checkpoint.note)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(mail) = &sealing.mail {
        tell(connection, mail, size, sealing.at).await?;
    }
    Ok(Outcome::Done(()))
}

fn hex(hash: &TreeHash) -> String {
    hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Queues the mail that tells a checkpoint, and keeps when that was.
async fn tell(
    connection: &mut SqliteConnection,
    mail: &CheckpointMail,
    size: u64,
    at: Timestamp,
) -> Result<()> {
    let message = Message::JournalCheckpoint { size };
    sqlx::query("insert into aplus_checkpoint_mail (size, at) values (?1, ?2)")
        .bind(count_column(size))
        .bind(at.as_unix_micros())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into aplus_outbox (id, to_address, kind, message, urgency, language, queued_at, next_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
    )
    .bind(mail.id.as_uuid())
    .bind(mail.to.as_str())
    .bind(message.kind())
    .bind(serde_json::to_string(&message).map_err(|error| sqlx::Error::Encode(error.into()))?)
    .bind(i16::from(Urgency::Usual))
    .bind(Language::default().as_str())
    .bind(at.as_unix_micros())
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest checkpoint.
///
/// # Errors
/// Of the database.
pub async fn last_checkpoint(connection: &mut SqliteConnection) -> Result<Option<KeptCheckpoint>> {
    let row =
        sqlx::query("select * from aplus_checkpoint where size >= 0 order by size desc limit 1")
            .fetch_optional(connection)
            .await?;
    row.as_ref().map(rows::checkpoint).transpose()
}

/// The checkpoint over this many entries.
///
/// # Errors
/// Of the database.
pub async fn checkpoint(
    connection: &mut SqliteConnection,
    size: u64,
) -> Result<Option<KeptCheckpoint>> {
    let row = sqlx::query("select * from aplus_checkpoint where size = ?1")
        .bind(count_column(size))
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::checkpoint).transpose()
}

/// The seal of an entry.
///
/// # Errors
/// Of the database.
pub async fn seal_of(connection: &mut SqliteConnection, entry: EntryId) -> Result<Option<Seal>> {
    let row = sqlx::query("select * from aplus_seal where entry_id = ?1")
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
    connection: &mut SqliteConnection,
    place: u64,
    limit: u32,
) -> Result<Vec<TreeHash>> {
    let seals = seals(connection, place, limit).await?;
    Ok(seals.into_iter().map(|seal| seal.hash).collect())
}

async fn seals(connection: &mut SqliteConnection, place: u64, limit: u32) -> Result<Vec<Seal>> {
    let rows = sqlx::query("select * from aplus_seal where place >= ?1 order by place limit ?2")
        .bind(count_column(place))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(rows::seal).collect()
}

/// Sealed entries from a place on; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn sealed_since(
    connection: &mut SqliteConnection,
    place: u64,
    limit: u32,
) -> Result<Vec<SealedEntry>> {
    let rows = sqlx::query(
        "select e.*, s.place, s.entry_id, s.hash, x.text from aplus_seal s
        cross join aplus_journal_entry e on e.id = s.entry_id
        left join aplus_journal_erasable x on x.entry_id = s.entry_id
        where s.place >= ?1 order by s.place limit ?2",
    )
    .bind(count_column(place))
    .bind(limit)
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

/// Hands over the whole journal as it stands at the moment of the first look, part by part, until `each` breaks off; within
/// a transaction that reads.
///
/// # Errors
/// Of the database.
pub async fn export(connection: &mut SqliteConnection, each: &mut EachLine<'_>) -> Result<()> {
    // Whether somebody wants no more of it.
    let _ = lines(connection, each).await?;
    Ok(())
}

async fn lines(moment: &mut SqliteConnection, each: &mut EachLine<'_>) -> Result<ControlFlow<()>> {
    // Before every id comes the empty one.
    let mut after = Vec::new();
    loop {
        let rows = sqlx::query(
            "select e.*, x.text, x.salt from aplus_journal_entry e
            left join aplus_journal_erasable x on x.entry_id = e.id
            where e.id > ?1 order by e.id limit ?2",
        )
        .bind(&after)
        .bind(PART)
        .fetch_all(&mut *moment)
        .await?;
        let Some(last) = rows.last() else { break };
        let is_last = is_last_part(&rows);
        after = last.try_get::<&[u8], _>("id")?.to_vec();
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
    let mut after = Vec::new();
    loop {
        let queued: Vec<Uuid> = sqlx::query_scalar(
            "select entry_id from aplus_seal_queue where entry_id > ?1 order by entry_id limit ?2",
        )
        .bind(&after)
        .bind(PART)
        .fetch_all(&mut *moment)
        .await?;
        let Some(last) = queued.last() else { break };
        let is_last = is_last_part(&queued);
        after = last.as_bytes().to_vec();
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
        let rows =
            sqlx::query("select * from aplus_checkpoint where size > ?1 order by size limit ?2")
                .bind(after)
                .bind(PART)
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
impl Seals for SqliteStore {
    async fn unsealed(&self, limit: u32) -> std::result::Result<Unsealed, StoreError> {
        read!(self, unsealed, limit)
    }

    async fn seal(&self, sealing: Sealing) -> Written<()> {
        act!(self, seal, &sealing)
    }

    async fn last_checkpoint(&self) -> std::result::Result<Option<KeptCheckpoint>, StoreError> {
        read!(self, last_checkpoint)
    }

    async fn checkpoint(
        &self,
        size: u64,
    ) -> std::result::Result<Option<KeptCheckpoint>, StoreError> {
        read!(self, checkpoint, size)
    }

    async fn seal_of(&self, entry: EntryId) -> std::result::Result<Option<Seal>, StoreError> {
        read!(self, seal_of, entry)
    }

    async fn seal_hashes(
        &self,
        place: u64,
        limit: u32,
    ) -> std::result::Result<Vec<TreeHash>, StoreError> {
        read!(self, seal_hashes, place, limit)
    }

    async fn sealed_since(
        &self,
        place: u64,
        limit: u32,
    ) -> std::result::Result<Vec<SealedEntry>, StoreError> {
        read!(self, sealed_since, place, limit)
    }

    async fn export(&self, each: &mut EachLine<'_>) -> std::result::Result<(), StoreError> {
        read!(self, export, each)
    }
}
