#![allow(clippy::unwrap_used)]
use super::*;
use crate::text::TextProblem;

fn problem(text: &str) -> TextProblem {
    FirstName::parse(text).unwrap_err().problem()
}

#[test]
fn names_of_people_are_taken() {
    for text in [
        "Zoé",
        "d'Alès",
        "N’Golo",
        "Le Goff",
        "J.-P.",
        "Łukasz",
        "Nguyễn",
        "محمد",
        "李",
        "Ó",
        "O'Brien-Núñez",
    ] {
        assert_eq!(FirstName::parse(text).unwrap().as_str(), text);
        assert_eq!(LastName::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn what_is_no_name_is_refused_by_its_cause() {
    for (text, expected) in [
        ("", TextProblem::Empty { most: 100 }),
        ("-'.", TextProblem::NoLetter),
        ("\u{0301}", TextProblem::NoLetter),
        ("Zoé2", TextProblem::Character('2')),
        ("Zoé٣", TextProblem::Character('٣')),
        ("Zoé@", TextProblem::Character('@')),
        ("<b>", TextProblem::Character('<')),
        ("Zoé\u{202E}", TextProblem::Character('\u{202E}')),
        ("Zo\u{200B}é", TextProblem::Character('\u{200B}')),
        ("Zo\né", TextProblem::Character('\n')),
        ("https://example.fr", TextProblem::Character(':')),
    ] {
        assert_eq!(problem(text), expected, "{text:?}");
    }
}

#[test]
fn lengths_hold_to_the_character() {
    assert!(FirstName::parse(&"é".repeat(100)).is_ok());
    assert_eq!(
        problem(&"é".repeat(101)),
        TextProblem::TooLong {
            most: 100,
            given: 101
        }
    );
    assert!(LastName::parse(&"a".repeat(101)).is_err());
    assert!(JobTitle::parse(&"<".repeat(150)).is_ok());
    assert!(JobTitle::parse(&"<".repeat(151)).is_err());
    assert!(Phone::parse(&format!("123{}4", " .".repeat(13))).is_ok());
    assert!(Phone::parse(&format!("1234{}5", " .".repeat(13))).is_err());
}

#[test]
fn phones_have_three_to_fifteen_digits_and_a_plus_only_in_front() {
    for text in [
        "115",
        "3939",
        "04 50 56 87 49",
        "04.50/56-87(49)",
        "+33 4 50 56 87 49",
        "+123456789012345",
    ] {
        assert_eq!(Phone::parse(text).unwrap().as_str(), text);
    }
    let problem = |text: &str| Phone::parse(text).unwrap_err().problem();
    assert_eq!(problem("11"), TextProblem::Digits { given: 2 });
    assert_eq!(
        problem("1234567890123456"),
        TextProblem::Digits { given: 16 }
    );
    assert_eq!(problem("0033+4 50"), TextProblem::Character('+'));
    assert_eq!(problem("++33450"), TextProblem::Character('+'));
    assert_eq!(problem("04 50 x"), TextProblem::Character('x'));
    assert_eq!(problem("０４５０"), TextProblem::Character('０'));
    assert_eq!(problem("04\u{2028}50"), TextProblem::Character('\u{2028}'));
}

#[test]
fn json_errors_name_field_and_bound() {
    let error = serde_json::from_str::<Profile>(r#"{"phone":"12"}"#)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("phone: 3 to 15 digits are expected, 2 were given"),
        "{error}"
    );
    assert!(serde_json::from_str::<Profile>(r#"{"roles":["aidant"]}"#).is_err());
    assert_eq!(
        serde_json::from_str::<Profile>("{}").unwrap(),
        Profile::default()
    );
}

#[test]
fn each_field_alone_is_left_set_or_emptied() {
    fn full() -> Profile {
        Profile {
            first_name: Some(FirstName::parse("Zoé").unwrap()),
            last_name: Some(LastName::parse("Roux").unwrap()),
            job_title: Some(JobTitle::parse("Accueil").unwrap()),
            phone: Some(Phone::parse("3939").unwrap()),
        }
    }
    fn all_of(profile: &Profile, field: ProfileField) -> ProfileChange {
        let mut change = ProfileChange::default();
        match field {
            ProfileField::FirstName => change.first_name = Some(profile.first_name.clone()),
            ProfileField::LastName => change.last_name = Some(profile.last_name.clone()),
            ProfileField::JobTitle => change.job_title = Some(profile.job_title.clone()),
            ProfileField::Phone => change.phone = Some(profile.phone.clone()),
        }
        change
    }
    let none = ProfileChange::default();
    assert!(none.is_empty());
    assert_eq!(none.apply(full()), full());
    assert_eq!(none.changed(&full()), []);
    for field in ProfileField::ALL {
        let set = all_of(&full(), field);
        let emptied = all_of(&Profile::default(), field);
        assert!(!set.is_empty() && !emptied.is_empty());
        assert_eq!(set.changed(&full()), []);
        assert_eq!(set.changed(&Profile::default()), [field]);
        assert_eq!(emptied.changed(&full()), [field]);
        assert_eq!(emptied.changed(&emptied.apply(full())), []);
        assert_eq!(set.apply(emptied.apply(full())), full());
        let written = serde_json::to_value(set.apply(Profile::default())).unwrap();
        assert!(written[field.as_str()].is_string(), "{written}");
    }
}
