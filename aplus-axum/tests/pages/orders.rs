//! Support orders through forms: proposed, decided on, confirmed from the new address (A4, A6).

use std::time::Duration;

use aplus_core::DualControl;
use axum::http::StatusCode;

use crate::browsing::*;
use crate::world::*;

const NEW: &str = "paul.grand@mairie.example";

/// The form that asks for nothing but what is always needed.
const REQUEST: [(&str, &str); 3] = [
    ("requester_kind", "prefecture"),
    ("reference", "lettre 12"),
    ("reason", "mariage"),
];

/// The form, with the roles that the account has.
fn wanted<'a>(role: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&REQUEST[..], &[("roles", role)], more].concat()
}

fn proposal(world: &World, address: &str) -> String {
    format!("/support/comptes/{}/demande", world.id(address))
}

async fn proposed(
    world: &World,
    operator: &mut Browser,
    address: &str,
    form: &[(&str, &str)],
) -> String {
    let form = [form, &[("etape", "proposer")]].concat();
    let reply = fill(operator, &proposal(world, address), &form).await;
    leads(&reply)
}

/// The page of the same order for a responsable.
fn of_group(order: &str) -> String {
    order.strip_prefix("/support").unwrap().to_owned()
}

fn confirming(token: &str) -> String {
    format!("/connexion/lien?jeton={token}")
}

