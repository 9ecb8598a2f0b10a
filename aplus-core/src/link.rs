//! The life of a login link: one pure verdict on its facts (L2 to L6, L9, L10).

use crate::account::{Epoch, Principal};
use crate::secret::BrowserHash;
use crate::{EmailAddress, Lifetimes, LinkId, OrderId, Refusal, SessionId, Timestamp};

/// How many wrong addresses close the way through another browser (L6).
pub const WRONG_ADDRESSES: u8 = 5;

/// What a link is for. A proof for one purpose is none for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Logging in.
    LogIn,
    /// Confirming the new address of a support order (A6): that carries it out and logs in.
    ConfirmAddress(OrderId),
}

impl Purpose {
    /// The word that a store keeps.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LogIn => "log_in",
            Self::ConfirmAddress(_) => "confirm_address",
        }
    }

    /// The order whose new address it confirms.
    #[must_use]
    pub fn order(self) -> Option<OrderId> {
        match self {
            Self::LogIn => None,
            Self::ConfirmAddress(order) => Some(order),
        }
    }
}

/// A link that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Use {
    /// When.
    pub at: Timestamp,
    /// The session that it opened.
    pub session: SessionId,
}

/// What is known of a link: all that a verdict needs but the time and what was presented.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LinkFacts {
    /// Which link.
    pub id: LinkId,
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it logs in.
    pub principal: Principal,
    /// The address that it was sent to.
    pub email: EmailAddress,
    /// The browser that asked for it.
    pub browser: BrowserHash,
    /// When it was asked for.
    pub issued_at: Timestamp,
    /// From when on it no longer works.
    pub expires_at: Timestamp,
    /// Its one use.
    pub used: Option<Use>,
    /// When a newer link took its place.
    pub superseded_at: Option<Timestamp>,
    /// How many wrong addresses were given for it.
    pub wrong_addresses: u8,
    /// The epoch that it was issued under.
    pub epoch: Epoch,
    /// The epoch of whom it logs in, now.
    pub current_epoch: Epoch,
    /// Whether whom it logs in is active now and, where it confirms an address, its order waits for just that.
    pub active: bool,
    /// The page that was wanted (L12).
    pub next: Option<String>,
}

/// What came with a press on the button of a link's page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presented<'a> {
    /// The cookie of the browser, if it had one.
    pub browser: Option<BrowserHash>,
    /// The address that was typed, if any.
    pub email: Option<&'a EmailAddress>,
}

/// Where a link stands, whoever asks (L9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// It works.
    Live,
    /// Its time is over, since then.
    Expired(Timestamp),
    /// It logged somebody in, then.
    Used(Timestamp),
    /// A newer one took its place, then.
    Superseded(Timestamp),
    /// Its account was deactivated or changed, or all its sessions were ended.
    Ended,
    /// It was dead for 30 days: nothing is known of it.
    Unknown,
}

impl LinkState {
    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expired(_) => "expired",
            Self::Used(_) => "used",
            Self::Superseded(_) => "superseded",
            Self::Ended => "ended",
            Self::Unknown => "unknown",
        }
    }

    /// When it came to that, where it is known.
    #[must_use]
    pub fn at(self) -> Option<Timestamp> {
        match self {
            Self::Expired(at) | Self::Used(at) | Self::Superseded(at) => Some(at),
            Self::Live | Self::Ended | Self::Unknown => None,
        }
    }

    /// Why it logs nobody in.
    ///
    /// # Errors
    /// Unless it is live.
    pub fn refused(self) -> Result<(), Refusal> {
        match self {
            Self::Live => Ok(()),
            Self::Expired(at) => Err(Refusal::LinkExpired { at }),
            Self::Used(at) => Err(Refusal::LinkUsed { at }),
            Self::Superseded(at) => Err(Refusal::LinkSuperseded { at }),
            Self::Ended => Err(Refusal::LinkEnded),
            Self::Unknown => Err(Refusal::LinkUnknown),
        }
    }
}

/// The proof that a link was judged to open a session: made by [`judge`] only, used once.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "it opens nothing until it is handed to a store"]
pub struct Opening {
    link: LinkId,
    principal: Principal,
    epoch: Epoch,
    by_address: Option<u8>,
    purpose: Purpose,
}

impl Opening {
    /// Which link.
    #[must_use]
    pub fn link(&self) -> LinkId {
        self.link
    }

    /// Whom it logs in.
    #[must_use]
    pub fn principal(&self) -> Principal {
        self.principal
    }

    /// What it opens it for: where that is an order's new address, the order is carried out in the same transaction (A6).
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The link's epoch, under which the session is opened, so that what ended the one ends the other. Carrying out an order
    /// ends all that came before it: then the session is opened under the next one.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// In another browser, the number of wrong addresses that the judgement saw: the write needs it unchanged.
    #[must_use]
    pub fn by_address(&self) -> Option<u8> {
        self.by_address
    }
}

