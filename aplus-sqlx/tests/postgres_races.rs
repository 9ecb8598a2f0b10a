//! The races that break naive statements. In each, one transaction holds what it wrote until the other is seen to wait for it;
//! beside it stands its control, the same statements without the lock, which must fail.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod postgres_common;

use aplus_core::ports::{Accounts, Logins, Outcome, StoreError, TargetRef, Wanted, Written};
use aplus_core::rules;
use aplus_core::service::Context;
use aplus_core::*;
use aplus_sqlx::postgres::accounts;
use postgres_common::people::address;
use postgres_common::race::Race;
use secrecy::ExposeSecret;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::task::JoinSet;

/// The locks of acts, as their statements have them.
const ACCOUNTS_LOCKED: &str = "for no key update of a";
const ACCOUNTS_SHARED: &str = "for share of a";
const GROUPS_LOCKED: &str = "for no key update of g";

/// What a redemption asks of its owner, under lock, and what a deactivation adds to.
const OWNER_LOCKED: &str = " and epoch = $16 and status = 'active' for no key update";
const EPOCH_MOVED: &str = ", epoch = epoch + 1";

/// What a redemption asks of its link.
const LINK_UNUSED: &str = " and used_at is null and superseded_at is null";

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
        assert!(matches!(done, Outcome::Done(_)), "{done:?}");
        let second = tokio::spawn(second);
        let waited = $race.meet(pid, &second).await;
        transaction.commit().await.unwrap();
        (second.await.unwrap(), waited)
    }};
}

fn plain<T>(written: Written<T>) -> Result<Outcome<()>, StoreError> {
    written.map(|outcome| match outcome {
        Outcome::Done(_) => Outcome::Done(()),
        Outcome::Taken => Outcome::Taken,
        Outcome::Stale => Outcome::Stale,
        Outcome::Repeated(repeated) => Outcome::Repeated(repeated),
    })
}

const DONE: Outcome<()> = Outcome::Done(());
const STALE: Outcome<()> = Outcome::Stale;

