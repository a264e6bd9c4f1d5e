//! `lock`: every reference becomes a pin, in rounds, because what a reference resolves to may bring further layers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::layers::pack_images;
use super::library::{Library, Located};
use super::lock_file::{LOCK_FILE, LockFile, LockedLayer};
use super::stack::{Reference, StackLayer, expand, inputs, reference};
use crate::archive::Digest;
use crate::registry::{Kind, Registries};
use crate::workspace::Workspace;
use crate::workspace::model::{ConfigSpec, Profile};

/// References that are asked for at the same time: they wait for the network, not for a processor.
const PARALLEL: usize = 8;

/// How to lock.
#[derive(Clone, Copy, Debug, Default)]
pub struct LockOptions {
    /// Choose the newest fitting version also for references that are locked already.
    pub upgrade: bool,
}

/// How bad a problem is: decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A reference that resolves to nothing: exit 1.
    Unresolved,
    /// The registry could not be asked, or a file could not be read or written: exit 2.
    Failed,
    /// Other bytes than those that are locked: exit 3.
    Refused,
}

/// Why a profile could not be locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockProblem {
    /// How bad it is.
    pub kind: ProblemKind,
    /// What is wrong, and what to do.
    pub message: String,
}

impl LockProblem {
    pub(super) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// What locking one profile gave.
#[derive(Clone, Debug)]
pub struct LockResult {
    /// The profile.
    pub profile: Arc<Profile>,
    /// What became of its lock.
    pub outcome: LockOutcome,
    /// What is doubtful.
    pub warnings: Vec<String>,
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

/// A reference that is to be resolved, and what the lock says of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub(super) reference: Reference,
    /// The entry of the lock, where it is for this very reference.
    pub(super) kept: Option<Kept>,
}

/// What an entry of the lock pins, as far as it decides what is fetched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kept {
    pub(super) version: String,
    pub(super) url: Option<String>,
    pub(super) sha256: Option<Digest>,
    pub(super) manifest: Option<Digest>,
    pub(super) commit: Option<String>,
    pub(super) content: Digest,
}

impl Need {
    /// What is to be asked for a layer; `None` for a layer without a reference.
    pub(super) fn of(lock: Option<&LockFile>, layer: &StackLayer) -> Option<Self> {
        let reference = layer.reference.clone()?;
        let entry =
            lock.and_then(|lock| lock.layer(&layer.name)).filter(|entry| entry.reference() == reference);
        let kept = entry.map(|entry| Kept {
            version: entry.version.clone(),
            url: entry.url.clone(),
            sha256: entry.sha256,
            manifest: entry.manifest,
            commit: entry.commit.clone(),
            content: entry.content,
        });
        Some(Self { reference, kept })
    }
}

/// Bytes that locks of this workspace name, and the first lock that does.
pub(super) type Known = BTreeMap<(Kind, String, String, String), (Digest, String)>;

type Answers = BTreeMap<Need, Result<Located, LockProblem>>;

