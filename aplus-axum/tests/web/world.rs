//! Two groups with their people, two operators, a clock that stands, a mailbox, and browsers.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aplus_axum::Web;
use aplus_core::asking::AskLimits;
use aplus_core::group::{Reference, Requester, RequesterKind};
use aplus_core::journal::StoredEntry;
use aplus_core::memory::MemoryStore;
use aplus_core::ports::{Journal, Letter, MailError, Mailer};
use aplus_core::rules::{AccountDraft, GroupDraft};
use aplus_core::service::{Context, GroupForm};
use aplus_core::test_util::FixedClock;
use aplus_core::{
    Aplus, Author, DualControl, EmailAddress, GroupName, HostKey, OperatorId, OrderDraft, OrderId,
    OrderedChange, Policy, Reason, Role, Roles, Site, SupportRequest,
};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const RESPONSABLE: &str = "marie.durand@mairie.example";
pub(crate) const AIDANT: &str = "paul.petit@mairie.example";
pub(crate) const OTHER_RESPONSABLE: &str = "claire.leroy@prefecture.example";
pub(crate) const INSTRUCTEUR: &str = "jean.moreau@prefecture.example";
pub(crate) const OPERATOR: &str = "support.un@aplus.example";
pub(crate) const COLLEAGUE: &str = "support.deux@aplus.example";
pub(crate) const THIRD: &str = "support.trois@aplus.example";

#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<Vec<Letter>>>);

#[async_trait::async_trait]
impl Mailer for Mailbox {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) aplus: Aplus,
    pub(crate) clock: FixedClock,
    pub(crate) store: MemoryStore,
    pub(crate) app: Router,
    /// The group of the responsable and the aidant.
    pub(crate) mairie: String,
    /// The group of the other responsable and the instructeur.
    pub(crate) prefecture: String,
    ids: BTreeMap<String, String>,
    mailbox: Mailbox,
}

