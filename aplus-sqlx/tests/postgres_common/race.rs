//! Two who act at once on one database: what the first wrote is held until the second is seen to wait for it.

use aplus_core::ports::Accounts;
use aplus_core::rules::{self, AccountDraft};
use aplus_core::*;
use aplus_sqlx::postgres::PostgresStore;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use tokio::task::JoinHandle;

use super::Place;
use super::people::People;
use super::unlocked::Unlocked;

/// A database with people, and two ways to it: the store's own, and the same without some locks.
pub(crate) struct Race {
    pub(crate) place: Place,
    pub(crate) people: People,
    /// Of the second one of the race.
    pub(crate) store: PostgresStore,
    /// Of the first one, who holds what it wrote.
    pub(crate) first: PgConnection,
    pub(crate) unlocked: Unlocked,
}

impl Race {
    pub(crate) async fn new(without: &'static [&'static str]) -> Self {
        Self::at(Place::new().await, without).await
    }

    pub(crate) async fn at(place: Place, without: &'static [&'static str]) -> Self {
        let owned = place.store.clone().with_owner(place.database.owner());
        let people = People::new(&owned).await;
        let unlocked = Unlocked::new(&place.runtime, without);
        Self {
            store: unlocked.store().await.with_owner(place.database.owner()),
            first: unlocked.options.connect().await.unwrap(),
            place,
            people,
            unlocked,
        }
    }

    /// As the owner, who may take a guard of the database away.
    pub(crate) async fn owner(&self, statement: &str) {
        let statement = AssertSqlSafe(statement.to_owned());
        let mut owner = self.place.owner().await;
        sqlx::raw_sql(statement).execute(&mut owner).await.unwrap();
    }

    /// Waits until `second` waits for the first one's transaction, or is through.
    pub(crate) async fn meet<T>(&mut self, pid: i32, second: &JoinHandle<T>) -> bool {
        let mut admin = self.place.database.admin().connect().await.unwrap();
        loop {
            let waits = sqlx::query_scalar(
                "select exists (select from pg_stat_activity where $1 = any (pg_blocking_pids(pid)))",
            );
            if waits.bind(pid).fetch_one(&mut admin).await.unwrap() {
                return true;
            }
            if second.is_finished() {
                return false;
            }
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn active(&self, account: &Account) -> bool {
        let account = self.people.store.account(account.id()).await.unwrap();
        account.unwrap().status() == Status::Active
    }

    pub(crate) async fn deactivation(
        &self,
        by: &Account,
        account: &Account,
    ) -> Act<rules::Deactivate> {
        let by = People::by(by);
        let facts = self.people.facts(by, Some(account), None).await;
        let permit = rules::deactivate(&facts.actor, &facts.target.unwrap()).unwrap();
        permit.into_act(self.people.now(by))
    }

    pub(crate) async fn leaving(
        &self,
        by: &Account,
        account: &Account,
        group: GroupId,
    ) -> Act<rules::RemoveMember> {
        let by = People::by(by);
        let facts = self.people.facts(by, Some(account), Some(group)).await;
        let (group, target) = (facts.group.unwrap(), facts.target.unwrap());
        let permit = rules::remove_member(&facts.actor, &group, &target).unwrap();
        permit.into_act(self.people.now(by))
    }

    /// The first one creates an account at home, unless they may not now.
    pub(crate) async fn creation_if_allowed(
        &self,
        email: &EmailAddress,
    ) -> Option<Act<rules::CreateAccount>> {
        let (author, group) = (People::by(&self.people.first), Some(self.people.home));
        let facts = self.people.facts(author, None, group).await;
        let draft = AccountDraft::new(email.clone(), Roles::only(Role::Aidant));
        let (group, policy) = (facts.group.unwrap(), self.people.aplus.policy());
        let permit = rules::create_account(&facts.actor, &group, &draft, policy).ok()?;
        Some(permit.into_act(self.people.now(author)))
    }

    pub(crate) async fn creation(&self, email: &EmailAddress) -> Act<rules::CreateAccount> {
        self.creation_if_allowed(email).await.unwrap()
    }
}
