//! The help centre: its list, the search, every article, and the ways to it from where somebody is stuck (S1).

use std::collections::BTreeSet;

use aplus_axum::{Help, Web};
use axum::http::StatusCode;

use crate::browsing::*;
use crate::world::*;

/// Where the links of a page's main part lead, on this site.
fn ways(html: &str) -> BTreeSet<String> {
    let main = html.split_once("<main ").unwrap().1;
    let main = main.split_once("</main>").unwrap().0;
    let links = main.split("href=\"").skip(1);
    let links = links.map(|rest| rest.split('"').next().unwrap().to_owned());
    links.filter(|link| link.starts_with('/')).collect()
}

#[tokio::test]
async fn every_article_is_listed_and_every_way_out_of_one_is_open() {
    let world = World::new().await;
    let mut visitor = world.browser();
    let list = ways(&open(&mut visitor, "/aide").await.text());
    let articles: Vec<_> = list
        .iter()
        .filter(|way| way.starts_with("/aide/"))
        .collect();
    assert_eq!(articles.len(), 15, "{list:?}");
    let mut seen = BTreeSet::new();
    let mut aidant = logged_in(&world, AIDANT).await;
    for article in articles {
        let reply = open(&mut visitor, article).await;
        assert_eq!(reply.status, StatusCode::OK, "{article}");
        let html = reply.text();
        assert!(html.contains("<a href=\"/aide\">Aide</a>"), "{article}");
        assert!(!html.contains('{'), "{html}");
        seen.extend(ways(&html));
    }
    for way in seen {
        // Where a visitor is sent to the login page, somebody with an account reads on.
        let reply = open(&mut aidant, &way).await;
        let home = way == "/connexion" && reply.status == StatusCode::SEE_OTHER;
        assert!(
            reply.status == StatusCode::OK || home,
            "{way}: {}",
            reply.status
        );
    }
}

#[tokio::test]
async fn a_question_is_answered_without_accents_and_case_and_stands_in_the_title() {
    let world = World::new().await;
    let mut visitor = world.browser();
    let html = open(&mut visitor, "/aide?q=LIEN+EXPIRE").await.text();
    assert!(html.contains("<title>LIEN EXPIRE – Aide – "), "{html}");
    let first = html.split_once("fr-links-list").unwrap().1;
    let first = first.split_once("href=\"").unwrap().1;
    assert!(first.starts_with("/aide/lien-expire\">Mon lien ne fonctionne plus"));
    let html = open(&mut visitor, "/aide?q=xyzzy").await.text();
    assert!(html.contains("Aucun article pour « xyzzy »"), "{html}");
    assert_eq!(
        ways(&html),
        ["/aide", "/aide/contacter-le-support"]
            .map(str::to_owned)
            .into()
    );
    let html = open(&mut visitor, "/aide?q=%3Cscript%3E").await.text();
    assert!(html.contains("&#60;script&#62;"), "{html}");
}

#[tokio::test]
async fn a_question_that_is_too_long_is_told_the_bound() {
    let world = World::new().await;
    let mut visitor = world.browser();
    let path = |length| format!("/aide?q={}", "a".repeat(length));
    assert_eq!(open(&mut visitor, &path(200)).await.status, StatusCode::OK);
    let reply = open(&mut visitor, &path(201)).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text().contains("200"), "{}", reply.text());
}

#[tokio::test]
async fn whoever_is_stuck_is_led_to_the_article_that_helps() {
    let world = World::new().await;
    let mut visitor = world.browser();
    let cases = [
        ("/connexion", "se-connecter"),
        ("/connexion/envoye", "lien-non-recu"),
        ("/connexion/lien?jeton=x", "lien-expire"),
    ];
    for (path, article) in cases {
        let html = open(&mut visitor, path).await.text();
        assert!(
            html.contains(&format!("href=\"/aide/{article}\"")),
            "{path}: {html}"
        );
        assert!(
            html.contains("<li><a href=\"/aide\">Aide</a></li>"),
            "{path}"
        );
    }
    let mut aidant = logged_in(&world, AIDANT).await;
    let path = format!("/groupes/{}/comptes/nouveau", world.mairie);
    let reply = open(&mut aidant, &path).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(
        ways(&reply.text()).contains("/aide/creer-un-compte"),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn what_is_no_article_is_a_page_that_says_so() {
    let world = World::new().await;
    let mut visitor = world.browser();
    for path in [
        "/aide/rien",
        "/aide/..%2fprofil",
        "/aide/se-connecter/x",
        "/aide/SE-CONNECTER",
    ] {
        let reply = open(&mut visitor, path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_hosts_article_is_shown_with_its_title_escaped_below_the_base_path() {
    let site = aplus_core::Site::new("https://aplus.example").unwrap();
    let site = site.with_base_path("/comptes").unwrap();
    let mut world = World::on(site, aplus_core::asking::AskLimits::default()).await;
    let text = "# Un <badge>\nPour : aidants, responsables\n\nVoyez [ceci](aide:se-connecter).\n\n![Un badge](/badge.png)\n";
    let help = Help::default().with_article("badge", text).unwrap();
    world.app = Web::new(&world.aplus).help(help).router();
    let html = open(&mut world.browser(), "/comptes/aide/badge")
        .await
        .text();
    assert!(html.contains("<h1>Un &#60;badge&#62;</h1>"), "{html}");
    assert!(html.contains("Pour\u{a0}: aidant et responsable"), "{html}");
    assert!(
        html.contains("<img src=\"/badge.png\" alt=\"Un badge\" />"),
        "{html}"
    );
    assert!(ways(&html).contains("/comptes/aide/se-connecter"));
}
