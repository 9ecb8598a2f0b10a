//! The folder of a cluster, and who the server runs as: PostgreSQL refuses to run as root.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::Error;

/// What must be free in `/dev/shm` for a cluster to be put there, in bytes: 1 GiB.
const ROOM: u64 = 1 << 30;

/// A private folder (0700) and the user that it belongs to.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    user: Option<User>,
}

#[derive(Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

impl Place {
    /// In `/dev/shm` when that is a tmpfs with 1 GiB free, where an `fsync` costs nothing; else in the temporary folder. For root, it is
    /// given to the user `postgres`, or `nobody` where there is none.
    pub(crate) fn make() -> Result<Self, Error> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("aplus-postgres-");
        let folder = if in_memory() {
            builder.tempdir_in("/dev/shm")
        } else {
            builder.tempdir()
        }
        .map_err(Error::system("make a folder for PostgreSQL"))?;
        let owner = folder
            .path()
            .metadata()
            .map_err(Error::system("read whose folder it is"))?
            .uid();
        let user = if owner == 0 {
            let user = User::named("postgres").or_else(|| User::named("nobody"));
            let user = user.ok_or(std::io::ErrorKind::NotFound.into());
            let user = user.map_err(Error::system("find a user `postgres` or `nobody`"))?;
            chown(folder.path(), Some(user.id), Some(user.group))
                .map_err(Error::system("give the folder to another user"))?;
            Some(user)
        } else {
            None
        };
        Ok(Self { folder, user })
    }

    /// Makes the command run as the user of the folder.
    pub(crate) fn run_as_user(&self, command: &mut Command) {
        if let Some(user) = self.user {
            command.uid(user.id).gid(user.group);
        }
    }
}

impl User {
    fn named(name: &str) -> Option<Self> {
        let number = |which: &str| {
            let said = Command::new("id").args([which, name]).output().ok()?;
            String::from_utf8(said.stdout).ok()?.trim().parse().ok()
        };
        Some(Self {
            id: number("-u")?,
            group: number("-g")?,
        })
    }
}

/// Whether `/dev/shm` is a tmpfs with enough room: `stat` says its type, its free blocks and their size.
fn in_memory() -> bool {
    let room = || {
        let said = Command::new("stat")
            .args(["-f", "-c", "%T %a %S", "/dev/shm"])
            .output()
            .ok()?;
        let said = String::from_utf8(said.stdout).ok()?;
        let mut words = said.strip_prefix("tmpfs ")?.split_whitespace();
        let blocks: u64 = words.next()?.parse().ok()?;
        let size: u64 = words.next()?.parse().ok()?;
        blocks.checked_mul(size)
    };
    Path::new("/dev/shm").is_dir() && room() >= Some(ROOM)
}
