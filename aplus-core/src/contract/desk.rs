//! P80 to P84: conversations with support, for stores that have a desk.

use std::sync::Arc;

use super::Harness;
use super::deed::Deed;
use super::world::{World, days, email, micros, minutes};
use crate::account::Version;
use crate::conversation::{
    Conversation, ConversationDraft, ConversationMessage, ConversationState, ConversationSubject,
    Enquirer, MessageText, Speaker,
};
use crate::ports::{Clock, Desk, Inbox, Outcome, Repeated};
use crate::rules::{self, OpenConversation, TypedAddress};
use crate::service::SystemClock;
use crate::{
    AccountId, Act, Author, ConversationId, EmailAddress, EntryId, OperatorId, RequestId,
    Retention, Role, Timestamp,
};

type Request = Option<(RequestId, crate::journal::BodyHash)>;

/// A desk with an account that asks and an operator who answers.
struct Room {
    world: World,
    desk: Arc<dyn Desk>,
    account: AccountId,
    operator: OperatorId,
}

fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

fn draft(subject: &str) -> ConversationDraft {
    ConversationDraft {
        subject: ConversationSubject::parse(subject).unwrap(),
        text: text("Bonjour,\nmon lien n'arrive pas."),
    }
}

fn day() -> jiff::civil::Date {
    jiff::civil::date(2021, 3, 4)
}

impl Room {
    async fn fresh(harness: &dyn Harness) -> Self {
        Self::of(World::fresh(harness).await).await
    }

    async fn of(world: World) -> Self {
        let desk = world.probe.desk().expect("a store with a desk");
        let group = world.new_group("Accueil").await;
        let account = world.new_account(group, Role::Aidant).await;
        let operator = world.new_operator().await;
        Self {
            world,
            desk,
            account,
            operator,
        }
    }

    async fn opening(&self, subject: &str, request: Request) -> Act<OpenConversation> {
        let facts = self.world.facts(self.account.into(), None, None).await;
        let permit = rules::open_conversation(&facts.actor, &draft(subject), day()).unwrap();
        permit.into_act(self.world.circumstances(request))
    }

    fn visitors_opening(&self, from: &EmailAddress, known: TypedAddress) -> Act<OpenConversation> {
        let permit = rules::open_visitors_conversation(from, known, &draft("Compte"), day());
        permit.into_act(self.world.circumstances(None))
    }

    async fn opened(&self, subject: &str) -> ConversationId {
        let act = self.opening(subject, None).await;
        done(self.desk.open_conversation(act).await.unwrap())
    }

    async fn visitors(&self, from: &EmailAddress) -> ConversationId {
        let address = self.typed(from).await;
        let act = self.visitors_opening(from, address);
        done(self.desk.open_conversation(act).await.unwrap())
    }

    async fn typed(&self, from: &EmailAddress) -> TypedAddress {
        let now = self.world.noon();
        self.desk.typed_address(from, Some(&[]), now).await.unwrap()
    }

    async fn seen(&self, id: ConversationId) -> Conversation {
        self.desk
            .conversation(id)
            .await
            .unwrap()
            .expect("the conversation")
    }

    async fn said(&self, id: ConversationId) -> Vec<ConversationMessage> {
        let messages = self.desk.messages(id, Version(0), 1_000).await;
        messages.unwrap().items
    }

    async fn write(&self, on: &Conversation, words: &str) -> Outcome<()> {
        let facts = self.world.facts(self.account.into(), None, None).await;
        let permit = rules::add_message(&facts.actor, &on.facts(), &text(words)).unwrap();
        let act = permit.into_act(self.world.circumstances(None));
        self.desk.add_message(act).await.unwrap()
    }

    async fn answer(&self, on: &Conversation, words: &str) -> Outcome<()> {
        let facts = self.world.facts(self.operator.into(), None, None).await;
        let permit = rules::answer_conversation(&facts.actor, &on.facts(), &text(words)).unwrap();
        let act = permit.into_act(self.world.circumstances(None));
        self.desk.answer_conversation(act).await.unwrap()
    }

    async fn close(&self, on: &Conversation) -> Outcome<()> {
        let facts = self.world.facts(self.operator.into(), None, None).await;
        let permit = rules::close_conversation(&facts.actor, &on.facts()).unwrap();
        let act = permit.into_act(self.world.circumstances(None));
        self.desk.close_conversation(act).await.unwrap()
    }

