//! Answers: what the courier decided, written together; and what is forgotten.

use aplus_core::Timestamp;
use aplus_core::mail::Recipient;
use aplus_core::ports::{AnsweredAsks, Outcome};
use sqlx::{PgConnection, Result, Row};

use super::super::acts::{message_text, micros};
use crate::rows::{answer_columns, author_columns, principal_columns};

/// Writes the answers, their links, entries and mails; `Stale` if one of the askings was answered before, or a link that
/// was to be sent again no longer works (P21).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn answer(connection: &mut PgConnection, answered: &AnsweredAsks) -> Result<Outcome<()>> {
    let (words, mailed): (Vec<_>, Vec<_>) = answered
        .answers
        .iter()
        .map(|(_, answer)| answer_columns(*answer))
        .unzip();
    let asks: Vec<_> = answered
        .answers
        .iter()
        .map(|(id, _)| *id.as_uuid())
        .collect();
    let again: Vec<_> = answered.sent_again().map(|id| *id.as_uuid()).collect();
    let query = sqlx::query(
        "with asks as materialized (
            select id from aplus.login_request where id = any ($1::uuid[]) and answered_at is null
            order by id for no key update
        ),
        again as materialized (
            select id from aplus.link where id = any ($2::uuid[]) and used_at is null and superseded_at is null
                and (select count(*) from asks) = cardinality($1)
            order by id for share
        ),
        fresh as materialized (
            select where (select count(*) from asks) = cardinality($1)
                and (select count(*) from again) = (select count(distinct id) from unnest($2) as id)
        ),
        settled as (
            update aplus.login_request r set answered_at = $3, answer = a.answer, mailed = a.mailed
            from unnest($1, $4::text[], $5::boolean[]) as a (id, answer, mailed)
            where r.id = a.id and r.answered_at is null and exists (select from fresh)
            returning r.id
        ),
        superseded as (
            update aplus.link l set superseded_at = n.issued_at
            from unnest($6::uuid[], $7::bigint[]) as n (older, issued_at)
            where l.id = n.older and l.used_at is null and l.superseded_at is null and exists (select from fresh)
        ),
        issued as (
            insert into aplus.link (id, hash, nonce, key_id, purpose, account_id, operator_id, email, browser,
                issued_at, expires_at, epoch, next, language, superseded_at)
            select n.id, n.hash, n.nonce, n.key_id, n.purpose, n.account_id, n.operator_id, $8, n.browser,
                n.issued_at, n.expires_at, n.epoch, n.next, n.language, n.superseded_at
            from fresh, unnest($9::uuid[], $10::bytea[], $11::bytea[], $12::bytea[], $13::text[], $14::uuid[],
                $15::uuid[], $16::bytea[], $7, $17::bigint[], $18::bigint[], $19::text[], $20::text[], $38::bigint[])
                as n (id, hash, nonce, key_id, purpose, account_id, operator_id, browser, issued_at, expires_at, epoch,
                    next, language, superseded_at)
        ),
        noted as (
            insert into aplus.journal_entry
                (id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment)
            select e.id, e.at, e.kind, e.author_kind, e.author_id, e.account_id, e.group_id, e.details, null, null,
                e.commitment
            from fresh, unnest($21::uuid[], $22::bigint[], $23::text[], $24::text[], $25::uuid[], $26::uuid[],
                $27::uuid[], $28::text[], $29::bytea[])
                as e (id, at, kind, author_kind, author_id, account_id, group_id, details, commitment)
        ),
        kept as (
            insert into aplus.journal_erasable (entry_id, text, salt)
            select e.id, e.text, e.salt from fresh, unnest($21, $30::text[], $31::bytea[]) as e (id, text, salt)
        ),
        mailed as (
            insert into aplus.outbox
                (id, to_address, kind, message, link_id, entry_id, urgent, language, queued_at, next_at)
            select m.id, $8, m.kind, m.message, m.link_id, null, m.urgent, $37, $3, $3
            from fresh, unnest($32::uuid[], $33::text[], $34::text[], $35::uuid[], $36::boolean[])
                as m (id, kind, message, link_id, urgent)
        )
        select exists (select from fresh) as is_done",
    );
    let links = &answered.links;
    let superseding: Vec<_> = links
        .iter()
        .map(|link| link.supersedes.map(|id| *id.as_uuid()))
        .collect();
    // A statement does not see what it inserts: a link that another of the same answer ends begins as ended.
    let ended: Vec<_> = links
        .iter()
        .map(|link| links.iter().find(|other| other.supersedes == Some(link.id)))
        .map(|other| other.map(|other| micros(other.issued_at)))
        .collect();
    let (accounts, operators): (Vec<_>, Vec<_>) = links
        .iter()
        .map(|link| principal_columns(link.principal))
        .unzip();
    macro_rules! each {
        ($of:expr, |$item:ident| $value:expr) => {
            $of.iter().map(|$item| $value).collect::<Vec<_>>()
        };
    }
    let entries = &answered.entries;
    let (kinds, authors): (Vec<_>, Vec<_>) = entries
        .iter()
        .map(|entry| author_columns(entry.author()))
        .unzip();
    // All of them go to the address that asked.
    let mails: Vec<_> = answered
        .mails
        .iter()
        .filter(|mail| matches!(&mail.to, Recipient::Address(to) if *to == answered.email))
        .collect();
    if mails.len() != answered.mails.len() {
        return Err(sqlx::Error::Encode("a mail to another address".into()));
    }
    let row = query
        .bind(asks)
        .bind(again)
        .bind(micros(answered.at))
        .bind(words)
        .bind(mailed)
        .bind(superseding)
        .bind(each!(links, |link| micros(link.issued_at)))
        .bind(answered.email.as_str())
        .bind(each!(links, |link| *link.id.as_uuid()))
        .bind(each!(links, |link| link.hash.as_bytes().to_vec()))
        .bind(each!(links, |link| link.nonce.as_bytes().to_vec()))
        .bind(each!(links, |link| link.key.as_bytes().to_vec()))
        .bind(each!(links, |link| link.purpose.as_str()))
        .bind(accounts)
        .bind(operators)
        .bind(each!(links, |link| link.browser.as_bytes().to_vec()))
        .bind(each!(links, |link| micros(link.expires_at)))
        .bind(each!(links, |link| link.epoch.0))
        .bind(each!(links, |link| link.next.clone()))
        .bind(each!(links, |link| link.language.as_str()))
        .bind(each!(entries, |entry| *entry.id().as_uuid()))
        .bind(each!(entries, |entry| micros(entry.at())))
        .bind(each!(entries, |entry| entry.kind()))
        .bind(kinds)
        .bind(authors)
        .bind(each!(entries, |entry| entry
            .account()
            .map(|id| *id.as_uuid())))
        .bind(each!(entries, |entry| entry
            .group()
            .map(|id| *id.as_uuid())))
        .bind(each!(entries, |entry| entry.details()))
        .bind(each!(entries, |entry| entry.commitment().0.to_vec()))
        .bind(each!(entries, |entry| entry.erasable()))
        .bind(each!(entries, |entry| entry.salt().0.to_vec()))
        .bind(each!(mails, |mail| *mail.id_for(&answered.email).as_uuid()))
        .bind(each!(mails, |mail| mail.message.kind()))
        .bind(each!(mails, |mail| message_text(&mail.message)))
        .bind(each!(mails, |mail| mail
            .message
            .link()
            .map(|id| *id.as_uuid())))
        .bind(each!(mails, |mail| mail.message.is_urgent()))
        .bind(answered.language.as_str())
        .bind(ended)
        .fetch_one(connection)
        .await?;
    Ok(match row.try_get("is_done")? {
        true => Outcome::Done(()),
        false => Outcome::Stale,
    })
}

