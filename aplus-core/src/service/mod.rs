//! The use cases: load the facts, ask the rules, write the act. No rule is decided here.
//!
//! [`Aplus`] is what a host holds: cheap to clone, one per process. Background work is single passes with a given time,
//! which [`Aplus::keep_house`] loops.

mod accounts;
mod anchor_file;
mod anchors;
mod builder;
mod context;
mod courier;
mod delivery;
#[cfg(feature = "desk")]
mod desk;
mod details;
mod erasure;
mod error;
#[cfg(feature = "import")]
mod founding;
mod housekeeping;
mod journal;
mod login;
mod looks;
mod mail_counts;
mod operators;
mod orders;
mod pace;
mod sealed;
mod sealing;
mod sessions;
mod sight;
mod story;
mod support;
mod system;
#[cfg(feature = "test-util")]
mod testing;
mod work;

pub use accounts::{Created, Warning};
pub use anchor_file::FileAnchor;
pub use builder::{Builder, NoticeDomains};
pub use context::{Context, IdempotencyKey};
pub use courier::CourierReport;
#[cfg(feature = "desk")]
pub use desk::{Received, Thread};
pub use erasure::ErasureReport;
pub use error::Error;
#[cfg(feature = "import")]
pub(crate) use founding::Founded;
pub use housekeeping::HousekeepingReport;
pub use login::{Asked, LinkView, LoginAsk, Opened};
pub use mail_counts::MailCounts;
pub use sealed::{ConsistencyProof, ExportFailure, InclusionProof};
pub use sealing::SealReport;
pub use sessions::{Current, OpenSession};
pub use sight::Seen;
pub use story::LinkStep;
pub use support::{FoundAccount, GroupForm};
pub use system::{SystemClock, SystemEntropy};

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use anchors::Anchored;

use crate::asking::AskLimits;
use crate::journal::seal::{CheckpointKey, CheckpointVerifier, Frontier};
use crate::journal::{BodyHash, Entry, Erasable, Event, Salt, canonical_json, entry::About};
use crate::ports::{
    Clock, Entropy, Facts, Mailer, Outcome, RefusalNote, Repeated, Store, StoreError, TargetRef,
    Wanted, Written,
};
use crate::rules::{Action, Permit};
use crate::words::letters::Letters;
use crate::{
    Act, Actable, Actor, Author, Circumstances, EmailAddress, EntryId, HostKey, KeyId, Lifetimes,
    Policy, Refusal, RequestId, Retention, Site, Timestamp,
};

/// How often a decision is made anew when its facts moved before it was written.
const ATTEMPTS: u32 = 8;

/// The accounts, logins and journal of one service.
///
/// ```
/// use aplus_core::{Aplus, HostKey, Site};
/// use aplus_core::memory::MemoryStore;
/// # struct Nobody;
/// # #[async_trait::async_trait]
/// # impl aplus_core::ports::Mailer for Nobody {
/// #     async fn send(&self, _: &aplus_core::ports::Letter) -> Result<(), aplus_core::ports::MailError> { Ok(()) }
/// # }
/// # let mailer = Nobody;
/// let site = Site::new("https://aplus.example")?;
/// let key = HostKey::new(b"at least 32 random bytes from a file")?;
/// let aplus = Aplus::builder(MemoryStore::default(), mailer, site, key).build();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Aplus(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    mailer: Arc<dyn Mailer>,
    letters: Arc<dyn Letters>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    site: Site,
    key: HostKey,
    known_keys: Vec<HostKey>,
    policy: Policy,
    lifetimes: Lifetimes,
    retention: Retention,
    limits: AskLimits,
    notices: NoticeDomains,
    journal_key: CheckpointKey,
    /// That of the key first, then those that the journal had before.
    journal_verifiers: Vec<CheckpointVerifier>,
    seal_pause: std::time::Duration,
    /// What this process saw sealed: the tree after its last pass, none before the first.
    sealed: tokio::sync::Mutex<Option<Frontier>>,
    anchors: Vec<Anchored>,
    anchor_mail: Option<EmailAddress>,
    pace: pace::Pace,
    mail_counts: mail_counts::Counted,
    looks: looks::Gathered,
    work: work::Work,
    #[cfg(feature = "desk")]
    desk: Option<Arc<dyn crate::ports::Desk>>,
    #[cfg(feature = "desk")]
    calendar: crate::calendar::WorkingCalendar,
}

