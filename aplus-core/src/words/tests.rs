#![allow(clippy::unwrap_used)]

#[cfg(feature = "service")]
mod journal;
#[cfg(feature = "service")]
mod story;

use std::collections::HashSet;

use super::*;
use crate::OrderState;
use crate::account::DeactivatedBy;
use crate::group::{GroupName, Matricule, Organisation, Reference, RequesterName};
use crate::{
    Department, EmailAddress, FirstName, GroupMatter, HelpQuestion, JobTitle, LastName, Phone,
    Reason, Roles,
};

fn site() -> Site {
    Site::new("https://aplus.example").unwrap()
}

/// What is wrong with the spaces of a French text, if something is.
pub(in crate::words) fn bad_space(text: &str) -> Option<String> {
    text.split([' ', '\n'])
        .filter(|word| !word.contains("://"))
        .find(|word| {
            let tail = word.trim_end_matches([':', ';', '!', '?', '»']);
            tail.len() < word.len() && !tail.ends_with(['\u{a0}', '\u{202f}'])
                || word.ends_with('«')
                || word.contains('«') && !word.contains("«\u{a0}")
        })
        .map(str::to_owned)
}

/// Each value reads differently from the others, in both languages, and the two languages from each other.
fn all_read<T: Copy + std::fmt::Debug>(values: &[T], words: impl Fn(T, Language) -> String) {
    for language in Language::ALL {
        let texts: HashSet<String> = values.iter().map(|value| words(*value, language)).collect();
        assert_eq!(texts.len(), values.len(), "two of {values:?} read the same");
    }
    for value in values {
        let [french, english] = Language::ALL.map(|language| words(*value, language));
        assert!(
            !french.trim().is_empty() && !english.trim().is_empty(),
            "{value:?}"
        );
        assert_eq!(bad_space(&french), None, "{french}");
        assert!(!english.contains('\u{a0}'), "{english}");
    }
}

fn differ<T: Copy + std::fmt::Debug>(values: &[T], words: impl Fn(T, Language) -> String) {
    for value in values {
        assert_ne!(
            words(*value, Language::French),
            words(*value, Language::English),
            "{value:?}"
        );
    }
}

#[test]
fn the_check_of_spaces_sees_what_is_wrong() {
    for bad in [
        "Quoi ?",
        "Quoi?",
        "il dit : non",
        "« non\u{a0}»",
        "«non\u{a0}»",
        "«\u{a0}non »",
    ] {
        assert!(bad_space(bad).is_some(), "{bad}");
    }
    for good in [
        "Quoi\u{a0}?",
        "à 14:05, «\u{a0}non\u{a0}»\u{a0}: https://a.example/?",
        "",
    ] {
        assert_eq!(bad_space(good), None, "{good}");
    }
}

#[test]
fn every_label_is_there_in_both_languages() {
    let statuses = [
        Status::Active,
        Status::Deactivated(DeactivatedBy::Responsable),
        Status::Deactivated(DeactivatedBy::Support),
        Status::Withdrawn,
    ];
    macro_rules! label {
        ($function:path, $values:expr) => {
            all_read(&$values, |value, language| {
                $function(value, language).to_owned()
            });
            differ(&$values, |value, language| {
                $function(value, language).to_owned()
            });
        };
    }
    label!(rule, Rule::ALL);
    label!(role, Role::ALL);
    label!(status, statuses);
    label!(requester, RequesterKind::ALL);
    label!(article_title, Article::ALL);
    label!(frozen_field, FrozenField::ALL);
    label!(profile_field, ProfileField::ALL);
    label!(action, Action::ALL);
    label!(instead, Instead::ALL);
}

#[test]
fn every_rule_is_one_sentence() {
    for language in Language::ALL {
        for each in Rule::ALL {
            let sentence = rule(each, language);
            assert!(sentence.ends_with('.'), "{sentence}");
            assert_eq!(sentence.matches(". ").count(), 0, "{sentence}");
        }
    }
}

