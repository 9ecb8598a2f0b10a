//! The export of a journal: lines of JSON, as `docs/journal.md` specifies them for whoever writes a checker.

use std::io::{self, BufRead, Write};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Kept, KeptCheckpoint, Seal, TreeHash};
use crate::journal::{Salt, StoredEntry};
use crate::{Author, EntryId, Timestamp};

/// What the first line of an export says of its form.
const FORMAT: &str = "aplus/journal/1";

/// The longest line that is read, in bytes: an entry is some hundred, a free text some thousand.
const MOST_BYTES: usize = 4 * 1_024 * 1_024;

/// One line of a journal as a store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time, and nearly always the large one"
)]
pub enum JournalLine {
    /// An entry with its erasable part.
    Entry(ExportedEntry),
    /// The seal of an entry.
    Seal(Seal),
    /// An entry that waits for its seal.
    Queued(EntryId),
    /// A checkpoint that the journal keeps itself.
    Checkpoint(KeptCheckpoint),
}

/// The columns of an entry and of its erasable part, exactly as they are stored: also what no program of ours would have
/// written, so that the check can name it. A member that is not there is not taken for null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedEntry {
    /// Its id.
    pub id: Uuid,
    /// When: microseconds since 1970.
    pub at: i64,
    /// The word of what happened.
    pub kind: String,
    /// `account`, `operator` or `machine`.
    pub author_kind: String,
    /// Which account or operator.
    #[serde(deserialize_with = "Option::deserialize")]
    pub author_id: Option<Uuid>,
    /// On which account.
    #[serde(deserialize_with = "Option::deserialize")]
    pub account_id: Option<Uuid>,
    /// In which group.
    #[serde(deserialize_with = "Option::deserialize")]
    pub group_id: Option<Uuid>,
    /// What happened, as canonical text.
    pub details: String,
    /// The request that it answers.
    #[serde(deserialize_with = "Option::deserialize")]
    pub request_id: Option<Uuid>,
    /// The hash of that request.
    #[serde(with = "optional_hex")]
    pub body_hash: Option<Vec<u8>>,
    /// The commitment to the erasable part.
    #[serde(with = "hex")]
    pub commitment: Vec<u8>,
    /// The erasable part, as canonical text; none once erased.
    #[serde(deserialize_with = "Option::deserialize")]
    pub text: Option<String>,
    /// The salt of the commitment; none once erased.
    #[serde(with = "optional_hex")]
    pub salt: Option<Vec<u8>>,
}

impl ExportedEntry {
    /// The columns of an entry that was read back.
    #[must_use]
    pub fn of(entry: &StoredEntry, salt: Option<&Salt>) -> Self {
        let (author_kind, author_id) = match entry.author {
            Author::Account(id) => ("account", Some(*id.as_uuid())),
            Author::Operator(id) => ("operator", Some(*id.as_uuid())),
            Author::Machine => ("machine", None),
        };
        Self {
            id: *entry.id.as_uuid(),
            at: entry.at.as_unix_micros(),
            kind: entry.kind.clone(),
            author_kind: author_kind.to_owned(),
            author_id,
            account_id: entry.account.map(|id| *id.as_uuid()),
            group_id: entry.group.map(|id| *id.as_uuid()),
            details: entry.details.clone(),
            request_id: entry.request.map(|(id, _)| *id.as_uuid()),
            body_hash: entry.request.map(|(_, hash)| hash.0.to_vec()),
            commitment: entry.commitment.0.to_vec(),
            text: entry.erasable.clone(),
            salt: salt.map(|salt| salt.0.to_vec()),
        }
    }
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "one at a time")]
enum Line {
    Header(Header),
    Entry(ExportedEntry),
    Seal(SealLine),
    Queued(EntryId),
    Checkpoint(CheckpointLine),
    End(Counts),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    journal: String,
    exported_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealLine {
    place: u64,
    entry: EntryId,
    #[serde(with = "hex")]
    hash: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointLine {
    size: u64,
    at: i64,
    note: String,
}

/// How many lines of each kind an export has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Entries.
    pub entries: u64,
    /// Seals.
    pub seals: u64,
    /// Entries that wait for their seal.
    pub queued: u64,
    /// Checkpoints.
    pub checkpoints: u64,
}

impl Counts {
    fn count(&mut self, line: &JournalLine) {
        match line {
            JournalLine::Entry(_) => self.entries += 1,
            JournalLine::Seal(_) => self.seals += 1,
            JournalLine::Queued(_) => self.queued += 1,
            JournalLine::Checkpoint(_) => self.checkpoints += 1,
        }
    }
}

impl From<JournalLine> for Line {
    fn from(line: JournalLine) -> Self {
        match line {
            JournalLine::Entry(entry) => Self::Entry(entry),
            JournalLine::Seal(Seal { place, entry, hash }) => Self::Seal(SealLine {
                place,
                entry,
                hash: hash.0.to_vec(),
            }),
            JournalLine::Queued(entry) => Self::Queued(entry),
            JournalLine::Checkpoint(KeptCheckpoint { size, at, note }) => {
                Self::Checkpoint(CheckpointLine {
                    size,
                    at: at.as_unix_micros(),
                    note,
                })
            }
        }
    }
}

/// Writes an export, line by line. An export that has no end is known to be cut.
pub struct ExportWriter<W> {
    out: W,
    counts: Counts,
    error: Option<io::Error>,
}

impl<W: Write> ExportWriter<W> {
    /// Begins the export of the journal of this name, without a scheme.
    ///
    /// # Errors
    /// Of the file.
    pub fn begin(out: W, journal: &str, at: Timestamp) -> io::Result<Self> {
        let mut writer = Self {
            out,
            counts: Counts::default(),
            error: None,
        };
        writer.write(&Line::Header(Header {
            format: FORMAT.to_owned(),
            journal: journal.to_owned(),
            exported_at: at.as_unix_micros(),
        }))?;
        Ok(writer)
    }

