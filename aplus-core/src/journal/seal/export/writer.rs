//! Writing an export.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::{Counts, FORMAT, Header, JournalLine, Line, MOST_BYTES};
use crate::Timestamp;

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

    /// Takes one line; stops the store once the file takes no more, or at a line that no export holds: nothing is left out.
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
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        if bytes.len() > MOST_BYTES {
            let what = match line {
                Line::Entry(entry) => format!("the entry {}", entry.id),
                _ => "a line".to_owned(),
            };
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "{what} is longer than an export holds, {MOST_BYTES} bytes: check the database itself"
                ),
            ));
        }
        self.out.write_all(&bytes)
    }
}
