//! Handing checkpoints over, and the anchor that is a file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::journal::seal::{Checkpoint, KeptCheckpoint};
use crate::ports::{Anchor, AnchorError, SignedCheckpoint};

/// How long an anchor may take for one checkpoint.
const PATIENCE: Duration = Duration::from_secs(10);

/// One anchor, and the size of the checkpoint that it took last from this process.
pub(super) struct Anchored {
    anchor: Arc<dyn Anchor>,
    size: tokio::sync::Mutex<Option<u64>>,
}

impl Anchored {
    pub(super) fn new(anchor: impl Anchor) -> Self {
        Self {
            anchor: Arc::new(anchor),
            size: tokio::sync::Mutex::new(None),
        }
    }

    /// Hands over a checkpoint unless the anchor has it; what fails is handed over again with the next pass.
    pub(super) async fn hand_over(&self, kept: &KeptCheckpoint, checkpoint: Checkpoint) -> bool {
        let mut taken = self.size.lock().await;
        if *taken >= Some(kept.size) {
            return true;
        }
        let signed = SignedCheckpoint {
            checkpoint,
            note: kept.note.clone(),
        };
        match tokio::time::timeout(PATIENCE, self.anchor.anchor(&signed)).await {
            Ok(Ok(())) => {
                *taken = Some(kept.size);
                return true;
            }
            Ok(Err(AnchorError(cause))) => {
                tracing::error!(size = kept.size, error = %cause, "an anchor did not take a checkpoint of the journal");
            }
            Err(_) => {
                tracing::error!(
                    size = kept.size,
                    "an anchor took too long for a checkpoint of the journal"
                );
            }
        }
        false
    }
}

/// A file to which each checkpoint is appended, and synced: an anchor if the file is kept on a disk, or by a system, that the
/// owner of the database cannot write to.
#[derive(Debug, Clone)]
pub struct FileAnchor {
    path: Arc<PathBuf>,
}

impl FileAnchor {
    /// The file of this path, which is made if it is not there.
    ///
    /// # Errors
    /// Unless the file can be appended to.
    pub fn open(path: impl Into<PathBuf>) -> std::io::Result<Self> {
        let path = path.into();
        append(&path, "")?;
        Ok(Self {
            path: Arc::new(path),
        })
    }
}

/// Opened each time: a file that was moved away by whoever archives it is made anew.
fn append(path: &Path, note: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)?;
    // In one write, so that two servers' notes do not mix.
    file.write_all(note.as_bytes())?;
    file.sync_data()
}

#[async_trait]
impl Anchor for FileAnchor {
    async fn anchor(&self, checkpoint: &SignedCheckpoint) -> Result<(), AnchorError> {
        let (path, note) = (Arc::clone(&self.path), checkpoint.note.clone());
        let appended = tokio::task::spawn_blocking(move || append(&path, &note)).await;
        match appended {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(AnchorError(error.into())),
            Err(error) => Err(AnchorError(error.into())),
        }
    }
}
