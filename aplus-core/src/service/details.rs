//! One's own details, and what is frozen (A3, A4).

use super::accounts::wanted;
use super::{Acted, Aplus, Context, Current, Error};
use crate::account::Account;
use crate::journal::entry::About;
use crate::ports::{Facts, TargetRef, Wanted};
use crate::rules::{self, Action};
use crate::{AccountId, Actor, Author, FrozenField, ProfileChange, Refusal};

impl Aplus {
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
        let wanted = Wanted { request, ..wanted };
        let facts = self.0.store.facts(&wanted).await?;
        if let Some(repeated) = facts.repeated {
            self.same_body(context, request, repeated)?;
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
}
