//! The import of published lists (A7): streaming, all or nothing per line, repeatable without duplicates.
//!
//! Two layouts are recognised by their header, in UTF-8 or Latin-1, with `;` or `,`, cells quoted or not:
//!
//! - the France Services list: one group per line, known again by its `MATRICULE`; on demand also an account at its
//!   `CONTACT MAIL`;
//! - Administration+'s own list of accounts: one account per line, in a group known by its name and territory.
//!
//! An address that has an account already is added to the group; its roles never change. A line that would make an account
//! of another group a responsable here is refused. Every refused line comes back with its reason, and stops no other.

mod apply;
mod foresee;
mod layout;
mod line;
mod plan;
mod reading;

pub use apply::{ImportError, ImportOptions};
pub use layout::Layout;

use serde::Serialize;

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Lines with something in them, the header left out: `applied + unchanged + refused.len()`.
    pub lines: u64,
    /// Lines that made or joined something.
    pub applied: u64,
    /// Lines of which everything was there already, or that ask for a role that only an order gives.
    pub unchanged: u64,
    /// Unchanged lines that name Responsable for an account of the group that does not hold it, each with what to do (A6).
    pub not_raised: Vec<RefusedLine>,
    /// Lines that were refused, each with its reason.
    pub refused: Vec<RefusedLine>,
    /// Groups made.
    pub groups_created: u64,
    /// Accounts made.
    pub accounts_created: u64,
    /// Accounts that were there and joined a group.
    pub accounts_joined: u64,
    /// Orders that give Responsable to an account that was created, proposed with it (A7).
    pub orders_proposed: u64,
}

/// A line that was refused, or did not all that it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedLine {
    /// Its number in the file; the header is line 1.
    pub line: u64,
    /// Why, for machines: a refusal's code, `invalid_…` or `missing_…` with the cell's field, `columns`, or
    /// `quotes`.
    pub code: String,
    /// The cell that is the reason.
    pub value: String,
    /// Why, for people.
    pub detail: String,
}
