//! What the core needs of the world. Each MUST has a number, and the contract suite one function for it.
//!
//! `Ok(None)` is absence, `Err` is breakage; the two are never merged. All ports are object-safe.
//!
//! Of every writing method:
//!
//! - **P1** It MUST write the act, its entry, the entry's line in the queue of the sealer and its mails in one
//!   transaction: all or nothing (T1).
//! - **P2** It MUST lock what the act's [`Basis`](crate::rules::Basis) names, accounts before groups, each by id, and answer
//!   [`Outcome::Stale`] with nothing written if a version has moved (A10).
//! - **P3** It MUST answer [`Outcome::Repeated`] with nothing written if the entry's request is in the journal already.
//! - **P4** It MUST NOT read a clock or draw a number: time and ids come with the act (L2). Only what is erased is held
//!   against the database's own clock as well (P72).
//! - **P5** A lost answer MUST be [`StoreError::UnknownOutcome`], never a success.

mod accounts;
mod anchor;
#[cfg(feature = "desk")]
mod desk;
mod erasure;
mod journal;
mod logins;
mod orders;
mod outbox;
mod seals;
mod story;

use std::error::Error;

pub use accounts::{
    Accounts, Facts, FirstMember, Page, People, PeopleWanted, Repeated, TargetRef, Wanted,
};
pub use anchor::{Anchor, AnchorError, SignedCheckpoint};
#[cfg(feature = "desk")]
pub use desk::{Desk, Inbox};
pub use erasure::Erasure;
pub use journal::{Journal, RefusalNote, StoredRefusals};
pub use logins::{
    AnsweredAsks, AskReceipt, AskSettings, Confirmed, LoggedIn, Logins, NewAsk, NewLink,
    NewSession, OrderToConfirm, Redemption, SessionHolder, SessionKey, SessionLine, WaitingAsks,
};
pub use orders::{Orders, OrdersOf};
pub use outbox::{Claim, Claimed, LinkKey, Outbox, QueuedMail, UnreadableMail};
pub use seals::{
    CheckpointMail, EachLine, MailedCheckpoint, SealedEntry, Sealing, Seals, Unsealed,
};
pub use story::{GivenUp, LinkStory, Looks};

use crate::Timestamp;

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome<T> {
    /// It is done.
    Done(T),
    /// An address, or a group's number, is somebody's already; nothing was written.
    Taken,
    /// What the decision stood on has changed; nothing was written. Load and decide anew.
    Stale,
    /// The request was carried out before; nothing was written.
    Repeated(Repeated),
}

impl<T> Outcome<T> {
    /// The same with something else of what is done.
    pub fn map<U>(self, of: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(done) => Outcome::Done(of(done)),
            Self::Taken => Outcome::Taken,
            Self::Stale => Outcome::Stale,
            Self::Repeated(repeated) => Outcome::Repeated(repeated),
        }
    }
}

/// What a writing method answers.
pub type Written<T> = Result<Outcome<T>, StoreError>;

/// A store that did not do its work. No variant shows a table, a path or a secret in its `Display`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or is overloaded: nothing was written, and it may be tried again.
    #[error("the store is busy or cannot be reached")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The answer was lost: it may have been written or not. The same request tells.
    #[error("the outcome is unknown: the store did not answer in time")]
    UnknownOutcome(#[source] Box<dyn Error + Send + Sync>),
    /// It is broken, or holds what this version does not understand.
    #[error("the store is broken")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// Something that should never be found in a store, or never happen with it.
    pub fn broken(problem: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken(problem.into())
    }
}

/// All ports of a store together: whatever has them all is a store.
pub trait Store: Accounts + Logins + Orders + Journal + Outbox + Erasure + Seals {}
impl<S: Accounts + Logins + Orders + Journal + Outbox + Erasure + Seals + ?Sized> Store for S {}

/// The one clock.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The source of randomness: of ids, nonces, salts and browser cookies.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with random bytes fit for secrets.
    ///
    /// # Errors
    /// When the system gives none: then nothing is made.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), StoreError>;
}

/// A letter, ready to be sent. Its `Debug` shows the id alone.
#[derive(Clone)]
pub struct Letter {
    /// The same for each attempt at the same mail.
    pub id: crate::MailId,
    /// To whom: exactly one address.
    pub to: crate::EmailAddress,
    /// In which language.
    pub language: crate::words::Language,
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML, without pictures or tracking.
    pub html: String,
    /// The address of the link that it carries, if it confirms something; it stands in `text` and `html` too. Whoever has
    /// it can log in: the type shows it in no log, and a mailer that needs it asks by name, through
    /// `secrecy::ExposeSecret` (the crate `secrecy` 0.10):
    ///
    /// ```
    /// use aplus_core::ports::Letter;
    /// use secrecy::ExposeSecret;
    ///
    /// fn button(letter: &Letter) -> Option<&str> {
    ///     letter.link.as_ref().map(ExposeSecret::expose_secret)
    /// }
    /// ```
    pub link: Option<secrecy::SecretString>,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Letter")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why a letter was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Not now: it is tried again.
    #[error("the mail was not accepted for now")]
    Later(#[source] Box<dyn Error + Send + Sync>),
    /// Never: it is given up and noted.
    #[error("the mail was refused")]
    Never(#[source] Box<dyn Error + Send + Sync>),
}

/// Hands letters to a relay.
#[async_trait::async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands over one letter.
    ///
    /// # Errors
    /// [`MailError`], unless the relay took it.
    async fn send(&self, letter: &Letter) -> Result<(), MailError>;
}
