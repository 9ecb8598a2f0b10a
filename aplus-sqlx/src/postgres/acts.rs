//! What all acts share: the request, the versions under lock, the entry, the mails. One statement each.
//!
//! All acts lock in one order: accounts, operators, groups, each by their ids, then the line that they are about, a link, a
//! session or an order. Carrying an order out locks the groups of its account behind it: no act that holds a group waits for
//! an order that is there, since what decides on orders stands on no group.

use aplus_core::journal::Entry;
use aplus_core::mail::{Mail, Message, Recipient};
use aplus_core::ports::{Outcome, Written};
use aplus_core::rules::Permitted;
use aplus_core::words::Language;
use aplus_core::{Act, GroupId, OperatorId, Principal, Timestamp};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Result, Row};
use uuid::Uuid;

use super::error::{is_overtaken, is_taken, store_error};
use crate::rows::{self, author_columns};

pub(super) type Statement = Query<'static, Postgres, PgArguments>;

/// The statement of an act: `$done` is one or more `with` queries, the last of them `done (id, …)`, with its own parameters
/// from `$31` on; `$answer` is what is read beside it.
///
/// - `again` finds the entry of a request that was carried out before (P3).
/// - `accounts`, `operators` and `groups` lock what was decided on, in this order and each by its ids, and compare the
///   versions after the lock (P2): a line that another transaction holds is waited for and then read as it is. Accounts are
///   locked as `$lock` says: `share` where they are only relied on, `no key update` where one of them is changed; operators
///   likewise as `$operators` says.
/// - `fresh` has a line if all of it holds. Nothing may be written without it: `done` asks for it.
/// - `moved`, `noted`, `kept` and `mailed` follow `done` (P1). No order is promised among `with` queries, so that each takes
///   what it stands on from the one before.
macro_rules! act_statement {
    ($lock:literal, $done:expr, $answer:expr) => {
        $crate::postgres::acts::act_statement!($lock, "share", $done, $answer)
    };
    ($lock:literal, $operators:literal, $done:expr, $answer:expr) => {
        concat!(
            "with again as materialized (
                select id, body_hash, account_id, group_id from aplus.journal_entry where request_id = $16
            ),
            accounts as materialized (
                select a.id from aplus.account a join unnest($1::uuid[], $2::bigint[]) as seen (id, version) on seen.id = a.id
                where a.version = seen.version and not exists (select from again)
                order by a.id for ", $lock, " of a
            ),
            operators as materialized (
                select o.id from aplus.operator o join unnest($3::uuid[], $4::bigint[]) as seen (id, version) on seen.id = o.id
                where o.version = seen.version and (select count(*) from accounts) = cardinality($1)
                order by o.id for ", $operators, " of o
            ),
            groups as materialized (
                select g.id from aplus.group g join unnest($5::uuid[], $6::bigint[]) as seen (id, version) on seen.id = g.id
                where g.version = coalesce(seen.version, g.version) and (select count(*) from accounts) = cardinality($1)
                    and (select count(*) from operators) = cardinality($3)
                order by g.id for no key update of g
            ),
            fresh as materialized (
                select where not exists (select from again)
                    and (select count(*) from accounts) = cardinality($1)
                    and (select count(*) from operators) = cardinality($3)
                    and (select count(*) from groups) = cardinality($5)
            ),
            ",
            $done,
            ",
            moved as (
                update aplus.group set version = version + 1
                where id = any ($7::uuid[]) and exists (select from done)
            ),
            noted as (
                insert into aplus.journal_entry
                    (id, at, kind, author_kind, author_id, account_id, group_id, details, request_id, body_hash, commitment)
                select $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 from done
                returning id
            ),
            kept as (
                insert into aplus.journal_erasable (entry_id, text, salt) select id, $19, $20 from noted
            ),
            mailed as (
                insert into aplus.outbox
                    (id, to_address, kind, message, link_id, entry_id, urgency, language, queued_at, next_at)
                select aplus.mail_id($8, mail.number, receiver.email), receiver.email, mail.kind, mail.message, mail.link_id,
                    $8, mail.urgency, $30, $9, $9
                from noted,
                unnest($21::integer[], $22::text[], $23::uuid[], $24::text[], $25::text[], $26::text[], $27::uuid[],
                    $28::smallint[], $29::uuid[])
                    as mail (number, receiver, receiver_id, address, kind, message, link_id, urgency, but),
                lateral (
                    select mail.address as email where mail.receiver = 'address'
                    union
                    select email from aplus.account
                    where mail.receiver = 'account' and id = mail.receiver_id and email is not null
                    union
                    select a.email from aplus.membership m
                    cross join lateral (
                        select id, email, status, roles from aplus.account where id = m.account_id offset 0
                    ) as a
                    where mail.receiver = 'responsables' and m.group_id = mail.receiver_id and a.status = 'active'
                        and a.roles & 4 <> 0 and a.email is not null and a.id is distinct from mail.but
                    union
                    select a.email
                    from (
                        select group_id from aplus.membership
                        where mail.receiver = 'managers' and account_id = mail.receiver_id offset 0
                    ) as own
                    cross join lateral (
                        select account_id from aplus.membership where group_id = own.group_id offset 0
                    ) as m
                    cross join lateral (
                        select id, email, status, roles from aplus.account where id = m.account_id offset 0
                    ) as a
                    where a.status = 'active' and a.roles & 4 <> 0 and a.email is not null
                        and a.id is distinct from mail.but
                    union
                    select email from aplus.operator
                    where mail.receiver = 'operators' and (status = 'active' or id = mail.receiver_id)
                        and id is distinct from mail.but
                ) as receiver
            )
            select again.id as again_id, again.body_hash as again_body_hash, again.account_id as again_account_id,
                again.group_id as again_group_id, exists (select from fresh) as is_fresh, done.id is not null as is_done ",
            $answer,
            " from (select) as one left join again on true left join done on true"
        )
    };
}
pub(super) use act_statement;

