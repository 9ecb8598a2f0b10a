//! What a responsable does: creating, adding, taking out, deactivating, reactivating, withdrawing.

use super::{Acted, Aplus, Context, Current, Error};
use crate::account::Account;
use crate::act::Act;
use crate::order::Order;
use crate::ports::{Facts, Repeated, TargetRef, Wanted};
use crate::rules::{self, AccountDraft, Action, CreateAccount};
use crate::{
    AccountId, Actor, Author, EmailAddress, EntryId, GroupFacts, GroupId, OrderId, Refusal, Roles,
    SupportRequest, Target,
};

/// Something that the creator should look at again; nothing was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warning {
    /// The address is not of the form prenom.nom@, which is advised (A5).
    NotNominative,
    /// The address is a shared mailbox and was marked as one (A5).
    Shared,
    /// The domain looks like a mistyped one: see [`EmailAddress::probably_meant`].
    TypingSlip,
}

impl Warning {
    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotNominative => "not_nominative",
            Self::Shared => "shared_mailbox",
            Self::TypingSlip => "typing_slip",
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
    /// The order that was proposed with it, where a further responsable takes somebody else's approval (A7).
    pub order: Option<Order>,
}

impl Created {
    fn new(account: Account) -> Self {
        let nominative = account.email().is_none_or(EmailAddress::is_nominative);
        let warning = match (account.shared(), nominative) {
            (true, _) => Some(Warning::Shared),
            (false, false) => Some(Warning::NotNominative),
            (false, true) => None,
        };
        let meant = account.email().and_then(EmailAddress::probably_meant);
        let slip = meant.map(|_| Warning::TypingSlip);
        Self {
            account,
            warnings: warning.into_iter().chain(slip).collect(),
            order: None,
        }
    }
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
    /// Whether somebody may begin `action` in a group at all, by this rule, whatever else their request holds: so that
    /// only who may learns what is wrong with the rest (A1, A2, A7). A no is recorded (T1).
    ///
    /// # Errors
    /// [`Refusal::GroupNotFound`], what `rule` refuses; what the store says.
    pub async fn allow_in_group(
        &self,
        current: &Current,
        action: Action,
        in_group: GroupId,
        rule: fn(&Actor, &GroupFacts) -> Result<(), Refusal>,
        context: &Context,
    ) -> Result<(), Error> {
        let wanted = wanted(current.author(), None, Some(in_group));
        let facts = self.0.store.facts(&wanted).await?;
        let verdict = group(&facts).and_then(|group| rule(&facts.actor, group));
        self.allow(current, action, None, Some(in_group), verdict, context)
            .await
    }

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

    /// Support creates an account at somebody's request. Where the group has, or had, a responsable it is made without that
    /// role, and the order that gives it is proposed (A7).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], and as [`Aplus::create_account`].
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
            Some(request) => rules::create_account_for(
                &facts.actor,
                group(facts)?,
                draft,
                request,
                policy,
                &self.0.lifetimes,
            ),
        };
        let write = |act: Act<CreateAccount>| -> super::Writing<'_, (Account, EntryId)> {
            let entry = act.entry().id();
            let written = self.0.store.create_account(act);
            Box::pin(async move { Ok(written.await?.map(|account| (account, entry))) })
        };
        let wanted = wanted(author, None, Some(in_group));
        let (account, entry) = match self
            .act(action, wanted, context, Some(&draft.email), decide, write)
            .await?
        {
            Acted::Done((account, _)) if account.roles() == draft.roles => {
                return Ok(Created::new(account));
            }
            Acted::Done(written) => written,
            Acted::Repeated(repeated) => (self.account_of(repeated).await?, repeated.entry),
        };
        // An order bears the id of the entry that proposed it. It is written by now: a lost answer here is not "nothing was done".
        let order = OrderId::from_uuid(*entry.as_uuid());
        let order = self.0.store.order(order).await;
        Ok(Created {
            order: order.map_err(Error::UnknownOutcome)?,
            ..Created::new(account)
        })
    }

    pub(super) async fn account_of(&self, repeated: Repeated) -> Result<Account, Error> {
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
        self.add_for(author, to, email, None, request, context)
            .await
    }

    /// The same; where `listed` is said, for a line of a list that names these roles.
    pub(crate) async fn add_for(
        &self,
        author: Author,
        to: GroupId,
        email: &EmailAddress,
        listed: Option<Roles>,
        request: &SupportRequest,
        context: &Context,
    ) -> Result<(), Error> {
        let decide = |facts: &Facts| {
            let group = group(facts)?;
            let target = target_in(facts, group)?;
            if let Some(roles) = listed {
                rules::may_add_listed(&facts.actor, group, target, roles)?;
            }
            rules::add_member_for(&facts.actor, group, target, request)
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
}
