//! Conversations with support: opening, adding, answering, closing, reading (S2). What was said is never in the journal.

use std::sync::Arc;

use jiff::civil::Date;

use super::accounts::wanted;
use super::{Acted, Aplus, Context, Current, Error, NoticeDomains};
use crate::account::Version;
use crate::conversation::{
    Conversation, ConversationDraft, ConversationFacts, ConversationMessage, InboxPlace,
    MessageText,
};
use crate::journal::BodyHash;
use crate::ports::{Desk, Facts, Inbox, Outcome, Page, StoreError, Wanted};
use crate::rules::{self, Action, Permit, Subject};
use crate::{
    Act, Actable, Actor, Author, ConversationId, EmailAddress, Refusal, RequestId, Timestamp,
};

/// How many messages of a conversation are read at once.
const MESSAGES: u32 = 50;

/// A request that reached support (S2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// The conversation.
    pub conversation: ConversationId,
    /// By which day support usually answers. It is no promise.
    pub answer_by: Date,
}

/// A conversation with a part of what was said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The conversation.
    pub conversation: Conversation,
    /// What was said, the oldest first.
    pub messages: Page<ConversationMessage>,
}

impl Aplus {
    /// The desk, where the host has one.
    #[must_use]
    pub fn desk(&self) -> Option<&dyn Desk> {
        self.0.desk.as_deref()
    }

    fn at_desk(&self) -> Result<&Arc<dyn Desk>, Error> {
        let missing = || StoreError::broken("there is no desk: Builder::desk names one");
        Ok(self.0.desk.as_ref().ok_or_else(missing)?)
    }

    /// By which day support usually answers what is asked at `at`, by the calendar that the host chose and in the site's own time
    /// (S2). It is no promise.
    #[must_use]
    pub fn usual_answer(&self, at: Timestamp) -> Date {
        let asked_at = self.site().local(at).datetime();
        self.0.calendar.usual_answer(asked_at)
    }

    /// Somebody who is logged in writes to support (S2); it is acknowledged by a mail.
    ///
    /// # Errors
    /// As [`rules::open_conversation`]; what the desk says.
    pub async fn open_conversation(
        &self,
        author: Author,
        draft: &ConversationDraft,
        context: &Context,
    ) -> Result<Received, Error> {
        let desk = self.at_desk()?;
        let answer_by = self.usual_answer(self.now());
        let decide = |facts: &Facts| rules::open_conversation(&facts.actor, draft, answer_by);
        let write = |act| desk.open_conversation(act);
        let wanted = wanted(author, None, None);
        let action = Action::OpenConversation;
        match self
            .act(action, wanted, context, None, decide, write)
            .await?
        {
            Acted::Done(conversation) => Ok(Received {
                conversation,
                answer_by,
            }),
            Acted::Repeated(repeated) => self.kept(repeated.entry).await,
        }
    }

    /// Somebody who is not logged in writes to support (S2), at an address that they typed. What is answered does not depend on
    /// the address, nor whether it is acknowledged by a mail (L7).
    ///
    /// # Errors
    /// [`Error::KeyReused`]; what the desk says.
    pub async fn open_visitors_conversation(
        &self,
        email: &EmailAddress,
        draft: &ConversationDraft,
        context: &Context,
    ) -> Result<Received, Error> {
        let desk = self.at_desk()?;
        let request = context.request_of_visitor(email);
        for _ in 0..super::ATTEMPTS {
            let now = self.now();
            let answer_by = self.usual_answer(now);
            let domains = self.notice_domains();
            let address = desk.typed_address(email, domains, now).await?;
            let permit = rules::open_visitors_conversation(email, address, draft, answer_by);
            let act = permit.into_act(self.visitors_circumstances(context, request, now)?);
            let received = match desk.open_conversation(context.telling(act)).await? {
                Outcome::Done(conversation) => Received {
                    conversation,
                    answer_by,
                },
                Outcome::Repeated(repeated) => {
                    let repeated = self.same_body(context, request, repeated)?;
                    self.kept(repeated.entry).await?
                }
                // Another request of the same address was acknowledged meanwhile.
                Outcome::Stale | Outcome::Taken => continue,
            };
            self.0.work.notify_one();
            return Ok(received);
        }
        Err(Self::moved(Action::OpenConversation))
    }

