//! The journal on pages: one's own, one account's, and the whole with its filters (T1).

use axum::http::StatusCode;

use crate::browsing::*;
use crate::world::*;

#[tokio::test]
async fn a_person_finds_what_was_done_on_their_account_from_their_details() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    open(
        &mut operator,
        &format!("/support/comptes/{}", world.id(AIDANT)),
    )
    .await;
    let mut aidant = logged_in(&world, AIDANT).await;
    let details = open(&mut aidant, "/profil").await.text();
    assert!(details.contains("<a href=\"/journal\">Ce qui a été fait sur mon compte</a>"));
    let looks = world.entries("looked").await.len();
    let html = open(&mut aidant, "/journal").await.text();
    assert!(html.contains("<h1>Ce qui a été fait sur votre compte</h1>"));
    assert!(html.contains("<h2>2 mars 2026</h2>"), "{html}");
    assert!(
        html.contains(
            "Les liens de connexion de votre compte ont été consultés par l&#39;équipe de support."
        ),
        "{html}"
    );
    assert!(
        html.contains("Connexion de votre part. <span class=\"fr-hint-text\">réseau 192.0.2.7"),
        "{html}"
    );
    assert!(!html.contains(OPERATOR));
    assert_eq!(html.matches("192.0.2.7").count(), 1, "of the log-in alone");
    assert_eq!(world.entries("looked").await.len(), looks);
    let html = open(&mut operator, "/journal").await.text();
    assert!(html.contains("<h1>Ce que vous avez fait</h1>"));
    assert!(
        open(&mut operator, "/profil")
            .await
            .text()
            .contains("href=\"/journal\"")
    );
}

