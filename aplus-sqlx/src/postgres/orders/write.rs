//! The acts on support orders, one statement each.
//!
//! Nothing but the owner's door changes an account: an act that carries an order out calls it with what it wrote itself, and
//! gives it its entry. Whatever the door would refuse is asked before; were it to refuse all the same, the line of the order
//! would name an entry that is not written, and the database refuses the whole.

use aplus_core::mail::Recipient;
use aplus_core::order::{Closing, Reason};
use aplus_core::ports::{Confirmed, NewAsk, Outcome};
use aplus_core::rules::{ApproveOrder, Permitted, ProposeOrder, RefuseOrder, WithdrawOrder};
use aplus_core::words::Language;
use aplus_core::{Act, Order, OrderId, Timestamp};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Result, Row};

use super::super::acts::{
    Statement, act_statement, bind_entry, bound, message_text, micros, outcome,
};
use crate::rows::{self, author_columns, profile_text};

/// The four columns of the asking for the link that confirms a new address, where there is one.
fn bind_asking(query: Statement, asking: Option<NewAsk>) -> Statement {
    let asking = asking.as_ref();
    query
        .bind(asking.map(|ask| *ask.id.as_uuid()))
        .bind(asking.map(|ask| ask.browser.as_bytes().to_vec()))
        .bind(asking.map(|ask| ask.network.clone()))
        .bind(asking.map(|ask| ask.language.as_str()))
}

/// An order that was carried out in the statement that wrote it: its account is what it says.
fn carried(mut order: Order, at: Timestamp) -> Order {
    order.carried_out_at = Some(at);
    order.holds = order.from == order.to && at <= order.proposed_at;
    order
}

/// Proposes an order (A6). Where it needs nobody it is carried out with that (P62), or the link that confirms its new address
/// is asked for.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn propose_order(
    connection: &mut PgConnection,
    act: Act<ProposeOrder>,
) -> Result<Outcome<Order>> {
    let (order, asking) = (act.order(), act.confirmation());
    let carries = order.approval.is_some() && asking.is_none();
    let (author_kind, author_id) = author_columns(order.author);
    let query = bound(
        act_statement!(
            "no key update",
            "proposed as (
                insert into aplus.support_order (id, account_id, old_email, new_email, old_roles, new_roles, profile,
                    author_kind, author_id, requester_kind, requester_name, reference, reason, proposed_at, expires_at,
                    approved_at, approval_entry)
                select $8, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $9, $43, $44,
                    case when $44::bigint is not null then $8 end
                from fresh
                returning id, new_email
            ),
            carried as materialized (select aplus.carry_out_order(id, $9, $8) as word from proposed where $45),
            asked as (
                insert into aplus.login_request (id, at, browser, network, email, language)
                select $46::uuid, $9, $47::bytea, $48::text, new_email, $49::text from proposed where $46 is not null
            ),
            done as (select id from proposed where not exists (select from carried where word <> 'done'))",
            ""
        ),
        &act,
    )
    .bind(*order.account.as_uuid())
    .bind(order.from.email.as_ref().map(|email| email.as_str().to_owned()))
    .bind(order.to.email.as_ref().map(|email| email.as_str().to_owned()))
    .bind(i16::from(order.from.roles.bits()))
    .bind(i16::from(order.to.roles.bits()))
    .bind(profile_text(&order.profile)?)
    .bind(author_kind)
    .bind(author_id)
    .bind(order.requester.kind.as_str())
    .bind(order.requester.name.as_ref().map(|it| it.as_str().to_owned()))
    .bind(order.reference.as_ref().map(|it| it.as_str().to_owned()))
    .bind(order.reason.as_ref().map(|reason| reason.as_str().to_owned()))
    .bind(micros(order.expires_at))
    .bind(order.approval.map(|approval| micros(approval.at)))
    .bind(carries);
    let row = bind_asking(query, asking).fetch_one(connection).await?;
    let order = match carries {
        true => carried(order, act.at()),
        false => order,
    };
    outcome(&row, |_| Ok(order), Outcome::Stale)
}

/// Approves an order (A6): it is carried out with that (P62), or the link that confirms its new address is asked for.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn approve_order(
    connection: &mut PgConnection,
    act: Act<ApproveOrder>,
) -> Result<Outcome<Order>> {
    let (asking, at) = (act.confirmation(), act.at());
    let carries = asking.is_none();
    let (by, approved_at) = act.approval();
    let (kind, id) = author_columns(by.into());
    let query = bound(
        act_statement!(
            "no key update",
            concat!(
                "approved as (
                    update aplus.support_order s
                    set approver_kind = $32, approver_id = $33, approved_at = $34, approval_entry = $8
                    from aplus.account a
                    where s.id = $31 and a.id = s.account_id and s.approved_at is null and s.closed_at is null
                        and s.carried_out_at is null and $34 < s.expires_at
                        and (a.email, a.roles) = (s.old_email, s.old_roles) and (a.ordered_at > s.proposed_at) is not true
                        and exists (select from fresh)
                    returning ",
                order_columns!(),
                "
                ),
                carried as materialized (select aplus.carry_out_order(id, $9, $8) as word from approved where $35),
                asked as (
                    insert into aplus.login_request (id, at, browser, network, email, language)
                    select $36::uuid, $9, $37::bytea, $38::text, new_email, $39::text from approved where $36 is not null
                ),
                done as (
                    select approved.*, true as holds from approved
                    where not exists (select from carried where word <> 'done')
                )"
            ),
            ", done.*"
        ),
        &act,
    )
    .bind(*act.action().order().as_uuid())
    .bind(kind)
    .bind(id)
    .bind(micros(approved_at))
    .bind(carries);
    let row = bind_asking(query, asking).fetch_one(connection).await?;
    let read = |row: &PgRow| {
        let order = rows::order(row)?;
        Ok(match carries {
            true => carried(order, at),
            false => order,
        })
    };
    outcome(&row, read, Outcome::Stale)
}

