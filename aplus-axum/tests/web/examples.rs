//! The examples of the documentation, each sent as it stands there.

use std::time::Duration;

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
    sent: Option<Value>,
    status: u16,
    answer: Value,
}

/// The examples in their order: each has one section, with a line of method and path, and two bodies; of a GET, one.
fn examples() -> Vec<Example> {
    let read = |section: &str| {
        let mut bodies = section.split("```").skip(1).step_by(2);
        let told = section.split("```").next()?;
        let mut quoted = told.split('`').skip(1).step_by(2);
        let (method, path) = quoted.next()?.split_once(' ')?;
        let operator = quoted.next().filter(|it| it.contains('@'));
        let json = |text: &str| serde_json::from_str(text.strip_prefix("json").unwrap()).unwrap();
        let sent = (method != "GET").then(|| json(bodies.next().unwrap()));
        let answer = json(bodies.next()?);
        // The first line that begins with a number says the status.
        let mut lines = section.lines();
        let status = lines.find_map(|line| line.get(..3)?.parse::<u16>().ok())?;
        Some(Example {
            method: method.parse().unwrap(),
            path: path.to_owned(),
            operator: operator.map(str::to_owned),
            sent,
            status,
            answer,
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
        // Where a list goes on: a moment and an id.
        (Value::String(told), Value::String(real)) if told.contains('.') && told != real => {
            let of = |text: &str| {
                let (at, id) = text.split_once('.')?;
                is_id(id).then(|| at.to_owned())
            };
            of(told).is_some() && of(told) == of(real)
        }
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
    assert_eq!(examples.len(), 10);
    for example in examples {
        // What is done after the account was created is later than it.
        if example.method != Method::POST {
            world.clock.advance(Duration::from_secs(1));
        }
        let mut sent = example.sent;
        if let Some(sent) = sent.as_mut().filter(|sent| sent.get("account").is_some()) {
            sent["account"] = world.id(AIDANT).into();
            asked = "paul.grand@mairie.example";
        }
        if let Some(sent) = sent.as_mut().filter(|sent| sent.get("token").is_some()) {
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
        let body = sent.map(|sent| sent.to_string().into());
        let reply = browser.send(example.method, &path, body).await;
        assert_eq!(reply.status, example.status, "{path}: {}", reply.text());
        let real = reply.json();
        if path == "/api/v1/support/orders" {
            order = real["id"].as_str().unwrap().to_owned();
        }
        assert!(same(&example.answer, &real), "{path}: {real:#}");
    }
}
