//! Asking for a link, waiting for it, and each state in which its page is found (L4 to L9, L12).

use std::time::Duration;

use aplus_axum::{MaybeSession, home};
use aplus_core::Aplus;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;

use crate::browsing::*;
use crate::world::*;

#[tokio::test]
async fn known_unknown_and_deactivated_get_the_same_answer_to_the_byte() {
    let world = World::new().await;
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    fill(
        &mut responsable,
        &format!("/comptes/{}/desactiver", world.id(AIDANT)),
        &[],
    )
    .await;
    const TO_CONFIRM: &str = "jeanne.moreau@prefecture.example";
    world.moving(INSTRUCTEUR, TO_CONFIRM).await;
    let seen = async |address: &str| {
        let mut browser = world.browser();
        open(&mut browser, "/connexion").await;
        let reply = fill(
            &mut browser,
            "/connexion",
            &[("email", address), ("suite", "/profil")],
        )
        .await;
        let sent = open(&mut browser, &leads(&reply)).await;
        let names = |headers: &HeaderMap| {
            let mut all: Vec<_> = headers
                .iter()
                .map(|(name, value)| match *name == header::SET_COOKIE {
                    // The value of a cookie is this browser's own.
                    true => format!(
                        "{name}: {}",
                        value.to_str().unwrap().split('=').next().unwrap()
                    ),
                    false => format!("{name}: {}", value.to_str().unwrap()),
                })
                .collect();
            all.sort_unstable();
            all
        };
        let text = sent.text().replace(address, "ADDRESS");
        (
            reply.status,
            names(&reply.headers),
            reply.body,
            sent.status,
            names(&sent.headers),
            text,
        )
    };
    let known = seen(RESPONSABLE).await;
    assert_eq!(known.0, StatusCode::SEE_OTHER);
    assert!(
        known
            .1
            .contains(&"location: /connexion/envoye?suite=%2Fprofil".to_owned()),
        "no address in it"
    );
    for other in [
        AIDANT,
        OPERATOR,
        TO_CONFIRM,
        "nobody@mairie.example",
        "nobody@elsewhere.example",
    ] {
        let seen = seen(other).await;
        assert_eq!(
            (&seen.0, &seen.1, &seen.2),
            (&known.0, &known.1, &known.2),
            "{other}"
        );
        let length = "content-length: ";
        let without = |names: &[String]| {
            names
                .iter()
                .filter(|name| !name.starts_with(length))
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (seen.3, without(&seen.4), seen.5),
            (known.3, without(&known.4), known.5.clone()),
            "{other}"
        );
    }
}

#[tokio::test]
async fn a_slip_of_the_keys_is_asked_about_once_and_then_sent_as_typed() {
    let world = World::new().await;
    let mut browser = world.browser();
    let typed = "camille.roux@gmial.com";
    let asked = fill(&mut browser, "/connexion", &[("email", typed)]).await;
    assert_eq!(asked.status, StatusCode::OK);
    let said = asked.text();
    assert!(said.contains("camille.roux@gmail.com"), "{said}");
    // What was said of one address is not taken for another.
    let other = [("email", "camille.roux@orqnge.fr"), ("tel_quel", typed)];
    let asked = fill(&mut browser, "/connexion", &other).await;
    assert!(asked.text().contains("camille.roux@orange.fr"));
    world.courier().await;
    assert_eq!(world.letters(typed), 0);
    let again = [("email", typed), ("tel_quel", typed)];
    let sent = fill(&mut browser, "/connexion", &again).await;
    assert_eq!(leads(&sent), "/connexion/envoye");
    let said = open(&mut browser, "/connexion/envoye").await.text();
    assert!(said.contains(typed), "{said}");
}

