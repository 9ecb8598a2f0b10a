#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use aplus_core::FirstName;

fn faults(json: &str, read: impl Fn(&mut Fields)) -> Vec<(String, &'static str)> {
    let mut fields = Fields::from_json(json.as_bytes()).unwrap();
    read(&mut fields);
    match fields.finish(Some(())) {
        Ok(()) => Vec::new(),
        Err(Problem::Invalid(invalid)) => invalid
            .into_iter()
            .map(|invalid| (invalid.field, invalid.fault.code()))
            .collect(),
        Err(other) => panic!("{other:?}"),
    }
}

fn fault(field: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(field.to_owned(), code)]
}

#[test]
fn each_kind_of_wrong_field_is_named_once() {
    let email = |fields: &mut Fields| {
        fields.email("email");
    };
    for (json, code) in [
        (r"{}", "missing"),
        (r#"{"email": null}"#, "missing"),
        (r#"{"email": ["a@b.fr"]}"#, "not_a_text"),
        (r#"{"email": 1.5}"#, "not_a_text"),
        (r#"{"email": {"a": 1}}"#, "not_a_text"),
        (r#"{"email": "a@b.fr", "email": "c@d.fr"}"#, "doubled_field"),
        (
            r#"{"email": "a@b.fr", "e\u006dail": "a@b.fr", "email": null}"#,
            "doubled_field",
        ),
        (r#"{"email": ""}"#, "empty"),
        (r#"{"email": "a@b.fr,c@d.fr"}"#, "several_addresses"),
    ] {
        assert_eq!(faults(json, email), fault("email", code), "{json}");
    }
    assert_eq!(
        faults(r#"{"email": "a@b.fr", "Email": 1}"#, email),
        fault("Email", "unknown_field")
    );
    assert_eq!(
        faults(r#"{"email": "a@b.fr", "x": 1, "x": 2}"#, email),
        fault("x", "doubled_field")
    );
}

#[test]
fn roles_are_a_list_of_known_words_each_once() {
    let roles = |fields: &mut Fields| {
        fields.roles("roles");
    };
    for (json, code) in [
        (r"{}", "missing"),
        (r#"{"roles": "aidant"}"#, "not_a_list"),
        (r#"{"roles": []}"#, "empty"),
        (r#"{"roles": ["aidant", "aidant"]}"#, "doubled_role"),
        (r#"{"roles": ["admin"]}"#, "unknown_role"),
        (r#"{"roles": ["Aidant"]}"#, "unknown_role"),
        (r#"{"roles": [["aidant"]]}"#, "not_a_text"),
        (
            r#"{"roles": ["aidant"], "roles": ["responsable"]}"#,
            "doubled_field",
        ),
    ] {
        assert_eq!(faults(json, roles), fault("roles", code), "{json}");
    }
}

#[test]
fn a_requester_is_an_object_of_two_fields() {
    let requester = |fields: &mut Fields| {
        fields.requester("requester");
    };
    for (json, field, code) in [
        (r#"{"requester": "anct"}"#, "requester", "not_an_object"),
        (r#"{"requester": {}}"#, "requester.kind", "missing"),
        (
            r#"{"requester": {"kind": "mairie"}}"#,
            "requester.kind",
            "unknown_requester",
        ),
        (
            r#"{"requester": {"kind": "anct", "kind": "anct"}}"#,
            "requester.kind",
            "doubled_field",
        ),
        (
            r#"{"requester": {"kind": "anct", "name": ""}}"#,
            "requester.name",
            "empty",
        ),
        (
            r#"{"requester": {"kind": "anct", "id": 1}}"#,
            "requester.id",
            "unknown_field",
        ),
    ] {
        assert_eq!(faults(json, requester), fault(field, code), "{json}");
    }
}

#[test]
fn null_empties_and_absence_leaves() {
    let mut fields = Fields::from_json(br#"{"first_name": null}"#).unwrap();
    assert_eq!(fields.change("first_name", FirstName::parse), Some(None));
    assert_eq!(fields.change("last_name", FirstName::parse), None);
}

#[test]
fn what_is_no_object_is_malformed() {
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}x",
        "\"a\"",
        r#"{"a":}"#,
        "{\"a\": \"\n\"}",
        &deep,
    ] {
        assert_eq!(
            Fields::from_json(body.as_bytes()),
            Err(Problem::Malformed),
            "{body:.20}"
        );
    }
    assert_eq!(
        Fields::from_json(b"{\"a\": \"\xff\"}"),
        Err(Problem::Malformed)
    );
}

#[test]
fn all_faults_come_together() {
    let mut fields = Fields::from_json(br#"{"email": 1, "roles": [], "x": 2}"#).unwrap();
    let (_, _) = (fields.email("email"), fields.roles("roles"));
    let Err(Problem::Invalid(invalid)) = fields.finish(Some(())) else {
        panic!()
    };
    let names: Vec<_> = invalid
        .iter()
        .map(|invalid| invalid.field.as_str())
        .collect();
    assert_eq!(names, ["email", "roles", "x"]);
}
