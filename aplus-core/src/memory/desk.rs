//! Conversations with support, in memory.

use async_trait::async_trait;

use super::{Check, ConversationRow, MemoryStore, State, most, page, unless_settled};
use crate::account::Version;
use crate::acknowledgement_day;
use crate::conversation::{
    Conversation, ConversationMessage, ConversationState, Enquirer, InboxPlace, MessageText,
    Speaker, WrittenAnswer,
};
use crate::ports::{Desk, Inbox, Outcome, Page, StoreError, Written};
use crate::rules::{
    AddMessage, AnswerConversation, CloseConversation, EraseConversations, OpenConversation,
    Permitted, TypedAddress,
};
use crate::{AccountId, Act, ConversationId, EmailAddress, Timestamp};

/// What an act on a conversation changes.
struct Change {
    id: ConversationId,
    version: Version,
    state: ConversationState,
    said: Option<(Speaker, MessageText)>,
}

impl State {
    fn change<A: Permitted>(&mut self, act: &Act<A>, change: Change) -> Written<()> {
        unless_settled!(self, act);
        let Some(row) = self.conversations.get_mut(&change.id) else {
            return Ok(Outcome::Stale);
        };
        let conversation = &mut row.conversation;
        if conversation.version != change.version || conversation.erased_at.is_some() {
            return Ok(Outcome::Stale);
        }
        conversation.version.0 += 1;
        if conversation.state != ConversationState::Waiting
            || change.state != ConversationState::Waiting
        {
            conversation.since = act.at();
        }
        conversation.state = change.state;
        if let Some((speaker, text)) = change.said {
            conversation.last_message_at = conversation.last_message_at.max(act.at());
            row.messages.push(ConversationMessage {
                place: conversation.version,
                speaker,
                text: Some(text),
                at: act.at(),
            });
        }
        self.record(act);
        Ok(Outcome::Done(()))
    }

    /// Whether an address that was typed was acknowledged on this day.
    fn is_acknowledged(&self, email: &EmailAddress, day: i64) -> bool {
        self.conversations.values().any(|row| {
            row.acknowledged_on == Some(day)
                && row.conversation.enquirer == Enquirer::Visitor(Some(email.clone()))
        })
    }

    /// The conversations that are due, the oldest first.
    fn conversations_due(&self, before: Timestamp, limit: u32) -> Vec<ConversationId> {
        let rows = self.conversations.values().map(|row| &row.conversation);
        let due = rows.filter(|it| it.erased_at.is_none() && it.last_message_at < before);
        let mut due: Vec<_> = due.map(|it| (it.last_message_at, it.id)).collect();
        due.sort_unstable();
        due.truncate(most(limit));
        due.into_iter().map(|(_, id)| id).collect()
    }
}

