//! What a responsable and a person do: creating, adding, taking out, deactivating, editing, looking.

use super::{Acted, Aplus, Context, Current, Error};
use crate::account::{Account, Group};
use crate::act::Act;
use crate::journal::entry::About;
use crate::ports::{Facts, Page, Repeated, TargetRef, Wanted};
use crate::rules::{self, AccountDraft, Action, Sight};
use crate::{
    AccountId, Actor, Author, EmailAddress, FrozenField, GroupFacts, GroupId, ProfileChange,
    Refusal, SupportRequest, Target,
};

/// Something that the creator should look at again; nothing was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warning {
    /// The address is not of the form prenom.nom@, which is advised (A5).
    NotNominative,
    /// The address is a shared mailbox and was marked as one (A5).
    Shared,
}

impl Warning {
    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotNominative => "not_nominative",
            Self::Shared => "shared_mailbox",
        }
    }
}

/// An account that was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The account.
    pub account: Account,
    /// What the creator should look at again.
    pub warnings: Vec<Warning>,
}

impl Created {
    fn new(account: Account) -> Self {
        let nominative = account.email().is_none_or(EmailAddress::is_nominative);
        let warning = match (account.shared(), nominative) {
            (true, _) => Some(Warning::Shared),
            (false, false) => Some(Warning::NotNominative),
            (false, true) => None,
        };
        Self {
            account,
            warnings: warning.into_iter().collect(),
        }
    }
}

/// An account as somebody may see it (A9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The account; what may not be seen of it is the edge's to leave out.
    pub account: Account,
    /// How much of it may be seen.
    pub sight: Sight,
}

pub(super) fn group(facts: &Facts) -> Result<&GroupFacts, Refusal> {
    facts.group.as_ref().ok_or(Refusal::GroupNotFound)
}

fn target(facts: &Facts) -> Result<&Target, Refusal> {
    facts.target.as_ref().ok_or(Refusal::AccountNotFound)
}

/// The target of an act in a group: that it is not there is told only to who may act there (A9).
fn target_in<'a>(facts: &'a Facts, group: &GroupFacts) -> Result<&'a Target, Refusal> {
    facts
        .target
        .as_ref()
        .ok_or_else(|| rules::no_such_account(&facts.actor, group))
}

pub(super) fn wanted(author: Author, target: Option<TargetRef>, group: Option<GroupId>) -> Wanted {
    Wanted {
        author,
        target,
        group,
        request: None,
    }
}

impl Aplus {
    /// A responsable creates an account in their own group (A1, A2, A5).
    ///
    /// # Errors
    /// [`Refusal::NotResponsable`], [`Refusal::NotYourGroup`], [`Refusal::GroupNotFound`], [`Refusal::EmailTaken`],
    /// [`Refusal::AskSupport`], [`Refusal::SharedResponsable`], [`Refusal::SharedNotAllowed`]; what the store says.
    pub async fn create_account(
        &self,
        author: Author,
        in_group: GroupId,
        draft: &AccountDraft,
        context: &Context,
    ) -> Result<Created, Error> {
        self.create(author, in_group, draft, None, context).await
    }

    /// Support creates an account at somebody's request (A7).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::NeedsApproval`], and as [`Aplus::create_account`].
    pub async fn create_account_for(
        &self,
        author: Author,
        in_group: GroupId,
        draft: &AccountDraft,
        request: &SupportRequest,
        context: &Context,
    ) -> Result<Created, Error> {
        self.create(author, in_group, draft, Some(request), context)
            .await
    }

    async fn create(
        &self,
        author: Author,
        in_group: GroupId,
        draft: &AccountDraft,
        request: Option<&SupportRequest>,
        context: &Context,
    ) -> Result<Created, Error> {
        let action = if request.is_some() {
            Action::CreateAccountFor
        } else {
            Action::CreateAccount
        };
        let policy = &self.0.policy;
        let decide = |facts: &Facts| match request {
            None => rules::create_account(&facts.actor, group(facts)?, draft, policy),
            Some(request) => {
                rules::create_account_for(&facts.actor, group(facts)?, draft, request, policy)
            }
        };
        let write = |act| self.0.store.create_account(act);
        let wanted = wanted(author, None, Some(in_group));
        match self
            .act(action, wanted, context, Some(&draft.email), decide, write)
            .await?
        {
            Acted::Done(account) => Ok(Created::new(account)),
            Acted::Repeated(repeated) => self.account_of(repeated).await.map(Created::new),
        }
    }

    async fn account_of(&self, repeated: Repeated) -> Result<Account, Error> {
        let account = match repeated.account {
            Some(id) => self.0.store.account(id).await?,
            None => None,
        };
        // The key was used for an act of another kind.
        account.ok_or(Error::KeyReused)
    }

