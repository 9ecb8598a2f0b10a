//! Looking at accounts and groups (A9); a look of support's is an entry (T1).

use super::{Aplus, Context, Current, Error};
use crate::account::{Account, Group};
use crate::ports::Page;
use crate::rules::{self, Action, Sight};
use crate::{AccountId, GroupId, Refusal};

/// An account as somebody may see it (A9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The account; what may not be seen of it is the edge's to leave out.
    pub account: Account,
    /// How much of it may be seen.
    pub sight: Sight,
}

impl Aplus {
    /// An account, as much of it as `current` may see (A9); support's look is an entry (T1).
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
        let target = Some(account);
        let seen = self
            .allow(current, Action::ViewAccount, target, None, seen, context)
            .await?;
        self.look_if_support(current, rules::Subject::Account(account), context)
            .await?;
        Ok(seen)
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
        let verdict = match self.0.store.group(group).await? {
            Some(_) => rules::may_view_group(&actor, group),
            None => Err(Refusal::GroupNotFound),
        };
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
