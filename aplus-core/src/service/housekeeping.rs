//! What has to be done now and then: counted refusals, dead links, ended sessions, the sealer's turns.

use std::time::Duration;

use super::{Aplus, Error};
use crate::journal::{Entry, Erasable, Event, Salt, entry::About};
use crate::ports::{Outcome, StoredRefusals};
use crate::{EntryId, Lifetimes, Timestamp};

/// How many rows one pass touches of each kind, so that nobody waits behind it.
const AT_ONCE: u32 = 500;

/// How often the courier looks when nothing woke it: another process may have queued something.
const COURIER_PAUSE: Duration = Duration::from_secs(1);

/// After so many passes in a row the rest has its turn.
const PASSES: u32 = 10;

/// How often the rest is done.
const HOUSE_PAUSE: Duration = Duration::from_secs(60);

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HousekeepingReport {
    /// Entries written for counted refusals (T1).
    pub settled: u32,
    /// Links, sessions and askings forgotten (L9).
    pub purged: u32,
}

impl Aplus {
    /// One pass at `now`: writes the entry of refusals counted for ten minutes (T1), forgets links dead for 30 days (L9)
    /// and sessions beyond any limit. Bounded: what is left is for the next pass.
    ///
    /// # Errors
    /// What the store says.
    pub async fn housekeeping_pass(&self, now: Timestamp) -> Result<HousekeepingReport, Error> {
        let mut report = HousekeepingReport::default();
        let until = now.saturating_sub(Lifetimes::EQUAL_REFUSALS);
        for refusals in self.0.store.counted_refusals(until, AT_ONCE).await? {
            let first = refusals.first.id;
            let times = refusals.times;
            let entry = match times {
                0 => None,
                _ => Some(self.counted(&refusals, now)?),
            };
            match self.0.store.settle_refusals(first, times, entry).await? {
                Outcome::Done(()) => report.settled += u32::from(times > 0),
                Outcome::Stale | Outcome::Taken | Outcome::Repeated(_) => {}
            }
        }
        let dead_since = now.saturating_sub(Lifetimes::DEAD_LINK);
        // No session lives longer than 30 days (L11), nor does what is told of one.
        let opened_before = now.saturating_sub(Lifetimes::DEAD_LINK * 2);
        report.purged = self
            .0
            .store
            .purge(dead_since, opened_before, AT_ONCE)
            .await?;
        Ok(report)
    }

    fn counted(&self, refusals: &StoredRefusals, now: Timestamp) -> Result<Entry, Error> {
        let first = &refusals.first;
        let event = Event::RefusedAgain {
            first: first.id,
            times: refusals.times,
        };
        let about = About {
            account: first.account,
            group: first.group,
        };
        let id = EntryId::new(now, self.random()?);
        let salt = Salt(self.random()?);
        Ok(Entry::new(
            id,
            now,
            first.author,
            about,
            &event,
            None,
            &Erasable::default(),
            salt,
        ))
    }

    /// Loops the courier, the housekeeping and the sealer until it is dropped: a host spawns it once per process, and calls
    /// [`seal_rest`](Self::seal_rest) at its end.
    ///
    /// The courier is woken when something is queued in this process, and looks every second for what others queued. The sealer
    /// looks as often as the host chose; neither waits for the other.
    pub async fn keep_house(self) {
        tokio::join!(self.keep_mails_and_rows(), self.keep_sealing());
    }

    async fn keep_sealing(&self) {
        let mut sealer = tokio::time::interval(self.0.seal_pause);
        sealer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            sealer.tick().await;
            for _ in 0..PASSES {
                match self.sealer_pass(self.now()).await {
                    Ok(report) if report.more && !report.overtaken => {}
                    Ok(_) => break,
                    Err(error) => {
                        tracing::error!(%error, "the sealer's pass failed; it is tried again");
                        break;
                    }
                }
            }
        }
    }

    async fn keep_mails_and_rows(&self) {
        let mut courier = tokio::time::interval(COURIER_PAUSE);
        let mut house = tokio::time::interval(HOUSE_PAUSE);
        courier.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        house.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.0.work.notified() => self.serve().await,
                _ = courier.tick() => self.serve().await,
                _ = house.tick() => {
                    if let Err(error) = self.housekeeping_pass(self.now()).await {
                        tracing::error!(%error, "the housekeeping pass failed; it is tried again in a minute");
                    }
                }
            }
        }
    }

    async fn serve(&self) {
        for _ in 0..PASSES {
            match self.courier_pass(self.now()).await {
                Ok(report) if report.is_idle() => return,
                Ok(report) => tracing::debug!(?report, "the courier made a pass"),
                Err(error) => {
                    tracing::error!(%error, "the courier's pass failed; it is tried again in a second");
                    return;
                }
            }
        }
        // There is more to do: it goes on after whatever else is due.
        self.0.work.notify_one();
    }
}
