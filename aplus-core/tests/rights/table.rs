//! The rows of `tests/rights.txt`, and whether one holds for a cell.

use std::collections::BTreeMap;

use crate::cells::{COLUMNS, Cell, Column};

/// One row of a section.
pub struct Row {
    /// Its line in the file.
    pub line: usize,
    /// What it expects: `yes`, `yes whole`, or code and rule of a refusal.
    pub expects: String,
    /// For each column of its section, one bit per value that it accepts.
    accepts: Vec<u32>,
}

/// The columns that decide, and what they decide.
#[derive(Default)]
pub struct Section {
    columns: Vec<&'static Column>,
    pub rows: Vec<Row>,
}

impl Section {
    /// The rows that are about this cell.
    pub fn rows_for(&self, cell: &Cell<'_>) -> Vec<&Row> {
        let columns = self.columns.iter();
        let values: Vec<_> = columns.map(|column| 1 << (column.value)(cell)).collect();
        let about = |row: &&Row| {
            let mut both = row.accepts.iter().zip(&values);
            both.all(|(accepts, value)| accepts & value != 0)
        };
        self.rows.iter().filter(about).collect()
    }
}

/// The table by sections.
pub struct Table(BTreeMap<String, Section>);

impl Table {
    pub fn read(text: &str) -> Self {
        let mut sections: BTreeMap<String, Section> = BTreeMap::new();
        let mut name = String::new();
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if let Some(of) = line.strip_prefix("== ") {
                of.trim().clone_into(&mut name);
                let before = sections.insert(name.clone(), Section::default());
                assert!(
                    before.is_none(),
                    "line {line_number}: {name} is there twice"
                );
                continue;
            }
            let (cells, expects) = line
                .split_once("=>")
                .unwrap_or_else(|| panic!("line {line_number}: no =>"));
            let cells: Vec<_> = cells.split_whitespace().collect();
            let section = sections.get_mut(&name).unwrap();
            if section.columns.is_empty() {
                section.columns = cells.into_iter().map(column).collect();
                continue;
            }
            assert_eq!(
                cells.len(),
                section.columns.len(),
                "line {line_number}: cells"
            );
            let accepts = section.columns.iter().zip(cells);
            let row = Row {
                line: line_number,
                expects: expects.trim().to_owned(),
                accepts: accepts
                    .map(|(column, pattern)| accepted(column, pattern))
                    .collect(),
            };
            section.rows.push(row);
        }
        Self(sections)
    }

    /// One section.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.0.get(name)
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
