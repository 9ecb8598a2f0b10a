//! The words around a group, and of those on whose request support acts (A7).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::TextError;
use crate::text::{line, serde_as_text, text_type};

text_type! {
    /// The name of a group: 1 to 200 characters that can be seen.
    ///
    /// ```
    /// use aplus_core::GroupName;
    ///
    /// let name = GroupName::parse("France  Services Saint-Étienne")?;
    /// assert_eq!(name.as_str(), "France Services Saint-Étienne");
    /// assert_eq!(name.search_key(), "france services saint-etienne");
    /// # Ok::<(), aplus_core::TextError>(())
    /// ```
    GroupName, "name", line, 200
}

text_type! {
    /// The organisation that carries a group: 1 to 200 characters that can be seen.
    Organisation, "organisation", line, 200
}

text_type! {
    /// A French department, its code or its name as typed: 1 to 50 characters that can be seen.
    Department, "department", line, 50
}

text_type! {
    /// The number under which the France Services list names a group: 1 to 50 characters that can be seen (A7).
    Matricule, "matricule", line, 50
}

text_type! {
    /// Where a request to support is kept, such as a ticket or a letter: 1 to 200 characters that can be seen (A7).
    Reference, "reference", line, 200
}

text_type! {
    /// Who a requester is: 1 to 200 characters that can be seen (A7).
    RequesterName, "requester_name", line, 200
}

impl GroupName {
    /// The name for recognising a group again: in lower case, without accents, `œ` and `æ` in two letters, with the
    /// keyboard's apostrophe and hyphen.
    ///
    /// Everything else stays: two groups must not become one because their names differ only by a dot or a number.
    #[must_use]
    pub fn search_key(&self) -> String {
        let mut key = String::with_capacity(self.as_str().len());
        for character in self.as_str().to_lowercase().nfd() {
            match character {
                'œ' => key.push_str("oe"),
                'æ' => key.push_str("ae"),
                '’' => key.push('\''),
                '\u{2010}' | '\u{2011}' => key.push('-'),
                mark if mark.general_category() == GeneralCategory::NonspacingMark => {}
                other => key.push(other),
            }
        }
        key
    }
}

/// What a requester is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequesterKind {
    /// A préfecture.
    Prefecture,
    /// The Agence nationale de la cohésion des territoires.
    Anct,
    /// A partner of the France Services deployment.
    Partner,
    /// A responsable of the group.
    Responsable,
    /// The person whom the account is for.
    Person,
}

/// Why a requester was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RequesterError {
    /// The kind is none of the five.
    #[error(
        "not a kind of requester: prefecture, anct, partner, responsable or person is expected"
    )]
    Kind,
    /// The name after the colon was refused.
    #[error(transparent)]
    Name(#[from] TextError),
}

impl RequesterKind {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [
        Self::Prefecture,
        Self::Anct,
        Self::Partner,
        Self::Responsable,
        Self::Person,
    ];

    /// The word of the API: `prefecture`, `anct`, `partner`, `responsable` or `person`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prefecture => "prefecture",
            Self::Anct => "anct",
            Self::Partner => "partner",
            Self::Responsable => "responsable",
            Self::Person => "person",
        }
    }
}

impl fmt::Display for RequesterKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for RequesterKind {
    type Err = RequesterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(RequesterError::Kind)
    }
}

serde_as_text!(RequesterKind);

/// On whose request support acts (A7). On a command line it is written `KIND` or `KIND:NAME`.
///
/// ```
/// use aplus_core::{Requester, RequesterKind};
///
/// let requester: Requester = "prefecture:Préfecture de l'Ain".parse()?;
/// assert_eq!(requester.kind, RequesterKind::Prefecture);
/// assert_eq!(requester.to_string(), "prefecture:Préfecture de l'Ain");
/// assert!("mairie".parse::<Requester>().is_err());
/// # Ok::<(), aplus_core::RequesterError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requester {
    /// What the requester is.
    pub kind: RequesterKind,
    /// Who it is, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<RequesterName>,
}

