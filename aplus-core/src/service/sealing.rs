//! The sealer (T2): gives what waits its place in the tree, and signs a checkpoint over it.
//!
//! Any number of processes may seal: the store lets one be first, and the others read anew.

use std::time::Duration;

use super::{Aplus, Error};
use crate::journal::seal::{
    Checkpoint, CheckpointError, Frontier, KeptCheckpoint, TreeHash, leaf_bytes,
};
use crate::ports::{CheckpointMail, Outcome, Sealing, SignedCheckpoint, StoreError, Unsealed};
use crate::{EntryId, MailId, Timestamp};

/// How many entries one pass seals: a transaction of some milliseconds, behind which nobody waits for long.
const AT_ONCE: u32 = 1_000;

/// A checkpoint goes out by mail at most this often, over all processes.
const MAIL_PAUSE: Duration = Duration::from_secs(3_600);

/// How often another sealer may be first before [`Aplus::seal_rest`] leaves the rest to it.
const OVERTAKEN: u32 = 50;

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SealReport {
    /// Entries that were sealed.
    pub sealed: u32,
    /// Whether another process was first: what this one had read was not sealed by it.
    pub overtaken: bool,
    /// Whether more may wait than one pass seals.
    pub more: bool,
    /// Whether each anchor has the newest checkpoint by now.
    pub anchored: bool,
}

impl Aplus {
    /// One pass of the sealer at `now`: seals at most a thousand entries that wait and signs a checkpoint over all that is
    /// sealed. [`anchor_pass`](Self::anchor_pass) then hands it over: no anchor holds up a seal.
    ///
    /// # Errors
    /// What the store says; [`Error::Broken`] if the tree is not what its newest checkpoint was signed over, or does not go
    /// on from what this process saw sealed before: then nothing more is signed, and `journal verify` tells more. What was
    /// sealed before the process started it does not know: only an anchor does.
    pub async fn sealer_pass(&self, now: Timestamp) -> Result<SealReport, Error> {
        self.seal_once(now, MAIL_PAUSE).await
    }

    /// One pass, whose checkpoint is mailed if the last one was so long ago; a thousand entries more are no reason to hurry.
    async fn seal_once(&self, now: Timestamp, mail_pause: Duration) -> Result<SealReport, Error> {
        // Over the whole pass: of two at once in one process, the later one reads what the earlier one sealed.
        let mut seen = self.0.sealed.lock().await;
        let unsealed = self.0.store.unsealed(AT_ONCE).await?;
        let before = self.untouched(&unsealed, seen.is_none())?;
        self.continued(seen.as_ref(), &unsealed.tree).await?;
        *seen = Some(unsealed.tree.clone());
        let sealed = u32::try_from(unsealed.entries.len()).unwrap_or(u32::MAX);
        let mut report = SealReport {
            more: sealed >= AT_ONCE,
            ..SealReport::default()
        };
        let mail_pause = if report.more { MAIL_PAUSE } else { mail_pause };
        let Some((sealing, checkpoint)) = self.sealing(unsealed, before, now, mail_pause)? else {
            report.anchored = true;
            return Ok(report);
        };
        let newest = sealing.checkpoint.clone();
        if sealed > 0 || sealing.mail.is_some() {
            let is_mailed = sealing.mail.is_some();
            let grown = sealing.tree.clone();
            let ids: Vec<_> = sealing.entries.iter().map(|(id, _)| *id).collect();
            let outcome = match self.0.store.seal(sealing).await {
                Err(StoreError::Broken(cause)) => return Err(self.why_broken(&ids, cause).await?),
                outcome => outcome?,
            };
            match outcome {
                Outcome::Done(()) => {
                    *seen = Some(grown);
                    report.sealed = sealed;
                }
                Outcome::Stale | Outcome::Taken | Outcome::Repeated(_) => {
                    report.overtaken = true;
                    return Ok(report);
                }
            }
            if is_mailed {
                self.0.work.notify_one();
            }
        }
        let size = checkpoint.size;
        report.anchored = self.0.anchors.iter().all(|anchor| anchor.has(size));
        self.tell_anchors(SignedCheckpoint {
            checkpoint,
            note: newest.note,
        });
        Ok(report)
    }

    /// Seals all that waits, for the end of a process: what is written meanwhile too, unless another process seals it. Then
    /// hands the newest checkpoint to the anchors as [`anchor_pass`](Self::anchor_pass) does, and queues its mail, however long
    /// ago the last one was.
    ///
    /// # Errors
    /// As [`sealer_pass`](Self::sealer_pass).
    pub async fn seal_rest(&self) -> Result<u32, Error> {
        let (mut sealed, mut overtaken) = (0_u32, 0);
        loop {
            let report = self.seal_once(self.now(), Duration::ZERO).await?;
            sealed = sealed.saturating_add(report.sealed);
            overtaken += u32::from(report.overtaken);
            let is_done = !report.more && !report.overtaken;
            if is_done || overtaken > OVERTAKEN {
                self.anchor_pass().await;
                return Ok(sealed);
            }
        }
    }

