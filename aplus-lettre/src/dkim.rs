//! Signing by DKIM (RFC 6376), for a relay that does not do it.

use std::fmt;

use lettre::Message;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm,
    DkimSigningKey,
};
use lettre::message::header::{HeaderName, HeaderValue};

/// What a signature covers: all that a reader sees, and what makes a mail one and the same.
const SIGNED: [&str; 10] = [
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    CONTENT_TYPE,
];

const CONTENT_TYPE: &str = "Content-Type";

/// The characters of the shortest key that is taken: RSA of 1024 bits, in PEM without its first and last line. Receivers
/// refuse shorter ones (RFC 8301).
const SHORTEST: usize = 800;

/// Why a key cannot sign. No variant shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// It is no RSA key in PEM of the old kind.
    #[error(
        "a DKIM key is an RSA key in PEM (PKCS #1, `-----BEGIN RSA PRIVATE KEY-----`): openssl genrsa -traditional 2048"
    )]
    Key,
    /// It is shorter than 1024 bits.
    #[error("a DKIM key has at least 1024 bits, better 2048: receivers refuse shorter ones")]
    Short,
    /// The selector cannot stand in a name of the DNS.
    #[error("a DKIM selector is labels of letters, digits and hyphens, joined by dots")]
    Selector,
}

/// A key, and the selector under which its public half stands in the DNS: `SELECTOR._domainkey.DOMAIN`.
pub struct DkimKey {
    selector: String,
    key: DkimSigningKey,
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DkimKey")
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

impl DkimKey {
    /// An RSA key of at least 1024 bits, in PEM (PKCS #1).
    ///
    /// # Errors
    /// One [`DkimError`] per cause.
    pub fn rsa(selector: &str, pem: &str) -> Result<Self, DkimError> {
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !selector.split('.').all(is_label) {
            return Err(DkimError::Selector);
        }
        let key = DkimSigningKey::new(pem.trim(), DkimSigningAlgorithm::Rsa)
            .map_err(|_| DkimError::Key)?;
        let body = pem.lines().filter(|line| !line.starts_with('-'));
        if body.map(|line| line.trim().len()).sum::<usize>() < SHORTEST {
            return Err(DkimError::Short);
        }
        Ok(Self {
            selector: selector.to_owned(),
            key,
        })
    }

    pub(crate) fn signs_for(self, domain: &str) -> Signature {
        let relaxed = DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        };
        let headers = SIGNED.map(HeaderName::new_from_ascii_str).to_vec();
        Signature(DkimConfig::new(
            self.selector,
            domain.to_owned(),
            self.key,
            headers,
            relaxed,
        ))
    }
}

/// Signs mails for one domain.
pub(crate) struct Signature(DkimConfig);

impl Signature {
    pub(crate) fn sign(&self, mail: &mut Message) {
        // The type of a mail with several parts stands with its parts, where the signer does not look: it is shown it.
        let content_type = content_type(&mail.formatted());
        if let Some(value) = content_type {
            let name = HeaderName::new_from_ascii_str(CONTENT_TYPE);
            mail.headers_mut().insert_raw(HeaderValue::new(name, value));
        }
        mail.sign(&self.0);
        mail.headers_mut().remove_raw(CONTENT_TYPE);
    }
}

/// The value of the header, unfolded.
fn content_type(mail: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(mail);
    let (headers, _) = text.split_once("\r\n\r\n")?;
    let unfolded = headers.replace("\r\n ", " ");
    let mut lines = unfolded.split("\r\n");
    lines.find_map(|line| line.strip_prefix("Content-Type: ").map(str::to_owned))
}
