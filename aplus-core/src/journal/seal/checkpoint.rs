//! Checkpoints: the size and root of the journal's tree, signed, in the format of C2SP's `tlog-checkpoint` and `signed-note`,
//! which other programs read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer};

use super::{CheckpointKey, CheckpointVerifier, TreeHash};

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

impl CheckpointKey {
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

fn text(name: &str, checkpoint: &Checkpoint) -> String {
    format!("{name}\n{}\n{}\n", checkpoint.size, checkpoint.root)
}

impl CheckpointVerifier {
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
        let signatures = signatures.strip_suffix('\n').unwrap_or(signatures);
        for line in signatures.split('\n') {
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
        let mut lines = body.split('\n');
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
}
