//! An account's status: what its responsables may do (A8, A11).

use aplus_core::AccountId;
use axum::http::StatusCode;

use super::{Call, Ids};
use crate::problem::Problem;

pub(super) async fn deactivate(
    Ids(account): Ids<AccountId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .deactivate(call.author(), account, &call.context)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn reactivate(
    Ids(account): Ids<AccountId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .reactivate(call.author(), account, &call.context)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn withdraw(
    Ids(account): Ids<AccountId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .withdraw(call.author(), account, &call.context)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