    /// Names what stops the sealer, if it is an entry that is sealed and waits all the same.
    async fn why_broken(
        &self,
        waiting: &[EntryId],
        cause: Box<dyn std::error::Error + Send + Sync>,
    ) -> Result<Error, StoreError> {
        for id in waiting {
            if self.0.store.seal_of(*id).await?.is_some() {
                let problem = format!("the entry {id} is sealed and waits for its seal");
                return Ok(StoreError::broken(problem).into());
            }
        }
        Ok(StoreError::Broken(cause).into())
    }

    /// Fails unless the tree is what was `seen` sealed, with what others sealed since. Only that is read.
    async fn continued(&self, seen: Option<&Frontier>, tree: &Frontier) -> Result<(), Error> {
        let Some(seen) = seen else {
            return Ok(());
        };
        let mut known = seen.clone();
        self.extend(&mut known, seen.size()..tree.size()).await?;
        if known != *tree {
            let message = "the journal's tree does not go on from what this server saw sealed";
            return Err(StoreError::broken(message).into());
        }
        Ok(())
    }

    /// What the newest checkpoint was signed over, if there is one and the tree is still that. One of an unknown key passes
    /// in the first pass after a start alone: the key may have been replaced.
    fn untouched(
        &self,
        unsealed: &Unsealed,
        is_first: bool,
    ) -> Result<Option<Checkpoint>, StoreError> {
        let tree = Checkpoint {
            size: unsealed.tree.size(),
            root: unsealed.tree.root(),
        };
        let Some(kept) = &unsealed.checkpoint else {
            return match tree.size {
                0 => Ok(None),
                _ => Err(StoreError::broken("the journal's tree has no checkpoint")),
            };
        };
        let verifiers = &self.0.journal_verifiers;
        let opened: Vec<_> = verifiers.iter().map(|it| it.open(&kept.note)).collect();
        if opened.contains(&Ok(tree)) {
            return Ok(Some(tree));
        }
        let unknown = Err(CheckpointError::NotSigned);
        if opened.iter().any(|opened| *opened != unknown) {
            return Err(StoreError::broken(
                "the journal's tree is not what its newest checkpoint was signed over",
            ));
        }
        if !is_first {
            return Err(StoreError::broken(
                "the journal's newest checkpoint is of a key that this server does not know",
            ));
        }
        tracing::warn!(
            size = kept.size,
            "the newest checkpoint of the journal is of a key that this server does not know"
        );
        Ok(Some(tree))
    }

    /// What becomes of what waits, and the newest checkpoint; none before the first entry.
    fn sealing(
        &self,
        unsealed: Unsealed,
        before: Option<Checkpoint>,
        now: Timestamp,
        mail_pause: Duration,
    ) -> Result<Option<(Sealing, Checkpoint)>, Error> {
        let Unsealed {
            mut tree,
            checkpoint: kept,
            mailed,
            entries,
        } = unsealed;
        let size = tree.size();
        let hashed = entries.iter();
        let entries: Vec<_> = hashed
            .map(|entry| (entry.id, TreeHash::leaf(&leaf_bytes(entry))))
            .collect();
        tree.extend(entries.iter().map(|(_, hash)| *hash));
        let (kept, checkpoint) = match (kept, before, entries.is_empty()) {
            (Some(kept), Some(before), true) => (kept, before),
            (_, _, true) => return Ok(None),
            (_, _, false) => {
                let checkpoint = Checkpoint {
                    size: tree.size(),
                    root: tree.root(),
                };
                let kept = KeptCheckpoint {
                    size: checkpoint.size,
                    at: now,
                    note: self.0.journal_key.sign(&checkpoint),
                };
                (kept, checkpoint)
            }
        };
        let is_due = mailed.is_none_or(|mailed| {
            mailed.size < kept.size && mailed.at.saturating_add(mail_pause) <= now
        });
        let mail = match &self.0.anchor_mail {
            Some(to) if is_due => Some(CheckpointMail {
                id: MailId::new(now, self.random()?),
                to: to.clone(),
            }),
            Some(_) | None => None,
        };
        let sealing = Sealing {
            before: size,
            entries,
            tree,
            checkpoint: kept,
            mail,
            at: now,
        };
        Ok(Some((sealing, checkpoint)))
    }

    /// Wakes those who keep the anchors up, unless they know it.
    fn tell_anchors(&self, signed: SignedCheckpoint) {
        self.0.work.newest.send_if_modified(|newest| {
            let is_new = newest.as_ref() != Some(&signed);
            *newest = Some(signed);
            is_new
        });
    }
}

#[cfg(all(test, feature = "test-util"))]
mod tests;
