//! What is done with a deployment once its slot is complete: one file per backend.
//!
//! A backend first plans in memory (what cannot be applied is said before anything changes), then applies. Applying is
//! idempotent: it is repeated after a crash, and at every run to put back what somebody took away.

mod directory;
mod k3s;

use std::path::PathBuf;

use super::content::Profile;
use super::error::AgentError;
use super::settings::{ApplyKind, Settings};
use super::state::State;

/// Folder of the k3s server where nothing else is said.
const K3S_DIR: &str = "/var/lib/rancher/k3s/server";

/// What a backend will do.
#[derive(Debug)]
pub(super) enum Plan {
    /// The slot is all there is.
    Slot,
    /// A link from `target` to the current deployment.
    Link(PathBuf),
    /// Files for k3s.
    K3s(k3s::Plan),
}

/// What a backend did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Files that were written.
    pub written: usize,
    /// Files whose objects were taken away.
    pub removed: usize,
}

impl Applied {
    /// Whether nothing had to be done.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Plans how `profiles` reach their destination.
pub(super) fn plan(settings: &Settings, profiles: &[Profile]) -> Result<Plan, AgentError> {
    Ok(match settings.apply.unwrap_or_default() {
        ApplyKind::None => Plan::Slot,
        ApplyKind::Directory => match &settings.target {
            Some(target) => directory::check(target)?,
            None => Plan::Slot,
        },
        ApplyKind::K3s => {
            let folder = settings.k3s_dir.clone().unwrap_or_else(|| PathBuf::from(K3S_DIR));
            Plan::K3s(k3s::plan(folder, profiles)?)
        }
    })
}

/// Carries a plan out.
pub(super) fn apply(state: &State, plan: &Plan) -> Result<Applied, AgentError> {
    match plan {
        Plan::Slot => Ok(Applied::default()),
        Plan::Link(target) => directory::apply(state, target),
        Plan::K3s(plan) => k3s::apply(state, plan),
    }
}
