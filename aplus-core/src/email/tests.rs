#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

fn error(text: &str) -> EmailError {
    EmailAddress::parse(text).unwrap_err()
}

#[test]
fn is_brought_to_its_normal_form() {
    for (given, normal) in [
        ("a@b.fr", "a@b.fr"),
        ("  Zoe.ROUX@Ain.Gouv.FR\r\n", "zoe.roux@ain.gouv.fr"),
        ("zoe@préfecture.fr", "zoe@xn--prfecture-c4a.fr"),
        ("zoe@pre\u{0301}fecture.fr", "zoe@xn--prfecture-c4a.fr"),
        ("zoe@XN--Prfecture-C4A.fr", "zoe@xn--prfecture-c4a.fr"),
        ("zoe@ａｉｎ．fr", "zoe@ain.fr"),
        ("o'neil+tri/2@r3--x.fr", "o'neil+tri/2@r3--x.fr"),
        ("!#$%&'*+-/=?^_`{|}~@b.fr", "!#$%&'*+-/=?^_`{|}~@b.fr"),
        ("a@1.2.3.fr", "a@1.2.3.fr"),
    ] {
        assert_eq!(
            EmailAddress::parse(given).unwrap().as_str(),
            normal,
            "{given}"
        );
    }
}

#[test]
fn is_split_at_the_at_sign() {
    let address = EmailAddress::parse("Zoe.Roux@ain.gouv.fr").unwrap();
    assert_eq!(
        (address.local(), address.domain()),
        ("zoe.roux", "ain.gouv.fr")
    );
}

#[test]
fn each_cause_of_refusal_is_named() {
    for (given, expected, code) in [
        ("", EmailError::Empty, "empty"),
        (" \r\n ", EmailError::Empty, "empty"),
        ("zoe", EmailError::NoAt, "no_at_sign"),
        ("zoe＠b.fr", EmailError::NoAt, "no_at_sign"),
        ("a@b,c@d", EmailError::SeveralAt, "several_addresses"),
        ("a@b.fr c@d.fr", EmailError::SeveralAt, "several_addresses"),
        ("a@@b.fr", EmailError::SeveralAt, "several_addresses"),
        ("a@b.fr;c", EmailError::Domain, "bad_domain"),
        ("Zoe <a@b.fr>", EmailError::WhiteSpace, "bad_character"),
        ("a @b.fr", EmailError::WhiteSpace, "bad_character"),
        ("a@b.\u{00A0}fr", EmailError::WhiteSpace, "bad_character"),
        ("<a@b.fr>", EmailError::LocalCharacter('<'), "bad_character"),
        ("\"a b\"@b.fr", EmailError::WhiteSpace, "bad_character"),
        (
            "\"a\"@b.fr",
            EmailError::LocalCharacter('"'),
            "bad_character",
        ),
        (
            "mailto:a@b.fr",
            EmailError::LocalCharacter(':'),
            "bad_character",
        ),
        ("a,b@b.fr", EmailError::LocalCharacter(','), "bad_character"),
        (
            "a@b.fr\r\nBcc: c",
            EmailError::Control('\r'),
            "bad_character",
        ),
        (
            "a@b.fr\nBcc:c@d.fr",
            EmailError::Control('\n'),
            "bad_character",
        ),
        ("a\0@b.fr", EmailError::Control('\0'), "bad_character"),
        ("zoé@b.fr", EmailError::LocalCharacter('é'), "not_ascii"),
        ("zоe@b.fr", EmailError::LocalCharacter('о'), "not_ascii"),
        ("ｚoe@b.fr", EmailError::LocalCharacter('ｚ'), "not_ascii"),
        (
            "zo\u{200B}e@b.fr",
            EmailError::LocalCharacter('\u{200B}'),
            "not_ascii",
        ),
        ("@b.fr", EmailError::LocalEmpty, "empty"),
        (".a@b.fr", EmailError::LocalDot, "bad_dot"),
        ("a.@b.fr", EmailError::LocalDot, "bad_dot"),
        ("a..b@b.fr", EmailError::LocalDot, "bad_dot"),
        ("a@", EmailError::DomainEmpty, "bad_domain"),
        ("a@localhost", EmailError::DomainLabels, "bad_domain"),
        ("a@b.fr.", EmailError::DomainTrailingDot, "bad_domain"),
        ("a@b.fr。", EmailError::Domain, "bad_domain"),
        ("a@.fr", EmailError::Domain, "bad_domain"),
        ("a@b..fr", EmailError::Domain, "bad_domain"),
        ("a@-b.fr", EmailError::Domain, "bad_domain"),
        ("a@b-.fr", EmailError::Domain, "bad_domain"),
        ("a@b_c.fr", EmailError::Domain, "bad_domain"),
        ("a@b.fr>", EmailError::Domain, "bad_domain"),
        ("a@b.f\u{202E}r", EmailError::Domain, "bad_domain"),
        ("a@xn--a.fr", EmailError::Domain, "bad_domain"),
        ("a@b＠c.fr", EmailError::Domain, "bad_domain"),
        ("a@[127.0.0.1]", EmailError::DomainLiteral, "bad_domain"),
        ("a@127.0.0.1", EmailError::DomainNumber, "bad_domain"),
        ("a@b.１", EmailError::DomainNumber, "bad_domain"),
    ] {
        assert_eq!(error(given), expected, "{given:?}");
        assert_eq!(expected.code(), code, "{given:?}");
    }
}

