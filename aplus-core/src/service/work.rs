//! The background work of one process: five loops that do not wait for each other.

use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{Aplus, CourierReport, Error};
use crate::mail::Urgency;

/// How often each loop looks when nothing woke it: another process may have queued something.
const PAUSE: Duration = Duration::from_secs(1);

/// How often the rest is done.
const HOUSE_PAUSE: Duration = Duration::from_secs(60);

/// Wakes the loops of this process when something was queued.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// An asking.
    pub(super) asked: Notify,
    /// A mail that somebody waits for.
    pub(super) urgent: Notify,
    /// Any other mail.
    pub(super) others: Notify,
}

impl Work {
    /// An act was written: whatever it queued.
    pub(super) fn notify_one(&self) {
        self.urgent.notify_one();
        self.others.notify_one();
    }
}

fn every(pause: Duration) -> Interval {
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

impl Aplus {
    /// Loops the courier and the housekeeping until it is dropped: a host spawns it once per process.
    ///
    /// It is woken when something is queued in this process, and looks every second for what others queued. Askings are
    /// answered, urgent mails handed over (four at once), other mails handed over (one by one) and the rest done beside each
    /// other: a relay that is slow or silent delays no answer, and the mails of an import no link.
    pub async fn keep_house(self) {
        tokio::join!(
            self.answering(),
            self.urgent_lane(true),
            self.urgent_lane(false),
            self.urgent_lane(false),
            self.urgent_lane(false),
            self.other_lane(),
            self.housekeeping(),
        );
    }

    async fn answering(&self) {
        let mut ticks = every(PAUSE);
        loop {
            tokio::select! {
                () = self.0.work.asked.notified() => {}
                _ = ticks.tick() => {}
            }
            match self.answer_asks(self.now()).await {
                Ok(0) => {}
                // There may be more than one pass takes.
                Ok(_) => self.0.work.asked.notify_one(),
                Err(error) => {
                    tracing::error!(%error, "the askings that wait were not answered; it is tried again in a second");
                }
            }
        }
    }

    /// Hands over urgent mails, one after the other; of several lanes only one `looks` by itself, and wakes the others.
    async fn urgent_lane(&self, looks: bool) {
        let mut ticks = every(PAUSE);
        loop {
            tokio::select! {
                () = self.0.work.urgent.notified() => {}
                _ = ticks.tick(), if looks => {}
            }
            let handing_over = async {
                while let Some(sending) = self.hand_over_next(Urgency::Urgent, self.now()).await? {
                    tracing::debug!(?sending, "an urgent mail was in hand");
                }
                Ok::<_, Error>(())
            };
            report(handing_over.await);
        }
    }

    async fn other_lane(&self) {
        let mut ticks = every(PAUSE);
        let mut next = true;
        loop {
            // What was woken looks for usual mails alone: the pace of imports is one pass a second.
            tokio::select! {
                () = self.0.work.others.notified() => {}
                _ = ticks.tick() => next = true,
            }
            let handing_over = async {
                while self
                    .hand_over_next(Urgency::Usual, self.now())
                    .await?
                    .is_some()
                {}
                if std::mem::take(&mut next) {
                    self.deliver(self.now(), &mut CourierReport::default())
                        .await?;
                }
                Ok::<_, Error>(())
            };
            report(handing_over.await);
        }
    }

    async fn housekeeping(&self) {
        let mut ticks = every(HOUSE_PAUSE);
        loop {
            ticks.tick().await;
            if let Err(error) = self.housekeeping_pass(self.now()).await {
                tracing::error!(%error, "the housekeeping pass failed; it is tried again in a minute");
            }
        }
    }
}

fn report(handed_over: Result<(), Error>) {
    if let Err(error) = handed_over {
        tracing::error!(%error, "a mail that waits was not handed over; it is tried again in a second");
    }
}
