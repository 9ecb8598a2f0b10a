//! The races of support orders (A6). In each, one transaction holds what it wrote until the other is seen to wait for it; beside it
//! stands its control, the same without the lock or the guard, which must fail.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod postgres_common;

use aplus_core::ports::{Accounts, Orders, Outcome};
use aplus_core::rules;
use aplus_core::service::Context;
use aplus_core::*;
use aplus_sqlx::postgres::{accounts, orders};
use postgres_common::orders::{approval, is_done, moved, proposed, raised, withdrawal};
use postgres_common::people::{People, address};
use postgres_common::race::Race;
use sqlx::{ConnectOptions, Connection, PgConnection};

/// The locks and conditions, as the statements have them.
const ACCOUNTS_LOCKED: &str = "for no key update of a";
const UNDECIDED: &str = " and s.approved_at is null and s.closed_at is null
                        and s.carried_out_at is null";
const OPEN: &str = " and s.closed_at is null and s.carried_out_at is null";
const OWNER_LOCKED: &str = " and epoch = $16 and status = 'active' for no key update";
const GROUPS_LOCKED: &str = "for no key update of g";

/// Without the guards of the database, so that it is the statement that is asked.
const UNGUARDED: &str = "alter table aplus.support_order disable trigger support_order_keeps;
    alter table aplus.support_order drop constraint support_order_check15;
    alter table aplus.account disable trigger account_keeps";

/// What became of the second one, and whether it waited for the first.
macro_rules! race {
    ($race:ident, $first:path, $act:expr, $second:expr) => {{
        let (act, second) = ($act, $second);
        let mut first = $race.place.database.admin().connect().await.unwrap();
        std::mem::swap(&mut first, &mut $race.first);
        let mut transaction = first.begin().await.unwrap();
        let pid = sqlx::query_scalar("select pg_backend_pid()");
        let pid: i32 = pid.fetch_one(&mut *transaction).await.unwrap();
        let done = $first(&mut transaction, act).await.unwrap();
        assert!(is_done(&done), "{done:?}");
        let second = tokio::spawn(second);
        let waited = $race.meet(pid, &second).await;
        transaction.commit().await.unwrap();
        (second.await.unwrap(), waited)
    }};
}

fn word<T>(outcome: &Outcome<T>) -> &'static str {
    match outcome {
        Outcome::Done(_) => "done",
        Outcome::Taken => "taken",
        Outcome::Stale => "stale",
        Outcome::Repeated(_) => "repeated",
    }
}

async fn state(race: &Race, order: &Order) -> (OrderState, Order) {
    let order = race.people.store.order(order.id).await.unwrap().unwrap();
    (order.state(race.people.aplus.now()), order)
}

/// How many entries of a kind there are.
async fn entries(race: &Race, kind: &str) -> i64 {
    let count = sqlx::query_scalar("select count(*) from aplus.journal_entry where kind = $1");
    let mut owner = race.place.owner().await;
    count.bind(kind).fetch_one(&mut owner).await.unwrap()
}
