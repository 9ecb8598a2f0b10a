//! A store with people in it, and all that is dated or random, drawn from counters.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::deed::Deed;
use super::{Harness, OutboxLine, Probe};
use crate::account::{Operator, Principal, SupportRequest};
use crate::asking::{Answer, AskLimits, Silence};
use crate::journal::{BodyHash, Entry, Erasable, Event, Origin, Salt, StoredEntry, entry::About};
use crate::link::Purpose;
use crate::mail::{Mail, Message, Recipient};
use crate::order::Order;
use crate::ports::{
    AnsweredAsks, AskReceipt, AskSettings, Facts, NewAsk, NewLink, NewSession, OrdersOf, Outcome,
    Store, TargetRef, WaitingAsks, Wanted,
};
use crate::words::Language;
use crate::{
    Account, AccountId, AskId, Author, BrowserHash, Circumstances, EmailAddress, EntryId, Group,
    GroupId, HostKey, Lifetimes, LinkId, Nonce, OperatorId, OrderId, Reference, RequestId,
    Requester, RequesterKind, Role, Roles, SessionId, Timestamp,
};

/// The noon at which every world begins: so long ago that what happens then may be erased by any clock (P72).
pub(super) const NOON: &str = "2021-03-02T12:00:00Z";

pub(super) struct World {
    pub(super) probe: Box<dyn Probe>,
    pub(super) store: Arc<dyn Store>,
    pub(super) key: HostKey,
    noon: Timestamp,
    number: AtomicU64,
}

pub(super) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(super) fn browser(number: u8) -> BrowserHash {
    BrowserHash::from_bytes([number; 32])
}

pub(super) fn micros(count: u64) -> Duration {
    Duration::from_micros(count)
}

pub(super) fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

pub(super) fn days(count: u64) -> Duration {
    minutes(24 * 60 * count)
}

pub(super) fn on_request() -> SupportRequest {
    SupportRequest {
        requester: Requester {
            kind: RequesterKind::Prefecture,
            name: None,
        },
        reference: Reference::parse("courrier 12").unwrap(),
    }
}

impl World {
    pub(super) async fn fresh(harness: &dyn Harness) -> Self {
        Self::at(harness, NOON.parse().unwrap()).await
    }

    pub(super) async fn at(harness: &dyn Harness, noon: Timestamp) -> Self {
        let probe = harness.fresh().await;
        Self {
            store: probe.store(),
            probe,
            key: HostKey::new(&[7; 32]).unwrap(),
            noon,
            number: AtomicU64::new(1),
        }
    }

    pub(super) fn noon(&self) -> Timestamp {
        self.noon
    }

    /// So long after noon that what happened then is erased, and accounts that were last used then are emptied.
    pub(super) fn late(&self) -> Timestamp {
        self.noon.saturating_add(days(913))
    }

    fn next(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// Time passes.
    pub(super) fn pass(&mut self, by: Duration) {
        self.noon = self.noon.saturating_add(by);
    }

    /// An id that nobody has, later in order than all before it.
    pub(super) fn uuid(&self) -> uuid::Uuid {
        uuid::Uuid::from_u128(u128::from(self.next()) << 64)
    }

    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes
    }

    /// An address that nobody has.
    pub(super) fn address(&self, local: &str) -> EmailAddress {
        email(&format!("{local}.{}@mairie.example", self.next()))
    }

    pub(super) fn request(&self) -> (RequestId, BodyHash) {
        (RequestId::from_uuid(self.uuid()), BodyHash::of(b"body"))
    }

    pub(super) fn circumstances(&self, request: Option<(RequestId, BodyHash)>) -> Circumstances {
        Circumstances {
            at: self.noon,
            origin: Origin {
                network: Some("192.0.2.7".to_owned()),
                browser: None,
            },
            request,
            entry: EntryId::from_uuid(self.uuid()),
            created: self.uuid(),
            salt: Salt(self.bytes()),
        }
    }

    pub(super) fn entry(&self, at: Timestamp, author: Author, event: &Event) -> Entry {
        self.entry_about(at, author, None, event)
    }

    pub(super) fn entry_about(
        &self,
        at: Timestamp,
        author: Author,
        account: Option<AccountId>,
        event: &Event,
    ) -> Entry {
        let id = EntryId::from_uuid(self.uuid());
        let about = About {
            account,
            group: None,
        };
        let salt = Salt(self.bytes());
        Entry::new(
            id,
            at,
            author,
            about,
            event,
            None,
            &Erasable::default(),
            salt,
        )
    }

