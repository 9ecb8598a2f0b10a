//! What a host gives and chooses.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::pace::Pace;
use super::work::Work;
use super::{Aplus, Inner, SystemClock, SystemEntropy};
use crate::asking::AskLimits;
use crate::ports::{Clock, Entropy, Mailer, Store};
use crate::words::letters::{Letters, StandardLetters};
use crate::{HostKey, Lifetimes, Policy, Site};

/// To which domains a mail goes that says that an address is unknown or deactivated (L7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeDomains {
    /// To the domains of accounts, and to these, in lower case.
    Known(Vec<String>),
    /// To any: whoever asks makes this service write to whom they like, once a day.
    Any,
}

impl Default for NoticeDomains {
    fn default() -> Self {
        Self::Known(Vec::new())
    }
}

/// Makes an [`Aplus`]. What is not set has the default that its rule states.
#[must_use]
pub struct Builder(Inner);

impl Builder {
    pub(super) fn new(
        store: Arc<dyn Store>,
        mailer: Arc<dyn Mailer>,
        site: Site,
        key: HostKey,
    ) -> Self {
        Self(Inner {
            store,
            mailer,
            letters: Arc::new(StandardLetters),
            clock: Arc::new(SystemClock::default()),
            entropy: Arc::new(SystemEntropy),
            site,
            key,
            known_keys: Vec::new(),
            policy: Policy::default(),
            lifetimes: Lifetimes::default(),
            limits: AskLimits::default(),
            notices: NoticeDomains::default(),
            pace: Pace::new(Pace::DEFAULT),
            work: Work::default(),
        })
    }

    /// What the host chooses about the rules.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.0.policy = policy;
        self
    }

    /// How long links and sessions live.
    pub fn lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.0.lifetimes = lifetimes;
        self
    }

    /// How often links are sent.
    pub fn limits(mut self, limits: AskLimits) -> Self {
        self.0.limits = limits;
        self
    }

    /// To which domains a mail goes about an address without an active account (L7).
    pub fn notices(mut self, notices: NoticeDomains) -> Self {
        self.0.notices = notices;
        self
    }

    /// How many mails of imports this process hands over in a minute: 60 if not set. They go out evenly, behind all others, so
    /// that a relay that counts has room for the links. The mails of several processes add up.
    pub fn import_mails_per_minute(mut self, number: NonZeroU32) -> Self {
        self.0.pace = Pace::new(number);
        self
    }

    /// The host's own letters.
    pub fn letters(mut self, letters: impl Letters + 'static) -> Self {
        self.0.letters = Arc::new(letters);
        self
    }

    /// Another clock, for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.0.clock = Arc::new(clock);
        self
    }

    /// Other randomness, for tests that must repeat.
    pub fn insecure_entropy(mut self, entropy: impl Entropy) -> Self {
        self.0.entropy = Arc::new(entropy);
        self
    }

    /// A key that was the host's or will be: mails and sessions derived with it are still served.
    pub fn known_key(mut self, key: HostKey) -> Self {
        self.0.known_keys.push(key);
        self
    }

    /// The whole. It does nothing by itself: see [`Aplus::keep_house`].
    #[must_use]
    pub fn build(self) -> Aplus {
        Aplus(Arc::new(self.0))
    }
}
