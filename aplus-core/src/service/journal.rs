//! Reading the journal: the whole of it for support, one's own for everybody (T1).

use super::{Aplus, Context, Current, Error};
use crate::journal::seen::{Reader, mentioned};
use crate::journal::{EntryFilter, EntryPosition, SeenEntry, StoredEntry};
use crate::ports::Page;
use crate::rules::{self, Action, Subject};
use crate::{Actor, Author, EmailAddress, Principal};

impl EntryFilter {
    /// What support looks at that asks for these: whoever asks for all that an account did looks at the account.
    fn subject(&self) -> Subject {
        let did = match self.author {
            Some(Author::Account(account)) => Some(account),
            Some(Author::Operator(_) | Author::Machine) | None => None,
        };
        Subject::Journal {
            account: self.account.or(did),
            group: self.group,
        }
    }
}

impl Aplus {
    /// A page of the whole journal, the newest first; each page that an operator reads is an entry, written before it is
    /// read.
    ///
    /// # Errors
    /// [`Refusal::NotOperator`](crate::Refusal::NotOperator); what the store says.
    pub async fn journal(
        &self,
        current: &Current,
        filter: &EntryFilter,
        before: Option<EntryPosition>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<SeenEntry>, Error> {
        self.may_read_journal(current, filter, context).await?;
        self.look(current.author(), filter.subject(), context)
            .await?;
        let page = self.0.store.search(filter, before, limit).await?;
        self.seen(&current.actor(), None, page).await
    }

    /// Whether somebody reads the whole journal, before what they ask for is looked at; a no is recorded (T1).
    ///
    /// # Errors
    /// As [`Aplus::journal`].
    pub async fn may_read_journal(
        &self,
        current: &Current,
        filter: &EntryFilter,
        context: &Context,
    ) -> Result<(), Error> {
        let verdict = rules::may_read_journal(&current.actor());
        let (account, group) = (filter.account, filter.group);
        self.allow(
            current,
            Action::ReadJournal,
            account,
            group,
            verdict,
            context,
        )
        .await
    }

    /// Whose an address is, for support that narrows the journal to somebody: an account's, which is then looked at, or an
    /// operator's; none if it is nobody's (A5, T1).
    ///
    /// # Errors
    /// As [`Aplus::journal`].
    pub async fn whose(
        &self,
        current: &Current,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<Option<Author>, Error> {
        let nothing = EntryFilter::default();
        self.may_read_journal(current, &nothing, context).await?;
        if let Some(account) = self.0.store.account_by_email(email).await? {
            let subject = Subject::Account(account.id());
            self.look(current.author(), subject, context).await?;
            return Ok(Some(Author::Account(account.id())));
        }
        let operator = self.0.store.operator_by_email(email).await?;
        Ok(operator.map(|operator| Author::Operator(operator.id)))
    }

    /// A page of one's own journal, the newest first: what was done on one's account, and what one did; of an operator,
    /// what the operator did. Reading it is no entry.
    ///
    /// # Errors
    /// What the store says.
    pub async fn my_journal(
        &self,
        current: &Current,
        before: Option<EntryPosition>,
        limit: u32,
    ) -> Result<Page<SeenEntry>, Error> {
        let own = current.principal();
        let page = match own {
            Principal::Account(account) => self.0.store.entries_of(account, before, limit).await?,
            Principal::Operator(operator) => {
                let filter = EntryFilter {
                    author: Some(Author::Operator(operator)),
                    ..EntryFilter::default()
                };
                self.0.store.search(&filter, before, limit).await?
            }
        };
        self.seen(&current.actor(), Some(own), page).await
    }

    async fn seen(
        &self,
        actor: &Actor,
        own: Option<Principal>,
        page: Page<StoredEntry>,
    ) -> Result<Page<SeenEntry>, Error> {
        let people = self.0.store.people(&mentioned(&page.items)).await?;
        let people = &people;
        let reader = Reader { actor, own, people };
        let items = page.items.into_iter();
        Ok(Page {
            items: items.filter_map(|entry| reader.read(entry)).collect(),
            next: page.next,
        })
    }
}
