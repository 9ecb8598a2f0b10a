//! What a link's story says: to support, and to whoever holds a dead one (L5, L9).

use std::time::Duration;

use aplus_core::LinkSecret;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::browsing::*;
use crate::world::*;

/// What a scanner of mails does with a link: it fetches the page again and again, in its own way each time, and asks the API.
/// Twenty times in all.
async fn scan(world: &World, token: &str) {
    let page = format!("/connexion/lien?jeton={token}");
    for way in 0..20 {
        world.clock.advance(Duration::from_secs(3));
        let mut scanner = world.browser();
        let (method, mut scanner) = match way % 5 {
            0 => (Method::GET, scanner),
            1 => (Method::HEAD, scanner.with("user-agent", "MailScanner/7")),
            2 => (Method::GET, scanner.with("purpose", "prefetch")),
            3 => (
                Method::GET,
                scanner.with("sec-purpose", "prefetch;prerender"),
            ),
            _ => {
                let json = json!({"token": token});
                let reply = scanner.post("/api/v1/login-links/inspect", json).await;
                assert_eq!(reply.json()["state"], "live");
                continue;
            }
        };
        let reply = send(&mut scanner, method, &page, &[]).await;
        assert_eq!(reply.status, StatusCode::OK);
    }
}

/// The part of a page between its story's title and the next one.
fn story(page: &str) -> &str {
    let (_, rest) = page
        .split_once("<h2>Ce qui est arrivé à ce lien</h2>")
        .unwrap_or_else(|| panic!("no story in {page}"));
    rest.split_once("<h2>").unwrap().0
}

#[tokio::test]
async fn a_scanner_changes_nothing_and_leaves_its_number() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = ask(&world, &mut browser, AIDANT).await;
    let before = world.store.dump();
    scan(&world, &token).await;
    let unknown = "A".repeat(43);
    open(
        &mut world.browser(),
        &format!("/connexion/lien?jeton={unknown}"),
    )
    .await;
    assert_eq!(world.store.dump(), before, "looking writes nothing");

    let report = world
        .aplus
        .housekeeping_pass(world.aplus.now())
        .await
        .unwrap();
    assert_eq!(report.looked_at, 1);
    let handed_over = world.store.dump();
    assert_ne!(handed_over, before);
    let report = world
        .aplus
        .housekeeping_pass(world.aplus.now())
        .await
        .unwrap();
    assert_eq!(report.looked_at, 0);
    assert_eq!(world.store.dump(), handed_over, "handed over once");

    // The link still works; a press is no look.
    let reply = fill(&mut browser, "/connexion/lien", &[("jeton", &token)]).await;
    assert_eq!(leads(&reply), "/groupes");
    world
        .aplus
        .housekeeping_pass(world.aplus.now())
        .await
        .unwrap();
    let mut operator = logged_in(&world, OPERATOR).await;
    let page = format!("/support/comptes/{}", world.id(AIDANT));
    let said = open(&mut operator, &page).await.text();
    let looks = "<time datetime=\"2026-03-02T10:00:03+01:00\">2 mars 2026 à 10:00</time>&nbsp;: La page du lien a été ouverte \
                 20 fois, la dernière fois à 10:01. L&#39;ouvrir ne connecte personne\u{a0}; un filtre de messagerie peut \
                 le faire de lui-même.";
    assert!(said.contains(looks), "{said}");
    let path = format!("/api/v1/support/accounts/{}/links", world.id(AIDANT));
    let mut english = operator.clone().with("accept-language", "en");
    let json = english.get(&path).await.json();
    let items = json["items"].as_array().unwrap();
    let told: Vec<_> = items
        .iter()
        .filter(|item| item["what"].as_str().unwrap().contains("20 times"))
        .collect();
    assert_eq!(told.len(), 1, "{json}");
    assert_eq!(told[0]["at"], "2026-03-02T09:00:03Z");
    assert_eq!(
        told[0]["what"],
        "The page of the link was opened 20 times, the last time at 10:01. Opening it logs nobody in; a mail scanner may \
         do so by itself."
    );
}

#[tokio::test]
async fn presses_are_no_looks_whatever_comes_of_them() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = ask(&world, &mut browser, AIDANT).await;
    let mut other = world.browser();
    for email in ["", "malformed", "autre@mairie.example"] {
        let form = [("jeton", token.as_str()), ("email", email)];
        let reply = fill(&mut other, "/connexion/lien", &form).await;
        assert!(reply.status.is_client_error(), "{email}");
    }
    fill(&mut browser, "/connexion/lien", &[("jeton", &token)]).await;
    let dead = fill(&mut other, "/connexion/lien", &[("jeton", &token)]).await;
    assert_eq!(dead.status, StatusCode::GONE);
    let report = world
        .aplus
        .housekeeping_pass(world.aplus.now())
        .await
        .unwrap();
    assert_eq!(report.looked_at, 0);
    assert!(!story(&dead.text()).contains("ouverte"));
}

