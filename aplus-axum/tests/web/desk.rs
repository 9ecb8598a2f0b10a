//! Writing to support over the API (S2).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use crate::world::*;

const PATH: &str = "/api/v1/support-requests";

#[tokio::test]
async fn an_account_is_told_the_usual_day_and_its_conversation() {
    let world = World::new().await;
    let mut browser = world.logged_in(AIDANT).await;
    let before = world.letters(AIDANT);
    let body = json!({"subject": "Mon lien", "text": "Il n'arrive pas.\nQue faire ?"});
    let mut keyed = browser
        .clone()
        .with("idempotency-key", "0197a3c0-1234-7abc-8def-0123456789ab");
    let reply = keyed.post(PATH, body.clone()).await;
    assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text());
    let received = reply.json();
    // A Monday: Wednesday is the second working day.
    assert_eq!(received["usual_answer_by"], "2026-03-04");
    assert_eq!(received.as_object().unwrap().len(), 2);
    assert_eq!(keyed.post(PATH, body).await.json(), received);
    world.courier().await;
    assert_eq!(world.letters(AIDANT), before + 1);
    let entries = world.entries("conversation_opened").await;
    let [entry] = &entries[..] else {
        panic!("{entries:?}");
    };
    assert_eq!(received["conversation"], entry.id.to_string());
    assert!(!format!("{entry:?}").contains("arrive pas"));
    let reply = browser
        .post(PATH, json!({"email": AIDANT, "subject": "x", "text": "x"}))
        .await;
    let unknown = ("email".to_owned(), "unknown_field".to_owned());
    assert_eq!(reply.errors(), [unknown]);
}

#[tokio::test]
async fn a_visitor_is_answered_the_same_whoever_has_the_address() {
    let world = World::new().await;
    let mut replies = Vec::new();
    for address in [
        AIDANT,
        "nobody@mairie.example",
        "nobody@elsewhere.example",
        OPERATOR,
    ] {
        let body = json!({"email": address, "subject": "Compte", "text": "Pouvez-vous m'aider ?"});
        let reply = world.browser().post(PATH, body).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text());
        replies.push((reply.headers, reply.body));
    }
    let (first, others) = replies.split_first().unwrap();
    assert!(others.iter().all(|other| other == first));
    assert_eq!(first.1, r#"{"usual_answer_by":"2026-03-04"}"#);
    world.courier().await;
    let told = [AIDANT, "nobody@mairie.example", "nobody@elsewhere.example"];
    assert_eq!(told.map(|address| world.letters(address)), [1, 1, 0]);
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let world = World::new().await;
    let reply = world
        .browser()
        .post(
            PATH,
            json!({"subject": "two\nlines\u{202e}", "text": " ", "phone": "1"}),
        )
        .await;
    let mut errors = reply.errors();
    errors.sort_unstable();
    let expected = [
        ("email", "missing"),
        ("phone", "unknown_field"),
        ("subject", "bad_character"),
        ("text", "empty"),
    ];
    assert_eq!(errors, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let long = json!({"email": AIDANT, "subject": "x", "text": "x".repeat(5_001)});
    let reply = world.browser().post(PATH, long).await;
    assert_eq!(reply.errors(), [("text".to_owned(), "too_long".to_owned())]);
    // For somebody who may not the refusal comes first.
    let mut operator = world.logged_in(OPERATOR).await;
    operator
        .post(PATH, json!({}))
        .await
        .refused(403, "not_account");
}

#[tokio::test]
async fn visitors_of_one_network_are_slowed_down_and_accounts_are_not() {
    let world = World::new().await;
    let mut aidant = world.logged_in(AIDANT).await;
    let mut browser = world.browser();
    let body = |number: u32| {
        let email = format!("nobody{number}@elsewhere.example");
        json!({"email": email, "subject": "x", "text": "x"})
    };
    for number in 0..20 {
        let reply = browser.post(PATH, body(number)).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{number}");
    }
    let reply = browser.post(PATH, body(20)).await;
    reply.refused(429, "slow_down");
    assert_eq!(reply.headers["retry-after"], "30");
    assert_eq!(world.entries("conversation_opened").await.len(), 20);
    let own = json!({"subject": "x", "text": "x"});
    assert_eq!(aidant.post(PATH, own).await.status, StatusCode::ACCEPTED);
    world.clock.advance(Duration::from_secs(30));
    let reply = browser.post(PATH, body(20)).await;
    assert_eq!(reply.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn without_a_desk_there_is_no_such_address() {
    let mut world = World::new().await;
    let site = world.aplus.site().clone();
    let key = aplus_core::HostKey::new(&[7; 32]).unwrap();
    let aplus = aplus_core::Aplus::builder(world.store.clone(), Mailbox::default(), site, key);
    world.app = aplus_axum::router(&aplus.build());
    let body = json!({"email": AIDANT, "subject": "x", "text": "x"});
    world
        .browser()
        .post(PATH, body)
        .await
        .refused(404, "not_found");
    let login = world.browser().get("/connexion").await.text();
    assert!(!login.contains("/contact"), "{login}");
    let contact = world.browser().get("/contact").await;
    assert_eq!(contact.status, StatusCode::NOT_FOUND);
    let document = world.browser().get("/api/v1/openapi.json").await.json();
    assert!(document["paths"]["/api/v1/me"].is_object());
    assert!(document["paths"].get(PATH).is_none());
}
