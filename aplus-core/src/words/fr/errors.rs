//! What is wrong with a field, in French: the field first, then the bound.

use super::profile_field;
use crate::text::TextProblem;
use crate::words::shown;
use crate::{EmailError, ProfileField, RolesError, TextError};

pub(in crate::words) fn email_error(error: &EmailError) -> String {
    let problem: String = match *error {
        EmailError::Empty => "une adresse est attendue, de la forme prenom.nom@structure.fr".into(),
        EmailError::TooLong { bytes } => {
            format!("254\u{a0}octets au plus sont attendus, {bytes} ont été saisis")
        }
        EmailError::Control(character) => format!(
            "un caractère invisible ({}) s'y est glissé",
            shown(character)
        ),
        EmailError::WhiteSpace => "une espace ne peut pas s'y trouver".into(),
        EmailError::NoAt => "il y manque le signe @".into(),
        EmailError::SeveralAt => "une seule adresse est attendue, avec un seul signe @".into(),
        EmailError::LocalEmpty => "il manque ce qui précède le signe @".into(),
        EmailError::LocalTooLong { bytes } => {
            format!(
                "64\u{a0}octets au plus sont attendus avant le signe @, {bytes} ont été \
                saisis"
            )
        }
        EmailError::LocalCharacter(character) => format!(
            "le caractère «\u{a0}{}\u{a0}» n'est pas accepté avant le signe @",
            shown(character)
        ),
        EmailError::LocalDot => {
            "avant le signe @, un point se place entre deux autres caractères".into()
        }
        EmailError::DomainEmpty => "il manque le domaine, après le signe @".into(),
        EmailError::DomainLiteral => "après le signe @, un nom de domaine est attendu et non une \
            adresse réseau"
            .into(),
        EmailError::DomainTrailingDot => "le domaine ne finit pas par un point".into(),
        EmailError::Domain => "le domaine est fait de lettres, de chiffres et de tirets \
            intérieurs, avec 63\u{a0}octets au plus entre deux points"
            .into(),
        EmailError::DomainLabels => {
            "le domaine a au moins un point, comme dans structure.fr".into()
        }
        EmailError::DomainNumber => "le domaine ne finit pas par un nombre".into(),
    };
    format!("Adresse e-mail\u{a0}: {problem}.")
}

pub(in crate::words) fn text_error(error: &TextError) -> String {
    let problem = match error.problem() {
        TextProblem::Empty { most } => {
            format!("1 à {most}\u{a0}caractères sont attendus, rien n'a été saisi")
        }
        TextProblem::TooLong { most, given } => {
            format!("1 à {most}\u{a0}caractères sont attendus, {given} ont été saisis")
        }
        TextProblem::Character(character) => {
            format!(
                "le caractère «\u{a0}{}\u{a0}» n'est pas accepté",
                shown(character)
            )
        }
        TextProblem::NoLetter => "au moins une lettre est attendue".to_owned(),
        TextProblem::Digits { given } => {
            format!("3 à 15\u{a0}chiffres sont attendus, le nombre saisi est de {given}")
        }
    };
    format!("{}\u{a0}: {problem}.", label(error.field()))
}

pub(in crate::words) fn roles_error(error: &RolesError) -> String {
    let problem = match *error {
        RolesError::Empty => {
            "au moins un rôle est attendu, aidant, instructeur ou responsable".to_owned()
        }
        RolesError::Doubled(role) => {
            format!("le rôle «\u{a0}{role}\u{a0}» est donné plus d'une fois")
        }
        RolesError::Bits(bits) => format!("un nombre de 1 à 7 est attendu et non {bits}"),
    };
    format!("Rôles\u{a0}: {problem}.")
}

/// A field that is new here is named as the API names it.
fn label(field: &'static str) -> &'static str {
    match field {
        "first_name" => profile_field(ProfileField::FirstName),
        "last_name" => profile_field(ProfileField::LastName),
        "job_title" => profile_field(ProfileField::JobTitle),
        "phone" => profile_field(ProfileField::Phone),
        "name" => "Nom du groupe",
        "organisation" => "Organisation",
        "department" => "Département",
        "matricule" => "Matricule",
        "reference" => "Référence de la demande",
        "requester_name" => "Nom du demandeur",
        "subject" => "Objet",
        "text" => "Message",
        "reason" => "Motif",
        "q" => "Question",
        other => other,
    }
}
