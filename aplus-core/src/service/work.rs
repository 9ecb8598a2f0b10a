//! The background work of one process: loops that do not wait for each other.

use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::mail_counts::Sending;
use super::{Aplus, CourierReport, Error};
use crate::mail::Urgency;
use crate::ports::SignedCheckpoint;

/// How often each loop looks when nothing woke it: another process may have queued something.
const PAUSE: Duration = Duration::from_secs(1);

/// How often the rest is done.
const HOUSE_PAUSE: Duration = Duration::from_secs(60);

/// How many passes the sealer makes in one turn while more waits.
const SEAL_PASSES: u32 = 10;

/// Wakes the loops of this process when something was queued.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// An asking.
    pub(super) asked: Notify,
    /// A mail that somebody waits for.
    pub(super) urgent: Notify,
    /// Any other mail.
    pub(super) others: Notify,
    /// The newest checkpoint of the journal that a pass of the sealer saw, for the anchors.
    pub(super) newest: watch::Sender<Option<SignedCheckpoint>>,
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
    /// Loops the courier, the housekeeping and the sealer until it is dropped: a host spawns it once per process, and calls
    /// [`seal_rest`](Self::seal_rest) at its end.
    ///
    /// The courier is woken when something is queued in this process, and looks every second for what others queued. Askings
    /// are answered, urgent mails handed over (four at once), other mails handed over (one by one), the journal sealed as often
    /// as the host chose, its checkpoints handed to the anchors and the rest done beside each other: a relay that is slow or
    /// silent delays no answer, the mails of an import no link, and an anchor no seal.
    pub async fn keep_house(self) {
        tokio::join!(
            self.answering(),
            self.waking_urgent_lanes(),
            self.urgent_lane(),
            self.urgent_lane(),
            self.urgent_lane(),
            self.urgent_lane(),
            self.other_lane(),
            self.housekeeping(),
            self.sealing_turns(),
            self.anchoring(),
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

    /// Wakes a lane of urgent mails each second, whichever has none in hand: what another process queued, what was put off and
    /// what another process left in its claim wakes nobody by itself.
    async fn waking_urgent_lanes(&self) {
        let mut ticks = every(PAUSE);
        loop {
            ticks.tick().await;
            self.0.work.urgent.notify_one();
        }
    }

    /// Hands over urgent mails, one after the other, and wakes another lane for each.
    async fn urgent_lane(&self) {
        loop {
            self.0.work.urgent.notified().await;
            let handing_over = async {
                while let Some(sending) = self.next(Urgency::Urgent).await? {
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
                while self.next(Urgency::Usual).await?.is_some() {}
                if std::mem::take(&mut next) {
                    let pass = self.pass_at(self.now());
                    self.deliver(pass, &mut CourierReport::default()).await?;
                }
                Ok::<_, Error>(())
            };
            report(handing_over.await);
        }
    }

    /// Hands over the mail that is due first, now.
    async fn next(&self, least: Urgency) -> Result<Option<Sending>, Error> {
        self.hand_over_next(least, self.pass_at(self.now())).await
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

    async fn sealing_turns(&self) {
        let mut ticks = every(self.0.seal_pause);
        loop {
            ticks.tick().await;
            for _ in 0..SEAL_PASSES {
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
}

fn report(turn: Result<(), Error>) {
    if let Err(error) = turn {
        tracing::error!(%error, "mails that wait could not be read or settled; it is tried again in a second");
    }
}
