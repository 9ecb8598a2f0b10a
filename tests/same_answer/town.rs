//! A router over a database, and addresses of each kind.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aplus::asking::AskLimits;
use aplus::journal::Origin;
use aplus::rules::AccountDraft;
use aplus::service::{Context, LoginAsk};
use aplus::test_util::FixedClock;
use aplus::words::Language;
use aplus::{Aplus, Author, BrowserHash, EmailAddress, GroupId, Role, Roles, Site};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};

use crate::common::ground::Ground;
use crate::common::{Tokens, scene};
use crate::statistics::Random;

/// What an address is, and is not told by the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Known,
    Unknown,
    Deactivated,
    /// An account's, to which as many mails went as may go within a link's life.
    Limited,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::Known, Self::Unknown, Self::Deactivated, Self::Limited];
}

/// How a link is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Api,
    Page,
}

impl Form {
    pub(crate) const ALL: [Self; 2] = [Self::Api, Self::Page];

    /// Asks for this address from this network.
    pub(crate) fn request(self, email: &str, network: [u8; 4]) -> Request<Body> {
        let (path, content, body) = match self {
            Self::Api => (
                "/api/v1/login-links",
                "application/json",
                serde_json::json!({ "email": email }).to_string(),
            ),
            Self::Page => (
                "/connexion",
                "application/x-www-form-urlencoded",
                format!("email={}&suite=%2Fgroupes", email.replace('@', "%40")),
            ),
        };
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, content)
            .body(Body::from(body))
            .unwrap();
        come_from(&mut request, network);
        request
    }
}

pub(crate) fn come_from(request: &mut Request<Body>, network: [u8; 4]) {
    let connection = ConnectInfo(SocketAddr::from((network, 4_711)));
    request.extensions_mut().insert(connection);
}

/// A service with its people.
pub(crate) struct Town {
    pub(crate) aplus: Aplus,
    pub(crate) app: Router,
    pub(crate) clock: FixedClock,
    pub(crate) tokens: Tokens,
    ground: Ground,
    people: [Vec<String>; 4],
}

impl Town {
    /// How many askings a network may send.
    pub(crate) const OF_A_NETWORK: u32 = 50;

    /// With so many people of each kind.
    pub(crate) async fn on(ground: Ground, people: usize, random: &mut Random) -> Self {
        let site = Site::new("http://127.0.0.1").unwrap();
        let clock = FixedClock::new("2026-03-02T09:00:00Z".parse().unwrap());
        let tokens = Tokens::default();
        let limits = AskLimits {
            asks_per_network: Self::OF_A_NETWORK,
            ..AskLimits::default()
        };
        let aplus = ground
            .builder(tokens.clone(), site)
            .clock(clock.clone())
            .limits(limits)
            .build();
        let town = Self {
            app: aplus::web::router(&aplus),
            aplus,
            clock,
            tokens,
            ground,
            people: Kind::ALL.map(|_| (0..people).map(|_| invent(random)).collect()),
        };
        town.settle().await;
        town.tokens.take();
        town
    }

    /// An address of this kind, one of those that there are.
    pub(crate) fn of(&self, kind: Kind, number: usize) -> &str {
        let people = &self.people[kind as usize];
        &people[number % people.len()]
    }

    pub(crate) fn known(&self) -> Arc<HashSet<String>> {
        let known = &self.people[Kind::Known as usize];
        Arc::new(known.iter().cloned().collect())
    }

    async fn settle(&self) {
        let group = scene::group(&self.aplus, "Mairie").await;
        for kind in [Kind::Known, Kind::Deactivated, Kind::Limited] {
            for email in &self.people[kind as usize] {
                self.account(group, email, kind == Kind::Deactivated).await;
            }
        }
        let most = AskLimits::default().mails_per_address;
        for browser in 0..most {
            for email in &self.people[Kind::Limited as usize] {
                self.ask(email, browser).await;
            }
            self.courier().await;
        }
    }

    async fn account(&self, group: GroupId, email: &str, deactivated: bool) {
        let silent = Context {
            silent: true,
            ..Context::default()
        };
        let draft = AccountDraft::new(
            EmailAddress::parse(email).unwrap(),
            Roles::only(Role::Aidant),
        );
        let made = self
            .aplus
            .create_account_for(Author::Machine, group, &draft, &scene::request(), &silent)
            .await
            .unwrap();
        if deactivated {
            let id = made.account.id();
            let done = self.aplus.deactivate(Author::Machine, id, &silent).await;
            done.unwrap();
        }
    }

    async fn ask(&self, email: &str, browser: u32) {
        let [one, ..] = browser.to_le_bytes();
        let ask = LoginAsk {
            email: EmailAddress::parse(email).unwrap(),
            browser: BrowserHash::from_bytes([one; 32]),
            next: None,
            language: Language::French,
        };
        let context = Context {
            origin: Origin {
                network: Some(format!("192.0.2.{browser}")),
                browser: None,
            },
            ..Context::default()
        };
        self.aplus.ask_for_link(ask, &context).await.unwrap();
    }

    /// Answers all that waits.
    pub(crate) async fn courier(&self) {
        while !self
            .aplus
            .courier_pass(self.aplus.now())
            .await
            .unwrap()
            .is_idle()
        {}
    }

    /// As if nobody had asked since the last answers: so that addresses stay what they are, however many ask.
    pub(crate) async fn forget(&mut self) {
        let forget = "delete from aplus.login_request where answered_at is null";
        self.ground.run(forget).await;
        self.clock.advance(Duration::from_millis(10));
    }
}

/// An address as long as any other, so that no kind is told by what is typed.
fn invent(random: &mut Random) -> String {
    let letter = |random: &mut Random| char::from(b'a' + u8::try_from(random.below(26)).unwrap());
    let name: String = (0..12).map(|_| letter(random)).collect();
    format!("camille.{name}@mairie.example")
}
