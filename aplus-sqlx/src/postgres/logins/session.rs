//! Sessions: with their owner's epoch and standing of now (P24).

use aplus_core::ports::{LoggedIn, Outcome, SessionHolder, SessionKey, SessionLine};
use aplus_core::rules::{EndAllSessions, EndSession};
use aplus_core::{Act, KeyId, Nonce, Principal, SessionHash, SessionId, Timestamp};
use sqlx::{PgConnection, Result};

use super::super::accounts::mentions;
use super::super::acts::{act_statement, bound, micros, outcome};
use super::super::columns::{account_columns, session_columns};
use super::super::row::Part;
use crate::rows::{self, Line, bytes, principal_columns};

/// A session with its owner, read at one moment.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn session(
    connection: &mut PgConnection,
    hash: &SessionHash,
) -> Result<Option<LoggedIn>> {
    let row = sqlx::query(concat!(
        "select s.id as session_id, s.account_id as session_account_id, s.operator_id as session_operator_id,
            s.opened_at as session_opened_at, s.last_seen_at as session_last_seen_at, s.ended_at as session_ended_at,
            s.epoch as session_epoch, s.current_epoch as session_current_epoch, s.active as session_active,
            ",
        account_columns!("a"),
        ", belongs.ids as group_ids, belongs.names as group_names,
            o.id as operator_id, o.email as operator_email, o.status as operator_status,
            o.version as operator_version, o.epoch as operator_epoch, o.created_at as operator_created_at
        from aplus.live_session s
        left join aplus.account a on a.id = s.account_id
        left join aplus.operator o on o.id = s.operator_id
        left join lateral (
            select array_agg(m.group_id order by m.group_id) as ids,
                array_agg((select name from aplus.group where id = m.group_id) order by m.group_id) as names
            from aplus.membership m where m.account_id = s.account_id
        ) as belongs on true
        where s.hash = $1"
    ))
    .bind(hash.as_bytes().as_slice())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let part = |prefix| Part { row: &row, prefix };
    let session = rows::session(&part("session_"))?;
    let holder = match session.principal {
        Principal::Account(_) => SessionHolder::Account(rows::account(&row, mentions(&row)?)?),
        Principal::Operator(_) => SessionHolder::Operator(rows::operator(&part("operator_"))?),
    };
    Ok(Some(LoggedIn { session, holder }))
}

/// What a session's secret is derived from.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn session_key(
    connection: &mut PgConnection,
    id: SessionId,
) -> Result<Option<SessionKey>> {
    let row = sqlx::query(concat!(
        "select ",
        session_columns!("s"),
        ", s.hash, s.nonce, s.key_id from aplus.live_session s where s.id = $1"
    ))
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
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn touch(connection: &mut PgConnection, id: SessionId, now: Timestamp) -> Result<()> {
    sqlx::query(
        "update aplus.session set last_seen_at = $2
        where id = $1 and ended_at is null and last_seen_at < $2
            and exists (select from aplus.live_session where id = $1 and epoch = current_epoch and active)",
    )
    .bind(id.as_uuid())
    .bind(micros(now))
    .execute(connection)
    .await?;
    Ok(())
}

macro_rules! sessions_where {
    ($owned:literal) => {
        concat!(
            "select ",
            session_columns!("s"),
            ", s.browser from aplus.live_session s where ",
            $owned,
            " and s.ended_at is null and s.epoch = s.current_epoch and s.active
            order by s.opened_at desc, s.id desc limit $2"
        )
    };
}

/// The sessions of somebody that were not ended, the newest first; at most `limit`.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn sessions(
    connection: &mut PgConnection,
    owner: Principal,
    limit: u32,
) -> Result<Vec<SessionLine>> {
    let statement = match owner {
        Principal::Account(_) => sessions_where!("s.account_id = $1"),
        Principal::Operator(_) => sessions_where!("s.operator_id = $1"),
    };
    let (account, operator) = principal_columns(owner);
    let rows = sqlx::query(statement)
        .bind(account.or(operator))
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SessionLine {
                session: rows::session(row)?,
                browser: row.optional_str("browser")?.map(str::to_owned),
            })
        })
        .collect()
}

/// Ends one session; `Stale` if it is not its owner's or has ended.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn end_session(
    connection: &mut PgConnection,
    act: Act<EndSession>,
) -> Result<Outcome<()>> {
    let (account, operator) = principal_columns(act.action().owner());
    let row = bound(
        act_statement!(
            "share",
            "done as (
                update aplus.session set ended_at = $32
                where id = $31 and account_id is not distinct from $33 and operator_id is not distinct from $34
                    and ended_at is null and exists (select from fresh)
                    and exists (
                        select from aplus.live_session where id = $31 and epoch = current_epoch and active
                    )
                returning id
            )",
            ""
        ),
        &act,
    )
    .bind(*act.action().session().as_uuid())
    .bind(micros(act.at()))
    .bind(account)
    .bind(operator)
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Ends all sessions and links of somebody by number (P24).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn end_all_sessions(
    connection: &mut PgConnection,
    act: Act<EndAllSessions>,
) -> Result<Outcome<()>> {
    let (account, operator) = principal_columns(act.action().owner());
    let row = bound(
        act_statement!(
            "no key update",
            "of_account as (
                update aplus.account set epoch = epoch + 1 where id = $31 and exists (select from fresh) returning id
            ),
            of_operator as (
                update aplus.operator set epoch = epoch + 1 where id = $32 and exists (select from fresh) returning id
            ),
            done as (select id from of_account union all select id from of_operator)",
            ""
        ),
        &act,
    )
    .bind(account)
    .bind(operator)
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}
