//! Accounts, groups and operators.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{StoreError, Written};
use crate::account::{Account, Author, Group, GroupMention, Operator};
use crate::act::Act;
use crate::group::{Department, Matricule};
use crate::journal::{BodyHash, Entry};
use crate::rules::{
    AddMember, AddOperator, CreateAccount, CreateGroup, Deactivate, EditProfile, Holder,
    Reactivate, RemoveMember, RestoreOperator, SuspendOperator, Withdraw,
};
use crate::{
    AccountId, Actor, EmailAddress, EntryId, GroupFacts, GroupId, GroupName, OperatorId, RequestId,
    Target,
};

/// An account that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetRef {
    /// By its id.
    Id(AccountId),
    /// By its address.
    Email(EmailAddress),
}

/// What a decision needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Who asks.
    pub author: Author,
    /// On whom, if on somebody.
    pub target: Option<TargetRef>,
    /// In which group, if in one.
    pub group: Option<GroupId>,
    /// The request, to see whether it was carried out before.
    pub request: Option<RequestId>,
}

/// A request that was carried out before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated {
    /// Its entry.
    pub entry: EntryId,
    /// The hash of its body.
    pub body: BodyHash,
    /// The account that it was about.
    pub account: Option<AccountId>,
    /// The group that it was about.
    pub group: Option<GroupId>,
}

/// What a decision stands on, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Who asks; a visitor if there is no such account or operator.
    pub actor: Actor,
    /// On whom, with the facts of all their groups; none if there is no such account.
    pub target: Option<Target>,
    /// In which group; none if there is no such group.
    pub group: Option<GroupFacts>,
    /// What became of the request before.
    pub repeated: Option<Repeated>,
}

/// The account that a group starts with.
#[derive(Debug, PartialEq, Eq)]
pub enum FirstMember<N, E> {
    /// One that is created in it.
    New(N),
    /// One that is added to it.
    Existing(E),
}

impl FirstMember<Act<CreateAccount>, Act<AddMember>> {
    /// Whether it names the request that the group's act names: then both cannot be written, for a request has one entry.
    #[must_use]
    pub fn shares_request(&self, group: &Act<CreateGroup>) -> bool {
        let entry = match self {
            Self::New(act) => act.entry(),
            Self::Existing(act) => act.entry(),
        };
        let id = |entry: &Entry| entry.request().map(|(id, _)| id);
        id(entry).is_some() && id(entry) == id(group.entry())
    }
}

/// A part of a list, and from where it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The part.
    pub items: Vec<T>,
    /// Where the next part starts; none at the end.
    pub next: Option<String>,
}

/// Whose names are wanted, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleWanted {
    /// Accounts.
    pub accounts: BTreeSet<AccountId>,
    /// Operators.
    pub operators: BTreeSet<OperatorId>,
    /// Groups.
    pub groups: BTreeSet<GroupId>,
}

/// People and groups as they stand now, in any order; who is not there is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Operators.
    pub operators: Vec<Operator>,
    /// Groups.
    pub groups: Vec<GroupMention>,
}

