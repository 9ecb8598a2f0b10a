//! Whoever asks for a link learns nothing of the address from the answer: not from its bytes, and not from its time (L7).
//!
//! The library's whole router is called in this process, over each database. Between a router and a client there is only what knows
//! of no address, the server's loop and the network: they would add noise, in which a leak is harder to find. Databases do not sync for
//! the same reason; the courier does its work between two blocks of requests, since it shares the machine and not the answer.
//!
//! `APLUS_SAME_ANSWER=20000` takes samples of exactly so many requests of each kind, whatever they show meanwhile.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;

mod bytes;
mod statistics;
mod times;
mod town;
