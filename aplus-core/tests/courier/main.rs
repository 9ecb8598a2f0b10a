//! The courier: what leaves when, what is tried again, what is given up, and that nothing urgent waits behind anything.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod lanes;
mod passes;
mod post;