#[test]
fn every_refusal_says_why_in_both_languages() {
    let examples = Refusal::examples();
    let site = site();
    all_read(&examples, |value, language| {
        refusal(&value, language, &site).detail
    });
    differ(&examples, |value, language| {
        refusal(&value, language, &site).detail
    });
    differ(&examples, |value, language| {
        refusal(&value, language, &site).title
    });
    for example in &examples {
        for language in Language::ALL {
            let words = refusal(example, language, &site);
            assert!(words.title.chars().count() <= 40, "{}", words.title);
            assert!(!words.title.ends_with('.'), "{}", words.title);
            assert!(words.detail.ends_with('.'), "{}", words.detail);
            assert!(
                !words.detail.contains(['<', '{', '}']) && !words.detail.contains("  "),
                "{}",
                words.detail
            );
        }
    }
}

#[test]
fn a_title_is_one_per_code() {
    let site = site();
    for language in Language::ALL {
        let pairs: HashSet<(&str, String)> = Refusal::examples()
            .iter()
            .map(|example| (example.code(), refusal(example, language, &site).title))
            .collect();
        let codes: HashSet<&str> = pairs.iter().map(|(code, _)| *code).collect();
        let titles: HashSet<&String> = pairs.iter().map(|(_, title)| title).collect();
        assert_eq!(pairs.len(), codes.len(), "a code has two titles");
        assert_eq!(pairs.len(), titles.len(), "a title has two codes");
    }
}

#[test]
fn no_refusal_shows_an_id() {
    for example in Refusal::examples() {
        for language in Language::ALL {
            let words = refusal(&example, language, &site());
            assert!(!words.detail.contains("0000-"), "{}", words.detail);
        }
    }
}

/// The fact that a refusal carries, or the one whom it sends people to.
#[test]
fn every_refusal_names_its_facts_and_who_can_do_it_instead() {
    let site = site().with_support(&EmailAddress::parse("aide@ain.fr").unwrap());
    for example in Refusal::examples() {
        // In French, in English; in both of them for one that is the same.
        let [french, english]: [&str; 2] = match example {
            Refusal::NotLoggedIn => ["lien de connexion", "login link"],
            Refusal::OwnAccount => [
                "tous les groupes de ce compte",
                "all the groups of this account",
            ],
            Refusal::NotYourGroup {
                matter: GroupMatter::Looking,
                ..
            } => ["membres", "members"],
            Refusal::Deactivated
            | Refusal::NotYourGroup {
                matter: GroupMatter::Acting,
                ..
            }
            | Refusal::NotOperator
            | Refusal::NotYourself
            | Refusal::EmailTaken
            | Refusal::AskSupport
            | Refusal::LastGroup
            | Refusal::LastResponsable { .. }
            | Refusal::OtherGroup { .. }
            | Refusal::DeactivatedBySupport
            | Refusal::AlreadyUsed
            | Refusal::AccountNotFound
            | Refusal::GroupNotFound
            | Refusal::SessionNotFound
            | Refusal::LinkEnded
            | Refusal::NotResponsable => ["aide@ain.fr"; 2],
            Refusal::FrozenField { field } => match field {
                FrozenField::Email | FrozenField::Roles | FrozenField::Status => ["aide@ain.fr"; 2],
                FrozenField::Groups => ["Un responsable ajoute", "A responsable adds"],
            },
            Refusal::OperatorSuspended => ["Deux autres membres", "Two other members"],
            Refusal::NotMachine => ["machine du serveur", "server's own machine"],
            Refusal::NotAccount => [
                "une personne qui a un compte",
                "somebody who has an account",
            ],
            Refusal::SharedNotAllowed => ["prenom.nom@structure.fr"; 2],
            Refusal::SharedResponsable => ["d'autres rôles", "other roles"],
            Refusal::NeedsApproval => ["qui retire ce rôle", "that takes the role"],
            Refusal::ResponsableElsewhere | Refusal::NotMember => {
                ["Un responsable d", "A responsable of"]
            }
            Refusal::AlreadyMember | Refusal::NotDeactivated => {
                ["en demandant un lien", "by asking for a link"]
            }
            Refusal::NotActive => ["Qui l'a désactivé", "Whoever deactivated it"],
            Refusal::GroupTaken => ["retrouvez-le", "look it up"],
            Refusal::LinkExpired { .. }
            | Refusal::LinkUsed { .. }
            | Refusal::LinkSuperseded { .. } => {
                ["le 2 mars 2026 à 00:30", "on 2 March 2026 at 00:30"]
            }
            Refusal::LinkUnknown => ["30 jours", "30 days"],
            Refusal::ConfirmEmail { tries_left: 1 } => ["1 essai.", "1 try left"],
            Refusal::ConfirmEmail { tries_left: 2 } => ["2 essais.", "2 tries left"],
            Refusal::ConfirmEmail { tries_left: 3 } => ["3 essais.", "3 tries left"],
            Refusal::ConfirmEmail { tries_left: 4 } => ["4 essais.", "4 tries left"],
            Refusal::ConfirmEmail { .. } => ["5 essais.", "5 tries left"],
            Refusal::NoChange => ["rien à faire", "nothing to do"],
            Refusal::AccountInactive => ["réactiver le compte", "reactivated first"],
            Refusal::AddressDeactivated => ["Réactivez-le", "Reactivate it"],
            Refusal::TwoOrders => ["une fois qu'elle est confirmée", "once it is confirmed"],
            Refusal::SharedAddress => ["Un responsable peut créer", "A responsable can create"],
            Refusal::OrderNotFound | Refusal::NotApprover => ["aide@ain.fr"; 2],
            Refusal::OwnOrder => ["Un autre membre", "Another operator"],
            Refusal::OrderClosed { state } => match state {
                OrderState::Proposed => ["proposée", "proposed"],
                OrderState::Approved => ["approuvée", "approved"],
                OrderState::CarriedOut => ["appliquée", "carried out"],
                OrderState::Refused => ["refusée", "refused"],
                OrderState::Withdrawn => ["retirée", "withdrawn"],
                OrderState::Lapsed => ["périmée", "lapsed"],
            },
            Refusal::OrderOutdated => ["en proposer une autre", "propose another one"],
            Refusal::ConversationNotFound => ["aide@ain.fr"; 2],
            Refusal::ConversationClosed => ["la rouvre", "opens it again"],
            Refusal::ConversationMoved => ["Relisez-la", "Read it again"],
            Refusal::OperatorNotFound => ["La page de l'équipe", "The team's page"],
            Refusal::OwnSuspension => ["Un autre membre", "Another operator"],
            Refusal::AlreadySuspended => ["Deux membres", "Two operators"],
            Refusal::NotSuspended => ["en demandant un lien", "by asking for a link"],
            Refusal::AddressWayClosed => ["5 adresses", "5 wrong addresses"],
        };
        for (language, fact) in [(Language::French, french), (Language::English, english)] {
            let detail = refusal(&example, language, &site).detail;
            assert!(
                detail.replace('\u{a0}', " ").contains(fact),
                "{fact}: {detail}"
            );
        }
    }
}

