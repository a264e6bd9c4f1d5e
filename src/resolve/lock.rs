//! `lock`: every reference becomes a pin, in rounds, because what a reference resolves to may bring further layers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::changes::changes;
use super::layers::pack_images;
use super::library::{Library, Located};
use super::lock_file::{LockFile, LockedLayer};
use super::lock_image;
use super::need::{Known, Need};
use super::problem::{LockProblem, LockWarning, ProblemKind};
use super::stack::{StackLayer, expand, inputs, reference};
use super::survey::per_registry;
use crate::registry::Registries;
use crate::workspace::Workspace;
use crate::workspace::model::{ConfigSpec, Profile};

/// How to lock.
#[derive(Clone, Debug, Default)]
pub struct LockOptions {
    /// For which references that are locked already the newest fitting version is chosen.
    pub upgrade: Upgrade,
    /// Names of layers, packs or charts whose bytes may be others than promised.
    pub accept: BTreeSet<String>,
}

/// Which pins are given up for the newest version that fits.
#[derive(Clone, Debug, Default)]
pub enum Upgrade {
    /// None.
    #[default]
    No,
    /// All of them.
    All,
    /// Those of these layers.
    Layers(BTreeSet<String>),
}

impl LockOptions {
    /// What is to be asked for a layer whose lock is `lock`.
    fn need(&self, lock: Option<&LockFile>, layer: &StackLayer) -> Option<Need> {
        let upgraded = match &self.upgrade {
            Upgrade::No => false,
            Upgrade::All => true,
            Upgrade::Layers(names) => names.contains(&layer.name),
        };
        let mut need = Need::of(lock.filter(|_| !upgraded), layer)?;
        need.accept = [&layer.name, &need.reference.name].into_iter().any(|name| self.accept.contains(name));
        Some(need)
    }
}

/// What is going on: told to whoever watches.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Pack or chart.
    pub name: &'a str,
    /// Registry that is asked.
    pub registry: &'a str,
    /// Whether it is done; else it was begun.
    pub finished: bool,
    /// References that are done.
    pub done: usize,
    /// References that are known of.
    pub all: usize,
}

/// Who hears of it.
pub type OnProgress<'a> = dyn Fn(Progress<'_>) + Sync + 'a;

/// What locking one profile gave.
#[derive(Clone, Debug)]
pub struct LockResult {
    /// The profile.
    pub profile: Arc<Profile>,
    /// What became of its lock.
    pub outcome: LockOutcome,
    /// What is doubtful.
    pub warnings: Vec<LockWarning>,
    /// Bytes that were taken although they are not the promised ones, one line each.
    pub accepted: Vec<String>,
}

/// What became of a lock.
#[derive(Clone, Debug)]
pub enum LockOutcome {
    /// The profile has no references.
    NotNeeded,
    /// The lock says it all already.
    Unchanged(LockFile),
    /// There was no (readable) lock.
    Locked(LockFile),
    /// The lock is another one: what is different, one line each.
    Changed(LockFile, Vec<String>),
    /// Nothing is written.
    Failed(Vec<LockProblem>),
}

impl LockOutcome {
    /// The new lock.
    pub fn lock(&self) -> Option<&LockFile> {
        match self {
            Self::Unchanged(lock) | Self::Locked(lock) | Self::Changed(lock, _) => Some(lock),
            Self::NotNeeded | Self::Failed(_) => None,
        }
    }
}

type Answers = BTreeMap<Need, Result<Located, LockProblem>>;

/// Locks `profiles`: references whose entry in the lock still fits stay at their version, all others get the newest one
/// that fits. Nothing is written: see [`LockResult::write`].
pub fn lock(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
    options: &LockOptions,
    progress: &OnProgress<'_>,
) -> Vec<LockResult> {
    let config = &workspace.config.spec;
    let old: Vec<Result<Option<LockFile>, String>> = profiles
        .iter()
        .map(|profile| LockFile::of(profile).map_err(|found| format!("{}: {}", found.place, found.message)))
        .collect();
    let known = Known::of(&workspace.profiles);
    let library = Library::new(workspace, registries);
    let need = |index: usize, layer: &StackLayer| {
        options.need(old[index].as_ref().ok().and_then(Option::as_ref), layer)
    };
    let mut answers = Answers::new();
    loop {
        let mut needs = BTreeSet::new();
        for (index, profile) in profiles.iter().enumerate() {
            expand(profile, config, |layer| {
                let need = need(index, layer)?;
                match answers.get(&need) {
                    Some(Ok(located)) => Some(Arc::clone(&located.content.pack()?.pack)),
                    Some(Err(_)) => None,
                    None => {
                        needs.insert(need);
                        None
                    }
                }
            });
        }
        if needs.is_empty() {
            break;
        }
        let done = answers.len();
        answers.extend(ask(&library, needs, &known, done, progress));
    }
    let results = profiles.iter().zip(&old).enumerate();
    results
        .map(|(index, (profile, old))| finish(config, profile, old, &answers, |layer| need(index, layer)))
        .collect()
}

