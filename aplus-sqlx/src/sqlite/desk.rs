//! Conversations with support, on SQLite. A trigger looks at the machine's clock as well (P84).

use aplus_core::account::Version;
use aplus_core::conversation::{
    Conversation, ConversationMessage, ConversationState, Enquirer, InboxPlace, MessageText,
    Speaker, WrittenAnswer,
};
use aplus_core::ports::{Desk, Inbox, Outcome, Page, StoreError, Written};
use aplus_core::rules::{
    AddMessage, AnswerConversation, CloseConversation, EraseConversations, OpenConversation,
    Permitted, TypedAddress,
};
use aplus_core::{AccountId, Act, ConversationId, EmailAddress, Timestamp, acknowledgement_day};
use async_trait::async_trait;
use sqlx::{Result, SqliteConnection};

use super::acts::{record, refused};
use super::logins::known_domain;
use super::{SqliteStore, act, read};
use crate::rows::{self, speaker_columns};

/// What an act on a conversation changes.
struct Change {
    id: ConversationId,
    version: Version,
    state: ConversationState,
    said: Option<(Speaker, MessageText)>,
}

impl Change {
    fn adding(act: &Act<AddMessage>) -> Self {
        Self {
            id: act.action().conversation(),
            version: act.action().version(),
            state: ConversationState::Waiting,
            said: Some((Speaker::Account(act.account()), act.action().text().clone())),
        }
    }

    fn answering(act: &Act<AnswerConversation>) -> Self {
        Self {
            id: act.action().conversation(),
            version: act.action().version(),
            state: ConversationState::Answered,
            said: Some((
                Speaker::Operator(act.operator()),
                act.action().text().clone(),
            )),
        }
    }

    fn closing(act: &Act<CloseConversation>) -> Self {
        Self {
            id: act.action().conversation(),
            version: act.action().version(),
            state: ConversationState::Closed,
            said: None,
        }
    }
}

/// Opens a conversation with its first message (P80); `Stale` where the address that a visitor typed was acknowledged on this day
/// already (P83).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn open_conversation(
    connection: &mut SqliteConnection,
    act: Act<OpenConversation>,
) -> Result<Outcome<ConversationId>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let begun = act.begun();
    let email = match &begun.enquirer {
        Enquirer::Account(_) => None,
        Enquirer::Visitor(email) => email.as_ref(),
    };
    if let (Some(email), Some(day)) = (email, act.acknowledged_on())
        && is_acknowledged(connection, email, day).await?
    {
        return Ok(Outcome::Stale);
    }
    // The entry comes before the conversation that bears its id.
    record(connection, &act).await?;
    sqlx::query(
        "insert into aplus_conversation
            (id, account_id, email, acknowledged_on, subject, state, since, opened_at, last_message_at, version)
        values (?1, ?2, ?3, ?4, ?5, 'waiting', ?6, ?6, ?6, 1)",
    )
    .bind(begun.id.as_uuid())
    .bind(begun.enquirer.account().map(|id| *id.as_uuid()))
    .bind(email.map(EmailAddress::as_str))
    .bind(act.acknowledged_on())
    .bind(begun.subject.as_ref().map(|subject| subject.as_str()))
    .bind(begun.opened_at.as_unix_micros())
    .execute(&mut *connection)
    .await?;
    let text = &act.action().draft().text;
    say(
        connection,
        begun.id,
        begun.version,
        act.speaker(),
        text,
        act.at(),
    )
    .await?;
    Ok(Outcome::Done(begun.id))
}

async fn say(
    connection: &mut SqliteConnection,
    id: ConversationId,
    place: Version,
    speaker: Speaker,
    text: &MessageText,
    at: Timestamp,
) -> Result<()> {
    let (kind, speaker) = speaker_columns(speaker);
    sqlx::query(
        "insert into aplus_conversation_message (conversation_id, place, speaker_kind, speaker_id, text, at)
        values (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(id.as_uuid())
    .bind(place.0)
    .bind(kind)
    .bind(speaker)
    .bind(text.as_str())
    .bind(at.as_unix_micros())
    .execute(connection)
    .await?;
    Ok(())
}

async fn is_acknowledged(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
    day: i64,
) -> Result<bool> {
    sqlx::query_scalar(
        "select exists (select 1 from aplus_conversation where email = ?1 and acknowledged_on = ?2)",
    )
    .bind(email.as_str())
    .bind(day)
    .fetch_one(connection)
    .await
}

async fn change<A: Permitted>(
    connection: &mut SqliteConnection,
    act: &Act<A>,
    changed: Change,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, act).await? {
        return Ok(refused);
    }
    let Change {
        id,
        version,
        state,
        said,
    } = changed;
    let written = sqlx::query(
        "update aplus_conversation
        set version = version + 1, state = ?3,
            since = case when state = 'waiting' and ?3 = 'waiting' then since else ?4 end,
            last_message_at = case when ?5 then max(last_message_at, ?4) else last_message_at end
        where id = ?1 and version = ?2 and erased_at is null",
    )
    .bind(id.as_uuid())
    .bind(version.0)
    .bind(state.as_str())
    .bind(act.at().as_unix_micros())
    .bind(said.is_some())
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(Outcome::Stale);
    }
    if let Some((speaker, text)) = said {
        let place = Version(version.0 + 1);
        say(connection, id, place, speaker, &text, act.at()).await?;
    }
    record(connection, act).await?;
    Ok(Outcome::Done(()))
}

