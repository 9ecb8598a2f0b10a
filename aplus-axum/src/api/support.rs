//! What support does, each at somebody's request (A7), and what it looks at (T1).

use aplus_core::group::{Department, Matricule, Organisation};
use aplus_core::rules::{self, AccountDraft, Action, GroupDraft, Sight};
use aplus_core::service::{Context, Current, FoundAccount, GroupForm};
use aplus_core::{
    AccountId, Aplus, EmailAddress, GroupId, GroupName, Principal, Reference, SupportRequest,
};
use axum::Json;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::json::{AccountJson, CreatedJson, GroupJson};
use super::paging::query_fields;
use super::story::{Step, steps};
use super::{Call, Ids};
use crate::fields::{Fields, FromFields};
use crate::problem::Problem;

impl FromFields for SupportRequest {
    fn read(fields: &mut Fields) -> Option<Self> {
        let requester = fields.requester("requester");
        let reference = fields.required("reference", Reference::parse);
        Some(Self {
            requester: requester?,
            reference: reference?,
        })
    }
}

impl FromFields for GroupForm {
    fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", GroupName::parse);
        let organisation = fields.optional("organisation", Organisation::parse);
        let department = fields.optional("department", Department::parse);
        let contact = fields.optional("contact", EmailAddress::parse);
        let france_services = fields.flag("france_services");
        let matricule = fields.optional("matricule", Matricule::parse);
        let request = SupportRequest::read(fields);
        let draft = GroupDraft {
            name: name?,
            organisation,
            department,
            contact,
            france_services,
            matricule,
        };
        Some(Self {
            draft,
            request: request?,
        })
    }
}

/// Whether somebody acts as support at all, before what they sent is looked at; a no is recorded (T1).
pub(super) async fn allow(
    aplus: &Aplus,
    current: &Current,
    action: Action,
    context: &Context,
) -> Result<(), Problem> {
    let verdict = rules::may_act_as_support(&current.actor());
    Ok(aplus
        .allow(current, action, None, None, verdict, context)
        .await?)
}

pub(super) async fn create_group(
    call: Call<Result<GroupForm, Problem>>,
) -> Result<(StatusCode, Json<GroupJson>), Problem> {
    let form = call.as_support(Action::CreateGroup).await?;
    let group = call
        .aplus
        .create_group(call.author(), form, &call.context)
        .await?;
    Ok((StatusCode::CREATED, Json(GroupJson::from(&group))))
}

/// An account to be created, and at whose request.
pub(super) struct AccountForm {
    draft: AccountDraft,
    request: SupportRequest,
}

impl FromFields for AccountForm {
    fn read(fields: &mut Fields) -> Option<Self> {
        let draft = AccountDraft::read(fields);
        let request = SupportRequest::read(fields);
        Some(Self {
            draft: draft?,
            request: request?,
        })
    }
}

pub(super) async fn create_account(
    Ids(group): Ids<GroupId>,
    call: Call<Result<AccountForm, Problem>>,
) -> Result<(StatusCode, Json<CreatedJson>), Problem> {
    let AccountForm { draft, request } = call
        .in_group(Action::CreateAccountFor, group, |actor, _| {
            rules::may_act_as_support(actor)
        })
        .await?;
    let created = call
        .aplus
        .create_account_for(call.author(), group, draft, request, &call.context)
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(CreatedJson::new(&created, call.aplus.now())),
    ))
}

pub(super) async fn deactivate(
    Ids(account): Ids<AccountId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .act_as_support(&call.current, Action::Deactivate, account, &call.context)
        .await?;
    super::accounts::deactivate(Ids(account), call).await
}

pub(super) async fn reactivate(
    Ids(account): Ids<AccountId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .act_as_support(&call.current, Action::Reactivate, account, &call.context)
        .await?;
    super::accounts::reactivate(Ids(account), call).await
}

pub(super) async fn withdraw(
    Ids(account): Ids<AccountId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .act_as_support(&call.current, Action::Withdraw, account, &call.context)
        .await?;
    super::accounts::withdraw(Ids(account), call).await
}

pub(super) async fn end_sessions(
    Ids(account): Ids<AccountId>,
    call: Call<()>,
) -> Result<StatusCode, Problem> {
    call.aplus
        .act_as_support(
            &call.current,
            Action::EndAllSessions,
            account,
            &call.context,
        )
        .await?;
    call.aplus
        .end_all_sessions(call.author(), Principal::Account(account), &call.context)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What happened to an account and its links, the newest first, in plain words.
#[derive(Serialize, ToSchema)]
#[schema(as = Found)]
pub(super) struct FoundJson {
    account: AccountJson,
    items: Vec<Step>,
    next: Option<String>,
}

impl FoundJson {
    fn new(found: &FoundAccount, call: &Call<()>) -> Self {
        Self {
            account: AccountJson::new(&found.account, Sight::Whole),
            items: steps(
                found,
                call.aplus.now(),
                call.caller.language,
                call.aplus.site(),
            ),
            next: None,
        }
    }
}

pub(super) async fn find(
    RawQuery(query): RawQuery,
    call: Call<()>,
) -> Result<Json<FoundJson>, Problem> {
    let mut fields = query_fields(query.as_deref().unwrap_or_default());
    let email = fields.email("email");
    let email = match fields.finish(email) {
        Ok(email) => email,
        Err(problem) => {
            allow(&call.aplus, &call.current, Action::Look, &call.context).await?;
            return Err(problem);
        }
    };
    let found = call
        .aplus
        .find_account(&call.current, &email, &call.context)
        .await?;
    Ok(Json(FoundJson::new(&found, &call)))
}

pub(super) async fn links(
    Ids(account): Ids<AccountId>,
    call: Call<()>,
) -> Result<Json<FoundJson>, Problem> {
    let found = call
        .aplus
        .links_of(&call.current, account, &call.context)
        .await?;
    Ok(Json(FoundJson::new(&found, &call)))
}
