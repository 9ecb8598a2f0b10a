//! The host key: read from a file; on loopback made once, beside the database.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Once;

use aplus::HostKey;
use aplus::journal::seal::CheckpointKey;

use crate::Failure;

/// Reads the key of this file.
///
/// # Errors
/// For a file that cannot be read, a key below 32 bytes, and one whose bytes are all equal.
pub(crate) fn read(path: &Path) -> Result<HostKey, Failure> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Failure::about(&name, error))?;
    if bytes.windows(2).all(|pair| pair.first() == pair.last()) {
        return Err(Failure(format!(
            "{name}: all bytes are equal, so that anybody can guess the key: make one with `{MAKE}`"
        )));
    }
    HostKey::new(&bytes).map_err(|error| Failure::about(&name, error))
}

/// Reads the key that signs the checkpoints of the journal of this name.
///
/// # Errors
/// Unless the file has 32 bytes that are not all equal.
pub(crate) fn journal(path: &Path, journal: &str) -> Result<CheckpointKey, Failure> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Failure::about(&name, error))?;
    if let Ok(seed) = <[u8; 32]>::try_from(bytes)
        && seed.windows(2).any(|pair| pair.first() != pair.last())
    {
        return CheckpointKey::new(journal, &seed).map_err(|error| Failure::about(&name, error));
    }
    Err(Failure(format!(
        "{name}: the journal's key is 32 random bytes: make one with `head -c 32 /dev/urandom > journal.key`"
    )))
}

const MAKE: &str = "head -c 32 /dev/urandom > aplus.key";

/// What a server beyond this machine, or one of several, is told that names no key.
pub(crate) fn missing() -> Failure {
    Failure(format!(
        "with PostgreSQL, or beyond this machine, a server needs --key-file: make one with `{MAKE}`"
    ))
}

static TOLD: Once = Once::new();

/// Reads the key beside the database, and makes it if it is not there.
///
/// # Errors
/// As [`read`]; for a file that cannot be made.
pub(crate) fn beside(database: &Path) -> Result<HostKey, Failure> {
    let (path, made) = make_beside(database)?;
    let what = if made { "made" } else { "read" };
    // The demonstration opens the database before the server does: it is said once.
    TOLD.call_once(|| {
        tracing::warn!(path = %path.display(), "the host key was {what} beside the database: for a trial only");
    });
    read(&path)
}

/// A key that is kept nowhere, for a dry run: it sends no link.
///
/// # Errors
/// Without randomness.
pub(crate) fn passing() -> Result<HostKey, Failure> {
    Ok(HostKey::new(&random()?)?)
}

fn random() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure(error.to_string()))?;
    Ok(bytes)
}

/// Where the key stands that was made beside a database.
pub(crate) fn path_beside(database: &Path) -> PathBuf {
    database.with_file_name("aplus.key")
}

fn make_beside(database: &Path) -> Result<(PathBuf, bool), Failure> {
    let path = path_beside(database);
    let name = path.display().to_string();
    let bytes = random()?;
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
    {
        Ok(mut file) => {
            file.write_all(&bytes)
                .and_then(|()| file.sync_all())
                .map_err(|error| Failure::about(&name, error))?;
            Ok((path, true))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok((path, false)),
        Err(error) => Err(Failure::about(&name, error)),
    }
}
