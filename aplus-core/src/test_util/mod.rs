//! For the tests of hosts: a clock that one sets, numbers that repeat, every actor there is, and strategies.
//!
//! ```
//! use aplus_core::test_util::every_actor;
//! use aplus_core::{Actor, GroupFacts, GroupId, Refusal, Version, rules};
//!
//! let [theirs, other] = [1, 2].map(|number| GroupId::from_uuid(uuid::Uuid::from_u128(number)));
//! let facts = GroupFacts { id: other, version: Version(0), active_responsables: 1 };
//! for actor in every_actor(theirs, other) {
//!     // Nobody creates accounts in a group that they do not belong to (A2).
//!     let belongs = matches!(&actor, Actor::Account(account) if account.groups.contains(other));
//!     assert!(belongs || rules::may_create_accounts(&actor, &facts).is_err());
//! }
//! ```

mod beside;
pub mod strategy;

pub use beside::{answers, confirmation, entry, redemption};

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::account::{DeactivatedBy, OperatorStatus, Status, Version};
use crate::ports::{Clock, Entropy, StoreError};
use crate::service::Opened;
use crate::{
    AccountId, Actor, Aplus, EmailAddress, Error, GroupId, OperatorId, OperatorStanding, Roles,
    Standing, Timestamp,
};

/// A clock that stands until one moves it. A clone is the same clock.
///
/// ```
/// use std::time::Duration;
///
/// use aplus_core::ports::Clock;
/// use aplus_core::test_util::FixedClock;
///
/// let clock = FixedClock::new("2026-03-02T12:00:00Z".parse()?);
/// let same = clock.clone();
/// clock.advance(Duration::from_secs(30 * 60));
/// assert_eq!(same.now().to_string(), "2026-03-02T12:30:00Z");
/// # Ok::<(), aplus_core::TimestampError>(())
/// ```
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

impl FixedClock {
    /// A clock that shows this.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Sets it, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves it forwards.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Numbers that look random and repeat: the same seed gives the same ids and secrets. For tests only, never for secrets
/// that guard anything. A clone goes on where the other is.
///
/// ```
/// use aplus_core::ports::Entropy;
/// use aplus_core::test_util::SeededEntropy;
///
/// let drawn = |seed| {
///     let mut bytes = [0; 16];
///     SeededEntropy::new(seed).fill(&mut bytes).map(|()| bytes)
/// };
/// assert_eq!(drawn(1)?, drawn(1)?);
/// assert_ne!(drawn(1)?, drawn(2)?);
/// # Ok::<(), aplus_core::ports::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SeededEntropy {
    seed: u64,
    drawn: Arc<Mutex<u64>>,
}

impl SeededEntropy {
    /// Starts from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: Arc::default(),
        }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), StoreError> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        for part in bytes.chunks_mut(32) {
            *drawn += 1;
            let digest = Sha256::new_with_prefix(self.seed.to_be_bytes())
                .chain_update(drawn.to_be_bytes())
                .finalize();
            for (to, from) in part.iter_mut().zip(digest) {
                *to = from;
            }
        }
        Ok(())
    }
}

/// Logs somebody in as the pages do, without a mailbox: asks, answers, and confirms in the same browser.
///
/// # Errors
/// [`Refusal::LinkUnknown`](crate::Refusal::LinkUnknown) where the rules send no link to this address; what the store says.
pub async fn log_in(aplus: &Aplus, email: &EmailAddress) -> Result<Opened, Error> {
    aplus.log_in_at_once(email).await
}

/// Every kind and standing of actor, with respect to two groups: a visitor; the machine; an active and a suspended
/// operator; and an account of every set of roles, of every status, shared or not, used or not, that belongs to neither
/// group, to one, to the other, or to both.
///
/// Each account and each operator has an id of its own. Standings that no store would hold are among them, such as a
/// shared mailbox that is Responsable: a rule must hold for those as well.
#[must_use]
pub fn every_actor(group: GroupId, other: GroupId) -> Vec<Actor> {
    let mut number = 0;
    let mut id = || {
        number += 1;
        // Below the ids that people use in tests by hand, and above nil.
        uuid::Uuid::from_u128(0xac70_0000_0000_0000_0000_0000_0000_0000 + number)
    };
    let mut actors = vec![Actor::Visitor, Actor::Machine];
    for status in [OperatorStatus::Active, OperatorStatus::Suspended] {
        actors.push(Actor::Operator(OperatorStanding {
            id: OperatorId::from_uuid(id()),
            version: Version::default(),
            status,
        }));
    }
    let memberships: [&[GroupId]; 4] = [&[], &[group], &[other], &[group, other]];
    for roles in Roles::all_sets() {
        for status in EVERY_STATUS {
            for groups in memberships {
                for (shared, used) in [(false, false), (false, true), (true, false), (true, true)] {
                    let account = AccountId::from_uuid(id());
                    actors.push(Actor::Account(Standing {
                        status,
                        shared,
                        used,
                        ..Standing::active(account, roles, groups.iter().copied())
                    }));
                }
            }
        }
    }
    actors
}

/// Every status of an account.
pub const EVERY_STATUS: [Status; 4] = [
    Status::Active,
    Status::Deactivated(DeactivatedBy::Responsable),
    Status::Deactivated(DeactivatedBy::Support),
    Status::Withdrawn,
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_actor_is_there_once() {
        let [group, other] = [1, 2].map(|it| GroupId::from_uuid(uuid::Uuid::from_u128(it)));
        let actors = every_actor(group, other);
        assert_eq!(actors.len(), 4 + 7 * 4 * 4 * 4);
        let authors: HashSet<_> = actors.iter().map(Actor::author).collect();
        assert_eq!(authors.len(), actors.len(), "each has an id of its own");
        let standings: HashSet<_> = actors
            .iter()
            .map(|actor| match actor {
                Actor::Account(account) => format!(
                    "{:?}{:?}{:?}{}{}",
                    account.roles, account.status, account.groups, account.shared, account.used
                ),
                Actor::Operator(operator) => format!("{:?}", operator.status),
                Actor::Visitor | Actor::Machine => format!("{actor:?}"),
            })
            .collect();
        assert_eq!(
            standings.len(),
            actors.len(),
            "no two are of one kind and standing"
        );
    }

    #[test]
    fn the_clock_stands_until_it_is_moved() {
        let clock = FixedClock::new(Timestamp::MIN);
        assert_eq!(clock.now(), clock.now());
        clock.set(Timestamp::MAX);
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[test]
    fn numbers_repeat_with_their_seed_and_with_nothing_else() {
        let entropy = SeededEntropy::new(5);
        let mut drawn = HashSet::new();
        for _ in 0..100 {
            let mut bytes = [0; 40];
            entropy.clone().fill(&mut bytes).unwrap();
            assert!(drawn.insert(bytes));
        }
        let mut first = [0; 40];
        SeededEntropy::new(5).fill(&mut first).unwrap();
        assert!(drawn.contains(&first));
    }
}
