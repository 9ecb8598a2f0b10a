//! What has to be done now and then: counted refusals, dead links, ended sessions.

use super::{Aplus, Error};
use crate::journal::{Entry, Erasable, Event, Salt, entry::About};
use crate::ports::{Outcome, StoredRefusals};
use crate::{EntryId, Lifetimes, Timestamp};

/// How many rows one pass touches of each kind, so that nobody waits behind it.
const AT_ONCE: u32 = 500;

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
}
