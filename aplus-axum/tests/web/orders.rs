//! Support orders: an address and roles change by them alone, and never by one person alone (A4, A6, A7).

use std::time::Duration;

use aplus_core::DualControl;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::*;

const ORDERS: &str = "/api/v1/support/orders";
const NEW: &str = "paul.grand@mairie.example";

/// An order on the account of one of the four, which changes this.
fn wanted(world: &World, address: &str, change: &Value) -> Value {
    let mut order = json!({
        "account": world.id(address),
        "requester": {"kind": "responsable", "name": "Marie Durand"},
        "reference": "ticket 12",
        "reason": "changement de fonctions",
    });
    for (name, value) in change.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

async fn proposed(world: &World, by: &mut Browser, address: &str, change: Value) -> Value {
    let reply = by.post(ORDERS, wanted(world, address, &change)).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    reply.json()
}

fn path(order: &Value, act: &str) -> String {
    format!("{ORDERS}/{}{act}", order["id"].as_str().unwrap())
}

fn state(order: &Value) -> &str {
    order["state"].as_str().unwrap()
}

async fn decided(by: &mut Browser, order: &Value, act: &str) -> Value {
    let reply = by.press(&path(order, act)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()
}

async fn account(world: &World, address: &str) -> aplus_core::Account {
    let id = world.id(address).parse().unwrap();
    world.aplus.store().account(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn another_operator_approves_new_roles_which_are_there_at_once_and_end_the_sessions() {
    let world = World::new().await;
    let (mut operator, mut colleague) = (
        world.logged_in(OPERATOR).await,
        world.logged_in(COLLEAGUE).await,
    );
    let mut aidant = world.logged_in(AIDANT).await;
    let roles = json!({"roles": ["aidant", "instructeur"]});
    let order = proposed(&world, &mut operator, AIDANT, roles).await;
    assert_eq!(
        order["change"],
        json!({"roles": {"old": ["aidant"], "new": ["aidant", "instructeur"]}})
    );
    assert_eq!(state(&order), "proposed");
    assert_eq!(order["account"], world.id(AIDANT));
    let person = |address: &str| json!({"kind": "operator", "id": world.id(address)});
    assert_eq!(order["author"], person(OPERATOR));
    assert_eq!(
        order["requester"],
        json!({"kind": "responsable", "name": "Marie Durand"})
    );
    for field in [
        "approver",
        "approved_at",
        "carried_out_at",
        "closed_at",
        "closed_by",
        "closing_reason",
    ] {
        assert_eq!(order[field], Value::Null, "{field}");
    }
    aidant.get("/api/v1/me").await.json();

    let done = decided(&mut colleague, &order, "/approve").await;
    assert_eq!(
        (state(&done), &done["approver"]),
        ("carried_out", &person(COLLEAGUE))
    );
    assert_eq!(done["carried_out_at"], done["approved_at"]);
    aidant.get("/api/v1/me").await.refused(401, "not_logged_in");
    let me = world.logged_in(AIDANT).await.get("/api/v1/me").await.json();
    assert_eq!(me["roles"], json!(["aidant", "instructeur"]));
    let shown = operator.get(&path(&order, "")).await.json();
    assert_eq!(shown, done);
}

#[tokio::test]
async fn a_responsable_approves_a_new_address_which_counts_once_it_is_confirmed() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut responsable = world.logged_in(RESPONSABLE).await;
    let mut aidant = world.logged_in(AIDANT).await;
    let order = proposed(&world, &mut operator, AIDANT, json!({"email": NEW})).await;
    assert_eq!(
        order["change"],
        json!({"email": {"old": AIDANT, "new": NEW}})
    );
    let approved = decided(&mut responsable, &order, "/approve").await;
    assert_eq!(state(&approved), "approved");
    assert_eq!(
        approved["approver"],
        json!({"kind": "account", "id": world.id(RESPONSABLE)})
    );
    world.courier().await;
    assert_eq!(
        aidant.get("/api/v1/me").await.json()["email"],
        AIDANT,
        "until then the old one holds"
    );

    let token = world.token(NEW);
    let mut new = world.browser();
    let inspect = "/api/v1/login-links/inspect";
    let seen = new.post(inspect, json!({"token": token})).await.json();
    assert_eq!(
        seen,
        json!({"state": "live", "needs_email": true, "confirms_address": true})
    );
    let confirm = |email: Option<&str>| json!({"token": token, "email": email});
    let sessions = "/api/v1/sessions";
    new.post(sessions, confirm(None))
        .await
        .refused(409, "confirm_email");
    let old = new.post(sessions, confirm(Some(AIDANT))).await;
    old.refused(409, "confirm_email");
    assert_eq!(
        old.json()["tries_left"],
        4,
        "the old address is a wrong one"
    );
    let (before_old, before_new) = (world.letters(AIDANT), world.letters(NEW));
    let reply = new.post(sessions, confirm(Some(NEW))).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    assert_eq!(reply.json()["account"]["email"], NEW);
    assert_eq!(reply.json()["account"]["id"], world.id(AIDANT));
    world.courier().await;
    assert_eq!(world.letters(AIDANT), before_old + 1, "the old one is told");
    assert_eq!(world.letters(NEW), before_new + 1, "so is the new one");

    let done = operator.get(&path(&order, "")).await.json();
    assert_eq!(state(&done), "carried_out");
    assert_eq!(new.get("/api/v1/me").await.json()["email"], NEW);
    aidant.get("/api/v1/me").await.refused(401, "not_logged_in");
    new.post(sessions, confirm(Some(NEW)))
        .await
        .refused(410, "link_used");
    let seen = new.post(inspect, json!({"token": token})).await.json();
    assert_eq!(
        (&seen["state"], &seen["confirms_address"]),
        (&json!("used"), &json!(true))
    );
    world.clock.advance(Duration::from_secs(61));
    let mut later = world.logged_in(NEW).await;
    assert_eq!(later.get("/api/v1/me").await.json()["id"], world.id(AIDANT));
    let plain = world.ask(&mut world.browser(), NEW).await;
    let seen = later.post(inspect, json!({"token": plain})).await.json();
    assert_eq!(seen, json!({"state": "live", "needs_email": true}));
}

#[tokio::test]
async fn whoever_lets_the_confirming_link_lapse_asks_for_another_with_the_new_address() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut colleague = world.logged_in(COLLEAGUE).await;
    let order = proposed(&world, &mut operator, AIDANT, json!({"email": NEW})).await;
    decided(&mut colleague, &order, "/approve").await;
    world.courier().await;
    let first = world.token(NEW);
    world.clock.advance(Duration::from_secs(30 * 60));
    let mut person = world.browser();
    person
        .post("/api/v1/sessions", json!({"token": first, "email": NEW}))
        .await
        .refused(410, "link_expired");
    let second = world.ask(&mut person, NEW).await;
    let key = "0197a3c0-1234-7abc-8def-0123456789ab";
    let mut person = person.with("idempotency-key", key);
    let opened = person
        .post("/api/v1/sessions", json!({"token": second}))
        .await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text());
    let again = person
        .post("/api/v1/sessions", json!({"token": second}))
        .await;
    assert_eq!(
        (again.status, again.json()),
        (StatusCode::CREATED, opened.json()),
        "under one key it is one log-in"
    );
    assert_eq!(world.entries("order_carried_out").await.len(), 1);
}

#[tokio::test]
async fn where_only_raising_takes_an_approval_the_rest_is_carried_out_at_once() {
    let world = World::under(DualControl::Raising).await;
    let mut operator = world.logged_in(OPERATOR).await;
    let done = proposed(
        &world,
        &mut operator,
        AIDANT,
        json!({"roles": ["instructeur"]}),
    )
    .await;
    assert_eq!(state(&done), "carried_out");
    assert_eq!(done["approver"], Value::Null);
    assert_eq!(done["approved_at"], done["proposed_at"]);
    for (address, change) in [
        (AIDANT, json!({"roles": ["responsable"]})),
        (RESPONSABLE, json!({"roles": ["aidant"]})),
        (RESPONSABLE, json!({"email": NEW})),
    ] {
        let order = proposed(&world, &mut operator, address, change.clone()).await;
        assert_eq!(state(&order), "proposed", "{address} {change}");
        operator
            .press(&path(&order, "/approve"))
            .await
            .refused(403, "own_order");
    }
}

#[tokio::test]
async fn where_nothing_takes_an_approval_a_new_address_is_still_to_be_confirmed() {
    let world = World::under(DualControl::None).await;
    let mut operator = world.logged_in(OPERATOR).await;
    let done = proposed(
        &world,
        &mut operator,
        AIDANT,
        json!({"roles": ["responsable"]}),
    )
    .await;
    assert_eq!(state(&done), "carried_out");
    let order = proposed(&world, &mut operator, AIDANT, json!({"email": NEW})).await;
    assert_eq!(state(&order), "approved");
    world.courier().await;
    assert_eq!(account(&world, AIDANT).await.email(), Some(&email(AIDANT)));
    let reply = world
        .browser()
        .post(
            "/api/v1/sessions",
            json!({"token": world.token(NEW), "email": NEW}),
        )
        .await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    assert_eq!(account(&world, AIDANT).await.email(), Some(&email(NEW)));
}

#[tokio::test]
async fn details_are_corrected_by_an_order_only_where_the_person_cannot() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut colleague = world.logged_in(COLLEAGUE).await;
    let details = json!({"profile": {"first_name": "Paule", "phone": null}});
    let body = wanted(&world, AIDANT, &details);
    operator
        .post(ORDERS, body.clone())
        .await
        .refused(403, "not_yourself");
    let deactivate = format!("/api/v1/support/accounts/{}/deactivate", world.id(AIDANT));
    operator.press(&deactivate).await;
    let order = proposed(&world, &mut operator, AIDANT, details.clone()).await;
    assert_eq!(order["change"], details);
    decided(&mut colleague, &order, "/approve").await;
    let name = account(&world, AIDANT).await.profile().first_name.clone();
    assert_eq!(name.unwrap().as_str(), "Paule");
    let address = wanted(&world, AIDANT, &json!({"email": NEW}));
    operator
        .post(ORDERS, address)
        .await
        .refused(409, "account_inactive");
}

