#![allow(clippy::unwrap_used)]

use aplus_core::words::{Language, article_title};
use aplus_core::{Aplus, Lifetimes};
use std::time::Duration;

use super::*;

fn centre() -> Centre {
    Centre::new(&Help::default(), &Aplus::in_memory().unwrap())
}

#[test]
fn every_article_has_its_text_under_its_own_title() {
    let help = Help::default();
    assert_eq!(OURS.map(|(article, _)| article), Article::ALL);
    for (article, text) in OURS {
        let source = Source::parse(article.as_str(), text).unwrap();
        assert_eq!(source.title, article_title(article, Language::French));
        assert!(help.articles.contains_key(article.as_str()));
    }
    assert_eq!(help.dead_ends().collect::<Vec<_>>(), []);
}

#[test]
fn the_texts_follow_the_settings() {
    let lifetimes = Lifetimes::default()
        .with_link(Duration::from_secs(600))
        .unwrap();
    let aplus = Aplus::in_memory().unwrap();
    let usual = Centre::new(&Help::default(), &aplus);
    let html = &usual.article("se-connecter").unwrap().html;
    for said in [
        "30\u{a0}minutes",
        "20\u{a0}heures",
        "8\u{a0}heures",
        "href=\"/connexion\"",
        "href=\"/aide/lien-expire\"",
    ] {
        assert!(html.contains(said), "{said} in {html}");
    }
    assert!(!html.contains('{'), "{html}");
    let shorter = Facts::of(aplus.site(), &lifetimes, aplus.retention());
    let (_, text) = OURS[0];
    let source = Source::parse("se-connecter", text).unwrap();
    let html = render::render(&source, &shorter).html;
    assert!(html.contains("10\u{a0}minutes") && !html.contains("30\u{a0}minutes"));
}

/// What people type, and the article that is to stand first.
const QUESTIONS: [(&str, Article); 42] = [
    ("se connecter", Article::LoggingIn),
    ("mot de passe oublié", Article::LoggingIn),
    ("connexion", Article::LoggingIn),
    ("identifiant", Article::LoggingIn),
    ("je n'ai pas reçu le lien", Article::LinkNotReceived),
    ("je ne reçois pas de courriel", Article::LinkNotReceived),
    ("e-mail pas recu", Article::LinkNotReceived),
    ("spam", Article::LinkNotReceived),
    ("lien expiré", Article::DeadLink),
    ("LIEN EXPIRE", Article::DeadLink),
    ("le lien ne fonctionne plus", Article::DeadLink),
    ("lien déjà utilisé", Article::DeadLink),
    ("on me redemande mon adresse", Article::AddressAgain),
    ("autre appareil", Article::AddressAgain),
    ("adresse non reconnue", Article::NotRecognised),
    ("pas de compte", Article::NotRecognised),
    ("inscription", Article::NotRecognised),
    ("france service", Article::FranceServices),
    ("conseiller", Article::FranceServices),
    ("préfecture", Article::FranceServices),
    ("changer mon nom", Article::OwnDetails),
    ("modifier mon telephone", Article::OwnDetails),
    ("changer d'adresse", Article::AddressOrRole),
    ("changer de rôle", Article::AddressOrRole),
    ("devenir responsable", Article::AddressOrRole),
    ("nouvelle adresse mail", Article::AddressOrRole),
    ("créer un compte", Article::CreatingAccount),
    ("creer compte", Article::CreatingAccount),
    ("nouvel agent", Article::CreatingAccount),
    ("ajouter un membre", Article::Members),
    ("retirer quelqu'un du groupe", Article::Members),
    ("quitter le groupe", Article::Members),
    ("faute de frappe", Article::MistypedAddress),
    ("je me suis trompé d'adresse", Article::MistypedAddress),
    ("désactiver", Article::Deactivating),
    ("départ à la retraite", Article::Deactivating),
    ("réactivation d'un compte", Article::Deactivating),
    ("internet explorer", Article::Browser),
    ("naviguateur", Article::Browser),
    ("RGPD", Article::WhatIsRecorded),
    ("données personelles", Article::WhatIsRecorded),
    ("contacter le support", Article::Support),
];

