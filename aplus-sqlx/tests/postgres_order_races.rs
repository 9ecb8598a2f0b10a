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
const GROUPS_LOCKED: &str = "for no key update of g";
const OPERATORS_LOCKED: &str = "for no key update of o";
const ONE_BY_ONE: &str = "pg_advisory_xact_lock(1634759800, 0)";
const UNDECIDED: &str = " and s.approved_at is null and s.closed_at is null";
const OPEN: &str = " and s.closed_at is null and s.carried_out_at is null";
const OWNER_LOCKED: &str = " and epoch = $16 and status = 'active' for no key update";

/// Takes the guards of the database away, so that it is the statement alone that is asked.
const UNGUARDED: &str = "do $$ declare c record; begin
        alter table aplus.support_order disable trigger support_order_keeps;
        alter table aplus.account disable trigger account_keeps;
        alter table aplus.account disable trigger account_is_ordered;
        for c in select conname from pg_constraint where conrelid = 'aplus.support_order'::regclass and contype = 'c' loop
            execute format('alter table aplus.support_order drop constraint %I', c.conname);
        end loop;
    end $$";

/// A door that looks before it locks.
const NAIVE_DOOR: &str = "create or replace function aplus.carry_out_order(id uuid, at bigint, entry uuid) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
    declare o record;
    begin
        select s.account_id, s.new_email, s.new_roles, s.closed_at into o from aplus.support_order s
        where s.id = carry_out_order.id;
        if o.closed_at is not null then
            return 'closed';
        end if;
        update aplus.account a set email = o.new_email, roles = o.new_roles, version = a.version + 1, epoch = a.epoch + 1
        where a.id = o.account_id;
        update aplus.support_order s set carried_out_at = carry_out_order.at, carrying_entry = entry
        where s.id = carry_out_order.id;
        return 'done';
    end $$";

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

/// Another operator, who approves what the first one proposes.
async fn another_operator(race: &Race) -> Operator {
    let none = Context::default();
    let email = address("autre");
    race.people.aplus.add_operator(&email, &none).await.unwrap()
}

