//! `status.json`: what people and monitoring ask first. Nothing is decided by it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clock::ClockState;
use super::durable;
use super::error::AgentError;
use super::slots::DeployedProfile;
use super::state::{STATE_VERSION, State};

const PATH: &str = "status.json";

/// How the appliance is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Version of this document.
    pub schema_version: u32,
    /// Id of the appliance.
    pub appliance: Option<String>,
    /// Published tree.
    pub url: Option<String>,
    /// When the last run ended.
    pub last_run: Option<Timestamp>,
    /// When a run last ended well.
    pub last_success: Option<Timestamp>,
    /// How the last run ended: `updated`, `unchanged`, `held`, or the kind of trouble (`refused`, `expired`, `unreachable`, …).
    pub result: String,
    /// What was said about it.
    pub message: String,
    /// Runs that failed since the last good one.
    pub failures: u32,
    /// When the trusted metadata stops being accepted.
    pub expires: Option<Timestamp>,
    /// How far the clock is believed.
    pub clock: Option<ClockState>,
    /// Slot that is current.
    pub slot: Option<u64>,
    /// What it deploys.
    pub profiles: Vec<DeployedProfile>,
}

/// The status of the last run; the default before the first.
pub(super) fn read(state: &State) -> Result<Status, AgentError> {
    let bytes = durable::read(&state.at(PATH))?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
}

/// Replaces the status.
pub(super) fn write(state: &State, status: &Status) -> Result<(), AgentError> {
    let status = Status { schema_version: STATE_VERSION, ..status.clone() };
    let bytes = serde_json::to_vec_pretty(&status).map_err(|error| AgentError::Failed(error.to_string()))?;
    durable::write(&state.at(PATH), &bytes, 0o644)
}
