//! Pulling again and again: what is noted about each run, and how long to wait for the next.

use std::path::Path;
use std::time::Duration;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::{Timestamp, Unit};

use super::clock::{Clock, ClockState};
use super::error::AgentError;
use super::floors::{self, Memory};
use super::pull::{self, Change, Outcome, Request};
use super::settings::Settings;
use super::slots;
use super::state::State;
use super::status::{self, Status};
use crate::trust::Floors;

/// Longest wait after the first failure, doubled with each one that follows.
const FIRST_BACKOFF: Duration = Duration::from_secs(30);
/// Longest wait after any number of failures.
const LAST_BACKOFF: Duration = Duration::from_secs(6 * 3600);

/// Pulls once and notes in `status.json` how it went. `say` hears what is going on.
pub fn run_once(state: &Path, request: &Request, say: &mut dyn FnMut(&str)) -> Result<Outcome, AgentError> {
    let state = State::open(state)?;
    let mut status = status::read(&state)?;
    let result = pull::pull(&state, request, say);
    let now = Timestamp::now();
    status.last_run = Some(now.round(Unit::Second).unwrap_or(now));
    match &result {
        Ok((outcome, settings)) => note(&mut status, outcome, settings),
        Err(error) => {
            error.kind().clone_into(&mut status.result);
            status.message = error.to_string();
            status.failures = status.failures.saturating_add(1);
        }
    }
    status.slot = slots::linked(&state, "current");
    // A disk without room must not hide why the pull failed.
    let noted = status::write(&state, &status);
    let (outcome, _) = result?;
    noted?;
    Ok(outcome)
}

fn note(status: &mut Status, outcome: &Outcome, settings: &Settings) {
    status.appliance.clone_from(&settings.appliance);
    status.url.clone_from(&settings.url);
    status.last_success = status.last_run;
    status.failures = 0;
    status.expires = Some(outcome.expires);
    status.clock = Some(outcome.clock);
    status.profiles.clone_from(&outcome.profiles);
    let (result, message) = match &outcome.change {
        Change::Updated(slot) => ("updated", format!("slot {slot} is current")),
        Change::Unchanged => ("unchanged", outcome.notes.join("; ")),
        Change::Held(why) => ("held", why.clone()),
    };
    result.clone_into(&mut status.result);
    status.message = message;
}

/// How an appliance is doing, and what it will never go below.
#[derive(Debug)]
pub struct Report {
    /// As the last run left it.
    pub status: Status,
    /// What was accepted; `None` where that memory is damaged.
    pub floors: Option<Floors>,
    /// How far the clock is believed now.
    pub clock: ClockState,
}

/// Reads the status, whoever holds the state.
pub fn report(state: &Path) -> Result<Report, AgentError> {
    let state = State::look(state)?;
    let floors = match floors::read(&state)? {
        Memory::Fresh => Some(Floors::default()),
        Memory::Known(floors, _) => Some(floors),
        Memory::Damaged(_) => None,
    };
    let clock = Clock::here(floors.as_ref().and_then(|floors| floors.time)).state;
    Ok(Report { status: status::read(&state)?, floors, clock })
}

/// Runs that failed in a row, as `status.json` counts them: the count outlives a restart.
pub fn failures(state: &Path) -> u32 {
    State::look(state).and_then(|state| status::read(&state)).map_or(0, |status| status.failures)
}

/// How long to wait for the next run: the interval give or take `jitter` percent, so that a fleet that was switched on together
/// spreads; after failures a random part of a doubling limit.
pub fn pause(interval: Duration, jitter: u32, failures: u32) -> Duration {
    pause_at(interval, jitter, failures, random())
}

/// `random` is 0 to 1.
fn pause_at(interval: Duration, jitter: u32, failures: u32, random: f64) -> Duration {
    if failures > 0 {
        let limit = FIRST_BACKOFF.saturating_mul(1 << (failures - 1).min(16)).min(LAST_BACKOFF);
        return limit.mul_f64(random).max(Duration::from_secs(1));
    }
    let jitter = f64::from(jitter.min(100)) / 100.0;
    interval.mul_f64(1.0 + jitter * (2.0 * random - 1.0))
}

fn random() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness the fleet is merely less spread.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_spread_and_grow() {
        let hour = Duration::from_secs(3600);
        assert_eq!(pause_at(hour, 20, 0, 0.0), Duration::from_secs(2880));
        assert_eq!(pause_at(hour, 20, 0, 1.0), Duration::from_secs(4320));
        assert_eq!(pause_at(hour, 20, 1, 1.0), Duration::from_secs(30));
        assert_eq!(pause_at(hour, 20, 4, 0.5), Duration::from_secs(120));
        assert_eq!(pause_at(hour, 20, u32::MAX, 1.0), LAST_BACKOFF);
        assert_eq!(pause_at(hour, 20, 3, 0.0), Duration::from_secs(1));
    }
}
