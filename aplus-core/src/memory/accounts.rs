//! Accounts, groups and operators, in memory.

use async_trait::async_trait;

use super::{Check, MemoryStore, State, belongs, doubled, next, page, unless_settled};
use crate::account::{
    Account, AccountRecord, Author, Epoch, Group, GroupMention, Operator, OperatorStatus,
    Provenance, RestoreAsked, Status, Version,
};
use crate::group::{Department, Matricule};
use crate::ports::{
    Accounts, Facts, FirstMember, Outcome, Page, People, PeopleWanted, StoreError, TargetRef,
    Wanted, Written,
};
use crate::rules::{
    AddMember, AddOperator, CreateAccount, CreateGroup, Deactivate, EditProfile, GroupDraft,
    Holder, Reactivate, RemoveMember, RestoreOperator, SuspendOperator, Withdraw,
};
use crate::{AccountId, Act, Actor, EmailAddress, GroupId, GroupName, OperatorId, Profile, Target};

fn restored(record: &AccountRecord) -> Account {
    Account::restore(record.clone())
}

impl State {
    fn actor(&self, author: Author) -> Actor {
        match author {
            Author::Account(id) => self.accounts.get(&id).map_or(Actor::Visitor, |account| {
                Actor::Account(restored(account).standing())
            }),
            Author::Operator(id) => self.operators.get(&id).map_or(Actor::Visitor, |operator| {
                Actor::Operator(operator.standing())
            }),
            Author::Machine => Actor::Machine,
        }
    }

    fn target(&self, account: &AccountRecord) -> Target {
        let groups = account.groups.iter();
        let groups: Vec<_> = groups
            .filter_map(|group| self.group_facts(group.id))
            .collect();
        Target::new(restored(account).standing(), groups).at(account.email.clone())
    }

    fn mention(&self, group: GroupId) -> Option<GroupMention> {
        let group = self.groups.get(&group)?;
        Some(GroupMention {
            id: group.id,
            name: group.name.clone(),
        })
    }

    pub(super) fn is_taken(&self, email: &EmailAddress) -> bool {
        self.account_at(email).is_some() || self.operator_at(email).is_some()
    }
}

/// The acts that may be one of two in one transaction.
impl State {
    fn create_account(&mut self, act: &Act<CreateAccount>) -> Written<Account> {
        unless_settled!(self, act);
        let action = act.action();
        let Some(group) = self.mention(action.group()) else {
            return Ok(Outcome::Stale);
        };
        let draft = action.draft();
        if self.is_taken(&draft.email) {
            return Ok(Outcome::Taken);
        }
        if self.accounts.contains_key(&act.account()) {
            return doubled("an account");
        }
        let record = AccountRecord {
            id: act.account(),
            email: Some(draft.email.clone()),
            roles: draft.roles,
            profile: draft.profile.clone(),
            shared: draft.shared,
            status: Status::Active,
            groups: vec![group],
            version: Version::default(),
            epoch: Epoch::default(),
            provenance: action.provenance().clone(),
            created_at: act.at(),
            last_login_at: None,
            emptied_at: None,
        };
        self.accounts.insert(record.id, record.clone());
        if let Some(order) = act.order() {
            self.orders.insert(order.id, order);
        }
        self.record(act);
        Ok(Outcome::Done(Account::restore(record)))
    }

    fn add_member(&mut self, act: &Act<AddMember>) -> Written<()> {
        unless_settled!(self, act);
        let (id, group) = (act.action().account(), act.action().group());
        let Some(mention) = self.mention(group) else {
            return Ok(Outcome::Stale);
        };
        match self.accounts.get_mut(&id) {
            Some(account) if account.status.is_active() && !belongs(account, group) => {
                account.groups.push(mention);
                account.groups.sort_unstable_by_key(|mention| mention.id);
                next(&mut account.version);
            }
            _ => return Ok(Outcome::Stale),
        }
        self.record(act);
        Ok(Outcome::Done(()))
    }

    /// The groups that a line of a list means: by their number, or without one by name and department.
    fn means(&self, draft: &GroupDraft) -> impl Iterator<Item = &Group> {
        self.groups.values().filter(move |group| {
            group.matricule == draft.matricule
                && (draft.matricule.is_some()
                    || group.department == draft.department
                        && group.name.search_key() == draft.name.search_key())
        })
    }

    /// Puts a group there, without its entry yet.
    fn insert_group(&mut self, act: &Act<CreateGroup>) -> Written<Group> {
        unless_settled!(self, act);
        let draft = act.action().draft();
        let matricule = draft.matricule.as_ref();
        if matricule.is_some()
            && self
                .groups
                .values()
                .any(|group| group.matricule.as_ref() == matricule)
        {
            return Ok(Outcome::Taken);
        }
        if self.groups.contains_key(&act.group()) {
            return doubled("a group");
        }
        let group = Group {
            id: act.group(),
            name: draft.name.clone(),
            organisation: draft.organisation.clone(),
            department: draft.department.clone(),
            contact: draft.contact.clone(),
            france_services: draft.france_services,
            matricule: draft.matricule.clone(),
            version: Version::default(),
            provenance: Provenance {
                author: act.entry().author(),
                request: Some(act.action().request().clone()),
            },
            created_at: act.at(),
        };
        self.groups.insert(group.id, group.clone());
        Ok(Outcome::Done(group))
    }
}

