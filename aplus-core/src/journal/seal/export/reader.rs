//! Reading an export back: exactly what `docs/journal.md` describes, so that another checker reads the same.

use std::io::{self, BufRead};

use super::{Counts, FORMAT, JournalLine, Line, MOST_BYTES, SealLine};
use crate::journal::seal::{Kept, Seal, TreeHash};

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
        let (mut rank, mut last) = (0, None);
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
                Some(Line::Checkpoint(checkpoint)) => JournalLine::Checkpoint(checkpoint),
            };
            let ranked = std::mem::replace(&mut rank, line.rank());
            if rank < ranked {
                return Err(lines.malformed("a line of this kind does not stand here"));
            }
            if let JournalLine::Entry(entry) = &line
                && last.replace(entry.id) >= Some(entry.id)
            {
                return Err(lines.malformed("its id does not come after that of the entry before"));
            }
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
