//! What takes long: `cargo test --test lab -- --nocapture`. `cargo test` leaves it out.

#![cfg(all(feature = "agent", feature = "authoring"))]
#![allow(clippy::unwrap_used, clippy::print_stdout)]
// The appliance and its publisher are those of `tests/agent`; not all of them is used here.
#![allow(dead_code)]

#[path = "../agent/device.rs"]
mod device;
mod kills;
mod locks;
#[path = "../agent/publisher.rs"]
mod publisher;
