//! The appliance: poll, fetch, verify, slots, one switch, apply.
//!
//! Architecture invariant: imports only the rooms that authoring and the appliance share, and builds alone.

mod backend;
mod cas;
mod clock;
mod content;
mod desired;
mod durable;
mod error;
mod fetch;
mod floors;
mod host;
mod journal;
mod metadata;
mod pull;
mod rollback;
mod run;
mod settings;
mod slots;
mod state;
mod status;
mod substitute;
mod variables;
mod wave;
mod window;

pub use backend::Applied;
pub use clock::ClockState;
pub use error::AgentError;
pub use pull::{Change, Outcome, Request};
pub use rollback::{recover, rollback};
pub use run::{Report, failures, pause, report, run_once};
pub use settings::{ApplyKind, Settings};
pub use slots::{DeployedProfile, Deployment};
pub use state::State;
pub use status::Status;
