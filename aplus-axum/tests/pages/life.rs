//! The life of an account through forms (A1 to A4, A7 to A9, A11, L12).

use std::time::Duration;

use axum::http::{Method, StatusCode};

use crate::browsing::*;
use crate::world::*;

const NEW: &str = "lea.roux@mairie.example";

#[tokio::test]
async fn a_responsable_creates_an_aidant_who_logs_in_and_edits_their_details() {
    let world = World::new().await;
    let mut responsable = world.browser();
    let token = ask(&world, &mut responsable, RESPONSABLE).await;
    let page = format!("/connexion/lien?jeton={token}");
    let before = world.store.dump();
    for _ in 0..20 {
        let reply = open(&mut world.browser(), &page).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(reply.text().contains("Cet appareil va être connecté"));
    }
    assert_eq!(
        send(&mut responsable, Method::HEAD, &page, &[])
            .await
            .status,
        StatusCode::OK
    );
    assert!(world.store.dump() == before);
    let reply = open(&mut responsable, &page).await;
    assert!(
        reply.text().contains("Une pression suffit") && !reply.text().contains("type=\"email\"")
    );
    let reply = fill(&mut responsable, "/connexion/lien", &[("jeton", &token)]).await;
    assert_eq!(leads(&reply), "/groupes");

    let new = format!("/groupes/{}/comptes/nouveau", world.mairie);
    assert!(
        open(&mut responsable, &new)
            .await
            .text()
            .contains("value=\"aidant\" checked")
    );
    let mut form = vec![
        ("email", "Lea.Roux@Mairie.example "),
        ("roles", "aidant"),
        ("last_name", "O'<b>Roux"),
    ];
    let reply = fill(&mut responsable, &new, &form).await;
    assert_eq!(
        reply.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a name has no angle brackets"
    );
    form[2].1 = "O'Roux";
    form.push(("job_title", "<i>Accueil</i> & \"état civil\""));
    let reply = fill(&mut responsable, &new, &form).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(
        reply
            .text()
            .contains(&format!("<p class=\"fr-address\">{NEW}</p>")),
        "shown once more"
    );
    assert!(
        world.entries("account_created").await.len() == 4,
        "nothing is created yet"
    );
    form.extend([("vu", "1"), ("etape", "creer")]);
    let group = format!("/groupes/{}", world.mairie);
    for _ in 0..2 {
        assert_eq!(
            leads(&fill(&mut responsable, &new, &form).await),
            group,
            "a double click creates one account"
        );
    }
    assert_eq!(world.entries("account_created").await.len(), 5);
    let reply = open(&mut responsable, &group).await;
    assert!(reply.text().contains("Le compte est créé."));
    assert!(
        reply.text().contains("O&#39;Roux")
            && reply
                .text()
                .contains("&#60;i&#62;Accueil&#60;/i&#62; &#38;")
    );
    assert!(
        !open(&mut responsable, &group)
            .await
            .text()
            .contains("Le compte est créé."),
        "said once"
    );

    let mut aidant = world.browser();
    let token = ask(&world, &mut aidant, NEW).await;
    let mut elsewhere = world.browser();
    let reply = fill(
        &mut elsewhere,
        "/connexion/lien",
        &[("jeton", &token), ("email", "autre@mairie.example")],
    )
    .await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.text().contains("4\u{a0}essais"), "{}", reply.text());
    let reply = fill(
        &mut elsewhere,
        "/connexion/lien",
        &[("jeton", &token), ("email", NEW)],
    )
    .await;
    assert_eq!(leads(&reply), "/groupes");
    let reply = fill(
        &mut elsewhere,
        "/profil",
        &[("first_name", "Léa"), ("phone", "03 20 00 00 00")],
    )
    .await;
    assert_eq!(leads(&reply), "/profil");
    let reply = open(&mut elsewhere, "/profil").await;
    assert!(
        reply.text().contains("value=\"Léa\"")
            && reply.text().contains("Vos informations sont enregistrées.")
    );
    for field in ["email", "roles", "groups", "status"] {
        let refused = world.entries("refused").await.len();
        let reply = fill(
            &mut elsewhere,
            "/profil",
            &[("first_name", "Autre"), (field, "x")],
        )
        .await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert!(reply.text().contains("(règle A3)"), "{}", reply.text());
        assert_eq!(world.entries("refused").await.len(), refused + 1, "{field}");
    }
    assert!(
        open(&mut elsewhere, "/profil")
            .await
            .text()
            .contains("value=\"Léa\""),
        "nothing was half done"
    );
    let reply = fill(
        &mut elsewhere,
        "/profil",
        &[("phone", "bientôt"), ("first_name", "Léa")],
    )
    .await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        reply
            .text()
            .contains("aria-describedby=\"phone-erreur\" autofocus"),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn a_refusal_says_the_rule_and_who_can_do_it() {
    let world = World::new().await;
    let mut aidant = logged_in(&world, AIDANT).await;
    let reply = open(
        &mut aidant,
        &format!("/groupes/{}/comptes/nouveau", world.mairie),
    )
    .await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.text().contains("(règle A1)") && reply.text().contains("support@aplus.example"));
    assert_eq!(world.entries("refused").await.len(), 1);
    let reply = open(&mut aidant, &format!("/comptes/{}", world.id(INSTRUCTEUR))).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    let reply = open(&mut aidant, &format!("/comptes/{}", world.id(RESPONSABLE))).await;
    assert!(reply.text().contains(RESPONSABLE) && !reply.text().contains("Agir sur ce compte"));
    let reply = fill(
        &mut aidant,
        &format!("/comptes/{}/desactiver", world.id(RESPONSABLE)),
        &[],
    )
    .await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let reply = open(&mut aidant, &format!("/groupes/{}", world.mairie)).await;
    assert!(
        !reply.text().contains("Créer un compte")
            && reply.text().contains("n&#39;a qu&#39;un seul responsable")
    );
}