#[test]
fn lengths_hold_to_the_byte() {
    let of = |local: usize, labels: &[usize]| {
        let labels: Vec<_> = labels.iter().map(|length| "b".repeat(*length)).collect();
        format!("{}@{}", "a".repeat(local), labels.join("."))
    };
    assert!(EmailAddress::parse(&of(64, &[2, 2])).is_ok());
    assert_eq!(
        error(&of(65, &[2, 2])),
        EmailError::LocalTooLong { bytes: 65 }
    );
    assert!(EmailAddress::parse(&of(1, &[63, 2])).is_ok());
    assert_eq!(error(&of(1, &[64, 2])), EmailError::Domain);
    let longest = of(64, &[63, 63, 61]);
    assert_eq!(longest.len(), 254);
    assert!(EmailAddress::parse(&longest).is_ok());
    assert_eq!(
        error(&of(64, &[63, 63, 62])),
        EmailError::TooLong { bytes: 255 }
    );
    assert_eq!(
        error(&of(64, &[63, 63, 62])).to_string(),
        "an address has at most 254 bytes, not 255"
    );
    assert!(EmailAddress::parse(&of(1, &[63, 63, 63, 60])).is_ok());
    assert_eq!(
        error(&of(1, &[63, 63, 63, 61])),
        EmailError::TooLong { bytes: 255 }
    );
}

#[test]
fn a_huge_text_is_refused_before_work_is_done_on_it() {
    let huge = format!("a@{}.fr", "é".repeat(5_000_000));
    assert_eq!(error(&huge), EmailError::TooLong { bytes: 10_000_005 });
}

#[test]
fn a_nominative_address_has_a_first_and_a_last_name() {
    let is_nominative = |local: &str| {
        EmailAddress::parse(&format!("{local}@ain.fr"))
            .unwrap()
            .is_nominative()
    };
    for local in ["zoe.roux", "jean-marie.muller", "zoe.roux2", "zoe.le.goff"] {
        assert!(is_nominative(local), "{local}");
    }
    for local in [
        "zoe",
        "z.roux",
        "zoe_roux",
        "mairie.lens",
        "france.services",
        "12.34",
        "zoe.le.le.goff",
        "zoe.-x",
        "zo3.roux",
    ] {
        assert!(!is_nominative(local), "{local}");
    }
}

#[test]
fn goes_through_json_as_its_text() {
    let address: EmailAddress = serde_json::from_str(r#""Zoe@B.fr""#).unwrap();
    assert_eq!(serde_json::to_string(&address).unwrap(), r#""zoe@b.fr""#);
    let error =
        serde_json::from_str::<EmailAddress>(&format!("\"{}@b.fr\"", "a".repeat(65))).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("at most 64 bytes may stand before the @, not 65")
    );
    assert!(serde_json::from_str::<EmailAddress>(r#"["a@b.fr"]"#).is_err());
}

#[test]
fn no_message_repeats_a_control_character() {
    assert_eq!(
        error("a@b\n.fr").to_string(),
        "a control character ('\\n') may not stand in an address"
    );
}

proptest! {
    #[test]
    fn the_normal_form_is_its_own_normal_form(text in "[ A-Za-z.+_-]{1,8}@\\PC{1,12}(\\.[a-zé]{2,3})?") {
        if let Ok(address) = EmailAddress::parse(&text) {
            let again = EmailAddress::parse(address.as_str());
            prop_assert_eq!(again.as_ref(), Ok(&address));
            prop_assert!(address.as_str().is_ascii());
            prop_assert!(!address.as_str().bytes().any(|byte| byte.is_ascii_uppercase() || byte <= b' '));
            prop_assert!(address.as_str().len() <= 254);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = EmailAddress::parse(&text);
    }
}

#[test]
fn no_debug_of_what_holds_an_address_shows_it() {
    let address = EmailAddress::parse("camille.roux@ain.fr").unwrap();
    let draft =
        crate::rules::AccountDraft::new(address.clone(), crate::Roles::only(crate::Role::Aidant));
    for shown in [
        format!("{address:?}"),
        format!("{address:#?}"),
        format!("{:?}", Some(&address)),
        format!("{draft:?}"),
    ] {
        assert!(
            !shown.contains("camille") && !shown.contains("ain.fr"),
            "{shown}"
        );
        assert!(shown.contains("EmailAddress(…)"), "{shown}");
    }
    assert_eq!(address.to_string(), "camille.roux@ain.fr");
}
