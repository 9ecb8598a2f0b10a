//! How often one network may present tokens that nobody was given (`sessions` and `inspect`), and write to support without being
//! logged in (`support-requests`, L13: no puzzle instead).
//!
//! Of tokens only what is unknown counts and only its answer changes: whoever shares an address with somebody who tries tokens
//! still logs in with their own link. A token has 256 bits; what is limited is the load and the noise, not the luck.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aplus_core::Timestamp;

/// So many unknown tokens at once, and after that one in this time.
const TOKENS: (u32, Duration) = (60, Duration::from_secs(1));
/// So many requests of visitors to support at once, and after that one in this time: a préfecture of five hundred stands behind one
/// address.
#[cfg(feature = "desk")]
const REQUESTS: (u32, Duration) = (20, Duration::from_secs(30));
/// So many networks are remembered at most; beyond them all others share one bucket.
const NETWORKS: usize = 10_000;

/// Counts by network, in this process.
#[derive(Debug)]
pub(crate) struct NetworkLimit {
    burst: u32,
    pace: Duration,
    full_again: Mutex<HashMap<String, Timestamp>>,
}

impl NetworkLimit {
    fn new((burst, pace): (u32, Duration)) -> Self {
        Self {
            burst,
            pace,
            full_again: Mutex::default(),
        }
    }

    /// Of unknown tokens.
    pub(crate) fn of_tokens() -> Self {
        Self::new(TOKENS)
    }

    /// Of what visitors write to support.
    #[cfg(feature = "desk")]
    pub(crate) fn of_requests() -> Self {
        Self::new(REQUESTS)
    }

    /// Counts one at `now`.
    ///
    /// # Errors
    /// When that is too often: after how long another one is answered, in whole seconds of at least one.
    pub(crate) fn count(&self, network: &str, now: Timestamp) -> Result<(), u64> {
        let mut full_again = self
            .full_again
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if full_again.len() >= NETWORKS {
            full_again.retain(|_, at| *at > now);
        }
        let known = full_again.len() < NETWORKS || full_again.contains_key(network);
        let network = if known { network } else { "others" };
        // A bucket is the moment at which it will be full again: one number, and nothing to refill.
        let from = full_again.get(network).map_or(now, |at| (*at).max(now));
        let at = from.saturating_add(self.pace);
        let most = now.saturating_add(self.pace * self.burst);
        if at > most {
            return Err(at
                .duration_since(most)
                .as_millis()
                .div_ceil(1_000)
                .try_into()
                .unwrap_or(u64::MAX)
                .max(1));
        }
        full_again.insert(network.to_owned(), at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::MIN.saturating_add(Duration::from_millis(millis))
    }

    #[test]
    fn a_burst_then_one_a_second_each_network_by_itself() {
        let tokens = NetworkLimit::of_tokens();
        for _ in 0..TOKENS.0 {
            assert_eq!(tokens.count("a", at(0)), Ok(()));
        }
        assert_eq!(tokens.count("a", at(0)), Err(1));
        assert_eq!(tokens.count("b", at(0)), Ok(()));
        assert_eq!(tokens.count("a", at(999)), Err(1));
        assert_eq!(tokens.count("a", at(1_000)), Ok(()));
        assert_eq!(tokens.count("a", at(1_000)), Err(1));
    }

    #[cfg(feature = "desk")]
    #[test]
    fn a_network_of_five_hundred_writes_to_support_and_a_flood_does_not() {
        let requests = NetworkLimit::of_requests();
        for _ in 0..REQUESTS.0 {
            assert_eq!(requests.count("a", at(0)), Ok(()));
        }
        assert_eq!(requests.count("a", at(0)), Err(30));
        assert_eq!(requests.count("a", at(30_000)), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let tokens = NetworkLimit::of_tokens();
        for number in 0..2 * NETWORKS {
            let _ = tokens.count(&number.to_string(), at(0));
        }
        assert!(tokens.full_again.lock().unwrap().len() <= NETWORKS + 1);
        assert!(
            tokens.count("new", at(0)).is_err(),
            "all others share one bucket"
        );
        assert!(tokens.count("new", at(100_000)).is_ok());
        assert!(
            tokens.full_again.lock().unwrap().len() < 10,
            "what is full again is forgotten"
        );
    }
}