    /// A responsable adds an active account to their own group, by its address (A2).
    ///
    /// # Errors
    /// [`Refusal::NotResponsable`], [`Refusal::NotYourGroup`], [`Refusal::AccountNotFound`], [`Refusal::AskSupport`],
    /// [`Refusal::AlreadyMember`]; what the store says.
    pub async fn add_member(
        &self,
        author: Author,
        to: GroupId,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<(), Error> {
        let decide = |facts: &Facts| {
            let group = group(facts)?;
            rules::add_member(&facts.actor, group, target_in(facts, group)?)
        };
        let write = |act| self.0.store.add_member(act);
        let wanted = wanted(author, Some(TargetRef::Email(email.clone())), Some(to));
        self.act(Action::AddMember, wanted, context, None, decide, write)
            .await
            .map(|_| ())
    }

    /// Support adds an account to a group at somebody's request (A7).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::ResponsableElsewhere`], and as [`Aplus::add_member`].
    pub async fn add_member_for(
        &self,
        author: Author,
        to: GroupId,
        email: &EmailAddress,
        request: &SupportRequest,
        context: &Context,
    ) -> Result<(), Error> {
        let decide = |facts: &Facts| {
            let group = group(facts)?;
            rules::add_member_for(&facts.actor, group, target_in(facts, group)?, request)
        };
        let write = |act| self.0.store.add_member(act);
        let wanted = wanted(author, Some(TargetRef::Email(email.clone())), Some(to));
        self.act(Action::AddMemberFor, wanted, context, None, decide, write)
            .await
            .map(|_| ())
    }

    /// Takes an account out of a group; for oneself: leaves it (A2, A8).
    ///
    /// # Errors
    /// [`Refusal::LastGroup`], [`Refusal::LastResponsable`], [`Refusal::NotResponsable`], [`Refusal::NotYourGroup`],
    /// [`Refusal::NotMember`], [`Refusal::AccountNotFound`], [`Refusal::GroupNotFound`]; what the store says.
    pub async fn remove_member(
        &self,
        author: Author,
        from: GroupId,
        account: AccountId,
        context: &Context,
    ) -> Result<(), Error> {
        let decide = |facts: &Facts| {
            let group = group(facts)?;
            rules::remove_member(&facts.actor, group, target_in(facts, group)?)
        };
        let write = |act| self.0.store.remove_member(act);
        let wanted = wanted(author, Some(TargetRef::Id(account)), Some(from));
        self.act(Action::RemoveMember, wanted, context, None, decide, write)
            .await
            .map(|_| ())
    }

    /// Deactivates an account; its sessions and links end with it (A8, L10).
    ///
    /// # Errors
    /// As [`rules::may_deactivate`]; what the store says.
    pub async fn deactivate(
        &self,
        author: Author,
        account: AccountId,
        context: &Context,
    ) -> Result<(), Error> {
        let decide = |facts: &Facts| rules::deactivate(&facts.actor, target(facts)?);
        self.on_account(
            Action::Deactivate,
            author,
            account,
            context,
            decide,
            |act| self.0.store.deactivate(act),
        )
        .await
    }

    /// Brings an account back (A8).
    ///
    /// # Errors
    /// As [`rules::may_reactivate`]; what the store says.
    pub async fn reactivate(
        &self,
        author: Author,
        account: AccountId,
        context: &Context,
    ) -> Result<(), Error> {
        let decide =
            |facts: &Facts| rules::reactivate(&facts.actor, target(facts)?, &self.0.policy);
        self.on_account(
            Action::Reactivate,
            author,
            account,
            context,
            decide,
            |act| self.0.store.reactivate(act),
        )
        .await
    }

    /// Withdraws an account that nobody ever used (A11).
    ///
    /// # Errors
    /// As [`rules::may_withdraw`]; what the store says.
    pub async fn withdraw(
        &self,
        author: Author,
        account: AccountId,
        context: &Context,
    ) -> Result<(), Error> {
        let decide = |facts: &Facts| rules::withdraw(&facts.actor, target(facts)?);
        self.on_account(Action::Withdraw, author, account, context, decide, |act| {
            self.0.store.withdraw(act)
        })
        .await
    }

    async fn on_account<'a, A: crate::Actable>(
        &'a self,
        action: Action,
        author: Author,
        account: AccountId,
        context: &Context,
        decide: impl Fn(&Facts) -> Result<rules::Permit<A>, Refusal> + Send + Sync,
        write: impl Fn(Act<A>) -> super::Writing<'a, ()> + Send + Sync,
    ) -> Result<(), Error> {
        let wanted = wanted(author, Some(TargetRef::Id(account)), None);
        self.act(action, wanted, context, None, decide, write)
            .await
            .map(|_| ())
    }