/// Adds a message of its person (P80, P81).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn add_message(
    connection: &mut SqliteConnection,
    act: Act<AddMessage>,
) -> Result<Outcome<()>> {
    let changed = Change::adding(&act);
    change(connection, &act, changed).await
}

/// Adds an answer of an operator (P80, P81).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn answer_conversation(
    connection: &mut SqliteConnection,
    act: Act<AnswerConversation>,
) -> Result<Outcome<()>> {
    let changed = Change::answering(&act);
    change(connection, &act, changed).await
}

/// Closes a conversation (P80, P81).
///
/// # Errors
/// Of the database; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn close_conversation(
    connection: &mut SqliteConnection,
    act: Act<CloseConversation>,
) -> Result<Outcome<()>> {
    let changed = Change::closing(&act);
    change(connection, &act, changed).await
}

/// A conversation by its id.
///
/// # Errors
/// Of the database.
pub async fn conversation(
    connection: &mut SqliteConnection,
    id: ConversationId,
) -> Result<Option<Conversation>> {
    let row = sqlx::query("select * from aplus_conversation where id = ?1")
        .bind(id.as_uuid())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(rows::conversation).transpose()
}

/// What was said in a conversation, after a place; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn messages(
    connection: &mut SqliteConnection,
    id: ConversationId,
    after: Version,
    limit: u32,
) -> Result<Page<ConversationMessage>> {
    let rows = sqlx::query(
        "select * from aplus_conversation_message where conversation_id = ?1 and place > ?2 order by place limit ?3",
    )
    .bind(id.as_uuid())
    .bind(after.0)
    .bind(i64::from(limit) + 1)
    .fetch_all(connection)
    .await?;
    let messages = rows.iter().map(rows::message).collect::<Result<_>>()?;
    Ok(rows::page(
        messages,
        limit,
        |message: &ConversationMessage| message.place.0.to_string(),
    ))
}

/// The conversations of an account, the newest first, before a cursor; at most `limit`.
///
/// # Errors
/// Of the database.
pub async fn conversations_of(
    connection: &mut SqliteConnection,
    account: AccountId,
    before: Option<ConversationId>,
    limit: u32,
) -> Result<Page<Conversation>> {
    // After every id comes one that is longer.
    let before = before.map_or(vec![0xff; 17], |id| id.as_uuid().as_bytes().to_vec());
    let rows = sqlx::query(
        "select * from aplus_conversation where account_id = ?1 and id < ?2 order by id desc limit ?3",
    )
    .bind(account.as_uuid())
    .bind(before)
    .bind(i64::from(limit) + 1)
    .fetch_all(connection)
    .await?;
    let conversations = rows.iter().map(rows::conversation).collect::<Result<_>>()?;
    Ok(rows::page(conversations, limit, |it: &Conversation| {
        it.id.to_string()
    }))
}

/// Open conversations, the one first that has been so for the longest, after a cursor; at most `limit` (P82).
///
/// # Errors
/// Of the database.
pub async fn inbox(
    connection: &mut SqliteConnection,
    of: Inbox,
    after: Option<InboxPlace>,
    limit: u32,
) -> Result<Page<Conversation>> {
    // The index holds what is not closed, and is taken only where that is said as it says it.
    let statement = match of {
        Inbox::Waiting => {
            "select * from aplus_conversation where state = 'waiting' and state != 'closed' and (since, id) > (?1, ?2)
            order by since, id limit ?3"
        }
        Inbox::Answered => {
            "select * from aplus_conversation where state = 'answered' and state != 'closed' and (since, id) > (?1, ?2)
            order by since, id limit ?3"
        }
    };
    let rows = sqlx::query(statement)
        .bind(after.map_or(-1, |after| after.since.as_unix_micros()))
        .bind(after.map(|after| *after.id.as_uuid()).unwrap_or_default())
        .bind(i64::from(limit) + 1)
        .fetch_all(connection)
        .await?;
    let conversations = rows.iter().map(rows::conversation).collect::<Result<_>>()?;
    Ok(rows::page(conversations, limit, |it: &Conversation| {
        InboxPlace::from(it).to_string()
    }))
}

/// The answer at a place of a conversation, for its letter; none once it is erased.
///
/// # Errors
/// Of the database.
pub async fn written_answer(
    connection: &mut SqliteConnection,
    id: ConversationId,
    place: Version,
) -> Result<Option<WrittenAnswer>> {
    let row = sqlx::query(
        "select c.account_id, c.subject, m.text from aplus_conversation c
        join aplus_conversation_message m on m.conversation_id = c.id
        where c.id = ?1 and m.place = ?2",
    )
    .bind(id.as_uuid())
    .bind(place.0)
    .fetch_optional(connection)
    .await?;
    match row {
        Some(row) => rows::written_answer(&row, id),
        None => Ok(None),
    }
}

