//! The record of what was done and what was refused (T1).
//!
//! An entry is made with its act and written in the same transaction. What may be erased one day (T3, T4) stands beside
//! it; the entry itself holds only a salted commitment to that. Sealing (T2) reads entries as they are stored: [`seal`].
//! People read them cut to what they may know: [`SeenEntry`].

mod canonical;
pub(crate) mod entry;
mod event;
#[cfg(any(test, feature = "test-util"))]
mod examples;
pub mod seal;
mod search;
pub(crate) mod seen;

pub use canonical::canonical_json;
pub use entry::{BodyHash, Commitment, Entry, EntryError, Erasable, Origin, Salt, StoredEntry};
pub use event::{Event, OrderChange};
pub use search::{EntryFilter, EntryPosition, PositionError};
pub use seen::{Named, SeenEntry};
