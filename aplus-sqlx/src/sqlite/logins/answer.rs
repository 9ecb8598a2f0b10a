//! Answers: what the courier decided, written together; and what is forgotten.

use aplus_core::Timestamp;
use aplus_core::asking::Answer;
use aplus_core::ports::{AnsweredAsks, NewLink, Outcome};
use sqlx::{Result, SqliteConnection};
use uuid::Uuid;

use super::super::acts::queue;
use super::super::journal;
use crate::rows::{answer_columns, principal_columns};

/// Writes the answers, their links, entries and mails; `Stale` if one of the askings was answered before, or a link that
/// was to be sent again no longer works (P21).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn answer(
    connection: &mut SqliteConnection,
    answered: &AnsweredAsks,
) -> Result<Outcome<()>> {
    for (id, _) in &answered.answers {
        let waits: bool = sqlx::query_scalar(
            "select exists (select 1 from aplus_login_request where id = ?1 and answered_at is null)",
        )
        .bind(id.as_uuid())
        .fetch_one(&mut *connection)
        .await?;
        if !waits {
            return Ok(Outcome::Stale);
        }
    }
    for link in answered.sent_again() {
        let works: bool = sqlx::query_scalar(
            "select exists (select 1 from aplus_link where id = ?1 and used_at is null and superseded_at is null)",
        )
        .bind(link.as_uuid())
        .fetch_one(&mut *connection)
        .await?;
        if !works {
            return Ok(Outcome::Stale);
        }
    }
    for (id, answer) in &answered.answers {
        settle(connection, id.as_uuid(), *answer, answered.at).await?;
    }
    for link in &answered.links {
        issue(connection, link).await?;
    }
    for entry in &answered.entries {
        journal::append(connection, entry).await?;
    }
    for mail in &answered.mails {
        queue(connection, mail, None, answered.language, answered.at).await?;
    }
    Ok(Outcome::Done(()))
}

async fn settle(
    connection: &mut SqliteConnection,
    id: &Uuid,
    answer: Answer,
    at: Timestamp,
) -> Result<()> {
    let (word, mailed) = answer_columns(answer);
    sqlx::query(
        "update aplus_login_request set answered_at = ?2, answer = ?3, mailed = ?4 where id = ?1",
    )
    .bind(id)
    .bind(at.as_unix_micros())
    .bind(word)
    .bind(mailed)
    .execute(connection)
    .await?;
    Ok(())
}

async fn issue(connection: &mut SqliteConnection, link: &NewLink) -> Result<()> {
    if let Some(older) = link.supersedes {
        sqlx::query(
            "update aplus_link set superseded_at = ?2 where id = ?1 and used_at is null and superseded_at is null",
        )
        .bind(older.as_uuid())
        .bind(link.issued_at.as_unix_micros())
        .execute(&mut *connection)
        .await?;
    }
    let (account, operator) = principal_columns(link.principal);
    sqlx::query(
        "insert into aplus_link (id, hash, nonce, key_id, purpose, account_id, operator_id, email, browser,
            issued_at, expires_at, epoch, next, language, order_id)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )
    .bind(link.id.as_uuid())
    .bind(link.hash.as_bytes().as_slice())
    .bind(link.nonce.as_bytes().as_slice())
    .bind(link.key.as_bytes().as_slice())
    .bind(link.purpose.as_str())
    .bind(account)
    .bind(operator)
    .bind(link.email.as_str())
    .bind(link.browser.as_bytes().as_slice())
    .bind(link.issued_at.as_unix_micros())
    .bind(link.expires_at.as_unix_micros())
    .bind(link.epoch.0)
    .bind(&link.next)
    .bind(link.language.as_str())
    .bind(link.purpose.order().map(|id| *id.as_uuid()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets at most `limit` each of links whose end is before `dead_since`, of sessions opened before `opened_before`,
/// of answered askings before `dead_since`, and of settled mails queued before it (L9); how many went.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn purge(
    connection: &mut SqliteConnection,
    dead_since: Timestamp,
    opened_before: Timestamp,
    limit: u32,
) -> Result<u32> {
    let purges = [
        (
            "delete from aplus_link where id in (select id from aplus_link where expires_at < ?1 limit ?2)",
            dead_since,
        ),
        (
            "delete from aplus_session where id in (select id from aplus_session where opened_at < ?1 limit ?2)",
            opened_before,
        ),
        (
            "delete from aplus_login_request where id in
                (select id from aplus_login_request where answered_at is not null and at < ?1 limit ?2)",
            dead_since,
        ),
        (
            "delete from aplus_outbox where id in
                (select id from aplus_outbox where to_address is null and queued_at < ?1 limit ?2)",
            dead_since,
        ),
    ];
    let mut gone = 0;
    for (statement, before) in purges {
        let done = sqlx::query(statement)
            .bind(before.as_unix_micros())
            .bind(limit)
            .execute(&mut *connection)
            .await?;
        gone += done.rows_affected();
    }
    Ok(u32::try_from(gone).unwrap_or(u32::MAX))
}