    pub(super) fn session(&self) -> NewSession {
        let id = SessionId::from_uuid(self.uuid());
        let nonce = Nonce::from_bytes(self.bytes());
        NewSession {
            id,
            hash: self.key.session(id, &nonce).hash(),
            nonce,
            key: self.key.id(),
            browser: Some("Firefox".to_owned()),
        }
    }

    /// What a decision stands on, from the store.
    pub(super) async fn facts(
        &self,
        author: Author,
        account: Option<AccountId>,
        group: Option<GroupId>,
    ) -> Facts {
        let wanted = Wanted {
            author,
            target: account.map(TargetRef::Id),
            group,
            request: None,
        };
        self.store.facts(&wanted).await.unwrap()
    }

    pub(super) async fn account(&self, id: AccountId) -> Account {
        let account = self.store.account(id).await.unwrap();
        account.expect("the account's line never goes")
    }

    pub(super) async fn group(&self, id: GroupId) -> Group {
        self.store.group(id).await.unwrap().expect("the group")
    }

    pub(super) async fn operator(&self, id: OperatorId) -> Operator {
        let operator = self.store.operator(id).await.unwrap();
        operator.expect("the operator")
    }

    pub(super) async fn order(&self, id: OrderId) -> Order {
        self.store.order(id).await.unwrap().expect("the order")
    }

    pub(super) async fn entries(&self) -> Vec<StoredEntry> {
        self.store.entries(None, u32::MAX).await.unwrap()
    }

    pub(super) async fn outbox(&self) -> Vec<OutboxLine> {
        let mut lines = self.probe.outbox().await;
        lines.sort_unstable();
        lines
    }

