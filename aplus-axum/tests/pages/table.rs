//! The pages of the table of routes: each for a visitor, for somebody who may not, and from another site.

use std::time::Duration;

use aplus_axum::{Conformity, Foot, Route, Web, Who, routes};
use axum::http::{Method, StatusCode, header};

use crate::browsing::*;
use crate::world::*;

fn pages() -> impl Iterator<Item = &'static Route> {
    routes().filter(|route| !route.path.starts_with("/api/"))
}

/// The page of an account, a group and an order that neither the aidant nor the responsable of the mairie may touch.
fn foreign(route: &Route, world: &World, order: &str) -> String {
    route
        .path
        .replace("{order}", order)
        .replace("{operator}", world.id(THIRD))
        .replace("{group}", &world.prefecture)
        .replace("{account}", world.id(INSTRUCTEUR))
        .replace("{session}", &world.prefecture)
        .replace("{conversation}", &world.prefecture)
}

#[tokio::test]
async fn a_visitor_is_led_to_the_login_page() {
    let world = World::new().await;
    let order = world.order(INSTRUCTEUR).await;
    let before = world.store.dump();
    for route in pages().filter(|route| route.who != Who::Anybody) {
        let method = route.method.method();
        let path = foreign(route, &world, &order);
        let reply = send(&mut world.browser(), method.clone(), &path, &[]).await;
        match method == Method::GET {
            true => assert!(leads(&reply).starts_with("/connexion?suite=%2F"), "{path}"),
            false => assert_eq!(leads(&reply), "/connexion", "{path}"),
        }
    }
    assert!(world.store.dump() == before);
}

