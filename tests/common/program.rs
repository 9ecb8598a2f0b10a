//! The example server as a program of its own.
//!
//! `./check` builds it; otherwise `cargo build --example server --all-features`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The program, with no option and nothing of this process's environment that it would read.
pub fn server() -> Command {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples/server");
    assert!(
        path.exists(),
        "build the server first: cargo build --example server --all-features"
    );
    let mut command = Command::new(path);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("APLUS_")) {
        command.env_remove(name);
    }
    command.env_remove("DATABASE_URL").env("RUST_LOG", "error");
    command
}

/// Runs the program to its end on this database.
pub fn run(database: &str, arguments: &[&str]) -> Output {
    server()
        .args(["--database-url", database])
        .args(arguments)
        .output()
        .unwrap()
}

/// As a URL of the command line.
pub fn url(database: &Path) -> String {
    format!("sqlite:{}", database.display())
}

/// A server that runs until it is dropped.
pub struct Running {
    child: Child,
    pub origin: String,
    /// What it says later goes here, so that it can say it.
    _told: BufReader<std::process::ChildStdout>,
}

impl Running {
    /// Starts the server with the demonstration on a free port; it says where.
    pub fn start(database: &Path) -> Self {
        Self::serve(&["--demo", "--database-url", &url(database)])
    }

    /// Starts the server with these options on a free port.
    pub fn serve(options: &[&str]) -> Self {
        Self::begin(server().args(options))
    }

    /// The same, with all that it logs at the end of this file.
    pub fn serve_logging(options: &[&str], log: &Path) -> Self {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log);
        let mut server = server();
        server.env("RUST_LOG", "trace").stderr(log.unwrap());
        Self::begin(server.args(options))
    }

    fn begin(server: &mut Command) -> Self {
        let mut child = server
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("/connexion") {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "it ended at once");
        }
        let (_, rest) = line.split_once("http://").unwrap();
        let authority = rest.trim_end().trim_end_matches("/connexion");
        Self {
            child,
            origin: format!("http://{authority}"),
            _told: told,
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The host and port.
    pub fn authority(&self) -> &str {
        self.origin.trim_start_matches("http://")
    }

    /// The whole answer to a GET with these header lines, `Host` among them or not.
    pub fn get(&self, path: &str, headers: &[&str]) -> String {
        let mut stream = TcpStream::connect(self.authority()).unwrap();
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The files of a folder, by name.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}
