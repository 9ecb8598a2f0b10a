//! Mails that wait, on SQLite.

use aplus_core::mail::{Message, Urgency};
use aplus_core::ports::{Claim, Claimed, LinkKey, Outbox, QueuedMail, StoreError, UnreadableMail};
use aplus_core::{EmailAddress, KeyId, LinkHash, LinkId, MailId, Nonce, Timestamp};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Result, Row, SqliteConnection};

use super::{SqliteStore, seals, write};
use crate::rows;

/// Claims mails that are due until `until` and at least as urgent as `least`, the most urgent ones first, then the oldest; at
/// most `limit`. One that cannot be read is claimed too.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn claim(
    connection: &mut SqliteConnection,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
    least: Urgency,
) -> Result<Claimed> {
    let mut claimed = Claimed::default();
    let urgencies = Urgency::ALL.into_iter().rev();
    for urgency in urgencies.take_while(|urgency| *urgency >= least) {
        let taken = claimed.mails.len() + claimed.unreadable.len();
        let left = limit.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX));
        let due = sqlx::query(
            "select id, to_address, message, language, queued_at, attempts from aplus_outbox
            where to_address is not null and urgency = ?1 and next_at <= ?2
            order by queued_at, id limit ?3",
        )
        .bind(i16::from(urgency))
        .bind(now.as_unix_micros())
        .bind(left)
        .fetch_all(&mut *connection)
        .await?;
        for row in &due {
            let id = MailId::from_uuid(row.try_get("id")?);
            match queued(connection, row).await {
                Ok(mail) => claimed.mails.push(mail),
                Err(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => {
                    let attempts = row.try_get("attempts")?;
                    claimed.unreadable.push(UnreadableMail { id, attempts });
                }
                Err(error) => return Err(error),
            }
            sqlx::query(
                "update aplus_outbox set next_at = ?2, attempts = attempts + 1 where id = ?1",
            )
            .bind(id.as_uuid())
            .bind(until.as_unix_micros())
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(claimed)
}

async fn queued(connection: &mut SqliteConnection, row: &SqliteRow) -> Result<QueuedMail> {
    let message: Message = serde_json::from_str(row.try_get("message")?)
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    let link = match message.link() {
        Some(id) => link_key(connection, id).await?,
        None => None,
    };
    Ok(QueuedMail {
        id: MailId::from_uuid(row.try_get("id")?),
        to: rows::text(row, "to_address")?,
        answer: None,
        author_email: author_email(connection, &message).await?,
        note: note(connection, &message).await?,
        message,
        language: rows::language(row)?,
        queued_at: rows::time(row, "queued_at")?,
        attempts: row.try_get("attempts")?,
        link,
    })
}

async fn link_key(connection: &mut SqliteConnection, id: LinkId) -> Result<Option<LinkKey>> {
    let row = sqlx::query("select * from aplus_live_link where id = ?1")
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(LinkKey {
        facts: rows::link(&row)?,
        hash: LinkHash::from_bytes(rows::bytes(&row, "hash")?),
        nonce: Nonce::from_bytes(rows::bytes(&row, "nonce")?),
        key: KeyId::from_bytes(rows::bytes(&row, "key_id")?),
    }))
}

/// The address of the account that a letter names as its cause.
async fn author_email(
    connection: &mut SqliteConnection,
    message: &Message,
) -> Result<Option<EmailAddress>> {
    let Some(id) = message.named_author() else {
        return Ok(None);
    };
    let row = sqlx::query("select email from aplus_account where id = ?1")
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await?;
    match row {
        Some(row) => rows::optional_text(&row, "email"),
        None => Ok(None),
    }
}

/// The note of the checkpoint that a letter carries.
async fn note(connection: &mut SqliteConnection, message: &Message) -> Result<Option<String>> {
    let Some(size) = message.checkpoint() else {
        return Ok(None);
    };
    let checkpoint = seals::checkpoint(connection, size).await?;
    Ok(checkpoint.map(|checkpoint| checkpoint.note))
}

/// The relay took it; its address goes (P42).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn sent(connection: &mut SqliteConnection, claim: Claim, at: Timestamp) -> Result<()> {
    sqlx::query(
        "update aplus_outbox set to_address = null, sent_at = ?3
        where id = ?1 and attempts = ?2 and to_address is not null",
    )
    .bind(claim.mail.as_uuid())
    .bind(claim.number)
    .bind(at.as_unix_micros())
    .execute(connection)
    .await?;
    Ok(())
}

/// It is tried again at `next`.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn postpone(
    connection: &mut SqliteConnection,
    claim: Claim,
    next: Timestamp,
) -> Result<()> {
    sqlx::query("update aplus_outbox set next_at = ?3 where id = ?1 and attempts = ?2 and to_address is not null")
        .bind(claim.mail.as_uuid())
        .bind(claim.number)
        .bind(next.as_unix_micros())
        .execute(connection)
        .await?;
    Ok(())
}

/// It is not tried again; its address goes (P42).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn give_up(
    connection: &mut SqliteConnection,
    claim: Claim,
    at: Timestamp,
    reason: &'static str,
) -> Result<()> {
    sqlx::query(
        "update aplus_outbox set to_address = null, given_up_at = ?3, reason = ?4
        where id = ?1 and attempts = ?2 and to_address is not null",
    )
    .bind(claim.mail.as_uuid())
    .bind(claim.number)
    .bind(at.as_unix_micros())
    .bind(reason)
    .execute(connection)
    .await?;
    Ok(())
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
        least: Urgency,
    ) -> std::result::Result<Claimed, StoreError> {
        write!(self, claim, now, until, limit, least)
    }

    async fn sent(&self, claim: Claim, at: Timestamp) -> std::result::Result<(), StoreError> {
        write!(self, sent, claim, at)
    }

    async fn postpone(&self, claim: Claim, next: Timestamp) -> std::result::Result<(), StoreError> {
        write!(self, postpone, claim, next)
    }

    async fn give_up(
        &self,
        claim: Claim,
        at: Timestamp,
        reason: &'static str,
    ) -> std::result::Result<(), StoreError> {
        write!(self, give_up, claim, at, reason)
    }
}
