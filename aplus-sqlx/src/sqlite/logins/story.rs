//! What happened to links: their mails, the looks at them.

use std::collections::BTreeMap;

use aplus_core::ports::{GivenUp, LinkStory, Looks};
use aplus_core::{AccountId, LinkHash, LinkId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Result, Row, SqliteConnection};

use crate::rows::{self, optional_time};

/// What happened to the links of an account, the newest first; at most `limit`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn link_stories(
    connection: &mut SqliteConnection,
    account: AccountId,
    limit: u32,
) -> Result<Vec<LinkStory>> {
    let rows = sqlx::query(
        "select l.*, k.times, k.first_at, k.last_at
        from aplus_live_link l left join aplus_link_look k on k.link_id = l.id
        where l.account_id = ?1 order by l.issued_at desc, l.id desc limit ?2",
    )
    .bind(account.as_uuid())
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    let mut stories = Vec::with_capacity(rows.len());
    for row in &rows {
        stories.push(story(connection, row).await?);
    }
    Ok(stories)
}

/// What happened to one link.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn link_story(
    connection: &mut SqliteConnection,
    hash: &LinkHash,
) -> Result<Option<LinkStory>> {
    let row = sqlx::query(
        "select l.*, k.times, k.first_at, k.last_at
        from aplus_live_link l left join aplus_link_look k on k.link_id = l.id
        where l.hash = ?1",
    )
    .bind(hash.as_bytes().as_slice())
    .fetch_optional(&mut *connection)
    .await?;
    match row {
        Some(row) => story(connection, &row).await.map(Some),
        None => Ok(None),
    }
}

async fn story(connection: &mut SqliteConnection, row: &SqliteRow) -> Result<LinkStory> {
    let mut story = LinkStory {
        link: rows::link(row)?,
        handed_over: Vec::new(),
        given_up: Vec::new(),
        waiting: false,
        looks: rows::looks(row)?,
    };
    let mails = sqlx::query(
        "select sent_at, given_up_at, reason from aplus_outbox where link_id = ?1 order by sent_at, given_up_at, reason",
    )
    .bind(story.link.id.as_uuid())
    .fetch_all(connection)
    .await?;
    for row in &mails {
        let sent = optional_time(row, "sent_at")?;
        match (sent, optional_time(row, "given_up_at")?) {
            (Some(at), _) => story.handed_over.push(at),
            (None, Some(at)) => story.given_up.push(GivenUp {
                at,
                reason: row.try_get("reason")?,
            }),
            (None, None) => story.waiting = true,
        }
    }
    Ok(story)
}

/// Adds to what is kept of looks at links (P27).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn add_looks(
    connection: &mut SqliteConnection,
    looks: &BTreeMap<LinkId, Looks>,
) -> Result<()> {
    // One statement for all, and not one for each.
    let new: Vec<_> = looks
        .iter()
        .map(|(link, it)| {
            let link = link.as_uuid().simple().to_string();
            let (first, last) = (it.first.as_unix_micros(), it.last.as_unix_micros());
            (link, it.times, first, last)
        })
        .collect();
    let new = serde_json::to_string(&new).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "update aplus_link_look
        set times = min(times + n.more, 4294967295), first_at = min(first_at, n.earliest),
            last_at = max(last_at, n.latest)
        from (
            select unhex(value ->> 0) as link, value ->> 1 as more, value ->> 2 as earliest, value ->> 3 as latest
            from json_each(?1)
        ) as n
        where link_id = n.link",
    )
    .bind(&new)
    .execute(&mut *connection)
    .await?;
    // A `cross join` is read in this order: from the looks to their links.
    sqlx::query(
        "insert into aplus_link_look (link_id, times, first_at, last_at)
        select l.id, value ->> 1, value ->> 2, value ->> 3
        from json_each(?1) cross join aplus_link l on l.id = unhex(value ->> 0)
        where not exists (select 1 from aplus_link_look where link_id = l.id)",
    )
    .bind(&new)
    .execute(connection)
    .await?;
    Ok(())
}
