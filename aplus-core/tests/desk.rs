//! Requests to support from the asking to the erasing, as use cases over the reference store: what is told to whom, and what the
//! journal holds of it (S2, T1, T4, L7).

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aplus_core::account::Version;
use aplus_core::calendar::Territory;
use aplus_core::conversation::{ConversationState, Speaker};
use aplus_core::journal::{BodyHash, StoredEntry};
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{Inbox, Journal, Letter, MailError, Mailer};
use aplus_core::rules::{self, AccountDraft, Action, GroupDraft};
use aplus_core::service::{Context, Current, GroupForm, IdempotencyKey, NoticeDomains};
use aplus_core::test_util::{FixedClock, log_in};
use aplus_core::{
    AccountId, Aplus, Author, ConversationDraft, ConversationId, ConversationSubject, EmailAddress,
    Error, GroupName, HostKey, MessageText, OperatorId, Reference, Refusal, Requester,
    RequesterKind, Role, Roles, Site, SupportRequest, Timestamp,
};

/// Keeps each letter.
#[derive(Clone, Default)]
struct Mailbox(Arc<Mutex<Vec<Letter>>>);

#[async_trait::async_trait]
impl Mailer for Mailbox {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

struct Service {
    aplus: Aplus,
    store: MemoryStore,
    clock: FixedClock,
    mails: Mailbox,
    asker: EmailAddress,
    account: AccountId,
    operator: EmailAddress,
    operator_id: OperatorId,
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

fn draft() -> ConversationDraft {
    ConversationDraft {
        subject: ConversationSubject::parse("Mon lien").unwrap(),
        text: text("Il n'arrive pas, et mon code secret est pamplemousse."),
    }
}

impl Service {
    /// On a Thursday morning.
    async fn new() -> Self {
        let store = MemoryStore::default();
        let mails = Mailbox::default();
        let clock = FixedClock::new("2026-03-05T09:00:00Z".parse().unwrap());
        let site = Site::new("https://aplus.example").unwrap();
        let key = HostKey::new(&[7; 32]).unwrap();
        let aplus = Aplus::builder(store.clone(), mails.clone(), site, key)
            .clock(clock.clone())
            .desk(store.clone())
            .notices(NoticeDomains::Known(vec!["liste.example".to_owned()]))
            .build();
        let silent = Context {
            silent: true,
            ..Context::default()
        };
        let request = SupportRequest {
            requester: Requester {
                kind: RequesterKind::Anct,
                name: None,
            },
            reference: Reference::parse("courrier 12").unwrap(),
        };
        let form = GroupForm {
            draft: GroupDraft::new(GroupName::parse("Mairie").unwrap()),
            request: request.clone(),
        };
        let group = aplus
            .create_group(Author::Machine, &form, &silent)
            .await
            .unwrap();
        let asker = email("camille@mairie.example");
        let account = AccountDraft::new(asker.clone(), Roles::only(Role::Aidant));
        let account = aplus
            .create_account_for(Author::Machine, group.id, &account, &request, &silent)
            .await
            .unwrap();
        let operator = email("support@aplus.example");
        let operator_id = aplus.add_operator(&operator, &silent).await.unwrap().id;
        Self {
            account: account.account.id(),
            aplus,
            store,
            clock,
            mails,
            asker,
            operator,
            operator_id,
        }
    }

    async fn session(&self, email: &EmailAddress) -> Current {
        let opened = log_in(&self.aplus, email).await.unwrap();
        self.aplus.current(&opened.secret).await.unwrap().unwrap()
    }

    /// What was sent since, but for log-in links.
    async fn sent(&self) -> Vec<Letter> {
        self.aplus.courier_pass(self.aplus.now()).await.unwrap();
        let mut mails = self.mails.0.lock().unwrap();
        mails
            .drain(..)
            .filter(|letter| letter.link.is_none())
            .collect()
    }

    async fn entries(&self) -> Vec<StoredEntry> {
        self.store.entries(None, u32::MAX).await.unwrap()
    }

    async fn kinds(&self) -> Vec<String> {
        let entries = self.entries().await.into_iter();
        let about_it = |kind: &String| {
            kind.contains("conversation") || kind.contains("message") || kind == "looked"
        };
        entries.map(|entry| entry.kind).filter(about_it).collect()
    }

