//! Ways back: to the previous deployment, and to floors after both copies were lost.

use super::clock::Clock;
use super::desired;
use super::durable::{self, PRIVATE};
use super::error::AgentError;
use super::floors::{self, Memory};
use super::journal;
use super::metadata;
use super::pull;
use super::settings::Settings;
use super::slots::{self, Deployment};
use super::state::State;
use crate::trust::Floors;

/// Goes back to the previous slot. The deployment that is left is not taken again: a pull waits for another one. Nothing below a
/// minimum version is gone back to, so that whoever breaks an appliance on purpose does not get an old one.
pub fn rollback(state: &State, say: &mut dyn FnMut(&str)) -> Result<Deployment, AgentError> {
    let Memory::Known(floors, _) = floors::read(state)? else {
        return Err(AgentError::Damaged(state.at("trust")));
    };
    let settings = Settings::read(state)?;
    pull::replay(state, &settings, say)?;
    let nothing = || AgentError::Failed("there is no previous deployment here to go back to".to_owned());
    let number = slots::linked(state, "previous").ok_or_else(nothing)?;
    let previous = slots::open(state, number)?.ok_or_else(nothing)?;
    let deployment = previous.deployment()?;
    for profile in &deployment.profiles {
        desired::check_floor(profile, &floors)?;
    }
    if let Some(current) = slots::current(state)? {
        let left = current.ready.deployment;
        if left != previous.ready.deployment {
            durable::write(&state.at(&format!("bad/{left}")), b"rolled back\n", PRIVATE)?;
        }
    }
    journal::begin(state, previous.number, previous.ready.deployment)?;
    pull::apply(state, &settings, &previous)?;
    journal::end(state)?;
    Ok(deployment)
}

/// Whether a deployment was left by a rollback.
pub(super) fn is_bad(state: &State, deployment: &Deployment) -> Result<bool, AgentError> {
    Ok(state.at(&format!("bad/{}", deployment.digest()?)).exists())
}

/// Derives the floors again from the slots and the stored metadata, after both copies were lost.
pub fn recover(state: &State) -> Result<Floors, AgentError> {
    let (mut floors, generation) = match floors::read(state)? {
        Memory::Fresh => (Floors::default(), 0),
        Memory::Known(floors, generation) => (floors, generation),
        Memory::Damaged(floors) => (floors, 0),
    };
    if let Some(core) = metadata::stored_core(state, &Clock::here(None))? {
        // Stored metadata may be damaged or older than the slots: then the slots alone say what was accepted.
        let mut raised = floors.clone();
        if raised.raise_roles(&core).is_ok() {
            floors = raised;
        }
    }
    floors::write(state, &floors, generation + 1)?;
    Ok(floors)
}
