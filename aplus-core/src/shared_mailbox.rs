//! Which addresses are shared mailboxes: several people read them, so their acts would be nobody's (A5).

use crate::EmailAddress;
use crate::email::is_atext;

/// The usual names of shared mailboxes in French public services. None is a usual first name, since a person's address
/// begins with that; abbreviations stand here where they mean nothing else (msap and mfs: maison de services au public,
/// maison France services; rsp: relais de services publics; bal: boîte aux lettres).
#[rustfmt::skip]
const USUAL: &[&str] = &[
    // Desks
    "accueil", "bal", "boite", "bureau", "contact", "contacts", "courrier", "guichet", "info",
    "infos", "information", "informations", "permanence", "reception", "renseignements",
    "secretariat", "standard",
    // France Services and what was there before it
    "bus-france-services", "efs", "espace-france-services", "espace-public", "espace-services",
    "france-service", "france-services", "franceservice", "franceservices", "fs",
    "maison-de-services", "maison-des-services", "maison-france-services", "maison-franceservices",
    "maison-services", "maisondeservices", "maisondesservices", "maisonfranceservices", "mds",
    "mfs", "msap", "msp", "pimms", "point-info", "point-public", "pointinfo", "pointpublic",
    "relais-accueil", "relais-emploi", "relais-services", "relaisaccueil", "relaisemploi", "rsp",
    // Towns and the State
    "ccas", "cias", "collectivite", "commune", "communaute-de-communes", "elections", "etat-civil",
    "etatcivil", "mairie", "prefecture", "sous-prefecture", "sousprefecture", "urbanisme", "ville",
    // Social services and their partners
    "association", "caf", "carsat", "centre-social", "centresocial", "cpam", "emploi",
    "france-travail", "francetravail", "mdph", "mission-locale", "missionlocale", "msa",
    "pole-emploi", "poleemploi", "social",
    // Departments within an organisation
    "admin", "administrateur", "administration", "agence", "antenne", "assistance", "cabinet",
    "communication", "comptabilite", "dgs", "direction", "dsi", "equipe", "formation",
    "informatique", "plateforme", "rh", "ressources-humaines", "service", "services", "support",
    // Machines
    "abuse", "hostmaster", "ne-pas-repondre", "nepasrepondre", "no-reply", "noreply", "postmaster",
    "root", "webmaster",
];

/// The names of mailboxes that several people read: the usual French ones, and those that a host adds (A5).
///
/// `.`, `-` and `_` count as equal, and a name may go on after anything that is not a letter.
///
/// ```
/// use aplus_core::{EmailAddress, SharedMailboxes};
///
/// let shared = SharedMailboxes::default().with("ateliers")?;
/// assert!(shared.matches(&EmailAddress::parse("mairie.de.lens@lens.fr")?));
/// assert!(shared.matches(&EmailAddress::parse("ateliers2@lens.fr")?));
/// assert!(!shared.matches(&EmailAddress::parse("accueilmartin@lens.fr")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct SharedMailboxes {
    added: Vec<String>,
}

/// A name that cannot be that of a shared mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error(
    "not the name of a mailbox: 2 to 64 characters of what stands before an @ are expected, the first two letters"
)]
pub struct SharedMailboxError(());

impl SharedMailboxes {
    /// Adds a name of the host's, such as `ateliers`.
    ///
    /// # Errors
    /// Unless it has 2 to 64 characters that may stand before an `@`, of which the first two are letters: a shorter name
    /// would take in people whose address begins with their initial.
    pub fn with(mut self, name: &str) -> Result<Self, SharedMailboxError> {
        let is_name = name.len() <= 64
            && name
                .chars()
                .all(|character| character == '.' || is_atext(character))
            && name.bytes().take(2).filter(u8::is_ascii_alphabetic).count() == 2;
        if !is_name {
            return Err(SharedMailboxError(()));
        }
        self.added.push(comparable(&name.to_ascii_lowercase()));
        Ok(self)
    }

    /// Whether the address is a shared mailbox: what stands before its `@` is one of the names, or begins with one that
    /// is followed by something else than a letter.
    #[must_use]
    pub fn matches(&self, address: &EmailAddress) -> bool {
        let local = comparable(address.local());
        let begins = |name: &str| {
            local
                .strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphabetic()))
        };
        USUAL.iter().any(|name| begins(name)) || self.added.iter().any(|name| begins(name))
    }
}

fn comparable(name: &str) -> String {
    name.replace(['.', '_'], "-")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn is_shared(shared: &SharedMailboxes, local: &str) -> bool {
        shared.matches(&EmailAddress::parse(&format!("{local}@example.fr")).unwrap())
    }

    #[test]
    fn the_usual_shapes_of_the_published_list_are_shared() {
        for local in [
            "accueil",
            "CONTACT",
            "contact1",
            "contact+tri",
            "mairie.de.truc",
            "mairie_lens",
            "msap-lens",
            "mfs.lens",
            "franceservices",
            "france.services.lens",
            "france_services",
            "france-services2",
            "espace.services",
            "direction.csc49",
            "centre-social-fours",
            "pointinfo14",
            "sous.prefecture",
            "no-reply",
            "maison.services",
            "maison.franceservices",
            "service-des-eaux",
            "services",
        ] {
            assert!(is_shared(&SharedMailboxes::default(), local), "{local}");
        }
    }

    #[test]
    fn people_are_not_shared() {
        for local in [
            "marie.martin",
            "m.martin",
            "contactino",
            "maire",
            "infante.claire",
            "jean.contact",
            "salome.services",
            "aude.mairie",
            "mairieux",
            "msaplens",
            "france.martin",
            "carole.info",
            "florence",
            "lens",
        ] {
            assert!(!is_shared(&SharedMailboxes::default(), local), "{local}");
        }
    }

    #[test]
    fn every_usual_name_is_comparable_shared_and_could_be_added() {
        for name in USUAL {
            assert_eq!(comparable(name), *name);
            assert!(is_shared(&SharedMailboxes::default(), name));
            assert!(SharedMailboxes::default().with(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_host_adds_a_name_in_any_spelling() {
        let shared = SharedMailboxes::default().with("Bus_Numerique").unwrap();
        assert!(is_shared(&shared, "bus.numerique-sud"));
        assert!(!is_shared(&shared, "bus.numeriques"));
        assert!(!is_shared(&SharedMailboxes::default(), "bus.numerique"));
    }

    #[test]
    fn nonsense_names_are_refused() {
        let long = "a".repeat(65);
        for name in [
            "", "a", " ", "contact ", "a@b", "a@b.fr", "m.", "-contact", "1contact", "accuéil",
            "a\nb", &long,
        ] {
            assert_eq!(
                SharedMailboxes::default().with(name),
                Err(SharedMailboxError(())),
                "{name:?}"
            );
        }
        assert!(SharedMailboxes::default().with(&"a".repeat(64)).is_ok());
    }
}
