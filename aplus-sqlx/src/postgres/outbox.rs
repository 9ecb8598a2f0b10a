//! Mails that wait, on PostgreSQL.

use aplus_core::mail::{Message, Urgency};
use aplus_core::ports::{Claim, Claimed, LinkKey, Outbox, QueuedMail, StoreError, UnreadableMail};
use aplus_core::{KeyId, LinkHash, MailId, Nonce, Timestamp};
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Result, Row};

use super::acts::micros;
use super::columns::link_columns;
use super::row::Part;
use super::{PostgresStore, seals, write};
use crate::rows::{self, Line};

/// Claims mails that are due until `until` and at least as urgent as `least`, the most urgent ones first, then the oldest; at most
/// `limit`. Each is one process's: what another claims in the same moment is skipped. One that cannot be read is claimed too.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn claim(
    connection: &mut PgConnection,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
    least: Urgency,
) -> Result<Claimed> {
    let rows = sqlx::query(concat!(
        "with due as materialized (
            select id from aplus.outbox where to_address is not null and urgency >= $4 and next_at <= $1
            order by urgency desc, queued_at, id limit $3 for update skip locked
        ),
        claimed as (
            update aplus.outbox set next_at = $2, attempts = attempts + 1 where id = any (array(select id from due))
            returning id, to_address, kind, message, link_id, entry_id, urgency, language, queued_at, attempts
        )
        select m.id, m.to_address, m.message, m.language, m.queued_at, m.attempts - 1 as attempts_before,
            l.id as link_id, l.purpose as link_purpose, l.order_id as link_order_id, l.account_id as link_account_id,
            l.operator_id as link_operator_id, l.email as link_email, l.browser as link_browser,
            l.issued_at as link_issued_at, l.expires_at as link_expires_at, l.used_at as link_used_at,
            l.session_id as link_session_id, l.superseded_at as link_superseded_at,
            l.wrong_addresses as link_wrong_addresses, l.epoch as link_epoch, l.current_epoch as link_current_epoch,
            l.active as link_active, l.next as link_next, l.hash as link_hash, l.nonce as link_nonce,
            l.key_id as link_key_id,
            (
                select email from aplus.account where id = (
                    select author_id from aplus.journal_entry where id = m.entry_id and author_kind = 'account'
                )
            ) as author_email
        from claimed m
        left join lateral (
            select ",
        link_columns!("l"),
        ", l.hash, l.nonce, l.key_id from aplus.live_link l where l.id = m.link_id offset 0
        ) as l on true
        order by m.urgency desc, m.queued_at, m.id"
    ))
    .bind(micros(now))
    .bind(micros(until))
    .bind(i64::from(limit))
    .bind(i16::from(least))
    .fetch_all(&mut *connection)
    .await?;
    let mut claimed = Claimed::default();
    for row in &rows {
        match queued(row) {
            Ok(mut mail) => {
                if let Some(size) = mail.message.checkpoint() {
                    let checkpoint = seals::checkpoint(connection, size).await?;
                    mail.note = checkpoint.map(|checkpoint| checkpoint.note);
                }
                claimed.mails.push(mail);
            }
            Err(_) => claimed.unreadable.push(UnreadableMail {
                id: MailId::from_uuid(row.try_get("id")?),
                attempts: rows::number(row, "attempts_before")?,
            }),
        }
    }
    Ok(claimed)
}

fn queued(row: &PgRow) -> Result<QueuedMail> {
    let message: Message = serde_json::from_str(row.try_get("message")?)
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(QueuedMail {
        id: MailId::from_uuid(row.try_get("id")?),
        to: rows::text(row, "to_address")?,
        // The entry says who did it, and the message whether that is told.
        author_email: match message.named_author() {
            Some(_) => rows::optional_text(row, "author_email")?,
            None => None,
        },
        message,
        language: rows::language(row)?,
        queued_at: rows::time(row, "queued_at")?,
        attempts: rows::number(row, "attempts_before")?,
        link: link_key(row)?,
        note: None,
        answer: None,
    })
}

fn link_key(row: &PgRow) -> Result<Option<LinkKey>> {
    let link = Part {
        row,
        prefix: "link_",
    };
    if link.optional_uuid("id")?.is_none() {
        return Ok(None);
    }
    Ok(Some(LinkKey {
        facts: rows::link(&link)?,
        hash: LinkHash::from_bytes(rows::bytes(&link, "hash")?),
        nonce: Nonce::from_bytes(rows::bytes(&link, "nonce")?),
        key: KeyId::from_bytes(rows::bytes(&link, "key_id")?),
    }))
}

/// The relay took it; its address goes (P42).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn sent(connection: &mut PgConnection, claim: Claim, at: Timestamp) -> Result<()> {
    sqlx::query(
        "update aplus.outbox set to_address = null, sent_at = $3
        where id = $1 and attempts = $2 and to_address is not null",
    )
    .bind(claim.mail.as_uuid())
    .bind(i64::from(claim.number))
    .bind(micros(at))
    .execute(connection)
    .await?;
    Ok(())
}

/// It is tried again at `next`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn postpone(connection: &mut PgConnection, claim: Claim, next: Timestamp) -> Result<()> {
    sqlx::query("update aplus.outbox set next_at = $3 where id = $1 and attempts = $2 and to_address is not null")
        .bind(claim.mail.as_uuid())
        .bind(i64::from(claim.number))
        .bind(micros(next))
        .execute(connection)
        .await?;
    Ok(())
}

/// It is not tried again; its address goes (P42).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn give_up(
    connection: &mut PgConnection,
    claim: Claim,
    at: Timestamp,
    reason: &'static str,
) -> Result<()> {
    sqlx::query(
        "update aplus.outbox set to_address = null, given_up_at = $3, reason = $4
        where id = $1 and attempts = $2 and to_address is not null",
    )
    .bind(claim.mail.as_uuid())
    .bind(i64::from(claim.number))
    .bind(micros(at))
    .bind(reason)
    .execute(connection)
    .await?;
    Ok(())
}

#[async_trait]
impl Outbox for PostgresStore {
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
        least: Urgency,
    ) -> std::result::Result<Claimed, StoreError> {
        write!(self.pool, claim, now, until, limit, least)
    }

    async fn sent(&self, claim: Claim, at: Timestamp) -> std::result::Result<(), StoreError> {
        write!(self.pool, sent, claim, at)
    }

    async fn postpone(&self, claim: Claim, next: Timestamp) -> std::result::Result<(), StoreError> {
        write!(self.pool, postpone, claim, next)
    }

    async fn give_up(
        &self,
        claim: Claim,
        at: Timestamp,
        reason: &'static str,
    ) -> std::result::Result<(), StoreError> {
        write!(self.pool, give_up, claim, at, reason)
    }
}
