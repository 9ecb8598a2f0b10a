//! Askings: the queue, and what decides on them.

use aplus_core::account::Epoch;
use aplus_core::asking::{Addressee, Ask, AskLimits, LiveLink, PastAsk, Waiting};
use aplus_core::ports::{AskReceipt, AskSettings, NewAsk, OrderToConfirm, WaitingAsks};
use aplus_core::{
    AccountId, AskId, BrowserHash, Lifetimes, LinkId, OperatorId, OrderId, Principal, Timestamp,
};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Result, Row};
use uuid::Uuid;

use super::super::acts::micros;
use super::super::row::list;
use crate::rows;

/// Queues an asking, unless `most` wait already: one insert, the same for every address (P20, L7).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn ask(connection: &mut PgConnection, ask: &NewAsk, most: u32) -> Result<AskReceipt> {
    let queued = sqlx::query(
        "insert into aplus.login_request (id, at, browser, network, email, next, language)
        select $1, $2, $3, $4, $5, $6, $7 where (
            select count(*) from (
                select from aplus.login_request where answered_at is null and at >= 0 limit $8
            ) as waiting
        ) < $8",
    )
    .bind(ask.id.as_uuid())
    .bind(micros(ask.at))
    .bind(ask.browser.as_bytes().as_slice())
    .bind(&ask.network)
    .bind(ask.email.as_str())
    .bind(&ask.next)
    .bind(ask.language.as_str())
    .bind(i64::from(most))
    .execute(connection)
    .await?;
    Ok(match queued.rows_affected() {
        0 => AskReceipt::Full,
        _ => AskReceipt::Queued,
    })
}