#[tokio::test]
async fn whoever_holds_a_dead_link_reads_what_happened_to_it_and_of_nobody() {
    let world = World::new().await;
    let mut paul = logged_in(&world, AIDANT)
        .await
        .with("user-agent", "Netscape");
    let names =
        json!({"first_name": "Paulin", "last_name": "Petitjean", "job_title": "Guichetier"});
    let reply = paul.patch("/api/v1/me", &names.to_string()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let first = ask(&world, &mut paul, AIDANT).await;
    scan(&world, &first).await;
    world
        .aplus
        .housekeeping_pass(world.aplus.now())
        .await
        .unwrap();
    world.clock.advance(Duration::from_secs(901));
    let second = ask(&world, &mut paul, AIDANT).await;
    assert_ne!(first, second);

    let mut holder = world.browser();
    let page = format!("/connexion/lien?jeton={first}");
    let said = open(&mut holder, &page).await.text();
    let expected = [
        "<time datetime=\"2026-03-02T10:01:01+01:00\">2 mars 2026 à 10:01</time>&nbsp;: Le lien a été demandé.",
        "<time datetime=\"2026-03-02T10:01:01+01:00\">10:01</time>&nbsp;: Le message avec le lien a été remis au serveur de \
         messagerie.",
        "<time datetime=\"2026-03-02T10:01:04+01:00\">10:01</time>&nbsp;: La page du lien a été ouverte 20 fois, la \
         dernière fois à 10:02. L&#39;ouvrir ne connecte personne\u{a0}; un filtre de messagerie peut le faire de lui-même.",
        "<time datetime=\"2026-03-02T10:17:02+01:00\">10:17</time>&nbsp;: Un lien plus récent l&#39;a remplacé.",
    ];
    let steps = expected.map(|step| format!("<li>{step}</li>\n")).concat();
    assert_eq!(story(&said), format!("\n<ul>{steps}</ul>\n"));

    // Nothing about anybody, on the whole page, in a browser that knows nothing.
    let pressed = fill(&mut holder, "/connexion/lien", &[("jeton", &first)]).await;
    let secret = LinkSecret::parse(&first).unwrap();
    let steps = world.aplus.steps_of_link(&secret).await.unwrap();
    for (shown, what) in [
        (said.as_str(), "opened"),
        (&pressed.text(), "pressed"),
        (&format!("{steps:?}"), "as data"),
    ] {
        for personal in [
            AIDANT,
            "paul.petit",
            "mairie.example",
            "Paulin",
            "Petitjean",
            "Guichetier",
            "192.0.2",
            "Netscape",
            "MailScanner",
            world.id(AIDANT),
            &world.mairie,
            "Mairie de Lens",
            &second,
        ] {
            assert!(!shown.contains(personal), "{personal}, {what}: {shown}");
        }
    }

    // Its own hours of the day, when it is read on another one.
    world.clock.advance(Duration::from_secs(86_400));
    let later = open(&mut holder, &page).await.text();
    assert_eq!(story(&later), story(&said));
}

#[tokio::test]
async fn of_a_live_and_of_an_unknown_link_no_story_is_told() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = ask(&world, &mut browser, AIDANT).await;
    let live = open(&mut browser, &format!("/connexion/lien?jeton={token}")).await;
    assert_eq!(live.status, StatusCode::OK);
    assert!(!live.text().contains("Ce qui est arrivé"));
    let other = match token.strip_suffix('A') {
        Some(rest) => format!("{rest}E"),
        None => format!("{}A", &token[..token.len() - 1]),
    };
    for unknown in [other.as_str(), "court", ""] {
        let reply = open(&mut browser, &format!("/connexion/lien?jeton={unknown}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        assert!(!reply.text().contains("Ce qui est arrivé"), "{unknown}");
        let reply = fill(&mut browser, "/connexion/lien", &[("jeton", unknown)]).await;
        assert!(!reply.text().contains("Ce qui est arrivé"), "{unknown}");
    }
    // Dead for thirty days it is as unknown as any other.
    world
        .clock
        .advance(Duration::from_secs(1_800 + 30 * 86_400));
    let gone = open(&mut browser, &format!("/connexion/lien?jeton={token}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(!gone.text().contains("Ce qui est arrivé"));
    for looked_at in [1, 0] {
        let now = world.aplus.now();
        let report = world.aplus.housekeeping_pass(now).await.unwrap();
        assert_eq!(
            report.looked_at, looked_at,
            "while it lived, and then no more"
        );
        open(&mut browser, &format!("/connexion/lien?jeton={token}")).await;
    }
}
