//! Oneself: details, and what is frozen (A3, A4).

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::world::*;

#[tokio::test]
async fn a_person_sees_all_of_their_account() {
    let world = World::new().await;
    let mut browser = world.logged_in(AIDANT).await;
    assert_eq!(
        browser.get("/api/v1/me").await.json(),
        json!({
            "kind": "account",
            "id": world.id(AIDANT),
            "email": AIDANT,
            "roles": ["aidant"],
            "groups": [{"id": world.mairie, "name": "Mairie de Lens"}],
            "first_name": null, "last_name": null, "job_title": null, "phone": null,
            "shared": false,
            "status": "active",
            "created_at": "2026-03-02T09:00:00Z",
            "emptied_at": null,
            "provenance": {
                "by": {"kind": "machine", "id": null},
                "requester": {"kind": "prefecture"},
                "reference": "lettre 12",
            },
        })
    );
}

#[tokio::test]
async fn a_person_changes_their_details_and_null_empties_one() {
    let world = World::new().await;
    let mut browser = world.logged_in(AIDANT).await;
    let reply = browser
        .patch(
            "/api/v1/me",
            r#"{"first_name": " Paul ", "phone": "03 20 00 00 00"}"#,
        )
        .await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json()["first_name"], "Paul");
    let reply = browser.patch("/api/v1/me", r#"{"phone": null}"#).await;
    assert_eq!(
        (&reply.json()["first_name"], &reply.json()["phone"]),
        (&json!("Paul"), &json!(null))
    );
    assert_eq!(world.entries("profile_edited").await.len(), 2);
    assert_eq!(
        browser.patch("/api/v1/me", "{}").await.status,
        StatusCode::OK
    );
    assert_eq!(world.entries("profile_edited").await.len(), 2);
}

#[tokio::test]
async fn what_is_frozen_is_refused_by_name_before_anything_else_and_recorded() {
    let world = World::new().await;
    let mut browser = world.logged_in(AIDANT).await;
    for (field, bodies) in [
        (
            "email",
            [
                r#"{"email": "paul.petit@mairie.example"}"#,
                r#"{"email": ["x"], "first_name": 1}"#,
            ],
        ),
        (
            "roles",
            [
                r#"{"roles": ["aidant"]}"#,
                r#"{"first_name": "Paul", "roles": [], "roles": null}"#,
            ],
        ),
        (
            "groups",
            [r#"{"groups": null}"#, r#"{"unknown": 1, "groups": []}"#],
        ),
        (
            "status",
            [
                r#"{"status": "active"}"#,
                r#"{"phone": "x", "\u0073tatus": "active"}"#,
            ],
        ),
    ] {
        for body in bodies {
            let reply = browser.patch("/api/v1/me", body).await;
            reply.refused(403, "frozen_field");
            let problem = reply.json();
            assert_eq!(problem["rule"], "A3");
            assert!(
                problem["guidance"]["article"]
                    .as_str()
                    .unwrap()
                    .ends_with("/aide/changer-adresse-ou-role")
            );
            assert_eq!(problem["guidance"]["contact"], "support@aplus.example");
        }
        let refused = world.entries("refused").await;
        assert!(
            refused
                .iter()
                .any(|entry| entry.details.contains(&format!("\"{field}\""))),
            "{field}"
        );
    }
    let mut operator = world.logged_in(OPERATOR).await;
    operator
        .patch("/api/v1/me", r#"{"roles": ["responsable"]}"#)
        .await
        .refused(403, "frozen_field");
    assert_eq!(world.entries("refused").await.len(), 5);
    let me = browser.get("/api/v1/me").await.json();
    assert_eq!(
        (&me["roles"], &me["first_name"]),
        (&json!(["aidant"]), &json!(null))
    );
}

#[tokio::test]
async fn wrong_unknown_and_doubled_fields_are_all_named_and_nothing_is_half_done() {
    let world = World::new().await;
    let mut browser = world.logged_in(AIDANT).await;
    let body = r#"{"first_name": "R2", "last_name": "Petit", "job_title": "", "phone": "1", "id": 1, "last_name": "x"}"#;
    let reply = browser.patch("/api/v1/me", body).await;
    let errors: Vec<_> = reply.errors();
    let expected = [
        ("first_name", "bad_character"),
        ("last_name", "doubled_field"),
        ("job_title", "empty"),
        ("phone", "bad_number"),
        ("id", "unknown_field"),
    ];
    assert_eq!(
        errors,
        expected.map(|(field, code)| (field.to_owned(), code.to_owned()))
    );
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("job_title") && detail.contains("1 à 150"),
        "{detail}"
    );
    assert_eq!(
        browser.get("/api/v1/me").await.json()["last_name"],
        json!(null)
    );
}

#[tokio::test]
async fn an_operator_has_no_details() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    operator
        .patch("/api/v1/me", r#"{"first_name": "Ada"}"#)
        .await
        .refused(403, "not_account");
    assert_eq!(world.entries("refused").await.len(), 1);
}

#[tokio::test]
async fn details_are_changed_once_under_one_key() {
    let world = World::new().await;
    let key = "0197a3c0-1234-7abc-8def-0123456789ab";
    let mut browser = world.logged_in(AIDANT).await.with("idempotency-key", key);
    let body = r#"{"first_name": "Paul"}"#;
    let first = browser.patch("/api/v1/me", body).await;
    let again = browser.patch("/api/v1/me", body).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(world.entries("profile_edited").await.len(), 1);
    browser
        .patch("/api/v1/me", r#"{"first_name": "Jean"}"#)
        .await
        .refused(422, "key_reused");
}

#[tokio::test]
async fn a_get_with_a_body_or_a_key_that_is_none_is_refused() {
    let world = World::new().await;
    let mut aidant = world.logged_in(AIDANT).await;
    for (body, status, code) in [
        ("x", 400, "malformed"),
        (r#"{"a": 1}"#, 422, "invalid"),
        (" ".repeat(65_537).as_str(), 413, "too_large"),
    ] {
        let body = Some(Bytes::from(body.to_owned()));
        let reply = aidant.send(Method::GET, "/api/v1/me", body).await;
        assert_eq!(reply.problem(), (status, code.to_owned()));
    }
    let mut named = aidant.with("idempotency-key", "1");
    named.get("/api/v1/me").await.refused(422, "invalid");
}