/// Forgets at most `limit` each of links whose end is before `dead_since`, of sessions opened before `opened_before`,
/// of answered askings before `dead_since`, and of settled mails queued before it (L9); how many went. What somebody else
/// holds in this moment is left for the next time.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn purge(
    connection: &mut PgConnection,
    dead_since: Timestamp,
    opened_before: Timestamp,
    limit: u32,
) -> Result<u32> {
    let gone: i64 = sqlx::query_scalar(
        "with links as (
            delete from aplus.link where id = any (array(
                select id from aplus.link where expires_at < $1 order by expires_at limit $3 for update skip locked
            )) returning id
        ),
        sessions as (
            delete from aplus.session where id = any (array(
                select id from aplus.session where opened_at < $2 order by opened_at limit $3 for update skip locked
            )) returning id
        ),
        askings as (
            delete from aplus.login_request where id = any (array(
                select id from aplus.login_request where answered_at is not null and at < $1
                order by at limit $3 for update skip locked
            )) returning id
        ),
        mails as (
            delete from aplus.outbox where id = any (array(
                select id from aplus.outbox where to_address is null and queued_at < $1
                order by queued_at limit $3 for update skip locked
            )) returning id
        )
        select (select count(*) from links) + (select count(*) from sessions) + (select count(*) from askings)
            + (select count(*) from mails)",
    )
    .bind(micros(dead_since))
    .bind(micros(opened_before))
    .bind(i64::from(limit))
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(gone).unwrap_or(u32::MAX))
}
