//! Checkpoints: the size and root of the journal's tree, signed, in the format of C2SP's `tlog-checkpoint` and `signed-note`,
//! which other programs read.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::TreeHash;
use crate::{HostKey, Site};

/// Ed25519, as `signed-note` numbers algorithms.
const ALGORITHM: u8 = 1;

/// The longest note that is read: two lines of text, a root, and a handful of signatures.
const MOST_BYTES: usize = 16_384;

/// How large the journal was, and its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of sealed entries.
    pub size: u64,
    /// The root over them.
    pub root: TreeHash,
}

/// A name that no key may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a journal's key has 1 to 1 000 characters, no white space and no +, such as aplus.example/journal"
)]
pub struct KeyNameError;

/// Why a note is not a checkpoint of this journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is not of the form of a signed checkpoint.
    #[error("it is not a signed checkpoint: {0}")]
    Malformed(&'static str),
    /// It is of another journal.
    #[error("it is a checkpoint of another journal")]
    OtherOrigin,
    /// None of its signatures is of the known key.
    #[error("it has no signature of the known key")]
    NotSigned,
    /// It was altered after it was signed, or forged.
    #[error("its signature is wrong: it was altered or forged")]
    WrongSignature,
}

/// Signs the checkpoints of one journal. Its `Debug` shows the name alone.
pub struct CheckpointKey {
    name: String,
    key: SigningKey,
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

    /// A signed checkpoint, as a note.
    ///
    /// ```
    /// use aplus_core::journal::seal::{Checkpoint, CheckpointKey, Frontier};
    ///
    /// let key = CheckpointKey::new("aplus.example/journal", &[7; 32])?;
    /// let journal = Frontier::default();
    /// let checkpoint = Checkpoint { size: journal.size(), root: journal.root() };
    /// let note = key.sign(&checkpoint);
    /// assert!(note.starts_with("aplus.example/journal\n0\n"));
    /// assert_eq!(key.verifier().open(&note)?, checkpoint);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = text(&self.name, checkpoint);
        let signature = self.key.sign(text.as_bytes());
        let mut signed = self.verifier().id().to_vec();
        signed.extend_from_slice(&signature.to_bytes());
        format!("{text}\n— {} {}\n", self.name, STANDARD.encode(signed))
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

fn text(name: &str, checkpoint: &Checkpoint) -> String {
    format!("{name}\n{}\n{}\n", checkpoint.size, checkpoint.root)
}

/// Checks the checkpoints of one journal. As text it is C2SP's `vkey`: the name, the key's id and the key, joined by `+`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointVerifier {
    name: String,
    key: VerifyingKey,
}

