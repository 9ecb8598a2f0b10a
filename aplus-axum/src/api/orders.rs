//! Support orders: support proposes, somebody else decides (A6).

use aplus_core::group::Requester;
use aplus_core::ports::Page;
use aplus_core::rules::{self, Action};
use aplus_core::{
    AccountId, EmailAddress, GroupId, Order, OrderDraft, OrderId, OrderedChange, ProfileChange,
    Reason, Roles, SupportRequest, Timestamp,
};
use axum::Json;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::json::{AuthorJson, List, text};
use super::openapi::forms;
use super::paging::{Paging, query_fields};
use super::support;
use super::{Call, Ids};
use crate::fields::{Fault, Fields, FromFields};
use crate::problem::Problem;

/// An order as support and those who decide on it see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Order)]
pub(super) struct OrderJson {
    id: String,
    account: String,
    change: ChangeJson,
    state: &'static str,
    #[schema(value_type = forms::Requester)]
    requester: Requester,
    #[schema(required)]
    reference: Option<String>,
    #[schema(required)]
    reason: Option<String>,
    author: AuthorJson,
    #[schema(required)]
    approver: Option<AuthorJson>,
    proposed_at: String,
    expires_at: String,
    #[schema(required)]
    approved_at: Option<String>,
    #[schema(required)]
    carried_out_at: Option<String>,
    #[schema(required)]
    closed_at: Option<String>,
    #[schema(required)]
    closed_by: Option<AuthorJson>,
    #[schema(required)]
    closing_reason: Option<String>,
}

/// What changes; what does not is absent.
#[derive(Serialize, ToSchema)]
#[schema(as = Change)]
struct ChangeJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<OldNew<Option<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OldNew<Vec<forms::RoleName>>>, nullable = false)]
    roles: Option<OldNew<Vec<&'static str>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    profile: Option<ProfileJson>,
}

#[derive(Serialize, ToSchema)]
struct OldNew<T> {
    old: T,
    new: T,
}

/// The new values of the details that are corrected; `null` empties one.
#[derive(Serialize, ToSchema)]
#[schema(as = Profile)]
struct ProfileJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Option<String>>,
}

fn names(roles: Roles) -> Vec<&'static str> {
    roles.iter().map(|role| role.as_str()).collect()
}

impl From<&Order> for ChangeJson {
    fn from(order: &Order) -> Self {
        let (from, to) = (&order.from, &order.to);
        Self {
            email: order.changes_address().then(|| OldNew {
                old: text(from.email.as_ref()),
                new: text(to.email.as_ref()),
            }),
            roles: (from.roles != to.roles).then(|| OldNew {
                old: names(from.roles),
                new: names(to.roles),
            }),
            profile: (!order.profile.is_empty()).then(|| ProfileJson::from(&order.profile)),
        }
    }
}

impl From<&ProfileChange> for ProfileJson {
    fn from(change: &ProfileChange) -> Self {
        fn new<T: ToString>(change: Option<&Option<T>>) -> Option<Option<String>> {
            change.map(|value| text(value.as_ref()))
        }
        Self {
            first_name: new(change.first_name.as_ref()),
            last_name: new(change.last_name.as_ref()),
            job_title: new(change.job_title.as_ref()),
            phone: new(change.phone.as_ref()),
        }
    }
}

impl OrderJson {
    /// As the order stands at `now`.
    pub(super) fn new(order: &Order, now: Timestamp) -> Self {
        let (approval, closed) = (order.approval, order.closed.as_ref());
        let approver = approval.and_then(|approval| approval.by);
        Self {
            id: order.id.to_string(),
            account: order.account.to_string(),
            change: order.into(),
            state: order.state(now).as_str(),
            requester: order.requester.clone(),
            reference: text(order.reference.as_ref()),
            reason: text(order.reason.as_ref()),
            author: order.author.into(),
            approver: approver.map(|by| aplus_core::Author::from(by).into()),
            proposed_at: order.proposed_at.to_string(),
            expires_at: order.expires_at.to_string(),
            approved_at: approval.map(|approval| approval.at.to_string()),
            carried_out_at: text(order.carried_out_at.as_ref()),
            closed_at: closed.map(|closed| closed.at.to_string()),
            closed_by: closed.map(|closed| closed.by.into()),
            closing_reason: text(closed.and_then(|closed| closed.reason.as_ref())),
        }
    }
}

/// An order to be proposed.
pub(super) struct OrderForm {
    account: AccountId,
    draft: OrderDraft,
}

