//! Random histories, on the model, on SQLite and on PostgreSQL: what each step comes to is the same on all three, and so is
//! all that they show in the end.
//!
//! `APLUS_SEED=7` replays one history, `APLUS_HISTORIES=500` takes so many; without either there are few enough for each run.

#![cfg(all(feature = "sqlite", feature = "postgres"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "histories/mod.rs"]
mod parts;
mod postgres_common;

use parts::batches::{Batches, Tally};
use parts::coverage::Coverage;
use parts::expected::EXPECTED;
use parts::lockstep::Lockstep;
use parts::stores::Which;

const HISTORIES: u64 = 36;
const STEPS: u64 = 400;

const AT_ONCE: u64 = 6;
const BATCHES: u64 = 15;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {text}")),
    )
}

/// The seeds of this run.
fn seeds(usual: u64) -> Vec<u64> {
    match (number("APLUS_SEED"), number("APLUS_HISTORIES")) {
        (Some(seed), _) => vec![seed],
        (None, count) => (1..=count.unwrap_or(usual)).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_stores_tell_one_history() {
    let seeds = seeds(HISTORIES);
    let mut coverage = Coverage::default();
    for seed in &seeds {
        let mut lockstep = Lockstep::new(*seed).await;
        lockstep.run(STEPS).await;
        coverage.merge(lockstep.coverage);
    }
    println!("{}", coverage.shown());
    println!(
        "counted: {} steps of {} histories on 3 stores, 0 divergence; each operation at least {} times, seeds {seeds:?}",
        coverage.steps,
        seeds.len(),
        coverage.fewest()
    );
    let missed = coverage.missed(EXPECTED);
    assert!(
        missed.is_empty() || (seeds.len() as u64) < HISTORIES,
        "{}",
        missed.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_at_once_is_some_order() {
    let seeds = seeds(AT_ONCE);
    let (mut coverage, mut tally) = (Coverage::default(), Tally::default());
    for seed in &seeds {
        for which in [Which::Sqlite, Which::Postgres] {
            let mut batches = Batches::new(*seed, which).await;
            batches.run(BATCHES).await;
            coverage.merge(batches.coverage);
            tally.batches += batches.tally.batches;
            tally.met += batches.tally.met;
            tally.overtook += batches.tally.overtook;
        }
    }
    println!("{}", coverage.shown());
    println!(
        "counted: {} acts in {} batches at once on 2 stores: {} met, {} not in the order of their start, each in some order",
        coverage.steps, tally.batches, tally.met, tally.overtook
    );
    assert!(
        tally.met > 0 || seeds.len() == 1,
        "acts that never meet show nothing"
    );
}
