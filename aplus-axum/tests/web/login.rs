//! Asking for a link, looking at one, confirming one (L1 to L9).

use std::time::Duration;

use aplus_core::asking::AskLimits;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::json;

use crate::world::*;

#[tokio::test]
async fn a_person_asks_confirms_in_the_same_browser_and_is_logged_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = browser
        .post(
            "/api/v1/login-links",
            json!({"email": AIDANT, "next": "/groupes/1?tri=nom"}),
        )
        .await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    assert_eq!(
        asked.json(),
        json!({"expires_in_seconds": 1800, "resend_after_seconds": 60})
    );
    world.courier().await;
    let reply = browser
        .post("/api/v1/sessions", json!({"token": world.token(AIDANT)}))
        .await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let body = reply.json();
    assert_eq!(body["account"]["email"], AIDANT);
    assert_eq!(body["account"]["kind"], "account");
    assert_eq!(body["next"], "/groupes/1?tri=nom");
    assert_eq!(
        browser.get("/api/v1/me").await.json()["id"],
        world.id(AIDANT)
    );
}

#[tokio::test]
async fn an_operator_logs_in_as_an_operator_and_goes_to_support() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = world.ask(&mut browser, OPERATOR).await;
    let body = browser
        .post("/api/v1/sessions", json!({"token": token}))
        .await
        .json();
    assert_eq!(body["operator"]["kind"], "operator");
    assert_eq!(body["next"], "/support");
    assert!(body.get("account").is_none());
    assert_eq!(browser.get("/api/v1/me").await.json()["email"], OPERATOR);
}

#[tokio::test]
async fn another_site_as_the_page_that_was_wanted_goes_home() {
    let world = World::new().await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%5cevil",
        "javascript:alert(1)",
    ] {
        let mut browser = world.browser();
        browser
            .post(
                "/api/v1/login-links",
                json!({"email": AIDANT, "next": next}),
            )
            .await;
        world.courier().await;
        let body = browser
            .post("/api/v1/sessions", json!({"token": world.token(AIDANT)}))
            .await
            .json();
        assert_eq!(body["next"], "/groupes", "{next}");
        world.clock.advance(Duration::from_secs(61));
    }
}

