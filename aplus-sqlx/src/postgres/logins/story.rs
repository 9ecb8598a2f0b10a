//! What happened to links: their mails, the looks at them.

use std::collections::BTreeMap;

use aplus_core::ports::{GivenUp, LinkStory, Looks};
use aplus_core::{AccountId, LinkHash, LinkId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Result, Row};

use super::super::acts::micros;
use super::super::columns::link_columns;
use super::super::row::list;
use crate::rows;

macro_rules! stories_where {
    ($which:literal) => {
        concat!(
            "select ",
            link_columns!("l"),
            ", m.sent, m.given_up, m.reasons, m.waiting, k.times, k.first_at, k.last_at from (
                select ",
            link_columns!("l"),
            " from aplus.live_link l where ",
            $which,
            " order by l.issued_at desc, l.id desc limit $2
            ) as l
            left join aplus.link_look k on k.link_id = l.id
            left join lateral (
                select array_agg(sent_at order by sent_at) filter (where sent_at is not null) as sent,
                    array_agg(given_up_at order by given_up_at, reason)
                        filter (where given_up_at is not null) as given_up,
                    array_agg(reason order by given_up_at, reason)
                        filter (where given_up_at is not null) as reasons,
                    count(*) filter (where to_address is not null) > 0 as waiting
                from aplus.outbox where link_id = l.id
            ) as m on true
            order by l.issued_at desc, l.id desc"
        )
    };
}

/// What happened to the links of an account, the newest first; at most `limit`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn link_stories(
    connection: &mut PgConnection,
    account: AccountId,
    limit: u32,
) -> Result<Vec<LinkStory>> {
    let rows = sqlx::query(stories_where!("l.account_id = $1"))
        .bind(account.as_uuid())
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    rows.iter().map(story).collect()
}

/// What happened to one link.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn link_story(
    connection: &mut PgConnection,
    hash: &LinkHash,
) -> Result<Option<LinkStory>> {
    let row = sqlx::query(stories_where!("l.hash = $1"))
        .bind(hash.as_bytes().as_slice())
        .bind(1_i64)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(story).transpose()
}

fn story(row: &PgRow) -> Result<LinkStory> {
    let sent: Vec<i64> = list(row, "sent")?;
    let handed_over = sent.into_iter().map(|at| rows::time_of(at, "sent_at"));
    let hours: Vec<i64> = list(row, "given_up")?;
    let reasons: Vec<String> = list(row, "reasons")?;
    let given_up = hours.into_iter().zip(reasons).map(|(at, reason)| {
        let at = rows::time_of(at, "given_up_at")?;
        Ok(GivenUp { at, reason })
    });
    Ok(LinkStory {
        link: rows::link(row)?,
        given_up: given_up.collect::<Result<_>>()?,
        handed_over: handed_over.collect::<Result<_>>()?,
        waiting: row.try_get("waiting")?,
        looks: rows::looks(row)?,
    })
}

/// Adds to what is kept of looks at links (P27). The links are held so that none goes before its looks are written, and one that
/// somebody is taking away is skipped. A press changes a link beside this: neither waits for the other.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn add_looks(
    connection: &mut PgConnection,
    looks: &BTreeMap<LinkId, Looks>,
) -> Result<()> {
    let links: Vec<_> = looks.keys().map(|id| *id.as_uuid()).collect();
    let times: Vec<_> = looks.values().map(|it| i64::from(it.times)).collect();
    let first: Vec<_> = looks.values().map(|it| micros(it.first)).collect();
    let last: Vec<_> = looks.values().map(|it| micros(it.last)).collect();
    sqlx::query(
        "with there as materialized (
            select id from aplus.link where id = any ($1::uuid[]) order by id for key share skip locked
        )
        insert into aplus.link_look as k (link_id, times, first_at, last_at)
        select n.id, n.times, n.first_at, n.last_at
        from there join unnest($1, $2::bigint[], $3::bigint[], $4::bigint[]) as n (id, times, first_at, last_at) using (id)
        order by n.id
        on conflict (link_id) do update
        set times = least(k.times + excluded.times, 4294967295), first_at = least(k.first_at, excluded.first_at),
            last_at = greatest(k.last_at, excluded.last_at)",
    )
    .bind(links)
    .bind(times)
    .bind(first)
    .bind(last)
    .execute(connection)
    .await?;
    Ok(())
}
