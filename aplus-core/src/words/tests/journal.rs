//! The journal as people read it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{bad_space, site};
use crate::account::{Author, Principal};
use crate::journal::{Event, Named, OrderChange, SeenEntry};
use crate::rules::{EntrySight, Subject};
use crate::words::{Language, deed, entry, event_kind};
use crate::{
    AccountId, EmailAddress, EntryId, GroupId, GroupName, LinkId, OperatorId, OrderState,
    ProfileField, RequesterKind, Role, Roles, SessionId,
};

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// What Marie, a responsable, did to Paul at 14:05 in the summer.
fn seen(event: Event) -> SeenEntry {
    SeenEntry {
        id: EntryId::from_uuid(uuid(9)),
        at: "2026-07-01T12:05:00Z".parse().unwrap(),
        kind: event.kind().to_owned(),
        sight: EntrySight::Whole,
        author: Some(Author::Account(AccountId::from_uuid(uuid(1)))),
        who: Named::Account(email("marie@mairie.example")),
        account: Some(AccountId::from_uuid(uuid(2))),
        whom: Some(Named::Account(email("paul@mairie.example"))),
        group: Some(GroupId::from_uuid(uuid(3))),
        group_name: Some(GroupName::parse("Mairie de Lens").unwrap()),
        event: Some(event),
        details: String::new(),
        request: None,
        text: BTreeMap::new(),
        origin: None,
    }
}

fn everybody() -> [Named; 7] {
    [
        Named::You,
        Named::Account(email("a@b.example")),
        Named::Operator(email("support@aplus.example")),
        Named::Support,
        Named::Machine,
        Named::Gone,
        Named::Somebody,
    ]
}

#[test]
fn every_event_is_one_sentence_in_both_languages_whoever_did_it_to_whomever() {
    let (account, operator, group) = (uuid(2), uuid(4), uuid(3));
    let events = Event::examples(
        AccountId::from_uuid(account),
        OperatorId::from_uuid(operator),
        GroupId::from_uuid(group),
    );
    for event in events {
        for who in everybody() {
            for whom in everybody().map(Some).into_iter().chain([None]) {
                let told = SeenEntry {
                    who: who.clone(),
                    whom,
                    ..seen(event.clone())
                };
                let [french, english] =
                    Language::ALL.map(|language| entry(&told, language, &site()));
                assert_ne!(french, english);
                assert_eq!(bad_space(&french), None, "{french}");
                assert!(!english.contains('\u{a0}'), "{english}");
                assert!(french.contains(" le 1er juillet 2026 à 14:05"), "{french}");
                assert!(english.contains(" on 1 July 2026 at 14:05"), "{english}");
                for text in [&french, &english] {
                    assert!(text.ends_with('.'), "{text}");
                    assert!(text.starts_with(char::is_uppercase), "{text}");
                    for bad in [
                        "  ", " .", " ,", "..", "de le ", "à le ", "de un ", "de vous", "à vous",
                        "()", ", ,",
                    ] {
                        assert!(!text.contains(bad), "{bad:?}: {text}");
                    }
                }
                let short = deed(&told, Language::French);
                assert!(
                    !short.contains("juillet") && short.ends_with('.'),
                    "{short}"
                );
            }
        }
    }
}

#[test]
fn an_order_tells_both_addresses_as_long_as_they_are_kept() {
    let roles = [Roles::only(Role::Aidant); 2];
    let proposed = seen(Event::OrderProposed {
        change: OrderChange {
            email: true,
            roles,
            fields: Vec::new(),
        },
        requester: RequesterKind::Person,
        state: OrderState::Proposed,
    });
    let kept = SeenEntry {
        text: BTreeMap::from([
            ("old_email".to_owned(), "paul@mairie.example".to_owned()),
            ("new_email".to_owned(), "p.durand@mairie.example".to_owned()),
        ]),
        ..proposed.clone()
    };
    for (language, with, without) in [
        (
            Language::French,
            "adresse (p.durand@mairie.example, auparavant paul@mairie.example)",
            "\u{a0}: adresse\u{a0};",
        ),
        (
            Language::English,
            "address (p.durand@mairie.example, before paul@mairie.example)",
            ": address;",
        ),
    ] {
        let [kept, gone] = [&kept, &proposed].map(|it| entry(it, language, &site()));
        assert!(kept.contains(with), "{kept}");
        assert!(gone.contains(without), "{gone}");
    }
}

