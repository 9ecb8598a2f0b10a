//! The examples of the documentation, each sent as it stands there.

use axum::http::Method;
use serde_json::Value;

use crate::world::*;

const TEXT: &str = include_str!("../../src/api/examples.md");

/// What an example sends, and the status and body that it promises.
struct Example {
    method: Method,
    path: String,
    /// The operator who sends it, where it is named.
    operator: Option<String>,
    sent: Value,
    status: u16,
    answer: Value,
}

/// The examples in their order: each has one section, with a line of method and path, and two bodies.
fn examples() -> Vec<Example> {
    let read = |section: &str| {
        let mut parts = section.split("```");
        let (request, sent, promised, answer) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let mut quoted = request.split('`').skip(1).step_by(2);
        let (method, path) = quoted.next()?.split_once(' ')?;
        let operator = quoted.next().map(str::to_owned);
        let json = |text: &str| serde_json::from_str(text.strip_prefix("json").unwrap()).unwrap();
        Some(Example {
            method: method.parse().unwrap(),
            path: path.to_owned(),
            operator,
            sent: json(sent),
            status: promised.trim().get(..3)?.parse().unwrap(),
            answer: json(answer),
        })
    };
    TEXT.split("\n## ")
        .skip(1)
        .map(|part| read(part).unwrap())
        .collect()
}

/// The same members with the same values; of an id only that it is one.
fn same(told: &Value, real: &Value) -> bool {
    let is_id = |text: &str| uuid::Uuid::try_parse(text).is_ok();
    match (told, real) {
        (Value::Object(told), Value::Object(real)) => {
            told.len() == real.len()
                && told
                    .iter()
                    .all(|(name, value)| real.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Array(told), Value::Array(real)) => {
            told.len() == real.len() && told.iter().zip(real).all(|(told, real)| same(told, real))
        }
        (Value::String(told), Value::String(real)) if is_id(told) => is_id(real),
        (told, real) => told == real,
    }
}

#[tokio::test]
async fn the_examples_of_the_documentation_are_answered_as_they_say() {
    let world = World::new().await;
    let mut person = world.browser();
    // Whose link was mailed last, and which order was proposed.
    let (mut asked, mut order) = (RESPONSABLE, String::new());
    let examples = examples();
    assert_eq!(examples.len(), 8);
    for example in examples {
        let mut sent = example.sent;
        if sent.get("account").is_some() {
            sent["account"] = world.id(AIDANT).into();
            asked = "paul.grand@mairie.example";
        }
        if sent.get("token").is_some() {
            world.courier().await;
            sent["token"] = world.token(asked).into();
        }
        let path = match example.path.split('/').collect::<Vec<_>>()[..] {
            ["", "api", "v1", "groups", _, rest] => {
                format!("/api/v1/groups/{}/{rest}", world.mairie)
            }
            ["", "api", "v1", "support", "orders", _, act] => {
                format!("/api/v1/support/orders/{order}/{act}")
            }
            _ => example.path,
        };
        let mut operator;
        let browser = match &example.operator {
            Some(address) => {
                operator = world.logged_in(address).await;
                &mut operator
            }
            None => &mut person,
        };
        let body = sent.to_string().into();
        let reply = browser.send(example.method, &path, Some(body)).await;
        assert_eq!(reply.status, example.status, "{path}: {}", reply.text());
        let real = reply.json();
        assert!(same(&example.answer, &real), "{path}: {real:#}");
        if path == "/api/v1/support/orders" {
            order = real["id"].as_str().unwrap().to_owned();
        }
    }
}
