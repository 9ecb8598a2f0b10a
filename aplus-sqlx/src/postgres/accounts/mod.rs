//! Accounts, groups and operators on PostgreSQL: `read`, `write` and `support` over a connection, and the port over them.

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

pub(super) use read::mentions;
pub use read::{
    account, account_by_email, facts, group, group_by_matricule, groups, groups_by_name, holder,
    is_empty, members, operator, operator_by_email, operators, people,
};
pub use support::{add_operator, create_group, found_group, restore_operator, suspend_operator};
pub use write::{
    add_member, create_account, deactivate, edit_profile, reactivate, remove_member, withdraw,
};

use super::{PostgresStore, act, read};

#[async_trait]
impl Accounts for PostgresStore {
    async fn facts(&self, wanted: &Wanted) -> Result<Facts, StoreError> {
        read!(self.pool, facts, wanted)
    }

    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        read!(self.pool, account, id)
    }

    async fn account_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        read!(self.pool, account_by_email, email)
    }

    async fn holder(&self, email: &EmailAddress) -> Result<Option<Holder>, StoreError> {
        read!(self.pool, holder, email)
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError> {
        read!(self.pool, group, id)
    }

    async fn group_by_matricule(&self, matricule: &Matricule) -> Result<Option<Group>, StoreError> {
        read!(self.pool, group_by_matricule, matricule)
    }

    async fn groups_by_name(
        &self,
        name: &GroupName,
        department: Option<&Department>,
    ) -> Result<Vec<Group>, StoreError> {
        read!(self.pool, groups_by_name, name, department)
    }

    async fn groups(&self, after: Option<GroupId>, limit: u32) -> Result<Page<Group>, StoreError> {
        read!(self.pool, groups, after, limit)
    }

    async fn members(
        &self,
        group: GroupId,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Page<Account>, StoreError> {
        read!(self.pool, members, group, after, limit)
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        read!(self.pool, operator, id)
    }

    async fn operator_by_email(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<Operator>, StoreError> {
        read!(self.pool, operator_by_email, email)
    }

    async fn people(&self, wanted: &PeopleWanted) -> Result<People, StoreError> {
        read!(self.pool, people, wanted)
    }

    async fn operators(
        &self,
        after: Option<OperatorId>,
        limit: u32,
    ) -> Result<Page<Operator>, StoreError> {
        read!(self.pool, operators, after, limit)
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        read!(self.pool, is_empty)
    }

    async fn create_account(&self, act: Act<CreateAccount>) -> Written<Account> {
        act!(self.pool, create_account, act)
    }

    async fn add_member(&self, act: Act<AddMember>) -> Written<()> {
        act!(self.pool, add_member, act)
    }

    async fn remove_member(&self, act: Act<RemoveMember>) -> Written<()> {
        act!(self.pool, remove_member, act)
    }

    async fn deactivate(&self, act: Act<Deactivate>) -> Written<()> {
        act!(self.pool, deactivate, act)
    }

    async fn reactivate(&self, act: Act<Reactivate>) -> Written<()> {
        act!(self.pool, reactivate, act)
    }

    async fn withdraw(&self, act: Act<Withdraw>) -> Written<()> {
        act!(self.pool, withdraw, act)
    }

    async fn edit_profile(&self, act: Act<EditProfile>) -> Written<Account> {
        act!(self.pool, edit_profile, act)
    }

    async fn create_group(&self, act: Act<CreateGroup>) -> Written<Group> {
        act!(self.pool, create_group, act)
    }

    async fn found_group(
        &self,
        group: Act<CreateGroup>,
        first: Option<FirstMember<Act<CreateAccount>, Act<AddMember>>>,
    ) -> Written<Group> {
        act!(self.pool, found_group, group, first)
    }

    async fn add_operator(&self, act: Act<AddOperator>) -> Written<Operator> {
        act!(self.owner, add_operator, act)
    }

    async fn suspend_operator(&self, act: Act<SuspendOperator>) -> Written<()> {
        act!(self.pool, suspend_operator, act)
    }

    async fn restore_operator(&self, act: Act<RestoreOperator>) -> Written<()> {
        act!(self.pool, restore_operator, act)
    }
}