    async fn erase(&self, conversations: u32, now: Timestamp) -> super::super::ports::Written<()> {
        let facts = self.world.facts(Author::Machine, None, None).await;
        let retention = Retention::default();
        let permit =
            rules::erase_conversations(&facts.actor, conversations, &retention, now).unwrap();
        let mut circumstances = self.world.circumstances(None);
        circumstances.at = now;
        self.desk
            .erase_conversations(permit.into_act(circumstances))
            .await
    }

    /// The ids of a part of the inbox, read in pages of `limit`.
    async fn inbox(&self, of: Inbox, limit: u32) -> Vec<ConversationId> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.desk.inbox(of, after, limit).await.unwrap();
            assert!(page.items.len() <= limit as usize);
            all.extend(page.items.iter().map(|it| it.id));
            match page.next {
                None => return all,
                Some(next) => after = Some(next.parse().unwrap()),
            }
        }
    }
}

fn done<T: std::fmt::Debug>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Done(done) => done,
        outcome => panic!("{outcome:?}"),
    }
}

pub(super) async fn a_conversation_begins_with_its_first_message(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let visitor = room.world.address("visiteuse");
    for (act, enquirer, speaker) in [
        (
            room.opening("Mon lien", None).await,
            Enquirer::Account(room.account),
            Speaker::Account(room.account),
        ),
        (
            room.visitors_opening(&visitor, room.typed(&visitor).await),
            Enquirer::Visitor(Some(visitor.clone())),
            Speaker::Visitor,
        ),
    ] {
        let (begun, entry) = (act.begun(), act.entry().id());
        let id = done(room.desk.open_conversation(act).await.unwrap());
        assert_eq!(
            id.as_uuid(),
            entry.as_uuid(),
            "it bears the id of its entry"
        );
        let seen = room.seen(id).await;
        assert_eq!(seen, begun);
        assert_eq!((seen.enquirer, seen.version), (enquirer, Version(1)));
        assert_eq!(seen.state, ConversationState::Waiting);
        let first = ConversationMessage {
            place: Version(1),
            speaker,
            text: Some(text("Bonjour,\nmon lien n'arrive pas.")),
            at: room.world.noon(),
        };
        assert_eq!(room.said(id).await, [first]);
    }
    let nobody = ConversationId::from_uuid(room.world.uuid());
    assert_eq!(room.desk.conversation(nobody).await.unwrap(), None);
    assert!(room.said(nobody).await.is_empty());
}

pub(super) async fn what_moved_since_it_was_seen_is_stale(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let id = room.opened("Mon lien").await;
    let seen = room.seen(id).await;
    assert_eq!(room.write(&seen, "encore").await, Outcome::Done(()));
    let (shown, said) = (room.world.shown().await, room.said(id).await);
    let now = room.seen(id).await;
    assert_eq!(now.version, Version(2));
    for outcome in [
        room.write(&seen, "encore").await,
        room.answer(&seen, "voici").await,
        room.close(&seen).await,
    ] {
        assert_eq!(outcome, Outcome::Stale);
    }
    let unknown = Conversation {
        id: ConversationId::from_uuid(room.world.uuid()),
        ..now.clone()
    };
    assert_eq!(room.answer(&unknown, "voici").await, Outcome::Stale);
    assert_eq!(room.world.shown().await, shown, "nothing was written");
    assert_eq!((room.seen(id).await, room.said(id).await), (now, said));
}

pub(super) async fn of_answers_at_once_one_is_written(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let id = room.opened("Mon lien").await;
    let seen = room.seen(id).await;
    let facts = room.world.facts(room.operator.into(), None, None).await;
    let mut writing = Vec::new();
    for _ in 0..8 {
        let answer = text("voici");
        let permit = rules::answer_conversation(&facts.actor, &seen.facts(), &answer).unwrap();
        let act = permit.into_act(room.world.circumstances(None));
        let desk = room.world.probe.desk().expect("a desk");
        writing.push(tokio::spawn(
            async move { desk.answer_conversation(act).await },
        ));
    }
    let mut written = 0;
    for write in writing {
        match write.await.unwrap().unwrap() {
            Outcome::Done(()) => written += 1,
            outcome => assert_eq!(outcome, Outcome::Stale),
        }
    }
    assert_eq!(written, 1);
    let places: Vec<_> = room.said(id).await.iter().map(|it| it.place.0).collect();
    assert_eq!(places, [1, 2]);
}

