//! What profiles ask for, and what the registries offer: each registry is asked beside the others, each name once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::choice::choose;
use super::library::Library;
use super::lock_file::{LockFile, LockedLayer};
use super::offline::{LockRead, Shelf, readable};
use super::outdated::latest;
use super::problem::LockProblem;
use super::stack::{Reference, StackLayer};
use crate::registry::{Candidate, Kind, Registries, Registry};
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

/// References that one registry is asked for at the same time: they wait for the network, not for a processor.
const PARALLEL: usize = 8;

/// A layer with a reference, and its entry in the lock where that is for this very reference.
pub(super) struct Wanting {
    pub(super) profile: Arc<Profile>,
    pub(super) layer: StackLayer,
    pub(super) reference: Reference,
    pub(super) locked: Option<LockedLayer>,
}

/// All layers of `profiles` with references, brought ones included as far as they can be known without a network.
pub(super) fn wanting(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
) -> Vec<Wanting> {
    let config = &workspace.config.spec;
    let locks: Vec<LockRead> = profiles.par_iter().map(|profile| LockFile::of(profile)).collect();
    let shelf = Shelf::fill(workspace, registries, profiles, &locks);
    let mut all = Vec::new();
    for (profile, lock) in profiles.iter().zip(&locks) {
        for layer in shelf.stack(profile, config, lock) {
            let Some(reference) = layer.reference.clone() else { continue };
            let locked = readable(lock).and_then(|lock| lock.layer(&layer.name));
            let locked = locked.filter(|entry| entry.reference() == reference).cloned();
            all.push(Wanting { profile: Arc::clone(profile), layer, reference, locked });
        }
    }
    all
}

/// What a registry offers under a name.
pub(super) type Offer = Result<Vec<Candidate>, LockProblem>;

/// The candidates of each name: by registry, kind and name.
pub(super) struct Offers(BTreeMap<(String, Kind, String), Offer>);

impl Offers {
    /// Asks for the names of all `references`.
    pub(super) fn of<'r>(library: &Library<'_>, references: impl Iterator<Item = &'r Reference>) -> Self {
        let mut names: BTreeMap<(String, Kind, String), Vec<&Reference>> = BTreeMap::new();
        for reference in references {
            names.entry(key(reference)).or_default().push(reference);
        }
        let names: Vec<Vec<&Reference>> = names.into_values().collect();
        let offers = Mutex::new(BTreeMap::new());
        let ask = |references: &Vec<&Reference>| {
            let offer = match library.registry(&references[0].registry) {
                Ok(registry) => library
                    .candidates(registry, references[0])
                    .map(|candidates| detailed(registry, references, candidates)),
                Err(error) => Err(super::locate::problem(&error)),
            };
            offers.lock().unwrap_or_else(PoisonError::into_inner).insert(key(references[0]), offer);
        };
        per_registry(&names, |references| &references[0].registry, |_| {}, ask);
        Self(offers.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// What there is for a reference.
    pub(super) fn get(&self, reference: &Reference) -> &Offer {
        self.0.get(&key(reference)).expect("all references were asked for")
    }
}

/// The same candidates with all that the registry says about those that people are shown: the chosen and the newest.
fn detailed(
    registry: &dyn Registry,
    references: &[&Reference],
    mut candidates: Vec<Candidate>,
) -> Vec<Candidate> {
    let chosen = references.iter().filter_map(|reference| choose(reference, &candidates).ok());
    let shown: BTreeSet<String> = chosen
        .chain(latest(references[0].kind, &candidates))
        .map(|candidate| candidate.version.clone())
        .collect();
    for candidate in candidates.iter_mut().filter(|candidate| shown.contains(&candidate.version)) {
        // Without them the versions are still right.
        if let Ok(details) = registry.details(references[0].kind, &references[0].name, candidate) {
            *candidate = details;
        }
    }
    candidates
}

fn key(reference: &Reference) -> (String, Kind, String) {
    (reference.registry.clone(), reference.kind, reference.name.clone())
}

/// Does `each` for all items, several at a time. Each registry has threads of its own, so that a slow one holds up no
/// other, and `first` is done alone before: a registry that cannot be reached is waited for once, not once for each item.
pub(super) fn per_registry<T: Sync>(
    items: &[T],
    registry: impl Fn(&T) -> &str,
    first: impl Fn(&T) + Sync,
    each: impl Fn(&T) + Sync,
) {
    let mut lists: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for item in items {
        lists.entry(registry(item)).or_default().push(item);
    }
    std::thread::scope(|scope| {
        for list in lists.values() {
            scope.spawn(|| {
                first(list[0]);
                let next = AtomicUsize::new(0);
                std::thread::scope(|scope| {
                    for _ in 0..PARALLEL.min(list.len()) {
                        scope.spawn(|| {
                            while let Some(item) = list.get(next.fetch_add(1, Ordering::Relaxed)) {
                                each(item);
                            }
                        });
                    }
                });
            });
        }
    });
}
