//! What the rules know: plain facts with public fields, so that a host with tables of its own can use the rules alone.

use crate::account::{Author, OperatorStatus, Status, Version};
use crate::{AccountId, EmailAddress, GroupId, OperatorId, Role, Roles};

/// The groups of an account, in order, so that belonging is found in a few steps among any number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct GroupIds(Vec<GroupId>);

impl GroupIds {
    /// Whether `group` is among them.
    #[must_use]
    pub fn contains(&self, group: GroupId) -> bool {
        self.0.binary_search(&group).is_ok()
    }

    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<GroupId> for GroupIds {
    fn from_iter<I: IntoIterator<Item = GroupId>>(ids: I) -> Self {
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }
}

/// What the rules know of an account: plain facts, so that a host with tables of its own can use the rules alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Whose standing it is.
    pub id: AccountId,
    /// What it was read at.
    pub version: Version,
    /// Whether the account counts.
    pub status: Status,
    /// Its roles.
    pub roles: Roles,
    /// Whether it is a shared mailbox (A5).
    pub shared: bool,
    /// Whether anybody ever logged into it (A11).
    pub used: bool,
    /// The groups that it belongs to.
    pub groups: GroupIds,
}

impl Standing {
    /// An active account of one person, in the given groups; change its fields for anything else.
    #[must_use]
    pub fn active(id: AccountId, roles: Roles, groups: impl IntoIterator<Item = GroupId>) -> Self {
        Self {
            id,
            version: Version::default(),
            status: Status::Active,
            roles,
            shared: false,
            used: true,
            groups: groups.into_iter().collect(),
        }
    }

    /// Whether it is an active responsable of `group`.
    #[must_use]
    pub fn manages(&self, group: GroupId) -> bool {
        self.is_responsable() && self.groups.contains(group)
    }

    /// Whether it is active and holds Responsable.
    #[must_use]
    pub fn is_responsable(&self) -> bool {
        self.status.is_active() && self.roles.contains(Role::Responsable)
    }
}

/// What the rules know of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OperatorStanding {
    /// Whose standing it is.
    pub id: OperatorId,
    /// What it was read at.
    pub version: Version,
    /// Whether the operator may act.
    pub status: OperatorStatus,
}

/// Who asks for something, with the facts that decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody is logged in.
    Visitor,
    /// An account.
    Account(Standing),
    /// An operator.
    Operator(OperatorStanding),
    /// The server's own machine.
    Machine,
}

impl Actor {
    /// Who it is for the journal; none for a visitor.
    #[must_use]
    pub fn author(&self) -> Option<Author> {
        match self {
            Self::Visitor => None,
            Self::Account(standing) => Some(Author::Account(standing.id)),
            Self::Operator(standing) => Some(Author::Operator(standing.id)),
            Self::Machine => Some(Author::Machine),
        }
    }
}

/// What the rules know of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GroupFacts {
    /// Which group.
    pub id: GroupId,
    /// What it was read at: how often its set of active responsables has changed. A host with tables of its own gives 1
    /// where the group ever had a responsable, and 0 where it never had: A7 asks for that.
    pub version: Version,
    /// How many active responsables it has.
    pub active_responsables: u32,
}

impl GroupFacts {
    /// Whether the group has, or ever had, an active responsable: its version counts nothing else.
    #[must_use]
    pub fn has_had_responsable(&self) -> bool {
        self.active_responsables > 0 || self.version > Version::default()
    }
}

/// An account that is acted on, with the facts of each of its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    standing: Standing,
    groups: Vec<GroupFacts>,
    email: Option<EmailAddress>,
}

impl Target {
    /// `groups` **are** the account's groups: those of `standing` are replaced by them, so that the two cannot differ.
    #[must_use]
    pub fn new(standing: Standing, groups: impl IntoIterator<Item = GroupFacts>) -> Self {
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by_key(|group| group.id);
        groups.dedup_by_key(|group| group.id);
        let ids = groups.iter().map(|group| group.id).collect();
        Self {
            standing: Standing {
                groups: ids,
                ..standing
            },
            groups,
            email: None,
        }
    }

    /// With its address: an order says what it changes (A6). Nothing else is decided by it.
    #[must_use]
    pub fn at(self, email: Option<EmailAddress>) -> Self {
        Self { email, ..self }
    }

    /// Its address, where it has one and was read.
    #[must_use]
    pub fn email(&self) -> Option<&EmailAddress> {
        self.email.as_ref()
    }

    /// The account's own facts.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The facts of its groups, in the order of their ids.
    #[must_use]
    pub fn groups(&self) -> &[GroupFacts] {
        &self.groups
    }
}
