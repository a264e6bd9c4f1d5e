//! The current slot is the result: `current/profiles/<id>/<nn>-<layer>/`. A link elsewhere may lead to it.
//!
//! The link points at `$STATE/current`, so it is put once and the switch of the slot moves what it shows, in one rename.

use std::fs;
use std::path::Path;

use super::{Applied, Plan};
use crate::agent::durable;
use crate::agent::error::{AgentError, at};
use crate::agent::state::State;

/// A link can be put at `target`, or is there.
pub(super) fn check(target: &Path) -> Result<Plan, AgentError> {
    match fs::symlink_metadata(target) {
        Ok(found) if !found.is_symlink() => Err(AgentError::Failed(format!(
            "{}: is there and is no link; move it away, or name another --target",
            target.display()
        ))),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(target)(error)),
        _ => Ok(Plan::Link(target.to_owned())),
    }
}

pub(super) fn apply(state: &State, target: &Path) -> Result<Applied, AgentError> {
    let current = state.at("current");
    if fs::read_link(target).is_ok_and(|held| held == current) {
        return Ok(Applied::default());
    }
    if let Some(parent) = target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        durable::create_folder(parent, 0o755)?;
    }
    durable::point(target, &current)?;
    Ok(Applied { written: 1, removed: 0 })
}
