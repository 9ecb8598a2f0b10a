//! One's groups, and what a responsable does in theirs.

use aplus_core::rules::{self, AccountDraft, Action};
use aplus_core::{AccountId, EmailAddress, FirstName, GroupId, JobTitle, LastName, Phone, Profile};
use axum::Json;
use axum::http::StatusCode;

use super::json::{AccountJson, CreatedJson, GroupJson, List};
use super::paging::Paging;
use super::{Call, Ids};
use crate::fields::{Fields, FromFields};
use crate::problem::Problem;

pub(super) async fn list(
    Paging { after, limit }: Paging<GroupId>,
    call: Call<()>,
) -> Result<Json<List<GroupJson>>, Problem> {
    let page = call
        .aplus
        .my_groups(&call.current, after, limit, &call.context)
        .await?;
    Ok(Json(List {
        items: page.items.iter().map(GroupJson::from).collect(),
        next: page.next,
    }))
}

pub(super) async fn accounts(
    Ids(group): Ids<GroupId>,
    Paging { after, limit }: Paging<AccountId>,
    call: Call<()>,
) -> Result<Json<List<AccountJson>>, Problem> {
    let page = call
        .aplus
        .members(&call.current, group, after, limit, &call.context)
        .await?;
    Ok(Json(List {
        items: page.items.iter().map(AccountJson::from).collect(),
        next: page.next,
    }))
}

impl FromFields for AccountDraft {
    fn read(fields: &mut Fields) -> Option<Self> {
        let (email, roles) = (fields.email("email"), fields.roles("roles"));
        let profile = Profile {
            first_name: fields.optional("first_name", FirstName::parse),
            last_name: fields.optional("last_name", LastName::parse),
            job_title: fields.optional("job_title", JobTitle::parse),
            phone: fields.optional("phone", Phone::parse),
        };
        let shared = fields.flag("shared");
        Some(Self {
            email: email?,
            roles: roles?,
            profile,
            shared,
        })
    }
}

pub(super) async fn create_account(
    Ids(group): Ids<GroupId>,
    call: Call<Result<AccountDraft, Problem>>,
) -> Result<(StatusCode, Json<CreatedJson>), Problem> {
    let draft = call
        .in_group(Action::CreateAccount, group, rules::may_create_accounts)
        .await?;
    let created = call
        .aplus
        .create_account(call.author(), group, draft, &call.context)
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(CreatedJson::new(&created, call.aplus.now())),
    ))
}

pub(super) struct Member {
    email: EmailAddress,
}

impl FromFields for Member {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            email: fields.email("email")?,
        })
    }
}

pub(super) async fn add_member(
    Ids(group): Ids<GroupId>,
    call: Call<Result<Member, Problem>>,
) -> Result<StatusCode, Problem> {
    let Member { email } = call
        .in_group(Action::AddMember, group, rules::may_manage_members)
        .await?;
    call.aplus
        .add_member(call.author(), group, email, &call.context)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove_member(
    Ids((group, account)): Ids<(GroupId, AccountId)>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .remove_member(call.author(), group, account, &call.context)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
