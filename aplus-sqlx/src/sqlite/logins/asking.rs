//! Askings: the queue, and what decides on them.

use std::collections::BTreeSet;

use aplus_core::account::Epoch;
use aplus_core::asking::{Addressee, Ask, AskLimits, LiveLink, PastAsk, Waiting};
use aplus_core::ports::{AskReceipt, AskSettings, NewAsk, OrderToConfirm, WaitingAsks};
use aplus_core::{
    AccountId, AskId, BrowserHash, EmailAddress, Lifetimes, LinkId, OperatorId, OrderId, Principal,
    Timestamp,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Result, Row, SqliteConnection};

use super::super::orders;
use crate::rows::{self, Line, bytes, principal_columns, time};

/// Queues an asking, unless `most` wait already: one insert, the same for every address (P20, L7).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn ask(connection: &mut SqliteConnection, ask: &NewAsk, most: u32) -> Result<AskReceipt> {
    let queued = sqlx::query(
        "insert into aplus_login_request (id, at, browser, network, email, next, language)
        select ?1, ?2, ?3, ?4, ?5, ?6, ?7 where (
            select count(*) from (
                select 1 from aplus_login_request where answered_at is null and at >= 0 limit ?8
            )
        ) < ?8",
    )
    .bind(ask.id.as_uuid())
    .bind(ask.at.as_unix_micros())
    .bind(ask.browser.as_bytes().as_slice())
    .bind(&ask.network)
    .bind(ask.email.as_str())
    .bind(&ask.next)
    .bind(ask.language.as_str())
    .bind(most)
    .execute(connection)
    .await?;
    Ok(match queued.rows_affected() {
        0 => AskReceipt::Full,
        _ => AskReceipt::Queued,
    })
}

