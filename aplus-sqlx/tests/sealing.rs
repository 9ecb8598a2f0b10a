//! Sixty-four writers and two sealers that are given up at random: no entry is lost, none sealed twice, no place left out (B8).
//!
//! `APLUS_SEAL_ENTRIES` says how many entries are written on each database, 10 000 by default.

#![cfg(all(feature = "postgres", feature = "sqlite"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;
mod postgres_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aplus_core::journal::{Origin, Salt};
use aplus_core::ports::{Accounts, Letter, MailError, Mailer, Outcome, Store, StoreError, Wanted};
use aplus_core::rules::{self, Subject};
use aplus_core::*;
use aplus_sqlx::sqlite::SqliteStore;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

const WRITERS: usize = 64;

fn number_of_entries() -> usize {
    let set = std::env::var("APLUS_SEAL_ENTRIES").ok();
    set.map_or(10_000, |number| number.parse().unwrap())
}

struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

fn service(store: impl Store + 'static) -> Aplus {
    let site = Site::new("https://aplus.example").unwrap();
    Aplus::builder(store, Nowhere, site, HostKey::new(&[7; 32]).unwrap()).build()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// Writes looks of an operator until there are enough; each is counted once it was acknowledged.
async fn write(store: Arc<dyn Store>, by: Author, left: Arc<AtomicUsize>, written: Arc<Semaphore>) {
    let wanted = Wanted {
        author: by,
        target: None,
        group: None,
        request: None,
    };
    let actor = store.facts(&wanted).await.unwrap().actor;
    let enough = |left: usize| left.checked_sub(1);
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, enough)
        .is_ok()
    {
        let id = AccountId::from_uuid(uuid::Uuid::from_bytes(random()));
        let at = common::at(u64::from(u16::from_be_bytes(random())));
        loop {
            let act = rules::look(&actor, Subject::Account(id))
                .unwrap()
                .into_act(Circumstances {
                    at,
                    origin: Origin::default(),
                    request: None,
                    // Of a time of its own: ids say nothing of the order of commits.
                    entry: EntryId::new(at, random()),
                    created: uuid::Uuid::from_bytes(random()),
                    salt: Salt(random()),
                });
            match store.look(act).await {
                Ok(Outcome::Done(())) => break,
                // Sixty-four wait for one write lock.
                Err(StoreError::Unavailable(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        written.add_permits(1);
    }
}

/// Seals until it is given up.
fn sealer(aplus: Aplus) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            match aplus.sealer_pass(aplus.now()).await {
                Ok(_) | Err(Error::Busy | Error::UnknownOutcome(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
            tokio::task::yield_now().await;
        }
    })
}

async fn under_load<F>(
    name: &str,
    stores: Vec<Arc<dyn Store>>,
    by: OperatorId,
    open: impl Fn() -> F,
) where
    F: Future<Output = Aplus>,
{
    let (number, started) = (number_of_entries(), Instant::now());
    let whole = open().await;
    let mut before = 0;
    let mut count = |_| {
        before += 1;
        std::ops::ControlFlow::Continue(())
    };
    whole.store().export(&mut count).await.unwrap();
    let left = Arc::new(AtomicUsize::new(number));
    let written = Arc::new(Semaphore::new(0));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = stores[writer % stores.len()].clone();
        writers.spawn(write(
            store,
            Author::Operator(by),
            left.clone(),
            written.clone(),
        ));
    }
    let mut sealers = vec![sealer(open().await), sealer(open().await)];
    let (mut given_up, mut seen) = (0, 0);
    while seen < number {
        let [more, victim] = random();
        let more = (usize::from(more) + 1).min(number - seen);
        written
            .acquire_many(u32::try_from(more).unwrap())
            .await
            .unwrap()
            .forget();
        seen += more;
        // Wherever it is: in a statement, before the commit, after it.
        let victim = &mut sealers[usize::from(victim) % 2];
        victim.abort();
        let ended = std::mem::replace(victim, sealer(open().await)).await;
        assert!(
            ended.is_err_and(|error| error.is_cancelled()),
            "a sealer panicked"
        );
        given_up += 1;
    }
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    for sealer in sealers {
        sealer.abort();
        let _ = sealer.await;
    }
    whole.seal_rest().await.unwrap();
    let verdict = whole
        .check_journal(whole.journal_verifiers(), &[])
        .await
        .unwrap();
    assert!(verdict.is_good(), "{verdict:?}");
    // Before there were entries that waited, each with its line in the queue.
    let expected = (number + before / 2) as u64;
    let found = (verdict.sealed, verdict.covered, verdict.waiting);
    assert_eq!(found, (expected, expected, 0));
    println!(
        "counted: {given_up} sealers given up on {name}, {number} entries of {WRITERS} writers sealed once each, without a gap, in {:?}",
        started.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_sqlite_nothing_is_lost_and_nothing_sealed_twice() {
    let place = common::Place::new().await;
    let by = place.operator("op@aplus.example").await;
    let url = common::url(&place.folder);
    let open = async || service(SqliteStore::connect(&url).await.unwrap());
    under_load("SQLite", vec![Arc::new(place.store.clone())], by, open).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_postgres_nothing_is_lost_and_nothing_sealed_twice() {
    let place = postgres_common::Place::new().await;
    let permit = rules::add_operator(&Actor::Machine, &common::email("op@aplus.example"), None);
    let added = place
        .store
        .add_operator(permit.unwrap().into_act(common::now()));
    let Outcome::Done(by) = added.await.unwrap() else {
        panic!("an operator");
    };
    let stores: Vec<Arc<dyn Store>> = vec![
        Arc::new(place.store.clone()),
        Arc::new(place.another().await),
    ];
    // Few connections each: those of a sealer that is given up go with it.
    let open = async || service(place.small().await);
    under_load("PostgreSQL", stores, by.id, open).await;
}
