//! Conversations with support, on PostgreSQL: one statement each; erased through the owner's door alone, which looks at the
//! database's own clock (P84).

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
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Result, Row};

use super::acts::{act_statement, bound, micros, outcome};
use super::{PostgresStore, act, read};
use crate::rows::{self, speaker_columns};

/// The columns of the table `conversation` that a reader needs.
macro_rules! conversation_columns {
    () => {
        "id, account_id, email, subject, state, since, opened_at, last_message_at, erased_at, version"
    };
}

/// Open conversations of one state, after the place `$1`, `$2`, at most `$3`.
macro_rules! inbox {
    ($state:literal) => {
        concat!(
            "select ",
            conversation_columns!(),
            " from aplus.conversation where state = '",
            $state,
            "' and (since, id) > ($1, $2) order by since, id limit $3"
        )
    };
}

/// The statement of an act on the conversation `$31` at version `$32`; `$done` follows what changed.
macro_rules! change_statement {
    ($done:literal) => {
        act_statement!(
            "share",
            concat!(
                "changed as (
                    update aplus.conversation c
                    set version = c.version + 1, state = $33,
                        since = case when c.state = 'waiting' and $33 = 'waiting' then c.since else $9 end,
                        last_message_at = case when $34 then greatest(c.last_message_at, $9) else c.last_message_at end
                    where c.id = $31 and c.version = $32 and c.erased_at is null and exists (select from fresh)
                    returning c.id, c.version
                ),
                ",
                $done
            ),
            ""
        )
    };
}

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
/// already (P83): whoever comes second in the same moment waits, and then finds the first.
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn open_conversation(
    connection: &mut PgConnection,
    act: Act<OpenConversation>,
) -> Result<Outcome<ConversationId>> {
    let begun = act.begun();
    let email = match &begun.enquirer {
        Enquirer::Account(_) => None,
        Enquirer::Visitor(email) => email.as_ref(),
    };
    let (kind, speaker) = speaker_columns(act.speaker());
    let row = bound(
        act_statement!(
            "share",
            "opened as (
                insert into aplus.conversation (id, account_id, email, acknowledged_on, subject, state, since, opened_at,
                    last_message_at, version)
                select $8, $31, $32, $33, $34, 'waiting', $9, $9, $9, 1 from fresh
                on conflict (email, acknowledged_on) where acknowledged_on is not null do nothing
                returning id
            ),
            done as (
                insert into aplus.conversation_message (conversation_id, place, speaker_kind, speaker_id, text, at)
                select id, 1, $35, $36, $37, $9 from opened
                returning conversation_id as id
            )",
            ""
        ),
        &act,
    )
    .bind(begun.enquirer.account().map(|id| *id.as_uuid()))
    .bind(email.map(|email| email.as_str().to_owned()))
    .bind(act.acknowledged_on())
    .bind(begun.subject.as_ref().map(|it| it.as_str().to_owned()))
    .bind(kind)
    .bind(speaker)
    .bind(act.action().draft().text.as_str().to_owned())
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(begun.id), Outcome::Stale)
}

async fn change<A: Permitted>(
    connection: &mut PgConnection,
    act: &Act<A>,
    changed: Change,
) -> Result<Outcome<()>> {
    let statement = match changed.said {
        Some(_) => change_statement!(
            "done as (
                insert into aplus.conversation_message (conversation_id, place, speaker_kind, speaker_id, text, at)
                select id, version, $35, $36, $37, $9 from changed
                returning conversation_id as id
            )"
        ),
        None => change_statement!("done as (select id from changed)"),
    };
    let mut query = bound(statement, act)
        .bind(*changed.id.as_uuid())
        .bind(changed.version.0)
        .bind(changed.state.as_str())
        .bind(changed.said.is_some());
    if let Some((speaker, text)) = changed.said {
        let (kind, speaker) = speaker_columns(speaker);
        query = query
            .bind(kind)
            .bind(speaker)
            .bind(text.as_str().to_owned());
    }
    let row = query.fetch_one(connection).await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

/// Adds a message of its person (P80, P81).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn add_message(
    connection: &mut PgConnection,
    act: Act<AddMessage>,
) -> Result<Outcome<()>> {
    let changed = Change::adding(&act);
    change(connection, &act, changed).await
}

/// Adds an answer of an operator (P80, P81).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn answer_conversation(
    connection: &mut PgConnection,
    act: Act<AnswerConversation>,
) -> Result<Outcome<()>> {
    let changed = Change::answering(&act);
    change(connection, &act, changed).await
}