#[tokio::test]
async fn a_new_address_goes_from_the_form_to_the_link_without_a_script() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let account = format!("/support/comptes/{}", world.id(AIDANT));
    let form = proposal(&world, AIDANT);
    let page = open(&mut operator, &account).await.text();
    assert!(page.contains(&format!("<a href=\"{form}\">Proposer une modification</a>")));
    let page = open(&mut operator, &form).await.text();
    assert!(
        page.contains(AIDANT) && page.contains("value=\"aidant\" checked"),
        "{page}"
    );
    assert!(!page.contains("name=\"first_name\""), "the person does it");

    let wrong = wanted(
        "aidant",
        &[("email", "paul.grand"), ("requester_name", "Bureau 3")],
    );
    let reply = fill(&mut operator, &form, &wrong).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in [
        "value=\"paul.grand\"",
        "value=\"prefecture\" checked",
        "value=\"Bureau 3\"",
        "value=\"lettre 12\"",
        "value=\"mariage\"",
    ] {
        assert!(reply.text().contains(kept), "{kept}: {}", reply.text());
    }
    for (email, status, said) in [
        ("", 409, "Rien à modifier"),
        ("accueil@mairie.example", 403, "Adresse partagée"),
    ] {
        let reply = fill(&mut operator, &form, &wanted("aidant", &[("email", email)])).await;
        assert_eq!(reply.status, status);
        assert!(reply.text().contains(said) && reply.text().contains("value=\"mariage\""));
    }
    let both = wanted("responsable", &[("email", NEW)]);
    let reply = fill(&mut operator, &form, &both).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.text().contains("Deux demandes nécessaires"));
    assert!(reply.text().contains(&format!("value=\"{NEW}\"")));
    let taken = [("email", RESPONSABLE), ("etape", "proposer")];
    let reply = fill(&mut operator, &form, &wanted("aidant", &taken)).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.text().contains("Adresse déjà utilisée"));

    let right = wanted("aidant", &[("email", NEW)]);
    let reply = fill(&mut operator, &form, &right).await;
    assert_eq!(reply.status, StatusCode::OK);
    for said in [
        AIDANT,
        NEW,
        "mariage",
        "Préfecture",
        "attend ensuite la décision de quelqu&#39;un d&#39;autre",
        "un lien est envoyé à la nouvelle adresse",
    ] {
        assert!(reply.text().contains(said), "{said}: {}", reply.text());
    }
    assert!(world.entries("order_proposed").await.is_empty());
    let back = [&right[..], &[("etape", "corriger")]].concat();
    let reply = fill(&mut operator, &form, &back).await;
    assert!(reply.text().contains(&format!("value=\"{NEW}\"")));
    let order = proposed(&world, &mut operator, AIDANT, &right).await;
    let page = open(&mut operator, &order).await.text();
    assert!(page.contains("La demande est proposée."), "{page}");
    assert!(page.contains(", par vous") && page.contains("Motif&nbsp;: mariage"));
    assert!(
        !page.contains("value=\"approuver\"") && page.contains("value=\"retirer\""),
        "{page}"
    );
    assert!(page.contains("Ni la personne qui propose une demande de modification"));

    let mut responsable = logged_in(&world, RESPONSABLE).await;
    let group = open(&mut responsable, &format!("/groupes/{}", world.mairie))
        .await
        .text();
    let seen = of_group(&order);
    assert!(group.contains(&format!("<a href=\"{seen}\">{AIDANT}</a>")));
    let page = open(&mut responsable, &seen).await.text();
    for said in [
        "value=\"approuver\"",
        "value=\"refuser\"",
        "l&#39;équipe de support",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("value=\"retirer\"") && !page.contains(OPERATOR));
    let before = world.letters(NEW);
    for _ in 0..2 {
        let form = [("etape", "approuver"), ("vu", "1")];
        let reply = fill(&mut responsable, &seen, &form).await;
        assert_eq!(leads(&reply), seen, "a double click approves once");
    }
    let page = open(&mut responsable, &seen).await.text();
    assert!(page.contains("La demande est approuvée.") && page.contains("valable 30\u{a0}minutes"));
    assert!(!page.contains("value=\"approuver\"") && !page.contains("value=\"refuser\""));
    let page = open(&mut operator, &order).await.text();
    assert!(page.contains(&format!(
        "<a href=\"/support/comptes/{}\">un responsable</a>",
        world.id(RESPONSABLE)
    )));
    world.courier().await;
    assert_eq!(world.letters(NEW), before + 1);

    let token = world.token(NEW);
    let mut person = world.browser();
    let dump = world.store.dump();
    let page = open(&mut person, &confirming(&token)).await.text();
    assert!(world.store.dump() == dump, "looking changes nothing (L5)");
    for said in [
        "<h1>Confirmer votre nouvelle adresse</h1>",
        "Confirmer cette adresse et me connecter",
        "La nouvelle adresse, celle à laquelle le lien a été envoyé.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    for (typed, status) in [("x", 422), (AIDANT, 409), ("", 409)] {
        let form = [("jeton", &*token), ("email", typed)];
        let reply = fill(&mut person, "/connexion/lien", &form).await;
        assert_eq!(reply.status, status, "{typed}");
        assert!(
            reply
                .text()
                .contains("<h1>Confirmer votre nouvelle adresse</h1>")
        );
    }
    let form = [("jeton", &*token), ("email", NEW)];
    let reply = fill(&mut person, "/connexion/lien", &form).await;
    assert_eq!(leads(&reply), "/groupes");
    let page = open(&mut person, "/groupes").await.text();
    assert!(page.contains("Votre nouvelle adresse est confirmée.") && page.contains(NEW));
    let page = open(&mut world.browser(), &confirming(&token)).await.text();
    assert!(
        page.contains("Lien déjà utilisé") && page.contains("Il a confirmé la nouvelle adresse")
    );
    let page = open(&mut operator, &order).await.text();
    assert!(page.contains("La modification est faite") && page.contains("Appliquée"));
}

#[tokio::test]
async fn a_dead_confirming_link_says_what_to_do_and_another_is_one_press_away() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let mut colleague = logged_in(&world, COLLEAGUE).await;
    let form = wanted("aidant", &[("email", NEW)]);
    let order = proposed(&world, &mut operator, AIDANT, &form).await;
    leads(&fill(&mut colleague, &order, &[("etape", "approuver")]).await);
    world.courier().await;
    let token = world.token(NEW);
    world.clock.advance(Duration::from_secs(30 * 60));
    // In this browser the old address was asked for last.
    let mut person = world.browser();
    ask(&world, &mut person, AIDANT).await;
    let page = open(&mut person, &confirming(&token)).await.text();
    assert!(page.contains("<h1>Lien expiré</h1>"));
    assert!(page.contains("Demandez un autre lien avec la nouvelle adresse"));
    assert!(
        !page.contains(AIDANT) && page.contains("type=\"email\""),
        "{page}"
    );
    world.clock.advance(Duration::from_secs(61));
    let again = ask(&world, &mut person, NEW).await;
    let page = open(&mut person, &confirming(&again)).await.text();
    assert!(
        page.contains("Une pression suffit") && page.contains("Confirmer votre nouvelle adresse")
    );

    let mut colleague = logged_in(&world, COLLEAGUE).await;
    leads(&fill(&mut colleague, &order, &[("etape", "retirer")]).await);
    let page = open(&mut person, &confirming(&again)).await.text();
    assert!(page.contains("<h1>Lien annulé</h1>"));
    assert!(
        page.contains("l&#39;ancienne reste celle du compte"),
        "{page}"
    );
    let form = [("jeton", &*again)];
    let reply = fill(&mut person, "/connexion/lien", &form).await;
    assert_eq!(reply.status, StatusCode::GONE);
    assert!(
        reply
            .text()
            .contains("Demandez un autre lien avec la nouvelle adresse")
    );
}