/// An operator whose standing the statement itself changes: it sees all of them as they were before it.
#[derive(Clone, Copy)]
pub(super) enum Changed {
    Suspended(OperatorId),
    Restored(OperatorId),
}

/// A statement of an act with what all of them bind: `$1` to `$30`.
pub(super) fn bound<A: Permitted>(statement: &'static str, act: &Act<A>) -> Statement {
    bind(statement, act, Mails::of(act.mails().iter(), None))
}

/// The same with receivers of its mails whom the statement itself makes, so that it cannot see them.
pub(super) fn bound_with<A: Permitted>(
    statement: &'static str,
    act: &Act<A>,
    new: Vec<Mail>,
) -> Statement {
    bind(
        statement,
        act,
        Mails::of(act.mails().iter().chain(&new), None),
    )
}

/// The same where all operators are told but one who is one no longer, or with one who is one again.
pub(super) fn bound_changing<A: Permitted>(
    statement: &'static str,
    act: &Act<A>,
    changed: Changed,
) -> Statement {
    bind(statement, act, Mails::of(act.mails().iter(), Some(changed)))
}

fn bind<A: Permitted>(statement: &'static str, act: &Act<A>, mails: Mails) -> Statement {
    let basis = act.basis();
    let (accounts, account_versions): (Vec<Uuid>, Vec<i64>) = basis
        .accounts()
        .iter()
        .map(|(id, version)| (*id.as_uuid(), version.0))
        .unzip();
    let (operators, operator_versions): (Vec<Uuid>, Vec<i64>) = basis
        .operators()
        .iter()
        .map(|(id, version)| (*id.as_uuid(), version.0))
        .unzip();
    let counted = |id: &GroupId| basis.groups().iter().any(|(group, _)| group == id);
    let only_moved = act.moved_groups().iter().filter(|id| !counted(id));
    let (groups, group_versions): (Vec<Uuid>, Vec<Option<i64>>) = basis
        .groups()
        .iter()
        .map(|(id, version)| (*id.as_uuid(), Some(version.0)))
        .chain(only_moved.map(|id| (*id.as_uuid(), None)))
        .unzip();
    let moved: Vec<Uuid> = act.moved_groups().iter().map(|id| *id.as_uuid()).collect();
    let query = sqlx::query(statement)
        .bind(accounts)
        .bind(account_versions)
        .bind(operators)
        .bind(operator_versions)
        .bind(groups)
        .bind(group_versions)
        .bind(moved);
    mails
        .bind(bind_entry(query, act.entry()))
        .bind(Language::default().as_str())
}

/// The thirteen columns of an entry and its erasable part.
pub(super) fn bind_entry(query: Statement, entry: &Entry) -> Statement {
    let (author_kind, author_id) = author_columns(entry.author());
    let request = entry.request();
    query
        .bind(*entry.id().as_uuid())
        .bind(entry.at().as_unix_micros())
        .bind(entry.kind().to_owned())
        .bind(author_kind)
        .bind(author_id)
        .bind(entry.account().map(|id| *id.as_uuid()))
        .bind(entry.group().map(|id| *id.as_uuid()))
        .bind(entry.details().to_owned())
        .bind(request.map(|(id, _)| *id.as_uuid()))
        .bind(request.map(|(_, body)| body.0.to_vec()))
        .bind(entry.commitment().0.to_vec())
        .bind(entry.erasable().to_owned())
        .bind(entry.salt().0.to_vec())
}