impl CheckpointVerifier {
    /// The name of the journal.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256 over the name, a line feed, the algorithm and the key.
    fn id(&self) -> [u8; 4] {
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

    /// Reads a note, and checks that this journal's key signed it. Signatures of other keys are passed over.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(&self, note: &str) -> Result<Checkpoint, CheckpointError> {
        use CheckpointError::{Malformed, NotSigned, OtherOrigin, WrongSignature};
        if note.len() > MOST_BYTES {
            return Err(Malformed("it is too long"));
        }
        let (body, signatures) = note
            .split_once("\n\n")
            .ok_or(Malformed("no empty line before its signatures"))?;
        let body = format!("{body}\n");
        let mut signed = false;
        for line in signatures.lines() {
            let line = line
                .strip_prefix("— ")
                .ok_or(Malformed("a signature begins with a dash"))?;
            let (name, value) = line
                .split_once(' ')
                .ok_or(Malformed("a signature has a name and a value"))?;
            let value = STANDARD
                .decode(value)
                .map_err(|_| Malformed("a signature is in base64"))?;
            let Some((id, value)) = value.split_first_chunk::<4>() else {
                return Err(Malformed("a signature has the id of its key"));
            };
            if name != self.name || *id != self.id() {
                continue;
            }
            let signature = Signature::from_slice(value).map_err(|_| WrongSignature)?;
            self.key
                .verify_strict(body.as_bytes(), &signature)
                .map_err(|_| WrongSignature)?;
            signed = true;
        }
        if !signed {
            return Err(NotSigned);
        }
        let mut lines = body.lines();
        if lines.next() != Some(self.name.as_str()) {
            return Err(OtherOrigin);
        }
        let size = lines.next().ok_or(Malformed("it has no size"))?;
        let number: u64 = size
            .parse()
            .map_err(|_| Malformed("its size is no number"))?;
        if number.to_string() != size {
            return Err(Malformed("its size is not written as a plain number"));
        }
        let root = lines.next().ok_or(Malformed("it has no root"))?;
        let root = STANDARD.decode(root).ok();
        let root = root.and_then(|root| <[u8; 32]>::try_from(root).ok());
        Ok(Checkpoint {
            size: number,
            root: TreeHash(root.ok_or(Malformed("its root is not 32 bytes in base64"))?),
        })
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

/// The notes of a file of anchors, one after another. Each ends with its signatures; what stands between two of them and begins
/// none is part of the next, which is then found to be no checkpoint.
#[must_use]
pub fn notes(file: &str) -> Vec<String> {
    let (mut notes, mut note) = (Vec::new(), String::new());
    let (mut is_signed, mut lines) = (false, file.lines().peekable());
    while let Some(line) = lines.next() {
        let signature = line.starts_with("— ");
        // The first line of the next note, or an empty one before it.
        if is_signed && !signature {
            notes.push(std::mem::take(&mut note));
            is_signed = false;
        }
        if note.is_empty() && line.trim().is_empty() {
            continue;
        }
        is_signed |= signature;
        note.push_str(line);
        // A file that was cut within its last line has no line feed there.
        if lines.peek().is_some() || file.ends_with('\n') {
            note.push('\n');
        }
    }
    if !note.is_empty() {
        notes.push(note);
    }
    notes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn key() -> CheckpointKey {
        CheckpointKey::new("aplus.example/journal", &[7; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            size: 21_028,
            root: TreeHash::leaf(b"root"),
        }
    }

    #[test]
    fn a_checkpoint_is_a_note_that_others_read() {
        let note = key().sign(&checkpoint());
        let lines: Vec<_> = note.split('\n').collect();
        let root = checkpoint().root.to_string();
        assert_eq!(
            lines[..4],
            ["aplus.example/journal", "21028", root.as_str(), ""]
        );
        assert!(lines[4].starts_with("— aplus.example/journal "));
        assert_eq!(lines[5..], [""]);
        assert_eq!(key().verifier().open(&note), Ok(checkpoint()));
        assert_eq!(
            format!("{:?}", key()),
            "CheckpointKey { name: \"aplus.example/journal\", .. }"
        );
    }

    #[test]
    fn each_byte_that_is_altered_is_found() {
        let note = key().sign(&checkpoint());
        let verifier = key().verifier();
        for place in 0..note.len() {
            for bit in 0..8 {
                let mut bytes = note.clone().into_bytes();
                bytes[place] ^= 1 << bit;
                // What is no longer text is no note.
                if let Ok(altered) = String::from_utf8(bytes) {
                    assert!(verifier.open(&altered).is_err(), "byte {place}: {altered}");
                }
            }
        }
    }

    #[test]
    fn another_key_and_another_journal_are_told_apart() {
        let note = key().sign(&checkpoint());
        let other = CheckpointKey::new("aplus.example/journal", &[8; 32]).unwrap();
        assert_eq!(
            other.verifier().open(&note),
            Err(CheckpointError::NotSigned)
        );
        let elsewhere = CheckpointKey::new("autre.example/journal", &[7; 32]).unwrap();
        assert_eq!(
            elsewhere.verifier().open(&note),
            Err(CheckpointError::NotSigned)
        );
        // A second signature, of a witness, is passed over.
        let witness = other.sign(&checkpoint());
        let (_, signature) = witness.split_once("\n\n").unwrap();
        assert_eq!(
            key().verifier().open(&format!("{note}{signature}")),
            Ok(checkpoint())
        );
        assert_eq!(
            key().verifier().open(""),
            Err(CheckpointError::Malformed(
                "no empty line before its signatures"
            ))
        );
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

    #[test]
    fn a_file_of_anchors_is_one_note_after_another() {
        let sign = |size| {
            key().sign(&Checkpoint {
                size,
                ..checkpoint()
            })
        };
        let (one, two) = (sign(1), sign(2));
        assert_eq!(notes(""), Vec::<String>::new());
        let both = [one.clone(), two.clone()];
        for between in ["", "\n", "\n \n"] {
            assert_eq!(notes(&format!("{one}{between}{two}{between}")), both);
            let windows = format!("{one}{between}{two}").replace('\n', "\r\n");
            assert_eq!(
                notes(&windows),
                both,
                "a mail was saved with other line ends"
            );
        }
        let cut = format!("{one}{}", &two[..two.len() - 9]);
        let of_cut = notes(&cut);
        assert_eq!((of_cut.len(), &of_cut[0]), (2, &one));
        assert!(key().verifier().open(&of_cut[1]).is_err());
        let garbage = notes(&format!("{one}garbage\n{two}"));
        assert!(key().verifier().open(&garbage[1]).is_err());
    }
}
