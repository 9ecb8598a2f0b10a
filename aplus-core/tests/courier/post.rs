//! A service whose relay does what a test tells it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aplus_core::group::{Reference, Requester, RequesterKind};
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{Clock, Letter, MailError, Mailer};
use aplus_core::rules::{AccountDraft, GroupDraft};
use aplus_core::service::{Builder, Context, CourierReport, GroupForm, LoginAsk};
use aplus_core::test_util::FixedClock;
use aplus_core::words::Language;
use aplus_core::{
    Aplus, Author, BrowserHash, EmailAddress, GroupId, GroupName, HostKey, Role, Roles, Site,
    SupportRequest, Timestamp,
};

pub(crate) const KEY: [u8; 32] = *b"a key of thirty-two bytes, no mo";

/// What the relay does with the next mail; it takes it where nothing is told.
pub(crate) enum Does {
    Later,
    Never,
}

/// Keeps to whom mails went, and what it was told to do.
#[derive(Clone, Default)]
pub(crate) struct Relay {
    pub(crate) taken: Arc<Mutex<Vec<Letter>>>,
    pub(crate) does: Arc<Mutex<VecDeque<Does>>>,
}

impl Relay {
    pub(crate) fn taken(&self) -> Vec<Letter> {
        std::mem::take(&mut self.taken.lock().unwrap())
    }

    pub(crate) fn tell(&self, does: impl IntoIterator<Item = Does>) {
        self.does.lock().unwrap().extend(does);
    }
}

#[async_trait::async_trait]
impl Mailer for Relay {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        match self.does.lock().unwrap().pop_front() {
            Some(Does::Later) => Err(MailError::Later("later".into())),
            Some(Does::Never) => Err(MailError::Never("never".into())),
            None => {
                self.taken.lock().unwrap().push(letter.clone());
                Ok(())
            }
        }
    }
}

pub(crate) fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

pub(crate) fn builder(store: &MemoryStore, mailer: impl Mailer, clock: impl Clock) -> Builder {
    let site = Site::new("https://aplus.example").unwrap();
    let key = HostKey::new(&KEY).unwrap();
    Aplus::builder(store.clone(), mailer, site, key).clock(clock)
}

/// A service, its relay and its clock.
pub(crate) struct Post {
    pub(crate) aplus: Aplus,
    pub(crate) store: MemoryStore,
    pub(crate) relay: Relay,
    pub(crate) clock: FixedClock,
}

impl Post {
    pub(crate) fn new(shaped: impl FnOnce(Builder) -> Builder) -> Self {
        let (store, relay) = (MemoryStore::default(), Relay::default());
        let clock = FixedClock::new(noon());
        let aplus = shaped(builder(&store, relay.clone(), clock.clone())).build();
        Self {
            aplus,
            store,
            relay,
            clock,
        }
    }

    pub(crate) async fn pass(&self) -> CourierReport {
        self.aplus.courier_pass(self.aplus.now()).await.unwrap()
    }

    /// Why mails were given up, in alphabetical order.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let dump = self.store.dump();
        let given_up = dump.split("given_up: Some(").skip(1);
        let reason = |rest: &str| rest.split('"').nth(1).unwrap().to_owned();
        let mut reasons: Vec<_> = given_up.map(reason).collect();
        reasons.sort_unstable();
        reasons
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(crate) async fn ask(aplus: &Aplus, email: &EmailAddress, browser: u8) {
    let ask = LoginAsk {
        email: email.clone(),
        browser: BrowserHash::from_bytes([browser; 32]),
        next: None,
        language: Language::French,
    };
    aplus.ask_for_link(ask, &Context::default()).await.unwrap();
}

fn request() -> SupportRequest {
    SupportRequest {
        requester: Requester {
            kind: RequesterKind::Anct,
            name: None,
        },
        reference: Reference::parse("essai").unwrap(),
    }
}

pub(crate) async fn group(aplus: &Aplus) -> GroupId {
    let form = GroupForm {
        draft: GroupDraft::new(GroupName::parse("Mairie de Valmy").unwrap()),
        request: request(),
    };
    let context = Context::default();
    let made = aplus.create_group(Author::Machine, &form, &context);
    made.await.unwrap().id
}

/// An account, whose welcome waits where the context says so.
pub(crate) async fn account(aplus: &Aplus, group: GroupId, address: &EmailAddress, how: &Context) {
    let draft = AccountDraft::new(address.clone(), Roles::only(Role::Aidant));
    aplus
        .create_account_for(Author::Machine, group, &draft, &request(), how)
        .await
        .unwrap();
}

pub(crate) fn silent() -> Context {
    Context {
        silent: true,
        ..Context::default()
    }
}

pub(crate) fn bulk() -> Context {
    Context {
        bulk: true,
        ..Context::default()
    }
}
