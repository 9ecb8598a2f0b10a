//! A slip of the keys in the domain of a public mailbox, seen from the typed text alone.

use super::EmailAddress;

/// Where people in France have mailboxes, and domains that differ from one of these by one letter and are right all the same.
const PUBLIC: [&str; 24] = [
    "aol.com",
    "bbox.fr",
    "email.com",
    "free.fr",
    "gmail.com",
    "gmx.fr",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "live.com",
    "live.fr",
    "mail.com",
    "msn.com",
    "neuf.fr",
    "numericable.fr",
    "orange.fr",
    "outlook.com",
    "outlook.fr",
    "proton.me",
    "wanadoo.fr",
    "yahoo.com",
    "yahoo.fr",
    "ymail.com",
];

/// Shorter names are near to too many others.
const LEAST_BYTES: usize = 7;

impl EmailAddress {
    /// The address that was probably meant, where the domain is one slip of the keys away from that of a public mailbox: a letter
    /// too many, too few or another, or two in the other order. For a hint; nothing is refused for it (A11).
    ///
    /// ```
    /// # use aplus_core::EmailAddress;
    /// let typed = EmailAddress::parse("camille.roux@gmial.com")?;
    /// assert_eq!(typed.probably_meant(), Some(EmailAddress::parse("camille.roux@gmail.com")?));
    /// assert_eq!(EmailAddress::parse("camille.roux@ain.fr")?.probably_meant(), None);
    /// # Ok::<(), aplus_core::EmailError>(())
    /// ```
    #[must_use]
    pub fn probably_meant(&self) -> Option<Self> {
        let domain = self.domain();
        if PUBLIC.contains(&domain) {
            return None;
        }
        let near =
            |known: &&&str| known.len() >= LEAST_BYTES && strsim::osa_distance(known, domain) == 1;
        let known = PUBLIC.iter().find(near)?;
        Self::parse(&format!("{}@{known}", self.local())).ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_seen_and_what_is_right_is_left() {
        let meant = |domain: &str| {
            let typed = EmailAddress::parse(&format!("a.b@{domain}")).unwrap();
            typed.probably_meant().map(|it| it.domain().to_owned())
        };
        for (typed, known) in [
            ("gmial.com", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("orqnge.fr", "orange.fr"),
            ("wanado.fr", "wanadoo.fr"),
            ("laposte.ne", "laposte.net"),
            ("hotmial.fr", "hotmail.fr"),
        ] {
            assert_eq!(meant(typed).as_deref(), Some(known), "{typed}");
        }
        for right in PUBLIC {
            assert_eq!(meant(right), None);
        }
        for other in [
            "ain.fr",
            "sfr.fr",
            "interieur.gouv.fr",
            "gmail.fr",
            "orage.org",
        ] {
            assert_eq!(meant(other), None, "{other}");
        }
    }
}