#[tokio::test]
async fn a_new_address_is_not_approved_for_an_account_that_was_deactivated_since() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut colleague = world.logged_in(COLLEAGUE).await;
    let order = proposed(&world, &mut operator, AIDANT, json!({"email": NEW})).await;
    let deactivate = format!("/api/v1/support/accounts/{}/deactivate", world.id(AIDANT));
    operator.press(&deactivate).await;
    colleague
        .press(&path(&order, "/approve"))
        .await
        .refused(409, "account_inactive");
}

#[tokio::test]
async fn what_cannot_be_proposed_is_refused_by_name() {
    let world = World::new().await;
    let named = email("lucie.blanc@aplus.example");
    let context = aplus_core::service::Context::default();
    world.aplus.add_operator(&named, &context).await.unwrap();
    let mut operator = world.logged_in(OPERATOR).await;
    for (change, status, code) in [
        (json!({}), 409, "no_change"),
        (
            json!({"email": AIDANT, "roles": ["aidant"]}),
            409,
            "no_change",
        ),
        (json!({"email": RESPONSABLE}), 409, "email_taken"),
        (
            json!({"email": "lucie.blanc@aplus.example"}),
            409,
            "email_taken",
        ),
        (
            json!({"email": "accueil@mairie.example"}),
            403,
            "shared_address",
        ),
        (
            json!({"account": world.mairie, "roles": ["instructeur"]}),
            404,
            "account_not_found",
        ),
    ] {
        let body = wanted(&world, AIDANT, &change);
        operator.post(ORDERS, body).await.refused(status, code);
    }
    let create = format!("/api/v1/support/groups/{}/accounts", world.mairie);
    let shared = json!({
        "email": "accueil@mairie.example", "roles": ["aidant"],
        "requester": {"kind": "anct"}, "reference": "x",
    });
    let shared = operator.post(&create, shared).await.json();
    let body = wanted(
        &world,
        AIDANT,
        &json!({"account": shared["id"], "roles": ["responsable"]}),
    );
    operator
        .post(ORDERS, body)
        .await
        .refused(403, "shared_responsable");
    assert!(world.entries("order_proposed").await.is_empty());
}