/// Queues an asking of our own, for the link that confirms an order's new address (A6): however many wait.
pub(in super::super) async fn queue_asking(
    connection: &mut SqliteConnection,
    ask: &NewAsk,
) -> Result<()> {
    sqlx::query(
        "insert into aplus_login_request (id, at, browser, network, email, next, language)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(ask.id.as_uuid())
    .bind(ask.at.as_unix_micros())
    .bind(ask.browser.as_bytes().as_slice())
    .bind(&ask.network)
    .bind(ask.email.as_str())
    .bind(&ask.next)
    .bind(ask.language.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// What waits for one address, the one that waits longest, with all that decides on it; none when nothing waits.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn waiting(
    connection: &mut SqliteConnection,
    settings: AskSettings<'_>,
    now: Timestamp,
) -> Result<Option<WaitingAsks>> {
    let oldest = sqlx::query(
        "select id, at, browser, network, email, next, language from aplus_login_request where answered_at is null and at >= 0 order by at, id limit 1",
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(oldest) = oldest.as_ref().map(read_ask).transpose()? else {
        return Ok(None);
    };
    let email = oldest.email;
    let rows = sqlx::query(
        "select id, at, browser, network, email, next, language from aplus_login_request where email = ?1 and answered_at is null order by at, id limit ?2",
    )
    .bind(email.as_str())
    .bind(AskLimits::AT_ONCE)
    .fetch_all(&mut *connection)
    .await?;
    let asks = rows.iter().map(read_ask).collect::<Result<Vec<_>>>()?;
    let mut counted = Vec::with_capacity(asks.len());
    for ask in &asks {
        let from_network = from_network(connection, ask, settings.limits).await?;
        counted.push(Ask {
            id: ask.id,
            browser: ask.browser,
            at: ask.at,
            from_network,
        });
    }
    let (mut principal, mut addressee) = addressee(connection, &email).await?;
    let order = match principal {
        Some(_) => None,
        None => orders::to_confirm(connection, &email, now).await?,
    };
    if let Some(order) = &order {
        principal = epoch(connection, order.account).await?;
        addressee = Addressee::Known;
    }
    // Counted back from the oldest asking, not from now: the courier may be late.
    let since = oldest.at.saturating_sub(settings.lifetimes.link());
    let waiting = Waiting {
        asks: counted,
        past: past(connection, &email, &asks, since).await?,
        addressee,
        live: match principal {
            None => Vec::new(),
            Some((principal, _)) => {
                let order = order.as_ref().map(|order| order.id);
                live(connection, principal, order, now).await?
            }
        },
        told: told(connection, &email, now).await?,
        known_domain: known_domain(connection, &email, settings.domains).await?,
    };
    Ok(Some(WaitingAsks {
        email,
        principal,
        order: order.map(|order| OrderToConfirm {
            id: order.id,
            expires_at: order.expires_at,
        }),
        waiting,
        asks,
    }))
}

async fn from_network(
    connection: &mut SqliteConnection,
    ask: &NewAsk,
    limits: &AskLimits,
) -> Result<u32> {
    sqlx::query_scalar(
        "select count(*) from (
            select 1 from aplus_login_request where network = ?1 and at > ?2 and at <= ?3 limit ?4
        )",
    )
    .bind(&ask.network)
    .bind(window_start(ask.at).as_unix_micros())
    .bind(ask.at.as_unix_micros())
    .bind(limits.network() + 1)
    .fetch_one(connection)
    .await
}

fn window_start(at: Timestamp) -> Timestamp {
    at.saturating_sub(AskLimits::NETWORK_WINDOW)
}

/// Each asking that was mailed, and the newest of each browser that asks: neither grows with a flood.
async fn past(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
    asks: &[NewAsk],
    since: Timestamp,
) -> Result<Vec<PastAsk>> {
    let mut rows = sqlx::query(
        "select browser, at, mailed from aplus_login_request
        where email = ?1 and at > ?2 and mailed = 1 order by at, id",
    )
    .bind(email.as_str())
    .bind(since.as_unix_micros())
    .fetch_all(&mut *connection)
    .await?;
    let browsers: BTreeSet<_> = asks.iter().map(|ask| *ask.browser.as_bytes()).collect();
    for browser in browsers {
        let newest = sqlx::query(
            "select browser, at, mailed from aplus_login_request
            where email = ?1 and browser = ?2 and at > ?3 and answered_at is not null
            order by at desc, id desc limit 1",
        )
        .bind(email.as_str())
        .bind(browser.as_slice())
        .bind(since.as_unix_micros())
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(row) = newest
            && !row.try_get::<bool, _>("mailed")?
        {
            rows.push(row);
        }
    }
    rows.iter()
        .map(|row| {
            Ok(PastAsk {
                browser: BrowserHash::from_bytes(bytes(row, "browser")?),
                at: time(row, "at")?,
                mailed: row.try_get("mailed")?,
            })
        })
        .collect()
}

/// Whom a link to this address would log in, and whether they are active.
async fn addressee(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
) -> Result<(Option<(Principal, Epoch)>, Addressee)> {
    let row = sqlx::query(
        "select id, epoch, status = 'active' as active from aplus_account where email = ?1",
    )
    .bind(email.as_str())
    .fetch_optional(&mut *connection)
    .await?;
    let (row, principal) = match row {
        Some(row) => {
            let id = AccountId::from_uuid(row.try_get("id")?);
            (row, Principal::Account(id))
        }
        None => {
            let row = sqlx::query(
                "select id, epoch, status = 'active' as active from aplus_operator where email = ?1",
            )
            .bind(email.as_str())
            .fetch_optional(connection)
            .await?;
            let Some(row) = row else {
                return Ok((None, Addressee::Unknown));
            };
            let id = OperatorId::from_uuid(row.try_get("id")?);
            (row, Principal::Operator(id))
        }
    };
    let addressee = if row.try_get("active")? {
        Addressee::Known
    } else {
        Addressee::Deactivated
    };
    Ok((Some((principal, Epoch(row.try_get("epoch")?))), addressee))
}

/// Whom a link to an order's new address would log in.
async fn epoch(
    connection: &mut SqliteConnection,
    account: AccountId,
) -> Result<Option<(Principal, Epoch)>> {
    let epoch: Option<i64> = sqlx::query_scalar("select epoch from aplus_account where id = ?1")
        .bind(account.as_uuid())
        .fetch_optional(connection)
        .await?;
    Ok(epoch.map(|epoch| (Principal::Account(account), Epoch(epoch))))
}

/// The links that may work, of the purpose that is asked for: the core looks at their end again.
async fn live(
    connection: &mut SqliteConnection,
    principal: Principal,
    order: Option<OrderId>,
    now: Timestamp,
) -> Result<Vec<LiveLink>> {
    let statement = match (principal, order) {
        (_, Some(_)) => {
            "select id, browser, issued_at, expires_at from aplus_live_link
            where order_id = ?1 and issued_at > ?2 and expires_at > ?3
                and used_at is null and superseded_at is null and epoch = current_epoch and active"
        }
        (Principal::Account(_), None) => {
            "select id, browser, issued_at, expires_at from aplus_live_link
            where account_id = ?1 and issued_at > ?2 and expires_at > ?3 and purpose = 'log_in'
                and used_at is null and superseded_at is null and epoch = current_epoch and active"
        }
        (Principal::Operator(_), None) => {
            "select id, browser, issued_at, expires_at from aplus_live_link
            where operator_id = ?1 and issued_at > ?2 and expires_at > ?3 and purpose = 'log_in'
                and used_at is null and superseded_at is null and epoch = current_epoch and active"
        }
    };
    let (account, operator) = principal_columns(principal);
    // No link lives longer than L2 says: what is older need not be looked at.
    let oldest = now.saturating_sub(Lifetimes::default().link());
    let rows = sqlx::query(statement)
        .bind(order.map(|id| *id.as_uuid()).or(account).or(operator))
        .bind(oldest.as_unix_micros())
        .bind(now.as_unix_micros())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(LiveLink {
                id: LinkId::from_uuid(row.try_get("id")?),
                browser: BrowserHash::from_bytes(bytes(row, "browser")?),
                issued_at: time(row, "issued_at")?,
                expires_at: time(row, "expires_at")?,
            })
        })
        .collect()
}

async fn told(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query_scalar(
        "select exists (
            select 1 from aplus_login_request where email = ?1 and answer = 'told' and answered_at > ?2
        )",
    )
    .bind(email.as_str())
    .bind(now.saturating_sub(Lifetimes::NOTICE).as_unix_micros())
    .fetch_one(connection)
    .await
}

pub(in super::super) async fn known_domain(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
    domains: Option<&[String]>,
) -> Result<bool> {
    let Some(domains) = domains else {
        return Ok(true);
    };
    if domains.iter().any(|domain| domain == email.domain()) {
        return Ok(true);
    }
    sqlx::query_scalar("select exists (select 1 from aplus_account where domain = ?1)")
        .bind(email.domain())
        .fetch_one(connection)
        .await
}

/// A line of `aplus_login_request`.
fn read_ask(row: &SqliteRow) -> Result<NewAsk> {
    Ok(NewAsk {
        id: AskId::from_uuid(row.uuid("id")?),
        email: rows::text(row, "email")?,
        browser: BrowserHash::from_bytes(bytes(row, "browser")?),
        network: row.str("network")?.to_owned(),
        next: row.optional_str("next")?.map(str::to_owned),
        language: rows::language(row)?,
        at: time(row, "at")?,
    })
}
