//! The help centre for programs (S1).

use serde_json::json;

use crate::world::*;

#[tokio::test]
async fn articles_are_listed_and_found() {
    let world = World::new().await;
    let mut visitor = world.browser();
    let all = visitor.get("/api/v1/help").await;
    assert_eq!(all.status, 200);
    assert_eq!(all.headers["content-language"], "fr");
    let body = all.json();
    assert_eq!(body["items"].as_array().unwrap().len(), 15);
    assert_eq!(body["next"], json!(null));
    let found = visitor
        .get("/api/v1/help?q=creer%20un%20compte")
        .await
        .json();
    let first = &found["items"][0];
    assert_eq!(first["name"], "creer-un-compte");
    assert_eq!(first["title"], "Créer un compte dans mon groupe");
    assert_eq!(first["roles"], json!(["responsable"]));
    assert_eq!(first["url"], "https://aplus.example/aide/creer-un-compte");
    assert!(
        first["summary"]
            .as_str()
            .unwrap()
            .starts_with("Seuls les responsables")
    );
    let none = visitor.get("/api/v1/help?q=xyzzy").await.json();
    assert_eq!(none, json!({"items": [], "next": null}));
}

#[tokio::test]
async fn what_is_no_question_is_named() {
    let world = World::new().await;
    let mut visitor = world.browser();
    let long = format!("/api/v1/help?q={}", "a".repeat(201));
    for (path, field, code) in [
        (long.as_str(), "q", "too_long"),
        ("/api/v1/help?q=%00", "q", "bad_character"),
        ("/api/v1/help?q=a&q=b", "q", "doubled_field"),
        ("/api/v1/help?page=2", "page", "unknown_field"),
    ] {
        let reply = visitor.get(path).await;
        assert_eq!(reply.status, 422, "{path}");
        assert_eq!(
            reply.errors(),
            [(field.to_owned(), code.to_owned())],
            "{path}"
        );
    }
}
