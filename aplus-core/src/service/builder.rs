//! What a host gives and chooses.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::anchors::Anchored;
use super::looks::Gathered;
use super::mail_counts::Counted;
use super::pace::Pace;
use super::work::Work;
use super::{Aplus, Inner, SystemClock, SystemEntropy};
use crate::asking::AskLimits;
use crate::journal::seal::{CheckpointKey, CheckpointVerifier};
use crate::ports::{Anchor, Clock, Entropy, Mailer, Store};
use crate::words::letters::{Letters, StandardLetters};
use crate::{EmailAddress, HostKey, Lifetimes, Policy, Retention, Site};

/// How often the sealer looks what waits.
const SEAL_PAUSE: Duration = Duration::from_secs(1);

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
        let journal_key = CheckpointKey::of_host(&key, &site);
        Self(Inner {
            journal_key,
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
            retention: Retention::default(),
            limits: AskLimits::default(),
            notices: NoticeDomains::default(),
            journal_verifiers: Vec::new(),
            seal_pause: SEAL_PAUSE,
            sealed: tokio::sync::Mutex::default(),
            anchors: Vec::new(),
            anchor_mail: None,
            pace: Pace::new(Pace::DEFAULT),
            mail_counts: Counted::default(),
            looks: Gathered::default(),
            work: Work::default(),
            #[cfg(feature = "desk")]
            desk: None,
            #[cfg(feature = "desk")]
            calendar: crate::calendar::WorkingCalendar::default(),
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

    /// For how long personal data is kept (T3, T4); the letters say the same (A12).
    pub fn retention(mut self, retention: Retention) -> Self {
        self.0.retention = retention;
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

    /// The key that signs the journal's checkpoints (T2), and the journal's name. By default it is derived from the host key
    /// under a label of its own, and the name is [`Site::journal_name`]. A key of its own, kept where the database's owner
    /// does not reach it, makes the check worth more.
    pub fn journal_key(mut self, key: CheckpointKey) -> Self {
        self.0.journal_key = key;
        self
    }

    /// A key that the journal had before: checkpoints that it signed still count. Those that known host keys give are known.
    pub fn known_journal_key(mut self, verifier: CheckpointVerifier) -> Self {
        self.0.journal_verifiers.push(verifier);
        self
    }

    /// How long what was written waits for its seal, at most: a second by default, 10 milliseconds at least.
    pub fn seal_every(mut self, pause: Duration) -> Self {
        self.0.seal_pause = pause.max(Duration::from_millis(10));
        self
    }

    /// Where conversations with support are kept (S2): the desk of the same store, whose journal and outbox it writes to. Without
    /// one, people write to the address of support alone.
    #[cfg(feature = "desk")]
    pub fn desk(mut self, desk: impl crate::ports::Desk + 'static) -> Self {
        self.0.desk = Some(Arc::new(desk));
        self
    }

    /// Where support works, by whose holidays its usual day is told (S2): metropolitan France if not set. The hours are those of
    /// the site's own time.
    #[cfg(feature = "desk")]
    pub fn territory(mut self, territory: crate::calendar::Territory) -> Self {
        self.0.calendar = crate::calendar::WorkingCalendar::new(territory);
        self
    }

    /// Hands the newest checkpoint to somebody who keeps it, each time there is one; may be called several times.
    pub fn anchor(mut self, anchor: impl Anchor) -> Self {
        self.0.anchors.push(Anchored::new(anchor));
        self
    }

    /// Sends a checkpoint to this address, one an hour over all processes and one when a process ends: an anchor if its mailbox is out of reach
    /// of whoever owns the database.
    pub fn anchor_mail(mut self, to: EmailAddress) -> Self {
        self.0.anchor_mail = Some(to);
        self
    }

    /// The whole. It does nothing by itself: see [`Aplus::keep_house`].
    #[must_use]
    pub fn build(mut self) -> Aplus {
        let Inner { site, .. } = &self.0;
        let known = self.0.known_keys.iter();
        let known = known.map(|key| CheckpointKey::of_host(key, site).verifier());
        let mut verifiers = vec![self.0.journal_key.verifier()];
        verifiers.extend(known);
        verifiers.append(&mut self.0.journal_verifiers);
        self.0.journal_verifiers = verifiers;
        Aplus(Arc::new(self.0))
    }
}
