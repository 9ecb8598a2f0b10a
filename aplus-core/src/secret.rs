//! A secret and its stored form are two types: only the hash can reach a store, only the secret a mail or a cookie.
//!
//! A login link's secret is `HMAC-SHA-256(host key, "aplus/link/1" ‖ 0 ‖ link id ‖ nonce)`, a session's likewise under its
//! own label. What is stored is its SHA-256 and the nonce: a waiting mail needs no secret at rest, and the same link can
//! be sent again (L4). A stolen database or a stolen key alone opens nothing; both together do.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretSlice, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

#[cfg(feature = "service")]
use crate::RequestId;
#[cfg(feature = "service")]
use crate::journal::BodyHash;
use crate::{LinkId, SessionId};

/// What is no secret of this library: 43 characters of base64url, the form of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a secret of this service: 43 characters of A-Z a-z 0-9 - _ are expected")]
pub struct SecretError;

macro_rules! secret {
    ($(#[$doc:meta])* $secret:ident, $(#[$hash_doc:meta])* $hash:ident) => {
        $(#[$doc])*
        ///
        /// Its `Debug` is redacted, and its memory is wiped when it goes.
        pub struct $secret(SecretBox<[u8; 32]>);

        impl $secret {
            /// A secret of these bytes.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(SecretBox::new(Box::new(bytes)))
            }

            /// Reads what a person or a browser presented.
            ///
            /// # Errors
            /// Unless it is 43 characters of base64url, exactly as they were given out.
            pub fn parse(text: &str) -> Result<Self, SecretError> {
                let mut bytes = [0; 32];
                match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
                    Ok(32) if text.len() == 43 => Ok(Self::from_bytes(bytes)),
                    Ok(_) | Err(_) => Err(SecretError),
                }
            }

            /// What goes into a mail or a cookie: 43 characters.
            #[must_use]
            pub fn reveal(&self) -> SecretString {
                URL_SAFE_NO_PAD.encode(self.0.expose_secret()).into()
            }

            /// What a store keeps of it.
            #[must_use]
            pub fn hash(&self) -> $hash {
                $hash(Sha256::digest(self.0.expose_secret()).into())
            }
        }

        impl fmt::Debug for $secret {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($secret), "(…)"))
            }
        }

        $(#[$hash_doc])*
        ///
        /// Compared in constant time; its `Debug` shows the first four bytes.
        #[derive(Clone, Copy, Eq)]
        pub struct $hash([u8; 32]);

        impl $hash {
            /// As a store kept it.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// As a store keeps it.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl PartialEq for $hash {
            fn eq(&self, other: &Self) -> bool {
                self.0.ct_eq(&other.0).into()
            }
        }

        impl std::hash::Hash for $hash {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl fmt::Debug for $hash {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                let [a, b, c, d, ..] = self.0;
                write!(formatter, concat!(stringify!($hash), "({:02x}{:02x}{:02x}{:02x}…)"), a, b, c, d)
            }
        }
    };
}

secret! {
    /// The secret of a login link: what its address ends with.
    LinkSecret,
    /// What is stored of a link's secret.
    LinkHash
}
secret! {
    /// The secret of a session: its cookie.
    SessionSecret,
    /// What is stored of a session's secret.
    SessionHash
}
secret! {
    /// By what a browser that asks for a link is known again: a cookie of random bytes (L4, L6).
    BrowserSecret,
    /// What is stored of a browser's cookie.
    BrowserHash
}

/// Makes a derived secret another one each time; stored beside its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce([u8; 32]);

impl Nonce {
    /// From 32 random bytes, or as a store kept it.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As a store keeps it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Which host key a secret was derived with: the first eight bytes of its hash, so that a replaced key never goes by an
/// old name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// As a store kept it.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// As a store keeps it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// A host key that is too short. It holds how long the key was and nothing of the key, so that it may be printed and logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the host key must have at least 32 bytes, not {bytes}: make one with `head -c 32 /dev/urandom`"
)]
pub struct KeyError {
    /// How many there were.
    pub bytes: usize,
}

/// The key of the host: at least 32 random bytes, the same for all its servers.
pub struct HostKey {
    id: KeyId,
    bytes: SecretSlice<u8>,
}

