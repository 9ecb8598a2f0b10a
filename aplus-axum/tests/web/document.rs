//! The API's document (`/api/v1/openapi.json`) against what the API does: every answer of every test.

use std::collections::BTreeMap;
use std::sync::Mutex;

use aplus_core::Aplus;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use jsonschema::Validator;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tower::ServiceExt;

use crate::world::Reply;

static DOCUMENT: OnceCell<Value> = OnceCell::const_new();

/// Made once for each part of the document.
static VALIDATORS: Mutex<BTreeMap<String, &'static Validator>> = Mutex::new(BTreeMap::new());

async fn document() -> &'static Value {
    let read = || async {
        let app: Router = aplus_axum::router(&Aplus::in_memory().unwrap());
        let request = Request::get("/api/v1/openapi.json").body(Body::empty());
        let response = app.oneshot(request.unwrap()).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap()
    };
    DOCUMENT.get_or_init(read).await
}

/// The path of the document that a request's path is one of.
fn template<'a>(document: &'a Value, path: &str) -> Option<&'a str> {
    let path = path.split('?').next().unwrap();
    let fits = |template: &&String| {
        let (told, real) = (template.split('/'), path.split('/'));
        told.clone().count() == real.clone().count()
            && told
                .zip(real)
                .all(|(told, real)| told.starts_with('{') || told == real)
    };
    let paths = document["paths"].as_object().unwrap();
    // A path without an id comes before one with one.
    let found = paths
        .keys()
        .filter(fits)
        .min_by_key(|path| path.matches('{').count());
    found.map(String::as_str)
}

/// Whether a value is one of the schema that stands at this place of the document, with no member that it does not name.
fn is_of_schema(document: &Value, place: &[&str], value: &Value) -> Result<(), String> {
    let pointer: String = place
        .iter()
        .map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1")))
        .collect();
    if document.pointer(&pointer).is_none() {
        return Err(format!("nothing is said at {pointer}"));
    }
    let validator = *VALIDATORS
        .lock()
        .unwrap()
        .entry(pointer.clone())
        .or_insert_with(|| {
            let mut whole = document.pointer(&pointer).unwrap().clone();
            whole["components"] = document["components"].clone();
            whole["unevaluatedProperties"] = json!(false);
            Box::leak(Box::new(jsonschema::validator_for(&whole).unwrap()))
        });
    let errors: Vec<_> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(format!("{errors:?}"))
    }
}

/// What an answer says that the document does not.
pub(crate) async fn holds(
    method: &Method,
    path: &str,
    sent: Option<&[u8]>,
    reply: &Reply,
) -> Result<(), String> {
    let document = document().await;
    let Some(template) = template(document, path) else {
        return Ok(());
    };
    let method = method.as_str().to_ascii_lowercase();
    let status = reply.status.as_u16().to_string();
    let said = &document["paths"][template][&method];
    // Another method is nothing of the API's, nor is a path that this router serves below another one.
    if said.is_null() || (reply.status == 404 && reply.body.is_empty()) {
        return Ok(());
    }
    // The document of a host without a desk does not have its routes.
    if template == "/api/v1/support-requests" && reply.status == 404 {
        return Ok(());
    }
    let answer = &said["responses"][&status];
    if answer.is_null() {
        return Err(format!(
            "{method} {template}: {status} is not in the document: {}",
            reply.text()
        ));
    }
    if reply.headers.contains_key(header::RETRY_AFTER) && answer["headers"]["Retry-After"].is_null()
    {
        return Err(format!("{method} {template}: {status} has no Retry-After"));
    }
    let kind = reply.headers.get(header::CONTENT_TYPE);
    let Some(kind) = kind
        .map(|kind| kind.to_str().unwrap())
        .filter(|_| method != "head")
    else {
        return match answer["content"].is_null() {
            true => Ok(()),
            false => Err(format!("{method} {template}: {status} has no body")),
        };
    };
    if template == "/api/v1/openapi.json" {
        return Ok(());
    }
    let place = [
        "paths",
        template,
        &method,
        "responses",
        &status,
        "content",
        kind,
        "schema",
    ];
    is_of_schema(document, &place, &reply.json())
        .map_err(|error| format!("{method} {template} {status}: {error} in {}", reply.text()))?;
    if kind == "application/problem+json" {
        let code = reply.json()["code"].as_str().unwrap().to_owned();
        let codes = answer["description"].as_str().unwrap();
        if !codes.split(" · ").any(|known| known == code) {
            return Err(format!(
                "{method} {template}: {status} {code} is not in the document"
            ));
        }
    } else if let Some(sent) = sent {
        let place = [
            "paths",
            template,
            &method,
            "requestBody",
            "content",
            "application/json",
            "schema",
        ];
        let sent: Value = serde_json::from_slice(sent).unwrap();
        if sent == json!({}) {
            // Where nothing is needed, an empty object is nothing.
            return Ok(());
        }
        is_of_schema(document, &place, &sent).map_err(|error| {
            format!("{method} {template} took what it says it does not: {error} in {sent}")
        })?;
    }
    Ok(())
}

