//! Support orders and operators through the use cases, on the reference store (A6, A7, A14): every short sequence of what can
//! happen to an order against a small model, and each way by which one person might do what takes two.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub
)]

#[path = "orders/confirming.rs"]
mod confirming;
#[path = "orders/four_eyes.rs"]
mod four_eyes;
#[path = "orders/model.rs"]
mod model;
#[path = "orders/routes.rs"]
mod routes;
#[path = "orders/sequences.rs"]
mod sequences;
#[path = "orders/town.rs"]
mod town;
