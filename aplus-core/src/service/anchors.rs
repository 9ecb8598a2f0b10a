//! Handing checkpoints over: outside the sealer's pass, so that an anchor that is slow or silent holds up neither the sealer nor
//! another anchor.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;

use super::Aplus;
use crate::ports::{Anchor, AnchorError, SignedCheckpoint};

/// How long an anchor may take for one checkpoint.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long what failed waits before it is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// One anchor, and the size of the checkpoint that it took last from this process.
pub(super) struct Anchored {
    anchor: Arc<dyn Anchor>,
    taken: Mutex<Option<u64>>,
    turn: tokio::sync::Mutex<()>,
}

impl Anchored {
    pub(super) fn new(anchor: impl Anchor) -> Self {
        Self {
            anchor: Arc::new(anchor),
            taken: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Whether it has the checkpoint of this size, or a newer one.
    pub(super) fn has(&self, size: u64) -> bool {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) >= Some(size)
    }

    /// Hands over a checkpoint unless the anchor has it; whether it has it now.
    async fn hand_over(&self, signed: &SignedCheckpoint) -> bool {
        let size = signed.checkpoint.size;
        let handing_over = async {
            // Of two at once in one process, the later one sees what the earlier one did.
            let _turn = self.turn.lock().await;
            if self.has(size) {
                return Ok(());
            }
            self.anchor.anchor(signed).await?;
            *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(size);
            Ok(())
        };
        match tokio::time::timeout(PATIENCE, handing_over).await {
            Ok(Ok(())) => return true,
            Ok(Err(AnchorError(cause))) => {
                tracing::error!(size, error = %cause, "an anchor did not take a checkpoint of the journal");
            }
            Err(_) => {
                tracing::error!(
                    size,
                    "an anchor took too long for a checkpoint of the journal"
                );
            }
        }
        false
    }

    /// Hands over the newest checkpoint each time there is one; what failed again, or what is the newest by then.
    async fn keep_up(&self, mut newest: watch::Receiver<Option<SignedCheckpoint>>) {
        loop {
            let signed = newest.borrow_and_update().clone();
            let is_taken = match signed {
                Some(signed) => self.hand_over(&signed).await,
                None => true,
            };
            if !is_taken {
                tokio::time::sleep(PAUSE).await;
            } else if newest.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Aplus {
    /// Hands the newest checkpoint that a pass of the sealer in this process saw to each anchor that has it not yet, all beside
    /// each other, for at most ten seconds. Whether each has it now: what failed is in the log.
    pub async fn anchor_pass(&self) -> bool {
        let Some(newest) = self.0.work.newest.borrow().clone() else {
            return true;
        };
        let anchors = self.0.anchors.iter();
        let taken = beside_each_other(anchors.map(|anchor| anchor.hand_over(&newest)));
        taken.await.into_iter().all(|is_taken| is_taken)
    }

    /// Keeps each anchor up with the sealer.
    pub(super) async fn anchoring(&self) {
        let newest = &self.0.work.newest;
        let anchors = self.0.anchors.iter();
        beside_each_other(anchors.map(|anchor| anchor.keep_up(newest.subscribe()))).await;
    }
}

/// What all of them come to, in the order in which they end.
async fn beside_each_other<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    let mut ended = Vec::with_capacity(running.len());
    poll_fn(move |context| {
        running.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Ready(output) => {
                ended.push(output);
                false
            }
            Poll::Pending => true,
        });
        match running.is_empty() {
            true => Poll::Ready(std::mem::take(&mut ended)),
            false => Poll::Pending,
        }
    })
    .await
}
