//! The life of a session: one pure verdict on its facts (L10, L11).

use crate::account::{Epoch, Principal};
use crate::{Lifetimes, SessionId, Timestamp};

/// What is known of a session: all that a verdict needs but the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionFacts {
    /// Which session.
    pub id: SessionId,
    /// Whose it is.
    pub principal: Principal,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last seen; noted at most once a minute.
    pub last_seen_at: Timestamp,
    /// When it was ended, by its owner or by support.
    pub ended_at: Option<Timestamp>,
    /// The epoch that it was opened under.
    pub epoch: Epoch,
    /// The epoch of its owner, now.
    pub current_epoch: Epoch,
    /// Whether its owner is active now.
    pub active: bool,
}

/// Why a session no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionEnd {
    /// Its owner or support ended it.
    LoggedOut,
    /// Its absolute limit is reached.
    TooOld,
    /// It was not used for too long.
    Idle,
    /// Its owner was deactivated or changed, or ended all sessions.
    Ended,
}

/// A session that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Live {
    /// When it ends at the latest: its absolute limit. Unused, it ends earlier.
    pub until: Timestamp,
    /// When it ends if it is not used again.
    pub idle_until: Timestamp,
    /// Whether its last use should be noted now.
    pub touch: bool,
}

/// Whether a session counts at `now`: while `now` is before both limits, and at exactly either of them no longer (L11).
///
/// # Errors
/// Why it does not count.
pub fn judge(
    facts: &SessionFacts,
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Result<Live, SessionEnd> {
    let operator = matches!(facts.principal, Principal::Operator(_));
    let until = facts.opened_at.saturating_add(lifetimes.session(operator));
    let idle_until = facts
        .last_seen_at
        .saturating_add(lifetimes.idle(operator))
        .min(until);
    if facts.ended_at.is_some() {
        Err(SessionEnd::LoggedOut)
    } else if facts.epoch != facts.current_epoch || !facts.active {
        Err(SessionEnd::Ended)
    } else if now >= until {
        Err(SessionEnd::TooOld)
    } else if now >= idle_until {
        Err(SessionEnd::Idle)
    } else {
        let touch = now.duration_since(facts.last_seen_at) >= Lifetimes::TOUCH;
        Ok(Live {
            until,
            idle_until,
            touch,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;
    use crate::{AccountId, OperatorId};

    const HOUR: u64 = 3_600;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_micros(1_000_000_000_000_000)
            .unwrap()
            .saturating_add(Duration::from_secs(seconds))
    }

    fn facts(operator: bool, last_seen: u64) -> SessionFacts {
        let id = uuid::Uuid::nil();
        SessionFacts {
            id: SessionId::from_uuid(id),
            principal: match operator {
                true => Principal::Operator(OperatorId::from_uuid(id)),
                false => Principal::Account(AccountId::from_uuid(id)),
            },
            opened_at: at(0),
            last_seen_at: at(last_seen),
            ended_at: None,
            epoch: Epoch(3),
            current_epoch: Epoch(3),
            active: true,
        }
    }

    /// One microsecond before, at, and one after.
    fn around(
        facts: &SessionFacts,
        lifetimes: &Lifetimes,
        limit: Timestamp,
    ) -> [Option<SessionEnd>; 3] {
        let micro = Duration::from_micros(1);
        [
            limit.saturating_sub(micro),
            limit,
            limit.saturating_add(micro),
        ]
        .map(|now| judge(facts, lifetimes, now).err())
    }

    #[test]
    fn both_limits_hold_to_the_microsecond() {
        let standard = Lifetimes::default();
        let idle = [None, Some(SessionEnd::Idle), Some(SessionEnd::Idle)];
        let old = [None, Some(SessionEnd::TooOld), Some(SessionEnd::TooOld)];
        assert_eq!(around(&facts(false, 0), &standard, at(8 * HOUR)), idle);
        assert_eq!(
            around(&facts(false, 19 * HOUR), &standard, at(20 * HOUR)),
            old
        );
        assert_eq!(around(&facts(true, 0), &standard, at(HOUR)), idle);
        assert_eq!(
            around(&facts(true, 11 * HOUR + 1), &standard, at(12 * HOUR)),
            old
        );

        let day = Duration::from_secs(24 * HOUR);
        let longest = standard.with_session(30 * day, 30 * day).unwrap();
        assert_eq!(around(&facts(false, 0), &longest, at(30 * 24 * HOUR)), old);
        let shortest = standard
            .with_session(Duration::from_secs(HOUR), Duration::from_secs(900))
            .unwrap();
        assert_eq!(around(&facts(false, 0), &shortest, at(900)), idle);
        assert_eq!(around(&facts(false, 3_000), &shortest, at(HOUR)), old);
        // What a host chooses for accounts does not lengthen an operator's.
        assert_eq!(around(&facts(true, 0), &longest, at(HOUR)), idle);
    }

    #[test]
    fn it_ends_by_number_by_status_and_by_its_owner() {
        let lifetimes = Lifetimes::default();
        let live = facts(false, 0);
        assert!(judge(&live, &lifetimes, at(1)).is_ok());
        let moved = SessionFacts {
            current_epoch: Epoch(4),
            ..live
        };
        assert_eq!(judge(&moved, &lifetimes, at(1)), Err(SessionEnd::Ended));
        let inactive = SessionFacts {
            active: false,
            ..live
        };
        assert_eq!(judge(&inactive, &lifetimes, at(1)), Err(SessionEnd::Ended));
        let ended = SessionFacts {
            ended_at: Some(at(1)),
            ..live
        };
        assert_eq!(judge(&ended, &lifetimes, at(1)), Err(SessionEnd::LoggedOut));
    }

    #[test]
    fn its_last_use_is_noted_once_a_minute() {
        let lifetimes = Lifetimes::default();
        assert!(!judge(&facts(false, 0), &lifetimes, at(59)).unwrap().touch);
        assert!(judge(&facts(false, 0), &lifetimes, at(60)).unwrap().touch);
    }
}