#[tokio::test]
async fn the_cookies_are_those_of_the_contract() {
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = browser
        .post("/api/v1/login-links", json!({"email": AIDANT}))
        .await;
    let login = asked.headers[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .to_owned();
    let shape = |cookie: &str| {
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        assert_eq!(value.len(), 43);
        (name.to_owned(), attributes.to_owned())
    };
    let expected = "HttpOnly; SameSite=Lax; Secure; Path=/";
    assert_eq!(
        shape(&login),
        (
            "__Host-aplus-login".to_owned(),
            format!("{expected}; Max-Age=1860")
        )
    );
    world.courier().await;
    let reply = browser
        .post("/api/v1/sessions", json!({"token": world.token(AIDANT)}))
        .await;
    let session = reply.headers[header::SET_COOKIE].to_str().unwrap();
    assert_eq!(
        shape(session),
        ("__Host-aplus".to_owned(), expected.to_owned())
    );
    assert_eq!(reply.headers.get_all(header::SET_COOKIE).iter().count(), 1);

    let loopback = World::at("http://127.0.0.1:3000", AskLimits::default()).await;
    let browser = loopback.logged_in(AIDANT).await;
    assert_eq!(
        browser.cookies.keys().collect::<Vec<_>>(),
        ["aplus", "aplus-login"]
    );
}

#[tokio::test]
async fn asking_answers_the_same_bytes_whoever_has_the_address() {
    let world = World::new().await;
    world
        .logged_in(RESPONSABLE)
        .await
        .press(&format!("/api/v1/accounts/{}/deactivate", world.id(AIDANT)))
        .await;
    let without_value = |headers: &HeaderMap| {
        let mut headers = headers.clone();
        let cookie = headers.remove(header::SET_COOKIE).unwrap();
        (
            headers,
            cookie
                .to_str()
                .unwrap()
                .split_once("; ")
                .unwrap()
                .1
                .to_owned(),
            cookie.len(),
        )
    };
    const TO_CONFIRM: &str = "jeanne.moreau@prefecture.example";
    world.moving(INSTRUCTEUR, TO_CONFIRM).await;
    let mut answers = Vec::new();
    for (known, address) in [
        ("to be confirmed", TO_CONFIRM),
        ("active", RESPONSABLE),
        ("deactivated", AIDANT),
        ("operator", OPERATOR),
        ("unknown", "nobody.here@mairie.example"),
        ("unknown domain", "nobody@nowhere.example"),
    ] {
        // A first asking, a second at once, and one after the courier answered.
        let mut browser = world.browser();
        for _ in 0..3 {
            let reply = browser
                .post("/api/v1/login-links", json!({"email": address}))
                .await;
            answers.push((
                known,
                reply.status,
                without_value(&reply.headers),
                reply.body,
            ));
            world.courier().await;
        }
    }
    let (_, status, headers, body) = &answers[0];
    for (known, other_status, other_headers, other_body) in &answers {
        assert_eq!(
            (status, headers, body),
            (other_status, other_headers, other_body),
            "{known}"
        );
    }
    assert_eq!(world.letters("nobody@nowhere.example"), 0);
    assert_eq!(world.letters("nobody.here@mairie.example"), 1);
}

#[tokio::test]
async fn asking_keeps_the_browsers_cookie_and_replaces_one_that_is_none() {
    let world = World::new().await;
    let mut browser = world.browser();
    browser
        .post("/api/v1/login-links", json!({"email": AIDANT}))
        .await;
    let first = browser.cookies["__Host-aplus-login"].clone();
    browser
        .post("/api/v1/login-links", json!({"email": AIDANT}))
        .await;
    assert_eq!(browser.cookies["__Host-aplus-login"], first);
    browser
        .cookies
        .insert("__Host-aplus-login".to_owned(), "nonsense".to_owned());
    browser
        .post("/api/v1/login-links", json!({"email": AIDANT}))
        .await;
    assert_eq!(browser.cookies["__Host-aplus-login"].len(), 43);
}

#[tokio::test]
async fn looking_changes_nothing_however_often() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = world.ask(&mut browser, AIDANT).await;
    let before = world.store.dump();
    for _ in 0..20 {
        let mut stranger = world.browser();
        let seen = stranger
            .post("/api/v1/login-links/inspect", json!({"token": token}))
            .await;
        assert_eq!(seen.json(), json!({"state": "live", "needs_email": true}));
        let seen = browser
            .post("/api/v1/login-links/inspect", json!({"token": token}))
            .await;
        assert_eq!(seen.json(), json!({"state": "live", "needs_email": false}));
    }
    assert!(world.store.dump() == before);
    assert_eq!(
        browser
            .post("/api/v1/sessions", json!({"token": token}))
            .await
            .status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_dead_link_says_why_and_when() {
    let world = World::new().await;
    let mut browser = world.browser();
    let used = world.ask(&mut browser, AIDANT).await;
    browser
        .post("/api/v1/sessions", json!({"token": used}))
        .await;
    world.clock.advance(Duration::from_secs(61));
    let superseded = world.ask(&mut browser, AIDANT).await;
    world.clock.advance(Duration::from_secs(16 * 60));
    let expired = world.ask(&mut browser, AIDANT).await;
    let ended = world.ask(&mut world.browser(), RESPONSABLE).await;
    world
        .logged_in(OPERATOR)
        .await
        .delete(&format!(
            "/api/v1/support/accounts/{}/sessions",
            world.id(RESPONSABLE)
        ))
        .await;
    let say = async |token: &str| {
        let mut browser = world.browser();
        let state = browser
            .post("/api/v1/login-links/inspect", json!({"token": token}))
            .await
            .json();
        let reply = browser
            .post("/api/v1/sessions", json!({"token": token, "email": AIDANT}))
            .await;
        let (status, code) = reply.problem();
        (
            state["state"].as_str().unwrap().to_owned(),
            state["at"].clone(),
            status,
            code,
        )
    };
    let row = |state: &str, at: Option<&str>, status, code: &str| {
        (state.to_owned(), json!(at), status, code.to_owned())
    };
    assert_eq!(
        say(&used).await,
        row("used", Some("2026-03-02T09:00:00Z"), 410, "link_used")
    );
    assert_eq!(
        say(&superseded).await,
        row(
            "superseded",
            Some("2026-03-02T09:17:01Z"),
            410,
            "link_superseded"
        )
    );
    assert_eq!(say(&ended).await, row("ended", None, 410, "link_ended"));
    world.clock.advance(Duration::from_secs(30 * 60));
    assert_eq!(
        say(&expired).await,
        row("expired", Some("2026-03-02T09:47:01Z"), 410, "link_expired")
    );
    world.clock.advance(Duration::from_secs(31 * 24 * 60 * 60));
    assert_eq!(
        say(&expired).await,
        row("unknown", None, 404, "link_unknown")
    );
}

#[tokio::test]
async fn a_token_of_another_length_alphabet_or_case_is_unknown() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = world.ask(&mut browser, AIDANT).await;
    let swapped: String = token
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    for wrong in [
        "",
        "x",
        &token[..42],
        &format!("{token}A"),
        &format!("{token}="),
        &format!(" {token}"),
        &swapped,
        "é",
    ] {
        let seen = browser
            .post("/api/v1/login-links/inspect", json!({"token": wrong}))
            .await;
        assert_eq!(
            seen.json(),
            json!({"state": "unknown", "needs_email": false}),
            "{wrong}"
        );
        browser
            .post("/api/v1/sessions", json!({"token": wrong}))
            .await
            .refused(404, "link_unknown");
    }
    for no_text in [
        json!({}),
        json!({"token": null}),
        json!({"token": [token]}),
        json!({"token": 1}),
    ] {
        for path in ["/api/v1/sessions", "/api/v1/login-links/inspect"] {
            let errors = browser.post(path, no_text.clone()).await.errors();
            assert_eq!(errors[0].0, "token", "{no_text}");
        }
    }
    assert_eq!(
        browser
            .post("/api/v1/sessions", json!({"token": token}))
            .await
            .status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn another_browser_is_asked_for_the_address_and_five_wrong_ones_close_that_way_only() {
    let world = World::new().await;
    let mut own = world.browser();
    let token = world.ask(&mut own, AIDANT).await;
    let mut other = world.browser();
    // An empty press counts for nothing, nor does what is no address.
    for nothing in [
        json!({"token": token}),
        json!({"token": token, "email": " "}),
        json!({"token": token, "email": null}),
    ] {
        let reply = other.post("/api/v1/sessions", nothing).await;
        reply.refused(409, "confirm_email");
        assert_eq!(reply.json()["tries_left"], 5);
    }
    let errors = other
        .post(
            "/api/v1/sessions",
            json!({"token": token, "email": "no address"}),
        )
        .await
        .errors();
    assert_eq!(errors, [("email".to_owned(), "no_at_sign".to_owned())]);
    for left in (0..5).rev() {
        let reply = other
            .post(
                "/api/v1/sessions",
                json!({"token": token, "email": "wrong@mairie.example"}),
            )
            .await;
        reply.refused(409, "confirm_email");
        assert_eq!(reply.json()["tries_left"], left);
        assert!(reply.headers.get(header::SET_COOKIE).is_none());
    }
    other
        .post("/api/v1/sessions", json!({"token": token, "email": AIDANT}))
        .await
        .refused(403, "address_way_closed");
    assert_eq!(
        own.post("/api/v1/sessions", json!({"token": token}))
            .await
            .status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn another_browser_with_the_address_logs_in() {
    let world = World::new().await;
    let token = world.ask(&mut world.browser(), AIDANT).await;
    let mut other = world.browser();
    let reply = other
        .post(
            "/api/v1/sessions",
            json!({"token": token, "email": " Paul.Petit@MAIRIE.example "}),
        )
        .await;
    assert_eq!(reply.status, StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_simultaneous_confirmations_one_wins() {
    let world = World::new().await;
    for _ in 0..20 {
        let mut browser = world.browser();
        let token = world.ask(&mut browser, AIDANT).await;
        let presses: Vec<_> = (0..64)
            .map(|_| {
                let (mut browser, token) = (browser.clone(), token.clone());
                tokio::spawn(async move {
                    browser
                        .post("/api/v1/sessions", json!({"token": token}))
                        .await
                })
            })
            .collect();
        let mut won = 0;
        for press in presses {
            let reply = press.await.unwrap();
            if reply.status == StatusCode::CREATED {
                won += 1;
            } else {
                reply.refused(410, "link_used");
                assert!(reply.headers.get(header::SET_COOKIE).is_none());
            }
        }
        assert_eq!(won, 1);
        world.clock.advance(Duration::from_secs(20 * 60));
    }
}

#[tokio::test]
async fn the_same_log_in_under_the_same_key_gets_the_same_session() {
    let world = World::new().await;
    let key = "0197a3c0-1234-7abc-8def-0123456789ab";
    let mut browser = world.browser().with("idempotency-key", key);
    let token = world.ask(&mut browser, AIDANT).await;
    let first = browser
        .post("/api/v1/sessions", json!({"token": token}))
        .await;
    let again = browser
        .post("/api/v1/sessions", json!({"token": token}))
        .await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(
        again.headers[header::SET_COOKIE],
        first.headers[header::SET_COOKIE]
    );
    let other = browser
        .post("/api/v1/sessions", json!({"token": token, "email": AIDANT}))
        .await;
    other.refused(422, "key_reused");
    // Whoever copied the request has another browser, and gets nothing of it.
    let mut thief = world.browser().with("idempotency-key", key);
    thief
        .post("/api/v1/sessions", json!({"token": token}))
        .await
        .refused(410, "link_used");
    browser.headers.clear();
    browser
        .post("/api/v1/sessions", json!({"token": token}))
        .await
        .refused(410, "link_used");
    assert_eq!(world.entries("logged_in").await.len(), 1);
}

#[tokio::test]
async fn unknown_links_slow_their_network_down_and_nobody_elses_link_dies_of_it() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = world.ask(&mut browser, AIDANT).await;
    let unknown = json!({"token": "A".repeat(43)});
    for _ in 0..60 {
        browser
            .post("/api/v1/sessions", unknown.clone())
            .await
            .refused(404, "link_unknown");
    }
    for path in ["/api/v1/sessions", "/api/v1/login-links/inspect"] {
        let reply = browser.post(path, unknown.clone()).await;
        reply.refused(429, "slow_down");
        assert_eq!(reply.headers[header::RETRY_AFTER], "1");
    }
    assert_eq!(
        browser
            .post("/api/v1/sessions", json!({"token": token}))
            .await
            .status,
        StatusCode::CREATED
    );
    world.clock.advance(Duration::from_secs(1));
    browser
        .post("/api/v1/sessions", unknown)
        .await
        .refused(404, "link_unknown");
}

#[tokio::test]
async fn what_is_no_address_is_said_and_not_asked() {
    let world = World::new().await;
    let long = format!("{}@{}.example", "a".repeat(60), "b".repeat(200));
    let mut browser = world.browser();
    for (address, code) in [
        (json!(""), "empty"),
        (
            json!("a@mairie.example,b@mairie.example"),
            "several_addresses",
        ),
        (
            json!("a@mairie.example\r\nBcc: b@evil.example"),
            "bad_character",
        ),
        (json!(long), "bad_domain"),
        (
            json!(format!(
                "{}@{}.example",
                "a".repeat(64),
                ["b"; 95].join(".")
            )),
            "too_long",
        ),
        (json!("p\u{430}ul@mairie.example"), "not_ascii"),
        (json!(["a@mairie.example"]), "not_a_text"),
        (json!({"a": 1}), "not_a_text"),
        (json!(null), "missing"),
    ] {
        let reply = browser
            .post("/api/v1/login-links", json!({"email": address}))
            .await;
        assert_eq!(
            reply.errors(),
            [("email".to_owned(), code.to_owned())],
            "{address}"
        );
        assert!(
            reply.json()["detail"]
                .as_str()
                .unwrap()
                .starts_with("email: ")
        );
    }
    let before = world.store.dump();
    let doubled = "{\"email\": \"a@b.fr\", \"email\": \"c@d.fr\"}";
    let reply = browser
        .send(
            axum::http::Method::POST,
            "/api/v1/login-links",
            Some(doubled.into()),
        )
        .await;
    assert_eq!(
        reply.errors(),
        [("email".to_owned(), "doubled_field".to_owned())]
    );
    assert!(world.store.dump() == before);
}

#[tokio::test]
async fn a_full_queue_is_busy_and_never_a_lost_asking() {
    let world = World::at(
        "https://aplus.example",
        AskLimits {
            waiting: 1,
            ..AskLimits::default()
        },
    )
    .await;
    let mut browser = world.browser();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(
            browser
                .post("/api/v1/login-links", json!({"email": AIDANT}))
                .await
                .status
                .as_u16(),
        );
    }
    assert_eq!(statuses.first(), Some(&202));
    assert_eq!(statuses.last(), Some(&503));
}