/// What waits for one address, the one that waits longest, with all that decides on it; none when nothing waits.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn waiting(
    connection: &mut PgConnection,
    settings: AskSettings<'_>,
    now: Timestamp,
) -> Result<Option<WaitingAsks>> {
    // Past askings are counted back from the oldest that waits, not from now: the courier may be late. No link lives longer
    // than L2 says: what is older need not be looked at.
    let row = sqlx::query(
        "with oldest as materialized (
            select email, at from aplus.login_request where answered_at is null and at >= 0 order by at, id limit 1
        ),
        asks as materialized (
            select r.id, r.at, r.browser, r.network, r.next, r.language from oldest cross join lateral (
                select id, at, browser, network, next, language from aplus.login_request
                where email = oldest.email and answered_at is null order by at, id limit $1
            ) as r
        ),
        counted as (
            select a.id, a.at, a.browser, a.network, a.next, a.language, (
                select count(*) from (
                    select from aplus.login_request n
                    where n.network = a.network and n.at > a.at - $2 and n.at <= a.at limit $3
                ) as of_network
            ) as from_network
            from asks a
        ),
        past as (
            select m.browser, m.at, m.mailed from oldest cross join lateral (
                select browser, at, mailed from aplus.login_request
                where email = oldest.email and at > oldest.at - $4 and mailed
            ) as m
            union all
            select n.browser, n.at, n.mailed
            from oldest cross join (select distinct browser from asks) as b cross join lateral (
                select browser, at, mailed from aplus.login_request
                where email = oldest.email and browser = b.browser and at > oldest.at - $4 and answered_at is not null
                order by at desc, id desc limit 1
            ) as n
            where not n.mailed
        ),
        ordered as (
            select s.id, s.expires_at, s.account_id, s.epoch from oldest cross join lateral (
                select s.id, s.expires_at, s.account_id, a.epoch
                from aplus.support_order s join aplus.account a on a.id = s.account_id
                where s.new_email = oldest.email and s.old_email <> s.new_email and s.approved_at is not null
                    and s.carried_out_at is null and s.closed_at is null and $6 < s.expires_at
                    and (a.email, a.roles, a.status) = (s.old_email, s.old_roles, 'active')
                    and (a.ordered_at > s.proposed_at) is not true
                order by s.approved_at, s.id limit 1
            ) as s
            where not exists (select from aplus.account where email = oldest.email)
                and not exists (select from aplus.operator where email = oldest.email)
        ),
        live as (
            select l.id, l.browser, l.issued_at, l.expires_at
            from oldest join aplus.account a on a.email = oldest.email join aplus.live_link l on l.account_id = a.id
            where l.issued_at > $5 and l.expires_at > $6 and l.purpose = 'log_in' and l.used_at is null
                and l.superseded_at is null and l.epoch = l.current_epoch and l.active
            union all
            select l.id, l.browser, l.issued_at, l.expires_at
            from oldest join aplus.operator o on o.email = oldest.email join aplus.live_link l on l.operator_id = o.id
            where l.issued_at > $5 and l.expires_at > $6 and l.purpose = 'log_in' and l.used_at is null
                and l.superseded_at is null and l.epoch = l.current_epoch and l.active
            union all
            select l.id, l.browser, l.issued_at, l.expires_at
            from ordered join aplus.live_link l on l.order_id = ordered.id
            where l.expires_at > $6 and l.used_at is null and l.superseded_at is null and l.epoch = l.current_epoch
                and l.active
        )
        select oldest.email, coalesce(a.id, ordered.account_id) as account_id, o.id as operator_id,
            coalesce(a.epoch, o.epoch, ordered.epoch) as epoch,
            coalesce(a.status, o.status, 'active') = 'active' as active,
            ordered.id as order_id, ordered.expires_at as order_expires_at,
            exists (
                select from aplus.login_request
                where email = oldest.email and answer = 'told' and answered_at > $7
            ) as told,
            $8::text[] is null or split_part(oldest.email, '@', 2) = any ($8)
                or exists (select from aplus.account where domain = split_part(oldest.email, '@', 2)) as known_domain,
            c.ids, c.browsers, c.networks, c.nexts, c.languages, c.ats, c.from_network,
            p.browsers as past_browsers, p.ats as past_ats, p.mailed as past_mailed,
            l.ids as live_ids, l.browsers as live_browsers, l.issued as live_issued, l.expires as live_expires
        from oldest
        left join aplus.account a on a.email = oldest.email
        left join aplus.operator o on o.email = oldest.email
        left join ordered on true
        cross join (
            select array_agg(id order by at, id) as ids, array_agg(browser order by at, id) as browsers,
                array_agg(network order by at, id) as networks, array_agg(next order by at, id) as nexts,
                array_agg(language order by at, id) as languages, array_agg(at order by at, id) as ats,
                array_agg(from_network order by at, id) as from_network
            from counted
        ) as c
        cross join (
            select array_agg(browser) as browsers, array_agg(at) as ats, array_agg(mailed) as mailed from past
        ) as p
        cross join (
            select array_agg(id) as ids, array_agg(browser) as browsers, array_agg(issued_at) as issued,
                array_agg(expires_at) as expires
            from live
        ) as l",
    )
    .bind(i64::from(AskLimits::AT_ONCE))
    .bind(length(AskLimits::NETWORK_WINDOW))
    .bind(i64::from(settings.limits.network()) + 1)
    .bind(length(settings.lifetimes.link()))
    .bind(micros(now.saturating_sub(Lifetimes::default().link())))
    .bind(micros(now))
    .bind(micros(now.saturating_sub(Lifetimes::NOTICE)))
    .bind(settings.domains)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_waiting).transpose()
}

