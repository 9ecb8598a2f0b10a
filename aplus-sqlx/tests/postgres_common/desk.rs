//! Conversations with support: every method of the port, once each, in a store that people use.

use aplus_core::account::Version;
use aplus_core::conversation::InboxPlace;
use aplus_core::ports::{Desk, Inbox, Outcome};
use aplus_core::rules;
use aplus_core::*;
use uuid::Uuid;

use super::people::{NOON, People, address};
use super::rounds::{LINES, MIDDLE, done};
use super::watched::Watch;

fn draft() -> ConversationDraft {
    ConversationDraft {
        subject: ConversationSubject::parse("Mon lien").unwrap(),
        text: MessageText::parse("Il n'arrive pas.").unwrap(),
    }
}

pub(crate) async fn ports(people: &People, watch: &mut Watch) {
    let id = acts(people, watch).await;
    reads(people, watch, id).await;
    let (retention, noon) = (
        Retention::default(),
        Timestamp::from_unix_micros(NOON).unwrap(),
    );
    let late = noon.saturating_add(std::time::Duration::from_secs(500 * 24 * 60 * 60));
    let permit = rules::erase_conversations(&Actor::Machine, LINES, &retention, late).unwrap();
    let act = permit.into_act(people.now(Author::Machine));
    // What `fill.sql` wrote is due, where it was run.
    let written = watch
        .of("erase_conversations", people.store.erase_conversations(act))
        .await;
    // Where it was not, there is nothing to erase.
    let outcome = written.unwrap();
    assert!(matches!(outcome, Outcome::Done(()) | Outcome::Stale));
}

async fn acts(people: &People, watch: &mut Watch) -> ConversationId {
    let (store, aplus) = (&people.store, &people.aplus);
    let day = aplus.usual_answer(aplus.now());
    let by = People::by(&people.aidant);
    let support = Author::Operator(people.operator.id);
    let visitor = address("visiteuse");
    let known = store.typed_address(&visitor, Some(&[]), aplus.now());
    let known = watch.of("typed_address", known).await.unwrap();
    let permit = rules::open_visitors_conversation(&visitor, known, &draft(), day);
    let opening = done(store.open_conversation(permit.into_act(people.now(Author::Machine))));
    watch.of("open_conversation", opening).await;
    let facts = people.facts(by, None, None).await;
    let permit = rules::open_conversation(&facts.actor, &draft(), day).unwrap();
    let opening = done(store.open_conversation(permit.into_act(people.now(by))));
    let id = watch.of("open_conversation", opening).await;
    let text = draft().text;
    let seen = async || store.conversation(id).await.unwrap().unwrap().facts();
    let actor = async |by| people.facts(by, None, None).await.actor;
    let permit = rules::answer_conversation(&actor(support).await, &seen().await, &text).unwrap();
    let answering = done(store.answer_conversation(permit.into_act(people.now(support))));
    watch.of("answer_conversation", answering).await;
    let permit = rules::add_message(&actor(by).await, &seen().await, &text).unwrap();
    let adding = done(store.add_message(permit.into_act(people.now(by))));
    watch.of("add_message", adding).await;
    let permit = rules::close_conversation(&actor(support).await, &seen().await).unwrap();
    let closing = done(store.close_conversation(permit.into_act(people.now(support))));
    watch.of("close_conversation", closing).await;
    id
}

async fn reads(people: &People, watch: &mut Watch, id: ConversationId) {
    let store = &people.store;
    let middle = ConversationId::from_uuid(Uuid::from_u128(MIDDLE));
    let now = people.aplus.now();
    watch
        .of("conversation", store.conversation(id))
        .await
        .unwrap();
    let messages = store.messages(id, Version(1), LINES);
    watch.of("messages", messages).await.unwrap();
    let answer = store.written_answer(id, Version(2));
    watch.of("written_answer", answer).await.unwrap();
    for before in [None, Some(middle)] {
        let own = store.conversations_of(people.aidant.id(), before, LINES);
        watch.of("conversations_of", own).await.unwrap();
    }
    let since = Timestamp::MIN.saturating_add(std::time::Duration::from_secs(1));
    for of in Inbox::ALL {
        for after in [None, Some(InboxPlace { since, id: middle })] {
            let inbox = store.inbox(of, after, LINES);
            watch.of("inbox", inbox).await.unwrap();
        }
    }
    let due = store.erasable_conversations(now, LINES);
    watch.of("erasable_conversations", due).await.unwrap();
}