/// Two who approve one order at once: what the second is told, and how many entries say that it was approved.
async fn two_approvals(without: &'static [&'static str], guarded: bool) -> (&'static str, i64) {
    let mut race = Race::new(without).await;
    let account = race.people.aidant.clone();
    let order = proposed(&race.people, &account, &moved(&address("neuve"))).await;
    let operator = another_operator(&race).await;
    if !guarded {
        race.owner(UNGUARDED).await;
    }
    let act = approval(&race.people, operator.id.into(), &order).await;
    let other = approval(&race.people, People::by(&race.people.first), &order).await;
    let store = race.store.clone();
    let second = async move { store.approve_order(other).await };
    let (outcome, waited) = race!(race, orders::approve_order, act, second);
    assert!(waited);
    (
        word(&outcome.unwrap()),
        entries(&race, "order_approved").await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_approvals_one_counts() {
    assert_eq!(two_approvals(&[], true).await, ("stale", 1));
    assert_eq!(two_approvals(&[UNDECIDED], false).await, ("done", 2));
}

/// An approval that carries out before the order is taken back, or one of a new address after that: what the second is told, and
/// what the order then is: approved, carried out, closed.
async fn approve_and_withdraw(
    approved_first: bool,
    without: &'static [&'static str],
    guarded: bool,
) -> (&'static str, [bool; 3]) {
    let mut race = Race::new(without).await;
    let account = race.people.aidant.clone();
    let draft = match approved_first {
        true => raised(Roles::only(Role::Instructeur)),
        false => moved(&address("neuve")),
    };
    let order = proposed(&race.people, &account, &draft).await;
    if !guarded {
        race.owner(UNGUARDED).await;
        race.owner(NAIVE_DOOR).await;
    }
    let by = People::by(&race.people.first);
    let approving = approval(&race.people, by, &order).await;
    let withdrawing = withdrawal(&race.people, &order).await;
    let store = race.store.clone();
    let (outcome, waited) = if approved_first {
        let second = async move { store.withdraw_order(withdrawing).await };
        race!(race, orders::approve_order, approving, second)
    } else {
        let second = async move { store.approve_order(approving).await };
        race!(race, orders::withdraw_order, withdrawing, second)
    };
    assert!(waited);
    let (_, order) = state(&race, &order).await;
    let Order {
        approval,
        carried_out_at,
        closed,
        ..
    } = order;
    let is = [
        approval.is_some(),
        carried_out_at.is_some(),
        closed.is_some(),
    ];
    (word(&outcome.unwrap()), is)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_not_carried_out_and_taken_back() {
    let carried_out = ("stale", [true, true, false]);
    assert_eq!(approve_and_withdraw(true, &[], true).await, carried_out);
    let taken_back = ("stale", [false, false, true]);
    assert_eq!(approve_and_withdraw(false, &[], true).await, taken_back);
    // The controls: it is both, whichever came first.
    let both = ("done", [true, true, true]);
    assert_eq!(approve_and_withdraw(true, &[OPEN], false).await, both);
    let approved = ("done", [true, false, true]);
    assert_eq!(
        approve_and_withdraw(false, &[UNDECIDED], false).await,
        approved
    );
}

/// A new address that is confirmed in the second store, and what the account holds then.
struct Confirming {
    race: Race,
    account: Account,
    order: Order,
    email: EmailAddress,
}

impl Confirming {
    async fn new(without: &'static [&'static str], naive: bool) -> Self {
        let race = Race::new(without).await;
        let account = race.people.aidant.clone();
        let email = address("neuve");
        let order = proposed(&race.people, &account, &moved(&email)).await;
        let act = approval(&race.people, People::by(&race.people.first), &order).await;
        assert!(is_done(
            &race.people.store.approve_order(act).await.unwrap()
        ));
        if naive {
            race.owner(UNGUARDED).await;
            race.owner(NAIVE_DOOR).await;
        }
        Self {
            race,
            account,
            order,
            email,
        }
    }

    /// Presses the button of a link, whichever store it is.
    async fn confirmation(&self, browser: u8) -> impl Future<Output = Result<(), Error>> + use<> {
        let secret = self.race.people.link(&self.email, browser).await;
        let (aplus, email) = (self.race.people.on(&self.race.store), self.email.clone());
        async move {
            let none = Context::default();
            let opened = aplus.log_in(&secret, None, Some(&email), &none);
            opened.await.map(|_| ())
        }
    }

    async fn moved(&self) -> bool {
        let account = self.race.people.store.account(self.account.id()).await;
        account.unwrap().unwrap().email() == Some(&self.email)
    }
}

/// A confirmation while the order is taken back.
async fn confirm_and_withdraw(naive: bool) -> (bool, bool) {
    let mut confirming = Confirming::new(&[], naive).await;
    let second = confirming.confirmation(5).await;
    let act = withdrawal(&confirming.race.people, &confirming.order).await;
    let race = &mut confirming.race;
    let (outcome, waited) = race!(race, orders::withdraw_order, act, second);
    assert!(waited);
    (outcome.is_ok(), confirming.moved().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_taken_back_is_not_confirmed() {
    assert_eq!(confirm_and_withdraw(false).await, (false, false));
    assert_eq!(confirm_and_withdraw(true).await, (true, true));
}

/// A confirmation while the account is deactivated.
async fn confirm_and_deactivate(without: &'static [&'static str]) -> (bool, bool) {
    let mut confirming = Confirming::new(without, false).await;
    let second = confirming.confirmation(5).await;
    let by = confirming.race.people.first.clone();
    let act = confirming.race.deactivation(&by, &confirming.account).await;
    let race = &mut confirming.race;
    let (outcome, waited) = race!(race, accounts::deactivate, act, second);
    assert!(waited);
    assert!(
        matches!(outcome, Ok(()) | Err(Error::Refused(Refusal::LinkEnded))),
        "{outcome:?}"
    );
    (used(&confirming).await, confirming.moved().await)
}

/// Whether a link of the order was used.
async fn used(confirming: &Confirming) -> bool {
    let used = sqlx::query_scalar(
        "select exists (select from aplus.link where order_id = $1 and used_at is not null)",
    );
    let mut owner = confirming.race.place.owner().await;
    let used = used.bind(confirming.order.id.as_uuid());
    used.fetch_one(&mut owner).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_an_account_that_was_deactivated_does_not_move() {
    assert_eq!(confirm_and_deactivate(&[]).await, (false, false));
    assert_eq!(confirm_and_deactivate(&[OWNER_LOCKED]).await, (true, true));
}

/// Two confirmations of two links of one order: how many open a session, and how many entries say that it was carried out.
async fn two_confirmations(without: &'static [&'static str], naive: bool) -> (usize, i64) {
    let mut confirming = Confirming::new(without, naive).await;
    let links = [
        confirming.confirmation(5).await,
        confirming.confirmation(6).await,
    ];
    let mut first = confirming
        .race
        .place
        .database
        .admin()
        .connect()
        .await
        .unwrap();
    std::mem::swap(&mut first, &mut confirming.race.first);
    let mut gate = first.begin().await.unwrap();
    lock(&mut gate, &confirming.account).await;
    let both = links.map(tokio::spawn);
    waiting(&confirming.race, 2).await;
    gate.commit().await.unwrap();
    let mut opened = 0;
    for one in both {
        match one.await.unwrap() {
            Ok(()) => opened += 1,
            Err(Error::Refused(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(confirming.moved().await);
    (opened, entries(&confirming.race, "order_carried_out").await)
}

async fn lock(connection: &mut PgConnection, account: &Account) {
    sqlx::query("select from aplus.account where id = $1 for no key update")
        .bind(account.id().as_uuid())
        .execute(connection)
        .await
        .unwrap();
}

/// Until so many wait for somebody.
async fn waiting(race: &Race, number: i64) {
    let mut admin = race.place.database.admin().connect().await.unwrap();
    loop {
        let waiting = "select count(*) from pg_stat_activity
            where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0";
        let waiting = sqlx::query_scalar::<_, i64>(waiting);
        if waiting.fetch_one(&mut admin).await.unwrap() == number {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_with_two_links_is_carried_out_once() {
    assert_eq!(two_confirmations(&[], false).await, (1, 1));
    let naive = two_confirmations(&[OWNER_LOCKED], true).await;
    assert_eq!(naive.1, 2, "the control must fail: {naive:?}");
}

/// An approval by a responsable who is deactivated meanwhile.
async fn approver_goes(
    without: &'static [&'static str],
    guarded: bool,
) -> (Result<&'static str, ()>, OrderState) {
    let mut race = Race::new(without).await;
    let account = race.people.aidant.clone();
    let order = proposed(&race.people, &account, &moved(&address("neuve"))).await;
    if !guarded {
        race.owner(UNGUARDED).await;
    }
    let (first, other) = (race.people.first.clone(), race.people.second.clone());
    let approving = approval(&race.people, People::by(&first), &order).await;
    let act = race.deactivation(&other, &first).await;
    let store = race.store.clone();
    let second = async move { store.approve_order(approving).await };
    let (outcome, waited) = race!(race, accounts::deactivate, act, second);
    assert!(waited || !guarded);
    let outcome = outcome.map(|it| word(&it)).map_err(|_| ());
    (outcome, state(&race, &order).await.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_after_losing_the_right() {
    use OrderState::{Approved, Proposed};
    assert_eq!(approver_goes(&[], true).await, (Ok("stale"), Proposed));
    let naive = approver_goes(&[ACCOUNTS_LOCKED], false).await;
    assert_eq!(naive, (Ok("done"), Approved));
    // Behind the lock stands the database's own guard, which waits as well.
    let guarded = approver_goes(&[ACCOUNTS_LOCKED], true).await;
    assert_eq!(guarded, (Err(()), Proposed));
}

/// One of two responsables leaves while an order takes Responsable from the other: how many there are afterwards.
async fn last_responsable(without: &'static [&'static str]) -> (&'static str, u32) {
    let mut race = Race::new(without).await;
    let (first, second) = (race.people.first.clone(), race.people.second.clone());
    let order = proposed(&race.people, &second, &raised(Roles::only(Role::Aidant))).await;
    let home = race.people.home;
    let leaving = race.leaving(&first, &first, home).await;
    let store = race.store.clone();
    let other = async move { store.remove_member(leaving).await };
    let operator = another_operator(&race).await;
    let act = approval(&race.people, operator.id.into(), &order).await;
    let (outcome, waited) = race!(race, orders::approve_order, act, other);
    assert!(waited);
    let facts = race.people.facts(Author::Machine, None, Some(home)).await;
    (
        word(&outcome.unwrap()),
        facts.group.unwrap().active_responsables,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_responsable_does_not_leave_while_an_order_takes_the_other() {
    assert_eq!(last_responsable(&[]).await, ("stale", 1));
    assert_eq!(last_responsable(&[GROUPS_LOCKED]).await, ("done", 0));
}

/// How many of two operators who suspend each other are active afterwards.
async fn mutual(without: &'static [&'static str]) -> (&'static str, usize) {
    let mut race = Race::new(without).await;
    let (one, other) = (race.people.operator.clone(), another_operator(&race).await);
    let suspension = |by: &Operator, whom: &Operator| {
        let actor = Actor::Operator(by.standing());
        let permit = rules::suspend_operator(&actor, &whom.standing()).unwrap();
        permit.into_act(race.people.now(by.id.into()))
    };
    let (act, back) = (suspension(&one, &other), suspension(&other, &one));
    let store = race.store.clone();
    let second = async move { store.suspend_operator(back).await };
    let (outcome, waited) = race!(race, accounts::suspend_operator, act, second);
    assert_eq!(waited, without.is_empty());
    let mut active = 0;
    for id in [one.id, other.id] {
        let operator = race.people.store.operator(id).await.unwrap().unwrap();
        active += usize::from(operator.status == OperatorStatus::Active);
    }
    (word(&outcome.unwrap()), active)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_operators_who_suspend_each_other_one_stays() {
    assert_eq!(mutual(&[]).await, ("stale", 1));
    assert_eq!(mutual(&[ONE_BY_ONE, OPERATORS_LOCKED]).await, ("done", 0));
}
