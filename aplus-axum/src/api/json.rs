//! What the API shows. A field that somebody may not see of an account is absent (A9); one without a value is `null`.

use aplus_core::group::Requester;
use aplus_core::ports::SessionHolder;
use aplus_core::rules::Sight;
use aplus_core::service::{Created, OpenSession, Seen, Warning};
use aplus_core::{
    Account, Author, Group, GroupMention, Operator, Provenance, SessionId, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::openapi::forms;
use super::orders::OrderJson;

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    #[schema(required)]
    pub(super) next: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountJson {
    #[schema(value_type = forms::AccountKind)]
    kind: &'static str,
    id: String,
    #[schema(required)]
    email: Option<String>,
    #[schema(value_type = Vec<forms::RoleName>)]
    roles: Vec<&'static str>,
    #[schema(required)]
    first_name: Option<String>,
    #[schema(required)]
    last_name: Option<String>,
    #[schema(required)]
    job_title: Option<String>,
    #[serde(flatten)]
    #[schema(value_type = forms::Whole)]
    whole: Option<WholeJson>,
}

/// What only the person, the responsables of the account's groups and support see of it.
#[derive(Serialize)]
struct WholeJson {
    groups: Vec<MentionJson>,
    phone: Option<String>,
    shared: bool,
    status: &'static str,
    created_at: String,
    emptied_at: Option<String>,
    provenance: ProvenanceJson,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Mention)]
pub(super) struct MentionJson {
    id: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Provenance)]
pub(super) struct ProvenanceJson {
    by: AuthorJson,
    #[schema(value_type = Option<forms::Requester>, required)]
    requester: Option<Requester>,
    #[schema(required)]
    reference: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Author)]
pub(super) struct AuthorJson {
    kind: &'static str,
    #[schema(required)]
    id: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Operator)]
pub(super) struct OperatorJson {
    #[schema(value_type = forms::OperatorKind)]
    kind: &'static str,
    id: String,
    email: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
pub(super) struct GroupJson {
    id: String,
    name: String,
    #[schema(required)]
    organisation: Option<String>,
    #[schema(required)]
    department: Option<String>,
    #[schema(required)]
    contact: Option<String>,
    france_services: bool,
    created_at: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionJson {
    id: String,
    current: bool,
    opened_at: String,
    last_seen_at: String,
    until: String,
    #[schema(required)]
    browser: Option<String>,
}

/// Somebody who can log in, by their own name: `kind` says which.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Holder)]
pub(super) enum HolderJson {
    Account(Box<AccountJson>),
    Operator(OperatorJson),
}

/// An account that was created, with what its creator should look at again.
#[derive(Serialize, ToSchema)]
#[schema(as = Created)]
pub(super) struct CreatedJson {
    #[serde(flatten)]
    account: AccountJson,
    warnings: Vec<&'static str>,
    /// The order that was proposed with it (A7).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order: Option<OrderJson>,
}

pub(super) fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

impl AccountJson {
    pub(super) fn new(account: &Account, sight: Sight) -> Self {
        let profile = account.profile();
        Self {
            kind: "account",
            id: account.id().to_string(),
            email: text(account.email()),
            roles: account.roles().iter().map(|role| role.as_str()).collect(),
            first_name: text(profile.first_name.as_ref()),
            last_name: text(profile.last_name.as_ref()),
            job_title: text(profile.job_title.as_ref()),
            whole: match sight {
                Sight::Colleague => None,
                Sight::Whole => Some(WholeJson::from(account)),
            },
        }
    }
}

impl From<&Account> for WholeJson {
    fn from(account: &Account) -> Self {
        Self {
            groups: account.groups().iter().map(MentionJson::from).collect(),
            phone: text(account.profile().phone.as_ref()),
            shared: account.shared(),
            status: account.status().as_str(),
            created_at: account.created_at().to_string(),
            emptied_at: account.emptied_at().map(|at| at.to_string()),
            provenance: account.provenance().into(),
        }
    }
}

impl From<&Seen> for AccountJson {
    fn from(seen: &Seen) -> Self {
        Self::new(&seen.account, seen.sight)
    }
}

impl From<&GroupMention> for MentionJson {
    fn from(group: &GroupMention) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.to_string(),
        }
    }
}

impl From<&Provenance> for ProvenanceJson {
    fn from(provenance: &Provenance) -> Self {
        let request = provenance.request.as_ref();
        Self {
            by: provenance.author.into(),
            requester: request.map(|request| request.requester.clone()),
            reference: request.map(|request| request.reference.to_string()),
        }
    }
}

impl From<Author> for AuthorJson {
    fn from(author: Author) -> Self {
        match author {
            Author::Account(id) => Self {
                kind: "account",
                id: Some(id.to_string()),
            },
            Author::Operator(id) => Self {
                kind: "operator",
                id: Some(id.to_string()),
            },
            Author::Machine => Self {
                kind: "machine",
                id: None,
            },
        }
    }
}

impl From<&Operator> for OperatorJson {
    fn from(operator: &Operator) -> Self {
        Self {
            kind: "operator",
            id: operator.id.to_string(),
            email: operator.email.to_string(),
        }
    }
}

impl From<&Group> for GroupJson {
    fn from(group: &Group) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.to_string(),
            organisation: text(group.organisation.as_ref()),
            department: text(group.department.as_ref()),
            contact: text(group.contact.as_ref()),
            france_services: group.france_services,
            created_at: group.created_at.to_string(),
        }
    }
}

impl SessionJson {
    pub(super) fn new(session: &OpenSession, current: SessionId) -> Self {
        Self {
            id: session.id.to_string(),
            current: session.id == current,
            opened_at: session.opened_at.to_string(),
            last_seen_at: session.last_seen_at.to_string(),
            until: session.until.to_string(),
            browser: session.browser.clone(),
        }
    }
}

impl From<&SessionHolder> for HolderJson {
    fn from(holder: &SessionHolder) -> Self {
        match holder {
            SessionHolder::Account(account) => {
                Self::Account(Box::new(AccountJson::new(account, Sight::Whole)))
            }
            SessionHolder::Operator(operator) => Self::Operator(operator.into()),
        }
    }
}

impl CreatedJson {
    pub(super) fn new(created: &Created, now: Timestamp) -> Self {
        let order = created.order.as_ref();
        Self {
            // Whoever creates an account is a responsable of its group, or support.
            account: AccountJson::new(&created.account, Sight::Whole),
            warnings: created
                .warnings
                .iter()
                .copied()
                .map(Warning::as_str)
                .collect(),
            order: order.map(|order| OrderJson::new(order, now)),
        }
    }
}