#[async_trait]
impl Accounts for MemoryStore {
    async fn facts(&self, wanted: &Wanted) -> Result<Facts, StoreError> {
        let state = self.state();
        let target = match &wanted.target {
            None => None,
            Some(TargetRef::Id(id)) => state.accounts.get(id),
            Some(TargetRef::Email(email)) => state.account_at(email),
        };
        Ok(Facts {
            actor: state.actor(wanted.author),
            target: target.map(|account| state.target(account)),
            group: wanted.group.and_then(|group| state.group_facts(group)),
            repeated: wanted.request.and_then(|request| state.repeated(request)),
        })
    }

    async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.state().accounts.get(&id).map(restored))
    }

    async fn account_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        Ok(self.state().account_at(email).map(restored))
    }

    async fn holder(&self, email: &EmailAddress) -> Result<Option<Holder>, StoreError> {
        let state = self.state();
        let account = state.account_at(email);
        let account = account.map(|account| Holder::Account(account.status));
        Ok(account.or_else(|| state.operator_at(email).map(|_| Holder::Operator)))
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError> {
        Ok(self.state().groups.get(&id).cloned())
    }

    async fn group_by_matricule(&self, matricule: &Matricule) -> Result<Option<Group>, StoreError> {
        let state = self.state();
        let mut groups = state.groups.values();
        Ok(groups
            .find(|group| group.matricule.as_ref() == Some(matricule))
            .cloned())
    }

    async fn groups_by_name(
        &self,
        name: &GroupName,
        department: Option<&Department>,
    ) -> Result<Vec<Group>, StoreError> {
        let key = name.search_key();
        let state = self.state();
        let groups = state.groups.values().filter(|group| {
            group.matricule.is_none()
                && group.department.as_ref() == department
                && group.name.search_key() == key
        });
        Ok(groups.take(2).cloned().collect())
    }

    async fn groups(&self, after: Option<GroupId>, limit: u32) -> Result<Page<Group>, StoreError> {
        let state = self.state();
        let groups = state.groups.values().filter(|group| Some(group.id) > after);
        Ok(page(groups.cloned(), limit, |group| group.id.to_string()))
    }

    async fn members(
        &self,
        group: GroupId,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Page<Account>, StoreError> {
        let state = self.state();
        let members = state.accounts.values().filter(|account| {
            belongs(account, group)
                && account.status != Status::Withdrawn
                && Some(account.id) > after
        });
        Ok(page(members.map(restored), limit, |account| {
            account.id().to_string()
        }))
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
        Ok(self.state().operators.get(&id).cloned())
    }

    async fn operator_by_email(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<Operator>, StoreError> {
        Ok(self.state().operator_at(email).cloned())
    }

    async fn people(&self, wanted: &PeopleWanted) -> Result<People, StoreError> {
        let state = self.state();
        let accounts = wanted.accounts.iter();
        let operators = wanted.operators.iter();
        let groups = wanted.groups.iter();
        Ok(People {
            accounts: accounts
                .filter_map(|id| state.accounts.get(id).map(restored))
                .collect(),
            operators: operators
                .filter_map(|id| state.operators.get(id).cloned())
                .collect(),
            groups: groups.filter_map(|id| state.mention(*id)).collect(),
        })
    }

    async fn operators(
        &self,
        after: Option<OperatorId>,
        limit: u32,
    ) -> Result<Page<Operator>, StoreError> {
        let state = self.state();
        let operators = state.operators.values().filter(|it| Some(it.id) > after);
        Ok(page(operators.cloned(), limit, |it| it.id.to_string()))
    }

    async fn is_empty(&self) -> Result<bool, StoreError> {
        let state = self.state();
        Ok(state.accounts.is_empty() && state.groups.is_empty() && state.operators.is_empty())
    }

    async fn create_account(&self, act: Act<CreateAccount>) -> Written<Account> {
        self.state().create_account(&act)
    }

    async fn add_member(&self, act: Act<AddMember>) -> Written<()> {
        self.state().add_member(&act)
    }

    async fn remove_member(&self, act: Act<RemoveMember>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let (id, group) = (act.action().account(), act.action().group());
        match state.accounts.get_mut(&id) {
            // An account is never left without a group (A2).
            Some(account) if belongs(account, group) && account.groups.len() > 1 => {
                account.groups.retain(|mention| mention.id != group);
                next(&mut account.version);
            }
            _ => return Ok(Outcome::Stale),
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn deactivate(&self, act: Act<Deactivate>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        match state.accounts.get_mut(&act.action().account()) {
            Some(account) if account.status.is_active() => {
                account.status = Status::Deactivated(act.action().by());
                next(&mut account.version);
                account.epoch.0 += 1;
            }
            _ => return Ok(Outcome::Stale),
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn reactivate(&self, act: Act<Reactivate>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        match state.accounts.get_mut(&act.action().account()) {
            Some(account) if matches!(account.status, Status::Deactivated(_)) => {
                account.status = Status::Active;
                next(&mut account.version);
            }
            _ => return Ok(Outcome::Stale),
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn withdraw(&self, act: Act<Withdraw>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        match state.accounts.get_mut(&act.action().account()) {
            Some(account)
                if account.status != Status::Withdrawn && account.last_login_at.is_none() =>
            {
                account.status = Status::Withdrawn;
                let email = account.email.take();
                next(&mut account.version);
                if let Some(email) = email {
                    state.send_nothing_to(&email, act.at(), "withdrawn");
                }
            }
            _ => return Ok(Outcome::Stale),
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn edit_profile(&self, act: Act<EditProfile>) -> Written<Account> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let Some(account) = state.accounts.get_mut(&act.action().account()) else {
            return Ok(Outcome::Stale);
        };
        let before: Profile = account.profile.clone();
        account.profile = act.action().change().apply(before);
        let account = restored(account);
        state.record(&act);
        Ok(Outcome::Done(account))
    }

    async fn create_group(&self, act: Act<CreateGroup>) -> Written<Group> {
        let mut state = self.state();
        let outcome = state.insert_group(&act)?;
        if matches!(outcome, Outcome::Done(_)) {
            state.record(&act);
        }
        Ok(outcome)
    }

    async fn found_group(
        &self,
        group: Act<CreateGroup>,
        first: Option<FirstMember<Act<CreateAccount>, Act<AddMember>>>,
    ) -> Written<Group> {
        let mut state = self.state();
        unless_settled!(state, &group);
        let meant = state.means(group.action().draft()).next().is_some();
        if meant
            || first
                .as_ref()
                .is_some_and(|first| first.shares_request(&group))
        {
            return Ok(Outcome::Stale);
        }
        let outcome = state.insert_group(&group)?;
        if !matches!(outcome, Outcome::Done(_)) {
            return Ok(outcome);
        }
        let joined = match &first {
            None => Ok(Outcome::Done(())),
            Some(FirstMember::New(act)) => state.create_account(act).map(|joined| match joined {
                Outcome::Done(_) => Outcome::Done(()),
                Outcome::Taken => Outcome::Taken,
                Outcome::Stale => Outcome::Stale,
                Outcome::Repeated(repeated) => Outcome::Repeated(repeated),
            }),
            Some(FirstMember::Existing(act)) => state.add_member(act),
        };
        let refused = match joined {
            Ok(Outcome::Done(())) => {
                state.record(&group);
                let founded = state.groups.get(&group.group()).cloned();
                return Ok(founded.map_or(Outcome::Stale, Outcome::Done));
            }
            Ok(Outcome::Taken) => Ok(Outcome::Taken),
            Ok(Outcome::Stale) => Ok(Outcome::Stale),
            Ok(Outcome::Repeated(repeated)) => Ok(Outcome::Repeated(repeated)),
            Err(error) => Err(error),
        };
        // Nobody saw the group in between: it was there under this lock only.
        state.groups.remove(&group.group());
        refused
    }

    async fn add_operator(&self, act: Act<AddOperator>) -> Written<Operator> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let email = act.action().email();
        if state.account_at(email).is_some() {
            return Ok(Outcome::Taken);
        }
        let operator = match (act.action().restored(), state.operator_at(email).cloned()) {
            (None, Some(_)) => return Ok(Outcome::Taken),
            (Some(id), Some(mut operator))
                if operator.id == id && operator.status == OperatorStatus::Suspended =>
            {
                operator.status = OperatorStatus::Active;
                operator.restore_asked = None;
                next(&mut operator.version);
                operator
            }
            (Some(_), _) => return Ok(Outcome::Stale),
            (None, None) if state.operators.contains_key(&act.operator()) => {
                return doubled("an operator");
            }
            (None, None) => Operator {
                id: act.operator(),
                email: email.clone(),
                status: OperatorStatus::Active,
                version: Version::default(),
                epoch: Epoch::default(),
                restore_asked: None,
                created_at: act.at(),
            },
        };
        state.operators.insert(operator.id, operator.clone());
        state.record(&act);
        Ok(Outcome::Done(operator))
    }

    async fn suspend_operator(&self, act: Act<SuspendOperator>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        match state.operators.get_mut(&act.action().operator()) {
            Some(operator) if operator.status == OperatorStatus::Active => {
                operator.status = OperatorStatus::Suspended;
                operator.epoch.0 += 1;
                next(&mut operator.version);
            }
            _ => return Ok(Outcome::Stale),
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }

    async fn restore_operator(&self, act: Act<RestoreOperator>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let action = act.action();
        match state.operators.get_mut(&action.operator()) {
            Some(operator) if operator.status == OperatorStatus::Suspended => {
                if action.with().is_some() {
                    operator.status = OperatorStatus::Active;
                    operator.restore_asked = None;
                } else {
                    let (by, at) = (action.by(), act.at());
                    operator.restore_asked = Some(RestoreAsked { by, at });
                }
                next(&mut operator.version);
            }
            _ => return Ok(Outcome::Stale),
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }
}
