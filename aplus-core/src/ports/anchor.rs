//! Where checkpoints of the journal are handed to, so that somebody else keeps them.

use std::error::Error;

use async_trait::async_trait;

use crate::journal::seal::Checkpoint;

/// A checkpoint with its signed note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The note: text of several lines, the last one ended too.
    pub note: String,
}

/// Why a checkpoint was not taken. It is handed over again, or a newer one in its place.
#[derive(Debug, thiserror::Error)]
#[error("the anchor did not take the checkpoint")]
pub struct AnchorError(#[from] pub Box<dyn Error + Send + Sync>);

/// Keeps checkpoints where whoever owns the database cannot change them: a file on another machine, a timestamping service, a
/// public log. What was sealed before the newest checkpoint that it keeps cannot be changed unseen (T2).
///
/// ```
/// use aplus_core::ports::{Anchor, AnchorError, SignedCheckpoint};
///
/// /// Prints them: paper is hard to change.
/// struct Printer;
///
/// #[async_trait::async_trait]
/// impl Anchor for Printer {
///     async fn anchor(&self, checkpoint: &SignedCheckpoint) -> Result<(), AnchorError> {
///         println!("{}", checkpoint.note);
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait Anchor: Send + Sync + 'static {
    /// Takes the newest checkpoint. The same may come twice: after a start, and from each of several processes. From one
    /// process one comes at a time; what takes longer than its ten seconds is dropped where it stands, and so is what the
    /// end of the process meets.
    ///
    /// # Errors
    /// [`AnchorError`], unless it is kept; it has ten seconds.
    async fn anchor(&self, checkpoint: &SignedCheckpoint) -> Result<(), AnchorError>;
}
