//! A town: one service on a store of its own, a clock that one sets, and the people who meet an order.

use std::time::Duration;

use aplus_core::import::ImportOptions;
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{Accounts, Journal, Letter, Logins, MailError, Mailer, NewLink, Outcome};
use aplus_core::rules::{AccountDraft, GroupDraft};
use aplus_core::service::{Context, GroupForm, LoginAsk};
use aplus_core::test_util::{self, FixedClock};
use aplus_core::words::Language;
use aplus_core::*;

struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

/// Who is there.
#[derive(Debug, Clone, Copy)]
pub struct People {
    pub group: GroupId,
    /// Of another group.
    pub elsewhere: GroupId,
    /// The account that orders are about.
    pub subject: AccountId,
    /// Active responsable of `group`.
    pub responsable: AccountId,
    /// Aidant of `group`.
    pub colleague: AccountId,
    /// Responsable of `elsewhere`.
    pub stranger: AccountId,
    pub first: OperatorId,
    pub second: OperatorId,
    pub suspended: OperatorId,
}

pub struct Town {
    pub aplus: Aplus,
    pub store: MemoryStore,
    pub clock: FixedClock,
    pub who: People,
    policy: Policy,
}

pub fn context() -> Context {
    Context::default()
}

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn old_address() -> EmailAddress {
    email("camille.roux@mairie.example")
}

pub fn new_address() -> EmailAddress {
    email("camille.roux@agglo.example")
}

pub fn request() -> SupportRequest {
    SupportRequest {
        requester: Requester {
            kind: RequesterKind::Prefecture,
            name: None,
        },
        reference: Reference::parse("courrier du 3 mars").unwrap(),
    }
}

pub fn import_options(author: Author) -> ImportOptions {
    ImportOptions {
        author,
        request: request(),
        with_accounts: true,
        welcome: true,
        dry_run: false,
    }
}

pub fn draft(change: OrderedChange) -> OrderDraft {
    OrderDraft {
        change,
        request: request(),
        reason: "elle a changé de service".parse().unwrap(),
    }
}

pub fn to_roles(roles: &[Role]) -> OrderedChange {
    OrderedChange {
        roles: Some(Roles::new(roles.iter().copied()).unwrap()),
        ..OrderedChange::default()
    }
}

pub fn to_address() -> OrderedChange {
    OrderedChange {
        email: Some(new_address()),
        ..OrderedChange::default()
    }
}

/// Who holds Responsable in the group of the subject, and counts.
pub async fn responsables(town: &Town) -> Vec<AccountId> {
    let members = town.store.members(town.who.group, None, 100).await.unwrap();
    let manage = |account: &&Account| account.standing().manages(town.who.group);
    members
        .items
        .iter()
        .filter(manage)
        .map(Account::id)
        .collect()
}

/// The code of a refusal: a test names the one that it expects.
pub fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Err(Error::Refused(refusal)) => refusal.code(),
        other => panic!("not refused: {other:?}"),
    }
}

fn key() -> HostKey {
    HostKey::new(&[7; 32]).unwrap()
}

fn service(store: &MemoryStore, clock: &FixedClock, policy: &Policy) -> Aplus {
    let site = Site::new("https://aplus.example").unwrap();
    Aplus::builder(store.clone(), Nowhere, site, key())
        .clock(clock.clone())
        .policy(policy.clone())
        .build()
}

