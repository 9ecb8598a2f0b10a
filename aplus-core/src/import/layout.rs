//! Which list a header belongs to.

use std::fmt;

/// A published list that is recognised by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The France Services list. Its header has `MATRICULE`, `DEPARTEMENT`, `FRANCE SERVICES`, `CONTACT MAIL` and
    /// `STRUCTURE PORTEUSE`, once each, among others that are not read.
    FranceServices,
    /// Administration+'s own list of accounts. Its header has `Nom`, `Qualité`, `Email`, `Instructeur`, `Responsable`,
    /// `Territoires`, `Organisation du groupe`, `Groupe`, `Bal générique / fonctionnelle` and `Compte partagé`, once each.
    Accounts,
}

impl Layout {
    /// The columns that make a header this layout's; others may stand between them, in any order.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::FranceServices => &[
                "MATRICULE",
                "DEPARTEMENT",
                "FRANCE SERVICES",
                "CONTACT MAIL",
                "STRUCTURE PORTEUSE",
            ],
            Self::Accounts => &[
                "Nom",
                "Qualité",
                "Email",
                "Instructeur",
                "Responsable",
                "Territoires",
                "Organisation du groupe",
                "Groupe",
                "Bal générique / fonctionnelle",
                "Compte partagé",
            ],
        }
    }

    /// The layout of a header; otherwise the one that it has most columns of, and the first that it has not once.
    pub(super) fn of(header: &[String]) -> Result<Self, (Self, &'static str)> {
        let once = |column: &str| header.iter().filter(|cell| *cell == column).count() == 1;
        let missing = |layout: Self| layout.columns().iter().find(|column| !once(column));
        let found = |layout: Self| {
            layout
                .columns()
                .iter()
                .filter(|column| once(column))
                .count()
        };
        let (services, accounts) = (Self::FranceServices, Self::Accounts);
        let nearest = if missing(services).is_none() || found(services) >= found(accounts) {
            services
        } else {
            accounts
        };
        match missing(nearest) {
            None => Ok(nearest),
            Some(column) => Err((nearest, *column)),
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::FranceServices => "the France Services list",
            Self::Accounts => "a list of accounts",
        })
    }
}
