//! What is wrong with a field, in English: the field first, then the bound.

use super::profile_field;
use crate::text::TextProblem;
use crate::words::shown;
use crate::{EmailError, ProfileField, RolesError, TextError};

pub(in crate::words) fn email_error(error: &EmailError) -> String {
    let problem: String = match *error {
        EmailError::Empty => "an address is expected, such as prenom.nom@structure.fr".into(),
        EmailError::TooLong { bytes } => {
            format!("at most 254 bytes are expected, {bytes} were given")
        }
        EmailError::Control(character) => format!(
            "there is an invisible character ({}) in it",
            shown(character)
        ),
        EmailError::WhiteSpace => "a space cannot stand in it".into(),
        EmailError::NoAt => "the sign @ is missing".into(),
        EmailError::SeveralAt => "one address with one sign @ is expected".into(),
        EmailError::LocalEmpty => "something is missing before the sign @".into(),
        EmailError::LocalTooLong { bytes } => {
            format!("at most 64 bytes are expected before the sign @, {bytes} were given")
        }
        EmailError::LocalCharacter(character) => format!(
            "the character “{}” is not accepted before the sign @",
            shown(character)
        ),
        EmailError::LocalDot => {
            "before the sign @ a dot stands between two other characters".into()
        }
        EmailError::DomainEmpty => "the domain after the sign @ is missing".into(),
        EmailError::DomainLiteral => "after the sign @ a domain name is expected, not a network \
            address"
            .into(),
        EmailError::DomainTrailingDot => "the domain does not end with a dot".into(),
        EmailError::Domain => "the domain is made of letters, digits and inner hyphens, with at \
            most 63 bytes between two dots"
            .into(),
        EmailError::DomainLabels => "the domain has at least one dot, as in structure.fr".into(),
        EmailError::DomainNumber => "the domain does not end with a number".into(),
    };
    format!("E-mail address: {problem}.")
}

pub(in crate::words) fn text_error(error: &TextError) -> String {
    let problem = match error.problem() {
        TextProblem::Empty { most } => {
            format!("1 to {most} characters are expected, none was given")
        }
        TextProblem::TooLong { most, given } => {
            format!("1 to {most} characters are expected, {given} were given")
        }
        TextProblem::Character(character) => {
            format!("the character “{}” is not accepted", shown(character))
        }
        TextProblem::NoLetter => "at least one letter is expected".to_owned(),
        TextProblem::Digits { given } => {
            format!("3 to 15 digits are expected, the number given is {given}")
        }
    };
    format!("{}: {problem}.", label(error.field()))
}

pub(in crate::words) fn roles_error(error: &RolesError) -> String {
    let problem = match *error {
        RolesError::Empty => {
            "at least one role is expected, aidant, instructeur or responsable".to_owned()
        }
        RolesError::Doubled(role) => format!("the role “{role}” is given more than once"),
        RolesError::Bits(bits) => format!("a number of 1 to 7 is expected, not {bits}"),
    };
    format!("Roles: {problem}.")
}

/// A field that is new here is named as the API names it.
fn label(field: &'static str) -> &'static str {
    match field {
        "first_name" => profile_field(ProfileField::FirstName),
        "last_name" => profile_field(ProfileField::LastName),
        "job_title" => profile_field(ProfileField::JobTitle),
        "phone" => profile_field(ProfileField::Phone),
        "name" => "Name of the group",
        "organisation" => "Organisation carrying the group",
        "department" => "Department",
        "matricule" => "France Services number",
        "reference" => "Reference of the request",
        "requester_name" => "Name of the requester",
        "subject" => "Subject",
        "text" => "Message",
        "reason" => "Reason",
        "q" => "Question",
        other => other,
    }
}
