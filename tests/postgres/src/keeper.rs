//! The shell that keeps a server, and ends it when this process ends.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::place::Place;
use crate::{Error, programs};

const SCRIPT: &str = include_str!("keeper.sh");

/// How many lines of the log an error shows.
const SHOWN: usize = 20;

/// Holds the pipe; dropping it ends the server and removes the folder.
#[derive(Debug)]
pub(crate) struct Keeper {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Keeper {
    /// Makes a folder and starts the shell in it, in a process group of its own: an interrupt from the keyboard ends the tests, and
    /// their end ends the server.
    ///
    /// # Errors
    /// [`Error::Missing`], or [`Error::System`] when there is no folder or no process to be had.
    pub(crate) fn start() -> Result<Self, Error> {
        let programs = programs::folder()?;
        let place = Place::make()?;
        let mut command = Command::new("sh");
        place.run_as_user(&mut command);
        let mut process = command
            .args(["-c", SCRIPT, "keeper"])
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env("PROGRAMS", programs)
            .env("FOLDER", place.folder.path())
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::system("start the shell that keeps PostgreSQL"))?;
        let (Some(orders), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Error::system("speak to a shell")(
                std::io::ErrorKind::BrokenPipe.into(),
            ));
        };
        Ok(Self {
            process,
            orders: Some(orders),
            answers: BufReader::new(answers),
            folder: place.folder.keep(),
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Has the shell carry out an order, and waits for its end.
    ///
    /// # Errors
    /// [`Error::Failed`] with the end of the log; [`Error::System`] when the shell is gone.
    pub(crate) fn order(&mut self, order: &str, argument: &str) -> Result<(), Error> {
        let mut answer = String::new();
        let mut exchange = || {
            let orders = self.orders.as_mut();
            let orders = orders.ok_or(std::io::Error::from(std::io::ErrorKind::BrokenPipe))?;
            writeln!(orders, "{order} {argument}")?;
            self.answers.read_line(&mut answer)
        };
        exchange().map_err(Error::system("speak to the shell that keeps PostgreSQL"))?;
        if answer.trim() == "0" {
            return Ok(());
        }
        Err(Error::Failed {
            order: order.to_owned(),
            log: self.end_of_log(),
        })
    }

    fn end_of_log(&self) -> String {
        let log = std::fs::read(self.folder.join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(SHOWN)..].join("\n")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.orders.take());
        // The shell cannot be waited for when somebody else did, and then it is gone.
        let _ = self.process.wait();
    }
}
