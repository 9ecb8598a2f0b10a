//! What is said of each route of the API: what is sent, what is answered, and with which codes it may say no.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use super::forms::*;
use crate::api::help::ArticleJson;
use crate::api::journal::EntryJson;
use crate::api::json::{AccountJson, CreatedJson, GroupJson, HolderJson, List, SessionJson};
use crate::api::login::{Asked, Inspected, LoggedIn};
use crate::api::operators::ColleagueJson;
use crate::api::orders::OrderJson;
use crate::api::support::FoundJson;
use crate::router::Verb::{self, Delete, Get, Patch, Post};

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: Verb,
    pub(crate) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) query: &'static [Query],
    pub(super) body: Option<Sent>,
    pub(crate) answers: &'static [Answer],
    pub(crate) codes: &'static [&'static str],
}

/// A body, and whether it must be there.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) form: Named,
    pub(super) required: bool,
}

/// What is answered where no rule says no.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(super) meaning: &'static str,
    pub(crate) body: Option<Named>,
}

/// A parameter of the query.
#[derive(Debug)]
pub(super) struct Query {
    name: &'static str,
    about: &'static str,
    required: bool,
    kind: fn() -> ObjectBuilder,
}

impl Query {
    pub(super) fn built(&self) -> Parameter {
        let required = match self.required {
            true => Required::True,
            false => Required::False,
        };
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(ParameterIn::Query)
            .required(required)
            .description(Some(self.about))
            .schema(Some((self.kind)()))
            .build()
    }
}

/// A schema by its name.
#[derive(Debug)]
pub(crate) struct Named {
    name: fn() -> String,
    schema: fn() -> RefOr<Schema>,
    used: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Named {
    pub(super) const fn of<T: ToSchema>() -> Self {
        Self {
            name: || T::name().into_owned(),
            schema: T::schema,
            used: T::schemas,
        }
    }

    pub(super) fn reference(&self) -> Ref {
        Ref::from_schema_name((self.name)())
    }

    /// The schema, and those that it refers to.
    pub(super) fn all(&self) -> Vec<(String, RefOr<Schema>)> {
        let mut all = vec![((self.name)(), (self.schema)())];
        (self.used)(&mut all);
        all
    }
}

fn any() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn question() -> ObjectBuilder {
    any().max_length(Some(200))
}

fn of_format(format: SchemaFormat) -> ObjectBuilder {
    any().format(Some(format))
}

pub(super) fn id() -> ObjectBuilder {
    of_format(SchemaFormat::Custom("uuid".to_owned()))
}

fn address() -> ObjectBuilder {
    of_format(SchemaFormat::KnownFormat(KnownFormat::Email)).max_length(Some(254))
}

fn moment() -> ObjectBuilder {
    of_format(SchemaFormat::KnownFormat(KnownFormat::DateTime))
}

fn flag() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

fn part() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(200))
}

const fn query(name: &'static str, about: &'static str, kind: fn() -> ObjectBuilder) -> Query {
    Query {
        name,
        about,
        required: false,
        kind,
    }
}

const CURSOR: Query = query("cursor", "`next` of the part before.", any);
const LIMIT: Query = query("limit", "How many at most; 50 where nothing is said.", part);
const PAGING: &[Query] = &[CURSOR, LIMIT];

const fn answer<T: ToSchema>(status: u16, meaning: &'static str) -> Answer {
    Answer {
        status,
        meaning,
        body: Some(Named::of::<T>()),
    }
}

