//! The clock and the randomness of the machine.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use crate::Timestamp;
use crate::ports::{Clock, Entropy, StoreError};

/// The machine's clock. Within a process it never goes back: a link that has expired does not live again.
#[derive(Debug, Default)]
pub struct SystemClock {
    latest: AtomicI64,
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::from_system_time(SystemTime::now())
            .unwrap_or(Timestamp::MIN)
            .as_unix_micros();
        let latest = self.latest.fetch_max(now, Ordering::AcqRel).max(now);
        Timestamp::from_unix_micros(latest).unwrap_or(Timestamp::MIN)
    }
}

/// The machine's source of random bytes.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), StoreError> {
        getrandom::fill(bytes).map_err(|error| StoreError::Broken(error.into()))
    }
}
