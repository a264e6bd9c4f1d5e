//! `lock --check`: whether the locks say what the profiles say. Never uses the network.

use std::sync::Arc;

use rayon::prelude::*;

use super::lock::needs_lock;
use super::lock_file::{LOCK_FILE, LockFile};
use super::offline::{LockRead, Shelf, drift};
use super::resolved::Unresolved;
use crate::registry::Registries;
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

/// What checking one lock gave.
#[derive(Clone, Debug)]
pub struct LockCheck {
    /// The profile.
    pub profile: Arc<Profile>,
    /// What the lock says otherwise than the profile or the packs of this repository; empty: it fits.
    pub differences: Vec<String>,
}

/// Compares the locks of `profiles` with the profiles, and packs of directory registries with their digests.
pub fn check_locks(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
) -> Vec<LockCheck> {
    let config = &workspace.config.spec;
    let locks: Vec<LockRead> = profiles.par_iter().map(|profile| LockFile::of(profile)).collect();
    let shelf = Shelf::fill(workspace, registries, profiles, &locks);
    let check = |(profile, lock): (&Arc<Profile>, &LockRead)| {
        let differences = match lock {
            _ if !needs_lock(profile, config) => Vec::new(),
            Err(damage) => vec![format!("{}: {}", damage.place, damage.message)],
            Ok(None) => vec![format!("there is no {LOCK_FILE}")],
            Ok(Some(file)) => {
                let stack = shelf.stack(profile, config, lock);
                let mut lines = drift(config, profile, file, &stack);
                for layer in &stack {
                    let name = &layer.name;
                    match shelf.find(lock, layer).unresolved {
                        Some(Unresolved::Changed { .. }) => {
                            lines.push(format!(
                                "layer `{name}`: the content of its pack changed since it was locked"
                            ));
                        }
                        Some(Unresolved::NotFound(what)) => {
                            lines.push(format!("layer `{name}`: {what} is not there any more"));
                        }
                        Some(Unresolved::Broken(why)) => lines.push(format!("layer `{name}`: {why}")),
                        _ => {}
                    }
                }
                lines
            }
        };
        LockCheck { profile: Arc::clone(profile), differences }
    };
    profiles.par_iter().zip(&locks).map(check).collect()
}
