//! What makes the journal tamper-evident (T2): the bytes of an entry, the tree over them, checkpoints, and proofs.
//!
//! Writers do not hash. An entry is queued with its act; a sealer reads what is stored, makes its [canonical
//! bytes](leaf_bytes), gives it the next place in the [tree](Frontier) and signs a [checkpoint](Checkpoint). What is queued and
//! not sealed is not yet tamper-evident, nor what was sealed after the last checkpoint that somebody else keeps.
//!
//! The tree is that of RFC 6962 and RFC 9162, over SHA-256. A [proof] shows with a handful of hashes that an entry is in
//! it, or that a later tree holds an earlier one unchanged; both are checked without the journal.

mod check;
mod checkpoint;
mod export;
mod kept;
mod key;
mod leaf;
mod notes;
pub mod proof;
mod tree;

pub use check::{Finding, Verdict, check};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use export::{
    Counts, Export, ExportError, ExportWriter, ExportedCheckpoint, ExportedEntry, JournalLine,
};
pub use kept::{Kept, KeptCheckpoint, KeptEntry, Seal};
pub use key::{CheckpointKey, CheckpointVerifier, KeyNameError, VerifierError};
pub use leaf::leaf_bytes;
pub use notes::notes;
pub use tree::{Frontier, FrontierError, TreeHash};
