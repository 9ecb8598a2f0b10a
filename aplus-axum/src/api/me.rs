//! Oneself.

use aplus_core::rules::Sight;
use aplus_core::{AccountId, FirstName, FrozenField, JobTitle, LastName, Phone, ProfileChange};
use axum::Json;

use super::Call;
use super::json::{AccountJson, HolderJson};
use crate::body::Body;
use crate::fields::{Fields, FromFields};
use crate::problem::Problem;

pub(super) async fn show(call: Call<()>) -> Json<HolderJson> {
    Json(HolderJson::from(&call.current.holder))
}

impl FromFields for ProfileChange {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            first_name: fields.change("first_name", FirstName::parse),
            last_name: fields.change("last_name", LastName::parse),
            job_title: fields.change("job_title", JobTitle::parse),
            phone: fields.change("phone", Phone::parse),
        })
    }
}

/// A person's own details (A4). What is frozen is refused by name, before anything else is looked at (A3).
pub(super) async fn edit(call: Call<Body<Fields>>) -> Result<Json<AccountJson>, Problem> {
    let Call {
        aplus,
        current,
        context,
        content,
        ..
    } = &call;
    let own: Option<AccountId> = current.account().map(|account| account.id());
    let frozen = FrozenField::ALL
        .into_iter()
        .find(|field| content.content.names(field.as_str()));
    if let Some(field) = frozen {
        return Err(aplus
            .change_frozen(&current.actor(), own, field, context)
            .await
            .into());
    }
    let change: ProfileChange = content.content.clone().read()?;
    let account = aplus.edit_own_profile(current, &change, context).await?;
    Ok(Json(AccountJson::new(&account, Sight::Whole)))
}