/// Locks `profiles`: references whose entry in the lock still fits stay at their version, all others get the newest one
/// that fits. Nothing is written: see [`LockResult::write`]. `progress` hears of each reference that is done, with how many
/// are done and known of.
pub fn lock(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
    options: LockOptions,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Vec<LockResult> {
    let config = &workspace.config.spec;
    let old: Vec<Result<Option<LockFile>, String>> = profiles
        .iter()
        .map(|profile| LockFile::of(profile).map_err(|found| format!("{}: {}", found.place, found.message)))
        .collect();
    let known = known_bytes(workspace);
    let library = Library::new(workspace, registries);
    let need = |index: usize, layer: &StackLayer| {
        let lock = old[index].as_ref().ok().and_then(Option::as_ref);
        Need::of(lock.filter(|_| !options.upgrade), layer)
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
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Answers {
    let needs: Vec<Need> = needs.into_iter().collect();
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(before);
    let answers = Mutex::new(Answers::new());
    std::thread::scope(|scope| {
        for _ in 0..PARALLEL.min(needs.len()) {
            scope.spawn(|| {
                while let Some(need) = needs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = library.locate(need, known);
                    answers.lock().unwrap_or_else(PoisonError::into_inner).insert(need.clone(), answer);
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    progress(&need.reference.name, done, before + needs.len());
                }
            });
        }
    });
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
    let result = |outcome, warnings| LockResult { profile: Arc::clone(profile), outcome, warnings };
    if !needs_lock(profile, config) {
        return result(LockOutcome::NotNeeded, Vec::new());
    }
    let mut problems = Vec::new();
    let mut warnings = Vec::new();
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
                if let Some(warning) = &located.warning {
                    warnings.push(format!("layer `{}`: {warning}", layer.name));
                }
                let images =
                    located.content.pack().map(|pack| pack_images(profile, layer, pack)).unwrap_or_default();
                let added_by = layer.added_by.clone();
                layers.push(LockedLayer::new(&layer.name, reference, located.pin.clone(), added_by, images));
            }
            Some(Err(problem)) => {
                let message = format!("layer `{}`: {}", layer.name, problem.message);
                problems.push(LockProblem { kind: problem.kind, message });
            }
            None => {}
        }
    }
    if !problems.is_empty() {
        return result(LockOutcome::Failed(problems), warnings);
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
            warnings.push(format!("{damage}; it is written anew"));
            LockOutcome::Locked(lock)
        }
    };
    result(outcome, warnings)
}

/// Whether a profile has references at all.
pub(super) fn needs_lock(profile: &Profile, config: &ConfigSpec) -> bool {
    profile.spec.layers.iter().any(|layer| reference(layer, config).is_some())
}

/// What is different between two locks, one line each.
fn changes(old: &LockFile, new: &LockFile) -> Vec<String> {
    let mut lines = Vec::new();
    for layer in &new.layers {
        let Some(before) = old.layer(&layer.name) else {
            lines.push(format!("{} {} is new", layer.name, layer.version));
            continue;
        };
        let (was, is) = (before.reference(), layer.reference());
        if (was.kind, &was.name) != (is.kind, &is.name) {
            lines.push(format!(
                "{}: {} {} → {} {}",
                layer.name, was.name, before.version, is.name, layer.version
            ));
        } else if before.version != layer.version {
            lines.push(format!("{} {} → {}", layer.name, before.version, layer.version));
        } else if before.content != layer.content {
            lines.push(format!("{} {}: its content changed", layer.name, layer.version));
        } else if before.registry != layer.registry {
            lines.push(format!("{}: registry {} → {}", layer.name, before.registry, layer.registry));
        } else if before.wanted != layer.wanted {
            lines.push(format!(
                "{} {}: wanted {} → {}",
                layer.name, layer.version, before.wanted, layer.wanted
            ));
        } else if before != layer {
            lines.push(format!("{} {}: its entry changed", layer.name, layer.version));
        }
    }
    for layer in &old.layers {
        if new.layer(&layer.name).is_none() {
            lines.push(format!("{} {} is gone", layer.name, layer.version));
        }
    }
    if lines.is_empty() {
        lines.push(if old.profile == new.profile {
            "the order of the layers, presets or a registry's definition".to_owned()
        } else {
            format!("it was made for {}@{}", old.profile.id, old.profile.version)
        });
    }
    lines
}

/// The bytes that the locks of the workspace agree on: a registry that serves others is refused for a new lock as well.
fn known_bytes(workspace: &Workspace) -> Known {
    let mut known = Known::new();
    for profile in &workspace.profiles {
        let Ok(Some(lock)) = LockFile::of(profile) else { continue };
        for layer in lock.layers {
            let Some(sha256) = layer.sha256 else { continue };
            let Reference { kind, name, registry, .. } = layer.reference();
            let key = (kind, registry, name, layer.version);
            known.entry(key).or_insert_with(|| (sha256, profile.shown(LOCK_FILE)));
        }
    }
    known
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
