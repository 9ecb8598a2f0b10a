//! What the guards of the tables refuse about conversations with support, to whoever may write there: on PostgreSQL to the owner too.

#![cfg(all(feature = "desk", feature = "postgres", feature = "sqlite"))]
#![allow(clippy::unwrap_used)]

mod common;
mod postgres_common;

use aplus_core::ports::{Desk, Mailer, Outcome, Store};
use aplus_core::ports::{Letter, MailError};
use aplus_core::rules::{self, TypedAddress};
use aplus_core::service::Context;
use aplus_core::*;
use sqlx::{AssertSqlSafe, Connection, Row};

struct Nowhere;

#[aplus_core::contract::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

/// Each of these is refused, `P` standing for what the names of the tables begin with, of a conversation that was written now.
const HOSTILE: [&str; 18] = [
    "update Pconversation set subject = 'other'",
    "update Pconversation set version = version + 1, subject = 'other'",
    "update Pconversation set version = version + 1, email = 'other@mairie.example'",
    "update Pconversation set state = 'closed'",
    "update Pconversation set version = version + 2, state = 'closed'",
    "update Pconversation set version = version + 1, acknowledged_on = 1",
    "update Pconversation set version = version + 1, opened_at = 1",
    "update Pconversation set version = version + 1, last_message_at = 1",
    "update Pconversation set version = version + 1, state = 'closed', subject = null, email = null, erased_at = 1",
    "delete from Pconversation",
    "update Pconversation_message set text = 'other'",
    "update Pconversation_message set text = null",
    "update Pconversation_message set speaker_kind = 'operator', speaker_id = conversation_id",
    "update Pconversation_message set at = 1",
    "delete from Pconversation_message",
    "insert into Pconversation_message (conversation_id, place, speaker_kind, text, at)
        select id, version + 1, 'visitor', 'beside', 1 from Pconversation",
    "update Pconversation set version = version + 1, state = 'waiting';
    insert into Pconversation_message (conversation_id, place, speaker_kind, at)
        select id, version, 'visitor', 1 from Pconversation",
    "insert into Pconversation (id, subject, email, state, since, opened_at, last_message_at, version)
        select id, 'x', 'x@y.example', 'answered', 1, 1, 1, 1 from Pjournal_entry limit 1",
];

async fn opened<S: Store + Desk + Clone + 'static>(store: &S) {
    let site = Site::new("https://aplus.example").unwrap();
    let key = HostKey::new(&[7; 32]).unwrap();
    let aplus = Aplus::builder(store.clone(), Nowhere, site, key).build();
    let draft = ConversationDraft {
        subject: ConversationSubject::parse("Mon lien").unwrap(),
        text: MessageText::parse("Il n'arrive pas.").unwrap(),
    };
    let known = TypedAddress {
        known_domain: true,
        acknowledged: false,
    };
    let visitor = EmailAddress::parse("visiteuse@mairie.example").unwrap();
    let day = aplus.usual_answer(aplus.now());
    let permit = rules::open_visitors_conversation(&visitor, known, &draft, day);
    let circumstances = aplus.circumstances(&Context::default(), Author::Machine);
    let act = permit.into_act(circumstances.unwrap());
    let outcome = store.open_conversation(act).await.unwrap();
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
}

fn spelled(statement: &str, prefix: &str) -> String {
    let tables = ["conversation", "journal_entry"];
    let spell =
        |text: String, table: &str| text.replace(&format!("P{table}"), &format!("{prefix}{table}"));
    tables.into_iter().fold(statement.to_owned(), spell)
}

#[tokio::test]
async fn sqlite_keeps_a_conversation_as_it_was_written() {
    let place = common::Place::new().await;
    opened(&place.store).await;
    let mut connection = place.bare().await;
    for statement in HOSTILE {
        let statement = spelled(statement, "aplus_");
        let done = sqlx::raw_sql(AssertSqlSafe(statement.clone()))
            .execute(&mut connection)
            .await;
        assert!(done.is_err(), "{statement}");
    }
    let allowed = spelled(
        "update Pconversation set version = version + 1, state = 'closed'",
        "aplus_",
    );
    sqlx::raw_sql(AssertSqlSafe(allowed))
        .execute(&mut connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn postgresql_keeps_a_conversation_as_it_was_written_from_its_owner_too() {
    let place = postgres_common::Place::new().await;
    opened(&place.store).await;
    let mut owner = place.owner().await;
    for statement in HOSTILE {
        let statement = spelled(statement, "aplus.");
        let mut transaction = owner.begin().await.unwrap();
        let done = sqlx::raw_sql(AssertSqlSafe(statement.clone()))
            .execute(&mut *transaction)
            .await;
        assert!(done.is_err(), "{statement}");
        let error = done.unwrap_err();
        let code = error
            .as_database_error()
            .and_then(|error| error.code().map(String::from));
        assert_eq!(code.as_deref(), Some("AP003"), "{statement}: {error}");
        transaction.rollback().await.unwrap();
    }
    let young = "select aplus.erase_conversations(9000000000000000, 1, 1)";
    assert!(sqlx::raw_sql(young).execute(&mut owner).await.is_err());
    let none = "select aplus.erase_conversations(1, 1, 1) as erased";
    let row = sqlx::query(none).fetch_one(&mut owner).await.unwrap();
    assert_eq!(row.get::<i32, _>("erased"), 0);
    let allowed = spelled(
        "update Pconversation set version = version + 1, state = 'closed'",
        "aplus.",
    );
    sqlx::raw_sql(AssertSqlSafe(allowed))
        .execute(&mut owner)
        .await
        .unwrap();
}
