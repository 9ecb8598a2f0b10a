//! The JSON API. A handler reads what was asked, hands it to its use case, and shows what came of it.
//!
//! `examples.md` shows requests and their answers; it stands in the documentation of the crate.

mod accounts;
#[cfg(feature = "desk")]
mod desk;
mod groups;
mod help;
pub(crate) mod journal;
mod json;
mod login;
mod me;
mod openapi;
mod operators;
mod orders;
mod paging;
mod sessions;
pub(crate) mod story;
mod support;

#[cfg(feature = "desk")]
pub(crate) use desk::count as count_visitor;

use aplus_core::journal::BodyHash;
use aplus_core::order::OrderFacts;
use aplus_core::rules::Action;
use aplus_core::service::{Context, Current};
use aplus_core::{Actor, Aplus, Author, GroupFacts, GroupId, OrderId, Refusal, Rule, Standing};
use axum::extract::{FromRef, FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::routing::on;
use serde::de::DeserializeOwned;

use crate::body::{Body, NoBody};
use crate::client::Caller;
use crate::extract::{Rejection, Session};
use crate::fields::FromFields;
use crate::problem::Problem;
use crate::router::Verb::{Delete, Get, Patch, Post};
use crate::router::{Route, Who};
use crate::state::Web;

macro_rules! route {
    ($method:ident $path:literal, $who:ident, $rule:ident, $handler:path) => {
        Route {
            method: $method,
            path: $path,
            who: Who::$who,
            rule: Rule::$rule,
            handler: |method| on(method, $handler),
        }
    };
}

/// The routes of the API.
#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
    route!(Post "/api/v1/login-links", Anybody, L7, login::ask),
    route!(Post "/api/v1/login-links/inspect", Anybody, L5, login::inspect),
    route!(Post "/api/v1/sessions", Anybody, L3, login::log_in),
    route!(Get "/api/v1/sessions", Self_, L11, sessions::list),
    route!(Delete "/api/v1/sessions", Self_, L11, sessions::end_all),
    route!(Delete "/api/v1/sessions/current", Self_, L11, sessions::end_current),
    route!(Delete "/api/v1/sessions/{session}", Self_, L11, sessions::end),
    route!(Get "/api/v1/me", Self_, A9, me::show),
    route!(Patch "/api/v1/me", Account, A4, me::edit),
    route!(Get "/api/v1/me/journal", Self_, T1, journal::own),
    route!(Get "/api/v1/groups", Self_, A9, groups::list),
    route!(Get "/api/v1/groups/{group}/accounts", Member, A9, groups::accounts),
    route!(Post "/api/v1/groups/{group}/accounts", Responsable, A1, groups::create_account),
    route!(Post "/api/v1/groups/{group}/members", Responsable, A2, groups::add_member),
    route!(Delete "/api/v1/groups/{group}/accounts/{account}", Responsable, A2, groups::remove_member),
    route!(Get "/api/v1/groups/{group}/orders", Decider, A6, orders::of_group),
    route!(Post "/api/v1/accounts/{account}/deactivate", Responsable, A8, accounts::deactivate),
    route!(Post "/api/v1/accounts/{account}/reactivate", Responsable, A8, accounts::reactivate),
    route!(Post "/api/v1/accounts/{account}/withdraw", Responsable, A11, accounts::withdraw),
    route!(Post "/api/v1/support/groups", Operator, A7, support::create_group),
    route!(Post "/api/v1/support/groups/{group}/accounts", Operator, A7, support::create_account),
    route!(Post "/api/v1/support/accounts/{account}/deactivate", Operator, A8, support::deactivate),
    route!(Post "/api/v1/support/accounts/{account}/reactivate", Operator, A8, support::reactivate),
    route!(Post "/api/v1/support/accounts/{account}/withdraw", Operator, A11, support::withdraw),
    route!(Delete "/api/v1/support/accounts/{account}/sessions", Operator, L11, support::end_sessions),
    route!(Post "/api/v1/support/orders", Operator, A6, orders::propose),
    route!(Get "/api/v1/support/orders", Operator, A6, orders::list),
    route!(Get "/api/v1/support/orders/{order}", Decider, A6, orders::show),
    route!(Post "/api/v1/support/orders/{order}/approve", Decider, A6, orders::approve),
    route!(Post "/api/v1/support/orders/{order}/refuse", Decider, A6, orders::refuse),
    route!(Post "/api/v1/support/orders/{order}/withdraw", Operator, A6, orders::withdraw),
    route!(Get "/api/v1/support/operators", Operator, A14, operators::list),
    route!(Post "/api/v1/support/operators/{operator}/suspend", Operator, A14, operators::suspend),
    route!(Post "/api/v1/support/operators/{operator}/restore", Operator, A14, operators::restore),
    route!(Get "/api/v1/support/accounts", Operator, T1, support::find),
    route!(Get "/api/v1/support/accounts/{account}/links", Operator, T1, support::links),
    route!(Get "/api/v1/help", Anybody, S1, help::search),
    route!(Get "/api/v1/openapi.json", Anybody, S1, openapi::show),
    route!(Get "/api/v1/journal", Operator, T1, journal::list),
];

