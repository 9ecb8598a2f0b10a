//! What has to be done now and then: looks at links, counted refusals, dead links, ended sessions, and what is to be erased.

use super::{Aplus, ErasureReport, Error};
use crate::journal::{Entry, Erasable, Event, Salt, entry::About};
use crate::ports::{Outcome, StoredRefusals};
use crate::{EntryId, Lifetimes, Timestamp};

/// How many rows one pass touches of each kind, so that nobody waits behind it.
const AT_ONCE: u32 = 500;

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HousekeepingReport {
    /// Links whose looks in this process were handed to the store (L5).
    pub looked_at: u32,
    /// Entries written for counted refusals (T1).
    pub settled: u32,
    /// Links, sessions and askings forgotten (L9).
    pub purged: u32,
    /// What was erased for its age (T3, T4).
    pub erasure: ErasureReport,
}

impl Aplus {
    /// One pass at `now`: hands over what this process saw of looks at links (L5), writes the entry of refusals counted for ten
    /// minutes (T1), forgets links dead for 30 days (L9) and sessions beyond any limit, and [erases](Self::erase_pass) what is
    /// due (T3, T4). Bounded: what is left is for the next pass.
    ///
    /// # Errors
    /// What the store says. Looks that it did not take are kept for the next pass, and keep nothing else from being done.
    pub async fn housekeeping_pass(&self, now: Timestamp) -> Result<HousekeepingReport, Error> {
        let mut report = HousekeepingReport::default();
        let handed_over = self.hand_looks_over().await;
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
        report.erasure = self.erase_pass(now).await?;
        report.looked_at = handed_over?;
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
}