/// How many of two who deactivate each other are active afterwards.
async fn mutual(without: &'static [&'static str]) -> (Outcome<()>, usize) {
    let mut race = Race::new(without).await;
    let (one, other) = (race.people.first.clone(), race.people.second.clone());
    let act = race.deactivation(&other, &one).await;
    let back = race.deactivation(&one, &other).await;
    let store = race.store.clone();
    let second = async move { store.deactivate(back).await };
    let (outcome, waited) = race!(race, accounts::deactivate, act, second);
    assert!(waited);
    let active = [race.active(&one).await, race.active(&other).await];
    (
        outcome.unwrap(),
        active.into_iter().filter(|it| *it).count(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_deactivate_each_other_one_stays() {
    assert_eq!(mutual(&[]).await, (STALE, 1));
    assert_eq!(mutual(&[ACCOUNTS_LOCKED, GROUPS_LOCKED]).await, (DONE, 0));
}

/// How many active responsables a group has after its last two left at once.
async fn last_two(without: &'static [&'static str]) -> (Outcome<()>, u32) {
    let mut race = Race::new(without).await;
    let (one, other) = (race.people.first.clone(), race.people.second.clone());
    let home = race.people.home;
    let act = race.leaving(&one, &one, home).await;
    let back = race.leaving(&other, &other, home).await;
    let store = race.store.clone();
    let second = async move { store.remove_member(back).await };
    let (outcome, waited) = race!(race, accounts::remove_member, act, second);
    assert!(waited);
    let facts = race.people.facts(Author::Machine, None, Some(home)).await;
    (outcome.unwrap(), facts.group.unwrap().active_responsables)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_last_responsables_who_leave_one_stays() {
    assert_eq!(last_two(&[]).await, (STALE, 1));
    assert_eq!(last_two(&[GROUPS_LOCKED]).await, (DONE, 0));
}

/// What becomes of a creation while its author is deactivated, or taken out of the group.
async fn creation(taken_out: bool, without: &'static [&'static str]) -> (Outcome<()>, bool) {
    let mut race = Race::new(without).await;
    let (author, other) = (race.people.first.clone(), race.people.second.clone());
    let email = address("course");
    let act = race.creation(&email).await;
    let store = race.store.clone();
    let second = async move { plain(store.create_account(act).await) };
    let (outcome, waited) = if taken_out {
        let home = race.people.home;
        let act = race.leaving(&other, &author, home).await;
        race!(race, accounts::remove_member, act, second)
    } else {
        let act = race.deactivation(&other, &author).await;
        race!(race, accounts::deactivate, act, second)
    };
    let created = race.people.store.account_by_email(&email).await.unwrap();
    assert_eq!(created.is_some(), outcome.as_ref().unwrap() == &DONE);
    (outcome.unwrap(), waited)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_created_after_the_right_was_lost() {
    for taken_out in [false, true] {
        assert_eq!(creation(taken_out, &[]).await, (STALE, true));
        // Without the lock it does not even wait.
        let naive = creation(taken_out, &[ACCOUNTS_SHARED]).await;
        assert_eq!(naive, (DONE, false));
    }
}

/// How many groups an account has that two take out of its last two at once.
async fn last_groups(
    without: &'static [&'static str],
    guarded: bool,
) -> (Result<Outcome<()>, StoreError>, usize) {
    let mut race = Race::new(without).await;
    if !guarded {
        race.owner("alter table aplus.membership disable trigger membership_stays")
            .await;
    }
    let (one, other) = (race.people.first.clone(), race.people.second.clone());
    let both = race.people.both.clone();
    let act = race.leaving(&one, &both, race.people.home).await;
    let back = race.leaving(&other, &both, race.people.away).await;
    let store = race.store.clone();
    let second = async move { store.remove_member(back).await };
    let (outcome, waited) = race!(race, accounts::remove_member, act, second);
    assert!(waited);
    let left = race.people.store.account(both.id()).await.unwrap().unwrap();
    (outcome, left.groups().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_taken_out_of_their_last_two_groups_at_once() {
    let (outcome, groups) = last_groups(&[], true).await;
    assert_eq!((outcome.unwrap(), groups), (STALE, 1));
    let (outcome, groups) = last_groups(&[ACCOUNTS_LOCKED], false).await;
    assert_eq!((outcome.unwrap(), groups), (DONE, 0));
    // Behind the lock stands the database's own guard, which waits as well.
    let (outcome, groups) = last_groups(&[ACCOUNTS_LOCKED], true).await;
    assert!(outcome.is_err());
    assert_eq!(groups, 1);
}

/// Who has an address that an account and an operator want at once.
async fn address_of_two(guarded: bool) -> (Outcome<()>, usize) {
    let mut race = Race::new(&[]).await;
    if !guarded {
        for function in ["account_begins", "operator_begins"] {
            let table = function.split('_').next().unwrap();
            let drop = format!("alter table aplus.{table} disable trigger {function}");
            race.owner(&drop).await;
        }
    }
    let email = address("double");
    let act = race.creation(&email).await;
    let permit = rules::add_operator(&Actor::Machine, &email, None).unwrap();
    let wanted = permit.into_act(race.people.now(Author::Machine));
    let store = race.store.clone();
    let second = async move { plain(store.add_operator(wanted).await) };
    let (outcome, _) = race!(race, accounts::create_account, act, second);
    let store = &race.people.store;
    let account = store.account_by_email(&email).await.unwrap().is_some();
    let operator = store.operator_by_email(&email).await.unwrap().is_some();
    (
        outcome.unwrap(),
        usize::from(account) + usize::from(operator),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_an_account_and_an_operator_want_is_ones() {
    assert_eq!(address_of_two(true).await, (Outcome::Taken, 1));
    assert_eq!(address_of_two(false).await, (DONE, 2));
}

/// Deactivates and brings back, in one transaction.
async fn there_and_back(
    connection: &mut PgConnection,
    (away, back): (Act<rules::Deactivate>, Circumstances),
) -> sqlx::Result<Outcome<()>> {
    let wanted = Wanted {
        author: away.entry().author(),
        target: Some(TargetRef::Id(away.action().account())),
        group: None,
        request: None,
    };
    assert_eq!(accounts::deactivate(connection, away).await?, DONE);
    let facts = accounts::facts(connection, &wanted).await?;
    let target = facts.target.unwrap();
    let permit = rules::reactivate(&facts.actor, &target, &Policy::default()).unwrap();
    accounts::reactivate(connection, permit.into_act(back)).await
}

/// Whether somebody is told that they are logged in, and how many live sessions they have, who was deactivated and brought back
/// between the judgement of their link and its use.
async fn log_in(without: &'static [&'static str], guarded: bool) -> (bool, usize) {
    let mut race = Race::new(without).await;
    if !guarded {
        race.owner("alter table aplus.account disable trigger account_keeps")
            .await;
    }
    let who = race.people.aidant.clone();
    let secret = race.people.link(who.email().unwrap(), 5).await;
    let act = race.deactivation(&race.people.first, &who).await;
    let back = race.people.now(act.entry().author());
    let aplus = race.people.on(&race.store);
    let second = async move {
        let (browser, none) = (Some(BrowserHash::from_bytes([5; 32])), Context::default());
        let opened = aplus.log_in(&secret, browser, None, &none);
        opened.await.map(|_| ())
    };
    let (outcome, waited) = race!(race, there_and_back, (act, back), second);
    assert!(waited);
    assert!(
        matches!(outcome, Ok(()) | Err(Error::Refused(_))),
        "{outcome:?}"
    );
    assert!(race.active(&who).await);
    let owner = Principal::Account(who.id());
    let live = race.people.store.sessions(owner, 10).await.unwrap().len();
    (outcome.is_ok(), live)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_before_a_deactivation_opens_nothing_after_it() {
    assert_eq!(log_in(&[], true).await, (false, 0));
    // Without the lock they are told so, though the session is dead by its number; without the number it lives.
    assert_eq!(log_in(&[OWNER_LOCKED], true).await, (true, 0));
    assert_eq!(log_in(&[EPOCH_MOVED], false).await, (true, 1));
}

/// How many of 64 confirmations of one link, on two stores, say that they opened a session, and how many sessions there are.
/// All connections wait for the owner's line before one goes on.
async fn confirmations(without: &'static [&'static str], guarded: bool) -> (usize, usize) {
    let mut race = Race::new(without).await;
    // A server opens while the guards stand.
    let other = race.unlocked.store().await;
    if !guarded {
        race.owner(
            "alter table aplus.link disable trigger link_keeps;
            alter table aplus.session drop constraint session_link_id_key",
        )
        .await;
    }
    let who = race.people.aidant.clone();
    let secret = race.people.link(who.email().unwrap(), 5).await;
    let mut gate = race.first.begin().await.unwrap();
    sqlx::query("select from aplus.account where id = $1 for no key update")
        .bind(who.id().as_uuid())
        .execute(&mut *gate)
        .await
        .unwrap();
    let mut contenders = JoinSet::new();
    for number in 0..64 {
        let aplus = race
            .people
            .on(if number % 2 == 0 { &race.store } else { &other });
        let secret = LinkSecret::parse(secret.reveal().expose_secret()).unwrap();
        contenders.spawn(async move {
            let (browser, none) = (Some(BrowserHash::from_bytes([5; 32])), Context::default());
            let opened = aplus.log_in(&secret, browser, None, &none);
            opened.await.map(|opened| opened.secret.hash())
        });
    }
    let mut admin = race.place.database.admin().connect().await.unwrap();
    loop {
        let waiting = "select count(*) from pg_stat_activity
            where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0";
        let waiting = sqlx::query_scalar::<_, i64>(waiting);
        // Each store has ten connections.
        if waiting.fetch_one(&mut admin).await.unwrap() == 20 {
            break;
        }
        tokio::task::yield_now().await;
    }
    gate.commit().await.unwrap();
    let mut opened = 0;
    while let Some(outcome) = contenders.join_next().await {
        match outcome.unwrap() {
            Ok(_) => opened += 1,
            Err(Error::Refused(Refusal::LinkUsed { .. })) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    let sessions =
        sqlx::query_scalar::<_, i64>("select count(*) from aplus.session where account_id = $1");
    let sessions = sessions
        .bind(who.id().as_uuid())
        .fetch_one(&mut admin)
        .await;
    (opened, usize::try_from(sessions.unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_confirmations_on_two_stores_one_wins() {
    assert_eq!(confirmations(&[], true).await, (1, 1));
    let (opened, sessions) = confirmations(&[LINK_UNUSED], false).await;
    assert!(opened > 1, "{opened}");
    assert_eq!(sessions, opened);
}
