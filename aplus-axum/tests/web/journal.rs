//! Reading the journal through the API (A9, T1).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::*;

fn items(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()["items"].as_array().unwrap().clone()
}

fn kinds(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["kind"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn support_reads_the_newest_first_and_each_page_is_an_entry() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let first = operator.get("/api/v1/journal?limit=3").await;
    let read = items(&first);
    assert_eq!(kinds(&read)[0], "looked");
    assert_eq!(
        read[0]["details"],
        json!({"subject": {"journal": {"account": null, "group": null}}})
    );
    assert_eq!(read[0]["actor"]["kind"], "operator");
    assert_eq!(read[0]["actor"]["email"], OPERATOR);
    assert_eq!(read[0]["origin"]["network"], "192.0.2.7");
    let next = first.json()["next"].as_str().unwrap().to_owned();
    let mut all = read;
    let mut path = Some(format!("/api/v1/journal?limit=3&cursor={next}"));
    while let Some(page) = path {
        let reply = operator.get(&page).await;
        all.extend(items(&reply));
        path = reply.json()["next"]
            .as_str()
            .map(|next| format!("/api/v1/journal?limit=3&cursor={next}"));
    }
    let hours: Vec<_> = all
        .iter()
        .map(|item| item["at"].as_str().unwrap())
        .collect();
    assert!(
        hours.is_sorted_by(|first, second| first >= second),
        "{hours:?}"
    );
    let mut ids: Vec<_> = all
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    let number = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), number, "none comes twice");
    let looks = world.entries("looked").await.len();
    assert!(looks >= 4, "each page is a look: {looks}");
    assert_eq!(
        items(&operator.get("/api/v1/journal").await).len(),
        number + looks
    );
}

#[tokio::test]
async fn every_filter_narrows_and_a_sentence_comes_in_the_language_of_the_request() {
    let world = World::new().await;
    world.logged_in(AIDANT).await;
    let mut operator = world.logged_in(OPERATOR).await;
    let (aidant, mairie) = (world.id(AIDANT), &world.mairie);
    let of = |query: String| format!("/api/v1/journal?{query}");
    let read = items(
        &operator
            .get(&of(format!("account={aidant}&kind=account_created")))
            .await,
    );
    let [created] = &read[..] else {
        panic!("{read:#?}")
    };
    assert_eq!(
        created["sentence"],
        "Le compte paul.petit@mairie.example a été créé par la machine du service le 2 mars 2026 à 10:00, à la demande d'une \
         préfecture (lettre 12), dans le groupe «\u{a0}Mairie de Lens\u{a0}», avec le rôle Aidant."
    );
    assert_eq!(created["account"], aidant);
    assert_eq!(created["group"], *mairie);
    assert_eq!(created["at"], "2026-03-02T09:00:00Z");
    assert_eq!(created["actor"], json!({"kind": "machine"}));
    assert_eq!(
        created["text"],
        json!({"email": AIDANT, "reference": "lettre 12"})
    );
    assert_eq!(created["details"]["roles"], json!(["aidant"]));
    assert!(created["details"].get("kind").is_none());
    let mut english = operator.clone().with("accept-language", "en");
    let read = items(
        &english
            .get(&of(format!("account={aidant}&kind=account_created")))
            .await,
    );
    let sentence = read[0]["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("The account paul.petit@mairie.example was created by the service's own machine on 2 March 2026"),
        "{sentence}"
    );
    let read = items(&operator.get(&of(format!("actor=account:{aidant}"))).await);
    assert_eq!(kinds(&read), ["logged_in"]);
    let by_machine = of(format!("actor=machine&group={mairie}"));
    let mut read = items(&operator.get(&by_machine).await);
    // Of one moment, ids decide, and those are random.
    read.sort_by_key(|item| item["kind"].to_string());
    assert_eq!(
        kinds(&read),
        ["account_created", "account_created", "group_created"]
    );
    let read = items(
        &operator
            .get(&of(
                "until=2026-03-02T09:00:01Z&kind=account_created".to_owned()
            ))
            .await,
    );
    assert_eq!(read.len(), 4);
    let read = items(
        &operator
            .get(&of(
                "from=2026-03-02T10:00:01%2B01:00&kind=account_created".to_owned()
            ))
            .await,
    );
    assert_eq!(read.len(), 0);
    // A look at what was asked for: the account, by whom or about whom.
    let looks = world.entries("looked").await;
    let of_aidant = looks
        .iter()
        .filter(|look| look.account.is_some_and(|id| id.to_string() == aidant));
    assert_eq!(of_aidant.count(), 3);
}