#[tokio::test]
async fn an_order_is_asked_for_whole_and_nothing_in_it_is_guessed() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let body = json!({
        "account": "x", "email": "y", "roles": "aidant", "profile": {"phone": 1, "age": 7},
        "requester": {"kind": "anct"}, "status": "active",
    });
    let errors = operator.post(ORDERS, body).await.errors();
    let errors: Vec<_> = errors
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    assert_eq!(
        errors,
        [
            ("account", "not_a_uuid"),
            ("email", "no_at_sign"),
            ("roles", "not_a_list"),
            ("profile.phone", "not_a_text"),
            ("profile.age", "unknown_field"),
            ("reference", "missing"),
            ("reason", "missing"),
            ("status", "unknown_field"),
        ]
    );
    let not_an_object = wanted(&world, AIDANT, &json!({"profile": []}));
    assert_eq!(
        operator.post(ORDERS, not_an_object).await.errors(),
        [("profile".to_owned(), "not_an_object".to_owned())]
    );
}

#[tokio::test]
async fn four_eyes_see_every_order_whatever_the_route() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut responsable = world.logged_in(RESPONSABLE).await;
    let mut outsider = world.logged_in(OTHER_RESPONSABLE).await;
    let mut aidant = world.logged_in(AIDANT).await;
    let on_aidant = proposed(
        &world,
        &mut operator,
        AIDANT,
        json!({"roles": ["responsable"]}),
    )
    .await;
    let on_responsable = proposed(&world, &mut operator, RESPONSABLE, json!({"email": NEW})).await;
    for act in ["/approve", "/refuse"] {
        // Who proposed it, whom it concerns, who may not see the account.
        for (by, order, status, code) in [
            (&mut operator, &on_aidant, 403, "own_order"),
            (&mut aidant, &on_aidant, 403, "own_order"),
            (&mut responsable, &on_responsable, 403, "own_order"),
            (&mut outsider, &on_aidant, 404, "order_not_found"),
        ] {
            by.press(&path(order, act)).await.refused(status, code);
        }
        aidant
            .press(&path(&on_responsable, act))
            .await
            .refused(403, "not_approver");
    }
    for by in [&mut responsable, &mut aidant, &mut outsider] {
        let withdraw = path(&on_aidant, "/withdraw");
        by.press(&withdraw).await.refused(403, "not_operator");
    }
    aidant
        .get(&path(&on_aidant, ""))
        .await
        .refused(403, "not_approver");
    outsider
        .get(&path(&on_aidant, ""))
        .await
        .refused(404, "order_not_found");
    let nothing = json!({"id": world.mairie});
    for by in [&mut operator, &mut responsable] {
        by.press(&path(&nothing, "/approve"))
            .await
            .refused(404, "order_not_found");
    }
    assert_eq!(account(&world, AIDANT).await.roles().to_string(), "aidant");
}