    async fn opened(&self) -> ConversationId {
        let author = Author::Account(self.account);
        let received = self
            .aplus
            .open_conversation(author, &draft(), &Context::default())
            .await;
        received.unwrap().conversation
    }
}

fn named(body: &[u8]) -> Context {
    let key = uuid::Uuid::from_u128(77);
    let body = BodyHash::of(body);
    Context {
        idempotency: Some(IdempotencyKey { key, body }),
        ..Context::default()
    }
}

#[tokio::test]
async fn a_request_is_acknowledged_with_its_day_answered_and_closed() {
    let service = Service::new().await;
    let (aplus, context) = (&service.aplus, Context::default());
    let author = Author::Account(service.account);
    let received = aplus
        .open_conversation(author, &draft(), &named(b"a"))
        .await
        .unwrap();
    // A Thursday morning: Monday is the second working day.
    assert_eq!(received.answer_by.to_string(), "2026-03-09");
    let again = aplus
        .open_conversation(author, &draft(), &named(b"a"))
        .await
        .unwrap();
    assert_eq!(again, received, "sent twice, it is one");
    let other = aplus
        .open_conversation(author, &draft(), &named(b"b"))
        .await;
    assert!(matches!(other, Err(Error::KeyReused)), "{other:?}");

    let [letter] = &service.sent().await[..] else {
        panic!("one letter");
    };
    assert_eq!(letter.to, service.asker);
    assert!(letter.text.contains("lundi 9 mars 2026"), "{}", letter.text);
    assert!(!letter.text.contains("pamplemousse") && !letter.text.contains("Mon lien"));

    let support = service.session(&service.operator).await;
    let inbox = aplus
        .inbox(&support, Inbox::Waiting, None, 10, &context)
        .await
        .unwrap();
    let [waiting] = &inbox.items[..] else {
        panic!("{inbox:?}");
    };
    assert_eq!(waiting.id, received.conversation);
    let thread = aplus
        .conversation(&support, waiting.id, Version(0), &context)
        .await
        .unwrap();
    assert_eq!(thread.messages.items.len(), 1);
    let operator = Author::Operator(service.operator_id);
    let answer = text("Bonjour,\nregardez dans les indésirables.");
    aplus
        .answer_conversation(operator, waiting.id, Version(1), &answer, &context)
        .await
        .unwrap();
    let [letter] = &service.sent().await[..] else {
        panic!("one letter");
    };
    assert_eq!(letter.to, service.asker);
    assert!(letter.text.contains(answer.as_str()), "{}", letter.text);
    assert!(
        letter
            .text
            .contains(&format!("https://aplus.example/contact/{}", waiting.id))
    );
    aplus
        .add_message(author, waiting.id, &text("merci"), &context)
        .await
        .unwrap();
    aplus
        .close_conversation(operator, waiting.id, Version(3), &context)
        .await
        .unwrap();
    assert!(
        service.sent().await.is_empty(),
        "support is told nothing by mail"
    );

    let own = service.session(&service.asker).await;
    let mine = aplus
        .my_conversations(&own, None, 10, &context)
        .await
        .unwrap();
    assert_eq!(mine.items[0].state, ConversationState::Closed);
    let thread = aplus
        .conversation(&own, waiting.id, Version(1), &context)
        .await
        .unwrap();
    let speakers: Vec<_> = thread.messages.items.iter().map(|it| it.speaker).collect();
    assert_eq!(
        speakers,
        [
            Speaker::Operator(service.operator_id),
            Speaker::Account(service.account)
        ]
    );
    // All of it in one moment, in which ids are in no order.
    let mut kinds = service.kinds().await;
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            "conversation_answered",
            "conversation_closed",
            "conversation_opened",
            "looked",
            "looked",
            "message_added"
        ]
    );
    for entry in service.entries().await {
        let all = format!("{}{}", entry.details, entry.erasable.unwrap_or_default());
        for said in ["pamplemousse", "Mon lien", "indésirables", "merci"] {
            assert!(!all.contains(said), "{all}");
        }
    }
}

