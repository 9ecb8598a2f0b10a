//! The table of routes: each with its case for a visitor, for somebody who may not, and for another site.

use std::time::Duration;

use aplus_axum::{Route, Who, routes};
use axum::http::{HeaderMap, Method};
use serde_json::{Value, json};

use crate::world::*;

/// What somebody who may not use a route is told: who asks, the path, the body, status and code.
struct Case {
    who: &'static str,
    path: String,
    body: Option<Value>,
    refused: (u16, &'static str),
}

/// `order` is one on the account of the other group's instructeur. None for a route that nobody logged in is refused, since each sees and ends what is their own.
fn unauthorised(route: &Route, world: &World, order: &str) -> Option<Case> {
    let (mairie, aidant) = (&world.mairie, world.id(AIDANT));
    let (no_group, no_id) = (&world.prefecture, world.id(INSTRUCTEUR));
    let account = json!({"email": "lea.roux@mairie.example", "roles": ["aidant"]});
    let mut request = json!({"requester": {"kind": "anct"}, "reference": "x"});
    let case = |who, path: String, body, status, code| {
        Some(Case {
            who,
            path,
            body,
            refused: (status, code),
        })
    };
    let method = route.method.method();
    match (method.as_str(), route.path) {
        ("POST", "/api/v1/login-links" | "/api/v1/login-links/inspect") => None,
        ("GET", "/api/v1/me" | "/api/v1/me/journal" | "/api/v1/sessions" | "/api/v1/groups") => {
            None
        }
        ("GET", "/api/v1/help" | "/api/v1/openapi.json") => None,
        ("DELETE", "/api/v1/sessions" | "/api/v1/sessions/current") => None,
        ("POST", "/api/v1/support-requests") => case(
            OPERATOR,
            route.path.to_owned(),
            Some(json!({"subject": "x", "text": "x"})),
            403,
            "not_account",
        ),
        ("POST", "/api/v1/sessions") => case(
            AIDANT,
            route.path.to_owned(),
            Some(json!({"token": "x"})),
            404,
            "link_unknown",
        ),
        ("DELETE", "/api/v1/sessions/{session}") => case(
            AIDANT,
            format!("/api/v1/sessions/{mairie}"),
            None,
            404,
            "session_not_found",
        ),
        ("PATCH", "/api/v1/me") => case(
            OPERATOR,
            route.path.to_owned(),
            Some(json!({"first_name": "A"})),
            403,
            "not_account",
        ),
        ("GET", "/api/v1/groups/{group}/accounts") => case(
            AIDANT,
            format!("/api/v1/groups/{no_group}/accounts"),
            None,
            403,
            "not_your_group",
        ),
        ("POST", "/api/v1/groups/{group}/accounts") => case(
            AIDANT,
            format!("/api/v1/groups/{mairie}/accounts"),
            Some(account),
            403,
            "not_responsable",
        ),
        ("POST", "/api/v1/groups/{group}/members") => {
            let body = json!({"email": INSTRUCTEUR});
            case(
                AIDANT,
                format!("/api/v1/groups/{mairie}/members"),
                Some(body),
                403,
                "not_responsable",
            )
        }
        ("DELETE", "/api/v1/groups/{group}/accounts/{account}") => {
            let path = format!("/api/v1/groups/{no_group}/accounts/{no_id}");
            case(RESPONSABLE, path, None, 403, "not_your_group")
        }
        ("POST", path) if path.starts_with("/api/v1/accounts/{account}/") => case(
            RESPONSABLE,
            path.replace("{account}", no_id),
            None,
            404,
            "account_not_found",
        ),
        ("POST", "/api/v1/support/groups") => {
            request["name"] = json!("Lens");
            case(
                RESPONSABLE,
                route.path.to_owned(),
                Some(request),
                403,
                "not_operator",
            )
        }
        ("POST", "/api/v1/support/groups/{group}/accounts") => {
            request["email"] = account["email"].clone();
            request["roles"] = account["roles"].clone();
            case(
                RESPONSABLE,
                format!("/api/v1/support/groups/{mairie}/accounts"),
                Some(request),
                403,
                "not_operator",
            )
        }
        ("GET", "/api/v1/groups/{group}/orders") => case(
            AIDANT,
            format!("/api/v1/groups/{mairie}/orders"),
            None,
            403,
            "not_responsable",
        ),
        ("POST", "/api/v1/support/orders") => {
            request["account"] = json!(aidant);
            request["roles"] = json!(["instructeur"]);
            request["reason"] = json!("x");
            case(
                RESPONSABLE,
                route.path.to_owned(),
                Some(request),
                403,
                "not_operator",
            )
        }
        (
            _,
            "/api/v1/support/orders/{order}"
            | "/api/v1/support/orders/{order}/approve"
            | "/api/v1/support/orders/{order}/refuse",
        ) => case(
            RESPONSABLE,
            route.path.replace("{order}", order),
            None,
            404,
            "order_not_found",
        ),
        (_, path)
            if path.starts_with("/api/v1/support/orders")
                || path.starts_with("/api/v1/support/operators") =>
        {
            let path = path.replace("{order}", order);
            let path = path.replace("{operator}", world.id(COLLEAGUE));
            case(RESPONSABLE, path, None, 403, "not_operator")
        }
        ("GET", "/api/v1/support/accounts") => case(
            RESPONSABLE,
            format!("{}?email={AIDANT}", route.path),
            None,
            403,
            "not_operator",
        ),
        ("GET", "/api/v1/journal") => case(
            RESPONSABLE,
            format!("{}?account={aidant}", route.path),
            None,
            403,
            "not_operator",
        ),
        (_, path) if path.starts_with("/api/v1/support/accounts/{account}/") => case(
            RESPONSABLE,
            path.replace("{account}", aidant),
            None,
            403,
            "not_operator",
        ),
        (method, path) => panic!("{method} {path} has no case for somebody who may not use it"),
    }
}

fn any_path(route: &Route, world: &World) -> String {
    route
        .path
        .replace("{group}", &world.mairie)
        .replace("{account}", world.id(AIDANT))
        .replace("{session}", &world.mairie)
        .replace("{order}", &world.mairie)
        .replace("{operator}", world.id(THIRD))
}

fn api() -> impl Iterator<Item = &'static Route> {
    routes().filter(|route| route.path.starts_with("/api/"))
}

