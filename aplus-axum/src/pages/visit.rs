//! One request for a page: who, from where, with which form; and the ways in which it is answered.

use std::ops::Deref;
use std::str::FromStr;

use aplus_core::journal::BodyHash;
use aplus_core::service::{Context, Current};
use aplus_core::{Actor, Aplus, Author, Policy, Site};
use askama::Template;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::form::{self, Pairs, SHOWN_AT};
use super::shell::Shell;
use super::slip::Note;
use crate::client::Caller;
use crate::extract::{MaybeSession, Rejection, Session};
use crate::problem::Problem;
use crate::state::Web;

/// What a handler of a page answers: a problem is said by the layer around all pages.
pub(super) type Answer = Result<Response, Problem>;

/// A request for a page, of anybody.
pub(super) struct Visit {
    pub(super) web: Web,
    pub(super) caller: Caller,
    pub(super) session: Option<Current>,
    pub(super) headers: HeaderMap,
    pub(super) form: Pairs,
    pub(super) query: Pairs,
    pub(super) context: Context,
    path: String,
    params: Vec<(String, String)>,
}

/// A request for a page, of somebody who is logged in. Who it is comes first: a visitor's form is not read.
pub(super) struct Signed {
    visit: Visit,
    pub(super) current: Current,
}

impl Deref for Signed {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl Signed {
    pub(super) fn author(&self) -> Author {
        self.current.author()
    }

    pub(super) fn actor(&self) -> Actor {
        self.current.actor()
    }
}

impl FromRequest<Web> for Visit {
    type Rejection = Rejection;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let MaybeSession(session) = MaybeSession::from_request_parts(&mut parts, web).await?;
        Self::read(Request::from_parts(parts, body), web, session).await
    }
}

impl FromRequest<Web> for Signed {
    type Rejection = Rejection;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let Session(current) = Session::from_request_parts(&mut parts, web).await?;
        let visit =
            Visit::read(Request::from_parts(parts, body), web, Some(current.clone())).await?;
        Ok(Self { visit, current })
    }
}

/// The address that was asked for, base path included.
pub(super) fn wanted(parts: &Parts) -> Uri {
    parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |original| &original.0)
        .clone()
}

impl Visit {
    async fn read(
        request: Request,
        web: &Web,
        session: Option<Current>,
    ) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, web).await?;
        let uri = wanted(&parts);
        let params = match RawPathParams::from_request_parts(&mut parts, web).await {
            Ok(params) => params
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            Err(_) => {
                return Err(Rejection::new(
                    Problem::NotFound,
                    &parts.headers,
                    web.aplus().site(),
                ));
            }
        };
        let query = Pairs::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let headers = parts.headers.clone();
        let (form, hash) = if parts.method.is_safe() {
            (Pairs::default(), BodyHash::of(&[]))
        } else {
            form::read(Request::from_parts(parts, body), &uri)
                .await
                .map_err(|problem| Rejection::new(problem, &headers, web.aplus().site()))?
        };
        let mut context = caller.context(hash);
        // The same form, sent twice from the same showing, is one request.
        if form.names(SHOWN_AT) {
            context.idempotency = Some(web.aplus().named_by_content(hash));
        }
        let path = uri.path().to_owned();
        Ok(Self {
            web: web.clone(),
            caller,
            session,
            headers,
            form,
            query,
            context,
            path,
            params,
        })
    }

    pub(super) fn aplus(&self) -> &Aplus {
        self.web.aplus()
    }

    pub(super) fn site(&self) -> &Site {
        self.web.aplus().site()
    }

    pub(super) fn policy(&self) -> &Policy {
        self.web.aplus().policy()
    }

    /// The address of this page, to which its form posts.
    pub(super) fn path(&self) -> String {
        self.path.clone()
    }

    /// An id of the path.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for what is no id: nothing stands there.
    pub(super) fn id<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        let found = self.params.iter().find(|(param, _)| param == name);
        found
            .and_then(|(_, value)| value.parse().ok())
            .ok_or(Problem::NotFound)
    }

    /// Where a list goes on, if it does.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for what no list ended with.
    pub(super) fn after<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        self.after_in(AFTER)
    }

    /// As [`Visit::after`], for one of several lists on a page, which has a parameter of its own.
    ///
    /// # Errors
    /// As there.
    pub(super) fn after_in<T: FromStr>(&self, list: &str) -> Result<Option<T>, Problem> {
        match self.query.text(list) {
            "" => Ok(None),
            cursor => cursor.parse().map(Some).map_err(|_| Problem::NotFound),
        }
    }

    /// The address of the next part of this list.
    pub(super) fn next(&self, cursor: Option<String>) -> Option<String> {
        self.next_in(AFTER, cursor)
    }

    /// The address of the next part of one of several lists on a page.
    pub(super) fn next_in(&self, list: &str, cursor: Option<String>) -> Option<String> {
        cursor.map(|cursor| format!("{}?{list}={cursor}", self.path))
    }

    /// What stands around the page, in its section of the menu.
    pub(super) fn shell(&self, section: &str) -> Shell {
        Shell::new(&self.web, &self.headers, self.session.as_ref(), section)
    }

    /// A form's hidden field that makes this showing of it a request of its own.
    pub(super) fn shown_now(&self) -> (String, String) {
        (
            SHOWN_AT.to_owned(),
            self.aplus().now().as_unix_micros().to_string(),
        )
    }

    /// A page.
    ///
    /// # Errors
    /// [`Problem::Broken`] where it cannot be made.
    pub(super) fn page(&self, status: StatusCode, page: &impl Template) -> Answer {
        let mut response = render(status, page)?;
        if Note::read(&self.headers, self.site()).is_some() {
            set(&mut response, Note::clear(self.site()));
        }
        Ok(response)
    }

    /// On to another page, with what was just done.
    pub(super) fn go(&self, path: &str, note: Option<Note>) -> Response {
        let mut response = Redirect::to(path).into_response();
        set(&mut response, note.and_then(|note| note.write(self.site())));
        response
    }
}

/// The parameter of a list that says after which id it goes on.
pub(super) const AFTER: &str = "apres";

/// Adds a cookie.
pub(super) fn set(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// A template as an answer.
pub(super) fn render(status: StatusCode, page: &impl Template) -> Answer {
    match page.render() {
        Ok(html) => Ok((status, [(header::CONTENT_LANGUAGE, "fr")], Html(html)).into_response()),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a page could not be made"
            );
            Err(Problem::Broken)
        }
    }
}