impl std::fmt::Debug for Aplus {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Aplus")
            .field("site", &self.0.site)
            .finish_non_exhaustive()
    }
}

/// What came of a use case that may have been asked before.
enum Acted<T> {
    Done(T),
    Repeated(Repeated),
}

type Writing<'a, T> = Pin<Box<dyn Future<Output = Written<T>> + Send + 'a>>;

impl Aplus {
    /// Starts with what has no default: where accounts are kept, who takes letters, where the service is found, and the
    /// key that its secrets are derived from.
    pub fn builder(
        store: impl Store + 'static,
        mailer: impl Mailer,
        site: Site,
        key: HostKey,
    ) -> Builder {
        Builder::new(Arc::new(store), Arc::new(mailer), site, key)
    }

    /// Where the service is found.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// What the host chose about the rules.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// How long links and sessions live.
    pub fn lifetimes(&self) -> &Lifetimes {
        &self.0.lifetimes
    }

    /// For how long personal data is kept.
    pub fn retention(&self) -> &Retention {
        &self.0.retention
    }

    /// Where accounts are kept.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        self.0.store.as_ref()
    }

    /// The time now, by the one clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// A keyed hash of an address for the technical log (T1).
    #[must_use]
    pub fn pseudonym(&self, email: &EmailAddress) -> String {
        self.0.key.pseudonym(email.as_str())
    }

    fn random<const N: usize>(&self) -> Result<[u8; N], StoreError> {
        let mut bytes = [0; N];
        self.0.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn key(&self, id: KeyId) -> Option<&HostKey> {
        std::iter::once(&self.0.key)
            .chain(&self.0.known_keys)
            .find(|key| key.id() == id)
    }

    /// When, from where, at which request, and under which ids an act of `author` happens: for a host that writes an act
    /// and a row of its own in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where the machine gives no randomness.
    pub fn circumstances(
        &self,
        context: &Context,
        author: Author,
    ) -> Result<Circumstances, StoreError> {
        self.circumstances_at(self.now(), context, author)
    }

    /// The same for background work, which is given its time.
    fn circumstances_at(
        &self,
        at: Timestamp,
        context: &Context,
        author: Author,
    ) -> Result<Circumstances, StoreError> {
        Ok(Circumstances {
            at,
            origin: context.origin.clone(),
            request: self.stored_request(context, context.request_of(author)),
            entry: EntryId::new(at, self.random()?),
            created: *EntryId::new(at, self.random()?).as_uuid(),
            salt: Salt(self.random()?),
        })
    }

    /// An entry that stands outside an act: of a link, a log-in, a refusal.
    fn entry(
        &self,
        context: &Context,
        author: Author,
        about: About,
        event: &Event,
        request: Option<(RequestId, BodyHash)>,
    ) -> Result<Entry, StoreError> {
        let at = self.now();
        let id = EntryId::new(at, self.random()?);
        let erasable = Erasable {
            origin: context.origin.clone(),
            ..Erasable::default()
        };
        Ok(Entry::new(
            id,
            at,
            author,
            about,
            event,
            request,
            &erasable,
            Salt(self.random()?),
        ))
    }

    /// Load, decide, write; anew if the facts moved, a few times.
    async fn act<'a, A, T>(
        &'a self,
        action: Action,
        wanted: Wanted,
        context: &Context,
        email: Option<&EmailAddress>,
        decide: impl Fn(&Facts) -> Result<Permit<A>, Refusal> + Send + Sync,
        write: impl Fn(Act<A>) -> Writing<'a, T> + Send + Sync,
    ) -> Result<Acted<T>, Error>
    where
        A: Actable,
    {
        for _ in 0..ATTEMPTS {
            let acted = self.act_once(action, &wanted, context, email, &decide, &write);
            if let Some(acted) = acted.await? {
                return Ok(acted);
            }
        }
        Err(Self::moved(action))
    }

    /// What the decision stood on moved each time before it was written.
    fn moved(action: Action) -> Error {
        tracing::warn!(
            action = action.as_str(),
            "facts moved {ATTEMPTS} times before the act was written"
        );
        Error::Busy
    }

    /// Load, decide, write, once; none if the facts moved.
    async fn act_once<'a, A, T>(
        &'a self,
        action: Action,
        wanted: &Wanted,
        context: &Context,
        email: Option<&EmailAddress>,
        decide: &(impl Fn(&Facts) -> Result<Permit<A>, Refusal> + Send + Sync),
        write: &(impl Fn(Act<A>) -> Writing<'a, T> + Send + Sync),
    ) -> Result<Option<Acted<T>>, Error>
    where
        A: Actable,
    {
        let request = context.request_of(wanted.author);
        let wanted = Wanted {
            request,
            ..wanted.clone()
        };
        let facts = self.0.store.facts(&wanted).await?;
        if let Some(repeated) = facts.repeated {
            return self
                .same_body(context, request, repeated)
                .map(|it| Some(Acted::Repeated(it)));
        }
        let permit = match decide(&facts) {
            Ok(permit) => permit,
            Err(refusal) => {
                return Err(self.refuse(&facts, action, &wanted, refusal, context).await);
            }
        };
        let act = permit.into_act(self.circumstances(context, wanted.author)?);
        let act = context.telling(act);
        match write(act).await? {
            Outcome::Done(done) => {
                self.0.work.notify_one();
                Ok(Some(Acted::Done(done)))
            }
            Outcome::Stale => Ok(None),
            Outcome::Repeated(repeated) => self
                .same_body(context, request, repeated)
                .map(|it| Some(Acted::Repeated(it))),
            Outcome::Taken => {
                let refusal = match email {
                    Some(email) => match self.0.store.holder(email).await? {
                        Some(holder) => crate::rules::taken(&facts.actor, holder),
                        // It was taken and freed again meanwhile.
                        None => return Ok(None),
                    },
                    None => Refusal::GroupTaken,
                };
                Err(self.refuse(&facts, action, &wanted, refusal, context).await)
            }
        }
    }

    /// The one place that turns a refusal into an answer; to somebody who is logged in it is an entry (T1).
    async fn refuse(
        &self,
        facts: &Facts,
        action: Action,
        wanted: &Wanted,
        refusal: Refusal,
        context: &Context,
    ) -> Error {
        let target = match (&facts.target, &wanted.target) {
            (Some(target), _) => Some(target.standing().id),
            (None, Some(TargetRef::Id(id))) => Some(*id),
            (None, Some(TargetRef::Email(_)) | None) => None,
        };
        let about = About {
            account: target,
            group: wanted.group,
        };
        self.note_refusal(&facts.actor, action, about, refusal, context)
            .await
    }

    /// A verdict on what is only looked at, or that a page gives before the act, so that nobody fills in a form in vain: a
    /// no is recorded as any other (T1). An act itself is judged anew, on its own facts.
    ///
    /// # Errors
    /// The refusal of `verdict`; what the store says.
    pub async fn allow<T>(
        &self,
        current: &Current,
        action: Action,
        account: Option<crate::AccountId>,
        group: Option<crate::GroupId>,
        verdict: Result<T, Refusal>,
        context: &Context,
    ) -> Result<T, Error> {
        match verdict {
            Ok(allowed) => Ok(allowed),
            Err(refusal) => {
                let about = About { account, group };
                Err(self
                    .note_refusal(&current.actor(), action, about, refusal, context)
                    .await)
            }
        }
    }

    async fn note_refusal(
        &self,
        actor: &Actor,
        action: Action,
        about: About,
        refusal: Refusal,
        context: &Context,
    ) -> Error {
        let (code, rule) = (refusal.code(), refusal.rule());
        let Some(author) = actor.author() else {
            tracing::info!(action = action.as_str(), code, %rule, "refused to a visitor");
            return Error::Refused(refusal);
        };
        tracing::info!(action = action.as_str(), code, %rule, "refused");
        let field = match refusal {
            Refusal::FrozenField { field } => Some(field.as_str().to_owned()),
            _ => None,
        };
        let event = Event::Refused {
            action: action.as_str().to_owned(),
            code: code.to_owned(),
            rule: rule.to_string(),
            field,
        };
        let key = canonical_json(&(author, about.account, about.group, &event)).unwrap_or_default();
        let noted = async {
            let entry = self.entry(context, author, about, &event, None)?;
            let since = entry.at().saturating_sub(Lifetimes::EQUAL_REFUSALS);
            self.0.store.refuse(RefusalNote { key, entry }, since).await
        };
        match noted.await {
            Ok(()) => Error::Refused(refusal),
            // A refusal that cannot be recorded is not given: the answer says that the store is out of order.
            Err(error) => error.into(),
        }
    }
}
