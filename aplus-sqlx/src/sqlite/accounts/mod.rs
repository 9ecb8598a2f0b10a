//! Accounts, groups and operators on SQLite: `read`, `write` and `support` over a connection, and the port over them.

mod read;
mod support;
mod write;

use aplus_core::account::{Account, Group, Operator};
use aplus_core::group::{Department, Matricule};
use aplus_core::ports::{
    Accounts, Facts, FirstMember, Page, People, PeopleWanted, StoreError, Wanted, Written,
};
use aplus_core::rules::{
    AddMember, AddOperator, CreateAccount, CreateGroup, Deactivate, EditProfile, Holder,
    Reactivate, RemoveMember, RestoreOperator, SuspendOperator, Withdraw,
};
use aplus_core::{AccountId, Act, EmailAddress, GroupId, GroupName, OperatorId};
use async_trait::async_trait;

pub use read::{
    account, account_by_email, facts, group, group_by_matricule, groups, groups_by_name, holder,
    is_empty, members, operator, operator_by_email, operators, people,
};
pub use support::{add_operator, create_group, found_group, restore_operator, suspend_operator};
pub use write::{
    add_member, create_account, deactivate, edit_profile, reactivate, remove_member, withdraw,
};

use super::{SqliteStore, act, read};

#[async_trait]
impl Accounts for SqliteStore {
    async fn facts(&self, wanted: &Wanted) -> Result<Facts, StoreError> {
        read!(self, facts, wanted)
    }

    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        read!(self, account, id)
    }

    async fn account_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        read!(self, account_by_email, email)
    }

    async fn holder(&self, email: &EmailAddress) -> Result<Option<Holder>, StoreError> {
        read!(self, holder, email)
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError> {
        read!(self, group, id)
    }

    async fn group_by_matricule(&self, matricule: &Matricule) -> Result<Option<Group>, StoreError> {
        read!(self, group_by_matricule, matricule)
    }

    async fn groups_by_name(
        &self,
        name: &GroupName,
        department: Option<&Department>,
    ) -> Result<Vec<Group>, StoreError> {
        read!(self, groups_by_name, name, department)
    }

    async fn groups(&self, after: Option<GroupId>, limit: u32) -> Result<Page<Group>, StoreError> {
        read!(self, groups, after, limit)
    }

    async fn members(
        &self,
        group: GroupId,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Page<Account>, StoreError> {
        read!(self, members, group, after, limit)
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        read!(self, operator, id)
    }

    async fn operator_by_email(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<Operator>, StoreError> {
        read!(self, operator_by_email, email)
    }

    async fn people(&self, wanted: &PeopleWanted) -> Result<People, StoreError> {
        read!(self, people, wanted)
    }

    async fn operators(
        &self,
        after: Option<OperatorId>,
        limit: u32,
    ) -> Result<Page<Operator>, StoreError> {
        read!(self, operators, after, limit)
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        read!(self, is_empty)
    }

    async fn create_account(&self, act: Act<CreateAccount>) -> Written<Account> {
        act!(self, create_account, act)
    }

    async fn add_member(&self, act: Act<AddMember>) -> Written<()> {
        act!(self, add_member, act)
    }

    async fn remove_member(&self, act: Act<RemoveMember>) -> Written<()> {
        act!(self, remove_member, act)
    }

    async fn deactivate(&self, act: Act<Deactivate>) -> Written<()> {
        act!(self, deactivate, act)
    }

    async fn reactivate(&self, act: Act<Reactivate>) -> Written<()> {
        act!(self, reactivate, act)
    }

    async fn withdraw(&self, act: Act<Withdraw>) -> Written<()> {
        act!(self, withdraw, act)
    }

    async fn edit_profile(&self, act: Act<EditProfile>) -> Written<Account> {
        act!(self, edit_profile, act)
    }

    async fn create_group(&self, act: Act<CreateGroup>) -> Written<Group> {
        act!(self, create_group, act)
    }

    async fn found_group(
        &self,
        group: Act<CreateGroup>,
        first: Option<FirstMember<Act<CreateAccount>, Act<AddMember>>>,
    ) -> Written<Group> {
        act!(self, found_group, group, first)
    }

    async fn add_operator(&self, act: Act<AddOperator>) -> Written<Operator> {
        act!(self, add_operator, act)
    }

    async fn suspend_operator(&self, act: Act<SuspendOperator>) -> Written<()> {
        act!(self, suspend_operator, act)
    }

    async fn restore_operator(&self, act: Act<RestoreOperator>) -> Written<()> {
        act!(self, restore_operator, act)
    }
}
