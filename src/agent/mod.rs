//! The appliance: poll, fetch, verify, slots, one switch, apply.
//!
//! Architecture invariant: imports only the rooms that authoring and the appliance share, and builds alone.

mod backend;
mod cas;
mod clock;
mod content;
mod durable;
mod error;
mod floors;
mod journal;
mod settings;
mod slots;
mod state;
mod status;
mod wave;

pub use backend::Applied;
pub use clock::ClockState;
pub use error::AgentError;
pub use settings::{ApplyKind, Settings};
pub use slots::{DeployedProfile, Deployment};
pub use state::State;
pub use status::Status;
