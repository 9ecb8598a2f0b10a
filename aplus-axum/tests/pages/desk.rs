//! Writing to support on the pages, and answering there (S2): without scripts.

use axum::http::StatusCode;

use crate::browsing::*;
use crate::world::*;

/// The hidden field that makes this showing of a form a request of its own.
fn shown_at(html: &str) -> String {
    let (_, rest) = html
        .split_once("name=\"vu\" value=\"")
        .expect("the hidden field");
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_is_sent_answered_continued_and_closed() {
    let world = World::new().await;
    let mut aidant = logged_in(&world, AIDANT).await;
    let html = open(&mut aidant, "/contact").await.text();
    assert!(
        html.contains("Vous n’avez pas encore écrit au support."),
        "{html}"
    );
    assert!(!html.contains("name=\"email\""), "its address is known");
    let shown = shown_at(&html);
    let form = [
        ("vu", shown.as_str()),
        ("subject", "Mon <lien>"),
        ("text", "Bonjour,\r\nil n'arrive pas."),
    ];
    let page = leads(&fill(&mut aidant, "/contact", &form).await);
    assert_eq!(
        leads(&fill(&mut aidant, "/contact", &form).await),
        page,
        "sent twice, it is one"
    );
    let html = open(&mut aidant, &page).await.text();
    for said in [
        "<h1>Mon &#60;lien&#62;</h1>",
        "Bonjour,<br>il n&#39;arrive pas.",
        "au plus tard le mercredi 4 mars 2026",
        "<strong>Vous</strong>",
        "role=\"status\"",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
    let list = open(&mut aidant, "/contact").await.text();
    assert_eq!(list.matches(&page).count(), 1, "{list}");

    let mut operator = logged_in(&world, OPERATOR).await;
    let inbox = open(&mut operator, "/support/messages").await.text();
    assert!(
        inbox.contains(AIDANT) && inbox.contains("Mon &#60;lien&#62;"),
        "{inbox}"
    );
    let desk = page.replace("/contact/", "/support/messages/");
    assert!(inbox.contains(&format!("href=\"{desk}\"")), "{inbox}");
    let html = open(&mut operator, &desk).await.text();
    assert!(
        html.contains("Clore la demande") && html.contains("La personne"),
        "{html}"
    );
    let reply = fill(&mut operator, &desk, &[("text", " ")]).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        reply.text().contains("Message\u{a0}: 1 à"),
        "{}",
        reply.text()
    );
    let before = world.letters(AIDANT);
    assert_eq!(
        leads(&fill(&mut operator, &desk, &[("lu", "1"), ("text", "Voici.")]).await),
        desk
    );
    world.courier().await;
    assert_eq!(world.letters(AIDANT), before + 1, "the answer");
    let html = open(&mut operator, "/support/messages").await.text();
    assert!(html.contains("Personne n’attend de réponse."), "{html}");

    let html = open(&mut aidant, &page).await.text();
    assert!(html.contains("<strong>L’équipe de support</strong>") && html.contains("Voici."));
    assert!(!html.contains(OPERATOR), "the team is known as a team");
    assert_eq!(
        leads(&fill(&mut aidant, &page, &[("text", "Merci !")]).await),
        page
    );
    let closing = format!("{desk}/clore");
    // Somebody wrote meanwhile: nothing is sent or closed, and what was typed stays.
    for unread in [
        &[("text", "Autre <chose>")][..],
        &[("lu", "2"), ("text", "Autre <chose>")],
    ] {
        let reply = fill(&mut operator, &desk, unread).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        let html = reply.text();
        assert!(html.contains("Autre &#60;chose&#62;</textarea>"), "{html}");
        assert!(
            html.contains("Merci !") && html.contains("name=\"lu\" value=\"3\""),
            "{html}"
        );
        assert!(html.contains("id=\"text-erreur\""), "{html}");
    }
    for unread in [&[][..], &[("lu", "2")]] {
        let reply = fill(&mut operator, &closing, unread).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        assert!(reply.text().contains("Relisez-la"), "{}", reply.text());
    }
    assert_eq!(
        leads(&fill(&mut operator, &closing, &[("lu", "3")]).await),
        "/support/messages"
    );
    let reply = fill(&mut operator, &desk, &[("text", "Encore")]).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.text().contains("(règle "), "{}", reply.text());
    let html = open(&mut operator, &desk).await.text();
    assert!(!html.contains("<textarea"), "{html}");
    let html = open(&mut aidant, &page).await.text();
    assert!(
        html.contains(">close<") && html.contains("<textarea"),
        "it can be opened again"
    );
}

#[tokio::test]
async fn a_visitor_is_told_the_day_and_what_is_wrong_field_by_field() {
    let world = World::new().await;
    let mut browser = world.browser();
    let html = open(&mut browser, "/connexion").await.text();
    assert!(
        html.contains("<a href=\"/contact\">Contacter le support</a>"),
        "{html}"
    );
    let html = open(&mut browser, "/contact").await.text();
    assert!(
        html.contains("name=\"email\"") && !html.contains("Vos demandes"),
        "{html}"
    );
    let wrong = [("email", "x"), ("subject", ""), ("text", "Aidez-moi <b>")];
    let reply = fill(&mut browser, "/contact", &wrong).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let html = reply.text();
    assert!(html.contains("2 erreurs sont à corriger"), "{html}");
    assert!(html.contains("id=\"email-erreur\"") && html.contains("id=\"subject-erreur\""));
    assert!(
        html.contains("Aidez-moi &#60;b&#62;</textarea>"),
        "what was typed stays: {html}"
    );
    for address in [AIDANT, "nobody@elsewhere.example"] {
        let form = [
            ("email", address),
            ("subject", "Compte"),
            ("text", "Aidez-moi"),
        ];
        let reply = fill(&mut browser, "/contact", &form).await;
        assert_eq!(reply.status, StatusCode::OK);
        let html = reply.text();
        assert!(
            html.contains("<h1>Votre demande est arrivée</h1>"),
            "{html}"
        );
        assert!(
            html.contains("au plus tard le mercredi 4 mars 2026"),
            "{html}"
        );
        assert!(html.contains(address), "{html}");
    }
    let mut operator = logged_in(&world, OPERATOR).await;
    let inbox = open(&mut operator, "/support/messages").await.text();
    assert!(
        inbox.contains("nobody@elsewhere.example (adresse saisie, non vérifiée)"),
        "{inbox}"
    );
    let own = open(&mut operator, "/contact").await.text();
    assert!(
        !own.contains("<textarea") && own.contains("/support/messages"),
        "{own}"
    );
}