/// The routes of the desk.
#[rustfmt::skip]
pub(crate) const DESK_ROUTES: &[Route] = &[
    #[cfg(feature = "desk")]
    route!(Post "/api/v1/support-requests", Anybody, S2, desk::open),
];

/// A request of somebody who is logged in, with its body as `B` reads it.
///
/// Who it is comes first: a visitor's body is not read.
struct Call<B> {
    aplus: Aplus,
    current: Current,
    caller: Caller,
    context: Context,
    content: B,
}

impl<B> Call<B> {
    fn author(&self) -> Author {
        self.current.author()
    }
}

impl<B> Call<B> {
    fn new(web: &Web, current: Current, caller: Caller, hash: BodyHash, content: B) -> Self {
        let context = caller.context(hash);
        Self {
            aplus: web.aplus().clone(),
            current,
            caller,
            context,
            content,
        }
    }
}

async fn who(parts: &mut Parts, web: &Web) -> Result<(Current, Caller), Rejection> {
    let Session(current) = Session::from_request_parts(parts, web).await?;
    let caller = Caller::from_request_parts(parts, web).await?;
    Ok((current, caller))
}

impl<B: FromFields> FromRequest<Web> for Call<Body<B>> {
    type Rejection = Rejection;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let (current, caller) = who(&mut parts, web).await?;
        let body: Body<B> = Body::from_request(Request::from_parts(parts, body), web).await?;
        Ok(Self::new(web, current, caller, body.hash, body))
    }
}

/// The body, or what is wrong with it: told only to who may do what was asked (see [`Call::in_group`]).
impl<B: FromFields> FromRequest<Web> for Call<Result<B, Problem>> {
    type Rejection = Rejection;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let (current, caller) = who(&mut parts, web).await?;
        let request = Request::from_parts(parts, body);
        let read = Body::<B>::unjudged(request).await;
        Ok(Self::unjudged(web, current, caller, read))
    }
}

/// The same, where there may be no body.
impl<B: FromFields> FromRequest<Web> for Call<Result<Option<B>, Problem>> {
    type Rejection = Rejection;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let (current, caller) = who(&mut parts, web).await?;
        let request = Request::from_parts(parts, body);
        let read = Body::<B>::unjudged_if_any(request).await;
        Ok(Self::unjudged(web, current, caller, read))
    }
}

impl<B> Call<Result<B, Problem>> {
    fn unjudged(
        web: &Web,
        current: Current,
        caller: Caller,
        read: Result<Body<B>, Problem>,
    ) -> Self {
        // What cannot be read is carried out under no key: its hash matters to nobody.
        let (content, hash) = match read {
            Ok(Body { content, hash }) => (Ok(content), hash),
            Err(problem) => (Err(problem), BodyHash::of(&[])),
        };
        Self::new(web, current, caller, hash, content)
    }

    /// The body of an act in a group. The act judges the right anew; where there is no body to act on, `rule` is asked,
    /// so that a refusal comes before what is wrong with the body, and is recorded (T1).
    async fn in_group(
        &self,
        action: Action,
        group: GroupId,
        rule: fn(&Actor, &GroupFacts) -> Result<(), Refusal>,
    ) -> Result<&B, Problem> {
        match &self.content {
            Ok(body) => Ok(body),
            Err(problem) => {
                self.aplus
                    .allow_in_group(&self.current, action, group, rule, &self.context)
                    .await?;
                Err(problem.clone())
            }
        }
    }

    /// The body of an act on an order, as [`Call::in_group`].
    async fn on_order(
        &self,
        action: Action,
        order: OrderId,
        rule: fn(&Actor, &Standing, &OrderFacts) -> Result<(), Refusal>,
    ) -> Result<&B, Problem> {
        match &self.content {
            Ok(body) => Ok(body),
            Err(problem) => {
                self.aplus
                    .allow_on_order(&self.current, action, order, rule, &self.context)
                    .await?;
                Err(problem.clone())
            }
        }
    }

    /// The body of an act of support's outside any group, as [`Call::in_group`].
    async fn as_support(&self, action: Action) -> Result<&B, Problem> {
        match &self.content {
            Ok(body) => Ok(body),
            Err(problem) => {
                support::allow(&self.aplus, &self.current, action, &self.context).await?;
                Err(problem.clone())
            }
        }
    }
}

impl FromRequest<Web> for Call<()> {
    type Rejection = Rejection;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Rejection> {
        let (mut parts, body) = request.into_parts();
        let (current, caller) = who(&mut parts, web).await?;
        let NoBody(hash) = NoBody::from_request(Request::from_parts(parts, body), web).await?;
        Ok(Self::new(web, current, caller, hash, ()))
    }
}

/// The ids of a path; one that is no id is an address at which nothing stands.
struct Ids<T>(T);

impl<S, T> FromRequestParts<S> for Ids<T>
where
    Web: FromRef<S>,
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(ids)) => Ok(Self(ids)),
            Err(_) => Err(Rejection::new(
                Problem::NotFound,
                &parts.headers,
                Web::from_ref(state).aplus().site(),
            )),
        }
    }
}