/// What is known at `now` of an address that a visitor typed.
///
/// # Errors
/// Of the database.
pub async fn typed_address(
    connection: &mut SqliteConnection,
    email: &EmailAddress,
    domains: Option<&[String]>,
    now: Timestamp,
) -> Result<TypedAddress> {
    Ok(TypedAddress {
        known_domain: known_domain(connection, email, domains).await?,
        acknowledged: is_acknowledged(connection, email, acknowledgement_day(now)).await?,
    })
}

/// How many conversations whose last message was written before `before` were not erased, counted up to `most`.
///
/// # Errors
/// Of the database.
pub async fn erasable_conversations(
    connection: &mut SqliteConnection,
    before: Timestamp,
    most: u32,
) -> Result<u32> {
    let due: i64 = sqlx::query_scalar(
        "select count(*) from (
            select 1 from aplus_conversation where subject is not null and last_message_at < ?1
            order by last_message_at limit ?2
        )",
    )
    .bind(before.as_unix_micros())
    .bind(most)
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(due).unwrap_or(u32::MAX))
}

/// Erases what was said in as many conversations as the act says, the oldest first (T4, P84); `Stale` if fewer are there.
///
/// # Errors
/// Of the database, also where something younger than six months was to go; then the transaction is to be dropped.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn erase_conversations(
    connection: &mut SqliteConnection,
    act: Act<EraseConversations>,
) -> Result<Outcome<()>> {
    if let Some(refused) = refused(connection, &act).await? {
        return Ok(refused);
    }
    let (before, number) = (act.action().before(), act.action().conversations());
    let due: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select id from aplus_conversation where subject is not null and last_message_at < ?1
        order by last_message_at, id limit ?2",
    )
    .bind(before.as_unix_micros())
    .bind(number)
    .fetch_all(&mut *connection)
    .await?;
    // The write lock is held: as many are there as go.
    if u32::try_from(due.len()) != Ok(number) {
        return Ok(Outcome::Stale);
    }
    for id in due {
        sqlx::query(
            "update aplus_conversation
            set subject = null, email = null, erased_at = ?2, version = version + 1, state = 'closed',
                since = case state when 'closed' then since else ?2 end
            where id = ?1",
        )
        .bind(id)
        .bind(act.at().as_unix_micros())
        .execute(&mut *connection)
        .await?;
        sqlx::query("update aplus_conversation_message set text = null where conversation_id = ?1")
            .bind(id)
            .execute(&mut *connection)
            .await?;
    }
    record(connection, &act).await?;
    Ok(Outcome::Done(()))
}

#[async_trait]
impl Desk for SqliteStore {
    async fn open_conversation(&self, act: Act<OpenConversation>) -> Written<ConversationId> {
        act!(self, open_conversation, act)
    }

    async fn add_message(&self, act: Act<AddMessage>) -> Written<()> {
        act!(self, add_message, act)
    }

    async fn answer_conversation(&self, act: Act<AnswerConversation>) -> Written<()> {
        act!(self, answer_conversation, act)
    }

    async fn close_conversation(&self, act: Act<CloseConversation>) -> Written<()> {
        act!(self, close_conversation, act)
    }

    async fn conversation(
        &self,
        id: ConversationId,
    ) -> std::result::Result<Option<Conversation>, StoreError> {
        read!(self, conversation, id)
    }

    async fn messages(
        &self,
        id: ConversationId,
        after: Version,
        limit: u32,
    ) -> std::result::Result<Page<ConversationMessage>, StoreError> {
        read!(self, messages, id, after, limit)
    }

    async fn conversations_of(
        &self,
        account: AccountId,
        before: Option<ConversationId>,
        limit: u32,
    ) -> std::result::Result<Page<Conversation>, StoreError> {
        read!(self, conversations_of, account, before, limit)
    }

    async fn inbox(
        &self,
        of: Inbox,
        after: Option<InboxPlace>,
        limit: u32,
    ) -> std::result::Result<Page<Conversation>, StoreError> {
        read!(self, inbox, of, after, limit)
    }

    async fn written_answer(
        &self,
        id: ConversationId,
        place: Version,
    ) -> std::result::Result<Option<WrittenAnswer>, StoreError> {
        read!(self, written_answer, id, place)
    }

    async fn typed_address(
        &self,
        email: &EmailAddress,
        domains: Option<&[String]>,
        now: Timestamp,
    ) -> std::result::Result<TypedAddress, StoreError> {
        read!(self, typed_address, email, domains, now)
    }

    async fn erasable_conversations(
        &self,
        before: Timestamp,
        most: u32,
    ) -> std::result::Result<u32, StoreError> {
        read!(self, erasable_conversations, before, most)
    }

    async fn erase_conversations(&self, act: Act<EraseConversations>) -> Written<()> {
        act!(self, erase_conversations, act)
    }
}
