//! Where the programs of a PostgreSQL server are: distributions keep them out of `PATH`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// The oldest version that will do.
const OLDEST: u32 = 15;

/// The folder of `initdb`, `postgres` and `pg_basebackup` (which only a standby needs): the first of version 15 or newer in `PATH`, `pg_config --bindir`, the newest of
/// `/usr/lib/postgresql/*/bin`, `/usr/local/pgsql/bin`.
///
/// # Errors
/// [`Error::Missing`] when there is none.
pub(crate) fn folder() -> Result<PathBuf, Error> {
    in_path()
        .into_iter()
        .chain(by_pg_config())
        .chain(of_distribution())
        .chain([PathBuf::from("/usr/local/pgsql/bin")])
        .find(|folder| folder.join("initdb").exists() && version(folder) >= Some(OLDEST))
        .ok_or(Error::Missing)
}

/// The folders that the programs named `initdb` in `PATH` really stand in; what is found may be a link to one of them alone.
fn in_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
        .filter_map(|program| program.parent().map(Path::to_owned))
        .collect()
}

fn by_pg_config() -> Option<PathBuf> {
    let said = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(PathBuf::from(String::from_utf8(said.stdout).ok()?.trim()))
}

/// Debian's and Ubuntu's folders, the newest version first.
fn of_distribution() -> Vec<PathBuf> {
    let mut versions: Vec<u32> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|one, other| other.cmp(one));
    versions
        .into_iter()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
        .collect()
}

/// The major version of the server in this folder: 15 of `postgres (PostgreSQL) 15.18`, 19 of `… 19beta1`.
fn version(folder: &Path) -> Option<u32> {
    let said = Command::new(folder.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let version = said.split_once("(PostgreSQL) ")?.1;
    let end = version.find(|character: char| !character.is_ascii_digit());
    version[..end?].parse().ok()
}