pub(crate) fn request() -> SupportRequest {
    let requester = Requester {
        kind: RequesterKind::Prefecture,
        name: None,
    };
    SupportRequest {
        requester,
        reference: Reference::parse("lettre 12").unwrap(),
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::under(DualControl::All).await
    }

    /// Where these orders take somebody else's approval.
    pub(crate) async fn under(dual_control: DualControl) -> Self {
        let site = Site::new("https://aplus.example").unwrap();
        // A test logs the same person in more often than a mailbox takes in half an hour.
        let limits = AskLimits {
            mails_per_address: 1_000,
            ..AskLimits::default()
        };
        Self::build(site, limits, dual_control).await
    }

    pub(crate) async fn at(url: &str, limits: AskLimits) -> Self {
        Self::on(Site::new(url).unwrap(), limits).await
    }

    pub(crate) async fn on(site: Site, limits: AskLimits) -> Self {
        Self::build(site, limits, DualControl::All).await
    }

    async fn build(site: Site, limits: AskLimits, dual_control: DualControl) -> Self {
        let clock = FixedClock::new("2026-03-02T09:00:00Z".parse().unwrap());
        let (store, mailbox) = (MemoryStore::default(), Mailbox::default());
        let key = HostKey::new(&[7; 32]).unwrap();
        let aplus = Aplus::builder(store.clone(), mailbox.clone(), site, key)
            .clock(clock.clone())
            .desk(store.clone())
            .limits(limits)
            .policy(Policy {
                dual_control,
                ..Policy::default()
            })
            .build();
        let context = Context {
            silent: true,
            ..Context::default()
        };
        let mut ids = BTreeMap::new();
        let mut groups = Vec::new();
        for (name, people) in [
            (
                "Mairie de Lens",
                [(RESPONSABLE, Role::Responsable), (AIDANT, Role::Aidant)],
            ),
            (
                "Préfecture du Nord",
                [
                    (OTHER_RESPONSABLE, Role::Responsable),
                    (INSTRUCTEUR, Role::Instructeur),
                ],
            ),
        ] {
            let draft = GroupDraft::new(GroupName::parse(name).unwrap());
            let form = GroupForm {
                draft,
                request: request(),
            };
            let group = aplus
                .create_group(Author::Machine, &form, &context)
                .await
                .unwrap();
            for (address, role) in people {
                let draft = AccountDraft::new(email(address), Roles::only(role));
                let created = aplus
                    .create_account_for(Author::Machine, group.id, &draft, &request(), &context)
                    .await
                    .unwrap();
                ids.insert(address.to_owned(), created.account.id().to_string());
            }
            groups.push(group.id.to_string());
        }
        for address in [OPERATOR, COLLEAGUE, THIRD] {
            let operator = aplus.add_operator(&email(address), &context).await.unwrap();
            ids.insert(address.to_owned(), operator.id.to_string());
        }
        let app = Web::new(&aplus).router();
        let [mairie, prefecture] = groups.try_into().unwrap();
        Self {
            aplus,
            clock,
            store,
            app,
            mairie,
            prefecture,
            ids,
            mailbox,
        }
    }

    /// The id of one of the four first accounts, or of an operator.
    pub(crate) fn id(&self, address: &str) -> &str {
        &self.ids[address]
    }

    /// An order of the first operator's that makes one of the four an instructeur and an aidant: its id.
    pub(crate) async fn order(&self, address: &str) -> String {
        let roles = Roles::new([Role::Aidant, Role::Instructeur]).unwrap();
        let change = OrderedChange {
            roles: Some(roles),
            ..OrderedChange::default()
        };
        self.propose(address, change).await.to_string()
    }

    /// One of the four has a new address that is approved and not yet confirmed.
    pub(crate) async fn moving(&self, address: &str, new: &str) {
        let change = OrderedChange {
            email: Some(email(new)),
            ..OrderedChange::default()
        };
        let order = self.propose(address, change).await;
        let colleague: OperatorId = self.id(COLLEAGUE).parse().unwrap();
        self.aplus
            .approve_order(colleague.into(), order, &Context::default())
            .await
            .unwrap();
    }

    async fn propose(&self, address: &str, change: OrderedChange) -> OrderId {
        // Ids of one millisecond stand in no order.
        self.clock.advance(Duration::from_secs(1));
        let author: OperatorId = self.id(OPERATOR).parse().unwrap();
        let draft = OrderDraft {
            change,
            request: request(),
            reason: Reason::parse("nouvelles fonctions").unwrap(),
        };
        let account = self.id(address).parse().unwrap();
        self.aplus
            .propose_order(author.into(), account, &draft, &Context::default())
            .await
            .unwrap()
            .id
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser {
            app: self.app.clone(),
            cookies: BTreeMap::new(),
            headers: HeaderMap::new(),
        }
    }

    /// Answers what was asked for and hands the mails over.
    pub(crate) async fn courier(&self) {
        self.aplus.courier_pass(self.aplus.now()).await.unwrap();
    }

    /// The token of the last link that was sent to an address.
    pub(crate) fn token(&self, address: &str) -> String {
        let letters = self.mailbox.0.lock().unwrap();
        let mut links = letters
            .iter()
            .rev()
            .filter(|letter| letter.to == email(address));
        let link = links
            .find_map(|letter| letter.link.as_ref())
            .expect("a link was sent");
        link.expose_secret()
            .split_once("jeton=")
            .unwrap()
            .1
            .to_owned()
    }

    pub(crate) fn letters(&self, address: &str) -> usize {
        self.mailbox
            .0
            .lock()
            .unwrap()
            .iter()
            .filter(|letter| letter.to == email(address))
            .count()
    }

    /// Asks in this browser and has the mail delivered: the token.
    pub(crate) async fn ask(&self, browser: &mut Browser, address: &str) -> String {
        let reply = browser
            .post("/api/v1/login-links", json!({"email": address}))
            .await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text());
        self.courier().await;
        self.token(address)
    }

    /// A browser in which this person is logged in.
    pub(crate) async fn logged_in(&self, address: &str) -> Browser {
        let mut browser = self.browser();
        let token = self.ask(&mut browser, address).await;
        let reply = browser
            .post("/api/v1/sessions", json!({"token": token}))
            .await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        // The next asking of the same address is not within a minute of this one.
        self.clock.advance(Duration::from_secs(61));
        browser
    }

    /// The entries of a kind.
    pub(crate) async fn entries(&self, kind: &str) -> Vec<StoredEntry> {
        let all = self.store.entries(None, 10_000).await.unwrap();
        all.into_iter().filter(|entry| entry.kind == kind).collect()
    }
}

/// Keeps cookies as a browser does, and sends these headers with each request.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) app: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
}

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// Status and code of a problem document, which must be whole.
    pub(crate) fn problem(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        let code = body["code"].as_str().unwrap();
        assert_eq!(body["type"], format!("urn:aplus:refusal:{code}"));
        assert_eq!(body["status"], self.status.as_u16());
        assert!(
            !body["title"].as_str().unwrap().is_empty()
                && !body["detail"].as_str().unwrap().is_empty()
        );
        (self.status.as_u16(), code.to_owned())
    }

    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.problem(), (status, code.to_owned()), "{}", self.text());
    }

    /// The fields that a 422 names, with their codes.
    pub(crate) fn errors(&self) -> Vec<(String, String)> {
        self.refused(422, "invalid");
        let errors = self.json()["errors"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|error| (text(&error["field"]), text(&error["code"])))
            .collect()
    }
}

impl Browser {
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body.to_string().into()))
            .await
    }

    pub(crate) async fn press(&mut self, path: &str) -> Reply {
        self.send(Method::POST, path, None).await
    }

    pub(crate) async fn patch(&mut self, path: &str, body: &str) -> Reply {
        self.send(Method::PATCH, path, Some(body.to_owned().into()))
            .await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Option<Bytes>) -> Reply {
        let (asked, sent) = (method.clone(), body.clone());
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
        let request = request
            .extension(ConnectInfo(peer))
            .body(body.map_or_else(Body::empty, Body::from))
            .unwrap();
        let reply = self.sent(request).await;
        let held = crate::document::holds(&asked, path, sent.as_deref(), &reply).await;
        assert_eq!(held, Ok(()), "what the API's document says");
        reply
    }

    pub(crate) async fn sent(&mut self, request: Request<Body>) -> Reply {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .split_once('=')
                .unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}
