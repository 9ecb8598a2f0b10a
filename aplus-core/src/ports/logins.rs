//! Askings, links and sessions.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{LinkStory, Looks, Repeated, StoreError, Written};
use crate::account::{Account, Epoch, Operator, Principal};
use crate::act::Act;
use crate::asking::{Answer, AskLimits, Waiting};
use crate::journal::Entry;
use crate::link::{LinkFacts, Opening, Purpose};
use crate::mail::{Mail, Message, Recipient};
use crate::order::Order;
use crate::rules::{EndAllSessions, EndSession};
use crate::secret::{BrowserHash, KeyId, LinkHash, Nonce, SessionHash};
use crate::session::SessionFacts;
use crate::words::Language;
use crate::{AccountId, AskId, EmailAddress, LinkId, OrderId, RequestId, SessionId, Timestamp};

/// One asking for a link, as it is queued: the same for every address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAsk {
    /// Its id.
    pub id: AskId,
    /// The address, in normal form.
    pub email: EmailAddress,
    /// The browser that asks.
    pub browser: BrowserHash,
    /// The network that it asks from, as the limits count it: an IPv4 address, an IPv6 /64, or `unknown`.
    pub network: String,
    /// The page that was wanted.
    pub next: Option<String>,
    /// The language that the browser prefers.
    pub language: Language,
    /// When.
    pub at: Timestamp,
}

/// Whether an asking was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum AskReceipt {
    /// It waits for the courier.
    Queued,
    /// Too many wait.
    Full,
}

/// The host's settings that what waits is read with.
#[derive(Debug, Clone, Copy)]
pub struct AskSettings<'a> {
    /// The domains that may be written to although no account has them; none stands for any (L7).
    pub domains: Option<&'a [String]>,
    /// How long links live.
    pub lifetimes: &'a crate::Lifetimes,
    /// How far is counted.
    pub limits: &'a AskLimits,
}

/// An order that waits for the confirmation from its new address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderToConfirm {
    /// Which order.
    pub id: OrderId,
    /// From when on nothing comes of it any more; no link to it lives longer.
    pub expires_at: Timestamp,
}

/// What waits for one address, with all that decides on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingAsks {
    /// The address.
    pub email: EmailAddress,
    /// Whom a link would log in.
    pub principal: Option<(Principal, Epoch)>,
    /// The order that a link would carry out: where the address is nobody's, and an approved order on an active account, open and
    /// outdated by nothing, makes it that account's; of several the one approved first.
    pub order: Option<OrderToConfirm>,
    /// The facts.
    pub waiting: Waiting,
    /// The askings themselves, in the order of `waiting.asks`.
    pub asks: Vec<NewAsk>,
}

/// A link to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// Its id.
    pub id: LinkId,
    /// What is stored of its secret.
    pub hash: LinkHash,
    /// What its secret is derived from, with the id.
    pub nonce: Nonce,
    /// The host key that it is derived with.
    pub key: KeyId,
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it logs in.
    pub principal: Principal,
    /// The address that it goes to.
    pub email: EmailAddress,
    /// The browser that asked.
    pub browser: BrowserHash,
    /// When it was asked for.
    pub issued_at: Timestamp,
    /// From when on it no longer works.
    pub expires_at: Timestamp,
    /// The epoch that it was issued under.
    pub epoch: Epoch,
    /// The page that was wanted.
    pub next: Option<String>,
    /// The language of its letter.
    pub language: Language,
    /// The older link that it ends, at `issued_at`.
    pub supersedes: Option<LinkId>,
}

/// What the courier decided on the askings of one address, written together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredAsks {
    /// The address.
    pub email: EmailAddress,
    /// What each asking came to.
    pub answers: Vec<(AskId, Answer)>,
    /// The new links.
    pub links: Vec<NewLink>,
    /// An entry for each link that is issued or sent again.
    pub entries: Vec<Entry>,
    /// The mails.
    pub mails: Vec<Mail>,
    /// The language of each mail.
    pub language: Language,
    /// When.
    pub at: Timestamp,
}

impl AnsweredAsks {
    /// The older links that are sent again: each must still work when this is written.
    pub fn sent_again(&self) -> impl Iterator<Item = &LinkId> {
        let new = |id: &LinkId| self.links.iter().any(|link| link.id == *id);
        self.answers
            .iter()
            .filter_map(move |(_, answer)| match answer {
                Answer::SendAgain(link) if !new(link) => Some(link),
                Answer::SendAgain(_) | Answer::Issue { .. } | Answer::Tell | Answer::Nothing(_) => {
                    None
                }
            })
    }
}

/// A session to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// What is stored of its secret.
    pub hash: SessionHash,
    /// What its secret is derived from, with the id.
    pub nonce: Nonce,
    /// The host key that it is derived with.
    pub key: KeyId,
    /// What the browser says of itself, at most 200 characters, for its owner's list of sessions.
    pub browser: Option<String>,
}

/// A judged link and the session that it opens.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Redemption {
    pub(crate) opening: Opening,
    pub(crate) session: NewSession,
    pub(crate) entry: Entry,
    pub(crate) order: Option<Confirmed>,
}

/// What else is written where the link confirms the new address of an order (A6).
#[derive(Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Which order.
    pub order: OrderId,
    /// The entry that it was carried out.
    pub entry: Entry,
    /// The mails to the new address and to the old one.
    pub mails: Vec<Mail>,
}

impl Confirmed {
    /// The mails beside the entry: both addresses are told, each of itself alone.
    pub(crate) fn new(order: &Order, entry: Entry) -> Self {
        let told = [
            (&order.to.email, Message::AddressGained),
            (&order.from.email, Message::AddressLost),
        ];
        let mails = told.into_iter().enumerate();
        let mails = mails.filter_map(|(number, (to, message))| {
            let to = Recipient::Address(to.clone()?);
            Some(Mail::new(entry.id(), number, to, message))
        });
        Self {
            order: order.id,
            mails: mails.collect(),
            entry,
        }
    }
}

