//! SQLite: a file that its owner alone reads.

use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use aplus::sqlx::sqlite::{OpenError, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;

use crate::Failure;

/// The file of a URL such as `sqlite:aplus.db`.
///
/// # Errors
/// For a database in memory, and a mode that forbids to write.
pub(crate) fn file(url: &str) -> Result<PathBuf, Failure> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Failure::about(&format!("--database-url {url}"), error))?;
    let (name, query) = url.split_once('?').unwrap_or((url, ""));
    let file = options.get_filename();
    for setting in query.split('&') {
        match setting {
            "mode=memory" => return Err(OpenError::InMemory.into()),
            "mode=ro" | "immutable=1" | "immutable=true" => {
                return Err(Failure(format!(
                    "--database-url {url}: {setting} is refused, since the program writes (`import --dry-run` changes nothing without it)"
                )));
            }
            _ => {}
        }
    }
    if name.ends_with(":memory:") || file.as_os_str().is_empty() {
        return Err(OpenError::InMemory.into());
    }
    Ok(file.to_owned())
}

/// Opens the database, and makes it if it is not there.
///
/// # Errors
/// What the file system and the store say, with the name of the file.
pub(crate) async fn open(url: &str, file: &Path) -> Result<SqliteStore, Failure> {
    let about = |error| Failure::about(&file.display().to_string(), error);
    make(file)?;
    let store = SqliteStore::connect(url).await.map_err(about)?;
    store.migrate().await.map_err(about)?;
    Ok(store)
}

/// Opens the database as it stands, for reading; none if there is nothing in the file, or no file.
///
/// # Errors
/// What the file system and the store say, with the name of the file.
pub(crate) async fn open_to_read(url: &str, file: &Path) -> Result<Option<SqliteStore>, Failure> {
    match std::fs::metadata(file) {
        Ok(there) if there.len() > 0 => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::about(&file.display().to_string(), error)),
    }
    let store = SqliteStore::connect(url)
        .await
        .map_err(|error| Failure::about(&file.display().to_string(), error))?;
    Ok(Some(store))
}

/// An empty file is an empty database; SQLite gives its log the same mode.
fn make(file: &Path) -> Result<(), Failure> {
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
    {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Failure::about(
            &format!("the database {}", file.display()),
            error,
        )),
    }
}