#[test]
fn a_frozen_field_is_refused_by_its_own_words() {
    for (field, french, english) in [
        (FrozenField::Email, "l'adresse e-mail", "the address"),
        (FrozenField::Roles, "les rôles", "the roles"),
        (FrozenField::Groups, "Les groupes", "The groups"),
        (FrozenField::Status, "Le statut", "The status"),
    ] {
        for (language, word) in [(Language::French, french), (Language::English, english)] {
            let words = refusal(&Refusal::FrozenField { field }, language, &site());
            assert!(words.detail.contains(word), "{}", words.detail);
        }
    }
}

#[test]
fn a_day_follows_the_sites_zone_and_the_language() {
    let at: Timestamp = "2026-06-30T22:05:00Z".parse().unwrap();
    let reunion = site().with_time_zone("Indian/Reunion").unwrap();
    assert_eq!(date(at, Language::French, &site()), "1er juillet 2026");
    assert_eq!(date(at, Language::English, &site()), "1 July 2026");
    assert_eq!(
        moment(at, Language::French, &site()),
        "le 1er juillet 2026 à 00:05"
    );
    assert_eq!(
        moment(at, Language::English, &reunion),
        "on 1 July 2026 at 02:05"
    );
    for (number, name) in [(1, "janvier"), (8, "août"), (12, "décembre")] {
        let at = format!("2026-{number:02}-15T12:00:00Z").parse().unwrap();
        assert_eq!(
            date(at, Language::French, &site()),
            format!("15 {name} 2026")
        );
    }
}

