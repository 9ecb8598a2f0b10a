//! What is committed together: an allowed action, its entry and its mails. All that a writing method of a store takes.

mod desk;
mod orders;
mod told;

pub use desk::acknowledgement_day;
use told::Told;

use crate::account::{
    Account, AccountRecord, Epoch, Group, GroupMention, Provenance, Status, Version,
};
use crate::journal::{BodyHash, Entry, Erasable, Origin, Salt};
use crate::mail::{Mail, Message};
use crate::rules::{AddOperator, Basis, CreateAccount, CreateGroup, Permit, Permitted};
use crate::{AccountId, EntryId, GroupId, GroupName, OperatorId, RequestId, Timestamp};

/// All that is dated or random about an act, made before it: no statement reads a clock or draws a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// When: the one clock's time, bound into each statement (L2).
    pub at: Timestamp,
    /// From where.
    pub origin: Origin,
    /// The request, and the hash of its body: the same request is carried out once.
    pub request: Option<(RequestId, BodyHash)>,
    /// The id of the entry.
    pub entry: EntryId,
    /// The id of what the act creates, if it creates something.
    pub created: uuid::Uuid,
    /// The salt of the entry's commitment.
    pub salt: Salt,
}

/// What a store writes, by value and once.
///
/// ```compile_fail
/// # async fn take(store: &dyn aplus_core::ports::Store, act: aplus_core::Act<aplus_core::rules::Deactivate>) {
/// store.deactivate(act).await;
/// store.deactivate(act).await;
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an act does nothing until it is handed to a store"]
pub struct Act<A: Permitted> {
    action: A,
    basis: Basis,
    moved: Vec<GroupId>,
    entry: Entry,
    mails: Vec<Mail>,
    created: uuid::Uuid,
}

impl<A: Permitted> Act<A> {
    /// What is done.
    pub fn action(&self) -> &A {
        &self.action
    }

    /// The versions that were decided on: locked and compared in the statement that writes.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// The groups whose active responsables change with it: their version moves by one.
    pub fn moved_groups(&self) -> &[GroupId] {
        &self.moved
    }

    /// Its entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The mails that it causes.
    pub fn mails(&self) -> &[Mail] {
        &self.mails
    }

    /// When it happens.
    pub fn at(&self) -> Timestamp {
        self.entry.at()
    }

    /// With its mails among the many of an import, which go out slowly.
    pub fn in_bulk(mut self) -> Self {
        self.mails = self.mails.into_iter().map(Mail::in_bulk).collect();
        self
    }

    /// Without the mails to whoever gets an account or is added to a group: for an import that was told so. Those who may
    /// decide on it, and those whose group it is, are told all the same (A6, A7).
    pub fn without_welcome(mut self) -> Self {
        self.mails.retain(|mail| {
            let welcomes = matches!(
                mail.message,
                Message::Welcome { .. } | Message::AddedToGroup { .. }
            );
            !welcomes
        });
        self
    }

    /// Without its mails: for a demonstration.
    pub fn silent(mut self) -> Self {
        self.mails.clear();
        self
    }
}

impl Act<CreateAccount> {
    /// The id of the new account.
    #[must_use]
    pub fn account(&self) -> AccountId {
        AccountId::from_uuid(self.created)
    }

    /// The account as it begins, in a group of this name.
    #[must_use]
    pub fn begun(&self, group: GroupName) -> Account {
        let draft = self.action.draft();
        Account::restore(AccountRecord {
            id: self.account(),
            email: Some(draft.email.clone()),
            roles: draft.roles,
            profile: draft.profile.clone(),
            shared: draft.shared,
            status: Status::Active,
            groups: vec![GroupMention {
                id: self.action.group(),
                name: group,
            }],
            version: Version::default(),
            epoch: Epoch::default(),
            provenance: self.action.provenance().clone(),
            created_at: self.at(),
            last_login_at: None,
            emptied_at: None,
        })
    }
}

impl Act<CreateGroup> {
    /// The id of the new group.
    #[must_use]
    pub fn group(&self) -> GroupId {
        GroupId::from_uuid(self.created)
    }

    /// The group as it begins.
    #[must_use]
    pub fn begun(&self) -> Group {
        let draft = self.action.draft().clone();
        Group {
            id: self.group(),
            name: draft.name,
            organisation: draft.organisation,
            department: draft.department,
            contact: draft.contact,
            france_services: draft.france_services,
            matricule: draft.matricule,
            version: Version::default(),
            provenance: Provenance {
                author: self.entry.author(),
                request: Some(self.action.request().clone()),
            },
            created_at: self.at(),
        }
    }
}

impl Act<AddOperator> {
    /// The id of the operator: a new one, or that of the one who is restored.
    #[must_use]
    pub fn operator(&self) -> OperatorId {
        let new = || OperatorId::from_uuid(self.created);
        self.action.restored().unwrap_or_else(new)
    }
}

impl<A: Permitted> Permit<A> {
    /// Adds when, from where and at which request: that makes the entry and the mails, which nobody can then forget.
    pub fn into_act(self, circumstances: Circumstances) -> Act<A>
    where
        A: Actable,
    {
        let (action, author, basis, moved) = self.into_parts();
        let Circumstances {
            at,
            origin,
            request,
            entry: id,
            created,
            salt,
        } = circumstances;
        let mut erasable = Erasable {
            origin,
            ..Erasable::default()
        };
        action.text(&mut erasable);
        let entry = Entry::new(
            id,
            at,
            author,
            action.about(created),
            &action.event(created),
            request,
            &erasable,
            salt,
        );
        let mails = action.mails(author, created).into_iter().enumerate();
        let mails = mails
            .map(|(number, (to, message))| Mail::new(id, number, to, message))
            .collect();
        Act {
            action,
            basis,
            moved,
            entry,
            mails,
            created,
        }
    }
}

/// The actions that make an act: all that a permit can allow.
#[allow(
    private_bounds,
    reason = "sealed: implemented for the actions of this library alone"
)]
pub trait Actable: Told {}
impl<A: Told> Actable for A {}
