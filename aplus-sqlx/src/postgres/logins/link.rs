//! Links: their facts, their one use.

use aplus_core::link::LinkFacts;
use aplus_core::ports::{Outcome, Redemption};
use aplus_core::{LinkHash, LinkId};
use sqlx::{Connection, PgConnection, Result};

use super::super::acts::{bind_entry, outcome};
use super::super::columns::link_columns;
use super::super::orders::carry_out;
use crate::rows::{self, principal_columns};

/// What is known of a link (P26: nothing changes by it).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn link(connection: &mut PgConnection, hash: &LinkHash) -> Result<Option<LinkFacts>> {
    let row = sqlx::query(concat!(
        "select ",
        link_columns!("l"),
        " from aplus.live_link l where l.hash = $1"
    ))
    .bind(hash.as_bytes().as_slice())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(rows::link).transpose()
}

/// Uses a link and opens its session (L3); one that confirms an order's new address carries that order out (P61). The conditions are the judgement's own, asked again on the line as it is once it
/// is locked: of any number of redemptions of one link exactly one changes it (P22). Its owner is locked first, so that a
/// deactivation comes before, and then nobody logs in, or after, and then ends the session.
///
/// With an order it is two statements in one transaction: a statement cannot change an account that the door changes beside
/// it, and the door asks for a link that was used.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn redeem(connection: &mut PgConnection, redemption: Redemption) -> Result<Outcome<()>> {
    let Some(confirmed) = redemption.order() else {
        return open(connection, &redemption).await;
    };
    let mut both = connection.begin().await?;
    let outcome = match open(&mut both, &redemption).await? {
        Outcome::Done(()) => carry_out(&mut both, confirmed).await?,
        refused => refused,
    };
    match outcome {
        Outcome::Done(()) => both.commit().await?,
        Outcome::Taken | Outcome::Stale | Outcome::Repeated(_) => both.rollback().await?,
    }
    Ok(outcome)
}

/// Uses the link, and opens the session under the epoch that its owner has once all is done.
async fn open(connection: &mut PgConnection, redemption: &Redemption) -> Result<Outcome<()>> {
    let (opening, session) = (redemption.opening(), redemption.session());
    let order = opening.purpose().order();
    if order != redemption.order().map(|confirmed| confirmed.order) {
        return Ok(Outcome::Stale);
    }
    let (account, operator) = principal_columns(opening.principal());
    let query = sqlx::query(
        "with again as materialized (
            select id, body_hash, account_id, group_id from aplus.journal_entry where request_id = $9
        ),
        account as materialized (
            select id from aplus.account where id = $14 and epoch = $16 and status = 'active' for no key update
        ),
        operator as materialized (
            select id from aplus.operator where id = $15 and epoch = $16 and status = 'active' for share
        ),
        fresh as materialized (
            select where not exists (select from again)
                and (exists (select from account) or exists (select from operator))
        ),
        used as (
            update aplus.link set used_at = $2, session_id = $17
            where id = $18 and purpose = $24 and order_id is not distinct from $25
                and used_at is null and superseded_at is null and $2 < expires_at
                and account_id is not distinct from $14 and operator_id is not distinct from $15 and epoch = $16
                and ($19::smallint is null or wrong_addresses = $19) and exists (select from fresh)
            returning id
        ),
        opened as (
            insert into aplus.session (id, hash, nonce, key_id, account_id, operator_id, link_id, browser, opened_at,
                last_seen_at, epoch)
            select $17, $20, $21, $22, $14, $15, id, $23, $2, $2, $16 + ($25::uuid is not null)::integer
            from used
            returning id
        ),
        seen as (
            update aplus.account
            set version = version + (last_login_at is null)::integer,
                last_login_at = greatest(coalesce(last_login_at, 0), $2)
            where id = $14 and exists (select from used)
        ),
        noted as (
            insert into aplus.journal_entry
                (id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 from opened
            returning id
        ),
        kept as (
            insert into aplus.journal_erasable (entry_id, text, salt) select id, $12, $13 from noted
        )
        select again.id as again_id, again.body_hash as again_body_hash, again.account_id as again_account_id,
            again.group_id as again_group_id, exists (select from fresh) as is_fresh,
            exists (select from used) as is_done
        from (select) as one left join again on true",
    );
    let row = bind_entry(query, redemption.entry())
        .bind(account)
        .bind(operator)
        .bind(opening.epoch().0)
        .bind(*session.id.as_uuid())
        .bind(*opening.link().as_uuid())
        .bind(opening.by_address().map(i16::from))
        .bind(session.hash.as_bytes().to_vec())
        .bind(session.nonce.as_bytes().to_vec())
        .bind(session.key.as_bytes().to_vec())
        .bind(session.browser.clone())
        .bind(opening.purpose().as_str())
        .bind(order.map(|id| *id.as_uuid()))
        .fetch_one(connection)
        .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Counts a wrong address, if `seen` is still their number and the link is unused (P23); whether it was counted.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn wrong_address(connection: &mut PgConnection, link: LinkId, seen: u8) -> Result<bool> {
    let counted = sqlx::query(
        "update aplus.link set wrong_addresses = $3 where id = $1 and wrong_addresses = $2 and used_at is null",
    )
    .bind(link.as_uuid())
    .bind(i16::from(seen))
    .bind(i16::from(seen.saturating_add(1)))
    .execute(connection)
    .await?;
    Ok(counted.rows_affected() > 0)
}
