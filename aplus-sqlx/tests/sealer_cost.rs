//! How many redemptions a second PostgreSQL takes with the sealer beside them, against without: in pairs, so that what else the
//! machine does falls on both.
//!
//! `cargo test -p aplus-sqlx --all-features --release --test sealer_cost -- --ignored --nocapture`

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod postgres_common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aplus_core::journal::Origin;
use aplus_core::ports::{Letter, MailError, Mailer};
use aplus_core::service::Context;
use aplus_core::{Account, Aplus, BrowserHash, HostKey, LinkSecret, Role};
use postgres_common::Place;
use postgres_common::people::People;
use secrecy::ExposeSecret;
use tokio::task::JoinSet;

const PAIRS: usize = 9;
const CLIENTS: usize = 8;
const LINKS: usize = 1_600;
/// By which the one browser is known.
const BROWSER: u8 = 9;

/// Keeps the secrets of the links that were sent.
#[derive(Clone, Default)]
struct Links(Arc<Mutex<Vec<LinkSecret>>>);

#[async_trait::async_trait]
impl Mailer for Links {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let link = letter.link.as_ref().map(ExposeSecret::expose_secret);
        if let Some((_, token)) = link.and_then(|link| link.split_once("jeton=")) {
            self.0
                .lock()
                .unwrap()
                .push(LinkSecret::parse(token).unwrap());
        }
        Ok(())
    }
}

/// A link for each account, an hour after the last, all from the same browser.
async fn links(aplus: &Aplus, sent: &Links, accounts: &[Account]) -> Vec<LinkSecret> {
    for (number, account) in accounts.iter().enumerate() {
        let context = Context {
            origin: Origin {
                network: Some(format!("192.0.2.{number}")),
                browser: None,
            },
            ..Context::default()
        };
        let ask = People::asking(account.email().unwrap(), BROWSER);
        aplus.ask_for_link(ask, &context).await.unwrap();
    }
    while !aplus.courier_pass(aplus.now()).await.unwrap().is_idle() {}
    aplus.seal_rest().await.unwrap();
    let links = std::mem::take(&mut *sent.0.lock().unwrap());
    assert_eq!(links.len(), accounts.len());
    links
}

/// Redeems each of these links once, by several clients at once; how many a second.
async fn rate(aplus: &Aplus, links: Vec<LinkSecret>) -> f64 {
    let browser = Some(BrowserHash::from_bytes([BROWSER; 32]));
    let number = links.len();
    let mut parts: Vec<Vec<LinkSecret>> = (0..CLIENTS).map(|_| Vec::new()).collect();
    for (place, link) in links.into_iter().enumerate() {
        parts[place % CLIENTS].push(link);
    }
    let mut clients = JoinSet::new();
    let started = Instant::now();
    for part in parts {
        let aplus = aplus.clone();
        clients.spawn(async move {
            for link in part {
                let none = Context::default();
                let opened = aplus.log_in(&link, browser, None, &none).await;
                opened.unwrap();
            }
        });
    }
    clients.join_all().await;
    number as f64 / started.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: it takes a quiet machine"]
async fn redemptions_with_the_sealer_against_without() {
    let place = Place::new().await;
    let people = People::new(&place.store).await;
    let sent = Links::default();
    let site = people.aplus.site().clone();
    let aplus = Aplus::builder(
        place.store.clone(),
        sent.clone(),
        site,
        HostKey::new(&[7; 32]).unwrap(),
    );
    let aplus = aplus.clock(people.clock.clone()).build();
    let mut accounts = Vec::new();
    for _ in 0..LINKS {
        accounts.push(people.account(people.home, Role::Aidant).await);
    }
    let mut ratios = Vec::new();
    for pair in 0..=PAIRS {
        // The one with the sealer is first every second time.
        let mut rates = [0.0; 2];
        for turn in 0..2 {
            people.clock.advance(Duration::from_secs(3_600));
            let links = links(&aplus, &sent, &accounts).await;
            let with = (pair + turn) % 2;
            let sealer = (with == 1).then(|| {
                let aplus = aplus.clone();
                // Ten times as often as by default, so that each turn has several of its passes.
                tokio::spawn(async move {
                    let mut pause = tokio::time::interval(Duration::from_millis(100));
                    loop {
                        pause.tick().await;
                        aplus.sealer_pass(aplus.now()).await.unwrap();
                    }
                })
            });
            rates[with] = rate(&aplus, links).await;
            if let Some(sealer) = sealer {
                sealer.abort();
            }
        }
        let ratio = rates[1] / rates[0];
        println!(
            "without {:.0}/s, with {:.0}/s: {ratio:.3}",
            rates[0], rates[1]
        );
        // The first pair only warms up.
        if pair > 0 {
            ratios.push(ratio);
        }
    }
    ratios.sort_unstable_by(f64::total_cmp);
    println!("median of {PAIRS} pairs: {:.3}", ratios[PAIRS / 2]);
}