impl Town {
    /// The subject holds `roles`, and is logged in once.
    pub async fn new(dual_control: DualControl, roles: &[Role]) -> Self {
        let clock = FixedClock::new("2026-03-02T12:00:00Z".parse().unwrap());
        let store = MemoryStore::default();
        let policy = Policy {
            dual_control,
            ..Policy::default()
        };
        let aplus = service(&store, &clock, &policy);
        let operator = async |name: &str| {
            let email = email(&format!("{name}@aplus.example"));
            aplus.add_operator(&email, &context()).await.unwrap().id
        };
        let first = operator("premiere.operatrice").await;
        let second = operator("seconde.operatrice").await;
        let suspended = operator("ancien.operateur").await;
        let by = Author::Operator(second);
        aplus
            .suspend_operator(by, suspended, &context())
            .await
            .unwrap();
        let group = async |name: &str| {
            let form = GroupForm {
                draft: GroupDraft::new(GroupName::parse(name).unwrap()),
                request: request(),
            };
            let by = Author::Machine;
            aplus.create_group(by, &form, &context()).await.unwrap().id
        };
        let (home, elsewhere) = (group("Mairie").await, group("Ailleurs").await);
        let first_of = async |group, name: &str| {
            let draft = AccountDraft::new(email(name), Roles::only(Role::Responsable));
            let by = Author::Machine;
            let created = aplus
                .create_account_for(by, group, &draft, &request(), &context())
                .await;
            created.unwrap().account.id()
        };
        let responsable = first_of(home, "dominique.petit@mairie.example").await;
        let stranger = first_of(elsewhere, "alix.durand@caf.example").await;
        let member = async |address: EmailAddress, roles| {
            let draft = AccountDraft::new(address, roles);
            let by = Author::Account(responsable);
            let created = aplus.create_account(by, home, &draft, &context()).await;
            created.unwrap().account.id()
        };
        let held = Roles::new(roles.iter().copied()).unwrap();
        let subject = member(old_address(), held).await;
        let aidant = Roles::only(Role::Aidant);
        let colleague = member(email("sacha.blanc@mairie.example"), aidant).await;
        test_util::log_in(&aplus, &old_address()).await.unwrap();
        Self {
            who: People {
                group: home,
                elsewhere,
                subject,
                responsable,
                colleague,
                stranger,
                first,
                second,
                suspended,
            },
            aplus,
            store,
            clock,
            policy,
        }
    }

    /// A town of its own that has come to the same.
    pub fn copy(&self) -> Self {
        let (store, clock) = (self.store.copy(), FixedClock::new(self.aplus.now()));
        Self {
            aplus: service(&store, &clock, &self.policy),
            store,
            clock,
            policy: self.policy.clone(),
            who: self.who,
        }
    }

    pub fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    pub async fn account(&self, id: AccountId) -> Account {
        self.store.account(id).await.unwrap().unwrap()
    }

    pub async fn subject(&self) -> Account {
        self.account(self.who.subject).await
    }

    pub async fn propose(&self, by: Author, change: OrderedChange) -> Result<Order, Error> {
        let account = self.who.subject;
        self.aplus
            .propose_order(by, account, &draft(change), &context())
            .await
    }

    pub async fn approve(&self, by: Author, order: OrderId) -> Result<Order, Error> {
        self.aplus.approve_order(by, order, &context()).await
    }

    /// Answers what waits, as the courier does, without handing letters over.
    pub async fn answer(&self) -> Vec<NewLink> {
        let mut links = Vec::new();
        let now = self.aplus.now();
        let (lifetimes, limits) = (Lifetimes::default(), asking::AskLimits::default());
        let settings = ports::AskSettings {
            domains: None,
            lifetimes: &lifetimes,
            limits: &limits,
        };
        while let Some(waiting) = self.store.waiting(settings, now).await.unwrap() {
            let answers = test_util::answers(&self.aplus, waiting, now).unwrap();
            links.extend(answers.links.iter().cloned());
            assert_eq!(self.store.answer(answers).await.unwrap(), Outcome::Done(()));
        }
        links
    }

    /// Somebody types an address on the login page, in a browser that was never here; the links that are sent for it.
    pub async fn ask(&self, address: &EmailAddress) -> Vec<NewLink> {
        let ask = LoginAsk {
            email: address.clone(),
            browser: self.aplus.new_browser().unwrap().hash(),
            next: None,
            language: Language::French,
        };
        self.aplus.ask_for_link(ask, &context()).await.unwrap();
        self.answer().await
    }

    /// Presses the button of a link's page in a browser that did not ask, and types the address.
    pub async fn press(&self, link: &NewLink) -> Result<(), Error> {
        let secret = key().link(link.id, &link.nonce);
        let address = Some(&link.email);
        let opened = self.aplus.log_in(&secret, None, address, &context()).await;
        opened.map(|_| ())
    }

    /// The entries of acts: what was refused is recorded beside them.
    pub async fn entries(&self) -> Vec<journal::StoredEntry> {
        let entries = self.store.entries(None, u32::MAX).await.unwrap();
        let acts = entries.into_iter().filter(|entry| entry.kind != "refused");
        acts.collect()
    }

    /// The addresses of the mails that were ever queued and still wait.
    pub fn mails_to(&self) -> Vec<EmailAddress> {
        let mails = self.store.outbox().into_iter();
        mails.filter_map(|(_, to, _)| to).collect()
    }
}