async fn send(browser: &mut Browser, method: Method, path: &str, body: Option<Value>) -> Reply {
    browser
        .send(method, path, body.map(|body| body.to_string().into()))
        .await
}

#[tokio::test]
async fn a_visitor_is_refused_on_every_route_that_is_not_for_anybody() {
    let world = World::new().await;
    let before = world.store.dump();
    for route in api().filter(|route| route.who != Who::Anybody) {
        let path = any_path(route, &world);
        let reply = send(
            &mut world.browser(),
            route.method.method(),
            &path,
            Some(json!({})),
        )
        .await;
        assert_eq!(reply.problem(), (401, "not_logged_in".to_owned()), "{path}");
        let mut forged = world.browser();
        forged
            .cookies
            .insert("__Host-aplus".to_owned(), "A".repeat(43));
        let reply = send(&mut forged, route.method.method(), &path, None).await;
        assert_eq!(reply.problem(), (401, "not_logged_in".to_owned()), "{path}");
    }
    assert!(world.store.dump() == before);
}

#[tokio::test]
async fn whoever_may_not_use_a_route_is_told_why_and_it_is_recorded() {
    let world = World::new().await;
    let order = world.order(INSTRUCTEUR).await;
    for route in api() {
        let Some(Case {
            who,
            path,
            body,
            refused,
        }) = unauthorised(route, &world, &order)
        else {
            assert!(
                matches!(route.who, Who::Anybody | Who::Self_),
                "{}",
                route.path
            );
            continue;
        };
        // Equal refusals within ten minutes are one entry (T1).
        world.clock.advance(Duration::from_secs(601));
        let recorded = world.entries("refused").await.len();
        let mut browser = world.logged_in(who).await;
        let reply = send(&mut browser, route.method.method(), &path, body).await;
        assert_eq!(reply.problem(), (refused.0, refused.1.to_owned()), "{path}");
        let entries = world.entries("refused").await.len();
        assert!(
            route.who == Who::Anybody || entries == recorded + 1,
            "{path} was not recorded"
        );
    }
}

#[tokio::test]
async fn another_site_changes_nothing_on_any_route() {
    let world = World::new().await;
    for who in [AIDANT, RESPONSABLE, OPERATOR] {
        let browser = world.logged_in(who).await;
        let before = world.store.dump();
        for route in api().filter(|route| !route.method.method().is_safe()) {
            for (name, value) in [
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://evil.example"),
                ("origin", "null"),
            ] {
                let mut browser = browser.clone().with(name, value);
                let path = any_path(route, &world);
                let reply = send(&mut browser, route.method.method(), &path, Some(json!({}))).await;
                assert_eq!(reply.problem(), (403, "cross_site".to_owned()), "{path}");
            }
        }
        assert!(world.store.dump() == before);
    }
}

fn has_headers(headers: &HeaderMap, what: &str) {
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
             base-uri 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "strict-origin"),
        ("cache-control", "no-store"),
        (
            "strict-transport-security",
            "max-age=63072000; includeSubDomains",
        ),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ] {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name} on {what}");
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    for route in api() {
        let path = any_path(route, &world);
        for method in [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::OPTIONS,
        ] {
            let what = format!("{method} {path}");
            let reply = send(&mut operator, method.clone(), &path, Some(json!({}))).await;
            has_headers(&reply.headers, &what);
            let reply = send(&mut world.browser(), method, &path, None).await;
            has_headers(&reply.headers, &what);
        }
    }
    has_headers(
        &operator.get("/api/v1/nothing").await.headers,
        "an unknown address",
    );
    let evil = operator
        .clone()
        .with("origin", "https://evil.example")
        .press("/api/v1/sessions")
        .await;
    has_headers(&evil.headers, "a cross-site request");
    let large = operator
        .send(
            Method::POST,
            "/api/v1/login-links",
            Some(vec![b'x'; 70_000].into()),
        )
        .await;
    has_headers(&large.headers, "a large body");
    let loopback = World::at(
        "http://127.0.0.1:3000",
        aplus_core::asking::AskLimits::default(),
    )
    .await;
    let reply = loopback.browser().get("/api/v1/me").await;
    assert!(reply.headers.get("strict-transport-security").is_none());
}

#[tokio::test]
async fn a_safe_method_changes_nothing_on_any_route() {
    let world = World::new().await;
    for who in [AIDANT, RESPONSABLE] {
        let mut browser = world.logged_in(who).await;
        // The first request notes that the session is in use.
        browser.get("/api/v1/me").await;
        let before = world.store.dump();
        for route in api() {
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                // An order that is not there is a refusal too.
                let refused_and_recorded = route.who == Who::Operator
                    || route.path.contains("/support/")
                    || (route.who == Who::Decider && who == AIDANT);
                if !refused_and_recorded {
                    send(&mut browser, method, &any_path(route, &world), None).await;
                }
            }
        }
        assert!(world.store.dump() == before);
    }
}

#[test]
fn no_route_stands_twice_in_the_table() {
    let mut all: Vec<_> = routes()
        .map(|route| (route.path, route.method.method().to_string()))
        .collect();
    let number = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), number);
}
