//! How fast the mails of imports go out.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Timestamp;

const MINUTE: Duration = Duration::from_secs(60);

/// So many in a minute, and in one pass no more than the share of a second, so that they go out evenly: a relay that counts
/// has room for the links.
#[derive(Debug)]
pub(super) struct Pace {
    in_a_minute: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    minute: Timestamp,
    this_minute: u32,
    this_pass: u32,
}

impl Pace {
    pub(super) const DEFAULT: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);

    pub(super) fn new(in_a_minute: NonZeroU32) -> Self {
        Self {
            in_a_minute: in_a_minute.get(),
            state: Mutex::new(State {
                minute: Timestamp::MIN,
                this_minute: 0,
                this_pass: 0,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one more may go now. A clock that was set back begins a new minute.
    pub(super) fn allows(&self, now: Timestamp) -> bool {
        let mut state = self.state();
        if now < state.minute || now >= state.minute.saturating_add(MINUTE) {
            state.minute = now;
            state.this_minute = 0;
        }
        state.this_minute < self.in_a_minute && state.this_pass < self.in_a_minute.div_ceil(60)
    }

    /// One went.
    pub(super) fn took(&self) {
        let mut state = self.state();
        state.this_minute += 1;
        state.this_pass += 1;
    }

    /// The pass is over.
    pub(super) fn end_pass(&self) {
        self.state().this_pass = 0;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// How many go in the passes of one minute, one a second.
    fn in_one_minute(pace: &Pace, start: Timestamp) -> Vec<u32> {
        let passes = (0..60).map(|second| {
            let now = start.saturating_add(Duration::from_secs(second));
            let mut went = 0;
            while pace.allows(now) {
                pace.took();
                went += 1;
            }
            pace.end_pass();
            went
        });
        passes.collect()
    }

    #[test]
    fn a_minute_has_its_number_and_a_pass_its_share() {
        let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        for (in_a_minute, in_a_pass) in [(1, 1), (59, 1), (60, 1), (61, 2), (600, 10), (1_000, 17)]
        {
            let pace = Pace::new(NonZeroU32::new(in_a_minute).unwrap());
            for minute in 0..3 {
                let went = in_one_minute(&pace, noon.saturating_add(MINUTE * minute));
                assert_eq!(went.iter().sum::<u32>(), in_a_minute);
                assert_eq!(went.iter().max(), Some(&in_a_pass));
            }
            // A clock that was set back stops nothing.
            let went = in_one_minute(&pace, noon);
            assert_eq!(went.iter().sum::<u32>(), in_a_minute);
        }
    }
}