    /// All that the ports and the probe show, as text: equal before and after, nothing was written.
    pub(super) async fn shown(&self) -> String {
        let mut queue = self.probe.seal_queue().await;
        queue.sort_unstable();
        let groups = self.store.groups(None, 10_000).await.unwrap().items;
        let entries = self.entries().await;
        let mut accounts: Vec<_> = entries.iter().filter_map(|entry| entry.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let operators = self.store.operators(None, 10_000).await.unwrap().items;
        let orders = self.store.orders(OrdersOf::All, None, None, 10_000).await;
        let orders = orders.unwrap().items;
        let mut shown = format!(
            "{groups:#?}{operators:#?}{orders:#?}{entries:#?}{queue:#?}{:#?}",
            self.outbox().await
        );
        for id in accounts {
            let sessions = self.store.sessions(Principal::Account(id), 1_000).await;
            let links = self.store.link_stories(id, 1_000).await;
            let account = self.account(id).await;
            shown += &format!("{account:#?}{:#?}{:#?}", sessions.unwrap(), links.unwrap());
        }
        shown
    }

    /// Creates a group, on the machine.
    pub(super) async fn new_group(&self, name: &str) -> GroupId {
        let deed = Deed::create_group(name);
        GroupId::from_uuid(self.carry_out(&deed).await)
    }

    pub(super) async fn new_operator(&self) -> OperatorId {
        let deed = Deed::AddOperator {
            email: self.address("operatrice"),
        };
        OperatorId::from_uuid(self.carry_out(&deed).await)
    }

    /// Creates an account, on the machine.
    pub(super) async fn new_account(&self, group: GroupId, role: Role) -> AccountId {
        let deed = Deed::CreateAccount {
            by: Author::Machine,
            group,
            email: self.address(role.as_str()),
            roles: Roles::only(role),
        };
        AccountId::from_uuid(self.carry_out(&deed).await)
    }

    /// Logs somebody in, at noon and from browser 1.
    pub(super) async fn logged_in(&self, principal: Principal) -> SessionId {
        let link = self.new_link(principal, 1, self.noon).await;
        let deed = Deed::LogIn {
            link: link.hash,
            browser: browser(1),
            email: None,
            at: self.noon,
        };
        SessionId::from_uuid(self.carry_out(&deed).await)
    }

    pub(super) fn ask(&self, email: &EmailAddress, asked_by: u8, at: Timestamp) -> NewAsk {
        NewAsk {
            id: AskId::from_uuid(self.uuid()),
            email: email.clone(),
            browser: browser(asked_by),
            network: "192.0.2.7".to_owned(),
            next: Some("/comptes".to_owned()),
            language: Language::French,
            at,
        }
    }

    pub(super) async fn queue(&self, ask: &NewAsk) {
        assert_eq!(
            self.store.ask(ask, 1_000).await.unwrap(),
            AskReceipt::Queued
        );
    }

    pub(super) async fn waiting(&self, now: Timestamp) -> Option<WaitingAsks> {
        self.waiting_with(None, &AskLimits::default(), now).await
    }

    pub(super) async fn waiting_with(
        &self,
        domains: Option<&[String]>,
        limits: &AskLimits,
        now: Timestamp,
    ) -> Option<WaitingAsks> {
        let settings = AskSettings {
            domains,
            lifetimes: &Lifetimes::default(),
            limits,
        };
        self.store.waiting(settings, now).await.unwrap()
    }

    /// The letter, the entry and the link with which the courier answers one asking.
    pub(super) fn issue(&self, waiting: &WaitingAsks, ask: &NewAsk) -> NewLink {
        let (principal, epoch) = waiting.principal.expect("somebody has the address");
        let id = LinkId::from_uuid(self.uuid());
        let nonce = Nonce::from_bytes(self.bytes());
        let until = ask.at.saturating_add(Lifetimes::default().link());
        NewLink {
            id,
            hash: self.key.link(id, &nonce).hash(),
            nonce,
            key: self.key.id(),
            purpose: match waiting.order {
                Some(order) => Purpose::ConfirmAddress(order.id),
                None => Purpose::LogIn,
            },
            principal,
            email: ask.email.clone(),
            browser: ask.browser,
            issued_at: ask.at,
            expires_at: match waiting.order {
                Some(order) => until.min(order.expires_at),
                None => until,
            },
            epoch,
            next: ask.next.clone(),
            language: ask.language,
            supersedes: None,
        }
    }

    /// The answer to one asking by one link.
    pub(super) fn answer_with(&self, ask: &NewAsk, link: NewLink) -> AnsweredAsks {
        let event = Event::LinkIssued {
            principal: link.principal,
            link: link.id,
            supersedes: link.supersedes,
            order: link.purpose.order(),
        };
        let entry = self.entry(ask.at, Author::Machine, &event);
        let answer = Answer::Issue {
            link: link.id,
            supersedes: link.supersedes,
        };
        let to = Recipient::Address(ask.email.clone());
        let letter = match link.purpose {
            Purpose::LogIn => Message::LoginLink { link: link.id },
            Purpose::ConfirmAddress(_) => Message::ConfirmAddress { link: link.id },
        };
        AnsweredAsks {
            email: ask.email.clone(),
            answers: vec![(ask.id, answer)],
            links: vec![link],
            mails: vec![Mail::new(entry.id(), 0, to, letter)],
            entries: vec![entry],
            language: ask.language,
            at: ask.at,
        }
    }

    /// The answer to askings by nothing but a word.
    pub(super) fn answer_nothing(&self, asks: &[NewAsk], answer: Answer) -> AnsweredAsks {
        let first = asks.first().expect("an asking");
        AnsweredAsks {
            email: first.email.clone(),
            answers: asks.iter().map(|ask| (ask.id, answer)).collect(),
            links: Vec::new(),
            entries: Vec::new(),
            mails: Vec::new(),
            language: first.language,
            at: first.at,
        }
    }

    pub(super) async fn address_of(&self, principal: Principal) -> EmailAddress {
        match principal {
            Principal::Account(id) => self.account(id).await.email().cloned().expect("an address"),
            Principal::Operator(id) => self.operator(id).await.email,
        }
    }

    /// Asks for a link at `at` and answers it.
    pub(super) async fn new_link(
        &self,
        principal: Principal,
        asked_by: u8,
        at: Timestamp,
    ) -> NewLink {
        let ask = self.ask(&self.address_of(principal).await, asked_by, at);
        self.queue(&ask).await;
        self.answered_by_a_link(&ask).await
    }

    /// The link with which one asking is answered that waits; what else waits is answered with nothing before it.
    pub(super) async fn answered_by_a_link(&self, ask: &NewAsk) -> NewLink {
        let waiting = loop {
            let waiting = self.waiting(ask.at).await.expect("the asking");
            if waiting.email == ask.email {
                break waiting;
            }
            let nothing = self.answer_nothing(&waiting.asks, Answer::Nothing(Silence::TooSoon));
            assert_eq!(self.store.answer(nothing).await.unwrap(), Outcome::Done(()));
        };
        let link = self.issue(&waiting, ask);
        let answered = self.answer_with(ask, link.clone());
        assert_eq!(
            self.store.answer(answered).await.unwrap(),
            Outcome::Done(())
        );
        link
    }
}