#[tokio::test]
async fn every_route_of_the_api_is_described() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = 0;
    for route in aplus_axum::routes().filter(|route| route.path.starts_with("/api/")) {
        let method = route.method.method().as_str().to_ascii_lowercase();
        let said = &document["paths"][route.path][&method];
        assert!(
            said["summary"].is_string(),
            "{method} {} is not described",
            route.path
        );
        described += 1;
    }
    let paths = document["paths"].as_object().unwrap().values();
    let operations: usize = paths.map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(operations, described);
}

#[tokio::test]
async fn the_check_of_answers_sees_what_is_not_said() {
    let reply = |status: u16, kind: &str, body: Value| Reply {
        status: status.try_into().unwrap(),
        headers: [(header::CONTENT_TYPE, kind.parse().unwrap())]
            .into_iter()
            .collect(),
        body: body.to_string().into(),
    };
    let path = "/api/v1/login-links";
    let asked = json!({"expires_in_seconds": 1800, "resend_after_seconds": 60});
    let good = reply(202, "application/json", asked.clone());
    assert_eq!(
        holds(&Method::POST, path, Some(br#"{"email": "a@b.fr"}"#), &good).await,
        Ok(())
    );
    let mut more = asked.clone();
    more["known"] = json!(true);
    let mut problem =
        json!({"type": "x", "title": "x", "status": 422, "code": "invalid", "detail": "x"});
    let invalid = reply(422, "application/problem+json", problem.clone());
    assert_eq!(holds(&Method::POST, path, None, &invalid).await, Ok(()));
    problem["code"] = json!("link_used");
    let wrong = [
        (reply(202, "application/json", more), None),
        (
            reply(202, "application/json", json!({"expires_in_seconds": "x"})),
            None,
        ),
        (reply(200, "application/json", asked.clone()), None),
        (reply(202, "text/html", asked), None),
        (reply(422, "application/problem+json", problem), None),
        (good, Some(&br#"{"email": "a@b.fr", "admin": true}"#[..])),
    ];
    for (reply, sent) in wrong {
        assert!(
            holds(&Method::POST, path, sent, &reply).await.is_err(),
            "{}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn what_is_always_there_is_required_and_what_is_absent_is_never_null() {
    let schemas = &document().await["components"]["schemas"];
    for (schema, field) in [
        ("AccountList", "next"),
        ("Author", "id"),
        ("Group", "contact"),
        ("Order", "closing_reason"),
        ("Provenance", "requester"),
        ("Session", "browser"),
        ("Step", "at"),
    ] {
        let required = schemas[schema]["required"].as_array().unwrap();
        assert!(required.contains(&json!(field)), "{schema}.{field}");
    }
    for (schema, field) in [
        ("Change", "roles"),
        ("Entry", "origin"),
        ("Inspected", "at"),
        ("LoggedIn", "operator"),
        ("Problem", "guidance"),
        ("Whole", "status"),
    ] {
        let said = schemas[schema]["properties"][field].to_string();
        assert!(
            said.len() > 4 && !said.contains("\"null\""),
            "{schema}.{field}: {said}"
        );
    }
}

#[tokio::test]
async fn what_is_sent_has_no_other_fields() {
    let document = document().await;
    let mut forms = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            let content = &operation["requestBody"]["content"]["application/json"];
            if let Some(form) = content["schema"]["$ref"].as_str() {
                let form = document.pointer(form.trim_start_matches('#')).unwrap();
                assert_eq!(form["additionalProperties"], json!(false), "{path}: {form}");
                forms += 1;
            }
        }
    }
    assert!(forms >= 10, "{forms}");
}

/// Codes that no route of the API answers with: of pages, of the machine's own acts, of lists that a machine reads in.
const NOT_HERE: [&str; 7] = [
    "conversation_moved",
    "conversation_closed",
    "conversation_not_found",
    "method_not_allowed",
    "not_form",
    "not_machine",
    "responsable_elsewhere",
];

#[tokio::test]
async fn every_code_is_one_of_some_route() {
    let document = document().await.to_string();
    for problem in aplus_axum::Problem::examples() {
        let said = document
            .split(['"', ' '])
            .any(|word| word == problem.code());
        let here = !NOT_HERE.contains(&problem.code());
        assert_eq!(said, here, "{}", problem.code());
    }
}