#[tokio::test]
async fn support_makes_a_further_responsable_only_with_somebody_else() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut responsable = world.logged_in(RESPONSABLE).await;
    let create = format!("/api/v1/support/groups/{}/accounts", world.mairie);
    let body = json!({
        "email": "lea.roux@mairie.example", "roles": ["responsable"],
        "requester": {"kind": "prefecture"}, "reference": "lettre 9",
    });
    let made = operator.post(&create, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!(made["roles"], json!(["aidant"]));
    let order = &made["order"];
    assert_eq!(
        order["change"],
        json!({"roles": {"old": ["aidant"], "new": ["responsable"]}})
    );
    assert_eq!(
        (state(order), &order["account"], &order["reason"]),
        ("proposed", &made["id"], &Value::Null)
    );
    operator
        .press(&path(order, "/approve"))
        .await
        .refused(403, "own_order");
    let done = decided(&mut responsable, order, "/approve").await;
    assert_eq!(state(&done), "carried_out");
    let mut new = world.logged_in("lea.roux@mairie.example").await;
    assert_eq!(
        new.get("/api/v1/me").await.json()["roles"],
        json!(["responsable"])
    );

    let id = made["id"].as_str().unwrap();
    let act = |act: &str| format!("/api/v1/support/accounts/{id}/{act}");
    assert_eq!(
        operator.press(&act("deactivate")).await.status,
        StatusCode::NO_CONTENT
    );
    for reactivate in [
        act("reactivate"),
        format!("/api/v1/accounts/{id}/reactivate"),
    ] {
        operator
            .press(&reactivate)
            .await
            .refused(403, "needs_approval");
    }
}

