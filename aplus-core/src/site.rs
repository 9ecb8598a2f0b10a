//! Where the service is found, and what its pages and mails say of it.

mod origin;

use origin::Origin;
use secrecy::{ExposeSecret, SecretString};

use crate::secret::LinkSecret;
use crate::{EmailAddress, Timestamp};

/// What is wrong with a [`Site`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// The public address is no `http` or `https` origin.
    #[error(
        "the public URL must be `https://host` or `https://host:port`, without path, query or password: {0}"
    )]
    PublicUrl(String),
    /// Plain http somewhere else than on this machine.
    #[error("the public URL must be https anywhere but on loopback: {0}")]
    Insecure(String),
    /// The base path does not start with one slash, or ends with one.
    #[error("the base path must be empty, or start with one `/` and not end with one: {0}")]
    BasePath(String),
    /// The time zone is unknown.
    #[error("the time zone must be a name such as Europe/Paris or Indian/Reunion: {0}")]
    TimeZone(String),
}

/// The one place that makes addresses: neither a template nor a letter holds a path, and no request's Host is believed.
///
/// ```
/// use aplus_core::Site;
///
/// let site = Site::new("https://aplus.example")?.with_base_path("/comptes")?;
/// assert_eq!(site.url("/connexion"), "https://aplus.example/comptes/connexion");
/// assert_eq!(site.path("/connexion"), "/comptes/connexion");
/// assert!(Site::new("http://aplus.example").is_err());
/// # Ok::<(), aplus_core::SiteError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Site {
    origin: String,
    host: String,
    secure: bool,
    base_path: String,
    support: String,
    sender: String,
    name: String,
    zone: jiff::tz::TimeZone,
}

impl Site {
    /// The page that shows a link, below the base path; the secret is its parameter `jeton`.
    pub const LINK_PAGE: &'static str = "/connexion/lien";
    /// The page that asks for an address and sends a link, below the base path.
    pub const LOGIN: &'static str = "/connexion";
    /// The page of one's groups, below the base path; a group's own page is its id below this.
    pub const GROUPS: &'static str = "/groupes";
    /// The page of one's details, below the base path.
    pub const PROFILE: &'static str = "/profil";
    /// The page of one's sessions, below the base path.
    pub const SESSIONS: &'static str = "/sessions";
    /// The page of one's own journal, below the base path.
    pub const JOURNAL: &'static str = "/journal";
    /// The pages of the support team, below the base path.
    pub const SUPPORT: &'static str = "/support";
    /// The page on which one writes to support, below the base path; a conversation's own page is its id below this.
    pub const CONTACT: &'static str = "/contact";
    /// The help centre, below the base path; an article is its name below this.
    pub const HELP: &'static str = "/aide";

    /// A site at this origin, in the time of Paris; support is `support@` its host.
    ///
    /// The host is a name (labels of 1 to 63 letters, digits and inner hyphens, 253 in all), an IPv4 address or an IPv6
    /// address in brackets; the port is 1 to 65535, and left out of the origin where it is the scheme's own.
    ///
    /// # Errors
    /// [`SiteError::PublicUrl`] for anything else; [`SiteError::Insecure`] for plain http anywhere but on `localhost`, `127.0.0.0/8` or `[::1]`.
    pub fn new(public_url: &str) -> Result<Self, SiteError> {
        let Origin { text, host, secure } = Origin::parse(public_url)?;
        let zone = jiff::tz::TimeZone::get("Europe/Paris")
            .map_err(|_| SiteError::TimeZone("Europe/Paris".to_owned()))?;
        Ok(Self {
            origin: text,
            host: host.clone(),
            secure,
            base_path: String::new(),
            support: format!("support@{host}"),
            sender: format!("ne-pas-repondre@{host}"),
            name: "Administration+".to_owned(),
            zone,
        })
    }

    /// Puts all pages below a path of the host's.
    ///
    /// # Errors
    /// [`SiteError::BasePath`] unless it is empty, or starts with one slash and does not end with one.
    pub fn with_base_path(self, base_path: &str) -> Result<Self, SiteError> {
        let plain =
            |character: char| character.is_ascii_alphanumeric() || "-_/".contains(character);
        let fits = base_path.is_empty()
            || (base_path.starts_with('/')
                && !base_path.ends_with('/')
                && !base_path.contains("//")
                && base_path.chars().all(plain));
        if !fits {
            return Err(SiteError::BasePath(base_path.to_owned()));
        }
        Ok(Self {
            base_path: base_path.to_owned(),
            ..self
        })
    }

    /// Names the address of support, shown on pages and in mails (L8).
    pub fn with_support(self, address: &EmailAddress) -> Self {
        Self {
            support: address.as_str().to_owned(),
            ..self
        }
    }

    /// Names the address that mails come from.
    pub fn with_sender(self, address: &EmailAddress) -> Self {
        Self {
            sender: address.as_str().to_owned(),
            ..self
        }
    }