#[tokio::test]
async fn a_visitor_is_answered_the_same_whoever_has_the_address() {
    let service = Service::new().await;
    let (aplus, context) = (&service.aplus, Context::default());
    for (from, is_told) in [
        ("camille@mairie.example", true),
        ("nobody@mairie.example", true),
        ("nobody@liste.example", true),
        ("nobody@elsewhere.example", false),
    ] {
        let from = email(from);
        for told_now in [is_told, false] {
            let received = aplus
                .open_visitors_conversation(&from, &draft(), &context)
                .await
                .unwrap();
            assert_eq!(received.answer_by.to_string(), "2026-03-09");
            let letters = service.sent().await;
            assert_eq!(letters.len(), usize::from(told_now), "{from:?}");
            for letter in letters {
                assert_eq!(letter.to, from);
                assert!(!letter.text.contains("pamplemousse") && !letter.text.contains("Mon lien"));
                assert!(!letter.html.contains("pamplemousse") && !letter.html.contains("Mon lien"));
            }
        }
    }
    service.clock.advance(Duration::from_secs(24 * 60 * 60));
    let from = email("nobody@mairie.example");
    let first = aplus
        .open_visitors_conversation(&from, &draft(), &named(b"a"))
        .await
        .unwrap();
    let again = aplus
        .open_visitors_conversation(&from, &draft(), &named(b"a"))
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(service.sent().await.len(), 1, "a day later, once");
    // Another visitor's key of the same name is another one.
    let from = email("other@mairie.example");
    aplus
        .open_visitors_conversation(&from, &draft(), &named(b"b"))
        .await
        .unwrap();

    // Whoever answers has read it: that goes wherever it was asked from.
    let stranger = email("nobody@elsewhere.example");
    let received = aplus
        .open_visitors_conversation(&stranger, &draft(), &context)
        .await
        .unwrap();
    service.sent().await;
    let operator = Author::Operator(service.operator_id);
    aplus
        .answer_conversation(
            operator,
            received.conversation,
            Version(1),
            &text("voici"),
            &context,
        )
        .await
        .unwrap();
    let [letter] = &service.sent().await[..] else {
        panic!("one letter");
    };
    assert_eq!(letter.to, stranger);
    assert!(letter.text.contains("voici"));
    let own = received.conversation.to_string();
    assert!(
        !letter.text.contains(&own),
        "there is no page for a visitor"
    );
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there_and_a_no_is_recorded() {
    let service = Service::new().await;
    let (aplus, context) = (&service.aplus, Context::default());
    let visitors = aplus
        .open_visitors_conversation(&service.asker, &draft(), &context)
        .await
        .unwrap()
        .conversation;
    let own = service.session(&service.asker).await;
    let nobody = ConversationId::from_uuid(uuid::Uuid::from_u128(1));
    for id in [visitors, nobody] {
        let seen = aplus.conversation(&own, id, Version(0), &context).await;
        let added = aplus
            .add_message(own.author(), id, &text("moi"), &context)
            .await;
        for refused in [seen.map(|_| ()), added] {
            assert!(
                matches!(refused, Err(Error::Refused(Refusal::ConversationNotFound))),
                "{refused:?}"
            );
        }
        let answered = aplus
            .answer_conversation(own.author(), id, Version(1), &text("moi"), &context)
            .await;
        let closed = aplus
            .close_conversation(own.author(), id, Version(1), &context)
            .await;
        let rule = rules::may_answer_conversation;
        let asked = aplus
            .allow_on_conversation(&own, Action::AnswerConversation, id, rule, &context)
            .await;
        for refused in [answered, closed, asked] {
            assert!(
                matches!(refused, Err(Error::Refused(Refusal::NotOperator))),
                "that it is there is not told: {refused:?}"
            );
        }
    }
    let closed = service.opened().await;
    let operator = Author::Operator(service.operator_id);
    aplus
        .close_conversation(operator, closed, Version(1), &context)
        .await
        .unwrap();
    for refused in [
        aplus
            .close_conversation(operator, closed, Version(2), &context)
            .await,
        aplus
            .answer_conversation(operator, closed, Version(2), &text("voici"), &context)
            .await,
    ] {
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::ConversationClosed))),
            "{refused:?}"
        );
    }
    let refused = service
        .entries()
        .await
        .into_iter()
        .filter(|it| it.kind == "refused");
    assert!(refused.count() >= 4);
}

#[tokio::test]
async fn nobody_answers_twice_nor_closes_what_nobody_read() {
    let service = Service::new().await;
    let (aplus, context) = (&service.aplus, Context::default());
    let id = service.opened().await;
    service.sent().await;
    let operator = Author::Operator(service.operator_id);
    let answering = |seen: i64, words: &str| {
        let words = text(words);
        async move {
            aplus
                .answer_conversation(operator, id, Version(seen), &words, &named(b"answer"))
                .await
        }
    };
    // Two read the same message, and both answer.
    answering(1, "voici").await.unwrap();
    answering(1, "voici").await.unwrap();
    let second = aplus
        .answer_conversation(operator, id, Version(1), &text("moi aussi"), &context)
        .await;
    let moved =
        |done: &Result<(), Error>| matches!(done, Err(Error::Refused(Refusal::ConversationMoved)));
    assert!(moved(&second), "{second:?}");
    assert_eq!(
        service.sent().await.len(),
        1,
        "one answer, however often it is sent"
    );
    // The person writes while an operator closes.
    aplus
        .add_message(
            Author::Account(service.account),
            id,
            &text("et ça ?"),
            &context,
        )
        .await
        .unwrap();
    let closed = aplus
        .close_conversation(operator, id, Version(2), &context)
        .await;
    assert!(moved(&closed), "{closed:?}");
    let support = service.session(&service.operator).await;
    let inbox = aplus
        .inbox(&support, Inbox::Waiting, None, 10, &context)
        .await
        .unwrap();
    assert_eq!(inbox.items.len(), 1, "it still waits");
    assert!(
        service
            .entries()
            .await
            .iter()
            .any(|it| it.kind == "refused")
    );
}

