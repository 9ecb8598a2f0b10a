//! Secrets go into mails and cookies, and nowhere else (B13).

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tower_http::trace::TraceLayer;

use crate::world::*;

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_answer_and_no_line_of_the_log_holds_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let mut world = World::new().await;
    world.app = world
        .app
        .layer(TraceLayer::new_for_http().make_span_with(aplus_axum::make_span));
    let mut browser = world.browser();
    let token = world.ask(&mut browser, AIDANT).await;
    let mut answers = Vec::new();
    let mut other = world.browser();
    for body in [
        json!({"token": token}),
        json!({"token": token, "email": "x@mairie.example"}),
        json!({"token": [token]}),
    ] {
        answers.push(other.post("/api/v1/sessions", body.clone()).await);
        answers.push(other.post("/api/v1/login-links/inspect", body).await);
    }
    answers.push(browser.get(&format!("/api/v1/me?jeton={token}")).await);
    answers.push(
        browser
            .post(&format!("/api/v1/{token}"), json!({"token": token}))
            .await,
    );
    answers.push(
        browser
            .post("/api/v1/sessions", json!({"token": token}))
            .await,
    );
    answers.push(
        browser
            .post("/api/v1/sessions", json!({"token": token}))
            .await,
    );
    answers.push(browser.get("/api/v1/me").await);
    answers.push(browser.get("/api/v1/sessions").await);
    let session = browser.cookies["__Host-aplus"].clone();
    let asked = browser.cookies["__Host-aplus-login"].clone();
    let mut operator = world.logged_in(OPERATOR).await;
    answers.push(
        operator
            .get(&format!("/api/v1/support/accounts?email={AIDANT}"))
            .await,
    );

    let log = log.text();
    assert!(
        log.contains("/api/v1/support/accounts"),
        "the log was heard"
    );
    let dump = world.store.dump();
    for secret in [&token, &session, &asked] {
        assert!(!log.contains(secret.as_str()), "in the log");
        assert!(!dump.contains(secret.as_str()), "in the store");
        for answer in &answers {
            assert!(
                !answer.text().contains(secret.as_str()),
                "{}",
                answer.text()
            );
        }
    }
    assert!(!log.contains(AIDANT), "an address in the log");
}