#[test]
fn a_sentence_says_who_on_whom_when_and_at_whose_request() {
    let by_support = |event, requester| SeenEntry {
        who: Named::Support,
        whom: Some(Named::You),
        author: None,
        text: BTreeMap::from(requester),
        ..seen(event)
    };
    let created = |requester| Event::AccountCreated {
        roles: Roles::only(Role::Aidant),
        shared: false,
        fields: Vec::new(),
        requester,
        ordered: None,
    };
    let nothing = || [("email".to_owned(), "paul@mairie.example".to_owned())];
    let reference = [("reference".to_owned(), "lettre 12".to_owned())];
    let own = |event| SeenEntry {
        who: Named::You,
        whom: Some(Named::You),
        author: Some(Author::Account(AccountId::from_uuid(uuid(2)))),
        ..seen(event)
    };
    let link = LinkId::from_uuid(uuid(5));
    let session = SessionId::from_uuid(uuid(6));
    let refused = Event::Refused {
        action: "change_frozen".to_owned(),
        code: "frozen_field".to_owned(),
        rule: "A3".to_owned(),
        field: Some("email".to_owned()),
    };
    let alone = |entry: SeenEntry| SeenEntry {
        group: None,
        group_name: None,
        ..entry
    };
    let owner = Principal::Account(AccountId::from_uuid(uuid(2)));
    let journal = Subject::Journal {
        account: Some(AccountId::from_uuid(uuid(2))),
        group: None,
    };
    #[rustfmt::skip]
    let told = [
        (seen(created(None)),
            "Le compte paul@mairie.example a été créé par marie@mairie.example le 1er juillet 2026 à 14:05, dans le groupe \
             «\u{a0}Mairie de Lens\u{a0}», avec le rôle Aidant.",
            "The account paul@mairie.example was created by marie@mairie.example on 1 July 2026 at 14:05, in the group \
             “Mairie de Lens”, with the role aidant."),
        (by_support(created(Some(RequesterKind::Anct)), nothing()),
            "Votre compte a été créé par l'équipe de support le 1er juillet 2026 à 14:05, à la demande de l'ANCT, dans le \
             groupe «\u{a0}Mairie de Lens\u{a0}», avec le rôle Aidant.",
            "Your account was created by the support team on 1 July 2026 at 14:05, at the request of the ANCT, in the group \
             “Mairie de Lens”, with the role aidant."),
        (by_support(Event::MemberAdded { requester: Some(RequesterKind::Prefecture) }, reference),
            "Votre compte a été ajouté au groupe «\u{a0}Mairie de Lens\u{a0}» par l'équipe de support le 1er juillet 2026 \
             à 14:05, à la demande d'une préfecture (lettre 12).",
            "Your account was added to the group “Mairie de Lens” by the support team on 1 July 2026 at 14:05, at the request \
             of a prefecture (lettre 12)."),
        (own(Event::MemberRemoved),
            "Votre compte a quitté le groupe «\u{a0}Mairie de Lens\u{a0}» le 1er juillet 2026 à 14:05.",
            "Your account left the group “Mairie de Lens” on 1 July 2026 at 14:05."),
        (SeenEntry { whom: Some(Named::Gone), ..seen(Event::AccountWithdrawn) },
            "Un compte a été retiré avant sa première utilisation par marie@mairie.example le 1er juillet 2026 à 14:05.",
            "An account was withdrawn before its first use by marie@mairie.example on 1 July 2026 at 14:05."),
        (SeenEntry { who: Named::Gone, ..seen(Event::AccountReactivated) },
            "Le compte paul@mairie.example a été réactivé par un compte retiré le 1er juillet 2026 à 14:05.",
            "The account paul@mairie.example was reactivated by an account that is gone on 1 July 2026 at 14:05."),
        (own(Event::ProfileEdited { fields: vec![ProfileField::FirstName, ProfileField::Phone] }),
            "Des informations de votre compte ont été modifiées par vous le 1er juillet 2026 à 14:05\u{a0}: prénom, téléphone.",
            "Details of your account were changed by you on 1 July 2026 at 14:05: first name, phone number."),
        (alone(SeenEntry { who: Named::Machine, whom: Some(Named::Operator(email("op@aplus.example"))),
            ..seen(Event::OperatorAdded { operator: OperatorId::from_uuid(uuid(4)), restored: false }) }),
            "Ajout à l'équipe de support par la machine du service le 1er juillet 2026 à 14:05\u{a0}: op@aplus.example (équipe \
             de support).",
            "Added to the support team by the service's own machine on 1 July 2026 at 14:05: op@aplus.example (support team)."),
        (own(Event::LoggedIn { link, session, by_address: false }),
            "Connexion de votre part le 1er juillet 2026 à 14:05.",
            "Log-in by you on 1 July 2026 at 14:05."),
        (SeenEntry { who: Named::Support, ..own(Event::AllSessionsEnded { owner }) },
            "Toutes vos sessions et tous vos liens ont été fermés par l'équipe de support le 1er juillet 2026 à 14:05.",
            "All sessions and links of yours were ended by the support team on 1 July 2026 at 14:05."),
        (SeenEntry { who: Named::Support, ..own(Event::Looked { subject: journal }) },
            "Le journal a été consulté par l'équipe de support le 1er juillet 2026 à 14:05, pour vous, dans le groupe \
             «\u{a0}Mairie de Lens\u{a0}».",
            "The journal was looked at by the support team on 1 July 2026 at 14:05, for your account, in the group “Mairie de \
             Lens”."),
        (alone(own(refused)),
            "Un refus vous a été opposé le 1er juillet 2026 à 14:05\u{a0}: «\u{a0}Changer une adresse, un rôle, un groupe ou \
             un statut\u{a0}» (adresse e-mail) (règle A3).",
            "Refused to you on 1 July 2026 at 14:05: “Change an address, a role, a group or a status” (e-mail address) (rule \
             A3)."),
        (SeenEntry { who: Named::Account(email("marie@mairie.example")), author: None, ..alone(own(Event::Refused {
            action: "deactivate".to_owned(), code: "not_responsable".to_owned(), rule: "A1".to_owned(), field: None })) },
            "Un refus a été opposé à marie@mairie.example le 1er juillet 2026 à 14:05\u{a0}: «\u{a0}Désactiver un \
             compte\u{a0}», pour vous (règle A1).",
            "Refused to marie@mairie.example on 1 July 2026 at 14:05: “Deactivate an account”, on your account (rule A1)."),
        (SeenEntry { kind: "account_sold".to_owned(), event: None, ..seen(Event::MemberRemoved) },
            "Entrée d'un genre que cette version ne connaît pas le 1er juillet 2026 à 14:05\u{a0}: account_sold.",
            "An entry of a kind that this version does not know on 1 July 2026 at 14:05: account_sold."),
    ];
    for (told, french, english) in told {
        assert_eq!(entry(&told, Language::French, &site()), french);
        assert_eq!(entry(&told, Language::English, &site()), english);
    }
}

#[test]
fn the_hour_is_the_sites_own() {
    let site = site().with_time_zone("Indian/Reunion").unwrap();
    let told = seen(Event::AccountReactivated);
    let sentence = entry(&told, Language::French, &site);
    assert!(sentence.contains("à 16:05"), "{sentence}");
}

#[test]
fn every_kind_has_its_label_in_both_languages() {
    for language in Language::ALL {
        let labels = Event::KINDS.map(|kind| event_kind(kind, language));
        for (kind, label) in Event::KINDS.iter().zip(labels) {
            assert!(label != *kind && !label.contains('_'), "{kind}");
            assert_eq!(labels.iter().filter(|it| **it == label).count(), 1);
        }
        assert_eq!(event_kind("account_sold", language), "account_sold");
    }
    for kind in Event::KINDS {
        let [french, english] = Language::ALL.map(|language| event_kind(kind, language));
        assert_ne!(french, english);
        assert_eq!(bad_space(french), None);
    }
}