/// Refuses an order (A6).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn refuse_order(
    connection: &mut PgConnection,
    act: Act<RefuseOrder>,
) -> Result<Outcome<Order>> {
    let (order, reason) = (act.action().order(), act.action().reason().cloned());
    close(connection, &act, order, Closing::Refused, reason).await
}

/// Takes an order back.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn withdraw_order(
    connection: &mut PgConnection,
    act: Act<WithdrawOrder>,
) -> Result<Outcome<Order>> {
    let order = act.action().order();
    close(connection, &act, order, Closing::Withdrawn, None).await
}

/// Ends an open order (P64): one that is approved already is only taken back.
async fn close<A: Permitted>(
    connection: &mut PgConnection,
    act: &Act<A>,
    order: OrderId,
    how: Closing,
    reason: Option<Reason>,
) -> Result<Outcome<Order>> {
    let row = bound(
        act_statement!(
            "share",
            concat!(
                "done as (
                    update aplus.support_order s
                    set closed_at = $9, closed_how = $32, closed_by_kind = $11, closed_by_id = $12, closing_reason = $33,
                        closing_entry = $8
                    where s.id = $31 and s.closed_at is null and s.carried_out_at is null and $9 < s.expires_at
                        and ($32 = 'withdrawn' or s.approved_at is null) and exists (select from fresh)
                    returning ",
                order_columns!(),
                holds!(),
                ")"
            ),
            ", done.*"
        ),
        act,
    )
    .bind(*order.as_uuid())
    .bind(how.as_str())
    .bind(reason.map(|reason| reason.as_str().to_owned()))
    .fetch_one(connection)
    .await?;
    outcome(&row, rows::order, Outcome::Stale)
}

/// Carries out the order whose new address was confirmed (P61), with its entry and mails, in the transaction that used the
/// link; anything but `Done` means that this transaction is to be given up.
pub(in super::super) async fn carry_out(
    connection: &mut PgConnection,
    confirmed: &Confirmed,
) -> Result<Outcome<()>> {
    // They go to the new address and to the old one.
    let mut receivers = Vec::with_capacity(confirmed.mails.len());
    for mail in &confirmed.mails {
        match &mail.to {
            Recipient::Address(address) => receivers.push(address),
            _ => return Err(sqlx::Error::Encode("a mail to no address".into())),
        }
    }
    let mails = || confirmed.mails.iter().zip(&receivers);
    let query = sqlx::query(
        "with carried as materialized (select aplus.carry_out_order($14, $2, $1) as word),
        noted as (
            insert into aplus.journal_entry
                (id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 from carried where word = 'done'
            returning id
        ),
        kept as (
            insert into aplus.journal_erasable (entry_id, text, salt) select id, $12, $13 from noted
        ),
        mailed as (
            insert into aplus.outbox
                (id, to_address, kind, message, entry_id, urgency, language, queued_at, next_at)
            select m.id, m.address, m.kind, m.message, $1, m.urgency, $20, $2, $2
            from noted, unnest($15::uuid[], $16::text[], $17::text[], $18::text[], $19::smallint[])
                as m (id, address, kind, message, urgency)
        )
        select word from carried",
    );
    let row = bind_entry(query, &confirmed.entry)
        .bind(*confirmed.order.as_uuid())
        .bind(
            mails()
                .map(|(mail, to)| *mail.id_for(to).as_uuid())
                .collect::<Vec<_>>(),
        )
        .bind(
            receivers
                .iter()
                .map(|to| to.as_str().to_owned())
                .collect::<Vec<_>>(),
        )
        .bind(
            mails()
                .map(|(mail, _)| mail.message.kind())
                .collect::<Vec<_>>(),
        )
        .bind(
            mails()
                .map(|(mail, _)| message_text(&mail.message))
                .collect::<Vec<_>>(),
        )
        .bind(
            mails()
                .map(|(mail, _)| i16::from(mail.urgency()))
                .collect::<Vec<_>>(),
        )
        .bind(Language::default().as_str())
        .fetch_one(connection)
        .await?;
    Ok(match row.try_get("word")? {
        "done" => Outcome::Done(()),
        "taken" => Outcome::Taken,
        _ => Outcome::Stale,
    })
}