#[tokio::test]
async fn an_order_is_left_open_by_no_second_decision() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut colleague = world.logged_in(COLLEAGUE).await;
    for (first, ended) in [
        ("/approve", "carried_out"),
        ("/refuse", "refused"),
        ("/withdraw", "withdrawn"),
    ] {
        let roles = json!({"roles": ["aidant", "instructeur"]});
        let order = proposed(&world, &mut operator, INSTRUCTEUR, roles).await;
        let done = decided(&mut colleague, &order, first).await;
        assert_eq!(state(&done), ended);
        let is_closed = first != "/approve";
        assert_eq!(done["closed_at"].is_string(), is_closed);
        assert_eq!(done["closed_by"].is_object(), is_closed);
        for second in ["/approve", "/refuse", "/withdraw"] {
            let reply = colleague.press(&path(&order, second)).await;
            reply.refused(409, "order_closed");
            assert_eq!(reply.json()["rule"], "A6");
        }
        let back = json!({"roles": ["instructeur"]});
        if first == "/approve" {
            let back = proposed(&world, &mut operator, INSTRUCTEUR, back).await;
            decided(&mut colleague, &back, "/approve").await;
        }
    }
}

#[tokio::test]
async fn an_order_lapses_after_30_days() {
    let world = World::new().await;
    let order = json!({"id": world.order(AIDANT).await});
    world.clock.advance(Duration::from_secs(30 * 24 * 60 * 60));
    let mut colleague = world.logged_in(COLLEAGUE).await;
    assert_eq!(
        state(&colleague.get(&path(&order, "")).await.json()),
        "lapsed"
    );
    for act in ["/approve", "/refuse", "/withdraw"] {
        colleague
            .press(&path(&order, act))
            .await
            .refused(409, "order_closed");
    }
    let open = colleague.get(&format!("{ORDERS}?open=true")).await.json();
    assert_eq!(open["items"], json!([]));
}