#[tokio::test]
async fn a_second_press_on_a_confirming_link_goes_on() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let mut colleague = logged_in(&world, COLLEAGUE).await;
    let form = wanted("aidant", &[("email", NEW)]);
    let order = proposed(&world, &mut operator, AIDANT, &form).await;
    leads(&fill(&mut colleague, &order, &[("etape", "approuver")]).await);
    world.courier().await;
    world.clock.advance(Duration::from_secs(61));
    let mut person = world.browser();
    let token = ask(&world, &mut person, NEW).await;
    for _ in 0..2 {
        let reply = fill(&mut person, "/connexion/lien", &[("jeton", &token)]).await;
        assert_eq!(leads(&reply), "/groupes");
    }
    assert_eq!(world.entries("order_carried_out").await.len(), 1);
}

#[tokio::test]
async fn an_address_that_became_somebodys_is_a_page_that_says_so() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    let form = wanted("aidant", &[("email", NEW)]);
    let order = proposed(&world, &mut operator, AIDANT, &form).await;
    leads(
        &fill(
            &mut responsable,
            &of_group(&order),
            &[("etape", "approuver")],
        )
        .await,
    );
    world.courier().await;
    let token = world.token(NEW);
    let new = format!("/groupes/{}/comptes/nouveau", world.mairie);
    let form = [("email", NEW), ("roles", "aidant"), ("etape", "creer")];
    leads(&fill(&mut responsable, &new, &form).await);
    let form = [("jeton", &*token), ("email", NEW)];
    let reply = fill(&mut world.browser(), "/connexion/lien", &form).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(
        reply.text().contains("Rien n&#39;a changé"),
        "{}",
        reply.text()
    );
    assert!(!reply.text().contains("Recevoir un nouveau lien"));
}

#[tokio::test]
async fn an_order_whose_address_became_somebodys_offers_no_approval_and_says_why() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let form = proposal(&world, AIDANT);
    let page = open(&mut operator, &form).await.text();
    assert!(page.contains("Qui change d&#39;employeur reçoit un nouveau compte"));
    let form = wanted("aidant", &[("email", NEW)]);
    let order = proposed(&world, &mut operator, AIDANT, &form).await;
    let approve = "value=\"approuver\"";
    let mut colleague = logged_in(&world, COLLEAGUE).await;
    let page = open(&mut colleague, &order).await.text();
    assert!(page.contains(approve), "{page}");
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    let new = format!("/groupes/{}/comptes/nouveau", world.mairie);
    let form = [("email", NEW), ("roles", "aidant"), ("etape", "creer")];
    leads(&fill(&mut responsable, &new, &form).await);
    let page = open(&mut colleague, &order).await.text();
    assert!(!page.contains(approve) && page.contains("value=\"refuser\""));
    assert!(
        page.contains("Cette adresse est déjà celle d&#39;un compte"),
        "{page}"
    );
    let reply = fill(&mut colleague, &order, &[("etape", "approuver")]).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    // Whoever may not even open the page of support is recorded with what they pressed.
    let mut aidant = logged_in(&world, INSTRUCTEUR).await;
    for (step, action) in [("approuver", "approve_order"), ("refuser", "refuse_order")] {
        let reply = fill(&mut aidant, &order, &[("etape", step)]).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        let entries = world.entries("refused").await;
        let said = |entry: &aplus_core::journal::StoredEntry| entry.details.contains(action);
        assert!(entries.iter().any(said), "{entries:#?}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_what_was_typed_and_its_reason_is_read_by_support() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let order = proposed(&world, &mut operator, AIDANT, &wanted("instructeur", &[])).await;
    let seen = of_group(&order);
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    let long = "x".repeat(501);
    let form = [("etape", "refuser"), ("reason", &*long)];
    let reply = fill(&mut responsable, &seen, &form).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text().contains(&format!("value=\"{long}\"")));
    let reply = fill(&mut operator, &order, &form).await;
    assert_eq!(
        reply.status,
        StatusCode::FORBIDDEN,
        "the right comes before the form"
    );
    let reply = fill(&mut responsable, &seen, &[("etape", "voir")]).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [("etape", "refuser"), ("reason", "pas de notre fait")];
    assert_eq!(leads(&fill(&mut responsable, &seen, &form).await), seen);
    let page = open(&mut operator, &order).await.text();
    for said in [
        "Refusée",
        "pas de notre fait",
        "Le compte n&#39;a pas changé.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("value=\"retirer\""), "nothing is left to do");
    let reply = fill(&mut operator, &order, &[("etape", "retirer")]).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.text().contains("(règle A6)"));
}

