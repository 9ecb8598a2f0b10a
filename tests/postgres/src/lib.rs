//! A real PostgreSQL (15 or newer) for tests.
//!
//! - [`server()`] is the one that a test process shares, and [`Server::database`] makes a fresh database on it in some 30 ms:
//!   what most tests want.
//! - [`Cluster`] is a server of one's own, to be killed, restarted, followed by a standby: what tests of outages want.
//!
//! A cluster writes as a real one does (`fsync` is on), and it ends with the process that started it, however that ends: a small
//! shell waits for the end of a pipe that the process holds, then kills the server and removes its folder. Statics, which Rust
//! never drops, and processes that are killed leave nothing behind.
//!
//! The functions that start, stop and kill block; those of [`Server`] and [`Database`] are asynchronous.

mod cluster;
mod database;
mod error;
mod keeper;
mod place;
mod programs;
mod server;
mod sql;
mod standby;

pub use cluster::Cluster;
pub use database::Database;
pub use error::Error;
pub use server::{Server, server};
