//! What an asking for a link comes to: the courier's decision as a pure function (L4, L7).
//!
//! Asking itself writes one line, the same for every well-formed address, and reads no account. The courier takes what
//! waits for one address together and decides here, with all facts at hand.

use std::time::Duration;

use crate::link::is_long_enough;
use crate::secret::BrowserHash;
use crate::{AskId, Lifetimes, LinkId, Timestamp};

/// How many links of one account live at once, at most (L4).
pub const LIVE_LINKS: usize = 3;

/// How often links are sent. The defaults fit a préfecture of five hundred behind one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskLimits {
    /// Mails to one address within a link's life. Default 6: a flooded mailbox always holds a link that works;
    /// where none lives any more, because they were used, another is sent all the same.
    pub mails_per_address: u32,
    /// Askings from one network within [`AskLimits::NETWORK_WINDOW`]. Default 1 000, at most
    /// [`MOST_COUNTED`](Self::MOST_COUNTED): a larger limit is taken as that.
    pub asks_per_network: u32,
    /// Askings that wait at once; beyond it asking is answered 503. Default 100 000.
    pub waiting: u32,
}

impl AskLimits {
    /// The largest limit of a network: 10 000, since its askings are counted one by one.
    pub const MOST_COUNTED: u32 = 10_000;

    /// How many askings of one address are read and answered at once, at most; the rest come with the next look.
    pub const AT_ONCE: u32 = 200;

    /// Over which time the askings of a network are counted: 10 minutes.
    pub const NETWORK_WINDOW: Duration = Duration::from_secs(600);
}

impl AskLimits {
    /// The limit of a network as it is applied.
    #[must_use]
    pub fn network(&self) -> u32 {
        self.asks_per_network.min(Self::MOST_COUNTED)
    }
}

impl Default for AskLimits {
    fn default() -> Self {
        Self {
            mails_per_address: 6,
            asks_per_network: 1_000,
            waiting: 100_000,
        }
    }
}

/// One asking that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which asking.
    pub id: AskId,
    /// The browser that asked.
    pub browser: BrowserHash,
    /// When.
    pub at: Timestamp,
    /// How many askings came from its network in the ten minutes up to it, itself included; counted no further than one
    /// beyond [`AskLimits::network`].
    pub from_network: u32,
}

/// One asking that was answered before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastAsk {
    /// The browser that asked.
    pub browser: BrowserHash,
    /// When.
    pub at: Timestamp,
    /// Whether a mail went out for it.
    pub mailed: bool,
}

/// A link that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveLink {
    /// Which link.
    pub id: LinkId,
    /// The browser that asked for it.
    pub browser: BrowserHash,
    /// When it was asked for.
    pub issued_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// Whose the address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Addressee {
    /// An active account's or operator's.
    Known,
    /// A deactivated account's, or a suspended operator's.
    Deactivated,
    /// Nobody's.
    Unknown,
}

/// All that is known of one address for which askings wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What waits, the oldest first.
    pub asks: Vec<Ask>,
    /// Of what was answered within a link's life before the oldest of them: each asking for which a mail went out, and of
    /// each browser that asks now the newest, in any order. What else was answered decides nothing.
    pub past: Vec<PastAsk>,
    /// Whose the address is.
    pub addressee: Addressee,
    /// The links that work now, in any order.
    pub live: Vec<LiveLink>,
    /// Whether the address was told within a day that it is unknown or deactivated (L7).
    pub told: bool,
    /// Whether the domain is an account's or on the host's list, or the host writes to any (L7).
    pub known_domain: bool,
}

/// What an asking comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// A new link, with this id; it ends the other.
    Issue {
        /// The new link.
        link: LinkId,
        /// The browser's older link, if it has one.
        supersedes: Option<LinkId>,
    },
    /// The same link again.
    SendAgain(LinkId),
    /// A mail that says what to do about an address without an active account.
    Tell,
    /// Nothing.
    Nothing(Silence),
}

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Silence {
    /// The same browser asked less than a minute ago (L4).
    TooSoon,
    /// Enough mails went to this address within a link's life.
    AddressLimit,
    /// Enough askings came from this network within ten minutes.
    NetworkLimit,
    /// The asking waited until less than a third of the life of its link was left: ten minutes of thirty.
    TooLate,
    /// An address without an active account, of a domain that is never written to, or told within a day (L7).
    NotWrittenTo,
}

