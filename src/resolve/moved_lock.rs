//! The lock of a clone: that of its source, where it says the same for the clone.

use std::sync::Arc;

use super::check::check_locks;
use super::lock_file::{LOCK_FILE, LockFile, LockedProfile};
use super::stack::inputs;
use crate::registry::{Options, Registries};
use crate::source::Overlay;
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

/// The text of a lock for `clone`, a profile of `there` that is a copy of `source`: the same pins. `None` where the source
/// has no lock that is up to date, or where the pins do not hold for the clone (its registries are others, its packs differ).
pub fn cloned_lock(
    here: &Workspace,
    source: &Arc<Profile>,
    there: &Workspace,
    clone: &Profile,
) -> Option<String> {
    let offline =
        |workspace: &Workspace| Registries::open(workspace, Options { offline: true, ..Options::default() });
    let fits = |workspace: &Workspace, profile: &Arc<Profile>| {
        let checks = check_locks(workspace, &offline(workspace), std::slice::from_ref(profile));
        checks.iter().all(|check| check.differences.is_empty())
    };
    if !fits(here, source) {
        return None;
    }
    let mut lock = LockFile::of(source).ok().flatten()?;
    lock.profile = LockedProfile { id: clone.id.0.clone(), version: clone.version().to_owned() };
    let registries: Vec<String> = lock.layers.iter().map(|layer| layer.registry.clone()).collect();
    lock.inputs = inputs(clone, &there.config.spec, registries.iter().map(String::as_str));
    let text = lock.text();
    // The copy is judged as if its lock stood beside it.
    let path = clone.dir.join(LOCK_FILE);
    let overlay: Overlay = clone.overlay.with([(path, Arc::from(text.as_str()))]);
    let judged = Arc::new(Profile { overlay, ..clone.clone() });
    fits(there, &judged).then_some(text)
}
