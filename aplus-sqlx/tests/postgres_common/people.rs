//! A service over a store, and the people whom a test needs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aplus_core::account::SupportRequest;
use aplus_core::group::{Requester, RequesterKind};
use aplus_core::ports::{Accounts, Facts, Letter, MailError, Mailer, TargetRef, Wanted};
use aplus_core::rules::{AccountDraft, GroupDraft};
use aplus_core::service::{Context, Current, GroupForm, LoginAsk};
use aplus_core::test_util::FixedClock;
use aplus_core::words::Language;
use aplus_core::*;
use aplus_sqlx::postgres::PostgresStore;
use secrecy::ExposeSecret;

/// The hour at which the people of a test act, in microseconds: what `fill.sql` writes is older. It is itself so old that
/// what happens then may be erased.
pub(crate) const NOON: i64 = 1_600_000_000_000_000;

/// Ids, addresses and groups of one process never meet.
static NEXT: AtomicU64 = AtomicU64::new(1);

pub(crate) fn number() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub(crate) fn address(local: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{local}.n{}@mairie.example", number())).unwrap()
}

pub(crate) fn requested() -> SupportRequest {
    SupportRequest {
        requester: Requester {
            kind: RequesterKind::Prefecture,
            name: None,
        },
        reference: Reference::parse("courrier 12").unwrap(),
    }
}

pub(crate) fn group_draft() -> GroupDraft {
    GroupDraft::new(GroupName::parse(&format!("Groupe {}", number())).unwrap())
}

/// Keeps the secret of the last link that was sent.
#[derive(Clone, Default)]
struct Letterbox(Arc<Mutex<Option<LinkSecret>>>);

#[async_trait::async_trait]
impl Mailer for Letterbox {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        if let Some(link) = &letter.link {
            let (_, token) = link.expose_secret().split_once("jeton=").unwrap();
            *self.0.lock().unwrap() = Some(LinkSecret::parse(token).unwrap());
        }
        Ok(())
    }
}

/// Two groups that both responsables manage, an aidant of the first, an instructeur of both, and an operator.
pub(crate) struct People {
    pub(crate) aplus: Aplus,
    pub(crate) store: PostgresStore,
    pub(crate) clock: FixedClock,
    letterbox: Letterbox,
    pub(crate) home: GroupId,
    pub(crate) away: GroupId,
    pub(crate) first: Account,
    pub(crate) second: Account,
    pub(crate) aidant: Account,
    pub(crate) both: Account,
    pub(crate) operator: Operator,
}

impl People {
    pub(crate) async fn new(store: &PostgresStore) -> Self {
        let clock = FixedClock::new(Timestamp::from_unix_micros(NOON).unwrap());
        let letterbox = Letterbox::default();
        let aplus = service(store, &clock, &letterbox);
        let none = Context::default();
        let group = async || {
            let form = GroupForm {
                draft: group_draft(),
                request: requested(),
            };
            let made = aplus.create_group(Author::Machine, &form, &none).await;
            made.unwrap().id
        };
        let (home, away) = (group().await, group().await);
        let account = async |group, role: Role| {
            let draft = AccountDraft::new(address(role.as_str()), Roles::only(role));
            let (by, request) = (Author::Machine, requested());
            let made = aplus.create_account_for(by, group, &draft, &request, &none);
            made.await.unwrap().account
        };
        let first = account(home, Role::Responsable).await;
        let second = account(away, Role::Responsable).await;
        let aidant = account(home, Role::Aidant).await;
        let both = account(home, Role::Instructeur).await;
        for (by, to, who) in [
            (&second, away, &first),
            (&first, home, &second),
            (&second, away, &both),
        ] {
            let (by, email) = (Author::Account(by.id()), who.email().unwrap());
            aplus.add_member(by, to, email, &none).await.unwrap();
        }
        let operator = aplus.add_operator(&address("operatrice"), &none).await;
        let operator = operator.unwrap();
        Self {
            store: store.clone(),
            aplus,
            clock,
            letterbox,
            home,
            away,
            first,
            second,
            aidant,
            both,
            operator,
        }
    }

    /// The same service in another process: another store, the same clock and key.
    pub(crate) fn on(&self, store: &PostgresStore) -> Aplus {
        service(store, &self.clock, &self.letterbox)
    }

    /// Another account, of one role and of one group.
    pub(crate) async fn account(&self, group: GroupId, role: Role) -> Account {
        let draft = AccountDraft::new(address(role.as_str()), Roles::only(role));
        let (by, request, none) = (Author::Machine, requested(), Context::default());
        let made = self
            .aplus
            .create_account_for(by, group, &draft, &request, &none);
        made.await.unwrap().account
    }

    pub(crate) fn by(account: &Account) -> Author {
        Author::Account(account.id())
    }

    pub(crate) fn now(&self, author: Author) -> Circumstances {
        let now = self.aplus.circumstances(&Context::default(), author);
        now.unwrap()
    }

    pub(crate) async fn facts(
        &self,
        author: Author,
        target: Option<&Account>,
        group: Option<GroupId>,
    ) -> Facts {
        let target = target.map(|account| TargetRef::Id(account.id()));
        let wanted = Wanted {
            author,
            target,
            group,
            request: None,
        };
        self.store.facts(&wanted).await.unwrap()
    }

    /// What somebody asks who wants a link, in a browser of theirs.
    pub(crate) fn asking(email: &EmailAddress, browser: u8) -> LoginAsk {
        LoginAsk {
            email: email.clone(),
            browser: BrowserHash::from_bytes([browser; 32]),
            next: None,
            language: Language::French,
        }
    }

    /// Asks for a link, and reads it in the letter that the courier sends.
    pub(crate) async fn link(&self, email: &EmailAddress, browser: u8) -> LinkSecret {
        let none = Context::default();
        // So that nobody asks too often.
        self.clock.advance(std::time::Duration::from_secs(600));
        let ask = Self::asking(email, browser);
        self.aplus.ask_for_link(ask, &none).await.unwrap();
        self.letterbox.0.lock().unwrap().take();
        loop {
            let pass = self.aplus.courier_pass(self.aplus.now()).await.unwrap();
            if let Some(secret) = self.letterbox.0.lock().unwrap().take() {
                return secret;
            }
            assert!(!pass.is_idle(), "no letter for {email}");
        }
    }

    /// Logs somebody in, in a browser of their own, and looks who they are.
    pub(crate) async fn log_in(&self, email: &EmailAddress) -> (SessionSecret, Current) {
        let browser = u8::try_from(number() % 250).unwrap();
        let secret = self.link(email, browser).await;
        let hash = Some(BrowserHash::from_bytes([browser; 32]));
        let opened = self
            .aplus
            .log_in(&secret, hash, None, &Context::default())
            .await
            .unwrap();
        let current = self.aplus.current(&opened.secret).await.unwrap().unwrap();
        (opened.secret, current)
    }
}

fn service(store: &PostgresStore, clock: &FixedClock, letterbox: &Letterbox) -> Aplus {
    let site = Site::new("https://aplus.example").unwrap();
    let key = HostKey::new(&[7; 32]).unwrap();
    let policy = Policy {
        dual_control: DualControl::None,
        ..Policy::default()
    };
    Aplus::builder(store.clone(), letterbox.clone(), site, key)
        .clock(clock.clone())
        .policy(policy)
        .build()
}
