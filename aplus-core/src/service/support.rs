//! What support and the machine do: groups, looking.

use super::accounts::wanted;
use super::{Acted, Aplus, Context, Current, Error};
use crate::account::{Account, Group};
use crate::ports::{Facts, LinkStory, Page};
use crate::rules::{self, Action, GroupDraft, Subject};
use crate::{AccountId, Author, EmailAddress, GroupId, Refusal, SupportRequest};

/// How many of an account's links support sees.
const STORIES: u32 = 50;

/// A group to be created, and at whose request (A7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupForm {
    /// What it is.
    pub draft: GroupDraft,
    /// At whose request.
    pub request: SupportRequest,
}

/// An account as support sees it, with what happened to its links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAccount {
    /// The account.
    pub account: Account,
    /// What happened to its links, the newest first.
    pub links: Vec<LinkStory>,
}

impl Aplus {
    /// Support creates a group at somebody's request (A7).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; [`Refusal::GroupTaken`] for a number of the France
    /// Services list that another group has; what the store says.
    pub async fn create_group(
        &self,
        author: Author,
        form: &GroupForm,
        context: &Context,
    ) -> Result<Group, Error> {
        let decide = |facts: &Facts| rules::create_group(&facts.actor, &form.draft, &form.request);
        let write = |act| self.0.store.create_group(act);
        let wanted = wanted(author, None, None);
        match self
            .act(Action::CreateGroup, wanted, context, None, decide, write)
            .await?
        {
            Acted::Done(group) => Ok(group),
            Acted::Repeated(repeated) => match repeated.group {
                Some(id) => self.group(id).await,
                None => Err(Error::KeyReused),
            },
        }
    }

    /// Groups in the order of their ids: all for support.
    ///
    /// # Errors
    /// [`Refusal::NotOperator`]; what the store says.
    pub async fn groups(
        &self,
        current: &Current,
        after: Option<GroupId>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<Group>, Error> {
        let verdict = rules::may_act_as_support(&current.actor());
        self.allow(current, Action::ViewGroup, None, None, verdict, context)
            .await?;
        Ok(self.0.store.groups(after, limit).await?)
    }

    /// The groups of somebody in the order of their ids: an account's own (A9), all for support.
    ///
    /// # Errors
    /// As [`Aplus::groups`]; what the store says.
    pub async fn my_groups(
        &self,
        current: &Current,
        after: Option<GroupId>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<Group>, Error> {
        let Some(account) = current.account() else {
            return self.groups(current, after, limit, context).await;
        };
        let mut left = account
            .groups()
            .iter()
            .filter(|group| after.is_none_or(|after| group.id > after));
        let mut items = Vec::new();
        for mention in left
            .by_ref()
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
        {
            items.extend(self.0.store.group(mention.id).await?);
        }
        let next = left
            .next()
            .and(items.last())
            .map(|group| group.id.to_string());
        Ok(Page { items, next })
    }

    /// Whether somebody acts as support on an account, before `action` is decided by its own rule: what only support may
    /// ask for in this way is refused to others and recorded (A7, T1).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; what the store says.
    pub async fn act_as_support(
        &self,
        current: &Current,
        action: Action,
        account: AccountId,
        context: &Context,
    ) -> Result<(), Error> {
        let verdict = rules::may_act_as_support(&current.actor());
        self.allow(current, action, Some(account), None, verdict, context)
            .await
    }

    /// Support looks an account up by its address; the look is an entry (T1).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::AccountNotFound`]; what the store says.
    pub async fn find_account(
        &self,
        current: &Current,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<FoundAccount, Error> {
        let verdict = rules::may_act_as_support(&current.actor());
        self.allow(current, Action::Look, None, None, verdict, context)
            .await?;
        let found = self.0.store.account_by_email(email).await?;
        self.found(current, found, None, Subject::Account, context)
            .await
    }

    /// Support looks at what happened to an account's links; the look is an entry (T1).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::AccountNotFound`]; what the store says.
    pub async fn links_of(
        &self,
        current: &Current,
        account: AccountId,
        context: &Context,
    ) -> Result<FoundAccount, Error> {
        let verdict = rules::may_act_as_support(&current.actor());
        self.allow(current, Action::Look, None, None, verdict, context)
            .await?;
        let found = self.0.store.account(account).await?;
        self.found(current, found, Some(account), Subject::Links, context)
            .await
    }

    async fn found(
        &self,
        current: &Current,
        found: Option<Account>,
        wanted: Option<AccountId>,
        subject: fn(AccountId) -> Subject,
        context: &Context,
    ) -> Result<FoundAccount, Error> {
        let found = found.ok_or(Refusal::AccountNotFound);
        let account = self
            .allow(current, Action::Look, wanted, None, found, context)
            .await?;
        self.look(current.author(), subject(account.id()), context)
            .await?;
        let links = self.0.store.link_stories(account.id(), STORIES).await?;
        Ok(FoundAccount { account, links })
    }

    pub(super) async fn look(
        &self,
        author: Author,
        subject: Subject,
        context: &Context,
    ) -> Result<(), Error> {
        // A look may be repeated at will: it is no request that is carried out once.
        let context = Context {
            idempotency: None,
            ..context.clone()
        };
        let decide = |facts: &Facts| rules::look(&facts.actor, subject);
        let write = |act| self.0.store.look(act);
        self.act(
            Action::Look,
            wanted(author, None, None),
            &context,
            None,
            decide,
            write,
        )
        .await
        .map(|_| ())
    }

    pub(super) async fn look_if_support(
        &self,
        current: &Current,
        subject: Subject,
        context: &Context,
    ) -> Result<(), Error> {
        match current.operator() {
            Some(_) => self.look(current.author(), subject, context).await,
            None => Ok(()),
        }
    }
}