impl FromFields for OrderForm {
    fn read(fields: &mut Fields) -> Option<Self> {
        let account = fields.required("account", |text| {
            text.parse::<AccountId>().map_err(|_| Fault::NotUuid)
        });
        let change = OrderedChange {
            email: fields.optional("email", EmailAddress::parse),
            roles: fields.optional_roles("roles"),
            profile: fields.object("profile").unwrap_or_default(),
        };
        let request = SupportRequest::read(fields);
        let reason = fields.required("reason", Reason::parse);
        Some(Self {
            account: account?,
            draft: OrderDraft {
                change,
                request: request?,
                reason: reason?,
            },
        })
    }
}

pub(super) async fn propose(
    call: Call<Result<OrderForm, Problem>>,
) -> Result<(StatusCode, Json<OrderJson>), Problem> {
    let OrderForm { account, draft } = call.as_support(Action::ProposeOrder).await?;
    let order = call
        .aplus
        .propose_order(call.author(), *account, draft, &call.context)
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(OrderJson::new(&order, call.aplus.now())),
    ))
}

fn listed(page: Page<Order>, now: Timestamp) -> Json<List<OrderJson>> {
    let items = page.items.iter().map(|order| OrderJson::new(order, now));
    Json(List {
        items: items.collect(),
        next: page.next,
    })
}

/// All orders, the newest first; with `open=true` those on which something may still come.
pub(super) async fn list(
    RawQuery(query): RawQuery,
    call: Call<()>,
) -> Result<Json<List<OrderJson>>, Problem> {
    let mut fields = query_fields(query.as_deref().unwrap_or_default());
    let open = fields.flag("open");
    let paging = Paging::<OrderId>::take(&mut fields);
    let Paging { after, limit } = match fields.finish(Some(paging)) {
        Ok(paging) => paging,
        Err(problem) => {
            let (aplus, context) = (&call.aplus, &call.context);
            support::allow(aplus, &call.current, Action::ViewOrders, context).await?;
            return Err(problem);
        }
    };
    let page = call
        .aplus
        .orders(&call.current, open, after, limit, &call.context)
        .await?;
    Ok(listed(page, call.aplus.now()))
}

/// The open orders on the accounts of a group, the newest first.
pub(super) async fn of_group(
    Ids(group): Ids<GroupId>,
    Paging { after, limit }: Paging<OrderId>,
    call: Call<()>,
) -> Result<Json<List<OrderJson>>, Problem> {
    let page = call
        .aplus
        .orders_of_group(&call.current, group, after, limit, &call.context)
        .await?;
    Ok(listed(page, call.aplus.now()))
}

fn shown<B>(order: &Order, call: &Call<B>) -> Json<OrderJson> {
    Json(OrderJson::new(order, call.aplus.now()))
}

pub(super) async fn show(
    Ids(order): Ids<OrderId>,
    call: Call<()>,
) -> Result<Json<OrderJson>, Problem> {
    let (order, _) = call
        .aplus
        .order(&call.current, order, &call.context)
        .await?;
    Ok(shown(&order, &call))
}

pub(super) async fn approve(
    Ids(order): Ids<OrderId>,
    call: Call<()>,
) -> Result<Json<OrderJson>, Problem> {
    let order = call
        .aplus
        .approve_order(call.author(), order, &call.context)
        .await?;
    Ok(shown(&order, &call))
}

/// Why an order is refused, where it is said.
pub(super) struct Refusing {
    reason: Option<Reason>,
}

impl FromFields for Refusing {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            reason: fields.optional("reason", Reason::parse),
        })
    }
}

pub(super) async fn refuse(
    Ids(order): Ids<OrderId>,
    call: Call<Result<Option<Refusing>, Problem>>,
) -> Result<Json<OrderJson>, Problem> {
    let refusing = call
        .on_order(Action::RefuseOrder, order, rules::may_refuse_order)
        .await?;
    let reason = refusing.as_ref().and_then(|said| said.reason.as_ref());
    let order = call
        .aplus
        .refuse_order(call.author(), order, reason, &call.context)
        .await?;
    Ok(shown(&order, &call))
}

pub(super) async fn withdraw(
    Ids(order): Ids<OrderId>,
    call: Call<()>,
) -> Result<Json<OrderJson>, Problem> {
    let order = call
        .aplus
        .withdraw_order(call.author(), order, &call.context)
        .await?;
    Ok(shown(&order, &call))
}
