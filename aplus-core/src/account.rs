//! Accounts and operators as they are kept: no setter for an address or for roles (A3).

use serde::{Deserialize, Serialize};

use crate::group::{Department, Matricule, Organisation, Reference, Requester};
use crate::standing::{OperatorStanding, Standing};
use crate::{AccountId, EmailAddress, GroupId, GroupName, OperatorId, Profile, Roles, Timestamp};

/// Counts the changes of what rights stand on: of an account its status, roles, memberships and first log-in; of a
/// group who its active responsables are.
///
/// A decision holds the versions that it was made on; the write compares them under lock.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Version(pub i64);

/// Ends links and sessions by number: they count only while they carry their owner's present epoch (L10, L11).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Epoch(pub i64);

/// Who deactivated an account; it decides who may bring it back (A8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeactivatedBy {
    /// A responsable: responsables who manage all its groups may reactivate it.
    Responsable,
    /// Support: only support reactivates it.
    Support,
}

/// Whether an account counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// May log in.
    Active,
    /// May not log in until it is reactivated (A8, L10).
    Deactivated(DeactivatedBy),
    /// Ended, its address free again: withdrawn before its first use (A11), or emptied long after its last (T4);
    /// [`Account::emptied_at`] says of the second when.
    Withdrawn,
}

impl Status {
    /// The word of the API: `active`, `deactivated` or `withdrawn`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deactivated(_) => "deactivated",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether this is [`Status::Active`].
    #[must_use]
    pub fn is_active(self) -> bool {
        self == Self::Active
    }
}

/// Somebody who can log in: an account or an operator, never both with one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// An account.
    Account(AccountId),
    /// An operator, who has no account.
    Operator(OperatorId),
}

/// Who did something: what the journal names, by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// An account.
    Account(AccountId),
    /// An operator.
    Operator(OperatorId),
    /// The server's own machine: its command line, its import, its background work.
    Machine,
}

impl From<Principal> for Author {
    fn from(principal: Principal) -> Self {
        match principal {
            Principal::Account(id) => Self::Account(id),
            Principal::Operator(id) => Self::Operator(id),
        }
    }
}

impl From<AccountId> for Author {
    fn from(id: AccountId) -> Self {
        Self::Account(id)
    }
}

impl From<OperatorId> for Author {
    fn from(id: OperatorId) -> Self {
        Self::Operator(id)
    }
}

/// On whose request support acts, and where that request is kept (A7).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SupportRequest {
    /// Who asked.
    pub requester: Requester,
    /// The requester's letter, ticket or mail.
    pub reference: Reference,
}

/// Where an account or a group comes from: it stays on it for good (A7). Of an account that was emptied only the author
/// does (T4); the kind of the requester stands in the entry of its creation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Provenance {
    /// Who created it.
    pub author: Author,
    /// At whose request, where support did.
    pub request: Option<SupportRequest>,
}

/// A group that an account belongs to, with the name that people read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupMention {
    /// The group.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
}

/// What a store keeps of an account; [`Account::restore`] makes an account of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each field is described at the method of Account that bears its name"
)]
pub struct AccountRecord {
    pub id: AccountId,
    pub email: Option<EmailAddress>,
    pub roles: Roles,
    pub profile: Profile,
    pub shared: bool,
    pub status: Status,
    pub groups: Vec<GroupMention>,
    pub version: Version,
    pub epoch: Epoch,
    pub provenance: Provenance,
    pub created_at: Timestamp,
    pub last_login_at: Option<Timestamp>,
    pub emptied_at: Option<Timestamp>,
}

/// One person, or a marked shared mailbox (A5). Its line never goes.
///
/// There is no way to set an address or roles:
///
/// ```compile_fail
/// # fn take(mut account: aplus_core::Account, other: aplus_core::EmailAddress) {
/// account.set_email(other);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account(AccountRecord);

impl Account {
    /// An account as a store kept it. For stores; everybody else gets accounts from a store.
    #[must_use]
    pub fn restore(record: AccountRecord) -> Self {
        Self(record)
    }

    /// The account's id.
    #[must_use]
    pub fn id(&self) -> AccountId {
        self.0.id
    }

    /// Its address; none once it is withdrawn (A11) or emptied (T4).
    #[must_use]
    pub fn email(&self) -> Option<&EmailAddress> {
        self.0.email.as_ref()
    }

    /// Its roles, the same in all its groups.
    #[must_use]
    pub fn roles(&self) -> Roles {
        self.0.roles
    }

    /// The details that the person keeps up to date (A4).
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.0.profile
    }

    /// Whether it is a shared mailbox, which is never a responsable (A5).
    #[must_use]
    pub fn shared(&self) -> bool {
        self.0.shared
    }

    /// Whether it counts.
    #[must_use]
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// The groups that it belongs to, in the order of their ids.
    #[must_use]
    pub fn groups(&self) -> &[GroupMention] {
        &self.0.groups
    }

    /// The version that decisions about it stand on.
    #[must_use]
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// The epoch that its links and sessions must carry.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.0.epoch
    }

    /// Who created it, and at whose request.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.0.provenance
    }

    /// When it was created.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When somebody last logged into it; none if nobody ever did (A11).
    #[must_use]
    pub fn last_login_at(&self) -> Option<Timestamp> {
        self.0.last_login_at
    }

    /// When it lost its address, its details and what was written about its requester (T4); none before.
    #[must_use]
    pub fn emptied_at(&self) -> Option<Timestamp> {
        self.0.emptied_at
    }

    /// What the rules know of it.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let record = &self.0;
        Standing {
            id: record.id,
            version: record.version,
            status: record.status,
            roles: record.roles,
            shared: record.shared,
            used: record.last_login_at.is_some(),
            groups: record.groups.iter().map(|group| group.id).collect(),
        }
    }
}

/// Whether an operator may act (A14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperatorStatus {
    /// May act.
    Active,
    /// Suspended by another operator.
    Suspended,
}

impl OperatorStatus {
    /// The word of the API: `active` or `suspended`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// An operator's asking for a suspended one, which waits for a second one's (A14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RestoreAsked {
    /// Who asked.
    pub by: OperatorId,
    /// When.
    pub at: Timestamp,
}

/// Somebody of the support team: no account, no role, no group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The operator's id.
    pub id: OperatorId,
    /// The operator's address, which is nobody's account.
    pub email: EmailAddress,
    /// Whether the operator may act.
    pub status: OperatorStatus,
    /// The version that decisions stand on.
    pub version: Version,
    /// The epoch that links and sessions must carry.
    pub epoch: Epoch,
    /// Who asked for the operator to be brought back, while suspended.
    pub restore_asked: Option<RestoreAsked>,
    /// When the operator was first added.
    pub created_at: Timestamp,
}

impl Operator {
    /// What the rules know of the operator.
    #[must_use]
    pub fn standing(&self) -> OperatorStanding {
        OperatorStanding {
            id: self.id,
            version: self.version,
            status: self.status,
        }
    }
}

/// What a store keeps of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The group's id.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
    /// The structure that carries it.
    pub organisation: Option<Organisation>,
    /// Its department or territory.
    pub department: Option<Department>,
    /// Its contact mailbox.
    pub contact: Option<EmailAddress>,
    /// Whether it is a France Services house.
    pub france_services: bool,
    /// The number by which the France Services list knows it.
    pub matricule: Option<Matricule>,
    /// The version that decisions stand on.
    pub version: Version,
    /// Who created it, and at whose request.
    pub provenance: Provenance,
    /// When it was created.
    pub created_at: Timestamp,
}