    /// Takes one line; stops the store once the file takes no more.
    pub fn take(&mut self, line: JournalLine) -> ControlFlow<()> {
        self.counts.count(&line);
        match self.write(&Line::from(line)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Ends the export.
    ///
    /// # Errors
    /// Of the file, also what stopped it before.
    pub fn end(mut self) -> io::Result<Counts> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.write(&Line::End(self.counts))?;
        self.out.flush()?;
        Ok(self.counts)
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}

/// An export that was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The journal that it says to be of; the checkpoints tell whether it is.
    pub journal: String,
    /// What it holds, for the check.
    pub kept: Kept,
}

/// Why a file is no whole export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be read.
    #[error("line {line} cannot be read")]
    Unreadable {
        /// The line, from 1.
        line: u64,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A line is not of the format.
    #[error("line {line} is not of the format: {problem}")]
    Malformed {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// It ends before its last line, or its last line counts other lines than there are.
    #[error("it is cut or put together: {problem}")]
    Cut {
        /// What is missing.
        problem: &'static str,
    },
}

impl Export {
    /// Reads an export; of each entry only what the check needs is kept.
    ///
    /// # Errors
    /// [`ExportError`], which names the line.
    pub fn read(file: impl BufRead) -> Result<Self, ExportError> {
        let mut lines = Lines { file, number: 0 };
        let Some(Line::Header(header)) = lines.next()? else {
            return Err(lines.malformed("an export begins with its header"));
        };
        if header.format != FORMAT {
            return Err(lines.malformed(&format!("its format is not {FORMAT}")));
        }
        let (mut kept, mut counts) = (Kept::default(), Counts::default());
        loop {
            let line = match lines.next()? {
                None => {
                    return Err(ExportError::Cut {
                        problem: "it has no end",
                    });
                }
                Some(Line::End(told)) if told != counts => {
                    return Err(ExportError::Cut {
                        problem: "its end counts other lines",
                    });
                }
                Some(Line::End(_)) => break,
                Some(Line::Header(_)) => return Err(lines.malformed("a second header")),
                Some(Line::Entry(entry)) => JournalLine::Entry(entry),
                Some(Line::Seal(SealLine { place, entry, hash })) => {
                    let hash = <[u8; 32]>::try_from(hash)
                        .map_err(|_| lines.malformed("the hash of a seal has not 32 bytes"))?;
                    let hash = TreeHash(hash);
                    JournalLine::Seal(Seal { place, entry, hash })
                }
                Some(Line::Queued(entry)) => JournalLine::Queued(entry),
                Some(Line::Checkpoint(CheckpointLine { size, at, note })) => {
                    let at = Timestamp::from_unix_micros(at)
                        .map_err(|error| lines.malformed(&error.to_string()))?;
                    JournalLine::Checkpoint(KeptCheckpoint { size, at, note })
                }
            };
            counts.count(&line);
            kept.take(line);
        }
        if lines.next()?.is_some() {
            return Err(lines.malformed("there is more after its end"));
        }
        Ok(Self {
            journal: header.journal,
            kept,
        })
    }
}

struct Lines<R> {
    file: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Option<Line>, ExportError> {
        self.number += 1;
        let mut line = Vec::new();
        let mut part = io::Read::take(&mut self.file, MOST_BYTES as u64);
        let read = part
            .read_until(b'\n', &mut line)
            .map_err(|cause| ExportError::Unreadable {
                line: self.number,
                cause,
            })?;
        if read == 0 {
            return Ok(None);
        }
        if line.pop() != Some(b'\n') {
            return Err(self.malformed("it is too long, or cut"));
        }
        serde_json::from_slice(&line)
            .map(Some)
            .map_err(|error| self.malformed(&error.to_string()))
    }

    fn malformed(&self, problem: &str) -> ExportError {
        ExportError::Malformed {
            line: self.number,
            problem: problem.to_owned(),
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
mod hex {
    use std::fmt::Write;

    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn text(bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            // Into a string it always succeeds.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    pub(super) fn parse(text: &str) -> Option<Vec<u8>> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let pairs = text.as_bytes().chunks(2);
        pairs
            .map(|pair| match *pair {
                [high, low] => Some(digit(high)? << 4 | digit(low)?),
                _ => None,
            })
            .collect()
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&text(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        parse(&text).ok_or_else(|| D::Error::custom("bytes are lower-case hexadecimal digits"))
    }
}

/// The same where there may be none.
mod optional_hex {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use super::hex;

    #[allow(clippy::ref_option, reason = "serde hands the field over as it is")]
    pub(super) fn serialize<S: Serializer>(
        bytes: &Option<Vec<u8>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => to.serialize_some(&hex::text(bytes)),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| {
            hex::parse(&text)
                .ok_or_else(|| D::Error::custom("bytes are lower-case hexadecimal digits"))
        })
        .transpose()
    }
}

#[cfg(test)]
mod tests;
