//! What all acts share: the request, the versions, the entry, the mails.

use std::collections::BTreeSet;

use aplus_core::journal::Entry;
use aplus_core::mail::{Mail, Recipient};
use aplus_core::ports::Outcome;
use aplus_core::rules::{Basis, Permitted};
use aplus_core::words::Language;
use aplus_core::{Act, EmailAddress, EntryId, GroupId, Role, Roles, Timestamp};
use sqlx::{Result, SqliteConnection};

use super::journal;
use crate::rows::{principal_columns, text};

/// Why an act is not written: its request was carried out before (P3), or what it was decided on has moved (P2).
///
/// The one write lock of the database is held already: nothing moves between this look and the end of the transaction.
pub(super) async fn refused<A: Permitted, T>(
    connection: &mut SqliteConnection,
    act: &Act<A>,
) -> Result<Option<Outcome<T>>> {
    if let Some(repeated) = repeated(connection, act.entry()).await? {
        return Ok(Some(repeated));
    }
    let mut holds = holds(connection, act.basis()).await?;
    for group in act.moved_groups() {
        holds &= group_version(connection, *group).await?.is_some();
    }
    Ok((!holds).then_some(Outcome::Stale))
}

/// Whether an entry's request was carried out before (P3).
pub(super) async fn repeated<T>(
    connection: &mut SqliteConnection,
    entry: &Entry,
) -> Result<Option<Outcome<T>>> {
    match entry.request() {
        None => Ok(None),
        Some((id, _)) => Ok(journal::request(connection, id)
            .await?
            .map(Outcome::Repeated)),
    }
}

async fn holds(connection: &mut SqliteConnection, basis: &Basis) -> Result<bool> {
    for (id, version) in basis.accounts() {
        let found: Option<i64> =
            sqlx::query_scalar("select version from aplus_account where id = ?1")
                .bind(id.as_uuid())
                .fetch_optional(&mut *connection)
                .await?;
        if found != Some(version.0) {
            return Ok(false);
        }
    }
    for (id, version) in basis.operators() {
        let found: Option<i64> =
            sqlx::query_scalar("select version from aplus_operator where id = ?1")
                .bind(id.as_uuid())
                .fetch_optional(&mut *connection)
                .await?;
        if found != Some(version.0) {
            return Ok(false);
        }
    }
    for (id, version) in basis.groups() {
        if group_version(connection, *id).await? != Some(version.0) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn group_version(connection: &mut SqliteConnection, id: GroupId) -> Result<Option<i64>> {
    sqlx::query_scalar("select version from aplus_group where id = ?1")
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await
}

/// What each act leaves behind beside what it does: moved groups, its entry, and its mails to whoever they are for now
/// that it is done (P1).
pub(super) async fn record<A: Permitted>(
    connection: &mut SqliteConnection,
    act: &Act<A>,
) -> Result<()> {
    for group in act.moved_groups() {
        sqlx::query("update aplus_group set version = version + 1 where id = ?1")
            .bind(group.as_uuid())
            .execute(&mut *connection)
            .await?;
    }
    journal::append(connection, act.entry()).await?;
    for mail in act.mails() {
        let cause = Some(act.entry().id());
        queue(connection, mail, cause, Language::default(), act.at()).await?;
    }
    Ok(())
}

/// Queues one mail to each of those whom it is for, found in the transaction of the act.
pub(super) async fn queue(
    connection: &mut SqliteConnection,
    mail: &Mail,
    cause: Option<EntryId>,
    language: Language,
    at: Timestamp,
) -> Result<()> {
    let message =
        serde_json::to_string(&mail.message).map_err(|error| sqlx::Error::Encode(error.into()))?;
    for to in addresses(connection, mail).await? {
        sqlx::query(
            "insert into aplus_outbox
                (id, to_address, kind, message, link_id, entry_id, urgency, language, queued_at, next_at)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
        )
        .bind(mail.id_for(&to).as_uuid())
        .bind(to.as_str())
        .bind(mail.message.kind())
        .bind(&message)
        .bind(mail.message.link().map(|id| *id.as_uuid()))
        .bind(cause.map(|id| *id.as_uuid()))
        .bind(i16::from(mail.urgency()))
        .bind(language.as_str())
        .bind(at.as_unix_micros())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn addresses(
    connection: &mut SqliteConnection,
    mail: &Mail,
) -> Result<BTreeSet<EmailAddress>> {
    let but = mail.skips();
    let rows = match &mail.to {
        Recipient::Address(address) => return Ok(BTreeSet::from([address.clone()])),
        Recipient::Account(id) => {
            sqlx::query("select email from aplus_account where id = ?1 and email is not null")
                .bind(id.as_uuid())
                .fetch_all(connection)
                .await?
        }
        Recipient::ResponsablesOf(group) => {
            sqlx::query(
                "select a.email from aplus_membership m join aplus_account a on a.id = m.account_id
                where m.group_id = ?1 and a.status = 'active' and a.roles & ?2 != 0
                    and a.email is not null and a.id is not ?3",
            )
            .bind(group.as_uuid())
            .bind(Roles::only(Role::Responsable).bits())
            .bind(but.and_then(|who| principal_columns(who).0))
            .fetch_all(connection)
            .await?
        }
        Recipient::ResponsablesFor(account) => {
            sqlx::query(
                "select distinct a.email from aplus_membership own
                join aplus_membership m on m.group_id = own.group_id
                join aplus_account a on a.id = m.account_id
                where own.account_id = ?1 and a.status = 'active' and a.roles & ?2 != 0
                    and a.email is not null and a.id is not ?3",
            )
            .bind(account.as_uuid())
            .bind(Roles::only(Role::Responsable).bits())
            .bind(but.and_then(|who| principal_columns(who).0))
            .fetch_all(connection)
            .await?
        }
        Recipient::Operators => {
            sqlx::query("select email from aplus_operator where status = 'active' and id is not ?1")
                .bind(but.and_then(|who| principal_columns(who).1))
                .fetch_all(connection)
                .await?
        }
    };
    rows.iter().map(|row| text(row, "email")).collect()
}
