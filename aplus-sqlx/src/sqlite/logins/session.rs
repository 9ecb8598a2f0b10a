//! Sessions: with their owner's epoch and standing of now (P24).

use aplus_core::account::{Account, Operator};
use aplus_core::ports::{LoggedIn, Outcome, SessionHolder, SessionKey, SessionLine};
use aplus_core::rules::{EndAllSessions, EndSession};
use aplus_core::{Act, KeyId, Nonce, Principal, SessionHash, SessionId, Timestamp};
use sqlx::{Result, Row, SqliteConnection};

use super::super::accounts;
use super::super::acts::{record, refused};
use crate::rows::{self, bytes, principal_columns};

/// A session with its owner.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn session(
    connection: &mut SqliteConnection,
    hash: &SessionHash,
) -> Result<Option<LoggedIn>> {
    let row = sqlx::query("select * from aplus_live_session where hash = ?1")
        .bind(hash.as_bytes().as_slice())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let session = rows::session(&row)?;
    let holder: Option<SessionHolder> = match session.principal {
        Principal::Account(id) => {
            let account: Option<Account> = accounts::account(connection, id).await?;
            account.map(SessionHolder::Account)
        }
        Principal::Operator(id) => {
            let operator: Option<Operator> = accounts::operator(connection, id).await?;
            operator.map(SessionHolder::Operator)
        }
    };
    Ok(holder.map(|holder| LoggedIn { session, holder }))
}

/// What a session's secret is derived from.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn session_key(
    connection: &mut SqliteConnection,
    id: SessionId,
) -> Result<Option<SessionKey>> {
    let row = sqlx::query("select * from aplus_live_session where id = ?1")
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(SessionKey {
        session: rows::session(&row)?,
        hash: SessionHash::from_bytes(bytes(&row, "hash")?),
        nonce: Nonce::from_bytes(bytes(&row, "nonce")?),
        key: KeyId::from_bytes(bytes(&row, "key_id")?),
    }))
}

/// Notes a session's last use, if it is older than `now` and the session has not ended (P25).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn touch(connection: &mut SqliteConnection, id: SessionId, now: Timestamp) -> Result<()> {
    sqlx::query(
        "update aplus_session set last_seen_at = ?2
        where id = ?1 and ended_at is null and last_seen_at < ?2
            and exists (select 1 from aplus_live_session where id = ?1 and epoch = current_epoch and active)",
    )
    .bind(id.as_uuid())
    .bind(now.as_unix_micros())
    .execute(connection)
    .await?;
    Ok(())
}

/// The sessions of somebody that were not ended, the newest first; at most `limit`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn sessions(
    connection: &mut SqliteConnection,
    owner: Principal,
    limit: u32,
) -> Result<Vec<SessionLine>> {
    let statement = match owner {
        Principal::Account(_) => {
            "select * from aplus_live_session
            where account_id = ?1 and ended_at is null and epoch = current_epoch and active
            order by opened_at desc, id desc limit ?2"
        }
        Principal::Operator(_) => {
            "select * from aplus_live_session
            where operator_id = ?1 and ended_at is null and epoch = current_epoch and active
            order by opened_at desc, id desc limit ?2"
        }
    };
    let (account, operator) = principal_columns(owner);
    let rows = sqlx::query(statement)
        .bind(account.or(operator))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SessionLine {
                session: rows::session(row)?,
                browser: row.try_get("browser")?,
            })
        })
        .collect()
}

/// Ends one session; `Stale` if it is not its owner's or has ended.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn end_session(
    connection: &mut SqliteConnection,
    act: Act<EndSession>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (account, operator) = principal_columns(act.action().owner());
    let ended = sqlx::query(
        "update aplus_session set ended_at = ?2
        where id = ?1 and account_id is ?3 and operator_id is ?4 and ended_at is null
            and exists (select 1 from aplus_live_session where id = ?1 and epoch = current_epoch and active)",
    )
    .bind(act.action().session().as_uuid())
    .bind(act.at().as_unix_micros())
    .bind(account)
    .bind(operator)
    .execute(&mut *connection)
    .await?;
    if ended.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

/// Ends all sessions and links of somebody by number (P24).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn end_all_sessions(
    connection: &mut SqliteConnection,
    act: Act<EndAllSessions>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (statement, id) = match act.action().owner() {
        Principal::Account(id) => (
            "update aplus_account set epoch = epoch + 1 where id = ?1",
            *id.as_uuid(),
        ),
        Principal::Operator(id) => (
            "update aplus_operator set epoch = epoch + 1 where id = ?1",
            *id.as_uuid(),
        ),
    };
    let ended = sqlx::query(statement)
        .bind(id)
        .execute(&mut *connection)
        .await?;
    if ended.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}
