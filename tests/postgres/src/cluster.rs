//! A PostgreSQL server of one's own.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::keeper::Keeper;
use crate::{Error, sql};

/// How often another port is tried when somebody took it between the look and the start.
const TRIES: usize = 5;

/// Many tests at once; half of the room that is asked for in memory; and what processes share is in a file of the folder, which goes
/// with it, rather than in one that outlives a SIGKILL.
const DEFAULTS: &[(&str, &str)] = &[
    ("max_connections", "300"),
    ("max_wal_size", "512MB"),
    ("dynamic_shared_memory_type", "mmap"),
];

/// A running server in a folder of its own. It ends, and the folder goes, when this is dropped and when the process ends, even by
/// SIGKILL.
///
/// Whoever may enter the folder (0700) gets in by its unix socket as anybody; over TCP, which listens on 127.0.0.1 alone, a password
/// is asked for.
#[derive(Debug)]
pub struct Cluster {
    keeper: Keeper,
    port: u16,
    password: String,
}

impl Cluster {
    /// Makes and starts one, in about a second; `settings` go into its `postgresql.conf`. Without any, it is as installed, but for
    /// 300 connections and at most some 512 MB of log; `fsync` is on.
    ///
    /// # Errors
    /// [`Error::Missing`] when PostgreSQL is not installed, [`Error::Failed`] with the log when it does not start (a setting that
    /// does not exist, say).
    pub fn start(settings: &[(&str, &str)]) -> Result<Self, Error> {
        let mut keeper = Keeper::start()?;
        let password = sql::random()? + &sql::random()?;
        std::fs::write(keeper.folder().join("password"), &password)
            .map_err(Error::system("write the password of PostgreSQL"))?;
        keeper.order("init", "")?;
        let file = keeper.folder().join("data/postgresql.conf");
        set_in(&file, DEFAULTS)?;
        set_in(&file, settings)?;
        Self::open(keeper, password)
    }

    /// Starts the server on data that stand ready, on a free port.
    pub(crate) fn open(mut keeper: Keeper, password: String) -> Result<Self, Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let port = free_port().map_err(Error::system("find a free port"))?;
            match keeper.order("start", &port.to_string()) {
                Ok(()) => {
                    return Ok(Self {
                        keeper,
                        port,
                        password,
                    });
                }
                Err(Error::Failed { log, .. }) if tries < TRIES && is_clash(&log) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The superuser `postgres` on the database `postgres`, over the unix socket.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.tcp_options().socket(self.socket_folder())
    }

    /// The same over TCP, with its password: for what stands between a server and its database, and speaks TCP only.
    #[must_use]
    pub fn tcp_options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username("postgres")
            .password(&self.password)
            .database("postgres")
            .ssl_mode(PgSslMode::Disable)
    }

    /// The port on 127.0.0.1, which is in the name of the socket as well. It stays the same when the server is started anew.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the unix socket; the data are below it, in `data`, and what the server says is in `log`.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        self.keeper.folder()
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// As a power cut does: SIGKILL to all of its processes, which are gone when this returns. What was committed is there after
    /// [`restart`](Self::restart). Nothing happens when it does not run.
    ///
    /// # Errors
    /// [`Error::System`] when the shell that keeps the server is gone.
    pub fn kill(&mut self) -> Result<(), Error> {
        self.keeper.order("kill", "")
    }

    /// Stops it at once (`pg_ctl stop -m immediate`): connections end, nothing is written any more. Nothing happens when it does not
    /// run.
    ///
    /// # Errors
    /// [`Error::System`] when the shell that keeps the server is gone.
    pub fn stop(&mut self) -> Result<(), Error> {
        self.keeper.order("stop", "")
    }

    /// Stops it at once if it runs, and starts it on the same port; returns when it takes connections.
    ///
    /// # Errors
    /// [`Error::Failed`] with the log when it does not start within 60 s.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.stop()?;
        self.keeper.order("start", &self.port.to_string())
    }
}

/// A port that nobody listens on at this moment.
fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn is_clash(log: &str) -> bool {
    log.contains("could not create any TCP/IP sockets")
}

/// Adds the settings at the end of the file, where the last one counts.
pub(crate) fn set_in(file: &Path, settings: &[(&str, &str)]) -> Result<(), Error> {
    let add = || {
        let mut file = std::fs::File::options().append(true).open(file)?;
        for (setting, value) in settings {
            writeln!(file, "{setting} = '{}'", value.replace('\'', "''"))?;
        }
        Ok(())
    };
    add().map_err(Error::system("write the settings of PostgreSQL"))
}