#[tokio::test]
async fn an_order_on_an_account_that_changed_since_is_refused_or_withdrawn_and_never_approved() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut colleague = world.logged_in(COLLEAGUE).await;
    let first = proposed(
        &world,
        &mut operator,
        AIDANT,
        json!({"roles": ["instructeur"]}),
    )
    .await;
    let second = json!({"id": world.order(AIDANT).await});
    decided(&mut colleague, &first, "/approve").await;
    colleague
        .press(&path(&second, "/approve"))
        .await
        .refused(409, "order_outdated");
    let refused = colleague
        .post(
            &path(&second, "/refuse"),
            json!({"reason": "déjà instructeur"}),
        )
        .await;
    assert_eq!(refused.status, StatusCode::OK, "{}", refused.text());
    assert_eq!(refused.json()["closing_reason"], "déjà instructeur");
    assert_eq!(
        refused.json()["closed_by"],
        json!({"kind": "operator", "id": world.id(COLLEAGUE)})
    );
}

#[tokio::test]
async fn an_approved_address_is_taken_back_and_its_link_with_it() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut colleague = world.logged_in(COLLEAGUE).await;
    let order = proposed(&world, &mut operator, AIDANT, json!({"email": NEW})).await;
    decided(&mut colleague, &order, "/approve").await;
    world.courier().await;
    let token = world.token(NEW);
    colleague
        .press(&path(&order, "/refuse"))
        .await
        .refused(409, "order_closed");
    let withdrawn = decided(&mut operator, &order, "/withdraw").await;
    assert_eq!(state(&withdrawn), "withdrawn");
    world
        .browser()
        .post("/api/v1/sessions", json!({"token": token, "email": NEW}))
        .await
        .refused(410, "link_ended");
    assert_eq!(account(&world, AIDANT).await.email(), Some(&email(AIDANT)));
}

#[tokio::test]
async fn an_address_that_became_somebodys_is_not_confirmed() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut responsable = world.logged_in(RESPONSABLE).await;
    let order = proposed(&world, &mut operator, AIDANT, json!({"email": NEW})).await;
    decided(&mut responsable, &order, "/approve").await;
    world.courier().await;
    let token = world.token(NEW);
    let create = format!("/api/v1/groups/{}/accounts", world.mairie);
    let made = responsable
        .post(&create, json!({"email": NEW, "roles": ["aidant"]}))
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    let before = world.store.dump();
    world
        .browser()
        .post("/api/v1/sessions", json!({"token": token, "email": NEW}))
        .await
        .refused(409, "email_taken");
    assert!(world.store.dump() == before, "nothing is written");
}

#[tokio::test]
async fn an_address_that_became_somebodys_is_not_approved() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut responsable = world.logged_in(RESPONSABLE).await;
    let order = proposed(&world, &mut operator, AIDANT, json!({"email": NEW})).await;
    let create = format!("/api/v1/groups/{}/accounts", world.mairie);
    let draft = json!({"email": NEW, "roles": ["aidant"]});
    let made = responsable.post(&create, draft).await;
    assert_eq!(made.status, StatusCode::CREATED);
    responsable
        .press(&path(&order, "/approve"))
        .await
        .refused(409, "email_taken");
    let refused = decided(&mut responsable, &order, "/refuse").await;
    assert_eq!(state(&refused), "refused");
}

#[tokio::test]
async fn the_right_is_judged_before_the_body() {
    let world = World::new().await;
    let order = json!({"id": world.order(AIDANT).await});
    let refuse = path(&order, "/refuse");
    for body in [json!({"reason": 1}), json!({"motive": "x"})] {
        for (who, status, code) in [
            (OPERATOR, 403, "own_order"),
            (AIDANT, 403, "own_order"),
            (OTHER_RESPONSABLE, 404, "order_not_found"),
        ] {
            world.clock.advance(Duration::from_secs(601));
            let recorded = world.entries("refused").await.len();
            let mut browser = world.logged_in(who).await;
            let reply = browser.post(&refuse, body.clone()).await;
            reply.refused(status, code);
            assert_eq!(world.entries("refused").await.len(), recorded + 1, "{who}");
        }
        let mut colleague = world.logged_in(COLLEAGUE).await;
        assert!(!colleague.post(&refuse, body).await.errors().is_empty());
    }
    let mut responsable = world.logged_in(RESPONSABLE).await;
    responsable
        .post(ORDERS, json!({"account": 1}))
        .await
        .refused(403, "not_operator");
    responsable
        .get(&format!("{ORDERS}?limit=0"))
        .await
        .refused(403, "not_operator");
    let mut operator = world.logged_in(OPERATOR).await;
    for query in ["limit=0", "cursor=x", "open=maybe", "page=2"] {
        let reply = operator.get(&format!("{ORDERS}?{query}")).await;
        assert_eq!(reply.errors().len(), 1, "{query}");
    }
}

