//! The part of support's forms that says at whose request (A7).

use aplus_core::words;
use aplus_core::{Reference, Requester, RequesterKind, RequesterName, SupportRequest};

use super::form::{Errors, Pairs};
use super::view::{Choice, ChoiceOption, FRENCH, Fact, Field, FieldError};

const KIND: &str = "requester_kind";
const NAME: &str = "requester_name";
const REFERENCE: &str = "reference";

pub(super) const FIELDS: [&str; 3] = [KIND, NAME, REFERENCE];

#[derive(Debug, Clone)]
pub(super) struct RequestView {
    pub(super) kind: Choice,
    pub(super) fields: Vec<Field>,
}

impl RequestView {
    pub(super) fn new(sent: &Pairs, errors: &[FieldError]) -> Self {
        let options = RequesterKind::ALL.map(|kind| ChoiceOption {
            value: kind.as_str(),
            label: words::requester(kind, FRENCH).to_owned(),
            hint: None,
            checked: sent.text(KIND) == kind.as_str(),
        });
        let kind = Choice {
            name: KIND,
            label: "Demandeur",
            hint: None,
            kind: "radio",
            options: options.to_vec(),
            error: None,
        };
        let name = Field::new(NAME, "Nom du demandeur", sent.text(NAME)).kind("text", "off");
        let reference = Field::new(REFERENCE, "Référence de la demande", sent.text(REFERENCE))
            .required()
            .kind("text", "off")
            .hint("Un numéro de ticket ou la date d'un courrier. Elle reste attachée au compte ou au groupe.");
        Self {
            kind: kind.told(errors),
            fields: vec![name.told(errors), reference.told(errors)],
        }
    }
}

pub(super) fn read(form: &Pairs, errors: &mut Errors) -> Option<SupportRequest> {
    let kind = errors.of(KIND, form.text(KIND).parse::<RequesterKind>(), |_| {
        "Demandeur\u{a0}: choisissez l'un de ceux qui sont proposés.".to_owned()
    });
    let name = errors.given(NAME, form.text(NAME), RequesterName::parse, |error| {
        words::text_error(error, FRENCH)
    });
    let parsed = Reference::parse(form.text(REFERENCE));
    let reference = errors.of(REFERENCE, parsed, |error| words::text_error(error, FRENCH));
    Some(SupportRequest {
        requester: Requester { kind: kind?, name },
        reference: reference?,
    })
}

pub(super) fn fact(request: &SupportRequest) -> Fact {
    told(&request.requester, Some(&request.reference))
}

/// At whose request; without the reference where that was erased with its account (T4).
pub(super) fn told(requester: &Requester, reference: Option<&Reference>) -> Fact {
    let kind = words::requester(requester.kind, FRENCH);
    let name = requester.name.as_ref().map(|name| format!(", {name}"));
    let reference = reference.map(|reference| format!(" ({reference})"));
    let (name, reference) = (name.unwrap_or_default(), reference.unwrap_or_default());
    Fact::new("À la demande de", format!("{kind}{name}{reference}"))
}
