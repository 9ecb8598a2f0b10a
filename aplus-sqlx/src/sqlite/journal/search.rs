//! Reading the journal from its newest end: each statement walks one index, and at most so far as `EntryFilter` says.

use aplus_core::journal::{EntryFilter, EntryPosition, StoredEntry};
use aplus_core::ports::Page;
use aplus_core::{AccountId, Timestamp};
use sqlx::{Result, SqliteConnection};

use crate::rows::{self, Walked, author_columns};

/// Entries that fit, the newest first, before a place; at most `limit`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn search(
    connection: &mut SqliteConnection,
    filter: &EntryFilter,
    before: Option<EntryPosition>,
    limit: u32,
) -> Result<Page<StoredEntry>> {
    // Which filter leads is chosen here, so that each statement has one index to walk; the rest is asked of each entry.
    let author = filter.author.map(author_columns);
    let (leads, statement) = match (filter.account, author, filter.group, filter.kind) {
        (Some(account), ..) => (Some(*account.as_uuid()), BY_ACCOUNT),
        (None, Some((_, author)), ..) => (author, BY_AUTHOR),
        (None, None, Some(group), _) => (Some(*group.as_uuid()), BY_GROUP),
        (None, None, None, Some(_)) => (None, BY_KIND),
        (None, None, None, None) => (None, BY_TIME),
    };
    let (at, id) = filter.begins_before(before);
    let walk = filter.walk(limit);
    let query = sqlx::query(statement);
    let rows = query
        .bind(leads)
        .bind(filter.from.unwrap_or(Timestamp::MIN).as_unix_micros())
        .bind(at)
        .bind(id)
        .bind(walk)
        .bind(filter.kind)
        .bind(author.map(|(kind, _)| kind))
        .fetch_all(connection)
        .await?;
    let walked = rows.iter().zip(1_u32..).map(|(row, place)| {
        let entry = rows::entry(row)?;
        Ok(Walked {
            fits: filter.fits(&entry),
            entry,
            ended: place == walk,
        })
    });
    rows::found(walked, limit)
}

const BY_ACCOUNT: &str = "select e.id, e.at, e.kind, e.author_kind, e.author_id, e.account_id, e.group_id, e.details, e.request_id,
    e.body_hash, e.commitment, x.text
    from aplus_journal_entry e left join aplus_journal_erasable x on x.entry_id = e.id
    where e.account_id = ?1 and e.at >= ?2 and (e.at, e.id) < (?3, ?4) order by e.at desc, e.id desc limit ?5";

const BY_AUTHOR: &str = "select e.id, e.at, e.kind, e.author_kind, e.author_id, e.account_id, e.group_id, e.details, e.request_id,
    e.body_hash, e.commitment, x.text
    from aplus_journal_entry e left join aplus_journal_erasable x on x.entry_id = e.id
    where e.author_kind = ?7 and e.author_id is ?1 and e.at >= ?2 and (e.at, e.id) < (?3, ?4) order by e.at desc, e.id desc limit ?5";

const BY_GROUP: &str = "select e.id, e.at, e.kind, e.author_kind, e.author_id, e.account_id, e.group_id, e.details, e.request_id,
    e.body_hash, e.commitment, x.text
    from aplus_journal_entry e left join aplus_journal_erasable x on x.entry_id = e.id
    where e.group_id = ?1 and e.at >= ?2 and (e.at, e.id) < (?3, ?4) order by e.at desc, e.id desc limit ?5";

const BY_KIND: &str = "select e.id, e.at, e.kind, e.author_kind, e.author_id, e.account_id, e.group_id, e.details, e.request_id,
    e.body_hash, e.commitment, x.text
    from aplus_journal_entry e left join aplus_journal_erasable x on x.entry_id = e.id
    where e.kind = ?6 and e.at >= ?2 and (e.at, e.id) < (?3, ?4) order by e.at desc, e.id desc limit ?5";

const BY_TIME: &str = "select e.id, e.at, e.kind, e.author_kind, e.author_id, e.account_id, e.group_id, e.details, e.request_id,
    e.body_hash, e.commitment, x.text
    from aplus_journal_entry e left join aplus_journal_erasable x on x.entry_id = e.id
    where e.at >= ?2 and (e.at, e.id) < (?3, ?4) order by e.at desc, e.id desc limit ?5";

/// Entries that are about an account or that it wrote, the newest first, before a place; at most `limit`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn entries_of(
    connection: &mut SqliteConnection,
    account: AccountId,
    before: Option<EntryPosition>,
    limit: u32,
) -> Result<Page<StoredEntry>> {
    let (at, id) = EntryFilter::default().begins_before(before);
    let rows = sqlx::query(
        "select e.id, e.at, e.kind, e.author_kind, e.author_id, e.account_id, e.group_id, e.details, e.request_id, e.body_hash,
            e.commitment, x.text
        from (
            select at as own_at, id as own_id from (
                select at, id from aplus_journal_entry where account_id = ?1 and (at, id) < (?2, ?3)
                order by at desc, id desc limit ?4
            )
            union
            select at, id from (
                select at, id from aplus_journal_entry where author_kind = 'account' and author_id = ?1 and (at, id) < (?2, ?3)
                order by at desc, id desc limit ?4
            )
            order by own_at desc, own_id desc limit ?4
        )
        cross join aplus_journal_entry e on e.id = own_id
        left join aplus_journal_erasable x on x.entry_id = e.id
        order by own_at desc, own_id desc",
    )
    .bind(account.as_uuid())
    .bind(at)
    .bind(id)
    .bind(i64::from(limit) + 1)
    .fetch_all(connection)
    .await?;
    let entries = rows.iter().map(rows::entry).collect::<Result<_>>()?;
    Ok(rows::page(entries, limit, |entry: &StoredEntry| {
        entry.position().to_string()
    }))
}
