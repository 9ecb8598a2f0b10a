//! Nothing of a cluster outlives the process that started it, however that ended.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

use aplus_test_postgres::Cluster;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

/// A process that holds a cluster, as a test process does in a static, and the folder of that cluster.
fn holder() -> (Child, PathBuf) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_aplus-test-postgres"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(process.stdout.as_mut().unwrap())
        .read_line(&mut url)
        .unwrap();
    let options = PgConnectOptions::from_str(url.trim()).unwrap();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(options.connect())
        .unwrap();
    (process, options.get_socket().unwrap().clone())
}

/// The processes that run in the folder or were told its name: server, children, shell.
fn processes_of(folder: &Path) -> usize {
    let name = folder.to_str().unwrap();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter(|process| {
            let process = process.as_ref().unwrap().path();
            let cwd = std::fs::read_link(process.join("cwd"));
            let environment = std::fs::read(process.join("environ")).unwrap_or_default();
            cwd.is_ok_and(|cwd| cwd.starts_with(folder))
                || String::from_utf8_lossy(&environment).contains(name)
        })
        .count()
}

fn assert_gone(folder: &Path) {
    let until = Instant::now() + Duration::from_secs(20);
    while processes_of(folder) > 0 || folder.exists() {
        assert!(
            Instant::now() < until,
            "{} processes are left of {}",
            processes_of(folder),
            folder.display()
        );
        std::thread::yield_now();
    }
}

#[test]
fn killed() {
    let (mut process, folder) = holder();
    assert!(folder.join("data").exists());
    assert!(
        processes_of(&folder) > 5,
        "server, children and shell are seen"
    );
    process.kill().unwrap();
    process.wait().unwrap();
    assert_gone(&folder);
}

#[test]
fn at_the_end_of_its_input() {
    let (mut process, folder) = holder();
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
    assert!(!folder.exists());
    assert_eq!(processes_of(&folder), 0);
}

#[test]
fn dropped() {
    let cluster = Cluster::start(&[]).unwrap();
    let folder = cluster.socket_folder().to_owned();
    assert!(processes_of(&folder) > 5);
    drop(cluster);
    assert!(!folder.exists());
    assert_eq!(processes_of(&folder), 0);
}
