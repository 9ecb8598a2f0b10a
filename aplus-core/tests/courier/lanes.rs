//! The loops of a process, with a relay that is slow or silent. The time is tokio's, which runs ahead when nobody has work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aplus_core::memory::MemoryStore;
use aplus_core::ports::{Clock, Letter, MailError, Mailer};
use aplus_core::service::Context;
use aplus_core::{EmailAddress, Timestamp};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::post::{account, ask, builder, bulk, email, group, noon, silent};

/// Noon, and the time that has gone by since.
struct Ahead(Instant);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        noon().saturating_add(self.0.elapsed())
    }
}

/// Takes one mail a second, whoever hands it over.
#[derive(Clone)]
struct Slow {
    turn: Arc<tokio::sync::Mutex<()>>,
    taken: Arc<Mutex<HashMap<EmailAddress, Duration>>>,
    /// A mail has come.
    came: Arc<Notify>,
    since: Instant,
}

impl Slow {
    fn new(since: Instant) -> Self {
        Self {
            turn: Arc::default(),
            taken: Arc::default(),
            came: Arc::default(),
            since,
        }
    }

    /// When the mail to this address had been taken.
    async fn took(&self, to: &EmailAddress) -> Duration {
        loop {
            if let Some(at) = self.taken.lock().unwrap().get(to) {
                return *at;
            }
            self.came.notified().await;
        }
    }
}

#[async_trait::async_trait]
impl Mailer for Slow {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let turn = self.turn.lock().await;
        sleep(Duration::from_secs(1)).await;
        let at = self.since.elapsed();
        self.taken.lock().unwrap().insert(letter.to.clone(), at);
        drop(turn);
        self.came.notify_one();
        Ok(())
    }
}

/// Never comes to an end.
#[derive(Clone, Default)]
pub(crate) struct Silent {
    pub(crate) asked: Arc<Notify>,
}