#[tokio::test]
async fn whoever_may_not_is_told_and_it_is_recorded() {
    let world = World::new().await;
    let order = world.order(INSTRUCTEUR).await;
    let valid = [
        ("email", INSTRUCTEUR),
        ("roles", "aidant"),
        ("name", "Lens"),
        ("requester_kind", "anct"),
        ("reference", "x"),
        ("etape", "creer"),
        ("reason", "x"),
    ];
    for route in pages().filter(|route| !matches!(route.who, Who::Anybody | Who::Self_)) {
        world.clock.advance(Duration::from_secs(601));
        let (method, path) = (route.method.method(), foreign(route, &world, &order));
        let who = match route.path {
            "/profil" => OPERATOR,
            _ => RESPONSABLE,
        };
        let mut browser = logged_in(&world, who).await;
        let recorded = world.entries("refused").await.len();
        let fields: &[&str] = match route.path {
            "/groupes/{group}/comptes/nouveau" => &["email", "roles", "etape"],
            "/groupes/{group}/membres/nouveau" | "/support" => &["email"],
            "/support/groupes/{group}/comptes/nouveau" => {
                &["email", "roles", "requester_kind", "reference", "etape"]
            }
            "/support/groupes/nouveau" => &["name", "requester_kind", "reference"],
            _ => &[],
        };
        let form: Vec<_> = valid
            .into_iter()
            .filter(|(name, _)| fields.contains(name))
            .collect();
        let reply = send(&mut browser, method.clone(), &path, &form).await;
        assert!(
            matches!(reply.status.as_u16(), 403 | 404),
            "{method} {path}: {} {}",
            reply.status,
            reply.text()
        );
        assert!(reply.text().contains("(règle "), "{method} {path}");
        assert_eq!(
            world.entries("refused").await.len(),
            recorded + 1,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn the_right_comes_before_what_is_wrong_with_the_form() {
    let world = World::new().await;
    let order = world.order(INSTRUCTEUR).await;
    let forms = [
        &[][..],
        &[("email", "x")],
        &[("admin", "true")],
        &[("email", "a@b.fr"), ("email", "c@d.fr")],
    ];
    for route in pages()
        .filter(|route| route.method.method() == Method::POST)
        .filter(|route| {
            ["/nouveau", "/demande", "{order}", "{conversation}"]
                .iter()
                .any(|end| route.path.ends_with(end))
        })
    {
        let path = foreign(route, &world, &order);
        for form in forms {
            world.clock.advance(Duration::from_secs(601));
            let mut browser = logged_in(&world, RESPONSABLE).await;
            let recorded = world.entries("refused").await.len();
            let reply = fill(&mut browser, &path, form).await;
            let status = match route.path {
                "/demandes/{order}" | "/contact/{conversation}" => StatusCode::NOT_FOUND,
                _ => StatusCode::FORBIDDEN,
            };
            assert_eq!(reply.status, status, "{path} {form:?}");
            let entries = world.entries("refused").await.len();
            assert_eq!(entries, recorded + 1, "{path} {form:?}");
        }
    }
}

#[tokio::test]
async fn another_site_changes_nothing() {
    let world = World::new().await;
    let order = world.order(INSTRUCTEUR).await;
    let browser = logged_in(&world, RESPONSABLE)
        .await
        .with("sec-fetch-site", "cross-site");
    let before = world.store.dump();
    for route in pages().filter(|route| route.method.method() == Method::POST) {
        let reply = fill(&mut browser.clone(), &foreign(route, &world, &order), &[]).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", route.path);
        assert!(
            reply
                .text()
                .contains("<h1>Demande venue d&#39;un autre site</h1>"),
            "{}",
            route.path
        );
    }
    assert!(world.store.dump() == before);
}

#[tokio::test]
async fn what_is_not_there_and_what_cannot_be_read_is_a_page() {
    let world = World::new().await;
    let mut browser = logged_in(&world, RESPONSABLE).await;
    for path in [
        "/connexion/rien",
        "/groupes/rien",
        "/comptes/rien",
        "/support/rien",
        "/sessions/rien/fermer",
    ] {
        let method = if path.starts_with("/sessions") {
            Method::POST
        } else {
            Method::GET
        };
        let reply = send(&mut browser, method, path, &[]).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert!(reply.text().contains("<h1>Adresse inconnue</h1>"), "{path}");
    }
    let reply = fill(&mut browser, "/groupes", &[]).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(reply.headers.contains_key(header::ALLOW));
    let large = "x".repeat(70_000);
    assert_eq!(
        fill(&mut browser, "/profil", &[("first_name", &large)])
            .await
            .status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    for form in [
        &[("first_name", "A"), ("first_name", "B")][..],
        &[("admin", "true")],
    ] {
        assert_eq!(
            fill(&mut browser, "/profil", form).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let json = browser.post("/profil", serde_json::json!({})).await;
    assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn the_style_sheet_is_kept_for_a_year_under_a_name_of_its_content() {
    let world = World::new().await;
    let mut browser = world.browser();
    let html = open(&mut browser, "/connexion").await.text();
    let href = html
        .split_once("rel=\"stylesheet\" href=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert!(
        href.starts_with("/aplus.css?v=") && href.len() == 29,
        "{href}"
    );
    let reply = open(&mut browser, &href).await;
    assert_eq!(
        reply.headers[header::CONTENT_TYPE],
        "text/css; charset=utf-8"
    );
    assert_eq!(
        reply.headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn every_foot_has_the_hosts_links_and_every_path_the_base_path() {
    let mut world = World::on(
        aplus_core::Site::new("https://aplus.example")
            .unwrap()
            .with_base_path("/comptes-aplus")
            .unwrap(),
        aplus_core::asking::AskLimits::default(),
    )
    .await;
    let foot = Foot::default()
        .accessibility(Conformity::Partial, "/accessibilite")
        .legal_notice("/mentions");
    world.app = Web::new(&world.aplus).foot(foot).router();
    let mut browser = world.browser().with(
        "user-agent",
        "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0)",
    );
    let html = open(&mut browser, "/comptes-aplus/connexion").await.text();
    assert!(
        html.contains("<a href=\"/accessibilite\">Accessibilité\u{a0}: partiellement conforme</a>"),
        "{html}"
    );
    assert!(html.contains("<a href=\"/mentions\">Mentions légales</a>"));
    assert!(
        html.contains("Votre navigateur n’est plus pris en charge"),
        "S4"
    );
    for part in ["href=\"/", "action=\"/"] {
        for path in html
            .split(part)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            let own =
                path.starts_with("comptes-aplus/") || ["accessibilite", "mentions"].contains(&path);
            assert!(own, "/{path}");
        }
    }
    let reply = fill(
        &mut browser,
        "/comptes-aplus/connexion",
        &[("email", AIDANT)],
    )
    .await;
    assert_eq!(leads(&reply), "/comptes-aplus/connexion/envoye");
    assert_eq!(
        leads(&open(&mut browser, "/comptes-aplus/groupes").await),
        "/comptes-aplus/connexion?suite=%2Fcomptes-aplus%2Fgroupes"
    );
}