    /// A person changes their own details (A4). What is the same as before changes nothing and is no entry.
    ///
    /// # Errors
    /// [`Refusal::NotYourself`], [`Refusal::NotAccount`], [`Refusal::Deactivated`]; what the store says.
    pub async fn edit_profile(
        &self,
        author: Author,
        account: AccountId,
        change: &ProfileChange,
        context: &Context,
    ) -> Result<Account, Error> {
        let stored = self.0.store.account(account).await?;
        let change = match &stored {
            Some(stored) => change.reduced(stored.profile()),
            None => change.clone(),
        };
        let wanted = wanted(author, Some(TargetRef::Id(account)), None);
        if let Some(stored) = stored.filter(|_| change.is_empty()) {
            return self.leave_profile(stored, wanted, context).await;
        }
        let decide = |facts: &Facts| rules::edit_profile(&facts.actor, account, &change);
        let write = |act| -> super::Writing<'_, Account> { self.0.store.edit_profile(act) };
        match self
            .act(Action::EditProfile, wanted, context, None, decide, write)
            .await?
        {
            Acted::Done(account) => Ok(account),
            Acted::Repeated(repeated) => self.account_of(repeated).await,
        }
    }

    /// Nothing would change: the rules are asked all the same, and a request that was carried out before is one.
    async fn leave_profile(
        &self,
        stored: Account,
        wanted: Wanted,
        context: &Context,
    ) -> Result<Account, Error> {
        let request = context.request_of(wanted.author);
        let wanted = Wanted {
            request: request.map(|(id, _)| id),
            ..wanted
        };
        let facts = self.0.store.facts(&wanted).await?;
        if let Some(repeated) = facts.repeated {
            Self::same_body(request, repeated)?;
            return Ok(stored);
        }
        match rules::may_edit_profile(&facts.actor, stored.id()) {
            Ok(()) => Ok(stored),
            Err(no) => Err(self
                .refuse(&facts, Action::EditProfile, &wanted, no, context)
                .await),
        }
    }

    /// Whoever is logged in changes their own details (A4).
    ///
    /// # Errors
    /// [`Refusal::NotAccount`] for an operator; as [`Aplus::edit_profile`].
    pub async fn edit_own_profile(
        &self,
        current: &Current,
        change: &ProfileChange,
        context: &Context,
    ) -> Result<Account, Error> {
        let own = current
            .account()
            .map(Account::id)
            .ok_or(Refusal::NotAccount);
        let own = self
            .allow(current, Action::EditProfile, None, None, own, context)
            .await?;
        self.edit_profile(current.author(), own, change, context)
            .await
    }

    /// Somebody tried to change what is frozen: refused by name, and recorded (A3).
    pub async fn change_frozen(
        &self,
        actor: &Actor,
        account: Option<AccountId>,
        field: FrozenField,
        context: &Context,
    ) -> Error {
        let about = About {
            account,
            group: None,
        };
        match rules::may_change_frozen(actor, field) {
            Ok(()) => Error::Broken(crate::ports::StoreError::broken(
                "a frozen field was found to be free",
            )),
            Err(refusal) => {
                self.note_refusal(actor, Action::ChangeFrozen, about, refusal, context)
                    .await
            }
        }
    }

    /// An account, as much of it as `current` may see (A9).
    ///
    /// # Errors
    /// [`Refusal::AccountNotFound`]; what the store says.
    pub async fn view_account(
        &self,
        current: &Current,
        account: AccountId,
        context: &Context,
    ) -> Result<Seen, Error> {
        let found = self.0.store.account(account).await?;
        let seen = match found {
            None => Err(Refusal::AccountNotFound),
            Some(account) => rules::may_view_account(&current.actor(), &account.standing())
                .map(|sight| Seen { account, sight }),
        };
        self.allow(
            current,
            Action::ViewAccount,
            Some(account),
            None,
            seen,
            context,
        )
        .await
    }

    /// A group; that it exists is no secret (A9).
    ///
    /// # Errors
    /// [`Refusal::GroupNotFound`]; what the store says.
    pub async fn group(&self, id: GroupId) -> Result<Group, Error> {
        self.0
            .store
            .group(id)
            .await?
            .ok_or(Error::Refused(Refusal::GroupNotFound))
    }

    /// The accounts of a group, as much of each as `current` may see (A9); support's look is an entry (T1).
    ///
    /// # Errors
    /// [`Refusal::GroupNotFound`], [`Refusal::NotYourGroup`]; what the store says.
    pub async fn members(
        &self,
        current: &Current,
        group: GroupId,
        after: Option<AccountId>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<Seen>, Error> {
        let actor = current.actor();
        self.group(group).await?;
        let verdict = rules::may_view_group(&actor, group);
        self.allow(
            current,
            Action::ViewGroup,
            None,
            Some(group),
            verdict,
            context,
        )
        .await?;
        self.look_if_support(current, rules::Subject::Group(group), context)
            .await?;
        let page = self.0.store.members(group, after, limit).await?;
        let items = page.items.into_iter().filter_map(|account| {
            let sight = rules::may_view_account(&actor, &account.standing()).ok()?;
            Some(Seen { account, sight })
        });
        Ok(Page {
            items: items.collect(),
            next: page.next,
        })
    }
}
