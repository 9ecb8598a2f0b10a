//! What is sent, as the document shows it. The routes read it field by field, so that all that is wrong is named at once
//! (`FromFields`); a test holds both together: what a route accepted fits these.

#![allow(dead_code, reason = "these are shown, never made")]

use utoipa::ToSchema;

use crate::api::json::{MentionJson, ProvenanceJson};

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AskForm {
    /// The professional address of an account.
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// The page to go on to after the login: a path of this site (L12).
    next: Option<String>,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SupportRequestForm {
    /// Where to answer: of whoever is not logged in, and of nobody else.
    #[schema(format = Email, max_length = 254)]
    email: Option<String>,
    /// What it is about, on one line.
    #[schema(max_length = 120)]
    subject: String,
    /// What is asked, on as many lines as one likes.
    text: String,
}

/// What comes of it.
#[derive(ToSchema)]
pub(in crate::api) struct RequestReceived {
    /// The day by which support usually answers; it is no promise.
    #[schema(format = Date)]
    usual_answer_by: String,
    /// For whoever is logged in.
    conversation: Option<String>,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TokenForm {
    /// What stands behind `jeton=` in a link.
    token: String,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct LogInForm {
    /// What stands behind `jeton=` in a link.
    token: String,
    /// In another browser than the one that asked: the address that the link was sent to (L6).
    email: Option<String>,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DetailsForm {
    first_name: Option<String>,
    last_name: Option<String>,
    job_title: Option<String>,
    phone: Option<String>,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AccountForm {
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// Any set of the three (A2), without doubles.
    #[schema(min_items = 1, max_items = 3)]
    roles: Vec<RoleName>,
    first_name: Option<String>,
    last_name: Option<String>,
    job_title: Option<String>,
    phone: Option<String>,
    /// Whether it is a shared mailbox, where its address does not show it (A5).
    shared: Option<bool>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::api) enum RoleName {
    Aidant,
    Instructeur,
    Responsable,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct MemberForm {
    /// The address of an active account.
    #[schema(format = Email, max_length = 254)]
    email: String,
}

/// At whose request support acts (A7).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Requester {
    kind: RequesterKind,
    name: Option<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::api) enum RequesterKind {
    Prefecture,
    Anct,
    Partner,
    Responsable,
    Person,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct GroupForm {
    name: String,
    organisation: Option<String>,
    department: Option<String>,
    /// The group's contact mailbox.
    #[schema(format = Email, max_length = 254)]
    contact: Option<String>,
    france_services: Option<bool>,
    /// The number in the list of France Services.
    matricule: Option<String>,
    requester: Requester,
    /// Where the request is kept: a letter, a ticket.
    reference: String,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AccountForForm {
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// Any set of the three (A2), without doubles.
    #[schema(min_items = 1, max_items = 3)]
    roles: Vec<RoleName>,
    first_name: Option<String>,
    last_name: Option<String>,
    job_title: Option<String>,
    phone: Option<String>,
    /// Whether it is a shared mailbox, where its address does not show it (A5).
    shared: Option<bool>,
    requester: Requester,
    reference: String,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct OrderForm {
    #[schema(format = "uuid")]
    account: String,
    #[schema(format = Email, max_length = 254)]
    email: Option<String>,
    roles: Option<Vec<RoleName>>,
    profile: Option<DetailsForm>,
    requester: Requester,
    reference: String,
    /// Why (A6).
    reason: String,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ReasonForm {
    reason: Option<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::api) enum AccountKind {
    Account,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::api) enum OperatorKind {
    Operator,
}

/// What only the person, the responsables of the account's groups and support see of it: for others all of it is absent (A9).
#[derive(ToSchema)]
pub(in crate::api) struct Whole {
    #[schema(nullable = false)]
    groups: Option<Vec<MentionJson>>,
    phone: Option<String>,
    #[schema(nullable = false)]
    shared: Option<bool>,
    #[schema(nullable = false)]
    status: Option<String>,
    #[schema(format = DateTime, nullable = false)]
    created_at: Option<String>,
    /// When its address and details were erased (T4).
    #[schema(format = DateTime)]
    emptied_at: Option<String>,
    #[schema(nullable = false)]
    provenance: Option<ProvenanceJson>,
}

/// From where something was asked; erased in the end (T3).
#[derive(ToSchema)]
pub(in crate::api) struct Origin {
    #[schema(nullable = false)]
    network: Option<String>,
    #[schema(nullable = false)]
    browser: Option<String>,
}

/// Why a request is not served (RFC 9457).
#[derive(ToSchema)]
pub(in crate::api) struct Problem {
    /// `urn:aplus:refusal:` and the code.
    r#type: String,
    title: String,
    status: u16,
    /// Stable.
    code: String,
    /// The rule that said no, if one did.
    #[schema(nullable = false)]
    rule: Option<String>,
    detail: String,
    /// How many other addresses may still be tried in another browser (L6).
    #[schema(nullable = false)]
    tries_left: Option<u8>,
    /// Which fields are wrong, and how.
    #[schema(nullable = false)]
    errors: Option<Vec<FieldProblem>>,
    #[schema(nullable = false)]
    guidance: Option<Guidance>,
}

#[derive(ToSchema)]
pub(in crate::api) struct FieldProblem {
    field: String,
    code: String,
}

#[derive(ToSchema)]
pub(in crate::api) struct Guidance {
    /// The help article (S1).
    article: String,
    /// The address of support.
    contact: String,
}
