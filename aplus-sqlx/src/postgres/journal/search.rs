//! Reading the journal from its newest end: each statement walks one index, and at most so far as `EntryFilter` says.

use aplus_core::journal::{EntryFilter, EntryPosition, StoredEntry};
use aplus_core::ports::Page;
use aplus_core::{AccountId, Timestamp};
use sqlx::{PgConnection, Result, Row};

use crate::rows::{self, Walked, author_columns};

/// Entries that fit, of those that `$leads` walks: `$1` to `$5` say what fits, `$6` from when on, `$7` and `$8` before which
/// place, `$9` how many are looked at, `$10` how many are answered.
///
/// Which filter leads is chosen by the program, not by the planner: a plan that is made for any parameters could not know
/// which of them is there.
macro_rules! search_statement {
    ($leads:literal) => {
        concat!(
            "select id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment,
                (select text from aplus.journal_erasable where entry_id = walked.id) as text, fits, place = $9 as ended
            from (
                select id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment,
                    row_number() over (order by at desc, id desc) as place,
                    ($1::uuid is null or account_id is not distinct from $1)
                        and ($2::uuid is null or group_id is not distinct from $2)
                        and ($3::text is null or author_kind = $3 and author_id is not distinct from $4::uuid)
                        and ($5::text is null or kind = $5) as fits
                from (
                    select id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash,
                        commitment
                    from aplus.journal_entry
                    where ", $leads, "at >= $6::bigint and (at, id) < ($7::bigint, $8::uuid)
                    order by at desc, id desc limit $9::bigint
                ) as led
            ) as walked
            where fits or place = $9
            order by at desc, id desc limit $10"
        )
    };
}

/// Entries that fit, the newest first, before a place; at most `limit`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn search(
    connection: &mut PgConnection,
    filter: &EntryFilter,
    before: Option<EntryPosition>,
    limit: u32,
) -> Result<Page<StoredEntry>> {
    let statement = match (filter.account, filter.author, filter.group, filter.kind) {
        (Some(_), ..) => search_statement!("account_id = $1 and "),
        (None, Some(_), ..) => search_statement!(
            "author_kind = $3 and coalesce(author_id, '00000000-0000-0000-0000-000000000000')
                        = coalesce($4, '00000000-0000-0000-0000-000000000000') and "
        ),
        (None, None, Some(_), _) => search_statement!("group_id = $2 and "),
        (None, None, None, Some(_)) => search_statement!("kind = $5 and "),
        (None, None, None, None) => search_statement!(""),
    };
    let author = filter.author.map(author_columns);
    let (at, id) = filter.begins_before(before);
    let rows = sqlx::query(statement)
        .bind(filter.account.map(|id| *id.as_uuid()))
        .bind(filter.group.map(|id| *id.as_uuid()))
        .bind(author.map(|(kind, _)| kind))
        .bind(author.and_then(|(_, id)| id))
        .bind(filter.kind)
        .bind(filter.from.unwrap_or(Timestamp::MIN).as_unix_micros())
        .bind(at)
        .bind(id)
        .bind(i64::from(filter.walk(limit)))
        .bind(i64::from(limit) + 1)
        .fetch_all(connection)
        .await?;
    let walked = rows.iter().map(|row| {
        Ok(Walked {
            entry: rows::entry(row)?,
            fits: row.try_get("fits")?,
            ended: row.try_get("ended")?,
        })
    });
    rows::found(walked, limit)
}

/// Entries that are about an account or that it wrote, the newest first, before a place; at most `limit`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn entries_of(
    connection: &mut PgConnection,
    account: AccountId,
    before: Option<EntryPosition>,
    limit: u32,
) -> Result<Page<StoredEntry>> {
    let (at, id) = EntryFilter::default().begins_before(before);
    let rows = sqlx::query(
        "select e.id, e.at, e.kind, e.author_kind, e.author_id, e.account_id, e.group_id, e.details, e.request_id, e.body_hash,
            e.commitment, (select text from aplus.journal_erasable where entry_id = e.id) as text
        from (
            select at, id from (
                select at, id from aplus.journal_entry where account_id = $1 and (at, id) < ($2::bigint, $3::uuid)
                order by at desc, id desc limit $4::bigint
            ) as about
            union
            select at, id from (
                select at, id from aplus.journal_entry
                where author_kind = 'account' and coalesce(author_id, '00000000-0000-0000-0000-000000000000') = $1
                    and (at, id) < ($2, $3)
                order by at desc, id desc limit $4
            ) as written
            order by at desc, id desc limit $4
        ) as own
        cross join lateral (
            select id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment
            from aplus.journal_entry where id = own.id offset 0
        ) as e
        order by own.at desc, own.id desc",
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