impl fmt::Display for Requester {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(formatter, "{}:{name}", self.kind),
            None => fmt::Display::fmt(&self.kind, formatter),
        }
    }
}

impl FromStr for Requester {
    type Err = RequesterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((kind, name)) => Ok(Self {
                kind: kind.parse()?,
                name: Some(RequesterName::parse(name)?),
            }),
            None => Ok(Self {
                kind: text.parse()?,
                name: None,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::text::TextProblem;

    #[test]
    fn every_text_holds_its_bound() {
        fn holds<T: FromStr<Err = TextError>>(field: &'static str, most: usize) {
            assert!("x".repeat(most).parse::<T>().is_ok());
            let error = "x".repeat(most + 1).parse::<T>().err().unwrap();
            assert_eq!(
                error,
                TextError::new(
                    field,
                    TextProblem::TooLong {
                        most,
                        given: most + 1
                    }
                )
            );
            assert_eq!(
                error.to_string(),
                format!(
                    "{field}: 1 to {most} characters are expected, {} were given",
                    most + 1
                )
            );
            assert_eq!(" ".parse::<T>().err().unwrap().code(), "empty");
            assert_eq!("a\nb".parse::<T>().err().unwrap().code(), "bad_character");
        }
        holds::<GroupName>("name", 200);
        holds::<Organisation>("organisation", 200);
        holds::<Department>("department", 50);
        holds::<Matricule>("matricule", 50);
        holds::<Reference>("reference", 200);
        holds::<RequesterName>("requester_name", 200);
    }

    #[test]
    fn a_name_is_found_whatever_its_accents_and_case() {
        let key = |name: &str| GroupName::parse(name).unwrap().search_key();
        assert_eq!(key("SACRÉ-CŒUR"), key("Sacre\u{2011}coeur"));
        assert_eq!(key("L’Haÿ-les-Roses"), "l'hay-les-roses");
        assert_eq!(key("Maison Æ Ç"), "maison ae c");
        assert_eq!(key("İstanbul"), "istanbul");
    }

    #[test]
    fn names_that_differ_by_a_number_or_a_dot_stay_two() {
        let key = |name: &str| GroupName::parse(name).unwrap().search_key();
        assert_ne!(key("Lens 1"), key("Lens 2"));
        assert_ne!(key("Lens²"), key("Lens2"));
        assert_ne!(key("C.C.A.S."), key("CCAS"));
    }

    #[test]
    fn a_requester_is_read_back_from_its_text_and_from_json() {
        for kind in RequesterKind::ALL {
            for name in [None, Some(RequesterName::parse("Ain: bureau 3").unwrap())] {
                let requester = Requester { kind, name };
                assert_eq!(requester.to_string().parse(), Ok(requester.clone()));
                let json = serde_json::to_string(&requester).unwrap();
                assert_eq!(serde_json::from_str::<Requester>(&json).unwrap(), requester);
            }
        }
        let anct = Requester {
            kind: RequesterKind::Anct,
            name: None,
        };
        assert_eq!(serde_json::to_string(&anct).unwrap(), r#"{"kind":"anct"}"#);
    }

    #[test]
    fn a_requester_without_a_known_kind_or_with_an_empty_name_is_refused() {
        for text in ["", "Anct", "mairie:Lens", ":Lens", " anct"] {
            assert_eq!(
                text.parse::<Requester>(),
                Err(RequesterError::Kind),
                "{text}"
            );
        }
        let error = "anct:".parse::<Requester>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "requester_name: 1 to 200 characters are expected, none was given"
        );
        for (json, reason) in [
            (
                r#"{"kind":"mairie"}"#,
                "not a kind of requester: prefecture",
            ),
            (r#"{"name":"Lens"}"#, "missing field `kind`"),
            (r#"{"kind":"anct","name":""}"#, "requester_name: 1 to 200"),
            (r#"{"kind":"anct","kind":"anct"}"#, "duplicate field `kind`"),
            (r#"{"kind":"anct","roles":[]}"#, "unknown field `roles`"),
        ] {
            let error = serde_json::from_str::<Requester>(json)
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(reason), "{error}");
        }
    }
}