#[tokio::test]
async fn somebody_elses_responsable_is_added_only_after_a_warning() {
    let world = World::new().await;
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    let add = format!("/groupes/{}/membres/nouveau", world.mairie);
    let group = format!("/groupes/{}", world.mairie);
    assert!(
        open(&mut responsable, &group)
            .await
            .text()
            .contains("Vous êtes le seul responsable")
    );
    assert_eq!(
        leads(&fill(&mut responsable, &add, &[("email", INSTRUCTEUR)]).await),
        group
    );
    let reply = fill(&mut responsable, &add, &[("email", OTHER_RESPONSABLE)]).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(
        reply
            .text()
            .contains("vous en faites aussi un responsable du groupe")
    );
    assert_eq!(world.entries("member_added").await.len(), 1);
    let form = [
        ("email", OTHER_RESPONSABLE),
        ("confirme", "oui"),
        ("vu", "1"),
    ];
    assert_eq!(leads(&fill(&mut responsable, &add, &form).await), group);
    assert!(
        !open(&mut responsable, &group)
            .await
            .text()
            .contains("seul responsable")
    );
    for (address, status) in [("nobody@mairie.example", 404), (AIDANT, 409), ("x", 422)] {
        assert_eq!(
            fill(&mut responsable, &add, &[("email", address)])
                .await
                .status,
            status,
            "{address}"
        );
    }
    let other = format!("/comptes/{}", world.id(INSTRUCTEUR));
    let reply = open(&mut responsable, &other).await;
    assert!(
        reply.text().contains("Retirer de ce groupe")
            && reply.text().contains("vous pouvez seulement le retirer")
    );
    let leave = format!("{group}/quitter");
    assert_eq!(
        open(&mut responsable, &leave).await.status,
        StatusCode::FORBIDDEN,
        "it is their last group"
    );
    let remove = format!("{group}/comptes/{}/retirer", world.id(INSTRUCTEUR));
    assert_eq!(open(&mut responsable, &remove).await.status, StatusCode::OK);
    assert_eq!(
        leads(&fill(&mut responsable, &remove, &[("vu", "2")]).await),
        group
    );
    let mut instructeur = logged_in(&world, INSTRUCTEUR).await;
    assert_eq!(
        open(&mut instructeur, &group).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn an_account_is_deactivated_reactivated_and_withdrawn_after_a_page_that_says_so() {
    let world = World::new().await;
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    let account = format!("/comptes/{}", world.id(AIDANT));
    for (act, done) in [
        ("desactiver", "Le compte est désactivé."),
        ("reactiver", "Le compte est réactivé."),
    ] {
        assert!(
            open(&mut responsable, &account)
                .await
                .text()
                .contains(&format!("{account}/{act}"))
        );
        let reply = open(&mut responsable, &format!("{account}/{act}")).await;
        assert!(reply.text().contains(AIDANT) && reply.text().contains("name=\"vu\""));
        let reply = fill(
            &mut responsable,
            &format!("{account}/{act}"),
            &[("vu", act)],
        )
        .await;
        assert_eq!(leads(&reply), account);
        let reply = fill(
            &mut responsable,
            &format!("{account}/{act}"),
            &[("vu", act)],
        )
        .await;
        assert_eq!(leads(&reply), account, "a double click does it once");
        assert!(open(&mut responsable, &account).await.text().contains(done));
    }
    let reply = fill(&mut responsable, &format!("{account}/retirer"), &[]).await;
    assert_eq!(leads(&reply), "/groupes");
    assert_eq!(
        open(&mut responsable, &account).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn of_an_emptied_account_support_sees_that_it_was_there_and_no_more() {
    let world = World::new().await;
    logged_in(&world, AIDANT).await;
    let pages = ["/comptes", "/support/comptes"].map(|it| format!("{it}/{}", world.id(AIDANT)));
    world.clock.advance(Duration::from_secs(3 * 366 * 86_400));
    let report = world.aplus.erase_pass(world.aplus.now()).await.unwrap();
    assert_eq!(report.emptied, 4);
    let mut operator = logged_in(&world, OPERATOR).await;
    for page in pages {
        let reply = open(&mut operator, &page).await;
        let text = reply.text();
        assert_eq!(reply.status, StatusCode::OK, "{text}");
        for shown in [
            "Adresse libérée",
            "Vidé",
            "2029",
            "Aidant",
            "Dernière connexion",
        ] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
        for gone in [
            AIDANT,
            "À la demande de",
            "lettre 12",
            "reactiver",
            "retirer",
        ] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
    }
    assert_eq!(
        fill(&mut operator, "/support", &[("email", AIDANT)])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    let list = format!("/api/v1/groups/{}/accounts", world.mairie);
    assert_eq!(
        operator.get(&list).await.json()["items"],
        serde_json::json!([])
    );
}

#[tokio::test]
async fn support_finds_an_account_tells_its_story_and_creates_groups_and_accounts() {
    let world = World::new().await;
    logged_in(&world, AIDANT).await;
    let mut operator = logged_in(&world, OPERATOR).await;
    assert_eq!(open(&mut operator, "/support").await.status, StatusCode::OK);
    assert_eq!(
        fill(&mut operator, "/support", &[("email", "x@mairie.example")])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    let page = leads(&fill(&mut operator, "/support", &[("email", AIDANT)]).await);
    assert_eq!(page, format!("/support/comptes/{}", world.id(AIDANT)));
    let reply = open(&mut operator, &page).await;
    assert!(
        reply.text().contains("Le lien a servi à se connecter."),
        "{}",
        reply.text()
    );
    assert!(world.entries("looked").await.len() >= 2);
    let end = format!("{page}/sessions");
    assert_eq!(open(&mut operator, &end).await.status, StatusCode::OK);
    assert_eq!(leads(&fill(&mut operator, &end, &[]).await), page);

    let request = [("requester_kind", "prefecture"), ("reference", "lettre 12")];
    let reply = fill(&mut operator, "/support/groupes/nouveau", &request).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [&request[..], &[("name", "Maison <France> Services")]].concat();
    let group = leads(&fill(&mut operator, "/support/groupes/nouveau", &form).await);
    assert!(
        open(&mut operator, &group)
            .await
            .text()
            .contains("<h1>Maison &#60;France&#62; Services</h1>")
    );
    let new = format!("/support{group}/comptes/nouveau");
    let form = [
        &request[..],
        &[("email", "chef@mairie.example"), ("roles", "responsable")],
    ]
    .concat();
    let check = fill(&mut operator, &new, &form).await;
    assert_eq!(check.status, StatusCode::OK);
    assert!(
        check.text().contains("n&#39;est pas nominative"),
        "{}",
        check.text()
    );
    let form = [&form[..], &[("etape", "creer")]].concat();
    assert_eq!(leads(&fill(&mut operator, &new, &form).await), group);
    let form = [
        &request[..],
        &[("email", "chef2@mairie.example"), ("roles", "responsable")],
    ]
    .concat();
    let check = fill(&mut operator, &new, &form).await;
    assert_eq!(check.status, StatusCode::OK);
    assert!(
        check.text().contains("est créé sans ce rôle") && check.text().contains("<dd>Aidant</dd>"),
        "another responsable takes an approval: {}",
        check.text()
    );
    let form = [&form[..], &[("etape", "creer")]].concat();
    let order = leads(&fill(&mut operator, &new, &form).await);
    let reply = open(&mut operator, &order).await;
    assert!(reply.text().contains("sans le rôle de responsable"));
    assert!(reply.text().contains("chef2@mairie.example"));
}

#[tokio::test]
async fn a_person_sees_and_ends_their_sessions() {
    let world = World::new().await;
    let (mut one, mut two) = (
        logged_in(&world, AIDANT).await,
        logged_in(&world, AIDANT).await,
    );
    let list = open(&mut one, "/sessions").await.text();
    let ends: Vec<_> = list
        .split("action=\"/sessions/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(ends.len(), 2);
    assert!(list.contains("au plus tard") && list.contains("<time datetime=\"2026-03-0"));
    // The newest stands first.
    assert_eq!(
        leads(&fill(&mut one, &format!("/sessions/{}", ends[0]), &[]).await),
        "/sessions"
    );
    let reply = open(&mut two, "/profil?onglet=1").await;
    assert_eq!(leads(&reply), "/connexion?suite=%2Fprofil%3Fonglet%3D1");
    assert_eq!(
        open(&mut one, "/sessions/fermer").await.status,
        StatusCode::OK
    );
    assert_eq!(
        leads(&fill(&mut one, "/sessions/fermer", &[]).await),
        "/connexion"
    );
    assert!(
        open(&mut one, "/connexion")
            .await
            .text()
            .contains("Vous êtes déconnecté.")
    );
    let mut three = logged_in(&world, AIDANT).await;
    assert_eq!(
        leads(&fill(&mut three, "/deconnexion", &[]).await),
        "/connexion"
    );
    assert_eq!(
        leads(&open(&mut three, "/groupes").await),
        "/connexion?suite=%2Fgroupes"
    );
}