/// Asks for all `needs`, several at a time.
fn ask(
    library: &Library<'_>,
    needs: BTreeSet<Need>,
    known: &Known,
    before: usize,
    progress: &OnProgress<'_>,
) -> Answers {
    let needs: Vec<Need> = needs.into_iter().collect();
    let all = before + needs.len();
    let done = AtomicUsize::new(before);
    let answers = Mutex::new(Answers::new());
    let one = |need: &Need| {
        let reference = &need.reference;
        let tell = |finished, done| {
            progress(Progress { name: &reference.name, registry: &reference.registry, finished, done, all });
        };
        tell(false, done.load(Ordering::Relaxed));
        let answer = library.locate(need, known);
        answers.lock().unwrap_or_else(PoisonError::into_inner).insert(need.clone(), answer);
        tell(true, done.fetch_add(1, Ordering::Relaxed) + 1);
    };
    per_registry(&needs, |need| &need.reference.registry, |need| library.probe(need), one);
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The new lock of one profile, compared with the old one.
fn finish(
    config: &ConfigSpec,
    profile: &Arc<Profile>,
    old: &Result<Option<LockFile>, String>,
    answers: &Answers,
    need: impl Fn(&StackLayer) -> Option<Need>,
) -> LockResult {
    let result = |outcome, warnings, accepted| LockResult {
        profile: Arc::clone(profile),
        outcome,
        warnings,
        accepted,
    };
    if !needs_lock(profile, config) {
        return result(LockOutcome::NotNeeded, Vec::new(), Vec::new());
    }
    let mut problems = Vec::new();
    let mut warnings = Vec::new();
    let mut accepted = Vec::new();
    let mut layers: Vec<LockedLayer> = Vec::new();
    let located = |layer: &StackLayer| answers.get(&need(layer)?);
    let stack = expand(profile, config, |layer| {
        Some(Arc::clone(&located(layer)?.as_ref().ok()?.content.pack()?.pack))
    });
    for layer in &stack {
        let Some(reference) = &layer.reference else { continue };
        if layers.iter().any(|other| other.name == layer.name) {
            let message = format!("two layers are called `{}`: give one of them another name", layer.name);
            problems.push(LockProblem::new(ProblemKind::Unresolved, message));
        }
        match located(layer) {
            Some(Ok(located)) => {
                warnings.extend(located.warning.iter().map(|warning| warning.in_layer(&layer.name)));
                accepted.extend(located.accepted.clone());
                let images =
                    located.content.pack().map(|pack| pack_images(profile, layer, pack)).unwrap_or_default();
                let before =
                    old.as_ref().ok().and_then(Option::as_ref).and_then(|old| old.layer(&layer.name));
                let images = lock_image::kept(images, &located.pin.version, before);
                let added_by = layer.added_by.clone();
                layers.push(LockedLayer::new(&layer.name, reference, located.pin.clone(), added_by, images));
            }
            Some(Err(problem)) => problems.push(problem.in_layer(&layer.name)),
            None => {}
        }
    }
    if !problems.is_empty() {
        return result(LockOutcome::Failed(problems), warnings, accepted);
    }
    let registries: Vec<String> = layers.iter().map(|layer| layer.registry.clone()).collect();
    let inputs = inputs(profile, config, registries.iter().map(String::as_str));
    let lock = LockFile::new(profile, inputs, layers);
    let outcome = match old {
        Ok(Some(old)) if *old == lock => LockOutcome::Unchanged(lock),
        Ok(Some(old)) => {
            let changes = changes(old, &lock);
            LockOutcome::Changed(lock, changes)
        }
        Ok(None) => LockOutcome::Locked(lock),
        Err(damage) => {
            warnings.push(LockWarning::new(format!("{damage}; it is written anew")));
            LockOutcome::Locked(lock)
        }
    };
    result(outcome, warnings, accepted)
}

/// Whether a profile has references at all.
pub(super) fn needs_lock(profile: &Profile, config: &ConfigSpec) -> bool {
    profile.spec.layers.iter().any(|layer| reference(layer, config).is_some())
}

impl LockResult {
    /// Writes the new lock where it is another one; whether it wrote.
    ///
    /// # Errors
    /// The folder of the profile cannot be written.
    pub fn write(&self) -> std::io::Result<bool> {
        match self.outcome.lock() {
            Some(lock) => lock.write(&self.profile.dir),
            None => Ok(false),
        }
    }
}
