//! What stands before every handler: size, form, origin, spelling, language; and extractors in a host's own router.

use aplus_axum::{CurrentAccount, CurrentOperator, CurrentResponsable, MaybeAccount};
use aplus_core::asking::AskLimits;
use aplus_core::{Aplus, Site};
use axum::Router;
use axum::extract::FromRef;
use axum::http::{Method, StatusCode, header};
use axum::routing::get;
use serde_json::json;

use crate::secrets::Log;
use crate::world::*;

#[tokio::test]
async fn a_body_of_64_kib_is_read_and_a_larger_one_is_not() {
    let world = World::new().await;
    let mut browser = world.browser();
    let sized = |size: usize| {
        let rest = r#"{"email": "", "next": ""}"#.len();
        format!(r#"{{"email": "", "next": "{}"}}"#, "x".repeat(size - rest))
    };
    let path = "/api/v1/login-links";
    let fits = browser
        .send(Method::POST, path, Some(sized(65_536).into()))
        .await;
    assert_eq!(fits.errors(), [("email".to_owned(), "empty".to_owned())]);
    for size in [65_537, 10 * 1_024 * 1_024] {
        browser
            .send(Method::POST, path, Some(sized(size).into()))
            .await
            .refused(413, "too_large");
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_said_so() {
    let world = World::new().await;
    let mut browser = world.browser();
    for body in [
        "",
        "{",
        r#"{"email": "a@b.fr""#,
        "[]",
        "null",
        "\"x\"",
        "{}{}",
        "\u{0}",
    ] {
        let reply = browser
            .send(
                Method::POST,
                "/api/v1/login-links",
                Some(body.to_owned().into()),
            )
            .await;
        reply.refused(400, "malformed");
    }
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
    ] {
        let mut browser = world.browser();
        browser
            .headers
            .insert(header::CONTENT_TYPE, media_type.parse().unwrap());
        let request = axum::http::Request::post("/api/v1/login-links")
            .header(header::CONTENT_TYPE, media_type);
        let reply = browser
            .sent(request.body(r#"{"email": "a@b.fr"}"#.into()).unwrap())
            .await;
        reply.refused(415, "not_json");
    }
}

#[tokio::test]
async fn who_it_is_comes_before_what_they_send() {
    let world = World::new().await;
    let mut visitor = world.browser();
    let path = format!("/api/v1/groups/{}/accounts", world.mairie);
    for body in ["{", "{}", &"x".repeat(70_000)] {
        let reply = visitor
            .send(Method::POST, &path, Some(body.to_owned().into()))
            .await;
        reply.refused(401, "not_logged_in");
    }
}

#[tokio::test]
async fn unknown_addresses_methods_and_ids_are_problems_too() {
    let world = World::new().await;
    let mut browser = world.logged_in(RESPONSABLE).await;
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/users",
        "/api/v1/me/",
        "/api/v1//me",
        "/api/v1/groups/1/accounts",
    ] {
        browser.get(path).await.refused(404, "not_found");
    }
    let braces = format!("/api/v1/accounts/%7B{}%7D/deactivate", world.id(AIDANT));
    browser.press(&braces).await.refused(404, "not_found");
    let reply = browser.send(Method::PUT, "/api/v1/me", None).await;
    reply.refused(405, "method_not_allowed");
    let allow = reply.headers[header::ALLOW].to_str().unwrap();
    assert!(allow.contains("GET") && allow.contains("PATCH"), "{allow}");
}

#[tokio::test]
async fn no_other_spelling_of_a_path_reaches_a_handler() {
    let world = World::new().await;
    let mut browser = world.logged_in(OPERATOR).await;
    let before = world.store.dump();
    for path in [
        "//api/v1/sessions",
        "/api//v1/sessions",
        "/API/v1/sessions",
        "/api/v1/sessions/",
        "/api/v1/../v1/sessions",
        "/api/v1/%73essions",
        "/api/v1/sessions%2F",
        "/api/v1/sessions;x=1",
        "/./api/v1/sessions",
    ] {
        let reply = browser.delete(path).await;
        assert!(
            matches!(
                reply.status,
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
            ),
            "{path}: {}",
            reply.status
        );
    }
    assert!(world.store.dump() == before);
}

#[tokio::test]
async fn french_unless_english_is_preferred() {
    let world = World::new().await;
    let french = world.browser().get("/api/v1/me").await.json();
    let english = world
        .browser()
        .with("accept-language", "en, fr;q=0.5")
        .get("/api/v1/me")
        .await;
    assert_eq!(english.headers[header::CONTENT_LANGUAGE], "en");
    assert_ne!(french["detail"], english.json()["detail"]);
    let expected = aplus_core::words::refusal(
        &aplus_core::Refusal::NotLoggedIn,
        aplus_core::words::Language::English,
        world.aplus.site(),
    );
    assert_eq!(english.json()["detail"], expected.detail);
    assert_eq!(french["rule"], "L1");
}

#[tokio::test]
async fn below_a_base_path_everything_works_and_nothing_is_served_beside_it() {
    let site = Site::new("https://aplus.example")
        .unwrap()
        .with_base_path("/comptes")
        .unwrap();
    let world = World::on(site, AskLimits::default()).await;
    let mut browser = world.browser();
    assert_eq!(
        browser.get("/api/v1/me").await.status,
        StatusCode::NOT_FOUND
    );
    browser
        .get("/comptes/api/v1/me")
        .await
        .refused(401, "not_logged_in");
    browser
        .get("/comptes/api/v1/nothing")
        .await
        .refused(404, "not_found");
    browser
        .post("/comptes/api/v1/login-links", json!({"email": AIDANT}))
        .await;
    world.courier().await;
    let reply = browser
        .post(
            "/comptes/api/v1/sessions",
            json!({"token": world.token(AIDANT)}),
        )
        .await;
    assert_eq!(reply.json()["next"], "/comptes/groupes");
}

#[derive(Clone)]
struct Host {
    aplus: Aplus,
}

impl FromRef<Host> for Aplus {
    fn from_ref(host: &Host) -> Self {
        host.aplus.clone()
    }
}

#[tokio::test]
async fn a_host_has_its_own_state_routes_and_fallback_and_knows_who_is_logged_in() {
    let mut world = World::new().await;
    let app = Router::new()
        .route(
            "/",
            get(async |MaybeAccount(account): MaybeAccount| account.is_some().to_string()),
        )
        .route(
            "/own",
            get(async |CurrentAccount(account): CurrentAccount| account.id().to_string()),
        )
        .route("/manage", get(async |_: CurrentResponsable| "yes"))
        .route("/desk", get(async |_: CurrentOperator| "yes"))
        .merge(aplus_axum::router(&world.aplus))
        .fallback(async || (StatusCode::IM_A_TEAPOT, "the host's own"));
    world.app = app.with_state(Host {
        aplus: world.aplus.clone(),
    });
    let mut aidant = world.logged_in(AIDANT).await;
    assert_eq!(aidant.get("/own").await.text(), world.id(AIDANT));
    assert_eq!(aidant.get("/").await.text(), "true");
    assert_eq!(
        aidant.get("/elsewhere").await.status,
        StatusCode::IM_A_TEAPOT
    );
    aidant.get("/manage").await.refused(403, "not_responsable");
    aidant.get("/desk").await.refused(403, "not_operator");
    assert_eq!(
        world
            .logged_in(RESPONSABLE)
            .await
            .get("/manage")
            .await
            .text(),
        "yes"
    );
    let mut operator = world.logged_in(OPERATOR).await;
    assert_eq!(operator.get("/desk").await.text(), "yes");
    operator.get("/own").await.refused(403, "not_account");

    let mut visitor = world.browser();
    assert_eq!(visitor.get("/").await.text(), "false");
    visitor.get("/own").await.refused(401, "not_logged_in");
    let page = visitor
        .with("accept", "text/html")
        .get("/own?tri=nom")
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(
        page.headers[header::LOCATION],
        "/connexion?suite=%2Fown%3Ftri%3Dnom"
    );
}

#[tokio::test]
async fn a_client_without_an_address_is_told_to_the_log_once() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let world = World::new().await;
    let mut browser = world.browser();
    let body = || axum::body::Body::from(r#"{"token": "x"}"#);
    let from_nowhere = || {
        axum::http::Request::post("/api/v1/login-links/inspect")
            .header("content-type", "application/json")
            .body(body())
            .unwrap()
    };
    browser
        .post("/api/v1/login-links/inspect", json!({"token": "x"}))
        .await;
    let warned = || log.text().matches("no client address").count();
    assert_eq!(warned(), 0, "the connection has one");
    for _ in 0..3 {
        assert_eq!(browser.sent(from_nowhere()).await.status, 200);
    }
    assert_eq!(warned(), 1);
}