#[tokio::test]
async fn a_request_that_is_sent_again_bears_the_day_that_was_told() {
    let service = Service::new().await;
    let author = Author::Account(service.account);
    let (aplus, named) = (&service.aplus, named(b"a"));
    let first = aplus
        .open_conversation(author, &draft(), &named)
        .await
        .unwrap();
    let visitors = aplus
        .open_visitors_conversation(&service.asker, &draft(), &named)
        .await
        .unwrap();
    service.clock.set("2026-03-11T09:00:00Z".parse().unwrap());
    let again = aplus.open_conversation(author, &draft(), &named).await;
    assert_eq!(again.unwrap(), first);
    let again = aplus
        .open_visitors_conversation(&service.asker, &draft(), &named)
        .await;
    assert_eq!(again.unwrap(), visitors);
}

#[tokio::test]
async fn what_was_said_goes_a_year_after_the_last_message() {
    let service = Service::new().await;
    let id = service.opened().await;
    let aplus = &service.aplus;
    let operator = Author::Operator(service.operator_id);
    let context = Context::default();
    aplus
        .answer_conversation(operator, id, Version(1), &text("voici"), &context)
        .await
        .unwrap();
    let at = |text: &str| -> Timestamp { text.parse().unwrap() };
    let report = aplus.erase_pass(at("2027-03-06T08:59:59Z")).await.unwrap();
    assert_eq!(report.conversations, 0);
    let report = aplus.erase_pass(at("2027-03-06T09:00:01Z")).await.unwrap();
    assert_eq!(report.conversations, 1);
    service.clock.set(at("2027-03-06T09:00:02Z"));
    let support = service.session(&service.operator).await;
    let thread = aplus
        .conversation(&support, id, Version(0), &context)
        .await
        .unwrap();
    assert!(thread.conversation.subject.is_none());
    assert!(
        thread
            .messages
            .items
            .iter()
            .all(|message| message.text.is_none())
    );
    // A letter that still waited has nothing to tell any more.
    assert!(
        service
            .sent()
            .await
            .iter()
            .all(|letter| !letter.text.contains("voici"))
    );
    let again = aplus
        .add_message(Author::Account(service.account), id, &text("moi"), &context)
        .await;
    assert!(
        matches!(again, Err(Error::Refused(Refusal::ConversationNotFound))),
        "{again:?}"
    );
}

#[tokio::test]
async fn the_usual_day_is_that_of_the_host() {
    let store = MemoryStore::default();
    let site = Site::new("https://aplus.example").unwrap();
    let key = || HostKey::new(&[7; 32]).unwrap();
    let at = |text: &str| -> Timestamp { text.parse().unwrap() };
    // Paris is an hour ahead of UTC there: 17:30 in UTC is the evening.
    let aplus = Aplus::builder(store.clone(), Mailbox::default(), site.clone(), key()).build();
    assert!(aplus.desk().is_none());
    assert_eq!(
        aplus.usual_answer(at("2026-03-02T16:30:00Z")).to_string(),
        "2026-03-04"
    );
    assert_eq!(
        aplus.usual_answer(at("2026-03-02T17:30:00Z")).to_string(),
        "2026-03-05"
    );
    let reunion = site.with_time_zone("Indian/Reunion").unwrap();
    let aplus = Aplus::builder(store, Mailbox::default(), reunion, key())
        .territory(Territory::Reunion)
        .build();
    assert_eq!(
        aplus.usual_answer(at("2026-03-02T14:30:00Z")).to_string(),
        "2026-03-05"
    );
    let eve = at("2027-12-17T06:00:00Z");
    assert_eq!(
        aplus.usual_answer(eve).to_string(),
        "2027-12-22",
        "the 20th is one of La Réunion"
    );
}