pub(super) async fn whose_turn_it_is_moves_with_each_act(harness: &dyn Harness) {
    let mut room = Room::fresh(harness).await;
    let id = room.opened("Mon lien").await;
    let noon = room.world.noon();
    let at = |minutes_after| noon.saturating_add(minutes(minutes_after));
    let steps = [
        // A second message of somebody who waits does not put them back.
        ("write", ConversationState::Waiting, 0, 1),
        ("answer", ConversationState::Answered, 2, 2),
        ("answer", ConversationState::Answered, 3, 3),
        ("write", ConversationState::Waiting, 4, 4),
        ("close", ConversationState::Closed, 5, 4),
        // A further message opens it again.
        ("write", ConversationState::Waiting, 6, 6),
        ("answer", ConversationState::Answered, 7, 7),
        ("close", ConversationState::Closed, 8, 7),
    ];
    for (number, (step, state, since, last)) in (1..).zip(steps) {
        room.world.pass(minutes(1));
        let before = room.seen(id).await;
        let outcome = match step {
            "write" => room.write(&before, "encore").await,
            "answer" => room.answer(&before, "voici").await,
            _ => room.close(&before).await,
        };
        assert_eq!(outcome, Outcome::Done(()), "{number}");
        let expected = Conversation {
            state,
            since: at(since),
            last_message_at: at(last),
            version: Version(number + 1),
            ..before
        };
        assert_eq!(room.seen(id).await, expected, "{number}: {step}");
    }
    let said = room.said(id).await;
    let places: Vec<_> = said.iter().map(|it| it.place.0).collect();
    assert_eq!(places, [1, 2, 3, 4, 5, 7, 8], "closing says nothing");
    assert_eq!(said[2].speaker, Speaker::Operator(room.operator));
    assert_eq!(said[2].text, Some(text("voici")));
    let mut pages = Vec::new();
    let mut after = Version(0);
    loop {
        let page = room.desk.messages(id, after, 3).await.unwrap();
        pages.extend(page.items);
        match page.next {
            Some(next) => after = Version(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(pages, said);
}

pub(super) async fn the_inbox_holds_each_open_conversation_once(harness: &dyn Harness) {
    let mut room = Room::fresh(harness).await;
    let mut waiting = Vec::new();
    for number in 0..7 {
        // Two at a time were opened in the same moment.
        if number % 2 == 0 {
            room.world.pass(minutes(1));
        }
        waiting.push(room.opened("Mon lien").await);
    }
    for limit in [1, 2, 3, 7, 100] {
        assert_eq!(room.inbox(Inbox::Waiting, limit).await, waiting, "{limit}");
    }
    room.world.pass(minutes(1));
    let seen = room.seen(waiting[3]).await;
    done(room.answer(&seen, "voici").await);
    room.world.pass(minutes(1));
    let seen = room.seen(waiting[1]).await;
    done(room.answer(&seen, "voici").await);
    let seen = room.seen(waiting[5]).await;
    done(room.close(&seen).await);
    for limit in [1, 2, 100] {
        assert_eq!(
            room.inbox(Inbox::Waiting, limit).await,
            [waiting[0], waiting[2], waiting[4], waiting[6]]
        );
        assert_eq!(
            room.inbox(Inbox::Answered, limit).await,
            [waiting[3], waiting[1]]
        );
    }
    // Whoever is answered meanwhile shifts nobody who waits.
    let first = room.desk.inbox(Inbox::Waiting, None, 2).await.unwrap();
    let seen = room.seen(waiting[0]).await;
    done(room.answer(&seen, "voici").await);
    let next = first.next.map(|next| next.parse().unwrap());
    let rest = room.desk.inbox(Inbox::Waiting, next, 2).await.unwrap();
    let rest: Vec<_> = rest.items.iter().map(|it| it.id).collect();
    assert_eq!(rest, [waiting[4], waiting[6]]);
}

pub(super) async fn ones_own_conversations_are_read_the_newest_first(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let mut own = Vec::new();
    for _ in 0..3 {
        own.push(room.opened("Mon lien").await);
    }
    room.visitors(&room.world.address("visiteuse")).await;
    own.reverse();
    let mut read = Vec::new();
    let mut before = None;
    loop {
        let page = room
            .desk
            .conversations_of(room.account, before, 2)
            .await
            .unwrap();
        read.extend(page.items.iter().map(|it| it.id));
        match page.next {
            Some(next) => before = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(read, own);
    let nobody = AccountId::from_uuid(room.world.uuid());
    let none = room.desk.conversations_of(nobody, None, 2).await.unwrap();
    assert!(none.items.is_empty() && none.next.is_none());
}

pub(super) async fn a_conversation_is_written_with_its_entry_and_mails(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let address = room.world.account(room.account).await.email().cloned();
    let id = room.opened("Mon lien").await;
    let mails = |lines: &[super::OutboxLine]| -> Vec<_> {
        lines
            .iter()
            .filter(|line| line.to == address)
            .cloned()
            .collect()
    };
    let acknowledged = mails(&room.world.outbox().await).len();
    let seen = room.seen(id).await;
    done(room.answer(&seen, "voici").await);
    assert_eq!(mails(&room.world.outbox().await).len(), acknowledged + 1);
    let seen = room.seen(id).await;
    done(room.write(&seen, "merci").await);
    let seen = room.seen(id).await;
    done(room.close(&seen).await);
    assert_eq!(mails(&room.world.outbox().await).len(), acknowledged + 1);
    let entries = room.world.entries().await;
    let told: Vec<_> = entries.iter().rev().take(4).rev().collect();
    let kinds: Vec<_> = told.iter().map(|entry| entry.kind.as_str()).collect();
    let expected = [
        "conversation_opened",
        "conversation_answered",
        "message_added",
        "conversation_closed",
    ];
    assert_eq!(kinds, expected);
    let queue = room.world.probe.seal_queue().await;
    for entry in told {
        assert_eq!(entry.account, Some(room.account));
        assert!(queue.contains(&entry.id));
        let erasable = entry.erasable.as_deref().unwrap();
        assert!(
            !erasable.contains("lien") && !erasable.contains("voici"),
            "{erasable}"
        );
    }
    let visitor = room.world.address("visiteuse");
    let id = room.visitors(&visitor).await;
    let entries = room.world.entries().await;
    let entry = entries.last().expect("the entry");
    assert_eq!(entry.id, EntryId::from_uuid(*id.as_uuid()));
    assert_eq!((entry.author, entry.account), (Author::Machine, None));
    let erasable = entry.erasable.as_deref().unwrap();
    assert!(!erasable.contains("visiteuse"), "{erasable}");
}

pub(super) async fn a_request_to_support_is_carried_out_once(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let request = room.world.request();
    let first = room.opening("Mon lien", Some(request)).await;
    let again = room.opening("Mon lien", Some(request)).await;
    let entry = first.entry().id();
    done(room.desk.open_conversation(first).await.unwrap());
    let shown = room.world.shown().await;
    let expected = Repeated {
        entry,
        body: request.1,
        account: Some(room.account),
        group: None,
    };
    let outcome = room.desk.open_conversation(again).await.unwrap();
    assert_eq!(outcome, Outcome::Repeated(expected));
    assert_eq!(room.world.shown().await, shown);
    assert_eq!(room.inbox(Inbox::Waiting, 10).await.len(), 1);
}

pub(super) async fn nobody_answers_after_losing_the_right(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let id = room.opened("Mon lien").await;
    let seen = room.seen(id).await;
    let facts = room.world.facts(room.operator.into(), None, None).await;
    let answer = text("voici");
    let permit = rules::answer_conversation(&facts.actor, &seen.facts(), &answer).unwrap();
    let act = permit.into_act(room.world.circumstances(None));
    let colleague = room.world.new_operator().await;
    let suspend = Deed::SuspendOperator {
        by: Author::Operator(colleague),
        operator: room.operator,
    };
    room.world.carry_out(&suspend).await;
    let shown = room.world.shown().await;
    let outcome = room.desk.answer_conversation(act).await.unwrap();
    assert_eq!(outcome, Outcome::Stale);
    assert_eq!(room.world.shown().await, shown);
    assert_eq!(room.seen(id).await, seen);
}

pub(super) async fn an_address_is_acknowledged_once_a_day(harness: &dyn Harness) {
    let mut room = Room::fresh(harness).await;
    let visitor = room.world.address("visiteuse");
    let mails = |lines: Vec<super::OutboxLine>| -> usize {
        let of_visitor = |line: &&super::OutboxLine| line.to.as_ref() == Some(&visitor);
        lines.iter().filter(of_visitor).count()
    };
    let fresh = TypedAddress {
        known_domain: true,
        acknowledged: false,
    };
    assert_eq!(
        room.typed(&visitor).await,
        fresh,
        "an account has its domain"
    );
    let decided_before = room.visitors_opening(&visitor, fresh);
    room.visitors(&visitor).await;
    assert_eq!(mails(room.world.outbox().await), 1);
    let known = room.typed(&visitor).await;
    assert!(known.acknowledged && known.known_domain);
    let shown = room.world.shown().await;
    let outcome = room.desk.open_conversation(decided_before).await.unwrap();
    assert_eq!(outcome, Outcome::Stale);
    assert_eq!(room.world.shown().await, shown, "nothing was written");
    // Decided anew it is taken in, without another mail.
    room.visitors(&visitor).await;
    assert_eq!(mails(room.world.outbox().await), 1);
    assert_eq!(room.inbox(Inbox::Waiting, 10).await.len(), 2);
    // Others are not counted with it; the next day it is told again.
    let other = room.world.address("visiteur");
    assert_eq!(room.typed(&other).await, fresh);
    room.world.pass(days(1));
    assert_eq!(room.typed(&visitor).await, fresh);
    room.visitors(&visitor).await;
    assert_eq!(mails(room.world.outbox().await), 2);

    let stranger = email("quelqu.un@nowhere.example");
    let listed = ["nowhere.example".to_owned()];
    let now = room.world.noon();
    for (domains, known_domain) in [
        (Some(&[][..]), false),
        (Some(&listed[..]), true),
        (None, true),
    ] {
        let typed = room
            .desk
            .typed_address(&stranger, domains, now)
            .await
            .unwrap();
        assert_eq!(typed.known_domain, known_domain, "{domains:?}");
    }
    let before = room.world.outbox().await.len();
    room.visitors(&stranger).await;
    assert_eq!(
        room.world.outbox().await.len(),
        before,
        "its domain is nobody's"
    );
}

pub(super) async fn of_many_requests_at_once_one_is_acknowledged(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let visitor = room.world.address("visiteuse");
    let fresh = room.typed(&visitor).await;
    let before = room.world.outbox().await.len();
    let mut writing = Vec::new();
    for _ in 0..16 {
        let act = room.visitors_opening(&visitor, fresh);
        let desk = room.world.probe.desk().expect("a desk");
        writing.push(tokio::spawn(
            async move { desk.open_conversation(act).await },
        ));
    }
    let mut written = 0;
    for write in writing {
        match write.await.unwrap().unwrap() {
            Outcome::Done(_) => written += 1,
            outcome => assert_eq!(outcome, Outcome::Stale),
        }
    }
    assert_eq!(written, 1);
    assert_eq!(room.world.outbox().await.len(), before + 1);
    assert_eq!(room.inbox(Inbox::Waiting, 100).await.len(), 1);
}

pub(super) async fn an_answer_is_read_for_its_letter(harness: &dyn Harness) {
    let room = Room::fresh(harness).await;
    let visitor = room.world.address("visiteuse");
    for (id, has_page) in [
        (room.opened("Mon lien").await, true),
        (room.visitors(&visitor).await, false),
    ] {
        let seen = room.seen(id).await;
        done(room.answer(&seen, "voici").await);
        let answer = room.desk.written_answer(id, Version(2)).await.unwrap();
        let answer = answer.expect("the answer");
        assert_eq!(Some(answer.subject), seen.subject);
        assert_eq!(answer.text, text("voici"));
        assert_eq!(answer.page, has_page.then_some(id));
        assert_eq!(
            room.desk.written_answer(id, Version(9)).await.unwrap(),
            None
        );
    }
}

pub(super) async fn an_erased_conversation_loses_what_was_said(harness: &dyn Harness) {
    let mut room = Room::fresh(harness).await;
    let visitor = room.world.address("visiteuse");
    let old = room.visitors(&visitor).await;
    room.world.pass(minutes(1));
    let spoken = room.opened("Mon lien").await;
    room.world.pass(minutes(1));
    let seen = room.seen(old).await;
    done(room.answer(&seen, "voici").await);
    room.world.pass(days(30));
    let young = room.opened("Mon lien").await;
    // The last message is what counts, and not the opening.
    let late = room.world.noon().saturating_add(days(380));
    let before = Retention::default().conversations_before(late);
    let due = |before, most| room.desk.erasable_conversations(before, most);
    assert_eq!(due(before, 100).await.unwrap(), 3);
    assert_eq!(due(before, 2).await.unwrap(), 2);
    let first_at = room.seen(spoken).await.last_message_at;
    assert_eq!(due(first_at, 100).await.unwrap(), 0);
    assert_eq!(
        due(first_at.saturating_add(micros(1)), 100).await.unwrap(),
        1
    );

    let shown = room.world.shown().await;
    assert_eq!(room.erase(4, late).await.unwrap(), Outcome::Stale);
    assert_eq!(room.world.shown().await, shown);
    let kept = [room.seen(young).await, room.seen(old).await];
    for (number, id) in [(1, spoken), (1, old)] {
        let (before, said) = (room.seen(id).await, room.said(id).await);
        assert_eq!(room.erase(number, late).await.unwrap(), Outcome::Done(()));
        let erased = Conversation {
            enquirer: match &before.enquirer {
                Enquirer::Visitor(_) => Enquirer::Visitor(None),
                account => account.clone(),
            },
            subject: None,
            state: ConversationState::Closed,
            since: late,
            erased_at: Some(late),
            version: Version(before.version.0 + 1),
            ..before
        };
        assert_eq!(room.seen(id).await, erased);
        let lines: Vec<_> = said
            .into_iter()
            .map(|message| ConversationMessage {
                text: None,
                ..message
            })
            .collect();
        assert_eq!(room.said(id).await, lines);
        assert_eq!(
            room.desk.written_answer(id, Version(2)).await.unwrap(),
            None
        );
        let entries = room.world.entries().await;
        let entry = entries.last().expect("the entry");
        assert_eq!(
            (entry.kind.as_str(), entry.author),
            ("conversations_erased", Author::Machine)
        );
        assert!(
            entry
                .details
                .contains(&format!("\"conversations\":{number}"))
        );
    }
    assert_eq!(room.seen(young).await, kept[0]);
    // Nothing is said in it any more, whatever was decided before.
    let shown = room.world.shown().await;
    assert_eq!(room.answer(&kept[1], "voici").await, Outcome::Stale);
    assert_eq!(room.erase(2, late).await.unwrap(), Outcome::Stale);
    assert_eq!(room.world.shown().await, shown);
    assert_eq!(due(before, 100).await.unwrap(), 1);
    assert_eq!(room.inbox(Inbox::Waiting, 10).await, [young]);
}

pub(super) async fn no_young_conversation_is_erased(harness: &dyn Harness) {
    let today = SystemClock::default().now();
    for (age, is_old) in [(170, false), (220, true)] {
        let written_at = today.saturating_sub(days(age));
        let room = Room::of(World::at(harness, written_at).await).await;
        let id = room.opened("Mon lien").await;
        // A server that lies about the hour; and one that does not lie enough to reach what is young.
        let late = match is_old {
            true => written_at.saturating_add(days(375)),
            false => today.saturating_add(days(400)),
        };
        let erased = room.erase(1, late).await;
        if is_old || !room.world.probe.has_a_clock() {
            assert_eq!(erased.unwrap(), Outcome::Done(()), "{age} days");
            continue;
        }
        assert!(erased.is_err(), "{age} days: {erased:?}");
        let seen = room.seen(id).await;
        assert!(seen.erased_at.is_none() && seen.subject.is_some());
        assert!(room.said(id).await.iter().all(|it| it.text.is_some()));
    }
}