/// What a press on a live link's button comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It opens a session.
    Opens(Opening),
    /// Another browser asked, and no address was given: nothing is counted (L6).
    AsksAddress {
        /// How many wrong addresses are left.
        tries_left: u8,
    },
    /// Another browser asked, and the address was wrong: this is counted (L6).
    WrongAddress {
        /// How many wrong addresses are left after this one.
        tries_left: u8,
    },
    /// Another browser asked, and five wrong addresses were given before (L6).
    AddressWayClosed,
}

/// Where a link stands at `now`: it works while `now < expires_at`, and at exactly that moment no longer (L2).
///
/// ```
/// # use aplus_core::*;
/// # use aplus_core::link::{self, LinkFacts, LinkState, Purpose};
/// # use std::time::Duration;
/// # let issued_at = Timestamp::from_unix_micros(0)?;
/// # let facts = LinkFacts {
/// #     id: LinkId::from_uuid(uuid::Uuid::nil()),
/// #     purpose: Purpose::LogIn,
/// #     principal: Principal::Account(AccountId::from_uuid(uuid::Uuid::nil())),
/// #     email: EmailAddress::parse("camille@mairie.example")?,
/// #     browser: BrowserHash::from_bytes([0; 32]),
/// #     issued_at,
/// #     expires_at: issued_at.saturating_add(Lifetimes::default().link()),
/// #     used: None,
/// #     superseded_at: None,
/// #     wrong_addresses: 0,
/// #     epoch: Epoch(1),
/// #     current_epoch: Epoch(1),
/// #     active: true,
/// #     next: None,
/// # };
/// let last = issued_at.saturating_add(Duration::from_micros(30 * 60 * 1_000_000 - 1));
/// let over = issued_at.saturating_add(Duration::from_secs(30 * 60));
/// assert_eq!(link::state(&facts, last), LinkState::Live);
/// assert_eq!(link::state(&facts, over), LinkState::Expired(over));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn state(facts: &LinkFacts, now: Timestamp) -> LinkState {
    if now >= facts.expires_at.saturating_add(Lifetimes::DEAD_LINK) {
        LinkState::Unknown
    } else if let Some(used) = facts.used {
        LinkState::Used(used.at)
    } else if let Some(at) = facts.superseded_at {
        LinkState::Superseded(at)
    } else if now >= facts.expires_at {
        LinkState::Expired(facts.expires_at)
    } else if facts.epoch != facts.current_epoch || !facts.active {
        LinkState::Ended
    } else {
        LinkState::Live
    }
}

/// Whether a letter that carries this link is still to leave: while at least a third of its life is left, ten minutes of thirty.
/// With less, whoever looks for it late finds it dead, and a new one is asked for in one press (L9).
///
/// A link that L4 sends again with less is sent for the minute after it was asked for again. A new one does not begin with less:
/// its asking comes too late ([`Silence::TooLate`](crate::asking::Silence::TooLate)).
#[must_use]
pub fn is_worth_sending(facts: &LinkFacts, queued_at: Timestamp, now: Timestamp) -> bool {
    is_long_enough(facts.issued_at, facts.expires_at, now)
        || now < queued_at.saturating_add(Lifetimes::ASK_AGAIN)
}

/// Whether at least a third of the life of a link is left.
pub(crate) fn is_long_enough(issued_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> bool {
    expires_at.duration_since(now) >= expires_at.duration_since(issued_at) / 3
}

/// Whether this browser has to give the address: only the one that asked need not (L6).
#[must_use]
pub fn needs_email(facts: &LinkFacts, browser: Option<BrowserHash>) -> bool {
    browser != Some(facts.browser)
}

/// The verdict on one press that wants to log in, whatever else it confirms.
///
/// # Errors
/// Why the link is dead (L9).
pub fn judge(
    facts: &LinkFacts,
    presented: Presented<'_>,
    now: Timestamp,
) -> Result<Verdict, Refusal> {
    state(facts, now).refused()?;
    let opens = |by_address| {
        let (link, principal, epoch) = (facts.id, facts.principal, facts.epoch);
        Ok(Verdict::Opens(Opening {
            link,
            principal,
            epoch,
            by_address,
            purpose: facts.purpose,
        }))
    };
    if !needs_email(facts, presented.browser) {
        return opens(None);
    }
    let tries_left = WRONG_ADDRESSES.saturating_sub(facts.wrong_addresses);
    Ok(match presented.email {
        _ if tries_left == 0 => Verdict::AddressWayClosed,
        None => Verdict::AsksAddress { tries_left },
        Some(email) if *email == facts.email => return opens(Some(facts.wrong_addresses)),
        Some(_) => Verdict::WrongAddress {
            tries_left: tries_left - 1,
        },
    })
}

/// Whether a press on a used link goes on into the session that it opened: in the browser that asked, within a minute,
/// on the page (L6). That session is judged as any other.
#[must_use]
pub fn second_press(
    facts: &LinkFacts,
    browser: Option<BrowserHash>,
    now: Timestamp,
) -> Option<SessionId> {
    let used = facts.used?;
    let soon = now < used.at.saturating_add(Lifetimes::SECOND_PRESS);
    (soon && !needs_email(facts, browser)).then_some(used.session)
}

#[cfg(test)]
mod tests;