#[tokio::test]
async fn support_reads_the_timeline_of_one_account() {
    let world = World::new().await;
    world.clock.advance(std::time::Duration::from_secs(1));
    logged_in(&world, AIDANT).await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let account = format!("/support/comptes/{}", world.id(AIDANT));
    let journal = format!("{account}/journal");
    let link = format!("<a href=\"{journal}\">Tout le journal de ce compte</a>");
    assert!(open(&mut operator, &account).await.text().contains(&link));
    let looks = world.entries("looked").await.len();
    let html = open(&mut operator, &journal).await.text();
    assert!(html.contains("<h1>Journal de paul.petit@mairie.example</h1>"));
    assert!(
        html.contains(
            "Le compte paul.petit@mairie.example a été créé par la machine du service, à la demande d&#39;une préfecture \
             (lettre 12), dans le groupe «\u{a0}Mairie de Lens\u{a0}», avec le rôle Aidant."
        ),
        "{html}"
    );
    let newest = html.find("Connexion de paul.petit").unwrap();
    assert!(
        newest < html.find("a été créé").unwrap(),
        "the newest first"
    );
    assert_eq!(world.entries("looked").await.len(), looks + 1);
    let nobody = format!("/support/comptes/{}/journal", world.mairie);
    assert_eq!(
        open(&mut operator, &nobody).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn support_filters_the_journal_and_goes_on_to_what_is_older() {
    let world = World::new().await;
    for _ in 0..16 {
        logged_in(&world, AIDANT).await;
    }
    let mut operator = logged_in(&world, OPERATOR).await;
    assert!(
        open(&mut operator, "/support")
            .await
            .text()
            .contains("href=\"/support/journal\"")
    );
    let html = open(&mut operator, "/support/journal").await.text();
    assert!(
        html.contains(
            "Le journal a été consulté par support.un@aplus.example (équipe de support)."
        ),
        "{html}"
    );
    let form = [
        ("compte", "Paul.Petit@mairie.example "),
        ("par", "machine"),
        ("genre", "link_issued"),
        ("du", "2026-03-02"),
        ("au", "2026-03-02"),
    ];
    let page = leads(&fill(&mut operator, "/support/journal", &form).await);
    let aidant = world.id(AIDANT);
    assert_eq!(
        page,
        format!(
            "/support/journal?compte={aidant}&par=machine&genre=link_issued&du=2026-03-02&au=2026-03-02"
        )
    );
    let html = open(&mut operator, &page).await.text();
    assert_eq!(
        html.matches("Un lien de connexion a été demandé").count(),
        16,
        "{html}"
    );
    for shown in [
        "value=\"paul.petit@mairie.example\"",
        "value=\"machine\"",
        "<option value=\"link_issued\" selected>",
        "type=\"date\" value=\"2026-03-02\"",
    ] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    let page = leads(
        &fill(
            &mut operator,
            "/support/journal",
            &[("par", OPERATOR), ("au", "2026-03-01")],
        )
        .await,
    );
    let html = open(&mut operator, &page).await.text();
    assert!(html.contains("Aucune entrée ici."), "{html}");

    // What is older keeps the filter.
    let page = leads(&fill(&mut operator, "/support/journal", &[("compte", AIDANT)]).await);
    let html = open(&mut operator, &page).await.text();
    let next = format!("href=\"/support/journal?compte={aidant}&#38;apres=");
    let rest = html.split_once(&next).unwrap().1.split('"').next().unwrap();
    let html = open(&mut operator, &format!("{page}&apres={rest}"))
        .await
        .text();
    assert!(
        html.contains("a été créé") && !html.contains("Entrées plus anciennes"),
        "{html}"
    );
}

#[tokio::test]
async fn what_is_wrong_with_the_filter_is_said_and_nothing_is_looked_at() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let looks = world.entries("looked").await.len();
    for (form, said) in [
        ([("compte", "x"), ("du", "")], "id=\"compte-erreur\""),
        (
            [("compte", "personne@mairie.example"), ("du", "")],
            "aucun compte n’a cette adresse",
        ),
        (
            [("par", "personne@mairie.example"), ("du", "")],
            "ni compte ni membre de l’équipe n’a cette adresse",
        ),
        ([("compte", ""), ("du", "demain")], "une date est attendue"),
    ] {
        let reply = fill(&mut operator, "/support/journal", &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
        assert!(reply.text().contains(said), "{said}: {}", reply.text());
        assert!(reply.text().contains(form[0].1), "what was typed stays");
    }
    for bad in [
        "compte=x", "par=x", "groupe=x", "genre=x", "du=x", "au=x", "apres=x",
    ] {
        let reply = open(&mut operator, &format!("/support/journal?{bad}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{bad}");
    }
    assert_eq!(world.entries("looked").await.len(), looks);
}

#[tokio::test]
async fn the_journal_of_a_group_is_reached_from_its_page_and_left_again() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let page = open(&mut operator, &format!("/groupes/{}", world.mairie)).await;
    let journal = format!("/support/journal?groupe={}", world.mairie);
    assert!(
        page.text().contains(&format!("href=\"{journal}\"")),
        "{}",
        page.text()
    );
    let html = open(&mut operator, &journal).await.text();
    assert!(
        html.contains("Dans le groupe <strong>Mairie de Lens</strong>"),
        "{html}"
    );
    assert!(
        html.contains("<a href=\"/support/journal\">Chercher dans tous les groupes</a>"),
        "{html}"
    );
    let hidden = format!(
        "<input type=\"hidden\" name=\"groupe\" value=\"{}\">",
        world.mairie
    );
    assert!(html.contains(&hidden));
    let form = [("genre", "group_created"), ("groupe", &world.mairie)];
    let page = leads(&fill(&mut operator, "/support/journal", &form).await);
    let html = open(&mut operator, &page).await.text();
    assert_eq!(
        html.matches("Le groupe «\u{a0}Mairie de Lens\u{a0}» a été créé")
            .count(),
        1,
        "{html}"
    );
    let look = world.entries("looked").await.pop().unwrap();
    assert_eq!(look.group.unwrap().to_string(), world.mairie);
}
