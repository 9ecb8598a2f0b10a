//! Addresses in the one normal form in which all stores compare them (A5).

mod meant;

use std::fmt;
use std::str::FromStr;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use crate::shared_mailbox::SharedMailboxes;
use crate::text::serde_as_text;

const MOST_BYTES: usize = 254;
const MOST_LOCAL_BYTES: usize = 64;
/// A character of a domain takes up to four bytes and becomes at least one: longer than this cannot get short enough,
/// and is refused before any work is done on it.
const MOST_GIVEN_BYTES: usize = 4 * MOST_BYTES;

/// An e-mail address in normal form: trimmed, in lower case, its domain in ASCII (A5).
///
/// The local part is ASCII, 1 to 64 bytes of letters, digits and ``!#$%&'*+-/=?^_`{|}~``, with single dots between them
/// (RFC 5321 without quotes). The domain is a name of at least two labels; IDNA (UTS 46) brings it to ASCII. The whole
/// has at most 254 bytes. Two addresses that look alike but differ stay two.
///
/// `Display` and [`as_str`](Self::as_str) show it, for mails and pages; its `Debug` is redacted, so that what holds one does
/// not write it into the technical log, where an address stands only as a keyed hash (T1, `HostKey::pseudonym`).
///
/// ```
/// use aplus_core::EmailAddress;
///
/// let address: EmailAddress = " Camille.Roux@Préfecture.FR ".parse()?;
/// assert_eq!(address.as_str(), "camille.roux@xn--prfecture-c4a.fr");
/// assert_eq!(format!("{address:?}"), "EmailAddress(…)");
/// assert!(EmailAddress::parse("Camille <camille.roux@ain.fr>").is_err());
/// # Ok::<(), aplus_core::EmailError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    text: String,
    at: usize,
}

/// Why an address was refused; [`code`](Self::code) sums it up for an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum EmailError {
    /// Nothing but white space.
    #[error("an address is expected")]
    Empty,
    /// More than 254 bytes.
    #[error("an address has at most 254 bytes, not {bytes}")]
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// A control character, such as a line break.
    #[error("a control character ({0:?}) may not stand in an address")]
    Control(char),
    /// White space within the address.
    #[error("white space may not stand in an address")]
    WhiteSpace,
    /// No `@`.
    #[error("an address has an @")]
    NoAt,
    /// More than one `@`.
    #[error("one address with one @ is expected, not several")]
    SeveralAt,
    /// Nothing before the `@`.
    #[error("something must stand before the @")]
    LocalEmpty,
    /// More than 64 bytes before the `@`.
    #[error("at most 64 bytes may stand before the @, not {bytes}")]
    LocalTooLong {
        /// Their number.
        bytes: usize,
    },
    /// A character that may not stand before the `@`: quotes, brackets, accents and other letters than a to z.
    #[error("{0:?} may not stand before the @")]
    LocalCharacter(char),
    /// A dot at the start or the end of the part before the `@`, or two dots in a row.
    #[error("before the @ a dot stands between two other characters")]
    LocalDot,
    /// Nothing after the `@`.
    #[error("a domain must stand after the @")]
    DomainEmpty,
    /// A network address in brackets.
    #[error("a domain name is expected after the @, not a network address")]
    DomainLiteral,
    /// A dot at the end.
    #[error("a domain does not end with a dot")]
    DomainTrailingDot,
    /// No valid domain name.
    #[error(
        "not a domain name: labels of letters, digits and inner hyphens, each of at most 63 bytes"
    )]
    Domain,
    /// A name of a single label.
    #[error("a domain has at least two labels, such as example.fr")]
    DomainLabels,
    /// A last label of digits only, as a network address has.
    #[error("the last label of a domain is not a number")]
    DomainNumber,
}

impl EmailError {
    /// The code of the API: `empty`, `too_long`, `no_at_sign`, `several_addresses`, `not_ascii`, `bad_character`,
    /// `bad_dot` or `bad_domain`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty | Self::LocalEmpty => "empty",
            Self::TooLong { .. } | Self::LocalTooLong { .. } => "too_long",
            Self::NoAt => "no_at_sign",
            Self::SeveralAt => "several_addresses",
            Self::LocalCharacter(character) if !character.is_ascii() => "not_ascii",
            Self::Control(_) | Self::WhiteSpace | Self::LocalCharacter(_) => "bad_character",
            Self::LocalDot => "bad_dot",
            Self::DomainEmpty
            | Self::DomainLiteral
            | Self::DomainTrailingDot
            | Self::Domain
            | Self::DomainLabels
            | Self::DomainNumber => "bad_domain",
        }
    }
}

