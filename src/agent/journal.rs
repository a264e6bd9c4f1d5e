//! The journal: which slot is being applied, so that a power cut in between is finished at the next start.

use serde::{Deserialize, Serialize};

use super::durable::{self, PRIVATE};
use super::error::AgentError;
use super::state::{STATE_VERSION, State};
use crate::archive::Digest;

const PATH: &str = "journal.json";

/// A switch that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Switch {
    schema_version: u32,
    /// The slot that is to become current.
    pub(super) slot: u64,
    /// Digest of its deployment.
    pub(super) deployment: Digest,
}

/// The switch that was begun and not finished. A journal that cannot be read says nothing: it is written with one rename, so
/// that only another version of the agent can have left it.
pub(super) fn read(state: &State) -> Result<Option<Switch>, AgentError> {
    let bytes = durable::read(&state.at(PATH))?;
    let switch: Option<Switch> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(switch.filter(|switch| switch.schema_version == STATE_VERSION))
}

/// Says durably that a switch begins.
pub(super) fn begin(state: &State, slot: u64, deployment: Digest) -> Result<(), AgentError> {
    let switch = Switch { schema_version: STATE_VERSION, slot, deployment };
    let bytes = serde_json::to_vec(&switch).map_err(|error| AgentError::Failed(error.to_string()))?;
    durable::write(&state.at(PATH), &bytes, PRIVATE)
}

/// Says that it is done, or that there is nothing to finish.
pub(super) fn end(state: &State) -> Result<(), AgentError> {
    durable::remove(&state.at(PATH))
}