impl fmt::Debug for HostKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HostKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl HostKey {
    /// A key of these bytes.
    ///
    /// # Errors
    /// Below 32 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() < 32 {
            return Err(KeyError { bytes: bytes.len() });
        }
        let digest = Sha256::new_with_prefix(b"aplus/key/1\0")
            .chain_update(bytes)
            .finalize();
        let mut id = [0; 8];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        Ok(Self {
            id: KeyId(id),
            bytes: bytes.to_vec().into(),
        })
    }

    /// What it is known by.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    fn derive(&self, label: &[u8], id: &uuid::Uuid, more: &[u8; 32]) -> [u8; 32] {
        // A key of any length is accepted by HMAC; the error type stays for other constructions.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.bytes.expose_secret()) else {
            return [0; 32];
        };
        mac.update(label);
        mac.update(&[0]);
        mac.update(id.as_bytes());
        mac.update(more);
        mac.finalize().into_bytes().into()
    }

    /// The secret of a login link.
    #[must_use]
    pub fn link(&self, id: LinkId, nonce: &Nonce) -> LinkSecret {
        LinkSecret::from_bytes(self.derive(b"aplus/link/1", id.as_uuid(), &nonce.0))
    }

    /// The secret of a session.
    #[must_use]
    pub fn session(&self, id: SessionId, nonce: &Nonce) -> SessionSecret {
        SessionSecret::from_bytes(self.derive(b"aplus/session/1", id.as_uuid(), &nonce.0))
    }

    /// What is stored of the content of a request: nobody who has not the key can tell from it what somebody wrote, also once
    /// the erasable part of its entry is gone (T3).
    #[cfg(feature = "service")]
    pub(crate) fn request(&self, id: RequestId, body: &BodyHash) -> BodyHash {
        BodyHash(self.derive(b"aplus/request/1", id.as_uuid(), &body.0))
    }

    /// A name for a request that has none, by its content; as little can be told from it.
    #[cfg(feature = "service")]
    pub(crate) fn name_of(&self, body: &BodyHash) -> uuid::Uuid {
        let bytes = self.derive(b"aplus/content/1", &uuid::Uuid::nil(), &body.0);
        let mut name = [0; 16];
        for (to, from) in name.iter_mut().zip(bytes) {
            *to = from;
        }
        uuid::Builder::from_custom_bytes(name).into_uuid()
    }

    /// The seed of the key that signs the journal's checkpoints, where the host names no other:
    /// `HMAC-SHA-256(host key, "aplus/journal/1" ‖ 0)`.
    #[cfg(feature = "service")]
    pub(crate) fn journal_seed(&self) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.bytes.expose_secret()) else {
            return [0; 32];
        };
        mac.update(b"aplus/journal/1\0");
        mac.finalize().into_bytes().into()
    }

    /// A keyed hash for what the technical log must not show, such as an address (T1): 16 hexadecimal digits.
    #[must_use]
    pub fn pseudonym(&self, text: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.bytes.expose_secret()) else {
            return String::new();
        };
        mac.update(b"aplus/log/1\0");
        mac.update(text.as_bytes());
        mac.finalize()
            .into_bytes()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn id(number: u128) -> uuid::Uuid {
        uuid::Uuid::from_u128(number)
    }

    #[test]
    fn a_secret_reads_back_exactly_and_nothing_else_does() {
        let secret = LinkSecret::from_bytes([0xa7; 32]);
        let text = secret.reveal().expose_secret().to_owned();
        assert_eq!(text.len(), 43);
        assert_eq!(LinkSecret::parse(&text).unwrap().hash(), secret.hash());
        let longer = format!("{text}A");
        let padded = format!("{text}=");
        // The last character carries four bits: one that differs only beyond them is not the same text.
        let loose = format!("{}d", &text[..42]);
        assert!(text.ends_with('c'));
        for bad in [
            "",
            &text[..42],
            &longer,
            &padded,
            &loose,
            &text.replace('p', "+"),
            " ",
            "é",
        ] {
            assert_eq!(LinkSecret::parse(bad).unwrap_err(), SecretError, "{bad}");
        }
        let other_case = text.to_uppercase();
        assert_ne!(other_case, text);
        if let Ok(other) = LinkSecret::parse(&other_case) {
            assert_ne!(other.hash(), secret.hash());
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = HostKey::new(&[7; 32]).unwrap();
        let link = key.link(LinkId::from_uuid(id(1)), &Nonce::from_bytes([1; 32]));
        let shown = format!("{key:?} {link:?} {:?}", link.hash());
        assert!(!shown.contains(link.reveal().expose_secret()), "{shown}");
        assert!(shown.contains("LinkSecret(…)"), "{shown}");
    }

    #[test]
    fn id_nonce_purpose_and_key_each_make_another_secret() {
        let key = HostKey::new(&[7; 32]).unwrap();
        let other = HostKey::new(&[8; 32]).unwrap();
        let nonce = Nonce::from_bytes([1; 32]);
        let link = key.link(LinkId::from_uuid(id(1)), &nonce);
        let same = key.link(LinkId::from_uuid(id(1)), &nonce);
        assert_eq!(link.hash(), same.hash());
        assert_ne!(
            link.hash(),
            key.link(LinkId::from_uuid(id(2)), &nonce).hash()
        );
        assert_ne!(
            link.hash(),
            key.link(LinkId::from_uuid(id(1)), &Nonce::from_bytes([2; 32]))
                .hash()
        );
        assert_ne!(
            link.hash(),
            other.link(LinkId::from_uuid(id(1)), &nonce).hash()
        );
        let session = key.session(SessionId::from_uuid(id(1)), &nonce);
        assert_ne!(link.hash().as_bytes(), session.hash().as_bytes());
        assert_ne!(key.id(), other.id());
        assert_ne!(key.pseudonym("a@b.fr"), other.pseudonym("a@b.fr"));
    }

    #[test]
    fn a_short_key_is_refused_with_the_bound() {
        let error = HostKey::new(b"a word that somebody thought of").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the host key must have at least 32 bytes, not 31: make one with `head -c 32 /dev/urandom`"
        );
        // What `main` prints of an error, and what a log keeps.
        assert_eq!(format!("{error:?}"), "KeyError { bytes: 31 }");
    }
}