    fn notice_domains(&self) -> Option<&[String]> {
        match &self.0.notices {
            NoticeDomains::Known(domains) => Some(domains.as_slice()),
            NoticeDomains::Any => None,
        }
    }

    fn visitors_circumstances(
        &self,
        context: &Context,
        request: Option<RequestId>,
        now: Timestamp,
    ) -> Result<crate::Circumstances, StoreError> {
        let request: Option<(RequestId, BodyHash)> = self.stored_request(context, request);
        let unnamed = Context {
            idempotency: None,
            ..context.clone()
        };
        let circumstances = self.circumstances_at(now, &unnamed, Author::Machine)?;
        Ok(crate::Circumstances {
            request,
            ..circumstances
        })
    }

    /// A request that was taken in before, with the day that was told then: a conversation bears the id of the entry that tells
    /// of its opening.
    async fn kept(&self, entry: crate::EntryId) -> Result<Received, Error> {
        let id = ConversationId::from_uuid(*entry.as_uuid());
        let found = self.at_desk()?.conversation(id).await?;
        let kept = found.ok_or(Error::KeyReused)?;
        Ok(Received {
            conversation: kept.id,
            answer_by: self.usual_answer(kept.opened_at),
        })
    }

    /// The person of a conversation writes a further message; a closed one is open again with it.
    ///
    /// # Errors
    /// As [`rules::add_message`]; what the desk says.
    pub async fn add_message(
        &self,
        author: Author,
        conversation: ConversationId,
        text: &MessageText,
        context: &Context,
    ) -> Result<(), Error> {
        let desk = self.at_desk()?;
        let decide =
            |actor: &Actor, facts: &ConversationFacts| rules::add_message(actor, facts, text);
        let write = |act| desk.add_message(act);
        let action = Action::AddMessage;
        self.on_conversation(action, author, conversation, context, decide, write)
            .await
    }

    /// An operator answers what they read at version `seen`; the answer goes by mail too.
    ///
    /// # Errors
    /// As [`rules::answer_conversation`], [`rules::as_read`]; [`Refusal::ConversationNotFound`]; what the desk says.
    pub async fn answer_conversation(
        &self,
        author: Author,
        conversation: ConversationId,
        seen: Version,
        text: &MessageText,
        context: &Context,
    ) -> Result<(), Error> {
        let desk = self.at_desk()?;
        let decide = |actor: &Actor, facts: &ConversationFacts| {
            let permit = rules::answer_conversation(actor, facts, text)?;
            rules::as_read(facts, seen).map(|()| permit)
        };
        let write = |act| desk.answer_conversation(act);
        let action = Action::AnswerConversation;
        self.on_conversation(action, author, conversation, context, decide, write)
            .await
    }

    /// An operator closes a conversation that they read at version `seen`.
    ///
    /// # Errors
    /// As [`rules::close_conversation`], [`rules::as_read`]; [`Refusal::ConversationNotFound`]; what the desk says.
    pub async fn close_conversation(
        &self,
        author: Author,
        conversation: ConversationId,
        seen: Version,
        context: &Context,
    ) -> Result<(), Error> {
        let desk = self.at_desk()?;
        let decide = |actor: &Actor, facts: &ConversationFacts| {
            let permit = rules::close_conversation(actor, facts)?;
            rules::as_read(facts, seen).map(|()| permit)
        };
        let write = |act| desk.close_conversation(act);
        let action = Action::CloseConversation;
        self.on_conversation(action, author, conversation, context, decide, write)
            .await
    }