#[tokio::test]
async fn a_person_does_not_see_the_order_on_their_own_account_and_does_not_decide_on_it() {
    let world = World::new().await;
    let aidants = format!("/demandes/{}", world.order(AIDANT).await);
    let own = format!("/demandes/{}", world.order(RESPONSABLE).await);
    let mut aidant = logged_in(&world, AIDANT).await;
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    let reply = open(&mut aidant, &aidants).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let group = open(&mut aidant, &format!("/groupes/{}", world.mairie)).await;
    assert!(!group.text().contains("Demandes en attente"));
    let page = open(&mut responsable, &own).await.text();
    assert!(!page.contains("value=\"approuver\"") && !page.contains("value=\"refuser\""));
    let reply = fill(&mut responsable, &own, &[("etape", "approuver")]).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_details_of_a_deactivated_account_are_corrected_and_its_address_is_not() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let deactivate = format!("/comptes/{}/desactiver", world.id(AIDANT));
    leads(&fill(&mut operator, &deactivate, &[]).await);
    let form = proposal(&world, AIDANT);
    let page = open(&mut operator, &form).await.text();
    assert!(page.contains("name=\"first_name\"") && !page.contains("name=\"email\""));
    let change = wanted("aidant", &[("first_name", "Paule"), ("phone", "")]);
    let check = fill(&mut operator, &form, &change).await.text();
    assert!(check.contains("<strong>Paule</strong>") && !check.contains("<dt>Téléphone</dt>"));
    let order = proposed(&world, &mut operator, AIDANT, &change).await;
    let mut colleague = logged_in(&world, COLLEAGUE).await;
    leads(&fill(&mut colleague, &order, &[("etape", "approuver")]).await);
    let page = open(&mut colleague, &order).await.text();
    assert!(page.contains("La modification est faite.") && page.contains("<strong>Paule</strong>"));
}

#[tokio::test]
async fn where_nothing_takes_an_approval_the_form_says_so_and_it_is_done() {
    let world = World::under(DualControl::None).await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let form = wanted("responsable", &[]);
    let check = fill(&mut operator, &proposal(&world, AIDANT), &form).await;
    assert!(
        check
            .text()
            .contains("n&#39;attend l&#39;accord de personne")
    );
    let order = proposed(&world, &mut operator, AIDANT, &form).await;
    let page = open(&mut operator, &order).await.text();
    assert!(
        page.contains("La modification est faite.") && page.contains("le réglage de ce service")
    );
}

