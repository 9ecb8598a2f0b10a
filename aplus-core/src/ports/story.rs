//! What happened to a link, for support and for whoever holds it.

use crate::Timestamp;
use crate::link::LinkFacts;

/// How often a link was looked at, without a press that came with it: a person opens its page, a scanner of mails fetches it
/// (L5). It is a hint, gathered beside the link and late: see
/// [`Aplus::inspect_link`](crate::service::Aplus::inspect_link).
///
/// ```
/// use aplus_core::Timestamp;
/// use aplus_core::ports::Looks;
///
/// let (early, late) = (Timestamp::from_unix_micros(1)?, Timestamp::from_unix_micros(9)?);
/// let looks = Looks::once(late).and(Looks::once(early));
/// assert_eq!((looks.times, looks.first, looks.last), (2, early, late));
/// # Ok::<(), aplus_core::TimestampError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// How often, at least once; at `u32::MAX` it is counted no further.
    pub times: u32,
    /// The first time.
    pub first: Timestamp,
    /// The last time, not before the first.
    pub last: Timestamp,
}

impl Looks {
    /// A single look.
    #[must_use]
    pub fn once(at: Timestamp) -> Self {
        Self {
            times: 1,
            first: at,
            last: at,
        }
    }

    /// These and others, whichever were first.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self {
            times: self.times.saturating_add(others.times),
            first: self.first.min(others.first),
            last: self.last.max(others.last),
        }
    }
}

/// That a mail is not tried again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GivenUp {
    /// When that was.
    pub at: Timestamp,
    /// Why, in one word: that of [`Outbox::give_up`](super::Outbox::give_up).
    pub reason: String,
}

/// What happened to one link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkStory {
    /// The link.
    pub link: LinkFacts,
    /// When its mails were handed to the relay.
    pub handed_over: Vec<Timestamp>,
    /// Which of its mails were given up, the first one first.
    pub given_up: Vec<GivenUp>,
    /// Whether a mail of it still waits.
    pub waiting: bool,
    /// How often it was looked at, as far as it was handed to the store; none if never.
    pub looks: Option<Looks>,
}
