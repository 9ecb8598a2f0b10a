//! Bytes to cells: encoding, delimiter, header.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};

use super::apply::ImportError;
use super::layout::Layout;

/// One line of a list, by the names of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cells<'a> {
    header: &'a [String],
    cells: Vec<String>,
}

impl Cells<'_> {
    /// The cell of a column, trimmed; empty if the layout has none.
    pub(super) fn get(&self, column: &str) -> &str {
        let index = self.header.iter().position(|name| name == column);
        index
            .and_then(|index| self.cells.get(index))
            .map_or("", |cell| cell.trim())
    }

    /// Whether the line has as many cells as the header; spreadsheets leave out or add empty ones at the end.
    pub(super) fn fit(&self) -> bool {
        self.cells
            .iter()
            .skip(self.header.len())
            .all(|cell| cell.trim().is_empty())
            && self.cells.len() * 2 > self.header.len()
    }

    pub(super) fn count(&self) -> usize {
        self.cells.len()
    }
}

/// How many lines of a file one cell in quotes may span, and how long a line may be.
const SPAN: usize = 50;
const LINE_BYTES: u64 = 1 << 20;

/// A line of a file as it stands there, with its number.
type Raw = (u64, Vec<u8>);

/// What stands on a line, or why that cannot be said.
pub(super) enum Line<'a> {
    Cells(Cells<'a>),
    /// A quote that opens a cell is never closed.
    Torn(String),
}

/// A list whose header was recognised.
pub(super) struct List<R: Read> {
    pub(super) layout: Layout,
    header: Vec<String>,
    delimiter: u8,
    lines: Lines<R>,
}

/// The lines of a file, and those that were read ahead.
struct Lines<R: Read> {
    source: BufReader<R>,
    ahead: VecDeque<Raw>,
    /// What the last record took beyond its first line.
    spanned: Vec<Raw>,
    number: u64,
}

impl<R: Read> Lines<R> {
    fn next(&mut self) -> Result<Option<Raw>, ImportError> {
        if let Some(raw) = self.ahead.pop_front() {
            return Ok(Some(raw));
        }
        let mut bytes = Vec::new();
        self.source
            .by_ref()
            .take(LINE_BYTES)
            .read_until(b'\n', &mut bytes)
            .map_err(ImportError::Unreadable)?;
        self.number += 1;
        Ok((!bytes.is_empty()).then_some((self.number, bytes)))
    }

    /// The lines that one record spans; a quote that does not close within [`SPAN`] lines spoils its own line alone.
    fn next_record(
        &mut self,
        delimiter: u8,
        columns: usize,
    ) -> Result<Option<(Raw, bool)>, ImportError> {
        self.spanned.clear();
        let Some((number, first)) = self.next()? else {
            return Ok(None);
        };
        let mut whole = first.clone();
        while leaves_quote_open(&whole, delimiter) {
            let more = if self.spanned.len() < SPAN {
                self.next()?
            } else {
                None
            };
            // A line with as many delimiters as the header has is a line of its own.
            let whole_line =
                |raw: &Raw| raw.1.iter().filter(|byte| **byte == delimiter).count() + 1 >= columns;
            let more = match more {
                Some(raw) if whole_line(&raw) => {
                    self.spanned.push(raw);
                    None
                }
                more => more,
            };
            let Some(raw) = more else {
                self.give_back();
                return Ok(Some(((number, first), true)));
            };
            whole.extend_from_slice(&raw.1);
            self.spanned.push(raw);
        }
        Ok(Some(((number, whole), false)))
    }

    /// Reads what the last record took beyond its first line once more, as lines of their own; whether there was any.
    fn give_back(&mut self) -> bool {
        let spanned = std::mem::take(&mut self.spanned);
        let any = !spanned.is_empty();
        for raw in spanned.into_iter().rev() {
            self.ahead.push_front(raw);
        }
        any
    }
}

/// Whether a cell that began with a quote has not ended with one: a quote within a cell without quotes is a character.
fn leaves_quote_open(bytes: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut begins) = (false, true);
    for byte in bytes {
        match *byte {
            b'"' if quoted || begins => (quoted, begins) = (!quoted, quoted),
            other => begins = !quoted && (other == delimiter || other == b'\n'),
        }
    }
    quoted
}

impl<R: Read> List<R> {
    pub(super) fn open(source: R) -> Result<Self, ImportError> {
        let mut lines = Lines {
            source: BufReader::new(source),
            ahead: VecDeque::new(),
            spanned: Vec::new(),
            number: 0,
        };
        let Some((_, first)) = lines.next()? else {
            return Err(ImportError::Empty);
        };
        let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
        let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
        let delimiter = if count(b',') > count(b';') {
            b','
        } else {
            b';'
        };
        let header = cells(first, delimiter)?;
        let header: Vec<_> = header
            .into_iter()
            .map(|cell| cell.trim().to_owned())
            .collect();
        let layout =
            Layout::of(&header).map_err(|(nearest, missing)| ImportError::UnknownHeader {
                nearest,
                missing,
                header: header.join(";").chars().take(200).collect(),
            })?;
        Ok(Self {
            layout,
            header,
            delimiter,
            lines,
        })
    }

    /// The next line with something in it, and its number in the file.
    pub(super) fn next_line(&mut self) -> Result<Option<(u64, Line<'_>)>, ImportError> {
        while let Some(((number, bytes), torn)) =
            self.lines.next_record(self.delimiter, self.header.len())?
        {
            if torn {
                let start = text(&bytes).trim().chars().take(300).collect();
                return Ok(Some((number, Line::Torn(start))));
            }
            let cells = cells(&bytes, self.delimiter)?;
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some((
                    number,
                    Line::Cells(Cells {
                        header: &self.header,
                        cells,
                    }),
                )));
            }
        }
        Ok(None)
    }

    /// A record over several lines that cannot be read was none: its other lines are read as lines of their own.
    pub(super) fn give_back(&mut self) -> bool {
        self.lines.give_back()
    }
}

fn cells(record: &[u8], delimiter: u8) -> Result<Vec<String>, ImportError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(record.len().max(1))
        .from_reader(record);
    let mut read = csv::ByteRecord::new();
    reader
        .read_byte_record(&mut read)
        .map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => ImportError::Unreadable(error),
            // A reader of bytes with lines of any length has no other cause.
            kind => ImportError::Unreadable(std::io::Error::other(format!("{kind:?}"))),
        })?;
    let utf8 = std::str::from_utf8(record).is_ok();
    Ok(read
        .iter()
        .map(|cell| if utf8 { lossless(cell) } else { windows(cell) })
        .collect())
}

/// The line is UTF-8, or else Latin-1 as spreadsheets write it (Windows-1252).
fn text(bytes: &[u8]) -> String {
    if std::str::from_utf8(bytes).is_ok() {
        lossless(bytes)
    } else {
        windows(bytes)
    }
}

fn lossless(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn windows(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}