    /// Names the service, where it is not called Administration+.
    pub fn with_name(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// Shows hours in another zone than Paris's.
    ///
    /// # Errors
    /// [`SiteError::TimeZone`] for a name that the IANA database does not have.
    pub fn with_time_zone(self, name: &str) -> Result<Self, SiteError> {
        let zone =
            jiff::tz::TimeZone::get(name).map_err(|_| SiteError::TimeZone(name.to_owned()))?;
        Ok(Self { zone, ..self })
    }

    /// Scheme, host and port: what an `Origin` header of this site holds.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is served by https: then cookies are `Secure` and bound to the host.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// What the journal is called in its checkpoints: the host and the base path, without scheme and port, and `/journal`.
    ///
    /// ```
    /// let site = aplus_core::Site::new("https://aplus.example:8443")?.with_base_path("/comptes")?;
    /// assert_eq!(site.journal_name(), "aplus.example/comptes/journal");
    /// # Ok::<(), aplus_core::SiteError>(())
    /// ```
    #[must_use]
    pub fn journal_name(&self) -> String {
        format!("{}{}/journal", self.host, self.base_path)
    }

    /// What all paths of this library start with.
    #[must_use]
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// The address of support.
    #[must_use]
    pub fn support(&self) -> &str {
        &self.support
    }

    /// The address that mails come from.
    #[must_use]
    pub fn sender(&self) -> &str {
        &self.sender
    }

    /// What the service is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A path of this library, below the base path.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    /// A path of this library as a whole address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.base_path)
    }

    /// The address of a link's page.
    #[must_use]
    pub fn link_url(&self, secret: &LinkSecret) -> SecretString {
        format!(
            "{}?jeton={}",
            self.url(Self::LINK_PAGE),
            secret.reveal().expose_secret()
        )
        .into()
    }

    /// A moment in the site's own time.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> jiff::ZonedDateTime {
        at.to_jiff().to_zoned_datetime(self.zone.clone())
    }

    /// The hour of a moment as people read it: `14:05`.
    #[must_use]
    pub fn hour(&self, at: Timestamp) -> String {
        self.local(at).strftime("%H:%M").to_string()
    }

    /// When a day begins in the site's own time, of its date as forms send it: `2026-03-02`. None for what is no date.
    ///
    /// ```
    /// use aplus_core::Site;
    ///
    /// let site = Site::new("https://aplus.example")?;
    /// let begins = site.start_of_day("2026-07-01").map(|at| at.to_string());
    /// assert_eq!(begins.as_deref(), Some("2026-06-30T22:00:00Z"));
    /// assert_eq!(site.start_of_day("01/07/2026"), None);
    /// # Ok::<(), aplus_core::SiteError>(())
    /// ```
    #[must_use]
    pub fn start_of_day(&self, date: &str) -> Option<Timestamp> {
        let date: jiff::civil::Date = date.parse().ok()?;
        let begins = date.to_zoned_datetime(self.zone.clone()).ok()?;
        Timestamp::from_unix_micros(begins.timestamp().as_microsecond()).ok()
    }

    /// When the day after begins: before it the day is not over.
    #[must_use]
    pub fn end_of_day(&self, date: &str) -> Option<Timestamp> {
        let date: jiff::civil::Date = date.parse().ok()?;
        self.start_of_day(&date.tomorrow().ok()?.to_string())
    }

    /// The page that somebody goes on to (L12): `next` if it is a path of this site, nothing otherwise.
    ///
    /// A path starts with one slash and holds no two in a row, no backslash and no control character, plain or
    /// written with `%`: what a browser could read as another site goes home.
    #[must_use]
    pub fn own_path(next: &str) -> Option<&str> {
        let hidden = ["%2e", "%5c", "%2f%2f", "%00", "%0a", "%0d", "%09"];
        let lower = next.to_ascii_lowercase();
        let fits = next.len() <= 2_000
            && next.starts_with('/')
            && !next.split('?').next().unwrap_or(next).contains("//")
            && !lower.starts_with("/%2f")
            && next
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
            && !hidden.iter().any(|bad| lower.contains(bad));
        fits.then_some(next)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn anything_but_a_path_of_this_site_goes_home() {
        for good in ["/", "/groupes", "/groupes/1?tri=nom", "/a%20b", "/a/b/c#d"] {
            assert_eq!(Site::own_path(good), Some(good));
        }
        for bad in [
            "",
            "groupes",
            "//evil.example",
            "/\\evil",
            "\\/evil",
            "/%5cevil",
            "/%2f/evil",
            "https://evil",
            "/\t/evil",
            "/\n",
            "/é",
            "javascript:alert(1)",
            "/ /evil",
            "/%0d%0aSet-Cookie:x",
            "/a%2F%2Fevil",
            "/..//evil.example",
            "/%2e%2e//evil",
        ] {
            assert_eq!(Site::own_path(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn hours_are_the_sites_own() {
        let noon: Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        let site = Site::new("https://a.example").unwrap();
        assert_eq!(site.hour(noon), "14:00");
        assert_eq!(
            site.with_time_zone("Indian/Reunion").unwrap().hour(noon),
            "16:00"
        );
    }
}
