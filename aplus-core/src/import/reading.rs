//! Bytes to cells: encoding, delimiter, header.

use std::io::{BufRead, BufReader, Read};

use super::apply::ImportError;

/// A published list that is recognised by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The France Services list.
    FranceServices,
    /// Administration+'s own list of accounts.
    Accounts,
}

impl Layout {
    /// The columns that make a header this layout's; others may stand between them, in any order.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::FranceServices => &[
                "MATRICULE",
                "DEPARTEMENT",
                "FRANCE SERVICES",
                "CONTACT MAIL",
                "STRUCTURE PORTEUSE",
            ],
            Self::Accounts => &[
                "Nom",
                "Qualité",
                "Email",
                "Instructeur",
                "Responsable",
                "Territoires",
                "Organisation du groupe",
                "Groupe",
                "Bal générique / fonctionnelle",
                "Compte partagé",
            ],
        }
    }

    fn of(header: &[String]) -> Option<Self> {
        [Self::FranceServices, Self::Accounts]
            .into_iter()
            .find(|layout| {
                layout
                    .columns()
                    .iter()
                    .all(|column| header.iter().any(|cell| cell == column))
            })
    }
}

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

    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// A list whose header was recognised.
pub(super) struct List<R: Read> {
    pub(super) layout: Layout,
    pub(super) header: Vec<String>,
    records: csv::Reader<std::io::Chain<std::io::Cursor<Vec<u8>>, BufReader<R>>>,
    record: csv::ByteRecord,
}

impl<R: Read> List<R> {
    pub(super) fn open(source: R) -> Result<Self, ImportError> {
        let mut source = BufReader::new(source);
        let mut first = Vec::new();
        // A header is a few hundred bytes: what has no line end within 64 KiB is no list.
        source
            .by_ref()
            .take(65_536)
            .read_until(b'\n', &mut first)
            .map_err(ImportError::Unreadable)?;
        if first.is_empty() {
            return Err(ImportError::Empty);
        }
        let first = first
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&first)
            .to_vec();
        let semicolons = first.iter().filter(|byte| **byte == b';').count();
        let commas = first.iter().filter(|byte| **byte == b',').count();
        let records = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            // Lines are counted by their ends; the rest of a CRLF is trimmed with its cell.
            .terminator(csv::Terminator::Any(b'\n'))
            .delimiter(if commas > semicolons { b',' } else { b';' })
            .from_reader(std::io::Cursor::new(first).chain(source));
        let mut list = Self {
            layout: Layout::FranceServices,
            header: Vec::new(),
            records,
            record: csv::ByteRecord::new(),
        };
        list.read()?;
        let header: Vec<_> = list
            .cells()
            .into_iter()
            .map(|cell| cell.trim().to_owned())
            .collect();
        let Some(layout) = Layout::of(&header) else {
            return Err(ImportError::UnknownHeader(
                header.join(";").chars().take(200).collect(),
            ));
        };
        Ok(Self {
            layout,
            header,
            ..list
        })
    }

    /// The next line with something in it, and its number in the file.
    pub(super) fn next_line(&mut self) -> Result<Option<(u64, Cells<'_>)>, ImportError> {
        while self.read()? {
            let line = self.record.position().map_or(0, csv::Position::line);
            let cells = self.cells();
            let found = Cells {
                header: &self.header,
                cells,
            };
            if !found.is_empty() {
                let cells = found.cells;
                return Ok(Some((
                    line,
                    Cells {
                        header: &self.header,
                        cells,
                    },
                )));
            }
        }
        Ok(None)
    }

    fn read(&mut self) -> Result<bool, ImportError> {
        self.records
            .read_byte_record(&mut self.record)
            .map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => ImportError::Unreadable(error),
                // A reader of bytes with lines of any length has no other cause.
                kind => ImportError::Unreadable(std::io::Error::other(format!("{kind:?}"))),
            })
    }

    /// The line is UTF-8, or else Latin-1 as spreadsheets write it (Windows-1252).
    fn cells(&self) -> Vec<String> {
        let utf8 = self
            .record
            .iter()
            .all(|cell| std::str::from_utf8(cell).is_ok());
        self.record
            .iter()
            .map(|cell| match utf8 {
                true => String::from_utf8_lossy(cell).into_owned(),
                false => encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(cell)
                    .0
                    .into_owned(),
            })
            .collect()
    }
}
