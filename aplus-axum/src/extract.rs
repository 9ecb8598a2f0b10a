//! Who is logged in, for handlers: ours and the host's.
//!
//! An outage is never read as "not logged in": it is 503. Nobody being logged in is 401, or for a person who opens a page
//! the way to the login page and back (303).

use aplus_core::ports::SessionHolder;
use aplus_core::rules::{self, Action, Door};
use aplus_core::service::{Context, Current};
use aplus_core::words::Language;
use aplus_core::{Account, Aplus, Operator, Refusal, Site};
use axum::extract::{FromRef, FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::cookies;
use crate::language::preferred;
use crate::problem::Problem;

/// The parameter of the login page that says which page was wanted.
pub const NEXT: &str = "suite";

/// A request that does not reach its handler, with the answer that it gets.
#[derive(Debug)]
pub struct Rejection(Box<Response>);

impl Rejection {
    /// This problem, in the language of these headers.
    #[must_use]
    pub fn new(problem: Problem, headers: &HeaderMap, site: &Site) -> Self {
        Self::say(&problem, preferred(headers), site)
    }

    fn say(problem: &Problem, language: Language, site: &Site) -> Self {
        Self(Box::new(problem.document(language, site)))
    }

    /// Nobody is logged in.
    fn not_logged_in(parts: &Parts, site: &Site) -> Self {
        let uri = parts
            .extensions
            .get::<OriginalUri>()
            .map_or(&parts.uri, |original| &original.0);
        if is_navigation(&parts.headers) && !uri.path().starts_with(&site.path("/api/")) {
            Self(Box::new(
                Redirect::to(&login_page(site, &parts.method, uri)).into_response(),
            ))
        } else {
            Self::new(Problem::Refused(Refusal::NotLoggedIn), &parts.headers, site)
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// Whether a person opens a page: browsers of today say so, older ones ask for HTML.
fn is_navigation(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::HeaderName::from_static("sec-fetch-mode")) {
        Some(mode) => mode == "navigate",
        None => text(header::ACCEPT).is_some_and(|accept| accept.contains("text/html")),
    }
}

/// The login page, from which a GET comes back here; a form's answer cannot be had by coming back.
fn login_page(site: &Site, method: &Method, uri: &Uri) -> String {
    let page = site.path(Site::LOGIN);
    match uri
        .path_and_query()
        .and_then(|wanted| Site::own_path(wanted.as_str()))
    {
        Some(wanted) if method.is_safe() => {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair(NEXT, wanted)
                .finish();
            format!("{page}?{query}")
        }
        Some(_) | None => page,
    }
}

/// Whoever is logged in, account or operator; none for a visitor.
#[derive(Debug, Clone)]
pub struct MaybeSession(
    /// The session and its holder.
    pub Option<Current>,
);

impl<S> FromRequestParts<S> for MaybeSession
where
    Aplus: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let aplus = Aplus::from_ref(state);
        let Some(secret) = cookies::session(&parts.headers, aplus.site()) else {
            return Ok(Self(None));
        };
        match aplus.current(&secret).await {
            Ok(current) => Ok(Self(current)),
            Err(error) => Err(Rejection::new(error.into(), &parts.headers, aplus.site())),
        }
    }
}

/// Whoever is logged in, account or operator; 401 for a visitor.
#[derive(Debug, Clone)]
pub struct Session(
    /// The session and its holder.
    pub Current,
);

impl<S> FromRequestParts<S> for Session
where
    Aplus: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match MaybeSession::from_request_parts(parts, state).await?.0 {
            Some(current) => Ok(Self(current)),
            None => Err(Rejection::not_logged_in(
                parts,
                Aplus::from_ref(state).site(),
            )),
        }
    }
}

/// The account that is logged in; none for a visitor and for an operator.
#[derive(Debug, Clone)]
pub struct MaybeAccount(
    /// The account.
    pub Option<Account>,
);

impl<S> FromRequestParts<S> for MaybeAccount
where
    Aplus: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let current = MaybeSession::from_request_parts(parts, state).await?.0;
        Ok(Self(current.and_then(|current| current.account().cloned())))
    }
}

/// Whoever may enter; a no to somebody who is logged in is recorded (T1).
async fn enter<S>(parts: &mut Parts, state: &S, door: Door) -> Result<SessionHolder, Rejection>
where
    Aplus: FromRef<S>,
    S: Send + Sync,
{
    let Session(current) = Session::from_request_parts(parts, state).await?;
    let aplus = Aplus::from_ref(state);
    let verdict = rules::may_enter(&current.actor(), door);
    let context = Context::default();
    match aplus
        .allow(&current, Action::Enter, None, None, verdict, &context)
        .await
    {
        Ok(()) => Ok(current.holder),
        Err(error) => Err(Rejection::new(error.into(), &parts.headers, aplus.site())),
    }
}

async fn account<S>(parts: &mut Parts, state: &S, door: Door) -> Result<Account, Rejection>
where
    Aplus: FromRef<S>,
    S: Send + Sync,
{
    match enter(parts, state, door).await? {
        SessionHolder::Account(account) => Ok(account),
        SessionHolder::Operator(_) => Err(no(parts, state, Refusal::NotAccount)),
    }
}

/// What the rules have refused before: nobody comes here.
fn no<S>(parts: &Parts, state: &S, refusal: Refusal) -> Rejection
where
    Aplus: FromRef<S>,
{
    Rejection::new(
        refusal.into(),
        &parts.headers,
        Aplus::from_ref(state).site(),
    )
}

/// The account that is logged in; 401 for a visitor, 403 `not_account` for an operator.
#[derive(Debug, Clone)]
pub struct CurrentAccount(
    /// The account.
    pub Account,
);

impl<S> FromRequestParts<S> for CurrentAccount
where
    Aplus: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        account(parts, state, Door::Accounts).await.map(Self)
    }
}

/// An account that holds Responsable, in whichever groups; 403 `not_responsable` for others (A1).
#[derive(Debug, Clone)]
pub struct CurrentResponsable(
    /// The account.
    pub Account,
);

impl<S> FromRequestParts<S> for CurrentResponsable
where
    Aplus: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        account(parts, state, Door::Responsables).await.map(Self)
    }
}

/// Somebody of the support team; 403 `not_operator` for accounts (A7).
#[derive(Debug, Clone)]
pub struct CurrentOperator(
    /// The operator.
    pub Operator,
);

impl<S> FromRequestParts<S> for CurrentOperator
where
    Aplus: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match enter(parts, state, Door::Support).await? {
            SessionHolder::Operator(operator) => Ok(Self(operator)),
            SessionHolder::Account(_) => Err(no(parts, state, Refusal::NotOperator)),
        }
    }
}