/// The numbers of a text, such as a bound and what was given.
fn numbers(text: &str) -> Vec<String> {
    text.split(|character: char| !character.is_ascii_digit())
        .filter(|number| !number.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_wrong_address_names_the_field_and_the_same_bound_as_the_error() {
    let errors = [
        " ".to_owned(),
        format!("a@{}.fr", "x.".repeat(140)),
        "a\r\nb@ain.fr".to_owned(),
        "a b@ain.fr".to_owned(),
        "ain.fr".to_owned(),
        "a@b@ain.fr".to_owned(),
        "@ain.fr".to_owned(),
        format!("{}@ain.fr", "x".repeat(65)),
        "é@ain.fr".to_owned(),
        ".a@ain.fr".to_owned(),
        "a@".to_owned(),
        "a@[127.0.0.1]".to_owned(),
        "a@ain.fr.".to_owned(),
        "a@-ain.fr".to_owned(),
        "a@ain".to_owned(),
        "a@ain.42".to_owned(),
        format!("a@{}", "x".repeat(2_000)),
    ]
    .map(|text| EmailAddress::parse(&text).unwrap_err());
    let kinds: HashSet<_> = errors.iter().map(std::mem::discriminant).collect();
    assert_eq!(
        kinds.len(),
        16,
        "one example for each of the sixteen variants"
    );
    for error in errors {
        let [french, english] = Language::ALL.map(|language| email_error(&error, language));
        assert!(french.starts_with("Adresse e-mail\u{a0}: "), "{french}");
        assert!(english.starts_with("E-mail address: "), "{english}");
        assert_eq!(bad_space(&french), None, "{french}");
        let bounds = numbers(&error.to_string());
        let is_shown = |text: &str| bounds.iter().all(|bound| numbers(text).contains(bound));
        if !matches!(error, EmailError::Control(_)) {
            assert!(
                is_shown(&french) && is_shown(&english),
                "{error}: {french} {english}"
            );
        }
    }
    let control = email_error(&EmailError::Control('\n'), Language::English);
    assert!(control.contains("U+000A"), "{control}");
}

#[test]
fn every_wrong_text_names_the_field_and_the_same_bound_as_the_error() {
    let long = "x".repeat(500);
    let errors = [
        FirstName::parse(&long).unwrap_err(),
        LastName::parse("").unwrap_err(),
        JobTitle::parse("a\u{202E}b").unwrap_err(),
        Phone::parse("12").unwrap_err(),
        FirstName::parse("...").unwrap_err(),
        GroupName::parse(&long).unwrap_err(),
        Organisation::parse(&long).unwrap_err(),
        Department::parse(&long).unwrap_err(),
        Matricule::parse(&long).unwrap_err(),
        Reference::parse(&long).unwrap_err(),
        RequesterName::parse(&long).unwrap_err(),
        HelpQuestion::parse(&long).unwrap_err(),
        Reason::parse("x".repeat(501).as_str()).unwrap_err(),
    ];
    for error in errors {
        for language in Language::ALL {
            let text = text_error(&error, language);
            assert!(
                !text.starts_with(error.field()),
                "no label for {}",
                error.field()
            );
            if let Some(field) = ProfileField::ALL
                .into_iter()
                .find(|field| field.as_str() == error.field())
            {
                assert!(text.starts_with(profile_field(field, language)), "{text}");
            }
            let is_shown = |bound: &String| numbers(&text).contains(bound);
            match error.problem() {
                crate::TextProblem::Character(_) => assert!(text.contains("U+202E"), "{text}"),
                _ => assert!(
                    numbers(&error.to_string()).iter().all(is_shown),
                    "{error}: {text}"
                ),
            }
        }
        assert_eq!(bad_space(&text_error(&error, Language::French)), None);
    }
}

#[test]
fn a_wrong_set_of_roles_names_what_is_wrong() {
    for (error, word) in [
        (Roles::new([]).unwrap_err(), "instructeur"),
        (
            Roles::new([Role::Aidant, Role::Aidant]).unwrap_err(),
            "aidant",
        ),
        (Roles::from_bits(9).unwrap_err(), "9"),
    ] {
        let [french, english] = Language::ALL.map(|language| roles_error(&error, language));
        assert!(
            french.starts_with("Rôles\u{a0}: ") && french.contains(word),
            "{french}"
        );
        assert!(
            english.starts_with("Roles: ") && english.contains(word),
            "{english}"
        );
        assert_eq!(bad_space(&french), None);
    }
}
