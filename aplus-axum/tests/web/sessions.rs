//! One's own sessions (L11).

use std::time::Duration;

use axum::http::{StatusCode, header};
use serde_json::json;

use crate::world::*;

#[tokio::test]
async fn a_person_sees_their_sessions_page_by_page_the_newest_first() {
    let world = World::new().await;
    let _first = world.logged_in(AIDANT).await;
    let _second = world.logged_in(AIDANT).await;
    let mut third = world
        .logged_in(AIDANT)
        .await
        .with("user-agent", "ignored here");
    let all = third.get("/api/v1/sessions").await.json();
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(items[0]["current"], true);
    assert_eq!(items[0]["until"], "2026-03-03T05:02:02Z");
    assert!(items[1..].iter().all(|item| item["current"] == false));
    assert_eq!(all["next"], json!(null));
    let part = third.get("/api/v1/sessions?limit=2").await.json();
    assert_eq!(part["items"], json!(items[..2]));
    let rest = third
        .get(&format!(
            "/api/v1/sessions?limit=2&cursor={}",
            part["next"].as_str().unwrap()
        ))
        .await
        .json();
    assert_eq!(rest["items"], json!(items[2..]));
    assert_eq!(rest["next"], json!(null));
}

#[tokio::test]
async fn logging_out_ends_the_session_and_takes_the_cookie_away() {
    let world = World::new().await;
    let mut browser = world.logged_in(AIDANT).await;
    let kept = browser.clone();
    let reply = browser.delete("/api/v1/sessions/current").await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(
        reply.headers[header::SET_COOKIE],
        "__Host-aplus=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
    );
    kept.clone()
        .get("/api/v1/me")
        .await
        .refused(401, "not_logged_in");
    kept.clone()
        .delete("/api/v1/sessions/current")
        .await
        .refused(401, "not_logged_in");
}

#[tokio::test]
async fn one_ends_ones_own_sessions_and_nobody_elses() {
    let world = World::new().await;
    let mut other = world.logged_in(AIDANT).await;
    let mut browser = world.logged_in(AIDANT).await;
    let list = browser.get("/api/v1/sessions").await.json();
    let older = list["items"][1]["id"].as_str().unwrap().to_owned();
    let mut stranger = world.logged_in(INSTRUCTEUR).await;
    stranger
        .delete(&format!("/api/v1/sessions/{older}"))
        .await
        .refused(404, "session_not_found");
    assert_eq!(other.get("/api/v1/me").await.status, StatusCode::OK);
    assert_eq!(
        browser
            .delete(&format!("/api/v1/sessions/{older}"))
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    other.get("/api/v1/me").await.refused(401, "not_logged_in");
    assert_eq!(browser.get("/api/v1/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn all_ones_sessions_end_together() {
    let world = World::new().await;
    let mut other = world.logged_in(AIDANT).await;
    let mut browser = world.logged_in(AIDANT).await;
    assert_eq!(
        browser.delete("/api/v1/sessions").await.status,
        StatusCode::NO_CONTENT
    );
    other.get("/api/v1/me").await.refused(401, "not_logged_in");
    assert!(!browser.cookies.contains_key("__Host-aplus"));
}

#[tokio::test]
async fn a_session_ends_by_idling_and_with_the_deactivation_of_its_account() {
    let world = World::new().await;
    let mut idle = world.logged_in(INSTRUCTEUR).await;
    world.clock.advance(Duration::from_secs(8 * 60 * 60));
    idle.get("/api/v1/me").await.refused(401, "not_logged_in");
    let mut aidant = world.logged_in(AIDANT).await;
    let mut responsable = world.logged_in(RESPONSABLE).await;
    assert_eq!(aidant.get("/api/v1/me").await.status, StatusCode::OK);
    let deactivated = responsable
        .press(&format!("/api/v1/accounts/{}/deactivate", world.id(AIDANT)))
        .await;
    assert_eq!(deactivated.status, StatusCode::NO_CONTENT);
    aidant.get("/api/v1/me").await.refused(401, "not_logged_in");
}
