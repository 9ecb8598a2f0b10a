//! What support does at somebody's request, and what it looks at (A7, T1).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::*;

fn group() -> Value {
    json!({
        "name": "France Services Arras", "organisation": "Mairie d'Arras", "department": "62",
        "contact": "fs@arras.example", "france_services": true,
        "requester": {"kind": "anct", "name": "Bureau 3"}, "reference": "ticket 7",
    })
}

fn account(address: &str, role: &str) -> Value {
    json!({"email": address, "roles": [role], "requester": {"kind": "partner"}, "reference": "ticket 8"})
}

#[tokio::test]
async fn support_creates_a_group_and_its_first_responsable_at_a_request() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let made = operator.post("/api/v1/support/groups", group()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.json()["organisation"], "Mairie d'Arras");
    let path = format!(
        "/api/v1/support/groups/{}/accounts",
        made.json()["id"].as_str().unwrap()
    );
    let first = operator
        .post(&path, account("anne.noir@arras.example", "responsable"))
        .await;
    assert_eq!(first.status, StatusCode::CREATED);
    let provenance = &first.json()["provenance"];
    assert_eq!(provenance["by"]["kind"], "operator");
    assert_eq!(provenance["requester"], json!({"kind": "partner"}));
    assert_eq!(provenance["reference"], "ticket 8");
    let second = operator
        .post(&path, account("yves.vert@arras.example", "responsable"))
        .await;
    assert_eq!(second.status, StatusCode::CREATED);
    assert_eq!(first.json().get("order"), None);
    let second = second.json();
    assert_eq!(second["roles"], json!(["aidant"]), "a further one waits");
    assert_eq!(second["order"]["state"], "proposed");
}

#[tokio::test]
async fn a_request_is_needed_whole() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let errors = operator
        .post(
            "/api/v1/support/groups",
            json!({"name": "", "requester": {"name": "x"}}),
        )
        .await
        .errors();
    let fields: Vec<_> = errors
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("name", "empty"),
            ("requester.kind", "missing"),
            ("reference", "missing")
        ]
    );
}

#[tokio::test]
async fn whoever_is_not_support_is_told_so_before_what_is_wrong_with_the_body() {
    let world = World::new().await;
    let accounts = format!("/api/v1/support/groups/{}/accounts", world.mairie);
    for path in ["/api/v1/support/groups", &accounts] {
        let recorded = world.entries("refused").await.len();
        let mut responsable = world.logged_in(RESPONSABLE).await;
        responsable
            .post(path, json!({"name": 1}))
            .await
            .refused(403, "not_operator");
        let entries = world.entries("refused").await.len();
        assert_eq!(entries, recorded + 1, "{path}");
        let mut operator = world.logged_in(OPERATOR).await;
        assert!(
            !operator
                .post(path, json!({"name": 1}))
                .await
                .errors()
                .is_empty(),
            "{path}"
        );
    }
    let recorded = world.entries("refused").await.len();
    let mut responsable = world.logged_in(RESPONSABLE).await;
    responsable
        .get("/api/v1/support/accounts?email=x")
        .await
        .refused(403, "not_operator");
    assert_eq!(world.entries("refused").await.len(), recorded + 1);
}

#[tokio::test]
async fn one_group_is_made_under_one_key() {
    let world = World::new().await;
    let key = "0197a3c0-1234-7abc-8def-0123456789ab";
    let mut operator = world.logged_in(OPERATOR).await.with("idempotency-key", key);
    let first = operator.post("/api/v1/support/groups", group()).await;
    let again = operator.post("/api/v1/support/groups", group()).await;
    assert_eq!(
        (again.status, again.json()),
        (StatusCode::CREATED, first.json())
    );
    assert_eq!(world.entries("group_created").await.len(), 3);
}