/// Reads and writes accounts, groups and operators.
///
/// Beside the rules for every writing method (P1 to P5, in [`ports`](super)):
///
/// - **P10** An address MUST be one account's or one operator's, never two, whatever runs at once (A5): otherwise
///   [`Outcome::Taken`](super::Outcome::Taken).
/// - **P11** Address and roles of an account MUST have no other writer than its creation, the carrying out of an order (A6),
///   withdrawal (A11) and [emptying](super::Erasure::empty_account) (T4).
/// - **P12** An account's version MUST move by one with its status, memberships and first log-in; a group's with each act
///   that names it in [`Act::moved_groups`].
/// - **P13** Deactivation MUST add one to the account's epoch, in the same transaction (L10).
/// - **P14** Withdrawal MUST free the address and keep the account's line and entries (A11).
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Reads what a decision stands on, all at one moment.
    async fn facts(&self, wanted: &Wanted) -> Result<Facts, StoreError>;

    /// An account by its id.
    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError>;

    /// An account by its address.
    async fn account_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError>;

    /// Who has an address.
    async fn holder(&self, email: &EmailAddress) -> Result<Option<Holder>, StoreError>;

    /// A group by its id.
    async fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError>;

    /// A group by its number in the France Services list.
    async fn group_by_matricule(&self, matricule: &Matricule) -> Result<Option<Group>, StoreError>;

    /// Groups without such a number, by the key of their name ([`GroupName::search_key`]) and their department; at most
    /// two, so that a double is seen.
    async fn groups_by_name(
        &self,
        name: &GroupName,
        department: Option<&Department>,
    ) -> Result<Vec<Group>, StoreError>;

    /// Groups in the order of their ids, after a cursor; at most `limit`.
    async fn groups(&self, after: Option<GroupId>, limit: u32) -> Result<Page<Group>, StoreError>;

    /// The accounts of a group in the order of their ids, after a cursor; at most `limit`, withdrawn ones left out.
    async fn members(
        &self,
        group: GroupId,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Page<Account>, StoreError>;

    /// An operator by its id.
    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError>;

    /// An operator by the address.
    async fn operator_by_email(&self, email: &EmailAddress)
    -> Result<Option<Operator>, StoreError>;

    /// All of these at once, for a list that names them by their ids: a few hundred at most.
    async fn people(&self, wanted: &PeopleWanted) -> Result<People, StoreError>;
    /// Operators in the order of their ids, after a cursor; at most `limit`.
    async fn operators(
        &self,
        after: Option<OperatorId>,
        limit: u32,
    ) -> Result<Page<Operator>, StoreError>;

    /// Whether there is no account, group or operator yet: a demonstration fills nothing else.
    async fn is_empty(&self) -> Result<bool, StoreError>;

    /// Creates an account in its first group, and with it the order that is proposed for it, if there is one (A1, A2, A7).
    async fn create_account(&self, act: Act<CreateAccount>) -> Written<Account>;

    /// Adds an account to a group (A2).
    async fn add_member(&self, act: Act<AddMember>) -> Written<()>;

    /// Takes an account out of a group (A2).
    async fn remove_member(&self, act: Act<RemoveMember>) -> Written<()>;

    /// Deactivates an account (A8).
    async fn deactivate(&self, act: Act<Deactivate>) -> Written<()>;

    /// Brings an account back (A8).
    async fn reactivate(&self, act: Act<Reactivate>) -> Written<()>;

    /// Withdraws an account that nobody ever used (A11). What still waits to be sent to its address is given up as `withdrawn`.
    async fn withdraw(&self, act: Act<Withdraw>) -> Written<()>;

    /// Changes the details of an account (A4).
    async fn edit_profile(&self, act: Act<EditProfile>) -> Written<Account>;

    /// Creates a group (A7); a number of the France Services list is one group's only.
    async fn create_group(&self, act: Act<CreateGroup>) -> Written<Group>;

    /// Creates a group of a list with its first account, both or neither, with an entry each (A7: an import is all or
    /// nothing per line). `Stale` if a group is there that the list means: one of its number, or, where it has none, one
    /// without a number of its name and department; of two imports at once one makes it. `Stale` as well where both acts
    /// [name one request](FirstMember::shares_request).
    async fn found_group(
        &self,
        group: Act<CreateGroup>,
        first: Option<FirstMember<Act<CreateAccount>, Act<AddMember>>>,
    ) -> Written<Group>;

    /// Adds an operator, or restores a suspended one (A14); `Taken` if a new one's address is an account's or an
    /// operator's.
    async fn add_operator(&self, act: Act<AddOperator>) -> Written<Operator>;

    /// Suspends an operator; sessions and links end by number (A14).
    async fn suspend_operator(&self, act: Act<SuspendOperator>) -> Written<()>;

    /// Notes that an operator asked for a suspended one or, where another had asked before, brings the suspended one back
    /// (A14). Either moves the version by one, so that of two askings at once one is the second.
    async fn restore_operator(&self, act: Act<RestoreOperator>) -> Written<()>;
}
