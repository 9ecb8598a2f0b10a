//! A stress, judged by the order of commits that the server itself keeps: nobody creates an account after losing the right to.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod postgres_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aplus_core::Author;
use aplus_core::ports::{Accounts, Outcome};
use aplus_core::rules;
use aplus_test_postgres::{Cluster, Server};
use postgres_common::Place;
use postgres_common::people::{People, address};
use postgres_common::race::Race;
use sqlx::ConnectOptions;

/// How many create at once.
const CREATORS: usize = 8;

/// For how long: 2 s, or as many as `APLUS_RACE_SECONDS` says.
fn length() -> Duration {
    let seconds = std::env::var("APLUS_RACE_SECONDS").ok();
    Duration::from_secs(seconds.and_then(|it| it.parse().ok()).unwrap_or(2))
}

/// Many create in a group while one of its responsables deactivates and brings back the other, in whose name they do: how many
/// accounts were made, and how many of them after a deactivation and before its end.
async fn creations(server: &Server, without: &'static [&'static str]) -> (i64, i64) {
    let race = Race::at(Place::on(server).await, without).await;
    let race = Arc::new(race);
    let over = Arc::new(AtomicBool::new(false));
    let mut creators = tokio::task::JoinSet::new();
    for _ in 0..CREATORS {
        let (race, over) = (Arc::clone(&race), Arc::clone(&over));
        creators.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                let Some(act) = race.creation_if_allowed(&address("course")).await else {
                    continue;
                };
                let written = race.store.create_account(act).await.unwrap();
                assert!(matches!(written, Outcome::Done(_) | Outcome::Stale));
            }
        });
    }
    let by = People::by(&race.people.second);
    let end = tokio::time::Instant::now() + length();
    while tokio::time::Instant::now() < end {
        let act = race.deactivation(&race.people.second, &race.people.first);
        let away = race.store.deactivate(act.await).await.unwrap();
        assert_eq!(away, Outcome::Done(()));
        let facts = race.people.facts(by, Some(&race.people.first), None).await;
        let (target, policy) = (facts.target.unwrap(), race.people.aplus.policy());
        let permit = rules::reactivate(&facts.actor, &target, policy).unwrap();
        let back = permit.into_act(race.people.now(by));
        assert_eq!(
            race.store.reactivate(back).await.unwrap(),
            Outcome::Done(())
        );
    }
    over.store(true, Ordering::Relaxed);
    while let Some(ended) = creators.join_next().await {
        ended.unwrap();
    }
    let Author::Account(first) = People::by(&race.people.first) else {
        panic!("an account")
    };
    let mut admin = race.place.database.admin().connect().await.unwrap();
    sqlx::query_as(
        "with entry as (
            select kind, author_id, account_id, pg_xact_commit_timestamp(xmin) as at from aplus.journal_entry
        )
        select count(*), count(*) filter (where (
            select kind from entry
            where account_id = $1 and kind in ('account_deactivated', 'account_reactivated') and at < made.at
            order by at desc limit 1
        ) = 'account_deactivated')
        from entry as made where kind = 'account_created' and author_id = $1",
    )
    .bind(*first.as_uuid())
    .fetch_one(&mut admin)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_creates_after_losing_the_right() {
    let cluster = Cluster::start(&[("track_commit_timestamp", "on")]);
    let server = Server::of(cluster.unwrap_or_else(|error| panic!("{error}")));
    let (made, late) = creations(&server, &[]).await;
    eprintln!("with the lock {made} created, {late} of them after the right was lost");
    assert!(made > 0);
    assert_eq!(late, 0);
    let (made, late) = creations(&server, &["for share of a"]).await;
    eprintln!("without it {made} created, {late} of them after the right was lost");
    assert!(late > 0, "the control must fail: {made}");
}