#[tokio::test]
async fn the_page_of_an_order_says_what_may_still_come_of_it() {
    let world = World::new().await;
    let mut operator = logged_in(&world, OPERATOR).await;
    let mut colleague = logged_in(&world, COLLEAGUE).await;
    let roles = proposed(&world, &mut operator, AIDANT, &wanted("instructeur", &[])).await;
    let both = wanted("aidant", &[("email", NEW)]);
    let outdated = proposed(&world, &mut operator, AIDANT, &both).await;
    let address = wanted(
        "instructeur",
        &[("email", "jeanne.moreau@prefecture.example")],
    );
    let address = proposed(&world, &mut operator, INSTRUCTEUR, &address).await;
    for order in [&roles, &address] {
        leads(&fill(&mut colleague, order, &[("etape", "approuver")]).await);
    }
    // Also to its author, who would not approve it in any case.
    for browser in [&mut operator, &mut colleague] {
        let page = open(browser, &outdated).await.text();
        assert!(page.contains("elle ne peut plus s&#39;appliquer"), "{page}");
        assert!(!page.contains("n&#39;en décident"), "{page}");
    }
    let page = open(&mut colleague, &outdated).await.text();
    assert!(!page.contains("value=\"approuver\"") && !page.contains("Elle attend la décision"));
    assert!(page.contains("value=\"refuser\"") && page.contains("value=\"retirer\""));
    let reply = fill(&mut colleague, &outdated, &[("etape", "approuver")]).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.text().contains("Demande dépassée"));

    let kept_out = "ce lien ne fonctionne pas tant que";
    assert!(
        !open(&mut operator, &address)
            .await
            .text()
            .contains(kept_out)
    );
    let deactivate = format!("/comptes/{}/desactiver", world.id(INSTRUCTEUR));
    leads(&fill(&mut operator, &deactivate, &[]).await);
    let page = open(&mut operator, &address).await.text();
    assert!(page.contains(kept_out), "{page}");

    world.clock.advance(Duration::from_secs(30 * 24 * 60 * 60));
    let mut colleague = logged_in(&world, COLLEAGUE).await;
    for order in [&outdated, &address] {
        let page = open(&mut colleague, order).await.text();
        assert!(page.contains("sans avoir été appliquée"), "{page}");
        assert!(!page.contains("value=\"retirer\""), "{page}");
    }
}

#[tokio::test]
async fn support_lists_what_waits_first_and_each_list_goes_on_by_itself() {
    let world = World::new().await;
    let mut orders = Vec::new();
    for _ in 0..52 {
        orders.push(world.order(AIDANT).await);
    }
    let mut colleague = logged_in(&world, COLLEAGUE).await;
    let page = |order: &str| format!("/support/demandes/{order}");
    leads(&fill(&mut colleague, &page(&orders[51]), &[("etape", "retirer")]).await);
    let hrefs = |html: &str| -> Vec<String> {
        let links = html
            .split("scope=\"row\"><a href=\"/support/demandes/")
            .skip(1);
        links
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let list = open(&mut colleague, "/support/demandes").await.text();
    let (open_part, closed) = list.split_once("<h2>Closes</h2>").unwrap();
    let newest_first: Vec<_> = orders[..51].iter().rev().cloned().collect();
    assert_eq!(hrefs(open_part), newest_first[..25]);
    assert_eq!(hrefs(closed), orders[51..]);
    let next = |html: &str, parameter: &str| {
        let part = html.split(&format!("?{parameter}=")).nth(1);
        part.map(|rest| {
            let cursor = rest.split('"').next().unwrap();
            format!("/support/demandes?{parameter}={cursor}")
        })
    };
    let second = next(&list, "ouvertes").unwrap();
    let second = open(&mut colleague, &second).await.text();
    assert_eq!(hrefs(&second), newest_first[25..50]);
    assert!(!second.contains("<h2>Closes</h2>"));
    let older = next(&list, "apres").unwrap();
    let older = open(&mut colleague, &older).await.text();
    assert!(!older.contains("<h2>En attente</h2>") && hrefs(&older).is_empty());
    for bad in ["ouvertes=x", "apres=x"] {
        let reply = open(&mut colleague, &format!("/support/demandes?{bad}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{bad}");
    }
    let mut responsable = logged_in(&world, RESPONSABLE).await;
    let group = format!("/groupes/{}", world.mairie);
    let part = open(&mut responsable, &group).await.text();
    let cursor = part.split("?demandes=").nth(1).unwrap();
    let cursor = cursor.split('"').next().unwrap();
    let part = open(&mut responsable, &format!("{group}?demandes={cursor}")).await;
    assert!(part.text().contains(&newest_first[25]));
}