impl EmailAddress {
    /// Reads an address and brings it to its normal form.
    ///
    /// # Errors
    /// One [`EmailError`] per cause, with its bound.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let given = text.trim();
        if given.is_empty() {
            return Err(EmailError::Empty);
        }
        if given.len() > MOST_GIVEN_BYTES {
            return Err(EmailError::TooLong { bytes: given.len() });
        }
        if let Some(control) = given.chars().find(|character| character.is_control()) {
            return Err(EmailError::Control(control));
        }
        let (local, domain) = given.split_once('@').ok_or(EmailError::NoAt)?;
        if domain.contains('@') {
            return Err(EmailError::SeveralAt);
        }
        if given.contains(char::is_whitespace) {
            return Err(EmailError::WhiteSpace);
        }
        check_local(local)?;
        let text = format!("{}@{}", local.to_ascii_lowercase(), ascii_domain(domain)?);
        if text.len() > MOST_BYTES {
            return Err(EmailError::TooLong { bytes: text.len() });
        }
        Ok(Self {
            text,
            at: local.len(),
        })
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// What stands after the `@`, in ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// Whether it looks like `prenom.nom@…`, the form that A5 advises: two or three words joined by dots, each of at
    /// least two letters and hyphens, with or without a number at the end, and none of the usual shared mailboxes.
    ///
    /// ```
    /// # use aplus_core::EmailAddress;
    /// assert!(EmailAddress::parse("jean-marie.le-goff2@ain.fr")?.is_nominative());
    /// assert!(!EmailAddress::parse("msap.lens@ain.fr")?.is_nominative());
    /// # Ok::<(), aplus_core::EmailError>(())
    /// ```
    #[must_use]
    pub fn is_nominative(&self) -> bool {
        let words = self
            .local()
            .trim_end_matches(|character: char| character.is_ascii_digit());
        let is_word = |word: &str| {
            let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
            let hyphens = word.bytes().filter(|byte| *byte == b'-').count();
            letters >= 2
                && letters + hyphens == word.len()
                && !word.starts_with('-')
                && !word.ends_with('-')
        };
        matches!(words.split('.').count(), 2 | 3)
            && words.split('.').all(is_word)
            && !SharedMailboxes::default().matches(self)
    }
}

fn check_local(local: &str) -> Result<(), EmailError> {
    if local.is_empty() {
        return Err(EmailError::LocalEmpty);
    }
    if let Some(character) = local
        .chars()
        .find(|character| *character != '.' && !is_atext(*character))
    {
        return Err(EmailError::LocalCharacter(character));
    }
    if local.len() > MOST_LOCAL_BYTES {
        return Err(EmailError::LocalTooLong { bytes: local.len() });
    }
    if local.split('.').any(str::is_empty) {
        return Err(EmailError::LocalDot);
    }
    Ok(())
}

/// RFC 5321's `atext`.
pub(crate) fn is_atext(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character)
}

fn ascii_domain(domain: &str) -> Result<String, EmailError> {
    if domain.is_empty() {
        return Err(EmailError::DomainEmpty);
    }
    if domain.starts_with('[') {
        return Err(EmailError::DomainLiteral);
    }
    if domain.ends_with('.') {
        return Err(EmailError::DomainTrailingDot);
    }
    // STD3 rules leave letters, digits and hyphens only. Hyphens in the third and fourth place stay allowed: such
    // names exist and receive mail.
    let ascii = Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .map_err(|_| EmailError::Domain)?;
    let (_, last) = ascii.rsplit_once('.').ok_or(EmailError::DomainLabels)?;
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EmailError::DomainNumber);
    }
    Ok(ascii.into_owned())
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailAddress(…)")
    }
}

impl AsRef<str> for EmailAddress {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

serde_as_text!(EmailAddress);

#[cfg(test)]
mod tests;
