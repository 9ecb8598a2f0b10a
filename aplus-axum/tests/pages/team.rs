//! The support team's page: suspending somebody, asking for somebody back (A14).

use std::time::Duration;

use axum::http::StatusCode;

use crate::browsing::*;
use crate::world::*;

const TEAM: &str = "/support/equipe";

#[tokio::test]
async fn one_suspends_another_and_two_bring_them_back() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let mut third = logged_in(&world, THIRD).await;
    let mut colleague = logged_in(&world, COLLEAGUE).await;
    let act = |act: &str| format!("{TEAM}/{}/{act}", world.id(COLLEAGUE));
    let own = format!("{TEAM}/{}/suspendre", world.id(OPERATOR));
    let team = open(&mut operator, TEAM).await.text();
    for address in [OPERATOR, COLLEAGUE, THIRD] {
        assert!(team.contains(address), "{address}");
    }
    assert!(
        team.contains(&act("suspendre")) && !team.contains(&own),
        "{team}"
    );
    assert_eq!(
        open(&mut operator, &own).await.status,
        StatusCode::FORBIDDEN
    );
    let page = open(&mut operator, &act("suspendre")).await.text();
    assert!(page.contains(COLLEAGUE) && page.contains("prennent fin"));
    for _ in 0..2 {
        let reply = fill(&mut operator, &act("suspendre"), &[("vu", "1")]).await;
        assert_eq!(leads(&reply), TEAM, "a double click suspends once");
    }
    let team = open(&mut operator, TEAM).await.text();
    assert!(team.contains("L&#39;accès est suspendu.") && team.contains("Suspendu</span>"));
    let reply = open(&mut colleague, TEAM).await;
    assert_eq!(leads(&reply), "/connexion?suite=%2Fsupport%2Fequipe");

    let page = open(&mut operator, &act("retablir")).await.text();
    assert!(page.contains("Il faut deux membres"));
    leads(&fill(&mut operator, &act("retablir"), &[("vu", "2")]).await);
    let team = open(&mut operator, TEAM).await.text();
    assert!(team.contains("Votre demande est notée."), "{team}");
    let team = open(&mut third, TEAM).await.text();
    let said = format!("{OPERATOR} a demandé à rétablir cet accès le 2 mars 2026 à 10:03");
    assert!(team.contains(&said), "{team}");
    assert!(team.contains("jusqu&#39;au 3 mars 2026 à 10:03"), "{team}");
    let page = open(&mut third, &act("retablir")).await.text();
    assert!(page.contains(&said), "{page}");
    leads(&fill(&mut third, &act("retablir"), &[("vu", "3")]).await);
    let team = open(&mut third, TEAM).await.text();
    assert!(team.contains("L&#39;accès est rétabli.") && !team.contains("Suspendu</span>"));
    logged_in(&world, COLLEAGUE).await;
}

#[tokio::test]
async fn an_asking_of_yesterday_is_not_shown_any_more() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let act = |act: &str| format!("{TEAM}/{}/{act}", world.id(COLLEAGUE));
    leads(&fill(&mut operator, &act("suspendre"), &[]).await);
    leads(&fill(&mut operator, &act("retablir"), &[]).await);
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    let mut third = logged_in(&world, THIRD).await;
    let team = open(&mut third, TEAM).await.text();
    assert!(!team.contains("a demandé à rétablir"), "{team}");
    leads(&fill(&mut third, &act("retablir"), &[]).await);
    assert!(
        open(&mut third, TEAM)
            .await
            .text()
            .contains("Suspendu</span>")
    );
    let nobody = format!("{TEAM}/{}/retablir", world.mairie);
    let reply = open(&mut third, &nobody).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert!(reply.text().contains("Membre introuvable"));
}