/// Closes a conversation (P80, P81).
///
/// # Errors
/// Of the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn close_conversation(
    connection: &mut PgConnection,
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
    connection: &mut PgConnection,
    id: ConversationId,
) -> Result<Option<Conversation>> {
    let row = sqlx::query(concat!(
        "select ",
        conversation_columns!(),
        " from aplus.conversation where id = $1"
    ))
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
    connection: &mut PgConnection,
    id: ConversationId,
    after: Version,
    limit: u32,
) -> Result<Page<ConversationMessage>> {
    let rows = sqlx::query(
        "select place, speaker_kind, speaker_id, text, at from aplus.conversation_message
        where conversation_id = $1 and place > $2 order by place limit $3",
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
    connection: &mut PgConnection,
    account: AccountId,
    before: Option<ConversationId>,
    limit: u32,
) -> Result<Page<Conversation>> {
    let rows = sqlx::query(concat!(
        "select ",
        conversation_columns!(),
        " from (select ",
        conversation_columns!(),
        " from aplus.conversation where account_id = $1 offset 0) as own
        where id <= coalesce($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid) and id is distinct from $2
        order by id desc limit $3"
    ))
    .bind(account.as_uuid())
    .bind(before.map(|id| *id.as_uuid()))
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
    connection: &mut PgConnection,
    of: Inbox,
    after: Option<InboxPlace>,
    limit: u32,
) -> Result<Page<Conversation>> {
    let statement = match of {
        Inbox::Waiting => inbox!("waiting"),
        Inbox::Answered => inbox!("answered"),
    };
    let rows = sqlx::query(statement)
        .bind(after.map_or(-1, |after| micros(after.since)))
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
    connection: &mut PgConnection,
    id: ConversationId,
    place: Version,
) -> Result<Option<WrittenAnswer>> {
    let row: Option<PgRow> = sqlx::query(
        "select c.account_id, c.subject, m.text from aplus.conversation c
        join aplus.conversation_message m on m.conversation_id = c.id
        where c.id = $1 and m.place = $2",
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
    connection: &mut PgConnection,
    email: &EmailAddress,
    domains: Option<&[String]>,
    now: Timestamp,
) -> Result<TypedAddress> {
    let row = sqlx::query(
        "select
            $3::text[] is null or $2 = any ($3) or exists (select from aplus.account where domain = $2) as known_domain,
            exists (select from aplus.conversation where email = $1 and acknowledged_on = $4) as acknowledged",
    )
    .bind(email.as_str())
    .bind(email.domain())
    .bind(domains)
    .bind(acknowledgement_day(now))
    .fetch_one(connection)
    .await?;
    Ok(TypedAddress {
        known_domain: row.try_get("known_domain")?,
        acknowledged: row.try_get("acknowledged")?,
    })
}

/// How many conversations whose last message was written before `before` were not erased, counted up to `most`.
///
/// # Errors
/// Of the database.
pub async fn erasable_conversations(
    connection: &mut PgConnection,
    before: Timestamp,
    most: u32,
) -> Result<u32> {
    let due: i64 = sqlx::query_scalar(
        "select count(*) from (
            select from aplus.conversation where subject is not null and last_message_at < $1
            order by last_message_at limit $2
        ) as due",
    )
    .bind(micros(before))
    .bind(i64::from(most))
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(due).unwrap_or(u32::MAX))
}

/// Erases what was said in as many conversations as the act says, the oldest first (T4, P84); `Stale` if fewer are there.
///
/// # Errors
/// Of the database; also where something younger than six months was to go.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn erase_conversations(
    connection: &mut PgConnection,
    act: Act<EraseConversations>,
) -> Result<Outcome<()>> {
    let row = bound(
        act_statement!(
            "share",
            "erased as materialized (select aplus.erase_conversations($31, $32, $9) as conversations from fresh),
            done as (select $8 as id from erased where conversations = $32)",
            ""
        ),
        &act,
    )
    .bind(micros(act.action().before()))
    .bind(i32::try_from(act.action().conversations()).unwrap_or(i32::MAX))
    .fetch_one(connection)
    .await?;
    outcome(&row, |_| Ok(()), Outcome::Stale)
}

#[async_trait]
impl Desk for PostgresStore {
    async fn open_conversation(&self, act: Act<OpenConversation>) -> Written<ConversationId> {
        act!(self.pool, open_conversation, act)
    }

    async fn add_message(&self, act: Act<AddMessage>) -> Written<()> {
        act!(self.pool, add_message, act)
    }

    async fn answer_conversation(&self, act: Act<AnswerConversation>) -> Written<()> {
        act!(self.pool, answer_conversation, act)
    }

    async fn close_conversation(&self, act: Act<CloseConversation>) -> Written<()> {
        act!(self.pool, close_conversation, act)
    }

    async fn conversation(
        &self,
        id: ConversationId,
    ) -> std::result::Result<Option<Conversation>, StoreError> {
        read!(self.pool, conversation, id)
    }

    async fn messages(
        &self,
        id: ConversationId,
        after: Version,
        limit: u32,
    ) -> std::result::Result<Page<ConversationMessage>, StoreError> {
        read!(self.pool, messages, id, after, limit)
    }

    async fn conversations_of(
        &self,
        account: AccountId,
        before: Option<ConversationId>,
        limit: u32,
    ) -> std::result::Result<Page<Conversation>, StoreError> {
        read!(self.pool, conversations_of, account, before, limit)
    }

    async fn inbox(
        &self,
        of: Inbox,
        after: Option<InboxPlace>,
        limit: u32,
    ) -> std::result::Result<Page<Conversation>, StoreError> {
        read!(self.pool, inbox, of, after, limit)
    }

    async fn written_answer(
        &self,
        id: ConversationId,
        place: Version,
    ) -> std::result::Result<Option<WrittenAnswer>, StoreError> {
        read!(self.pool, written_answer, id, place)
    }

    async fn typed_address(
        &self,
        email: &EmailAddress,
        domains: Option<&[String]>,
        now: Timestamp,
    ) -> std::result::Result<TypedAddress, StoreError> {
        read!(self.pool, typed_address, email, domains, now)
    }

    async fn erasable_conversations(
        &self,
        before: Timestamp,
        most: u32,
    ) -> std::result::Result<u32, StoreError> {
        read!(self.pool, erasable_conversations, before, most)
    }

    async fn erase_conversations(&self, act: Act<EraseConversations>) -> Written<()> {
        act!(self.pool, erase_conversations, act)
    }
}