#[async_trait::async_trait]
impl Mailer for Silent {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        self.asked.notify_one();
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_does_not_wait_behind_a_thousand_welcomes() {
    let begun = Instant::now();
    let (store, relay) = (MemoryStore::default(), Slow::new(begun));
    // As fast as the relay takes them.
    let aplus = builder(&store, relay.clone(), Ahead(begun))
        .import_mails_per_minute(std::num::NonZeroU32::MAX)
        .build();
    let group = group(&aplus).await;
    for number in 0..1_000 {
        let address = email(&format!("agent{number}@ain.fr"));
        account(&aplus, group, &address, &bulk()).await;
    }
    let camille = email("camille.roux@ain.fr");
    account(&aplus, group, &camille, &silent()).await;
    let house = tokio::spawn(aplus.clone().keep_house());
    // In the middle of the import.
    sleep(Duration::from_millis(10_500)).await;
    let waiting = relay.taken.lock().unwrap().len();
    assert!((5..100).contains(&waiting), "{waiting}");
    let asked = begun.elapsed();
    ask(&aplus, &camille, 1).await;
    let took = relay.took(&camille).await - asked;
    assert!(took <= Duration::from_secs(3), "{took:?}");
    println!(
        "a link took {took:?} while {} welcomes waited",
        1_000 - waiting
    );
    house.abort();
}

#[tokio::test(start_paused = true)]
async fn a_link_does_not_wait_behind_what_invented_addresses_are_told() {
    let begun = Instant::now();
    let (store, relay) = (MemoryStore::default(), Slow::new(begun));
    let aplus = builder(&store, relay.clone(), Ahead(begun)).build();
    let group = group(&aplus).await;
    let camille = email("camille.roux@ain.fr");
    account(&aplus, group, &camille, &silent()).await;
    for number in 0..500 {
        ask(&aplus, &email(&format!("invention{number}@ain.fr")), 1).await;
    }
    ask(&aplus, &camille, 1).await;
    let house = tokio::spawn(aplus.clone().keep_house());
    let took = relay.took(&camille).await;
    assert!(took <= Duration::from_secs(3), "{took:?}");
    house.abort();
}

/// Keeps silent to whoever's address has `mute` in it, and takes all others at once.
#[derive(Clone)]
struct SilentToSome(Slow);

#[async_trait::async_trait]
impl Mailer for SilentToSome {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        if letter.to.as_str().contains("mute") {
            return std::future::pending().await;
        }
        self.0.send(letter).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_relay_delays_neither_other_links_nor_answers() {
    let begun = Instant::now();
    let (store, relay) = (MemoryStore::default(), Slow::new(begun));
    let mailer = SilentToSome(relay.clone());
    let aplus = builder(&store, mailer, Ahead(begun)).build();
    let group = group(&aplus).await;
    // Three links of four lanes get no answer, and a welcome gets none either.
    let addresses: Vec<_> = (0..3)
        .map(|number| email(&format!("mute{number}@ain.fr")))
        .collect();
    for address in &addresses {
        account(&aplus, group, address, &silent()).await;
    }
    account(&aplus, group, &email("mute.welcome@ain.fr"), &bulk()).await;
    let camille = email("camille.roux@ain.fr");
    account(&aplus, group, &camille, &silent()).await;
    let house = tokio::spawn(aplus.clone().keep_house());
    sleep(Duration::from_secs(5)).await;
    for address in &addresses {
        ask(&aplus, address, 1).await;
    }
    sleep(Duration::from_secs(5)).await;
    let asked = begun.elapsed();
    ask(&aplus, &camille, 1).await;
    let took = relay.took(&camille).await - asked;
    assert!(took <= Duration::from_secs(3), "{took:?}");
    house.abort();
}

/// Does not take the first mail to whoever's address begins with `later`; the rest as [`SilentToSome`].
#[derive(Clone)]
struct LaterToSome(SilentToSome, Arc<Mutex<Vec<EmailAddress>>>);

#[async_trait::async_trait]
impl Mailer for LaterToSome {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        if letter.to.as_str().starts_with("later") {
            let mut refused = self.1.lock().unwrap();
            if !refused.contains(&letter.to) {
                refused.push(letter.to.clone());
                return Err(MailError::Later("later".into()));
            }
        }
        self.0.send(letter).await
    }
}

/// A link that was put off leaves at its time, whichever lanes are in the middle of a mail.
#[tokio::test(start_paused = true)]
async fn a_link_that_was_put_off_finds_the_lane_that_is_free() {
    let begun = Instant::now();
    let (store, relay) = (MemoryStore::default(), Slow::new(begun));
    let mailer = LaterToSome(SilentToSome(relay.clone()), Arc::default());
    let aplus = builder(&store, mailer, Ahead(begun)).build();
    let group = group(&aplus).await;
    let (mute, camille) = (email("later.mute@ain.fr"), email("later.camille@ain.fr"));
    for address in [&mute, &camille] {
        account(&aplus, group, address, &silent()).await;
    }
    account(
        &aplus,
        group,
        &email("mute.welcome@ain.fr"),
        &Context::default(),
    )
    .await;
    let house = tokio::spawn(aplus.clone().keep_house());
    // The lane of other mails gets no answer until second 50, and from 80 to 130; one of links none from 115 on.
    sleep(Duration::from_secs(85)).await;
    ask(&aplus, &mute, 1).await;
    sleep(Duration::from_secs(2)).await;
    let asked = begun.elapsed();
    ask(&aplus, &camille, 1).await;
    let took = relay.took(&camille).await - asked;
    assert!(took <= Duration::from_secs(33), "{took:?}");
    house.abort();
}

/// What became of mails in the loops is counted, for a host's metrics.
#[tokio::test(start_paused = true)]
async fn the_loops_count_what_became_of_mails() {
    let begun = Instant::now();
    let (store, relay) = (MemoryStore::default(), Slow::new(begun));
    let mailer = LaterToSome(SilentToSome(relay.clone()), Arc::default());
    let aplus = builder(&store, mailer, Ahead(begun)).build();
    let group = group(&aplus).await;
    let (mute, camille) = (email("mute@ain.fr"), email("later.camille@ain.fr"));
    for address in [&mute, &camille] {
        account(&aplus, group, address, &silent()).await;
        ask(&aplus, address, 1).await;
    }
    let house = tokio::spawn(aplus.clone().keep_house());
    // A link that never leaves is put off until it is late.
    sleep(Duration::from_secs(30 * 60)).await;
    house.abort();
    let counts = aplus.mail_counts();
    assert_eq!((counts.sent, counts.given_up, counts.late), (1, 1, 1));
    assert!((5..20).contains(&counts.postponed), "{counts:?}");
}

/// Time that went by within a pass counts for each further claim.
#[tokio::test(start_paused = true)]
async fn a_pass_that_lasts_long_knows_how_late_it_is() {
    let begun = Instant::now();
    let (store, silence) = (MemoryStore::default(), Silent::default());
    let aplus = builder(&store, silence, Ahead(begun)).build();
    let group = group(&aplus).await;
    for number in 0..2 {
        let address = email(&format!("agent{number}@ain.fr"));
        account(&aplus, group, &address, &Context::default()).await;
    }
    let relay = Slow::new(begun);
    let other = builder(&store, relay, Ahead(begun)).build();
    let pass = aplus.courier_pass(aplus.now());
    let meanwhile = async {
        // The first is put off until the eightieth second, the second in hand until the hundredth.
        sleep(Duration::from_secs(70)).await;
        other.courier_pass(other.now()).await.unwrap()
    };
    let (pass, meanwhile) = tokio::join!(pass, meanwhile);
    assert_eq!(pass.unwrap().postponed, 2);
    assert_eq!(meanwhile.sent, 0, "it is in the other's hand");
}

/// And for the life that is left to a link.
#[tokio::test(start_paused = true)]
async fn a_link_that_became_late_within_a_pass_is_not_sent() {
    let begun = Instant::now();
    let (store, relay) = (MemoryStore::default(), Slow::new(begun));
    let mailer = LaterToSome(SilentToSome(relay.clone()), Arc::default());
    let aplus = builder(&store, mailer, Ahead(begun)).build();
    let group = group(&aplus).await;
    for name in ["later.mute0", "later.mute1", "later.camille"] {
        let address = email(&format!("{name}@ain.fr"));
        account(&aplus, group, &address, &silent()).await;
        // Queued one after the other, and put off.
        ask(&aplus, &address, 1).await;
        let report = aplus.courier_pass(aplus.now()).await.unwrap();
        assert_eq!(report.postponed, 1);
        sleep(Duration::from_secs(1)).await;
    }
    // A minute and a half before they are late; each of the first two takes fifty seconds.
    sleep(Duration::from_secs(18 * 60 + 30)).await;
    let report = aplus.courier_pass(aplus.now()).await.unwrap();
    assert_eq!((report.sent, report.postponed, report.late), (0, 2, 1));
}

/// What does not come to an end is put off after fifty seconds, so that no two processes have it in hand.
#[tokio::test(start_paused = true)]
async fn a_mailer_that_never_ends_is_given_up_before_its_claim() {
    let begun = Instant::now();
    let (store, silent) = (MemoryStore::default(), Silent::default());
    let aplus = builder(&store, silent, Ahead(begun)).build();
    let group = group(&aplus).await;
    account(
        &aplus,
        group,
        &email("camille.roux@ain.fr"),
        &Context::default(),
    )
    .await;
    let report = aplus.courier_pass(aplus.now()).await.unwrap();
    assert_eq!((report.sent, report.postponed), (0, 1));
    assert_eq!(begun.elapsed().as_secs(), 50);
}