#[test]
fn a_question_finds_its_article_first() {
    let centre = centre();
    let wrong: Vec<_> = QUESTIONS
        .into_iter()
        .filter_map(|(question, article)| {
            let asked = HelpQuestion::parse(question).unwrap();
            let found: Vec<_> = centre
                .answers(Some(&asked))
                .map(|shown| &shown.name)
                .collect();
            (found.first().map(|name| name.as_str()) != Some(article.as_str()))
                .then(|| format!("{question}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_question_that_nothing_answers_finds_nothing() {
    let centre = centre();
    for question in ["xyzzy", "de la", "!?", "kubernetes"] {
        let asked = HelpQuestion::parse(question).unwrap();
        assert_eq!(centre.answers(Some(&asked)).count(), 0, "{question}");
    }
    assert_eq!(centre.answers(None).count(), 15);
}

#[test]
fn what_is_wrong_with_an_article_is_said_with_its_name() {
    let whole = |body: &str| format!("# Titre\nPour : tous\nMots : a\n\n{body}\n");
    let cases = [
        (
            "Badge",
            whole("x"),
            "the name of a help article has 1 to 60",
        ),
        ("", whole("x"), "the name of a help article"),
        ("-a", whole("x"), "the name of a help article"),
        ("../a", whole("x"), "the name of a help article"),
        (
            "badge",
            "Titre\nPour : tous\n\nx".into(),
            "its first line is its title",
        ),
        (
            "badge",
            "# \nPour : tous\n\nx".into(),
            "its first line is its title",
        ),
        ("badge", whole("# encore"), "no other heading"),
        (
            "badge",
            "# Titre\n\nx".into(),
            "its second line is `Pour : `",
        ),
        (
            "badge",
            "# Titre\nPour : chefs\n\nx".into(),
            "it says `chefs`",
        ),
        (
            "badge",
            "# Titre\nPour : tous, aidants\n\nx".into(),
            "it says `tous`",
        ),
        (
            "badge",
            "# Titre\nPour : aidants, aidants\n\nx".into(),
            "it says `aidants, aidants`",
        ),
        (
            "badge",
            "# Titre\nPour : tous\nMots : a\n\n".into(),
            "nothing stands under its head",
        ),
        ("badge", whole("{duree}"), "nothing stands for {duree}"),
        (
            "badge",
            whole("[a](mailto:{duree})"),
            "nothing stands for {duree}",
        ),
        ("badge", whole("<b>x</b>"), "HTML is not shown: `<b>`"),
        (
            "badge",
            whole("<script>\nx\n</script>"),
            "HTML is not shown: `<script>`",
        ),
        (
            "badge",
            whole("[a](javascript:alert(1))"),
            "not to `javascript:alert(1)`",
        ),
        (
            "badge",
            whole("[a](http://a.example)"),
            "not to `http://a.example`",
        ),
        (
            "badge",
            whole("[a](page://a.example)"),
            "not to `page://a.example`",
        ),
        ("badge", whole("[a](/profil)"), "not to `/profil`"),
        (
            "badge",
            whole("![](/a.png)"),
            "a picture has a text alternative",
        ),
        (
            "badge",
            whole("![a](https://a.example/a.png)"),
            "a picture has a text alternative",
        ),
        (
            "badge",
            whole("![a](//a.example/a.png)"),
            "a picture has a text alternative",
        ),
        (
            "badge",
            whole("![a ![b](/b.png)](https://a.example/a.png)"),
            "`https://a.example/a.png`",
        ),
        (
            "badge",
            whole("![a ![b](/b.png)](/a.png) ![](/c.png)"),
            "`/c.png`",
        ),
        (
            "badge",
            whole("![a](/\\a.example/a.png)"),
            "a picture has a text alternative",
        ),
        (
            "badge",
            whole("<javascript:alert(1)>"),
            "not to `javascript:alert(1)`",
        ),
        (
            "badge",
            whole("[a]\n\n[a]: data:text/html,x"),
            "not to `data:text/html,x`",
        ),
        ("badge", whole(&"x".repeat(65_536)), "longer than 64 KiB"),
    ];
    for (name, text, said) in cases {
        let error = Help::default().with_article(name, &text).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(said), "{text:?}: {error}");
        assert!(error.contains(&format!("`{name}`")), "{error}");
    }
    let fits = whole("## b\n\n![a](/a.png) [a](https://a.example) [a](aide:rien) **{service}**");
    let help = Help::default().with_article("badge", &fits).unwrap();
    assert_eq!(help.dead_ends().collect::<Vec<_>>(), [("badge", "rien")]);
}

#[test]
fn a_dead_end_is_found_however_the_link_is_written() {
    for link in [
        "[a](aide:rien)",
        "[a](aide:rien \"Un titre\")",
        "[a](<aide:rien>)",
        "[a][b]\n\n[b]: aide:rien",
        "<aide:rien>",
    ] {
        let text = format!("# Titre\nPour : tous\n\n{link}\n");
        let help = Help::default().with_article("badge", &text).unwrap();
        let dead: Vec<_> = help.dead_ends().collect();
        assert_eq!(dead, [("badge", "rien")], "{link}");
    }
    let shown = "# Titre\nPour : tous\n\n`[a](aide:rien)`\n";
    let help = Help::default().with_article("badge", shown).unwrap();
    assert_eq!(help.dead_ends().count(), 0);
}

#[test]
fn what_a_host_has_set_stands_wherever_braces_may() {
    let text = "# Joindre {service} : comment ?\nPour : tous\n\nTapez `{support}`. [a](aide:se-connecter \"{support}\")\n\n\
        ![a](/a.png \"{support}\")\n\n    c'est {support}\n";
    let help = Help::default().with_article("badge", text).unwrap();
    let aplus = Aplus::in_memory().unwrap();
    let centre = Centre::new(&help, &aplus);
    let shown = centre.article("badge").unwrap();
    let (name, support) = (aplus.site().name(), aplus.site().support());
    assert_eq!(shown.title, format!("Joindre {name}\u{a0}: comment\u{a0}?"));
    assert!(!shown.html.contains('{'), "{}", shown.html);
    assert_eq!(shown.html.matches(support).count(), 4, "{}", shown.html);
    // Code is shown as it is to be typed.
    assert!(shown.html.contains("c'est"), "{}", shown.html);
    assert!(shown.summary.starts_with(&format!("Tapez {support}.")));
    assert_eq!(
        centre
            .answers(Some(&HelpQuestion::parse("badge joindre").unwrap()))
            .next()
            .map(|found| found.name.as_str()),
        Some("badge")
    );
}

#[test]
fn a_hosts_article_replaces_ours_or_stands_behind_them() {
    let aplus = Aplus::in_memory().unwrap();
    let text = "\u{feff}# Le support de la DINUM\r\nPour : aidants, responsables\r\n\r\nÉcrivez-nous <&> : c'est « ici ».\r\n";
    let help = Help::default()
        .with_article("contacter-le-support", text)
        .and_then(|help| help.with_article("badge", text))
        .unwrap();
    let centre = Centre::new(&help, &aplus);
    let names: Vec<_> = centre
        .answers(None)
        .map(|shown| shown.name.as_str())
        .collect();
    assert_eq!(names.len(), 16);
    assert_eq!(names[14..], ["contacter-le-support", "badge"]);
    let shown = centre.article("contacter-le-support").unwrap();
    assert_eq!(shown.title, "Le support de la DINUM");
    assert_eq!(
        shown.summary,
        "Écrivez-nous <&>\u{a0}: c’est «\u{a0}ici\u{a0}»."
    );
    assert!(
        shown
            .html
            .starts_with("<p>Écrivez-nous &lt;&amp;&gt;\u{a0}: c’est «"),
        "{}",
        shown.html
    );
}