    async fn on_conversation<'a, A: Actable>(
        &'a self,
        action: Action,
        author: Author,
        id: ConversationId,
        context: &Context,
        decide: impl Fn(&Actor, &ConversationFacts) -> Result<Permit<A>, Refusal> + Send + Sync,
        write: impl Fn(Act<A>) -> super::Writing<'a, ()> + Send + Sync,
    ) -> Result<(), Error> {
        for _ in 0..super::ATTEMPTS {
            let found = self.at_desk()?.conversation(id).await?;
            let facts_of = found.as_ref().map(Conversation::facts);
            let decide = |facts: &Facts| match &facts_of {
                Some(conversation) => decide(&facts.actor, conversation),
                None => Err(rules::no_such_conversation(&facts.actor, action)),
            };
            let wanted: Wanted = wanted(author, None, None);
            let acted = self.act_once(action, &wanted, context, None, &decide, &write);
            if acted.await?.is_some() {
                return Ok(());
            }
        }
        Err(Self::moved(action))
    }

    /// Whether somebody may begin `action` on a conversation at all, by this rule, whatever else their request holds: so that only
    /// who may learns what is wrong with the rest. A no is recorded (T1).
    ///
    /// # Errors
    /// [`Refusal::ConversationNotFound`], what `rule` refuses; what the desk says.
    pub async fn allow_on_conversation(
        &self,
        current: &Current,
        action: Action,
        id: ConversationId,
        rule: fn(&Actor, &ConversationFacts) -> Result<(), Refusal>,
        context: &Context,
    ) -> Result<(), Error> {
        let found = self.at_desk()?.conversation(id).await?;
        let actor = current.actor();
        let verdict = match &found {
            Some(conversation) => rule(&actor, &conversation.facts()),
            None => Err(rules::no_such_conversation(&actor, action)),
        };
        self.allow(current, action, None, None, verdict, context)
            .await
    }

    /// A conversation with what was said in it after a place, for its own account and for support (A9), whose look is an entry
    /// (T1).
    ///
    /// # Errors
    /// As [`rules::may_view_conversation`]; what the desk says.
    pub async fn conversation(
        &self,
        current: &Current,
        id: ConversationId,
        after: Version,
        context: &Context,
    ) -> Result<Thread, Error> {
        let desk = self.at_desk()?;
        let found = desk.conversation(id).await?;
        let (actor, action) = (current.actor(), Action::ViewConversation);
        let verdict = match found {
            Some(conversation) => {
                rules::may_view_conversation(&actor, &conversation.facts()).map(|()| conversation)
            }
            None => Err(rules::no_such_conversation(&actor, action)),
        };
        let conversation = self
            .allow(current, action, None, None, verdict, context)
            .await?;
        let subject = Subject::Conversation {
            conversation: id,
            account: conversation.enquirer.account(),
        };
        self.look_if_support(current, subject, context).await?;
        Ok(Thread {
            messages: desk.messages(id, after, MESSAGES).await?,
            conversation,
        })
    }

    /// One's own conversations, the newest first, before a cursor; at most `limit`.
    ///
    /// # Errors
    /// As [`rules::may_open_conversation`]; what the desk says.
    pub async fn my_conversations(
        &self,
        current: &Current,
        before: Option<ConversationId>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<Conversation>, Error> {
        let verdict = rules::may_open_conversation(&current.actor());
        let action = Action::OpenConversation;
        self.allow(current, action, None, None, verdict, context)
            .await?;
        match current.account() {
            Some(account) => {
                let desk = self.at_desk()?;
                Ok(desk.conversations_of(account.id(), before, limit).await?)
            }
            None => Err(Error::Refused(Refusal::NotAccount)),
        }
    }

    /// Open conversations for support, the one first that has been so for the longest, after a cursor; at most `limit`. Each page
    /// is an entry, written before it is read (T1).
    ///
    /// # Errors
    /// [`Refusal::NotOperator`], [`Refusal::OperatorSuspended`]; what the desk says.
    pub async fn inbox(
        &self,
        current: &Current,
        of: Inbox,
        after: Option<InboxPlace>,
        limit: u32,
        context: &Context,
    ) -> Result<Page<Conversation>, Error> {
        let verdict = rules::may_act_as_support(&current.actor());
        self.allow(current, Action::Look, None, None, verdict, context)
            .await?;
        self.look(current.author(), Subject::Inbox, context).await?;
        Ok(self.at_desk()?.inbox(of, after, limit).await?)
    }
}
