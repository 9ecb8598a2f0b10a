//! A migration under running servers: a new column changes nothing for them, and what does change a prepared statement is no
//! outcome that anybody has to find out about.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod postgres_common;

use std::time::Duration;

use aplus_core::journal::StoredEntry;
use aplus_core::mail::Urgency;
use aplus_core::ports::{Accounts, Claimed, Journal, Logins, Outbox, Outcome, StoreError};
use aplus_core::{JobTitle, LinkId, ProfileChange, Role, rules};
use aplus_sqlx::postgres::PostgresStore;
use postgres_common::people::People;
use postgres_common::watched::Watch;
use postgres_common::{Place, rounds, uses};
use sqlx::PgConnection;
use sqlx::postgres::PgPoolOptions;

async fn run(connection: &mut PgConnection, statements: &'static str) {
    let run = sqlx::raw_sql(statements).execute(connection);
    run.await.unwrap();
}

const MORE_COLUMNS: &str = "do $$
declare
    ours record;
begin
    for ours in select oid::regclass as name from pg_class where relnamespace = 'aplus'::regnamespace and relkind = 'r' loop
        execute format('alter table %s add column later text', ours.name);
    end loop;
end $$";

#[tokio::test]
async fn a_column_that_is_added_under_a_running_server_changes_nothing() {
    let mut watch = Watch::new().await;
    let store = watch.store("auto").await;
    for _ in 0..2 {
        let people = People::new(&store).await;
        rounds::ports(&people, &mut watch).await;
        uses::use_cases(&people, &mut watch).await;
    }
    let before = watch.backends().await;
    watch.run(MORE_COLUMNS).await;
    let people = People::new(&store).await;
    rounds::ports(&people, &mut watch).await;
    uses::use_cases(&people, &mut watch).await;
    // On the connections on which all of it was prepared.
    assert_eq!(watch.backends().await, before);
    assert_eq!(before.len(), 2, "the server's and the owner's");
}

/// A mail that a newer server wrote is claimed as any other, so that this one can leave it to that one.
#[tokio::test]
async fn a_mail_of_a_newer_server_is_claimed_and_holds_up_no_other() {
    let place = Place::new().await;
    let store = PostgresStore::connect_with(place.runtime.clone(), 1).await;
    let store = store.unwrap().with_owner(place.database.owner());
    let people = People::new(&store).await;
    people.account(people.home, Role::Aidant).await;
    let mut owner = place.owner().await;
    run(
        &mut owner,
        "insert into aplus.outbox (id, to_address, kind, message, urgency, language, queued_at, next_at)
        values (gen_random_uuid(), 'ada@ville.example', 'riddle', '{\"message\":\"riddle\"}', 1, 'fr', 0, 0)",
    )
    .await;
    let now = people.aplus.now();
    let until = now.saturating_add(Duration::from_secs(60));
    let claimed = store.claim(now, until, 1_000, Urgency::Bulk).await.unwrap();
    assert!(!claimed.mails.is_empty());
    let [unreadable] = claimed.unreadable[..] else {
        panic!("{claimed:?}");
    };
    let again = store.claim(now, until, 1_000, Urgency::Bulk).await.unwrap();
    assert_eq!(again, Claimed::default());
    // Once its claim is over it is due again, and given up it is not.
    let (until, after) = (until.saturating_add(Duration::from_secs(60)), until);
    let again = store.claim(after, until, 1, Urgency::Bulk).await.unwrap();
    let [second] = again.unreadable[..] else {
        panic!("{again:?}");
    };
    assert_eq!((unreadable.attempts, second.attempts), (0, 1));
    let giving_up = store.give_up(second.claim(), after, "unreadable");
    giving_up.await.unwrap();
    let left = store
        .claim(until, until, 1_000, Urgency::Bulk)
        .await
        .unwrap();
    assert_eq!(left.unreadable, []);
}

/// A column of another type: the statements that read it are prepared anew.
#[tokio::test]
async fn a_statement_that_is_no_longer_what_it_was_is_read_again_and_writes_nothing() {
    let place = Place::new().await;
    let store = PostgresStore::connect_with(place.runtime.clone(), 1).await;
    let store = store.unwrap().with_owner(place.database.owner());
    let people = People::new(&store).await;
    let mut owner = place.owner().await;
    let id = people.first.id();
    let edit = async |title: &str| {
        let title = Some(Some(JobTitle::parse(title).unwrap()));
        let change = ProfileChange {
            job_title: title,
            ..ProfileChange::default()
        };
        let by = People::by(&people.first);
        let facts = people.facts(by, None, None).await;
        let permit = rules::edit_profile(&facts.actor, id, &change).unwrap();
        store.edit_profile(permit.into_act(people.now(by))).await
    };
    let title = async || {
        let account = store.account(id).await.unwrap().unwrap();
        account.profile().job_title.as_ref().unwrap().to_string()
    };
    assert!(matches!(edit("Agent").await, Ok(Outcome::Done(_))));
    assert_eq!(title().await, "Agent");
    let other = "alter table aplus.account alter column job_title type varchar(500)";
    run(&mut owner, other).await;
    let refused = edit("Agente").await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    let entries = store.entries(None, 100).await.unwrap();
    let edited = |entry: &&StoredEntry| entry.kind == "profile_edited";
    assert_eq!(entries.iter().filter(edited).count(), 1);
    // That connection is gone; here the read is the first to meet the change.
    assert_eq!(title().await, "Agent");
    let back = "alter table aplus.account alter column job_title type text";
    run(&mut owner, back).await;
    assert_eq!(title().await, "Agent");
    assert!(matches!(edit("Agente").await, Ok(Outcome::Done(_))));
    assert_eq!(title().await, "Agente");
}

/// Somebody between, such as a pool of connections, forgot what was prepared.
#[tokio::test]
async fn a_statement_that_was_forgotten_is_prepared_anew() {
    let place = Place::new().await;
    let pool = PgPoolOptions::new().max_connections(1);
    let pool = pool.connect_with(place.runtime.clone()).await.unwrap();
    let store = PostgresStore::over_pool_of_one_role(pool.clone())
        .await
        .unwrap();
    assert!(store.is_empty().await.unwrap());
    let forget = async || {
        let mut connection = pool.acquire().await.unwrap();
        run(&mut connection, "deallocate all").await;
    };
    forget().await;
    assert!(store.is_empty().await.unwrap());

    let link = LinkId::from_uuid(uuid::Uuid::nil());
    let write = async || store.wrong_address(link, 0).await;
    assert!(!write().await.unwrap());
    forget().await;
    let refused = write().await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert!(!write().await.unwrap());
    pool.close().await;
}
