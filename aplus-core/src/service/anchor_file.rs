//! The anchor that is a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use crate::ports::{Anchor, AnchorError, SignedCheckpoint};

/// How much of the end of the file is looked at: more than two of the longest notes.
const TAIL_BYTES: u64 = 64 * 1_024;

/// A file to which each checkpoint is appended, and synced: an anchor if the file is kept on a disk, or by a system, that the
/// owner of the database cannot write to.
///
/// Half a note, as a disk leaves that was full or lost power, is cut off before the next is appended. A file that ends in
/// anything else than a note of this journal is left as it is, and takes none.
#[derive(Debug, Clone)]
pub struct FileAnchor {
    path: Arc<PathBuf>,
    /// Held while a checkpoint is being appended, also after whoever wanted it has gone: of a disk that does not answer only one
    /// thread waits.
    appending: Arc<tokio::sync::Mutex<()>>,
}

impl FileAnchor {
    /// The file of this path, which is made if it is not there.
    ///
    /// # Errors
    /// Unless the file can be read and appended to.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        open(&path)?;
        Ok(Self {
            path: Arc::new(path),
            appending: Arc::default(),
        })
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).append(true).create(true).open(path)
}

/// Opened each time: a file that was moved away by whoever archives it is made anew.
fn append(path: &Path, note: &str) -> io::Result<()> {
    let mut file = open(path)?;
    // Two servers of one machine may have one file: what is cut off is never what the other one is writing. Where a file system
    // knows no locks, each has a file of its own.
    match file.lock() {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        locked => locked?,
    }
    let whole = length_of_whole_notes(&mut file, note)?;
    if whole < file.metadata()?.len() {
        file.set_len(whole)?;
    }
    let written = file
        .write_all(note.as_bytes())
        .and_then(|()| file.sync_data());
    if written.is_err() {
        // If that fails too, the next one cuts it off.
        let _ = file.set_len(whole);
    }
    written
}

/// Up to where the file holds whole notes: what comes after is the beginning of one that is `like` this, or nothing.
fn length_of_whole_notes(file: &mut File, like: &str) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let start = length.saturating_sub(TAIL_BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let mut whole = 0;
    let mut at = 0;
    for line in tail.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        let is_signature = line.starts_with("— ".as_bytes()) && line.ends_with(b"\n");
        if is_signature || line.trim_ascii().is_empty() && whole + line.len() == at {
            whole = at;
        }
    }
    let half = &tail[whole..];
    let name = like.split_inclusive('\n').next().unwrap_or_default();
    let begins = half.len().min(name.len());
    if half[..begins] != name.as_bytes()[..begins] {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the file ends in something that is no checkpoint of this journal, and is left as it is",
        ));
    }
    Ok(length - half.len() as u64)
}

#[async_trait]
impl Anchor for FileAnchor {
    async fn anchor(&self, checkpoint: &SignedCheckpoint) -> Result<(), AnchorError> {
        let Ok(appending) = Arc::clone(&self.appending).try_lock_owned() else {
            let message = "the file does not answer: an earlier checkpoint is still being appended";
            return Err(AnchorError(message.into()));
        };
        let (path, note) = (Arc::clone(&self.path), checkpoint.note.clone());
        let (done, appended) = tokio::sync::oneshot::channel();
        // A thread of its own: the end of the process waits for those of the runtime, however long.
        std::thread::Builder::new()
            .name("aplus-anchor".to_owned())
            .spawn(move || {
                let appended = append(&path, &note);
                drop(appending);
                // Nobody listens any more where it took too long.
                let _ = done.send(appended);
            })
            .map_err(|error| AnchorError(error.into()))?;
        match appended.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(AnchorError(error.into())),
            Err(error) => Err(AnchorError(error.into())),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::journal::seal::{Checkpoint, CheckpointKey, Frontier, notes};

    fn signed(name: &str) -> SignedCheckpoint {
        let tree = Frontier::default();
        let checkpoint = Checkpoint {
            size: tree.size(),
            root: tree.root(),
        };
        let note = CheckpointKey::new(name, &[7; 32])
            .unwrap()
            .sign(&checkpoint);
        SignedCheckpoint { checkpoint, note }
    }

    /// A path of which only one test knows.
    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("aplus-{name}-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    #[tokio::test]
    async fn half_a_note_is_cut_off_and_nothing_else() {
        let path = path("anchor-half");
        let anchor = FileAnchor::open(&path).unwrap();
        let one = signed("aplus.example/journal");
        let whole = one.note.as_str();
        for blank in ["", "\n", " \r\n\n"] {
            for cut in 0..=whole.len() {
                let half = &whole.as_bytes()[..cut];
                let before = [whole.as_bytes(), blank.as_bytes(), half].concat();
                std::fs::write(&path, before).unwrap();
                anchor.anchor(&one).await.unwrap();
                let after = std::fs::read_to_string(&path).unwrap();
                let number = if cut == whole.len() { 3 } else { 2 };
                assert_eq!(notes(&after), vec![whole.to_owned(); number], "{cut}");
            }
        }
        // With the line ends of a mail program, and longer than what is looked at.
        let long = whole.replace('\n', "\r\n").repeat(1_000);
        std::fs::write(&path, long).unwrap();
        anchor.anchor(&one).await.unwrap();
        let after = std::fs::read_to_string(&path).unwrap();
        assert_eq!(notes(&after).len(), 1_001);
        let other = signed("other/journal").note;
        for foreign in [
            "a letter\n",
            &format!("{whole}a letter"),
            &other[..40],
            "\0",
        ] {
            std::fs::write(&path, foreign).unwrap();
            assert!(anchor.anchor(&one).await.is_err(), "{foreign}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), foreign);
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[tokio::test]
    async fn of_a_disk_that_does_not_answer_one_thread_waits() {
        let path = path("anchor-hangs");
        let anchor = FileAnchor::open(&path).unwrap();
        let one = signed("aplus.example/journal");
        // Another process has the file, and does not let go.
        let other = open(&path).unwrap();
        other.lock().unwrap();
        let waiting = anchor.clone();
        let note = one.clone();
        let first = tokio::spawn(async move { waiting.anchor(&note).await });
        while anchor.appending.try_lock().is_ok() {
            tokio::task::yield_now().await;
        }
        let second = anchor.anchor(&one).await.unwrap_err();
        assert!(second.0.to_string().contains("still being appended"));
        // Nor does it help that nobody waits for the first any more.
        first.abort();
        assert!(first.await.is_err());
        assert!(anchor.anchor(&one).await.is_err());
        other.unlock().unwrap();
        while anchor.appending.try_lock().is_err() {
            tokio::task::yield_now().await;
        }
        anchor.anchor(&one).await.unwrap();
        let after = std::fs::read_to_string(&path).unwrap();
        assert_eq!(after, one.note.repeat(2));
        std::fs::remove_file(&path).unwrap();
    }
}
