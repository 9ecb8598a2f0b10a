//! The support team: who is in it, suspending, bringing back (A14).

use aplus_core::account::RestoreAsked;
use aplus_core::{Aplus, Lifetimes, Operator, OperatorId};
use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::json::{List, OperatorJson};
use super::paging::Paging;
use super::{Call, Ids};
use crate::problem::Problem;

/// An operator as the others see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Colleague)]
pub(super) struct ColleagueJson {
    #[serde(flatten)]
    operator: OperatorJson,
    status: &'static str,
    #[schema(required)]
    restore_asked: Option<AskedJson>,
}

/// Who asked for a suspended operator, and until when that counts; nobody where it no longer does.
#[derive(Serialize, ToSchema)]
#[schema(as = RestoreAsked)]
struct AskedJson {
    by: String,
    at: String,
    until: String,
}

impl From<RestoreAsked> for AskedJson {
    fn from(asked: RestoreAsked) -> Self {
        Self {
            by: asked.by.to_string(),
            at: asked.at.to_string(),
            until: asked.at.saturating_add(Lifetimes::RESTORE).to_string(),
        }
    }
}

async fn colleague(aplus: &Aplus, operator: &Operator) -> Result<ColleagueJson, Problem> {
    let asked = aplus.asked_back(operator).await?;
    Ok(ColleagueJson {
        operator: operator.into(),
        status: operator.status.as_str(),
        restore_asked: asked.map(|(asked, _)| asked.into()),
    })
}

pub(super) async fn list(
    Paging { after, limit }: Paging<OperatorId>,
    call: Call<()>,
) -> Result<Json<List<ColleagueJson>>, Problem> {
    let page = call
        .aplus
        .operators(&call.current, after, limit, &call.context)
        .await?;
    let mut items = Vec::with_capacity(page.items.len());
    for operator in &page.items {
        items.push(colleague(&call.aplus, operator).await?);
    }
    Ok(Json(List {
        items,
        next: page.next,
    }))
}

pub(super) async fn suspend(
    Ids(operator): Ids<OperatorId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .suspend_operator(call.author(), operator, &call.context)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 202 for the first who asks, which brings nobody back yet; 204 for the second.
pub(super) async fn restore(
    Ids(operator): Ids<OperatorId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    let restored = call
        .aplus
        .restore_operator(call.author(), operator, &call.context)
        .await?;
    Ok(match restored {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::ACCEPTED,
    })
}
