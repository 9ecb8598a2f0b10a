//! One line of the journal, as it is written and as it is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Event, canonical_json};
use crate::account::Author;
use crate::{AccountId, EntryId, GroupId, RequestId, Timestamp};

/// From where something was asked; erasable (T3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The network address, as text: an IPv4 address, or an IPv6 network of 64 bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// What the browser says of itself, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
}

/// What is erased one day: network, browser, addresses and free text, with the salt of the commitment beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasable {
    /// From where.
    #[serde(flatten)]
    pub origin: Origin,
    /// Addresses and free text by name: `email`, `old_email`, `new_email`, `reference`, `requester_name`, `reason`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub text: BTreeMap<String, String>,
}

/// 32 random bytes that keep an erased text from being guessed from its commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// SHA-256 over `"aplus/erasable/1" ‖ 0 ‖ salt ‖ canonical text` of the erasable part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub [u8; 32]);

impl Commitment {
    /// The commitment to a canonical text.
    #[must_use]
    pub fn to(salt: &Salt, canonical: &str) -> Self {
        Self(
            Sha256::new_with_prefix(b"aplus/erasable/1\0")
                .chain_update(salt.0)
                .chain_update(canonical)
                .finalize()
                .into(),
        )
    }
}

/// The hash of a whole request, its method and path included: the same `Idempotency-Key` with another request is a mistake
/// of the caller. An entry holds one that was made with the host's key as well, so that the request cannot be guessed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyHash(pub [u8; 32]);

impl BodyHash {
    /// SHA-256 of these bytes; what must be in them stands at `service::IdempotencyKey::body`.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }
}

/// One entry, ready to be written: exactly what the columns of a store hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    id: EntryId,
    at: Timestamp,
    kind: &'static str,
    author: Author,
    account: Option<AccountId>,
    group: Option<GroupId>,
    details: String,
    request: Option<(RequestId, BodyHash)>,
    erasable: String,
    salt: Salt,
    commitment: Commitment,
}

/// Whom and what an entry is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) account: Option<AccountId>,
    pub(crate) group: Option<GroupId>,
}

impl Entry {
    #[allow(
        clippy::too_many_arguments,
        reason = "each column once; callers are the acts of this crate"
    )]
    pub(crate) fn new(
        id: EntryId,
        at: Timestamp,
        author: Author,
        about: About,
        event: &Event,
        request: Option<(RequestId, BodyHash)>,
        erasable: &Erasable,
        salt: Salt,
    ) -> Self {
        // The events and the erasable part are maps of text, numbers and lists: they always have a JSON form.
        let details = canonical_json(event).unwrap_or_default();
        let erasable = canonical_json(erasable).unwrap_or_default();
        let commitment = Commitment::to(&salt, &erasable);
        let kind = event.kind();
        let About { account, group } = about;
        Self {
            id,
            at,
            kind,
            author,
            account,
            group,
            details,
            request,
            erasable,
            salt,
            commitment,
        }
    }

    /// Its id, made before the act.
    #[must_use]
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The word of what happened.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Who did it.
    #[must_use]
    pub fn author(&self) -> Author {
        self.author
    }

    /// On which account.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// In which group.
    #[must_use]
    pub fn group(&self) -> Option<GroupId> {
        self.group
    }

    /// What happened, as canonical text.
    #[must_use]
    pub fn details(&self) -> &str {
        &self.details
    }

    /// The request that it answers, unique in the journal, and the hash of its body.
    #[must_use]
    pub fn request(&self) -> Option<(RequestId, BodyHash)> {
        self.request
    }

    /// The erasable part, as canonical text; kept in a table beside.
    #[must_use]
    pub fn erasable(&self) -> &str {
        &self.erasable
    }

    /// The salt of the commitment; kept beside, erased with what it hides.
    #[must_use]
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The commitment to the erasable part; stays.
    #[must_use]
    pub fn commitment(&self) -> &Commitment {
        &self.commitment
    }
}

/// One entry as a store reads it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its id.
    pub id: EntryId,
    /// When.
    pub at: Timestamp,
    /// The word of what happened.
    pub kind: String,
    /// Who did it.
    pub author: Author,
    /// On which account.
    pub account: Option<AccountId>,
    /// In which group.
    pub group: Option<GroupId>,
    /// What happened, as canonical text.
    pub details: String,
    /// The request that it answers.
    pub request: Option<(RequestId, BodyHash)>,
    /// The erasable part, as canonical text; none once erased.
    pub erasable: Option<String>,
    /// The commitment to the erasable part.
    pub commitment: Commitment,
}

/// An entry that this version cannot read: a newer one wrote it, or it was altered.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The details are no event that this version knows.
    #[error("the details of the entry are none that this version knows")]
    Details(#[source] serde_json::Error),
    /// The details are of another kind than the entry says.
    #[error("the entry says that it is `{kind}`, and its details that they are `{details}`")]
    Kind {
        /// What the entry says.
        kind: String,
        /// What its details say.
        details: &'static str,
    },
    /// The erasable part is none that this version knows.
    #[error("the erasable part of the entry is none that this version knows")]
    Erasable(#[source] serde_json::Error),
}

impl StoredEntry {
    /// What happened.
    ///
    /// ```
    /// # use aplus_core::journal::{Commitment, EntryError, Event, Salt, StoredEntry};
    /// # use aplus_core::{AccountId, Author, EntryId, Timestamp};
    /// # let account = AccountId::from_uuid(uuid::Uuid::from_u128(2));
    /// let entry = StoredEntry {
    ///     kind: "account_deactivated".to_owned(),
    ///     details: r#"{"by_support":false,"kind":"account_deactivated"}"#.to_owned(),
    ///     // …
    /// #   id: EntryId::from_uuid(uuid::Uuid::from_u128(1)), at: Timestamp::MIN, author: Author::Account(account),
    /// #   account: None, group: None, request: None, erasable: None, commitment: Commitment::to(&Salt([0; 32]), ""),
    /// };
    /// assert_eq!(entry.event()?, Event::AccountDeactivated { by_support: false });
    /// # Ok::<(), EntryError>(())
    /// ```
    ///
    /// # Errors
    /// [`EntryError::Details`] for what a newer version wrote, [`EntryError::Kind`] where the entry is at odds with itself.
    pub fn event(&self) -> Result<Event, EntryError> {
        let event: Event = serde_json::from_str(&self.details).map_err(EntryError::Details)?;
        if event.kind() == self.kind {
            Ok(event)
        } else {
            Err(EntryError::Kind {
                kind: self.kind.clone(),
                details: event.kind(),
            })
        }
    }

    /// Network, browser, addresses and free text; none once they are erased (T3).
    ///
    /// # Errors
    /// [`EntryError::Erasable`] for what a newer version wrote.
    pub fn erasable_part(&self) -> Result<Option<Erasable>, EntryError> {
        let part = self.erasable.as_deref().map(serde_json::from_str);
        part.transpose().map_err(EntryError::Erasable)
    }
}
