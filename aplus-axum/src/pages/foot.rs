//! The host's links at the foot of every page (S5).

/// How far the pages conform to the State's accessibility rules (RGAA): every foot has to say it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Conformity {
    /// All criteria are met.
    Full,
    /// At least half of them are.
    Partial,
    /// Fewer are, or nobody has audited it: the default.
    #[default]
    None,
}

impl Conformity {
    fn words(self) -> &'static str {
        match self {
            Self::Full => "Accessibilité\u{a0}: totalement conforme",
            Self::Partial => "Accessibilité\u{a0}: partiellement conforme",
            Self::None => "Accessibilité\u{a0}: non conforme",
        }
    }
}

/// What stands at the foot of every page beside the address of support (S5).
///
/// ```
/// use aplus_axum::{Conformity, Foot};
///
/// let foot = Foot::default()
///     .accessibility(Conformity::Partial, "/accessibilite")
///     .legal_notice("/mentions-legales")
///     .personal_data("/donnees-personnelles");
/// # let _ = foot;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Foot {
    conformity: Conformity,
    accessibility: Option<String>,
    legal_notice: Option<String>,
    personal_data: Option<String>,
    support: Option<String>,
}

/// One entry of the foot; without an address it only says something.
#[derive(Debug, Clone)]
pub(super) struct FootLink {
    pub(super) label: &'static str,
    pub(super) href: Option<String>,
}

impl Foot {
    /// The degree of conformity, and where the declaration stands.
    pub fn accessibility(self, conformity: Conformity, href: &str) -> Self {
        Self {
            conformity,
            accessibility: Some(href.to_owned()),
            ..self
        }
    }

    /// Where the legal notice stands.
    pub fn legal_notice(self, href: &str) -> Self {
        Self {
            legal_notice: Some(href.to_owned()),
            ..self
        }
    }

    /// Where it is said what is kept of people, and for how long.
    pub fn personal_data(self, href: &str) -> Self {
        Self {
            personal_data: Some(href.to_owned()),
            ..self
        }
    }

    /// The host's own page of support.
    pub fn support(self, href: &str) -> Self {
        Self {
            support: Some(href.to_owned()),
            ..self
        }
    }

    /// The links, with the way to our own page of support where there is one.
    pub(super) fn links(&self, contact: Option<String>) -> Vec<FootLink> {
        let given = |label, href: &Option<String>| {
            href.clone().map(|href| FootLink {
                label,
                href: Some(href),
            })
        };
        let accessibility = FootLink {
            label: self.conformity.words(),
            href: self.accessibility.clone(),
        };
        let others = [
            given("Mentions légales", &self.legal_notice),
            given("Données personnelles", &self.personal_data),
            given("Page du support", &self.support),
            given("Contacter le support", &contact),
        ];
        std::iter::once(accessibility)
            .chain(others.into_iter().flatten())
            .collect()
    }
}