impl Redemption {
    /// The judgement.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// The session.
    pub fn session(&self) -> &NewSession {
        &self.session
    }

    /// The order that is carried out with it.
    pub fn order(&self) -> Option<&Confirmed> {
        self.order.as_ref()
    }

    /// The entry of the log-in.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.entry.at()
    }
}

/// Whose a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one per request, and nearly always the large one"
)]
pub enum SessionHolder {
    /// An account.
    Account(Account),
    /// An operator.
    Operator(Operator),
}

/// A session with its owner, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// What its verdict needs.
    pub session: SessionFacts,
    /// Whose it is.
    pub holder: SessionHolder,
}

/// What a session's secret is derived from: the second press gets it again (L6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionKey {
    /// What its verdict needs.
    pub session: SessionFacts,
    /// What is stored of the secret.
    pub hash: SessionHash,
    /// What it is derived from.
    pub nonce: Nonce,
    /// The host key that it is derived with.
    pub key: KeyId,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// What its verdict needs.
    pub session: SessionFacts,
    /// What the browser said of itself.
    pub browser: Option<String>,
}

/// Reads and writes askings, links and sessions.
///
/// - **P20** [`ask`](Self::ask) MUST do the same for every address, and read none (L7).
/// - **P21** Askings of one address MUST be answered at most once, whatever runs at once.
/// - **P22** [`redeem`](Self::redeem) MUST win at most once per link, whatever runs at once (L3), and only while the link is
///   unused, not superseded, within its life, of its owner's present epoch, its owner active and, in another browser, its
///   number of wrong addresses unchanged: otherwise [`Outcome::Stale`](super::Outcome::Stale).
/// - **P23** A wrong address MUST be counted at most once per judgement (L6).
/// - **P24** A session or link MUST count only under its owner's present epoch; ending all adds one to it (L11).
/// - **P25** [`touch`](Self::touch) MUST NOT bring back a session that ended, nor move its last use backwards.
/// - **P26** Nothing that is read about a link MUST change it (L5).
/// - **P27** [`add_looks`](Self::add_looks) MUST add up, whoever adds at once, keep the first moment and the last, and change
///   nothing of the link itself; looks MUST go with their link, and those at a link that is gone MUST be dropped (L5, L9).
#[async_trait]
pub trait Logins: Send + Sync {
    /// Queues an asking, unless more than `most` wait.
    async fn ask(&self, ask: &NewAsk, most: u32) -> Result<AskReceipt, StoreError>;

    /// What waits for one address, the one that waits longest; none when nothing waits. At most
    /// [`AskLimits::AT_ONCE`] askings, so that a flood costs its author and not the courier.
    async fn waiting(
        &self,
        settings: AskSettings<'_>,
        now: Timestamp,
    ) -> Result<Option<WaitingAsks>, StoreError>;

    /// Writes the answers, their links, entries and mails; `Stale` if another process answered one of the askings, or a
    /// link that was to be sent again was used or ended meanwhile.
    async fn answer(&self, answered: AnsweredAsks) -> Written<()>;

    /// What is known of a link.
    async fn link(&self, hash: &LinkHash) -> Result<Option<LinkFacts>, StoreError>;

    /// Uses a link and opens its session (L3); where it confirms an order's new address, carries that order out (P61). The first log-in moves the account's version; the last one's time does not
    /// go back.
    async fn redeem(&self, redemption: Redemption) -> Written<()>;

    /// Counts a wrong address, if `seen` is still the number of them and the link is unused; whether it was counted.
    async fn wrong_address(&self, link: LinkId, seen: u8) -> Result<bool, StoreError>;

    /// A session with its owner.
    async fn session(&self, hash: &SessionHash) -> Result<Option<LoggedIn>, StoreError>;

    /// What a session's secret is derived from.
    async fn session_key(&self, id: SessionId) -> Result<Option<SessionKey>, StoreError>;

    /// A request that was carried out before.
    async fn request(&self, id: RequestId) -> Result<Option<Repeated>, StoreError>;

    /// Notes a session's last use, if it is older than `now` and the session has not ended.
    async fn touch(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError>;

    /// The sessions of somebody that were not ended, the newest first; at most `limit`.
    async fn sessions(&self, owner: Principal, limit: u32) -> Result<Vec<SessionLine>, StoreError>;

    /// Ends one session; `Stale` if it is not its owner's or has ended.
    async fn end_session(&self, act: Act<EndSession>) -> Written<()>;

    /// Ends all sessions and links of somebody by number.
    async fn end_all_sessions(&self, act: Act<EndAllSessions>) -> Written<()>;

    /// What happened to the links of an account, the newest first; at most `limit`.
    async fn link_stories(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<LinkStory>, StoreError>;

    /// What happened to one link, whoever it logs in.
    async fn link_story(&self, hash: &LinkHash) -> Result<Option<LinkStory>, StoreError>;

    /// Adds to what is kept of looks at links, all or nothing. After an unknown outcome the same may be added again: a hint
    /// that is too high harms nobody.
    async fn add_looks(&self, looks: &BTreeMap<LinkId, Looks>) -> Result<(), StoreError>;

    /// Forgets at most `limit` each of links whose `expires_at` is before `dead_since`, of sessions opened before
    /// `opened_before`, of answered askings before `dead_since`, and of settled mails queued before it; how many went.
    async fn purge(
        &self,
        dead_since: Timestamp,
        opened_before: Timestamp,
        limit: u32,
    ) -> Result<u32, StoreError>;
}
