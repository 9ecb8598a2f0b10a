//! Operators: the machine makes them, one suspends another, two bring one back (A14).

use super::accounts::wanted;
use super::{Acted, Aplus, Context, Current, Error};
use crate::account::{Operator, RestoreAsked};
use crate::ports::{Facts, Page};
use crate::rules::{self, Action, Permit, RestoreOperator};
use crate::{Act, Actable, Author, EmailAddress, EntryId, OperatorId, OperatorStanding, Refusal};

/// An operator who is acted on, with the one who asked for them, both as they stand.
struct Colleague {
    operator: Operator,
    asked_by: Option<OperatorStanding>,
}

impl Aplus {
    /// The machine adds an operator, or restores a suspended one (A14).
    ///
    /// # Errors
    /// [`Refusal::EmailTaken`] if the address is an account's or an active operator's already; what the store says.
    pub async fn add_operator(
        &self,
        email: &EmailAddress,
        context: &Context,
    ) -> Result<Operator, Error> {
        let known = self.0.store.operator_by_email(email).await?;
        let known = known.as_ref().map(Operator::standing);
        let decide = |facts: &Facts| rules::add_operator(&facts.actor, email, known.as_ref());
        let write = |act| self.0.store.add_operator(act);
        let wanted = wanted(Author::Machine, None, None);
        match self
            .act(
                Action::AddOperator,
                wanted,
                context,
                Some(email),
                decide,
                write,
            )
            .await?
        {
            Acted::Done(operator) => Ok(operator),
            Acted::Repeated(_) => Err(Error::KeyReused),
        }
    }

    /// Operators in the order of their ids: for operators (A14).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; what the store says.
    pub async fn operators(
        &self,
        current: &Current,
        after: Option<OperatorId>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<Operator>, Error> {
        let verdict = rules::may_act_as_support(&current.actor());
        self.allow(current, Action::Look, None, None, verdict, context)
            .await?;
        Ok(self.0.store.operators(after, limit).await?)
    }

    /// An operator suspends another at once: their sessions and links end (A14).
    ///
    /// # Errors
    /// As [`rules::suspend_operator`]; [`Refusal::OperatorNotFound`]; what the store says.
    pub async fn suspend_operator(
        &self,
        author: Author,
        operator: OperatorId,
        context: &Context,
    ) -> Result<(), Error> {
        let decide = |facts: &Facts, found: &Colleague| {
            rules::suspend_operator(&facts.actor, &found.operator.standing())
        };
        let write = |act| self.0.store.suspend_operator(act);
        let action = Action::SuspendOperator;
        self.on_operator(action, author, operator, context, decide, write)
            .await
            .map(|_| ())
    }

    /// An operator asks for a suspended one to be brought back; the second one who asks within a day brings them back (A14).
    /// Answers whether the operator was brought back.
    ///
    /// # Errors
    /// As [`rules::restore_operator`]; [`Refusal::OperatorNotFound`]; what the store says.
    pub async fn restore_operator(
        &self,
        author: Author,
        operator: OperatorId,
        context: &Context,
    ) -> Result<bool, Error> {
        let decide = |facts: &Facts, found: &Colleague| {
            let asked = found.operator.restore_asked.zip(found.asked_by.as_ref());
            rules::restore_operator(&facts.actor, &found.operator.standing(), asked, self.now())
        };
        let write = |act: Act<RestoreOperator>| -> super::Writing<'_, bool> {
            let second = act.action().with().is_some();
            let written = self.0.store.restore_operator(act);
            Box::pin(async move { Ok(written.await?.map(|()| second)) })
        };
        let action = Action::RestoreOperator;
        match self
            .on_operator(action, author, operator, context, decide, write)
            .await?
        {
            Acted::Done(second) => Ok(second),
            Acted::Repeated(repeated) => self.brought_back(repeated.entry).await,
        }
    }

    /// Who asked for a suspended operator, and when, where that still counts (A14): for whoever may ask as the second.
    ///
    /// # Errors
    /// What the store says.
    pub async fn asked_back(
        &self,
        operator: &Operator,
    ) -> Result<Option<(RestoreAsked, Operator)>, Error> {
        let Some(asked) = operator.restore_asked else {
            return Ok(None);
        };
        let by = self.0.store.operator(asked.by).await?;
        let counts = |by: &Operator| rules::asking_counts(asked, &by.standing(), self.now());
        Ok(by.filter(counts).map(|by| (asked, by)))
    }

    /// What a request that comes again was answered: whatever happened since, its entry says whether it was the second asking.
    async fn brought_back(&self, entry: EntryId) -> Result<bool, Error> {
        let before = entry.as_uuid().as_u128().saturating_sub(1);
        let before = EntryId::from_uuid(uuid::Uuid::from_u128(before));
        let entries = self.0.store.entries(Some(before), 1).await?;
        let written = entries.first().filter(|found| found.id == entry);
        match written.map(|found| found.kind.as_str()) {
            Some("operator_restored") => Ok(true),
            Some("operator_restore_asked") => Ok(false),
            // The key was used for an act of another kind.
            Some(_) | None => Err(Error::KeyReused),
        }
    }

    async fn on_operator<'a, A: Actable, T>(
        &'a self,
        action: Action,
        author: Author,
        id: OperatorId,
        context: &Context,
        decide: impl Fn(&Facts, &Colleague) -> Result<Permit<A>, Refusal> + Send + Sync,
        write: impl Fn(Act<A>) -> super::Writing<'a, T> + Send + Sync,
    ) -> Result<Acted<T>, Error> {
        for _ in 0..super::ATTEMPTS {
            let found = match self.0.store.operator(id).await? {
                None => None,
                Some(operator) => {
                    let asked_by = match operator.restore_asked {
                        Some(asked) => self.0.store.operator(asked.by).await?,
                        None => None,
                    };
                    let asked_by = asked_by.as_ref().map(Operator::standing);
                    Some(Colleague { operator, asked_by })
                }
            };
            let decide = |facts: &Facts| match &found {
                Some(found) => decide(facts, found),
                None => {
                    rules::may_act_as_support(&facts.actor)?;
                    Err(Refusal::OperatorNotFound)
                }
            };
            let wanted = wanted(author, None, None);
            let acted = self.act_once(action, &wanted, context, None, &decide, &write);
            if let Some(acted) = acted.await? {
                return Ok(acted);
            }
        }
        Err(Self::moved(action))
    }
}
