//! Every duration of the library, with its unit, default, bounds and reason (L2, L4, L9, L11).

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long links and sessions live.
///
/// | what | default | bounds | rule |
/// |---|---|---|---|
/// | a login link | 30 minutes | 5 to 30 minutes | L2 |
/// | an account's session, from its log-in | 20 hours | 1 hour to 30 days | L11 |
/// | an account's session, without use | 8 hours | 15 minutes to the limit above | L11 |
/// | an operator's session | 12 hours, 1 hour without use | fixed | L11 |
/// | a support order, from its proposal | 30 days | 1 to 90 days | A6 |
///
/// ```
/// use aplus_core::Lifetimes;
/// use std::time::Duration;
///
/// let lifetimes = Lifetimes::default().with_link(Duration::from_secs(10 * 60))?;
/// assert_eq!(lifetimes.link(), Duration::from_secs(600));
/// assert!(Lifetimes::default().with_link(Duration::from_secs(31 * 60)).is_err());
/// # Ok::<(), aplus_core::LifetimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Lifetimes {
    link: Duration,
    session: Duration,
    idle: Duration,
    order: Duration,
}

/// A duration outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {least:?} to {most:?}, not {given:?}")]
pub struct LifetimeError {
    what: &'static str,
    least: Duration,
    most: Duration,
    given: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            link: 30 * MINUTE,
            session: 20 * HOUR,
            idle: 8 * HOUR,
            order: 30 * DAY,
        }
    }
}

fn within(
    what: &'static str,
    given: Duration,
    least: Duration,
    most: Duration,
) -> Result<Duration, LifetimeError> {
    if (least..=most).contains(&given) {
        Ok(given)
    } else {
        Err(LifetimeError {
            what,
            least,
            most,
            given,
        })
    }
}

impl Lifetimes {
    /// Within this time of its last asking a browser is sent nothing again (L4).
    pub const ASK_AGAIN: Duration = MINUTE;
    /// For this long after its end a link's page can still say why it is dead (L9).
    pub const DEAD_LINK: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// A second press on the link's page goes on into the same session for this long (L6).
    pub const SECOND_PRESS: Duration = MINUTE;
    /// A session's last use is noted at most this often, so that idling may end it this much early, never late.
    pub const TOUCH: Duration = MINUTE;
    /// An unknown or deactivated address is told so at most once in this time (L7).
    pub const NOTICE: Duration = DAY;
    /// Two operators who bring a third one back do so within this time (A14): together, not one long after the other.
    pub const RESTORE: Duration = DAY;
    /// Equal refusals of one person within this time are counted into one entry (T1).
    pub const EQUAL_REFUSALS: Duration = Duration::from_secs(10 * 60);

    /// Shortens the life of a login link.
    ///
    /// # Errors
    /// Unless `life` is 5 to 30 minutes: no host can make a link live longer than L2 says.
    pub fn with_link(self, life: Duration) -> Result<Self, LifetimeError> {
        Ok(Self {
            link: within("the life of a link", life, 5 * MINUTE, 30 * MINUTE)?,
            ..self
        })
    }

    /// Sets both limits of an account's session: from its log-in, and without use.
    ///
    /// # Errors
    /// Unless `absolute` is 1 hour to 30 days and `idle` is 15 minutes to `absolute`.
    pub fn with_session(self, absolute: Duration, idle: Duration) -> Result<Self, LifetimeError> {
        let session = within("the life of a session", absolute, HOUR, 30 * DAY)?;
        let idle = within("the idle time of a session", idle, 15 * MINUTE, session)?;
        Ok(Self {
            session,
            idle,
            ..self
        })
    }

    /// Sets how long a support order stays open.
    ///
    /// # Errors
    /// Unless `life` is 1 to 90 days.
    pub fn with_order(self, life: Duration) -> Result<Self, LifetimeError> {
        let order = within("the life of a support order", life, DAY, 90 * DAY)?;
        Ok(Self { order, ..self })
    }

    /// How long a support order stays open: while `now < proposed_at + order()` (A6).
    #[must_use]
    pub fn order(&self) -> Duration {
        self.order
    }

    /// How long a link lives: it works while `now < issued_at + link()` (L2).
    #[must_use]
    pub fn link(&self) -> Duration {
        self.link
    }

    /// The same link is sent again while at least this much of its life is left: half of it (L4).
    #[must_use]
    pub fn resend(&self) -> Duration {
        self.link / 2
    }

    /// The absolute limit of a session, for an operator or an account (L11).
    #[must_use]
    pub fn session(&self, operator: bool) -> Duration {
        if operator { 12 * HOUR } else { self.session }
    }

    /// The idle limit of a session, for an operator or an account (L11).
    #[must_use]
    pub fn idle(&self, operator: bool) -> Duration {
        if operator { HOUR } else { self.idle }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_bound_holds_to_the_second() {
        let second = Duration::from_secs(1);
        let set = Lifetimes::default();
        assert!(set.with_link(5 * MINUTE).is_ok());
        assert!(set.with_link(5 * MINUTE - second).is_err());
        assert!(set.with_link(30 * MINUTE).is_ok());
        assert!(
            set.with_link(30 * MINUTE + Duration::from_nanos(1))
                .is_err()
        );
        assert!(set.with_session(HOUR, 15 * MINUTE).is_ok());
        assert!(set.with_session(HOUR - second, 15 * MINUTE).is_err());
        assert!(set.with_session(30 * DAY, 30 * DAY).is_ok());
        assert!(set.with_session(30 * DAY + second, HOUR).is_err());
        assert!(set.with_session(HOUR, 15 * MINUTE - second).is_err());
        assert!(set.with_session(HOUR, HOUR + second).is_err());
        assert!(set.with_order(DAY).is_ok());
        assert!(set.with_order(DAY - second).is_err());
        assert!(set.with_order(90 * DAY).is_ok());
        assert!(set.with_order(90 * DAY + second).is_err());
    }

    #[test]
    fn the_error_names_what_and_the_bounds() {
        let error = Lifetimes::default().with_link(Duration::ZERO).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the life of a link must be 300s to 1800s, not 0ns"
        );
    }
}