#[async_trait]
impl Desk for MemoryStore {
    async fn open_conversation(&self, act: Act<OpenConversation>) -> Written<ConversationId> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let acknowledged_on = act.acknowledged_on();
        if let (Enquirer::Visitor(Some(email)), Some(day)) =
            (act.action().enquirer(), acknowledged_on)
            && state.is_acknowledged(email, day)
        {
            return Ok(Outcome::Stale);
        }
        let conversation = act.begun();
        let id = conversation.id;
        let first = ConversationMessage {
            place: conversation.version,
            speaker: act.speaker(),
            text: Some(act.action().draft().text.clone()),
            at: act.at(),
        };
        let row = ConversationRow {
            conversation,
            acknowledged_on,
            messages: vec![first],
        };
        state.conversations.insert(id, row);
        state.record(&act);
        Ok(Outcome::Done(id))
    }

    async fn add_message(&self, act: Act<AddMessage>) -> Written<()> {
        let said = (Speaker::Account(act.account()), act.action().text().clone());
        let change = Change {
            id: act.action().conversation(),
            version: act.action().version(),
            state: ConversationState::Waiting,
            said: Some(said),
        };
        self.state().change(&act, change)
    }

    async fn answer_conversation(&self, act: Act<AnswerConversation>) -> Written<()> {
        let said = (
            Speaker::Operator(act.operator()),
            act.action().text().clone(),
        );
        let change = Change {
            id: act.action().conversation(),
            version: act.action().version(),
            state: ConversationState::Answered,
            said: Some(said),
        };
        self.state().change(&act, change)
    }

    async fn close_conversation(&self, act: Act<CloseConversation>) -> Written<()> {
        let change = Change {
            id: act.action().conversation(),
            version: act.action().version(),
            state: ConversationState::Closed,
            said: None,
        };
        self.state().change(&act, change)
    }

    async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        let state = self.state();
        Ok(state
            .conversations
            .get(&id)
            .map(|row| row.conversation.clone()))
    }

    async fn messages(
        &self,
        id: ConversationId,
        after: Version,
        limit: u32,
    ) -> Result<Page<ConversationMessage>, StoreError> {
        let state = self.state();
        let messages = state.conversations.get(&id).map(|row| row.messages.iter());
        let messages = messages.into_iter().flatten();
        let rest = messages.filter(|it| it.place > after).cloned();
        Ok(page(rest, limit, |message| message.place.0.to_string()))
    }

    async fn conversations_of(
        &self,
        account: AccountId,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Page<Conversation>, StoreError> {
        let state = self.state();
        let rows = state
            .conversations
            .values()
            .rev()
            .map(|row| &row.conversation);
        let rest = rows
            .filter(|it| it.enquirer.account() == Some(account))
            .filter(|it| before.is_none_or(|before| it.id < before))
            .cloned();
        Ok(page(rest, limit, |it| it.id.to_string()))
    }

    async fn inbox(
        &self,
        of: Inbox,
        after: Option<InboxPlace>,
        limit: u32,
    ) -> Result<Page<Conversation>, StoreError> {
        let wanted = match of {
            Inbox::Waiting => ConversationState::Waiting,
            Inbox::Answered => ConversationState::Answered,
        };
        let state = self.state();
        let rows = state.conversations.values().map(|row| &row.conversation);
        let mut rest: Vec<_> = rows
            .filter(|it| it.state == wanted)
            .filter(|it| after.is_none_or(|after| InboxPlace::from(*it) > after))
            .cloned()
            .collect();
        rest.sort_unstable_by_key(|it| InboxPlace::from(it));
        Ok(page(rest.into_iter(), limit, |it| {
            InboxPlace::from(it).to_string()
        }))
    }

    async fn written_answer(
        &self,
        id: ConversationId,
        place: Version,
    ) -> Result<Option<WrittenAnswer>, StoreError> {
        let state = self.state();
        let Some(row) = state.conversations.get(&id) else {
            return Ok(None);
        };
        let mut messages = row.messages.iter();
        let message = messages.find(|it| it.place == place);
        let text = message.and_then(|it| it.text.clone());
        let answer = row.conversation.subject.clone().zip(text);
        Ok(answer.map(|(subject, text)| WrittenAnswer {
            subject,
            text,
            page: row.conversation.enquirer.account().map(|_| id),
        }))
    }

    async fn typed_address(
        &self,
        email: &EmailAddress,
        domains: Option<&[String]>,
        now: Timestamp,
    ) -> Result<TypedAddress, StoreError> {
        let state = self.state();
        Ok(TypedAddress {
            known_domain: state.known_domain(email, domains),
            acknowledged: state.is_acknowledged(email, acknowledgement_day(now)),
        })
    }

    async fn erasable_conversations(
        &self,
        before: Timestamp,
        most: u32,
    ) -> Result<u32, StoreError> {
        let due = self.state().conversations_due(before, most).len();
        Ok(u32::try_from(due).unwrap_or(u32::MAX))
    }

    async fn erase_conversations(&self, act: Act<EraseConversations>) -> Written<()> {
        let mut state = self.state();
        unless_settled!(state, &act);
        let (before, number) = (act.action().before(), act.action().conversations());
        let due = state.conversations_due(before, number);
        if u32::try_from(due.len()) != Ok(number) {
            return Ok(Outcome::Stale);
        }
        for id in due {
            let Some(row) = state.conversations.get_mut(&id) else {
                continue;
            };
            let conversation = &mut row.conversation;
            conversation.subject = None;
            if let Enquirer::Visitor(email) = &mut conversation.enquirer {
                *email = None;
            }
            if conversation.state != ConversationState::Closed {
                conversation.state = ConversationState::Closed;
                conversation.since = act.at();
            }
            conversation.erased_at = Some(act.at());
            conversation.version.0 += 1;
            for message in &mut row.messages {
                message.text = None;
            }
        }
        state.record(&act);
        Ok(Outcome::Done(()))
    }
}
