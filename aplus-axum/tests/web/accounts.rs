//! Groups, and what a responsable does in theirs (A1, A2, A5, A8, A9, A11).

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::*;

fn new_account() -> Value {
    json!({"email": "lea.roux@mairie.example", "roles": ["aidant"]})
}

#[tokio::test]
async fn everybody_sees_their_own_groups_and_support_sees_all() {
    let world = World::new().await;
    let names = async |address: &str| {
        let reply = world
            .logged_in(address)
            .await
            .get("/api/v1/groups")
            .await
            .json();
        let items = reply["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|group| group["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(AIDANT).await, ["Mairie de Lens"]);
    assert_eq!(names(INSTRUCTEUR).await, ["Préfecture du Nord"]);
    assert_eq!(names(OPERATOR).await.len(), 2);
}

#[tokio::test]
async fn members_see_of_each_other_what_a9_says_and_responsables_all_of_it() {
    let world = World::new().await;
    world
        .logged_in(RESPONSABLE)
        .await
        .patch("/api/v1/me", r#"{"phone": "03 20 00 00 00"}"#)
        .await;
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    let keys = async |address: &str, of: &str| {
        let list = world.logged_in(address).await.get(&path).await.json();
        let items = list["items"].as_array().unwrap();
        let account = items
            .iter()
            .find(|item| item["id"] == world.id(of))
            .unwrap();
        account
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let mut colleague = vec![
        "kind",
        "id",
        "email",
        "roles",
        "first_name",
        "last_name",
        "job_title",
    ];
    colleague.sort_unstable();
    let mut seen = keys(AIDANT, RESPONSABLE).await;
    seen.sort_unstable();
    assert_eq!(seen, colleague);
    for (whole, of) in [(AIDANT, AIDANT), (RESPONSABLE, AIDANT), (OPERATOR, AIDANT)] {
        assert_eq!(keys(whole, of).await.len(), 14, "{whole}");
    }
    let refused = world.logged_in(INSTRUCTEUR).await.get(&path).await;
    refused.refused(403, "not_your_group");
    assert_eq!(refused.json()["rule"], "A9", "a look, not an act (A2)");
    assert_eq!(world.entries("looked").await.len(), 1);
}

#[tokio::test]
async fn a_list_goes_on_where_it_stopped() {
    let world = World::new().await;
    let mut browser = world.logged_in(AIDANT).await;
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    let first = browser.get(&format!("{path}?limit=1")).await.json();
    let next = first["next"].as_str().unwrap();
    let second = browser
        .get(&format!("{path}?limit=1&cursor={next}"))
        .await
        .json();
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(second["next"], json!(null));
    for wrong in [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "limit=1&limit=2",
        "order=name",
    ] {
        assert_eq!(
            browser.get(&format!("{path}?{wrong}")).await.errors().len(),
            1,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_responsable_creates_an_account_in_their_group() {
    let world = World::new().await;
    let mut browser = world.logged_in(RESPONSABLE).await;
    let body = json!({
        "email": "Lea.Roux@mairie.example", "roles": ["responsable", "aidant"],
        "first_name": "Léa", "last_name": null, "job_title": "Agente d'accueil", "phone": "3939",
    });
    let reply = browser
        .post(&format!("/api/v1/groups/{}/accounts", world.mairie), body)
        .await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let account = reply.json();
    assert_eq!(account["email"], "lea.roux@mairie.example");
    assert_eq!(account["roles"], json!(["aidant", "responsable"]));
    assert_eq!(account["warnings"], json!([]));
    assert_eq!(account["provenance"]["by"]["id"], world.id(RESPONSABLE));
    world.courier().await;
    assert_eq!(world.letters("lea.roux@mairie.example"), 1);
    let mut new = world.logged_in("lea.roux@mairie.example").await;
    assert_eq!(new.get("/api/v1/me").await.json()["first_name"], "Léa");
}

#[tokio::test]
async fn what_is_not_nominative_is_created_with_a_warning() {
    let world = World::new().await;
    let mut browser = world.logged_in(RESPONSABLE).await;
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    for (address, warning) in [
        ("accueil@mairie.example", "shared_mailbox"),
        ("lr@mairie.example", "not_nominative"),
        ("lea.roux@gmial.com", "typing_slip"),
    ] {
        let reply = browser
            .post(&path, json!({"email": address, "roles": ["aidant"]}))
            .await;
        assert_eq!(reply.json()["warnings"], json!([warning]), "{address}");
    }
    let shared = json!({"email": "contact@mairie.example", "roles": ["responsable"]});
    browser
        .post(&path, shared)
        .await
        .refused(403, "shared_responsable");
}

#[tokio::test]
async fn nobody_else_creates_an_account_there_and_each_refusal_is_recorded() {
    let world = World::new().await;
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    for (address, code) in [
        (AIDANT, "not_responsable"),
        (INSTRUCTEUR, "not_responsable"),
        (OTHER_RESPONSABLE, "not_your_group"),
        (OPERATOR, "not_responsable"),
    ] {
        let recorded = world.entries("refused").await.len();
        world
            .logged_in(address)
            .await
            .post(&path, new_account())
            .await
            .refused(403, code);
        assert_eq!(
            world.entries("refused").await.len(),
            recorded + 1,
            "{address}"
        );
    }
    world
        .browser()
        .post(&path, new_account())
        .await
        .refused(401, "not_logged_in");
    let nowhere = format!("/api/v1/groups/{}/accounts", world.id(AIDANT));
    world
        .logged_in(RESPONSABLE)
        .await
        .post(&nowhere, new_account())
        .await
        .refused(404, "group_not_found");
    assert_eq!(world.entries("account_created").await.len(), 4);
}

#[tokio::test]
async fn the_right_comes_before_what_is_wrong_with_the_body() {
    let world = World::new().await;
    let accounts = format!("/api/v1/groups/{}/accounts", world.mairie);
    let members = format!("/api/v1/groups/{}/members", world.mairie);
    for (path, body) in [
        (&accounts, "{}"),
        (&accounts, r#"{"email": "x", "roles": ["chef"]}"#),
        (&accounts, "not json"),
        (&members, "{}"),
        (&members, r#"{"email": 1, "group": 2}"#),
        (&members, "[]"),
    ] {
        // Equal refusals within ten minutes are one entry (T1).
        world.clock.advance(Duration::from_secs(601));
        let send = async |address: &str| {
            let mut browser = world.logged_in(address).await;
            let bytes = body.to_owned().into();
            browser.send(Method::POST, path, Some(bytes)).await
        };
        for (address, code) in [
            (AIDANT, "not_responsable"),
            (OTHER_RESPONSABLE, "not_your_group"),
            (OPERATOR, "not_responsable"),
        ] {
            let recorded = world.entries("refused").await.len();
            send(address).await.refused(403, code);
            let entries = world.entries("refused").await.len();
            assert_eq!(entries, recorded + 1, "{address} {path} {body}");
        }
        let recorded = world.entries("refused").await.len();
        let (status, code) = send(RESPONSABLE).await.problem();
        assert!(
            matches!(
                (status, code.as_str()),
                (422, "invalid") | (400, "malformed")
            ),
            "{status} {code} {path} {body}"
        );
        assert_eq!(world.entries("refused").await.len(), recorded, "{path}");
    }
    let nowhere = format!("/api/v1/groups/{}/accounts", world.id(AIDANT));
    world
        .logged_in(RESPONSABLE)
        .await
        .post(&nowhere, json!({}))
        .await
        .refused(404, "group_not_found");
}

#[tokio::test]
async fn an_address_that_is_taken_is_a_conflict() {
    let world = World::new().await;
    let mut browser = world.logged_in(RESPONSABLE).await;
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    for address in [AIDANT, "PAUL.petit@mairie.EXAMPLE", OPERATOR] {
        browser
            .post(&path, json!({"email": address, "roles": ["aidant"]}))
            .await
            .refused(409, "email_taken");
    }
    browser
        .press(&format!("/api/v1/accounts/{}/deactivate", world.id(AIDANT)))
        .await;
    browser
        .post(&path, json!({"email": AIDANT, "roles": ["aidant"]}))
        .await
        .refused(409, "ask_support");
}

#[tokio::test]
async fn wrong_fields_of_a_new_account_are_named() {
    let world = World::new().await;
    let mut browser = world.logged_in(RESPONSABLE).await;
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    let email = "lea.roux@mairie.example";
    for (body, field, code) in [
        (json!({"email": email}), "roles", "missing"),
        (json!({"email": email, "roles": []}), "roles", "empty"),
        (
            json!({"email": email, "roles": ["chef"]}),
            "roles",
            "unknown_role",
        ),
        (
            json!({"email": email, "roles": ["aidant", "aidant"]}),
            "roles",
            "doubled_role",
        ),
        (
            json!({"email": email, "roles": "aidant"}),
            "roles",
            "not_a_list",
        ),
        (
            json!({"email": email, "roles": ["aidant"], "status": "active"}),
            "status",
            "unknown_field",
        ),
        (
            json!({"email": email, "roles": ["aidant"], "groups": []}),
            "groups",
            "unknown_field",
        ),
        (
            json!({"email": email, "roles": ["aidant"], "first_name": ["Léa"]}),
            "first_name",
            "not_a_text",
        ),
        (
            json!({"email": email, "roles": ["aidant"], "shared": "yes"}),
            "shared",
            "not_a_boolean",
        ),
    ] {
        let errors = browser.post(&path, body.clone()).await.errors();
        assert_eq!(errors, [(field.to_owned(), code.to_owned())], "{body}");
    }
    assert_eq!(world.entries("account_created").await.len(), 4);
}

#[tokio::test]
async fn the_same_request_under_one_key_is_carried_out_once() {
    let world = World::new().await;
    let key = "0197a3c0-1234-7abc-8def-0123456789ab";
    let mut browser = world
        .logged_in(RESPONSABLE)
        .await
        .with("idempotency-key", key);
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    let first = browser.post(&path, new_account()).await;
    let again = browser.post(&path, new_account()).await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!((first.status, first.json()), (again.status, again.json()));
    let other = json!({"email": "lea.roux@mairie.example", "roles": ["instructeur"]});
    browser.post(&path, other).await.refused(422, "key_reused");
    // The key belongs to the whole request, its address included, and to its caller.
    browser
        .press(&format!("/api/v1/accounts/{}/deactivate", world.id(AIDANT)))
        .await
        .refused(422, "key_reused");
    let mut other = world
        .logged_in(OTHER_RESPONSABLE)
        .await
        .with("idempotency-key", key);
    let path = format!("/api/v1/groups/{}/accounts", world.prefecture);
    let body = json!({"email": "marc.blanc@prefecture.example", "roles": ["aidant"]});
    assert_eq!(other.post(&path, body).await.status, StatusCode::CREATED);
    let wrong = browser
        .with("idempotency-key", "1")
        .press("/api/v1/sessions")
        .await;
    assert_eq!(
        wrong.errors(),
        [("Idempotency-Key".to_owned(), "not_a_uuid".to_owned())]
    );
}

#[tokio::test]
async fn a_responsable_adds_an_account_and_takes_it_out_and_deactivates_only_their_own() {
    let world = World::new().await;
    let mut browser = world.logged_in(RESPONSABLE).await;
    let members = format!("/api/v1/groups/{}/members", world.mairie);
    assert_eq!(
        browser
            .post(&members, json!({"email": INSTRUCTEUR}))
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    browser
        .post(&members, json!({"email": INSTRUCTEUR}))
        .await
        .refused(409, "already_member");
    browser
        .post(&members, json!({"email": "nobody@mairie.example"}))
        .await
        .refused(404, "account_not_found");
    let added = world.id(INSTRUCTEUR);
    browser
        .press(&format!("/api/v1/accounts/{added}/deactivate"))
        .await
        .refused(403, "other_group");
    let out = format!("/api/v1/groups/{}/accounts/{added}", world.mairie);
    assert_eq!(browser.delete(&out).await.status, StatusCode::NO_CONTENT);
    // Out of sight as before: that the account is there is no longer this responsable's business.
    browser.delete(&out).await.refused(404, "account_not_found");
    let last = format!(
        "/api/v1/groups/{}/accounts/{}",
        world.mairie,
        world.id(AIDANT)
    );
    browser.delete(&last).await.refused(403, "last_group");
    let mut aidant = world.logged_in(AIDANT).await;
    aidant
        .post(&members, json!({"email": INSTRUCTEUR}))
        .await
        .refused(403, "not_responsable");
    aidant.delete(&last).await.refused(403, "last_group");
}

#[tokio::test]
async fn the_last_responsable_does_not_leave_and_is_taken_out_by_support_only() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut other = world.logged_in(OTHER_RESPONSABLE).await;
    let members = format!("/api/v1/groups/{}/members", world.prefecture);
    other.post(&members, json!({"email": RESPONSABLE})).await;
    let mut browser = world.logged_in(RESPONSABLE).await;
    let leave = format!(
        "/api/v1/groups/{}/accounts/{}",
        world.mairie,
        world.id(RESPONSABLE)
    );
    let reply = browser.delete(&leave).await;
    reply.refused(403, "last_responsable");
    assert_eq!(reply.json()["rule"], "A8");
    // Support may: the group was told that it has a single one.
    assert_eq!(operator.delete(&leave).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_responsable_deactivates_reactivates_and_withdraws_in_their_groups() {
    let world = World::new().await;
    let mut browser = world.logged_in(RESPONSABLE).await;
    let act = |id: &str, act: &str| format!("/api/v1/accounts/{id}/{act}");
    let aidant = world.id(AIDANT).to_owned();
    assert_eq!(
        browser.press(&act(&aidant, "deactivate")).await.status,
        StatusCode::NO_CONTENT
    );
    browser
        .press(&act(&aidant, "deactivate"))
        .await
        .refused(409, "not_active");
    assert_eq!(
        browser.press(&act(&aidant, "reactivate")).await.status,
        StatusCode::NO_CONTENT
    );
    browser
        .press(&act(&aidant, "reactivate"))
        .await
        .refused(409, "not_deactivated");
    browser
        .press(&act(world.id(RESPONSABLE), "deactivate"))
        .await
        .refused(403, "own_account");
    world.logged_in(AIDANT).await;
    browser
        .press(&act(&aidant, "withdraw"))
        .await
        .refused(409, "already_used");
    let made = browser
        .post(
            &format!("/api/v1/groups/{}/accounts", world.mairie),
            new_account(),
        )
        .await
        .json();
    assert_eq!(
        browser
            .press(&act(made["id"].as_str().unwrap(), "withdraw"))
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    // The address is free again.
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    assert_eq!(
        browser.post(&path, new_account()).await.status,
        StatusCode::CREATED
    );
    let outside = world.id(INSTRUCTEUR).to_owned();
    browser
        .press(&act(&outside, "deactivate"))
        .await
        .refused(404, "account_not_found");
    browser
        .press(&act(&world.mairie, "deactivate"))
        .await
        .refused(404, "account_not_found");
}
