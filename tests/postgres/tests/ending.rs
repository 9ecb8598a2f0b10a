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

/// The server's processes: they stand in its data.
fn servers_of(folder: &Path) -> usize {
    count(|process| {
        std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder))
    })
}

/// The shell that keeps the server, and what else was told of the folder when it was started.
fn processes_of(folder: &Path) -> usize {
    let name = folder.to_str().unwrap();
    count(|process| {
        let environment = std::fs::read(process.join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(name)
    })
}

fn count(is_meant: impl Fn(PathBuf) -> bool) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap();
    processes
        .filter(|process| is_meant(process.as_ref().unwrap().path()))
        .count()
}

/// Waits until it is so; a test that waits in vain fails.
fn wait_until(what: &str, happened: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !happened() {
        assert!(Instant::now() < until, "waited in vain until {what}");
        std::thread::yield_now();
    }
}

/// The number of the server's first process.
fn postmaster(folder: &Path) -> String {
    let file = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    file.lines().next().unwrap().to_owned()
}

/// How many pieces of the system's shared memory this process has made that are still there.
fn memory_of(postmaster: &str) -> usize {
    let pieces = std::fs::read_to_string("/proc/sysvipc/shm").unwrap();
    let makers = pieces
        .lines()
        .filter_map(|piece| piece.split_whitespace().nth(4));
    makers.filter(|maker| *maker == postmaster).count()
}

#[test]
fn killed() {
    let (mut process, folder) = holder();
    assert!(folder.join("data").exists());
    assert!(servers_of(&folder) > 5, "the server has children");
    assert!(processes_of(&folder) > 0, "and a shell that keeps it");
    let postmaster = postmaster(&folder);
    assert_eq!(memory_of(&postmaster), 1);
    process.kill().unwrap();
    process.wait().unwrap();
    wait_until("the folder is gone", || !folder.exists());
    // Without being killed, a server without a folder would end of itself after a while.
    assert_eq!(servers_of(&folder), 0);
    wait_until("the shell is gone", || processes_of(&folder) == 0);
    assert_eq!(memory_of(&postmaster), 0);
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
    for power_cut in [false, true] {
        let mut cluster = Cluster::start(&[]).unwrap();
        let folder = cluster.socket_folder().to_owned();
        assert!(servers_of(&folder) > 5);
        let postmaster = postmaster(&folder);
        if power_cut {
            cluster.kill().unwrap();
            assert_eq!(memory_of(&postmaster), 1);
        }
        drop(cluster);
        assert!(!folder.exists());
        assert_eq!(processes_of(&folder), 0);
        assert_eq!(memory_of(&postmaster), 0);
    }
}