#[tokio::test]
async fn the_page_after_asking_says_what_l8_says() {
    let world = World::new().await;
    let mut browser = world.browser();
    ask(&world, &mut browser, AIDANT).await;
    let said = open(&mut browser, "/connexion/envoye").await.text();
    for part in [
        "<h1>Consultez vos e-mails</h1>",
        AIDANT,
        "30&nbsp;minutes",
        "<time datetime=\"2026-03-02T10:30:00+01:00\">10:30</time>",
        "spam",
        ">10:01</time>, vous pouvez demander un nouvel envoi",
        "10 à 15&nbsp;minutes",
        "support@aplus.example",
        "prenom.nom@structure.fr",
        "ANCT",
        "plateforme distincte",
    ] {
        assert!(said.contains(part), "{part}");
    }
    world.clock.advance(Duration::from_secs(10 * 60 + 30));
    fill(&mut browser, "/connexion", &[("email", AIDANT)]).await;
    let said = open(&mut browser, "/connexion/envoye").await.text();
    assert!(
        said.contains(">10:30</time>"),
        "the same link is sent again, and its hour stays"
    );
    assert!(
        said.contains(">10:12</time>, vous pouvez"),
        "never earlier than it works"
    );
    let fresh = open(&mut world.browser(), "/connexion/envoye").await;
    assert_eq!(fresh.status, StatusCode::OK);
    assert!(!fresh.text().contains(AIDANT));
    for wrong in ["", "camille", "a@b.fr,c@d.fr", "<b>@mairie.example"] {
        let reply = fill(&mut browser, "/connexion", &[("email", wrong)]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(
            reply.text().contains("<a href=\"#email\">") && !reply.text().contains("<b>@"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn after_login_one_goes_on_to_a_page_of_this_site_only() {
    let world = World::new().await;
    for (wanted, reached) in [
        ("/sessions", "/sessions"),
        ("//evil.example", "/groupes"),
        ("https://evil.example", "/groupes"),
    ] {
        let mut browser = world.browser();
        fill(
            &mut browser,
            "/connexion",
            &[("email", AIDANT), ("suite", wanted)],
        )
        .await;
        world.courier().await;
        let token = world.token(AIDANT);
        assert_eq!(
            leads(&fill(&mut browser, "/connexion/lien", &[("jeton", &token)]).await),
            reached
        );
        world.clock.advance(Duration::from_secs(61));
    }
}

#[tokio::test]
async fn whoever_wanted_no_page_comes_home_to_the_same_place_each_way() {
    let world = World::new().await;
    // A host's own start page, as `aplus_axum::home` has it.
    let root = async |State(aplus): State<Aplus>, MaybeSession(session): MaybeSession| {
        let home = session.map(|current| home(&current.holder, aplus.site()));
        Redirect::to(&home.unwrap_or_default())
    };
    let host = Router::new()
        .route("/", get(root))
        .with_state(world.aplus.clone());
    for (address, place) in [
        (RESPONSABLE, "/groupes"),
        (AIDANT, "/groupes"),
        (OPERATOR, "/support"),
    ] {
        let mut browser = world.browser();
        let token = ask(&world, &mut browser, address).await;
        let after_login = fill(&mut browser, "/connexion/lien", &[("jeton", &token)]).await;
        assert_eq!(leads(&after_login), place, "{address} after login");
        let again = open(&mut browser, "/connexion").await;
        assert_eq!(leads(&again), place, "{address} on the login page");
        browser.app = host.clone();
        let start = open(&mut browser, "/").await;
        assert_eq!(leads(&start), place, "{address} at /");
        world.clock.advance(Duration::from_secs(61));
        let mut browser = world.browser();
        let token = world.ask(&mut browser, address).await;
        let json = serde_json::json!({"token": token});
        let reply = browser.post("/api/v1/sessions", json).await;
        assert_eq!(reply.json()["next"], place, "{address} by the API");
        world.clock.advance(Duration::from_secs(61));
    }
}

#[tokio::test]
async fn the_address_that_was_typed_is_forgotten_at_login_and_at_logout() {
    let world = World::new().await;
    let asked = "__Host-aplus-asked";
    let mut browser = world.browser();
    let token = ask(&world, &mut browser, AIDANT).await;
    assert!(browser.cookies[asked].contains("paul.petit"));
    fill(&mut browser, "/connexion/lien", &[("jeton", &token)]).await;
    assert!(!browser.cookies.contains_key(asked), "at login");
    for way_out in ["/deconnexion", "/sessions/fermer"] {
        world.clock.advance(Duration::from_secs(61));
        let mut browser = logged_in(&world, AIDANT).await;
        let mut other = world.browser();
        ask(&world, &mut other, AIDANT).await;
        let typed = other.cookies[asked].clone();
        browser.cookies.insert(asked.to_owned(), typed);
        assert_eq!(leads(&fill(&mut browser, way_out, &[]).await), "/connexion");
        assert!(!browser.cookies.contains_key(asked), "{way_out}");
    }
}

#[tokio::test]
async fn a_double_click_lands_on_the_page_with_one_session() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = ask(&world, &mut browser, AIDANT).await;
    let mut twice = browser.clone();
    assert_eq!(
        leads(&fill(&mut browser, "/connexion/lien", &[("jeton", &token)]).await),
        "/groupes"
    );
    assert_eq!(
        leads(&fill(&mut twice, "/connexion/lien", &[("jeton", &token)]).await),
        "/groupes"
    );
    assert_eq!(
        browser.cookies.get("__Host-aplus"),
        twice.cookies.get("__Host-aplus")
    );
    assert_eq!(world.entries("logged_in").await.len(), 1);
    let stranger = fill(
        &mut world.browser(),
        "/connexion/lien",
        &[("jeton", &token)],
    )
    .await;
    assert_eq!(stranger.status, StatusCode::GONE);
}

/// Shown and pressed, with why, and a form that asks for a new one.
async fn is_dead(browser: &mut Browser, token: &str, status: u16, why: &str) {
    for reply in [
        open(browser, &format!("/connexion/lien?jeton={token}")).await,
        fill(browser, "/connexion/lien", &[("jeton", token)]).await,
    ] {
        assert_eq!(reply.status, status, "{why}");
        assert!(reply.text().contains(why), "{why} in {}", reply.text());
        assert!(
            reply.text().contains("action=\"/connexion\"")
                && reply.text().contains("name=\"email\""),
            "{why}"
        );
    }
}

#[tokio::test]
async fn each_dead_state_says_why_and_offers_a_new_one() {
    let world = World::new().await;
    let mut browser = world.browser();
    let expired = ask(&world, &mut browser, AIDANT).await;
    world.clock.advance(Duration::from_secs(1_800));
    is_dead(
        &mut browser,
        &expired,
        410,
        "Ce lien a expiré le 2 mars 2026 à 10:30",
    )
    .await;
    let page = open(&mut browser, &format!("/connexion/lien?jeton={expired}")).await;
    assert!(
        page.text()
            .contains(&format!("name=\"email\" value=\"{AIDANT}\"")),
        "one press is enough"
    );

    let first = ask(&world, &mut browser, AIDANT).await;
    world.clock.advance(Duration::from_secs(901));
    let second = ask(&world, &mut browser, AIDANT).await;
    assert_ne!(first, second);
    is_dead(
        &mut browser,
        &first,
        410,
        "Un lien plus récent a remplacé celui-ci",
    )
    .await;
    fill(&mut browser, "/connexion/lien", &[("jeton", &second)]).await;
    world.clock.advance(Duration::from_secs(61));
    let mut elsewhere = world.browser();
    is_dead(
        &mut elsewhere,
        &second,
        410,
        "Ce lien a déjà servi à se connecter",
    )
    .await;

    let ended = ask(&world, &mut elsewhere, AIDANT).await;
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    fill(
        &mut responsable,
        &format!("/comptes/{}/desactiver", world.id(AIDANT)),
        &[],
    )
    .await;
    is_dead(&mut elsewhere, &ended, 410, "Ce lien a été annulé").await;

    let mut fresh = world.browser();
    is_dead(&mut fresh, &"A".repeat(43), 404, "Ce lien n&#39;existe pas").await;
    is_dead(&mut fresh, "court", 404, "Ce lien n&#39;existe pas").await;
    is_dead(&mut fresh, "", 404, "Ce lien n&#39;existe pas").await;
}

#[tokio::test]
async fn beyond_the_limit_an_unknown_link_still_offers_a_new_one() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = ask(&world, &mut browser, AIDANT).await;
    let why = "Ce lien n&#39;existe pas";
    for _ in 0..30 {
        is_dead(&mut browser, &"A".repeat(43), 404, why).await;
    }
    for unknown in ["A".repeat(43), "court".to_owned()] {
        is_dead(&mut browser, &unknown, 429, why).await;
    }
    let reply = open(&mut browser, "/connexion/lien?jeton=court").await;
    assert_eq!(reply.headers[header::RETRY_AFTER], "1");
    let again = format!("name=\"email\" value=\"{AIDANT}\"");
    assert!(reply.text().contains(&again), "one press is enough");
    assert_eq!(
        leads(&fill(&mut browser, "/connexion/lien", &[("jeton", &token)]).await),
        "/groupes"
    );
}

#[tokio::test]
async fn five_wrong_addresses_close_that_way_and_the_browser_that_asked_still_confirms() {
    let world = World::new().await;
    let mut browser = world.browser();
    let token = ask(&world, &mut browser, AIDANT).await;
    let mut scanner = world.browser();
    let press = async |scanner: &mut Browser, address: &str| {
        fill(
            scanner,
            "/connexion/lien",
            &[("jeton", &token), ("email", address)],
        )
        .await
    };
    assert_eq!(press(&mut scanner, "").await.status, StatusCode::CONFLICT);
    assert_eq!(
        press(&mut scanner, "not an address").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    for left in (0..5).rev() {
        let reply = press(&mut scanner, "autre@mairie.example").await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        assert!(
            reply.text().contains(&format!("Il vous reste {left}")),
            "{left}"
        );
    }
    let reply = press(&mut scanner, AIDANT).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(
        reply
            .text()
            .contains("dans le navigateur qui l&#39;a demandé")
    );
    assert_eq!(leads(&press(&mut browser, "").await), "/groupes");
}
