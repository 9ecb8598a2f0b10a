//! Links: their facts, their one use.

use aplus_core::link::LinkFacts;
use aplus_core::ports::{Confirmed, Outcome, Redemption};
use aplus_core::words::Language;
use aplus_core::{LinkHash, LinkId, Principal};
use sqlx::{Connection, Result, SqliteConnection};

use super::super::acts::{queue, repeated};
use super::super::{journal, orders};
use crate::rows::{self, principal_columns};

/// What is known of a link (P26: nothing changes by it).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn link(connection: &mut SqliteConnection, hash: &LinkHash) -> Result<Option<LinkFacts>> {
    let row = sqlx::query("select * from aplus_live_link where hash = ?1")
        .bind(hash.as_bytes().as_slice())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::link).transpose()
}

/// Uses a link and opens its session (L3); one that confirms an order's new address carries that order out (P61). The conditions
/// are the judgement's own, asked again under the write lock: of any number of redemptions of one link exactly one changes
/// its line (P22).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn redeem(
    connection: &mut SqliteConnection,
    redemption: Redemption,
) -> Result<Outcome<()>> {
    if let Some(repeated) = repeated(connection, redemption.entry()).await? {
        return Ok(repeated);
    }
    let Some(confirmed) = redemption.order() else {
        return open(connection, &redemption).await;
    };
    // A savepoint: where the order does not fit the link is not used either, and what a host wrote before stays.
    let mut both = connection.begin().await?;
    let outcome = match open(&mut both, &redemption).await? {
        Outcome::Done(()) => confirm(&mut both, confirmed, &redemption).await?,
        refused => refused,
    };
    match outcome {
        Outcome::Done(()) => both.commit().await?,
        Outcome::Taken | Outcome::Stale | Outcome::Repeated(_) => both.rollback().await?,
    }
    Ok(outcome)
}

/// Carries out the order whose new address was confirmed, with its entry and mails.
async fn confirm(
    connection: &mut SqliteConnection,
    confirmed: &Confirmed,
    redemption: &Redemption,
) -> Result<Outcome<()>> {
    let at = redemption.at();
    let Some(order) = orders::order(connection, confirmed.order).await? else {
        return Ok(Outcome::Stale);
    };
    if let Some(unfit) = orders::unfit(connection, &order, at).await? {
        return Ok(unfit);
    }
    journal::append(connection, &confirmed.entry).await?;
    orders::carry_out(connection, &order, &confirmed.entry, at).await?;
    for mail in &confirmed.mails {
        let cause = Some(confirmed.entry.id());
        queue(connection, mail, cause, Language::default(), at).await?;
    }
    Ok(Outcome::Done(()))
}

/// Uses the link, and opens the session under the epoch that its owner has once all is done.
async fn open(connection: &mut SqliteConnection, redemption: &Redemption) -> Result<Outcome<()>> {
    let (opening, session) = (redemption.opening(), redemption.session());
    let (account, operator) = principal_columns(opening.principal());
    let at = redemption.at().as_unix_micros();
    let order = opening.purpose().order();
    if order != redemption.order().map(|confirmed| confirmed.order) {
        return Ok(Outcome::Stale);
    }
    let used = sqlx::query(
        "update aplus_link set used_at = ?2, session_id = ?3
        where id = ?1 and purpose = ?8 and order_id is ?9 and used_at is null and superseded_at is null and ?2 < expires_at
            and account_id is ?4 and operator_id is ?5 and epoch = ?6
            and (?7 is null or wrong_addresses = ?7)
            and exists (select 1 from aplus_live_link where id = ?1 and epoch = current_epoch and active)",
    )
    .bind(opening.link().as_uuid())
    .bind(at)
    .bind(session.id.as_uuid())
    .bind(account)
    .bind(operator)
    .bind(opening.epoch().0)
    .bind(opening.by_address())
    .bind(opening.purpose().as_str())
    .bind(order.map(|id| *id.as_uuid()))
    .execute(&mut *connection)
    .await?;
    if used.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    sqlx::query(
        "insert into aplus_session (id, hash, nonce, key_id, account_id, operator_id, link_id, browser, opened_at,
            last_seen_at, epoch)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10)",
    )
    .bind(session.id.as_uuid())
    .bind(session.hash.as_bytes().as_slice())
    .bind(session.nonce.as_bytes().as_slice())
    .bind(session.key.as_bytes().as_slice())
    .bind(account)
    .bind(operator)
    .bind(opening.link().as_uuid())
    .bind(&session.browser)
    .bind(at)
    .bind(opening.epoch().0 + i64::from(order.is_some()))
    .execute(&mut *connection)
    .await?;
    if let Principal::Account(id) = opening.principal() {
        sqlx::query(
            "update aplus_account
            set version = version + (last_login_at is null), last_login_at = max(coalesce(last_login_at, 0), ?2)
            where id = ?1",
        )
        .bind(id.as_uuid())
        .bind(at)
        .execute(&mut *connection)
        .await?;
    }
    journal::append(connection, redemption.entry()).await?;
    Ok(Outcome::Done(()))
}

/// Counts a wrong address, if `seen` is still their number and the link is unused (P23); whether it was counted.
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn wrong_address(
    connection: &mut SqliteConnection,
    link: LinkId,
    seen: u8,
) -> Result<bool> {
    let counted = sqlx::query(
        "update aplus_link set wrong_addresses = ?3 where id = ?1 and wrong_addresses = ?2 and used_at is null",
    )
    .bind(link.as_uuid())
    .bind(seen)
    .bind(seen.saturating_add(1))
    .execute(connection)
    .await?;
    Ok(counted.rows_affected() > 0)
}
