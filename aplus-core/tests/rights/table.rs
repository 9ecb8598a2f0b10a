//! The rows of `tests/rights.txt`, and whether one holds for a cell.

use std::collections::BTreeMap;

use crate::cells::{COLUMNS, Cell, Column};

/// One row of a section.
pub struct Row {
    /// Its line in the file.
    pub line: usize,
    /// What it expects: `yes`, `yes whole`, or code and rule of a refusal.
    pub expects: String,
    /// For each column that decides, one bit per value that it accepts.
    accepts: Vec<(&'static Column, u32)>,
}

impl Row {
    /// Whether it is about this cell.
    pub fn holds(&self, cell: &Cell<'_>) -> bool {
        self.accepts
            .iter()
            .all(|(column, values)| values & (1 << (column.value)(cell)) != 0)
    }
}

/// The table by sections.
pub struct Table(BTreeMap<String, Vec<Row>>);

impl Table {
    pub fn read(text: &str) -> Self {
        let mut sections = BTreeMap::new();
        let mut section = String::new();
        let mut header: Option<Vec<&'static Column>> = None;
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if let Some(name) = line.strip_prefix("== ") {
                section = name.trim().to_owned();
                let before = sections.insert(section.clone(), Vec::new());
                assert!(
                    before.is_none(),
                    "line {line_number}: {section} is there twice"
                );
                header = None;
                continue;
            }
            let (cells, expects) = line
                .split_once("=>")
                .unwrap_or_else(|| panic!("line {line_number}: no =>"));
            let cells: Vec<_> = cells.split_whitespace().collect();
            let Some(columns) = &header else {
                header = Some(cells.into_iter().map(column).collect());
                continue;
            };
            assert_eq!(cells.len(), columns.len(), "line {line_number}: cells");
            let accepts = columns.iter().zip(cells);
            let row = Row {
                line: line_number,
                expects: expects.trim().to_owned(),
                accepts: accepts
                    .map(|(column, pattern)| (*column, accepted(column, pattern)))
                    .collect(),
            };
            sections.get_mut(&section).unwrap().push(row);
        }
        Self(sections)
    }

    /// The rows of one section.
    pub fn section(&self, name: &str) -> Option<&[Row]> {
        self.0.get(name).map(Vec::as_slice)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn column(name: &str) -> &'static Column {
    COLUMNS
        .iter()
        .find(|column| column.name == name)
        .unwrap_or_else(|| panic!("no column {name}"))
}

/// The values that a pattern accepts, one bit each; `off` stands for every `off:…`.
fn accepted(column: &Column, pattern: &str) -> u32 {
    let every = (1 << column.values.len()) - 1;
    if pattern == "*" {
        return every;
    }
    let (negated, names) = match pattern.strip_prefix('!') {
        Some(names) => (true, names),
        None => (false, pattern),
    };
    let mut bits = 0;
    for name in names.split('|') {
        let before = bits;
        for (index, value) in column.values.iter().enumerate() {
            if *value == name || value.split_once(':').is_some_and(|(kind, _)| kind == name) {
                bits |= 1 << index;
            }
        }
        assert_ne!(bits, before, "column {} has no value {name}", column.name);
    }
    if negated { every & !bits } else { bits }
}
