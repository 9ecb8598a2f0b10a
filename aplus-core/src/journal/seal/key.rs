//! The key of a journal: its secret half, which signs checkpoints, and its public half, which checks them.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::{HostKey, Site};

/// Ed25519, as `signed-note` numbers algorithms.
const ALGORITHM: u8 = 1;

/// A name that no key may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a journal's key has 1 to 1 000 characters, no white space and no +, such as aplus.example/journal"
)]
pub struct KeyNameError;

/// Signs the checkpoints of one journal. Its `Debug` shows the name alone.
pub struct CheckpointKey {
    pub(super) name: String,
    pub(super) key: SigningKey,
}

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CheckpointKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl CheckpointKey {
    /// The key of this seed, for the journal of this name: a host and a path, without a scheme.
    ///
    /// # Errors
    /// [`KeyNameError`] unless the name has 1 to 1 000 characters, no white space and no `+`.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyNameError> {
        Ok(Self {
            name: checked(name)?.to_owned(),
            key: SigningKey::from_bytes(seed),
        })
    }

    /// The key that a host key and a site give: its own under a label of the journal's.
    #[must_use]
    pub fn of_host(key: &HostKey, site: &Site) -> Self {
        Self {
            // A host and a path: no white space and no plus sign.
            name: site.journal_name(),
            key: SigningKey::from_bytes(&key.journal_seed()),
        }
    }

    /// What its signatures are checked with; no secret.
    #[must_use]
    pub fn verifier(&self) -> CheckpointVerifier {
        CheckpointVerifier {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }
}

fn checked(name: &str) -> Result<&str, KeyNameError> {
    let count = name.chars().count();
    let refused = |it: char| it.is_whitespace() || it.is_control() || it == '+';
    if count == 0 || count > 1_000 || name.contains(refused) {
        return Err(KeyNameError);
    }
    Ok(name)
}

/// Checks the checkpoints of one journal. As text it is C2SP's `vkey`: the name, the key's id and the key, joined by `+`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointVerifier {
    pub(super) name: String,
    pub(super) key: VerifyingKey,
}

impl CheckpointVerifier {
    /// The name of the journal.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256 over the name, a line feed, the algorithm and the key.
    pub(super) fn id(&self) -> [u8; 4] {
        let digest = Sha256::new_with_prefix(&self.name)
            .chain_update([b'\n', ALGORITHM])
            .chain_update(self.key.as_bytes())
            .finalize();
        let mut id = [0; 4];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        id
    }
}

impl fmt::Display for CheckpointVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ALGORITHM];
        key.extend_from_slice(self.key.as_bytes());
        let [a, b, c, d] = self.id();
        let key = STANDARD.encode(key);
        write!(
            formatter,
            "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{key}",
            self.name
        )
    }
}

/// Text that is no verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a verifier is name+id+key, as `journal key` prints it")]
pub struct VerifierError;

impl FromStr for CheckpointVerifier {
    type Err = VerifierError;

    fn from_str(text: &str) -> Result<Self, VerifierError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VerifierError);
        };
        let name = checked(name).map_err(|_| VerifierError)?;
        let key = STANDARD.decode(key).map_err(|_| VerifierError)?;
        let Some((&ALGORITHM, key)) = key.split_first() else {
            return Err(VerifierError);
        };
        let key = <[u8; 32]>::try_from(key).map_err(|_| VerifierError)?;
        let verifier = Self {
            name: name.to_owned(),
            key: VerifyingKey::from_bytes(&key).map_err(|_| VerifierError)?,
        };
        let [a, b, c, d] = verifier.id();
        if format!("{a:02x}{b:02x}{c:02x}{d:02x}") != id {
            return Err(VerifierError);
        }
        Ok(verifier)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn key() -> CheckpointKey {
        CheckpointKey::new("aplus.example/journal", &[7; 32]).unwrap()
    }

    #[test]
    fn a_verifier_is_text_and_back() {
        let verifier = key().verifier();
        let text = verifier.to_string();
        assert_eq!(text.parse(), Ok(verifier));
        assert!(text.starts_with("aplus.example/journal+"));
        for wrong in [
            "",
            "a+b",
            "aplus.example/journal+00000000+AA==",
            &text.replacen('+', "+0", 1),
            &text.replace("journal", "journax"),
            &format!("{text}A"),
        ] {
            assert_eq!(
                wrong.parse::<CheckpointVerifier>(),
                Err(VerifierError),
                "{wrong}"
            );
        }
    }

    #[test]
    fn names_are_bounded() {
        for wrong in ["", "a b", "a+b", "a\nb", &"a".repeat(1_001)] {
            assert_eq!(
                CheckpointKey::new(wrong, &[1; 32]).unwrap_err(),
                KeyNameError
            );
        }
        assert!(CheckpointKey::new(&"é".repeat(1_000), &[1; 32]).is_ok());
    }
}