impl Silence {
    /// The word that a store and a counter keep.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooSoon => "too_soon",
            Self::AddressLimit => "address_limit",
            Self::NetworkLimit => "network_limit",
            Self::TooLate => "too_late",
            Self::NotWrittenTo => "not_written_to",
        }
    }
}

/// Decides on every asking that waits for one address, the oldest first, each seeing what became of those before it.
///
/// `fresh` gives the id of each new link. A link counts from its asking: `issued_at` is the time of asking (L2).
pub fn answer(
    waiting: &Waiting,
    limits: &AskLimits,
    lifetimes: &Lifetimes,
    now: Timestamp,
    mut fresh: impl FnMut(&Ask) -> LinkId,
) -> Vec<(AskId, Answer)> {
    let mut past = waiting.past.clone();
    let mut live: Vec<_> = waiting
        .live
        .iter()
        .copied()
        .filter(|link| now < link.expires_at)
        .collect();
    let mut told = waiting.told;
    let mut answers = Vec::with_capacity(waiting.asks.len());
    for ask in &waiting.asks {
        let silence = silence(&past, ask, limits, lifetimes, now);
        let answer = match (silence, waiting.addressee) {
            // The limit protects a mailbox that holds a link; links that were used are none.
            (Some(Silence::AddressLimit), Addressee::Known) if live.is_empty() => {
                send(ask, &mut live, lifetimes, &mut fresh)
            }
            (Some(silence), _) => Answer::Nothing(silence),
            (None, Addressee::Known) => send(ask, &mut live, lifetimes, &mut fresh),
            (None, Addressee::Deactivated | Addressee::Unknown)
                if told || !waiting.known_domain =>
            {
                Answer::Nothing(Silence::NotWrittenTo)
            }
            (None, Addressee::Deactivated | Addressee::Unknown) => {
                told = true;
                Answer::Tell
            }
        };
        let mailed = !matches!(answer, Answer::Nothing(_));
        past.push(PastAsk {
            browser: ask.browser,
            at: ask.at,
            mailed,
        });
        answers.push((ask.id, answer));
    }
    answers
}

fn silence(
    past: &[PastAsk],
    ask: &Ask,
    limits: &AskLimits,
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Option<Silence> {
    let window = ask.at.saturating_sub(lifetimes.link());
    let mails = past
        .iter()
        .filter(|past| past.mailed && past.at > window)
        .count();
    let soon = |past: &PastAsk| {
        past.browser == ask.browser && ask.at.duration_since(past.at) < Lifetimes::ASK_AGAIN
    };
    let expires_at = ask.at.saturating_add(lifetimes.link());
    if !is_long_enough(ask.at, expires_at, now) {
        Some(Silence::TooLate)
    } else if past.iter().any(soon) {
        Some(Silence::TooSoon)
    } else if ask.from_network > limits.network() {
        Some(Silence::NetworkLimit)
    } else if mails >= limits.mails_per_address as usize {
        Some(Silence::AddressLimit)
    } else {
        None
    }
}

/// L4: the browser's own link again while half its life is left, else a new one that ends it; where three live already
/// and none is this browser's, the newest again.
fn send(
    ask: &Ask,
    live: &mut Vec<LiveLink>,
    lifetimes: &Lifetimes,
    fresh: &mut impl FnMut(&Ask) -> LinkId,
) -> Answer {
    let own = live.iter().position(|link| link.browser == ask.browser);
    if let Some(own) = own.and_then(|own| live.get(own)) {
        if own.expires_at.duration_since(ask.at) >= lifetimes.resend() {
            return Answer::SendAgain(own.id);
        }
    } else if live.len() >= LIVE_LINKS
        && let Some(newest) = live.iter().max_by_key(|link| (link.issued_at, link.id))
    {
        return Answer::SendAgain(newest.id);
    }
    let supersedes = own.map(|own| live.swap_remove(own).id);
    let link = fresh(ask);
    let expires_at = ask.at.saturating_add(lifetimes.link());
    live.push(LiveLink {
        id: link,
        browser: ask.browser,
        issued_at: ask.at,
        expires_at,
    });
    Answer::Issue { link, supersedes }
}

#[cfg(test)]
mod tests;