fn length(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

fn read_waiting(row: &PgRow) -> Result<WaitingAsks> {
    let asks = read_asks(row)?;
    let from_network: Vec<i64> = list(row, "from_network")?;
    let account: Option<Uuid> = row.try_get("account_id")?;
    let operator: Option<Uuid> = row.try_get("operator_id")?;
    let principal = match (account, operator) {
        (Some(id), _) => Some(Principal::Account(AccountId::from_uuid(id))),
        (None, Some(id)) => Some(Principal::Operator(OperatorId::from_uuid(id))),
        (None, None) => None,
    };
    let (principal, addressee) = match principal {
        None => (None, Addressee::Unknown),
        Some(principal) => {
            let addressee = match row.try_get("active")? {
                true => Addressee::Known,
                false => Addressee::Deactivated,
            };
            (Some((principal, Epoch(row.try_get("epoch")?))), addressee)
        }
    };
    let counted = asks.iter().zip(from_network);
    let waiting = Waiting {
        asks: counted
            .map(|(ask, from_network)| Ask {
                id: ask.id,
                browser: ask.browser,
                at: ask.at,
                from_network: u32::try_from(from_network).unwrap_or(u32::MAX),
            })
            .collect(),
        past: read_past(row)?,
        addressee,
        live: read_live(row)?,
        told: row.try_get("told")?,
        known_domain: row.try_get("known_domain")?,
    };
    let order: Option<Uuid> = row.try_get("order_id")?;
    Ok(WaitingAsks {
        email: rows::text(row, "email")?,
        principal,
        order: match order {
            None => None,
            Some(id) => Some(OrderToConfirm {
                id: OrderId::from_uuid(id),
                expires_at: rows::time(row, "order_expires_at")?,
            }),
        },
        waiting,
        asks,
    })
}

fn read_asks(row: &PgRow) -> Result<Vec<NewAsk>> {
    let email = rows::text::<aplus_core::EmailAddress>(row, "email")?;
    let ids: Vec<Uuid> = list(row, "ids")?;
    let browsers: Vec<Vec<u8>> = list(row, "browsers")?;
    let networks: Vec<String> = list(row, "networks")?;
    let nexts: Vec<Option<String>> = list(row, "nexts")?;
    let languages: Vec<String> = list(row, "languages")?;
    let ats: Vec<i64> = list(row, "ats")?;
    let mut asks = Vec::with_capacity(ids.len());
    for (((((id, browser), network), next), language), at) in ids
        .into_iter()
        .zip(browsers)
        .zip(networks)
        .zip(nexts)
        .zip(languages)
        .zip(ats)
    {
        asks.push(NewAsk {
            id: AskId::from_uuid(id),
            email: email.clone(),
            browser: read_browser(&browser)?,
            network,
            next,
            language: rows::language_of(&language)?,
            at: rows::time_of(at, "at")?,
        });
    }
    Ok(asks)
}

fn read_past(row: &PgRow) -> Result<Vec<PastAsk>> {
    let browsers: Vec<Vec<u8>> = list(row, "past_browsers")?;
    let ats: Vec<i64> = list(row, "past_ats")?;
    let mailed: Vec<bool> = list(row, "past_mailed")?;
    let past = browsers.iter().zip(ats).zip(mailed);
    past.map(|((browser, at), mailed)| {
        Ok(PastAsk {
            browser: read_browser(browser)?,
            at: rows::time_of(at, "at")?,
            mailed,
        })
    })
    .collect()
}

fn read_live(row: &PgRow) -> Result<Vec<LiveLink>> {
    let ids: Vec<Uuid> = list(row, "live_ids")?;
    let browsers: Vec<Vec<u8>> = list(row, "live_browsers")?;
    let issued: Vec<i64> = list(row, "live_issued")?;
    let expires: Vec<i64> = list(row, "live_expires")?;
    let live = ids.into_iter().zip(browsers).zip(issued).zip(expires);
    live.map(|(((id, browser), issued), expires)| {
        Ok(LiveLink {
            id: LinkId::from_uuid(id),
            browser: read_browser(&browser)?,
            issued_at: rows::time_of(issued, "issued_at")?,
            expires_at: rows::time_of(expires, "expires_at")?,
        })
    })
    .collect()
}

fn read_browser(bytes: &[u8]) -> Result<BrowserHash> {
    rows::bytes_of(bytes, "browser").map(BrowserHash::from_bytes)
}
