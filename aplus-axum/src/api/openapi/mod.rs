//! `GET /api/v1/openapi.json`: the API as OpenAPI 3.1, made from the table of routes, the types that are answered, and the
//! codes of the problems.
//!
//! The tests of the API hold it true: each answer that they get is one that stands here, with a body of the schema that
//! stands here, and each body that was accepted fits what is said to be sent.

pub(super) mod forms;
mod operations;

use std::collections::BTreeMap;

use aplus_core::Site;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, Header, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    PathItem, Ref, Required, ResponseBuilder, ServerBuilder,
};

use self::operations::{Named, OPERATIONS, Operation};
use crate::api;
use crate::client::IDEMPOTENCY_KEY;
use crate::cookies;
use crate::problem::Problem;
use crate::router::{Route, Verb, Who};
use crate::state::Web;

/// The name under which the document knows the session's cookie.
const SESSION: &str = "session";

/// The document for this site.
pub(super) async fn show(State(web): State<Web>) -> impl IntoResponse {
    let json = document(&web).to_json().map_err(|error| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the API's document could not be made"
        );
        Problem::Broken
    });
    json.map(|json| ([(header::CONTENT_TYPE, "application/json")], json))
}

fn document(web: &Web) -> OpenApi {
    let site = web.aplus().site();
    let mut paths = PathsBuilder::new();
    let mut components = ComponentsBuilder::new()
        .security_scheme(SESSION, cookie(site))
        .schemas_from_iter(Named::of::<forms::Problem>().all());
    for (route, operation) in described(web) {
        for answer in operation
            .answers
            .iter()
            .filter_map(|answer| answer.body.as_ref())
        {
            components = components.schemas_from_iter(answer.all());
        }
        if let Some(body) = &operation.body {
            components = components.schemas_from_iter(body.form.all());
        }
        let item = PathItem::new(method(route.method), one(route, operation));
        paths = paths.path(route.path, item);
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title(site.name())
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Accounts, roles and logins by the rules of Administration+. Times are RFC 3339 in UTC, ids are UUIDs. What a rule \
                     refuses is a problem document whose `code` is stable and whose `rule` says which.",
                ))
                .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").build())),
        )
        .servers(Some([ServerBuilder::new().url(site.url("")).build()]))
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

/// Each route of the API that is served here, with what is said of it.
fn described(web: &Web) -> impl Iterator<Item = (&'static Route, &'static Operation)> {
    let desk = if web.has_desk() {
        api::DESK_ROUTES
    } else {
        &[]
    };
    api::ROUTES.iter().chain(desk).filter_map(|route| {
        let same = |operation: &&Operation| {
            operation.method == route.method && operation.path == route.path
        };
        Some((route, OPERATIONS.iter().find(same)?))
    })
}

fn method(verb: Verb) -> HttpMethod {
    match verb {
        Verb::Get => HttpMethod::Get,
        Verb::Post => HttpMethod::Post,
        Verb::Patch => HttpMethod::Patch,
        Verb::Delete => HttpMethod::Delete,
    }
}

fn cookie(site: &Site) -> SecurityScheme {
    let value = ApiKeyValue::with_description(
        cookies::session_name(site),
        "The session's cookie, set by `POST /api/v1/sessions`.",
    );
    SecurityScheme::ApiKey(ApiKey::Cookie(value))
}

fn one(route: &Route, operation: &Operation) -> utoipa::openapi::path::Operation {
    let mut built = OperationBuilder::new()
        .summary(Some(operation.summary))
        .description(Some(format!("Rule {}.", route.rule)))
        .operation_id(Some(operation.id));
    for name in route
        .path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
    {
        built = built.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(operations::id())),
        );
    }
    for parameter in operation.query {
        built = built.parameter(parameter.built());
    }
    if route.method != Verb::Get {
        built = built.parameter(
            ParameterBuilder::new()
                .name(IDEMPOTENCY_KEY.as_str())
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some(
                    "A UUID: the same request again gives the same answer, and is carried out once.",
                ))
                .schema(Some(operations::id())),
        );
    }
    if route.who != Who::Anybody {
        built = built.security(SecurityRequirement::new(SESSION, [] as [&str; 0]));
    }
    if let Some(body) = &operation.body {
        let required = match body.required {
            true => Required::True,
            false => Required::False,
        };
        let body = RequestBodyBuilder::new().required(Some(required)).content(
            "application/json",
            ContentBuilder::new()
                .schema(Some(body.form.reference()))
                .build(),
        );
        built = built.request_body(Some(body.build()));
    }
    for answer in operation.answers {
        let mut response = ResponseBuilder::new().description(answer.meaning);
        if let Some(body) = &answer.body {
            let content = ContentBuilder::new().schema(Some(body.reference()));
            response = response.content("application/json", content.build());
        }
        built = built.response(answer.status.to_string(), response.build());
    }
    for (status, codes) in refused(route, operation) {
        let mut response = ResponseBuilder::new().description(codes.join(" · "));
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
        response = response.content("application/problem+json", content.build());
        if status == 429 {
            let seconds = ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(1));
            let mut header = Header::new(seconds);
            header.description = Some("After how many seconds it may be tried again.".to_owned());
            response = response.header("Retry-After", header);
        }
        built = built.response(status.to_string(), response.build());
    }
    built.build()
}

/// The codes with which a route may say no, by status.
fn refused(route: &Route, operation: &Operation) -> BTreeMap<u16, Vec<&'static str>> {
    let mut all = operation.codes.to_vec();
    all.extend(["busy", "broken", "unknown_outcome"]);
    if !operation.query.is_empty() || operation.body.is_some() {
        all.push("invalid");
    }
    // Whoever is logged in sends a body and a key with a GET as well, and is told what is wrong with them.
    if route.method != Verb::Get || route.who != Who::Anybody {
        all.extend(["malformed", "invalid", "too_large", "too_slow"]);
    }
    if route.method != Verb::Get {
        all.extend(["cross_site", "key_reused"]);
    }
    if operation.body.is_some() {
        all.push("not_json");
    }
    if route.who != Who::Anybody {
        all.push("not_logged_in");
    }
    // An act judges anew who acts (A10): deactivated or suspended while their request was under way.
    if route.who != Who::Anybody && route.method != Verb::Get {
        all.extend(["deactivated", "operator_suspended"]);
    }
    if route.path.contains('{') {
        all.push("not_found");
    }
    let mut by_status: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for (code, status) in codes() {
        if all.contains(&code) {
            by_status.entry(status).or_default().push(code);
        }
    }
    by_status
}

/// Every code of the API with its status.
fn codes() -> BTreeMap<&'static str, u16> {
    let all = Problem::examples().into_iter();
    all.map(|problem| (problem.code(), problem.status().as_u16()))
        .collect()
}