/// A part of a list.
const fn list<T: ToSchema>(status: u16, meaning: &'static str) -> Answer
where
    List<T>: ToSchema,
{
    let body = Named {
        name: || format!("{}List", T::name()),
        schema: <List<T> as PartialSchema>::schema,
        used: |all| {
            all.push((T::name().into_owned(), T::schema()));
            T::schemas(all);
        },
    };
    Answer {
        status,
        meaning,
        body: Some(body),
    }
}

const DONE: &[Answer] = &[Answer {
    status: 204,
    meaning: "Done.",
    body: None,
}];

/// `Method "path" id "summary" query; body => answers; codes`.
macro_rules! operations {
    ($($method:ident $path:literal $id:literal $summary:literal $query:expr; $body:expr => $answers:expr; $codes:expr;)*) => {
        pub(super) const OPERATIONS: &[Operation] = &[$(Operation {
            method: $method,
            path: $path,
            id: $id,
            summary: $summary,
            query: $query,
            body: $body,
            answers: $answers,
            codes: $codes,
        },)*];
    };
}

const fn sent<T: ToSchema>() -> Option<Sent> {
    Some(Sent {
        form: Named::of::<T>(),
        required: true,
    })
}

const fn optional<T: ToSchema>() -> Option<Sent> {
    Some(Sent {
        form: Named::of::<T>(),
        required: false,
    })
}

const ACCOUNT: &str = "account_not_found";
const GROUP: &str = "group_not_found";

#[rustfmt::skip]
operations! {
    Post "/api/v1/login-links" "askForLink" "Asks for a login link. The answer is the same for every address." &[];
        sent::<AskForm>() => &[answer::<Asked>(202, "Taken up.")]; &[];
    Post "/api/v1/login-links/inspect" "inspectLink" "Says where a link stands; changes nothing." &[];
        sent::<TokenForm>() => &[answer::<Inspected>(200, "Where it stands.")]; &["slow_down"];
    Post "/api/v1/support-requests" "writeToSupport" "Writes to support; acknowledged with the day by which it usually answers." &[];
        sent::<SupportRequestForm>() => &[answer::<RequestReceived>(202, "Taken in.")];
        &["not_account", "deactivated", "operator_suspended", "slow_down"];
    Post "/api/v1/sessions" "logIn" "Confirms a link, and opens a session." &[];
        sent::<LogInForm>() => &[answer::<LoggedIn>(201, "A session, with its cookie.")];
        &["confirm_email", "address_way_closed", "link_expired", "link_used", "link_superseded", "link_ended", "link_unknown", "email_taken", "slow_down"];
    Get "/api/v1/sessions" "listSessions" "One's own sessions, the newest first." PAGING;
        None => &[list::<SessionJson>(200, "A part of them.")]; &[];
    Delete "/api/v1/sessions" "endAllSessions" "Ends all of one's own sessions and links." &[];
        None => DONE; &[];
    Delete "/api/v1/sessions/current" "logOut" "Ends this session." &[];
        None => DONE; &["session_not_found"];
    Delete "/api/v1/sessions/{session}" "endSession" "Ends one of one's own sessions." &[];
        None => DONE; &["session_not_found"];
    Get "/api/v1/me" "me" "Oneself." &[];
        None => &[answer::<HolderJson>(200, "The account, or the operator.")]; &[];
    Patch "/api/v1/me" "editOwnDetails" "Changes one's own details. Address, roles, groups and status are frozen." &[];
        sent::<DetailsForm>() => &[answer::<AccountJson>(200, "The account as it is now.")]; &["frozen_field", "not_account"];
    Get "/api/v1/me/journal" "ownJournal" "What was done by and to oneself, the newest first." PAGING;
        None => &[list::<EntryJson>(200, "A part of it.")]; &[];
    Get "/api/v1/groups" "listGroups" "One's own groups; for support all." PAGING;
        None => &[list::<GroupJson>(200, "A part of them.")]; &[];
    Get "/api/v1/groups/{group}/accounts" "listMembers" "The accounts of a group; what one may not see is absent." PAGING;
        None => &[list::<AccountJson>(200, "A part of them.")]; &["not_your_group", GROUP];
    Post "/api/v1/groups/{group}/accounts" "createAccount" "Creates an account in one's own group." &[];
        sent::<AccountForm>() => &[answer::<CreatedJson>(201, "The account.")];
        &["not_responsable", "not_your_group", GROUP, "email_taken", "ask_support", "shared_not_allowed", "shared_responsable"];
    Post "/api/v1/groups/{group}/members" "addMember" "Adds an active account to one's own group." &[];
        sent::<MemberForm>() => DONE;
        &["not_responsable", "not_your_group", GROUP, ACCOUNT, "ask_support", "already_member"];
    Delete "/api/v1/groups/{group}/accounts/{account}" "removeMember" "Takes an account out of a group, or leaves it." &[];
        None => DONE; &["not_responsable", "not_your_group", GROUP, ACCOUNT, "not_member", "last_group", "last_responsable"];
    Get "/api/v1/groups/{group}/orders" "listOrdersOfGroup" "The open orders on the accounts of a group." PAGING;
        None => &[list::<OrderJson>(200, "A part of them.")]; &["not_responsable", "not_your_group", GROUP];
    Post "/api/v1/accounts/{account}/deactivate" "deactivate" "Deactivates an account; its sessions and links end." &[];
        None => DONE; &["not_responsable", ACCOUNT, "own_account", "other_group", "last_responsable", "not_active"];
    Post "/api/v1/accounts/{account}/reactivate" "reactivate" "Reactivates what a responsable deactivated." &[];
        None => DONE; &["not_responsable", ACCOUNT, "own_account", "other_group", "deactivated_by_support", "not_deactivated", "needs_approval"];
    Post "/api/v1/accounts/{account}/withdraw" "withdraw" "Withdraws an account that nobody ever logged into." &[];
        None => DONE; &["not_responsable", ACCOUNT, "own_account", "other_group", "already_used", "last_responsable", "deactivated_by_support"];
    Post "/api/v1/support/groups" "createGroup" "Creates a group at somebody's request." &[];
        sent::<GroupForm>() => &[answer::<GroupJson>(201, "The group.")]; &["not_operator", "group_taken"];
    Post "/api/v1/support/groups/{group}/accounts" "createAccountFor" "Creates an account at somebody's request." &[];
        sent::<AccountForForm>() => &[answer::<CreatedJson>(201, "The account, and the order that was proposed with it.")];
        &["not_operator", GROUP, "email_taken", "address_deactivated", "shared_not_allowed", "shared_responsable"];
    Post "/api/v1/support/accounts/{account}/deactivate" "deactivateAsSupport" "Deactivates any account." &[];
        None => DONE; &["not_operator", ACCOUNT, "not_active"];
    Post "/api/v1/support/accounts/{account}/reactivate" "reactivateAsSupport" "Reactivates any account." &[];
        None => DONE; &["not_operator", ACCOUNT, "not_deactivated", "needs_approval"];
    Post "/api/v1/support/accounts/{account}/withdraw" "withdrawAsSupport" "Withdraws any account that nobody ever logged into." &[];
        None => DONE; &["not_operator", ACCOUNT, "already_used"];
    Delete "/api/v1/support/accounts/{account}/sessions" "endSessionsOf" "Ends all sessions and links of an account." &[];
        None => DONE; &["not_operator", ACCOUNT];
    Post "/api/v1/support/orders" "proposeOrder" "Proposes to change an address, roles or details." &[];
        sent::<OrderForm>() => &[answer::<OrderJson>(201, "The order.")];
        &["not_operator", ACCOUNT, "no_change", "account_inactive", "two_orders", "email_taken", "shared_responsable", "shared_address", "shared_not_allowed", "not_yourself"];
    Get "/api/v1/support/orders" "listOrders" "All orders, the newest first." &[OPEN, CURSOR, LIMIT];
        None => &[list::<OrderJson>(200, "A part of them.")]; &["not_operator"];
    Get "/api/v1/support/orders/{order}" "showOrder" "One order." &[];
        None => &[answer::<OrderJson>(200, "The order.")]; &["order_not_found", "not_approver"];
    Post "/api/v1/support/orders/{order}/approve" "approveOrder" "Approves an order of somebody else's." &[];
        None => &[answer::<OrderJson>(200, "The order as it is now.")];
        &["order_not_found", "own_order", "not_approver", "order_closed", "order_outdated", "account_inactive", "email_taken"];
    Post "/api/v1/support/orders/{order}/refuse" "refuseOrder" "Refuses an order of somebody else's." &[];
        optional::<ReasonForm>() => &[answer::<OrderJson>(200, "The order as it is now.")];
        &["order_not_found", "own_order", "not_approver", "order_closed"];
    Post "/api/v1/support/orders/{order}/withdraw" "withdrawOrder" "Takes an order back." &[];
        None => &[answer::<OrderJson>(200, "The order as it is now.")]; &["not_operator", "order_not_found", "order_closed"];
    Get "/api/v1/support/operators" "listOperators" "The support team." PAGING;
        None => &[list::<ColleagueJson>(200, "A part of it.")]; &["not_operator"];
    Post "/api/v1/support/operators/{operator}/suspend" "suspendOperator" "Suspends a colleague at once." &[];
        None => DONE; &["not_operator", "operator_not_found", "own_suspension", "already_suspended"];
    Post "/api/v1/support/operators/{operator}/restore" "restoreOperator" "Asks for a colleague to be brought back; the second who asks does it." &[];
        None => RESTORED; &["not_operator", "operator_not_found", "not_suspended"];
    Get "/api/v1/support/accounts" "findAccount" "Finds an account by its address; the look is recorded." &[EMAIL];
        None => &[answer::<FoundJson>(200, "The account, and what happened to it and its links.")]; &["not_operator", ACCOUNT];
    Get "/api/v1/support/accounts/{account}/links" "linksOf" "What happened to an account and its links; the look is recorded." &[];
        None => &[answer::<FoundJson>(200, "The account, and what happened to it and its links.")]; &["not_operator", ACCOUNT];
    Get "/api/v1/help" "searchHelp" "Articles of the help centre: all, or what a question finds." &[QUESTION];
        None => &[list::<ArticleJson>(200, "The articles, the best first.")]; &[];
    Get "/api/v1/journal" "journal" "The journal, the newest first; the look is recorded." FILTER;
        None => &[list::<EntryJson>(200, "A part of it.")]; &["not_operator"];
    Get "/api/v1/openapi.json" "openapi" "This document." &[];
        None => &[Answer { status: 200, meaning: "This document.", body: None }]; &[];
}

const RESTORED: &[Answer] = &[
    Answer {
        status: 202,
        meaning: "Asked for; a second operator is needed.",
        body: None,
    },
    Answer {
        status: 204,
        meaning: "Brought back.",
        body: None,
    },
];

const OPEN: Query = query(
    "open",
    "Only those on which something may still come.",
    flag,
);
const QUESTION: Query = query(
    "q",
    "What is looked for; all articles where it is empty.",
    question,
);
const EMAIL: Query = Query {
    required: true,
    ..query("email", "The address of the account.", address)
};
const FILTER: &[Query] = &[
    query("account", "The account that entries are about.", id),
    query("group", "The group that entries are about.", id),
    query(
        "actor",
        "Who did it: `machine`, `account:ID` or `operator:ID`.",
        any,
    ),
    query("kind", "The kind of entry.", any),
    query("from", "From this moment on.", moment),
    query("until", "Before this moment.", moment),
    CURSOR,
    LIMIT,
];
