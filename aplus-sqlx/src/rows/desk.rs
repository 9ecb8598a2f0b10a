//! A conversation with support and its messages from their lines.

use aplus_core::account::Version;
use aplus_core::conversation::{
    Conversation, ConversationMessage, Enquirer, Speaker, WrittenAnswer,
};
use aplus_core::{AccountId, ConversationId, OperatorId};
use sqlx::Result;
use uuid::Uuid;

use super::{Line, optional_text, optional_time, text, time, unreadable};

/// A line of the table `conversation`.
pub(crate) fn conversation(row: &impl Line) -> Result<Conversation> {
    Ok(Conversation {
        id: ConversationId::from_uuid(row.uuid("id")?),
        enquirer: match row.optional_uuid("account_id")? {
            Some(account) => Enquirer::Account(AccountId::from_uuid(account)),
            None => Enquirer::Visitor(optional_text(row, "email")?),
        },
        subject: optional_text(row, "subject")?,
        state: text(row, "state")?,
        since: time(row, "since")?,
        opened_at: time(row, "opened_at")?,
        last_message_at: time(row, "last_message_at")?,
        erased_at: optional_time(row, "erased_at")?,
        version: Version(row.integer("version")?),
    })
}

/// A line of the table `conversation_message`.
pub(crate) fn message(row: &impl Line) -> Result<ConversationMessage> {
    let speaker = match (row.str("speaker_kind")?, row.optional_uuid("speaker_id")?) {
        ("account", Some(id)) => Speaker::Account(AccountId::from_uuid(id)),
        ("operator", Some(id)) => Speaker::Operator(OperatorId::from_uuid(id)),
        ("visitor", None) => Speaker::Visitor,
        _ => return Err(unreadable("speaker_kind")),
    };
    Ok(ConversationMessage {
        place: Version(row.integer("place")?),
        speaker,
        text: optional_text(row, "text")?,
        at: time(row, "at")?,
    })
}

/// `speaker_kind` and `speaker_id`.
pub(crate) fn speaker_columns(speaker: Speaker) -> (&'static str, Option<Uuid>) {
    match speaker {
        Speaker::Account(id) => ("account", Some(*id.as_uuid())),
        Speaker::Visitor => ("visitor", None),
        Speaker::Operator(id) => ("operator", Some(*id.as_uuid())),
    }
}

/// A message with the subject of its conversation and whose it is; nothing once it is erased.
pub(crate) fn written_answer(row: &impl Line, id: ConversationId) -> Result<Option<WrittenAnswer>> {
    let (Some(subject), Some(answer)) =
        (optional_text(row, "subject")?, optional_text(row, "text")?)
    else {
        return Ok(None);
    };
    Ok(Some(WrittenAnswer {
        subject,
        text: answer,
        page: row.optional_uuid("account_id")?.map(|_| id),
    }))
}