#[tokio::test]
async fn one_order_is_proposed_and_decided_on_under_one_key() {
    let world = World::new().await;
    let key = "0197a3c0-1234-7abc-8def-0123456789ab";
    let mut operator = world.logged_in(OPERATOR).await.with("idempotency-key", key);
    let mut colleague = world
        .logged_in(COLLEAGUE)
        .await
        .with("idempotency-key", key);
    let body = wanted(&world, AIDANT, &json!({"roles": ["instructeur"]}));
    let first = operator.post(ORDERS, body.clone()).await;
    let approve = path(&first.json(), "/approve");
    let approved = colleague.press(&approve).await;
    let again = colleague.press(&approve).await;
    assert_eq!(
        (again.status, again.json()),
        (StatusCode::OK, approved.json())
    );
    let again = operator.post(ORDERS, body).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.json(), approved.json(), "as it now stands");
    let other = wanted(&world, AIDANT, &json!({"roles": ["aidant"]}));
    operator
        .post(ORDERS, other)
        .await
        .refused(422, "key_reused");
    assert_eq!(world.entries("order_proposed").await.len(), 1);
    assert_eq!(world.entries("order_approved").await.len(), 1);
}

#[tokio::test]
async fn orders_are_listed_for_support_and_the_open_ones_of_a_group_for_its_responsables() {
    let world = World::new().await;
    let ids = [
        world.order(AIDANT).await,
        world.order(INSTRUCTEUR).await,
        world.order(AIDANT).await,
    ];
    let mut colleague = world.logged_in(COLLEAGUE).await;
    let withdraw = format!("{ORDERS}/{}/withdraw", ids[0]);
    colleague.press(&withdraw).await;
    let listed = |reply: &Reply| -> (Vec<String>, Value) {
        let body = reply.json();
        let items = body["items"].as_array().unwrap().iter();
        let ids = items.map(|order| order["id"].as_str().unwrap().to_owned());
        (ids.collect(), body["next"].clone())
    };
    let (all, next) = listed(&colleague.get(&format!("{ORDERS}?limit=2")).await);
    assert_eq!(all, [&*ids[2], &*ids[1]], "the newest first");
    let cursor = next.as_str().unwrap();
    let (rest, next) = listed(&colleague.get(&format!("{ORDERS}?cursor={cursor}")).await);
    assert_eq!((rest, next), (vec![ids[0].clone()], Value::Null));
    let (open, _) = listed(&colleague.get(&format!("{ORDERS}?open=true")).await);
    assert_eq!(open, [&*ids[2], &*ids[1]]);
    // Each page is a look, at no account and no group (T1).
    let looks = world.entries("looked").await;
    assert_eq!(looks.len(), 3);
    assert!(
        looks
            .iter()
            .all(|look| (look.account, look.group) == (None, None))
    );
    let of_mairie = format!("/api/v1/groups/{}/orders", world.mairie);
    for who in [RESPONSABLE, OPERATOR] {
        let reply = world.logged_in(who).await.get(&of_mairie).await;
        assert_eq!(listed(&reply).0, [&*ids[2]], "{who}");
    }
    let mut outsider = world.logged_in(OTHER_RESPONSABLE).await;
    outsider
        .get(&of_mairie)
        .await
        .refused(403, "not_your_group");
}
