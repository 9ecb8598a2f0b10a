//! One's own sessions (L11).

use aplus_core::SessionId;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};

use super::json::{List, SessionJson};
use super::paging::Paging;
use super::{Call, Ids};
use crate::cookies;
use crate::problem::Problem;

pub(super) async fn list(
    paging: Paging<SessionId>,
    call: Call<()>,
) -> Result<Json<List<SessionJson>>, Problem> {
    let open = call.aplus.sessions(call.current.principal()).await?;
    let after = |id: SessionId| paging.after.is_none_or(|last| last == id);
    // The newest first, so a part starts behind the session that the one before ended with.
    let skipped = paging.after.and(
        open.iter()
            .position(|session| after(session.id))
            .map(|last| last + 1),
    );
    let mut left = open.iter().skip(skipped.unwrap_or(0));
    let part: Vec<_> = left
        .by_ref()
        .take(usize::try_from(paging.limit).unwrap_or(usize::MAX))
        .collect();
    let next = left
        .next()
        .and(part.last())
        .map(|session| session.id.to_string());
    let items = part
        .into_iter()
        .map(|session| SessionJson::new(session, call.current.session))
        .collect();
    Ok(Json(List { items, next }))
}

fn gone(call: &Call<()>) -> impl IntoResponse + use<> {
    let cookie = cookies::clear_session(call.aplus.site());
    let cookies: Vec<_> = cookie
        .into_iter()
        .map(|cookie| (header::SET_COOKIE, cookie))
        .collect();
    (StatusCode::NO_CONTENT, AppendHeaders(cookies))
}

pub(super) async fn end_current(call: Call<()>) -> Result<impl IntoResponse, Problem> {
    let current = &call.current;
    call.aplus
        .end_session(current.principal(), current.session, &call.context)
        .await?;
    Ok(gone(&call))
}

pub(super) async fn end(
    Ids(session): Ids<SessionId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .end_session(call.current.principal(), session, &call.context)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn end_all(call: Call<()>) -> Result<impl IntoResponse, Problem> {
    call.aplus
        .end_all_sessions(call.author(), call.current.principal(), &call.context)
        .await?;
    Ok(gone(&call))
}
