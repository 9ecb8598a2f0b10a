//! The host key: read from a file; on loopback made once, beside the database.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aplus::HostKey;

use crate::Failure;

/// Reads the key that was named, or the one beside the database.
///
/// # Errors
/// Without a named key anywhere but on loopback; for a key below 32 bytes; for a file that cannot be read or made.
pub(crate) fn read(
    named: Option<&Path>,
    database: &Path,
    loopback: bool,
) -> Result<HostKey, Failure> {
    let (path, made) = match named {
        Some(path) => (path.to_owned(), false),
        None if loopback => beside(database)?,
        None => {
            return Err(Failure(
                "a server beyond this machine needs --key-file: make one with `head -c 32 /dev/urandom > aplus.key`"
                    .to_owned(),
            ));
        }
    };
    if named.is_none() {
        let what = if made { "made" } else { "read" };
        tracing::warn!(path = %path.display(), "the host key was {what} beside the database: for a trial only");
    }
    let bytes =
        std::fs::read(&path).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    HostKey::new(&bytes).map_err(|error| Failure(format!("{}: {error}", path.display())))
}

fn beside(database: &Path) -> Result<(PathBuf, bool), Failure> {
    let path = database.with_file_name("aplus.key");
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure(error.to_string()))?;
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
    {
        Ok(mut file) => {
            file.write_all(&bytes)
                .and_then(|()| file.sync_all())
                .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
            Ok((path, true))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok((path, false)),
        Err(error) => Err(Failure(format!("{}: {error}", path.display()))),
    }
}