#[tokio::test]
async fn a_filter_that_is_unknown_or_malformed_is_named_to_support_alone() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let looks = world.entries("looked").await.len();
    for (query, field, code) in [
        ("account=x", "account", "not_a_uuid"),
        ("group=1", "group", "not_a_uuid"),
        ("actor=x", "actor", "bad_actor"),
        ("actor=account:x", "actor", "bad_actor"),
        (
            "actor=visitor:019cadc6-9a80-75ef-88b4-f6474a289778",
            "actor",
            "bad_actor",
        ),
        ("kind=account_sold", "kind", "unknown_kind"),
        ("from=yesterday", "from", "bad_time"),
        ("until=2026-03-02", "until", "bad_time"),
        ("cursor=x", "cursor", "bad_cursor"),
        ("limit=201", "limit", "bad_limit"),
        ("limit=0", "limit", "bad_limit"),
        ("since=x", "since", "unknown_field"),
        ("kind=looked&kind=refused", "kind", "doubled_field"),
    ] {
        let reply = operator.get(&format!("/api/v1/journal?{query}")).await;
        assert_eq!(
            reply.errors(),
            [(field.to_owned(), code.to_owned())],
            "{query}"
        );
    }
    assert_eq!(
        world.entries("looked").await.len(),
        looks,
        "nothing was looked at"
    );
    let mut responsable = world.logged_in(RESPONSABLE).await;
    responsable
        .get("/api/v1/journal?kind=x")
        .await
        .refused(403, "not_operator");
    assert_eq!(
        responsable
            .get("/api/v1/me/journal?kind=looked")
            .await
            .errors()[0]
            .1,
        "unknown_field"
    );
}

#[tokio::test]
async fn ones_own_journal_tells_who_acted_on_one_and_no_more_of_them() {
    let world = World::new().await;
    let mut operator = world.logged_in(OPERATOR).await;
    let id = world.id(AIDANT);
    operator
        .get(&format!("/api/v1/support/accounts/{id}/links"))
        .await;
    let mut responsable = world.logged_in(RESPONSABLE).await;
    for (act, key) in [
        ("deactivate", "0197a3c0-1234-7abc-8def-0123456789ab"),
        ("reactivate", "0197a3c0-1234-7abc-8def-0123456789ac"),
    ] {
        world.clock.advance(std::time::Duration::from_secs(1));
        let mut browser = responsable.clone().with("idempotency-key", key);
        let reply = browser.press(&format!("/api/v1/accounts/{id}/{act}")).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT);
    }
    world.clock.advance(std::time::Duration::from_secs(1));
    let mut aidant = world.browser();
    let token = world.ask(&mut aidant, AIDANT).await;
    world.clock.advance(std::time::Duration::from_secs(1));
    aidant
        .post("/api/v1/sessions", json!({"token": token}))
        .await;
    let reply = aidant.get("/api/v1/me/journal").await;
    let read = items(&reply);
    assert_eq!(
        kinds(&read),
        [
            "logged_in",
            "link_issued",
            "account_reactivated",
            "account_deactivated",
            "looked",
            "account_created"
        ]
    );
    assert_eq!(read[0]["origin"]["network"], "192.0.2.7");
    assert_eq!(read[0]["actor"], json!({"kind": "account", "id": id}));
    assert_eq!(
        read[3]["actor"],
        json!({"kind": "account", "id": world.id(RESPONSABLE), "email": RESPONSABLE})
    );
    assert_eq!(read[4]["actor"], json!({"kind": "operator"}));
    for entry in &read[1..] {
        assert!(
            entry.get("origin").is_none() && entry.get("request").is_none(),
            "{entry:#}"
        );
    }
    assert!(!reply.text().contains(OPERATOR));
    let sentence = read[3]["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with(
            "Votre compte a été désactivé par marie.durand@mairie.example le 2 mars 2026"
        ),
        "{sentence}"
    );
    // The same act in the journal of who did it: with the request, and from where.
    let read = items(&responsable.get("/api/v1/me/journal?limit=2").await);
    assert_eq!(kinds(&read), ["account_reactivated", "account_deactivated"]);
    assert!(read[0]["request"].is_string() && read[0]["origin"].is_object());
    let own = items(&operator.get("/api/v1/me/journal").await);
    assert_eq!(kinds(&own), ["looked", "logged_in"]);
    assert_eq!(world.entries("looked").await.len(), 1);
}
