//! How often one network may present tokens that nobody was given (`sessions` and `inspect`).
//!
//! Only what is unknown counts and only its answer changes: whoever shares an address with somebody who tries tokens
//! still logs in with their own link. A token has 256 bits; what is limited is the load and the noise, not the luck.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aplus_core::Timestamp;

/// So many at once.
const BURST: u32 = 60;
/// After that, one in this time.
const PACE: Duration = Duration::from_secs(1);
/// So many networks are remembered at most; beyond them all others share one bucket.
const NETWORKS: usize = 10_000;

/// Counts unknown tokens by network, in this process.
#[derive(Debug, Default)]
pub(crate) struct UnknownTokens(Mutex<HashMap<String, Timestamp>>);

impl UnknownTokens {
    /// Counts one at `now`.
    ///
    /// # Errors
    /// When that is too often: after how long another one is answered, in whole seconds of at least one.
    pub(crate) fn count(&self, network: &str, now: Timestamp) -> Result<(), u64> {
        let mut full_again = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if full_again.len() >= NETWORKS {
            full_again.retain(|_, at| *at > now);
        }
        let known = full_again.len() < NETWORKS || full_again.contains_key(network);
        let network = if known { network } else { "others" };
        // A bucket is the moment at which it will be full again: one number, and nothing to refill.
        let from = full_again.get(network).map_or(now, |at| (*at).max(now));
        let at = from.saturating_add(PACE);
        let most = now.saturating_add(PACE * BURST);
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
        let tokens = UnknownTokens::default();
        for _ in 0..BURST {
            assert_eq!(tokens.count("a", at(0)), Ok(()));
        }
        assert_eq!(tokens.count("a", at(0)), Err(1));
        assert_eq!(tokens.count("b", at(0)), Ok(()));
        assert_eq!(tokens.count("a", at(999)), Err(1));
        assert_eq!(tokens.count("a", at(1_000)), Ok(()));
        assert_eq!(tokens.count("a", at(1_000)), Err(1));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let tokens = UnknownTokens::default();
        for number in 0..2 * NETWORKS {
            let _ = tokens.count(&number.to_string(), at(0));
        }
        assert!(tokens.0.lock().unwrap().len() <= NETWORKS + 1);
        assert!(
            tokens.count("new", at(0)).is_err(),
            "all others share one bucket"
        );
        assert!(tokens.count("new", at(100_000)).is_ok());
        assert!(
            tokens.0.lock().unwrap().len() < 10,
            "what is full again is forgotten"
        );
    }
}