/// The mails of an act, column by column.
#[derive(Default)]
struct Mails {
    numbers: Vec<i32>,
    receivers: Vec<&'static str>,
    receiver_ids: Vec<Option<Uuid>>,
    addresses: Vec<Option<String>>,
    kinds: Vec<&'static str>,
    messages: Vec<String>,
    links: Vec<Option<Uuid>>,
    urgencies: Vec<i16>,
    but: Vec<Option<Uuid>>,
}

impl Mails {
    fn of<'m>(mails: impl Iterator<Item = &'m Mail>, changed: Option<Changed>) -> Self {
        let (suspended, restored) = match changed {
            Some(Changed::Suspended(id)) => (Some(*id.as_uuid()), None),
            Some(Changed::Restored(id)) => (None, Some(*id.as_uuid())),
            None => (None, None),
        };
        let mut all = Self::default();
        for mail in mails {
            let (receiver, id, address) = match &mail.to {
                Recipient::Address(address) => ("address", None, Some(address.as_str().to_owned())),
                Recipient::Account(id) => ("account", Some(*id.as_uuid()), None),
                Recipient::ResponsablesOf(group) => ("responsables", Some(*group.as_uuid()), None),
                Recipient::ResponsablesFor(id) => ("managers", Some(*id.as_uuid()), None),
                Recipient::Operators => ("operators", restored, None),
            };
            all.numbers
                .push(i32::try_from(mail.number()).unwrap_or(i32::MAX));
            all.receivers.push(receiver);
            all.receiver_ids.push(id);
            all.addresses.push(address);
            all.kinds.push(mail.message.kind());
            all.messages.push(message_text(&mail.message));
            all.links.push(mail.message.link().map(|id| *id.as_uuid()));
            all.urgencies.push(mail.urgency().into());
            let but = mail.skips().map(|who| match who {
                Principal::Account(id) => *id.as_uuid(),
                Principal::Operator(id) => *id.as_uuid(),
            });
            all.but.push(but.or(suspended));
        }
        all
    }

    fn bind(self, query: Statement) -> Statement {
        query
            .bind(self.numbers)
            .bind(self.receivers)
            .bind(self.receiver_ids)
            .bind(self.addresses)
            .bind(self.kinds)
            .bind(self.messages)
            .bind(self.links)
            .bind(self.urgencies)
            .bind(self.but)
    }
}

/// A message as the outbox keeps it. A closed set of plain variants: it is always text.
pub(super) fn message_text(message: &Message) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

/// What an act's statement came to: `done` reads what it answers, `not_done` says why it is not although all it was decided
/// on still holds.
pub(super) fn outcome<T>(
    row: &PgRow,
    done: impl FnOnce(&PgRow) -> Result<T>,
    not_done: Outcome<T>,
) -> Result<Outcome<T>> {
    if row.try_get::<Option<Uuid>, _>("again_id")?.is_some() {
        let again = super::row::Part {
            row,
            prefix: "again_",
        };
        return rows::repeated(&again).map(Outcome::Repeated);
    }
    if row.try_get("is_done")? {
        return done(row).map(Outcome::Done);
    }
    Ok(match row.try_get("is_fresh")? {
        true => not_done,
        false => Outcome::Stale,
    })
}

/// An act whose answer was an error: what another transaction won in the same moment is no failure.
pub(super) fn settled<T>(written: Result<Outcome<T>, sqlx::Error>) -> Written<T> {
    match written {
        Ok(outcome) => Ok(outcome),
        Err(error) if is_overtaken(&error) => Ok(Outcome::Stale),
        Err(error) if is_taken(&error) => Ok(Outcome::Taken),
        Err(error) => Err(store_error(error)),
    }
}

pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_unix_micros()
}

/// Whoever finds an address or a number taken may have taken it in the same moment by the same request: that is told, and
/// only then is it somebody else's (P3).
pub(super) async fn unless_by_itself<T>(
    connection: &mut sqlx::PgConnection,
    entry: &Entry,
    outcome: Outcome<T>,
) -> Result<Outcome<T>> {
    if !matches!(outcome, Outcome::Taken) {
        return Ok(outcome);
    }
    let again = is_again(connection, entry).await?;
    Ok(again.map_or(Outcome::Taken, Outcome::Repeated))
}

/// What a request came to that was carried out before (P3), for acts of several statements.
pub(super) async fn is_again(
    connection: &mut sqlx::PgConnection,
    entry: &Entry,
) -> Result<Option<aplus_core::ports::Repeated>> {
    match entry.request() {
        None => Ok(None),
        Some((id, _)) => super::journal::request(connection, id).await,
    }
}
