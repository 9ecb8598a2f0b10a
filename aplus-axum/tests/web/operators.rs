//! The support team: one suspends another at once, two bring one back (A14).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::*;

const TEAM: &str = "/api/v1/support/operators";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn path(world: &World, address: &str, act: &str) -> String {
    format!("{TEAM}/{}/{act}", world.id(address))
}

async fn line(browser: &mut Browser, world: &World, address: &str) -> Value {
    let list = browser.get(TEAM).await.json();
    let mut items = list["items"].as_array().unwrap().iter();
    items
        .find(|operator| operator["id"] == world.id(address))
        .unwrap()
        .clone()
}

#[tokio::test]
async fn suspending_ends_the_session_with_the_next_request_and_the_links() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut colleague = world.logged_in(COLLEAGUE).await;
    let token = world.ask(&mut world.browser(), COLLEAGUE).await;
    assert_eq!(colleague.get("/api/v1/me").await.json()["email"], COLLEAGUE);
    let suspend = path(&world, COLLEAGUE, "suspend");
    assert_eq!(
        operator.press(&suspend).await.status,
        StatusCode::NO_CONTENT
    );
    colleague
        .get("/api/v1/me")
        .await
        .refused(401, "not_logged_in");
    let order = world.order(AIDANT).await;
    colleague
        .press(&format!("/api/v1/support/orders/{order}/approve"))
        .await
        .refused(401, "not_logged_in");
    world
        .browser()
        .post(
            "/api/v1/sessions",
            json!({"token": token, "email": COLLEAGUE}),
        )
        .await
        .refused(410, "link_ended");
    assert_eq!(
        line(&mut operator, &world, COLLEAGUE).await,
        json!({
            "kind": "operator", "id": world.id(COLLEAGUE), "email": COLLEAGUE, "status": "suspended",
            "restore_asked": null,
        })
    );
    operator
        .press(&suspend)
        .await
        .refused(409, "already_suspended");
    assert_eq!(world.entries("operator_suspended").await.len(), 1);
}

#[tokio::test]
async fn nobody_suspends_themselves_and_nothing_is_restored_that_is_not_suspended() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let press = async |browser: &mut Browser, path: String| browser.press(&path).await;
    press(&mut operator, path(&world, OPERATOR, "suspend"))
        .await
        .refused(403, "own_suspension");
    press(&mut operator, path(&world, COLLEAGUE, "restore"))
        .await
        .refused(409, "not_suspended");
    for act in ["suspend", "restore"] {
        let nobody = format!("{TEAM}/{}/{act}", world.mairie);
        press(&mut operator, nobody)
            .await
            .refused(404, "operator_not_found");
        let mut responsable = world.logged_in(RESPONSABLE).await;
        press(&mut responsable, path(&world, COLLEAGUE, act))
            .await
            .refused(403, "not_operator");
    }
    let active = line(&mut operator, &world, COLLEAGUE).await;
    assert_eq!(active["status"], "active");
}

#[tokio::test]
async fn restoring_takes_two_within_a_day() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    operator.press(&path(&world, COLLEAGUE, "suspend")).await;
    let restore = path(&world, COLLEAGUE, "restore");
    for _ in 0..2 {
        let reply = operator.press(&restore).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "one alone is not two");
    }
    let asked = line(&mut operator, &world, COLLEAGUE).await["restore_asked"].clone();
    assert_eq!(asked["by"], world.id(OPERATOR));
    let time = |field: &str| asked[field].as_str().unwrap().to_owned();
    let (at, until): (aplus_core::Timestamp, aplus_core::Timestamp) =
        (time("at").parse().unwrap(), time("until").parse().unwrap());
    assert_eq!(until, at.saturating_add(DAY));
    world.clock.advance(DAY);
    let mut operator = world.logged_in(OPERATOR).await;
    let lapsed = line(&mut operator, &world, COLLEAGUE).await;
    assert_eq!(lapsed["restore_asked"], Value::Null, "it no longer counts");
    let mut third = world.logged_in(THIRD).await;
    assert_eq!(
        third.press(&restore).await.status,
        StatusCode::ACCEPTED,
        "the first asking no longer counts"
    );
    let mut operator = world.logged_in(OPERATOR).await;
    assert_eq!(
        operator.press(&restore).await.status,
        StatusCode::NO_CONTENT
    );
    operator.press(&restore).await.refused(409, "not_suspended");
    let mut colleague = world.logged_in(COLLEAGUE).await;
    let back = line(&mut colleague, &world, COLLEAGUE).await;
    assert_eq!(
        (&back["status"], &back["restore_asked"]),
        (&json!("active"), &Value::Null)
    );
    assert_eq!(world.entries("operator_restored").await.len(), 1);
}

#[tokio::test]
async fn the_same_asking_under_one_key_is_no_second_one() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    operator.press(&path(&world, COLLEAGUE, "suspend")).await;
    let key = "0197a3c0-1234-7abc-8def-0123456789ab";
    let mut operator = operator.with("idempotency-key", key);
    let restore = path(&world, COLLEAGUE, "restore");
    for _ in 0..2 {
        assert_eq!(operator.press(&restore).await.status, StatusCode::ACCEPTED);
    }
    assert_eq!(world.entries("operator_restore_asked").await.len(), 1);
    // Nor is it answered as the second one when that has come.
    let mut third = world.logged_in(THIRD).await;
    let second = third.press(&restore).await;
    assert_eq!(second.status, StatusCode::NO_CONTENT);
    assert_eq!(operator.press(&restore).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn the_team_is_listed_in_parts() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let part = operator.get(&format!("{TEAM}?limit=2{next}")).await.json();
        for item in part["items"].as_array().unwrap() {
            seen.push(item["email"].as_str().unwrap().to_owned());
        }
        match part["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, [COLLEAGUE, THIRD, OPERATOR]);
}