#[tokio::test]
async fn support_deactivates_any_account_and_only_support_brings_it_back() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let act = |act: &str| format!("/api/v1/support/accounts/{}/{act}", world.id(AIDANT));
    assert_eq!(
        operator.press(&act("deactivate")).await.status,
        StatusCode::NO_CONTENT
    );
    let mut responsable = world.logged_in(RESPONSABLE).await;
    let path = format!("/api/v1/accounts/{}/reactivate", world.id(AIDANT));
    responsable
        .press(&path)
        .await
        .refused(403, "deactivated_by_support");
    assert_eq!(
        operator.press(&act("reactivate")).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        operator.press(&act("withdraw")).await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn what_only_support_asks_for_in_this_way_is_refused_even_to_whoever_may_do_it_in_another() {
    let world = World::new().await;
    let mut responsable = world.logged_in(RESPONSABLE).await;
    for (number, act) in ["deactivate", "reactivate", "withdraw"]
        .into_iter()
        .enumerate()
    {
        let path = format!("/api/v1/support/accounts/{}/{act}", world.id(AIDANT));
        responsable.press(&path).await.refused(403, "not_operator");
        assert_eq!(world.entries("refused").await.len(), number + 1);
    }
    let own = format!(
        "/api/v1/support/accounts/{}/sessions",
        world.id(RESPONSABLE)
    );
    responsable.delete(&own).await.refused(403, "not_operator");
}

#[tokio::test]
async fn support_ends_the_sessions_of_an_account() {
    let world = World::new().await;
    let mut aidant = world.logged_in(AIDANT).await;
    let mut operator = world.logged_in(OPERATOR).await;
    let path = format!("/api/v1/support/accounts/{}/sessions", world.id(AIDANT));
    assert_eq!(operator.delete(&path).await.status, StatusCode::NO_CONTENT);
    aidant.get("/api/v1/me").await.refused(401, "not_logged_in");
    let nobody = format!("/api/v1/support/accounts/{}/sessions", world.mairie);
    operator
        .delete(&nobody)
        .await
        .refused(404, "account_not_found");
}

#[tokio::test]
async fn support_reads_what_happened_in_plain_words_and_each_look_is_an_entry() {
    let world = World::new().await;
    world.logged_in(AIDANT).await;
    let token = world.ask(&mut world.browser(), AIDANT).await;
    world
        .browser()
        .post(
            "/api/v1/sessions",
            json!({"token": token, "email": "x@mairie.example"}),
        )
        .await;
    let mut operator = world.logged_in(OPERATOR).await;
    let by_address = operator
        .get(&format!("/api/v1/support/accounts?email={AIDANT}"))
        .await;
    assert_eq!(by_address.status, StatusCode::OK, "{}", by_address.text());
    let path = format!("/api/v1/support/accounts/{}/links", world.id(AIDANT));
    let by_id = operator.get(&path).await.json();
    assert_eq!(by_address.json(), by_id);
    assert_eq!(by_id["account"]["email"], AIDANT);
    let said = |body: &Value| -> Vec<String> {
        let items = body["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["what"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut english = operator.clone().with("accept-language", "en");
    let steps = said(&english.get(&path).await.json());
    for expected in [
        "The account was created.",
        "The person last logged in.",
        "A link was asked for.",
        "The mail with the link was handed over to the mail server.",
        "The link was used to log in.",
        "In another browser, another address was given: 1 times of 5 allowed.",
    ] {
        assert!(
            steps.iter().any(|step| step == expected),
            "{expected}: {steps:?}"
        );
    }
    assert!(
        said(&by_id)
            .iter()
            .any(|step| step == "Un lien a été demandé.")
    );
    assert!(!by_id.to_string().contains(&token));
    assert_eq!(world.entries("looked").await.len(), 3);
    operator
        .get("/api/v1/support/accounts?email=nobody@mairie.example")
        .await
        .refused(404, "account_not_found");
    assert_eq!(
        operator.get("/api/v1/support/accounts").await.errors()[0].1,
        "missing"
    );
}
