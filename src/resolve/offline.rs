//! Resolving without a network: what the locks pin and what is on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use super::layers::{self, Found};
use super::library::Library;
use super::lints::UNKNOWN_MACRO;
use super::lock::needs_lock;
use super::lock_file::LockFile;
use super::macros::{macro_names, unknown_macros};
use super::need::Need;
use super::resolved::{LockState, ResolvedLayer, ResolvedProfile};
use super::stack::{StackLayer, expand, inputs};
use crate::diagnostics::{Diagnostic, closest};
use crate::registry::{Kind, Registries};
use crate::source::{Place, Span};
use crate::workspace::Workspace;
use crate::workspace::model::{ConfigSpec, Profile};
use crate::yaml::push_pointer;

/// The lock beside a profile: none, one, or the reason why it cannot be read.
pub(super) type LockRead = Result<Option<LockFile>, Box<Diagnostic>>;

/// What is here for each reference of the workspace.
#[derive(Default)]
pub(super) struct Shelf {
    found: BTreeMap<Need, Found>,
}

impl Shelf {
    /// A shelf with the packs of `profiles`: they decide about the stacks. A chart brings nothing, and to unpack it would tell
    /// nothing new about its lock.
    pub(super) fn fill(
        workspace: &Workspace,
        registries: &Registries,
        profiles: &[Arc<Profile>],
        locks: &[LockRead],
    ) -> Self {
        let mut shelf = Self::default();
        let library = Library::new(workspace, registries);
        shelf.add(&library, &workspace.config.spec, profiles, locks, |kind| kind == Kind::Pack);
        shelf
    }

    /// Looks every reference of `profiles` up, each once, in rounds: packs bring layers with references of their own. Returns
    /// the stacks of the profiles, in order.
    fn add(
        &mut self,
        library: &Library<'_>,
        config: &ConfigSpec,
        profiles: &[Arc<Profile>],
        locks: &[LockRead],
        wanted: impl Fn(Kind) -> bool + Sync,
    ) -> Vec<Vec<StackLayer>> {
        loop {
            let known = &*self;
            let stacks: Vec<Vec<StackLayer>> = profiles
                .par_iter()
                .zip(locks)
                .map(|(profile, lock)| known.stack(profile, config, lock))
                .collect();
            // Whole rounds instead of one look-up per layer: nothing is looked up twice, and no thread waits for another.
            let needs: BTreeSet<Need> = stacks
                .par_iter()
                .zip(locks)
                .flat_map_iter(|(stack, lock)| {
                    stack.iter().filter_map(|layer| Need::of(readable(lock), layer))
                })
                .filter(|need| wanted(need.reference.kind) && !known.found.contains_key(need))
                .collect();
            if needs.is_empty() {
                return stacks;
            }
            let found: Vec<(Need, Found)> = needs
                .into_par_iter()
                .map(|need| {
                    let found = library.held(&need);
                    (need, found)
                })
                .collect();
            self.found.extend(found);
        }
    }

    pub(super) fn find(&self, lock: &LockRead, layer: &StackLayer) -> Found {
        Need::of(readable(lock), layer).and_then(|need| self.found.get(&need).cloned()).unwrap_or_default()
    }

    /// The stack of a profile. What a pack brings along cannot be known while the pack is not here: the lock is believed.
    pub(super) fn stack(&self, profile: &Profile, config: &ConfigSpec, lock: &LockRead) -> Vec<StackLayer> {
        let found = |layer: &StackLayer| self.found.get(&Need::of(readable(lock), layer)?);
        let mut stack = expand(profile, config, |layer| found(layer)?.pack());
        let Some(lock) = readable(lock) else { return stack };
        let mut index = 0;
        while let Some(layer) = stack.get(index) {
            index += 1;
            if found(layer).is_none_or(|found| found.content.is_some()) {
                continue;
            }
            let (bringer, place) = (layer.name.clone(), layer.place.clone());
            let brought = lock
                .layers
                .iter()
                .rev()
                .filter(|entry| entry.added_by.as_ref().is_some_and(|by| by.layer == bringer));
            for entry in brought {
                if stack.iter().all(|layer| layer.name != entry.name) {
                    let layer = StackLayer {
                        name: entry.name.clone(),
                        index: None,
                        added_by: entry.added_by.clone(),
                        brought: None,
                        reference: Some(entry.reference()),
                        place: place.clone(),
                    };
                    stack.insert(index, layer);
                }
            }
        }
        stack
    }
}

impl Found {
    fn pack(&self) -> Option<Arc<crate::pack::Pack>> {
        Some(Arc::clone(&self.content.as_ref()?.pack()?.pack))
    }
}

pub(super) fn readable(lock: &LockRead) -> Option<&LockFile> {
    lock.as_ref().ok().and_then(Option::as_ref)
}

/// How many profiles are resolved before the first of them is let go.
const AT_A_TIME: usize = 512;

/// Resolves all profiles with what is on this machine. Never uses the network; what is not here is marked with the reason.
pub fn resolve_all(workspace: &Workspace, registries: &Registries) -> Vec<ResolvedProfile> {
    resolve_some(workspace, registries, &workspace.profiles)
}

/// The same for some of the workspace's profiles.
pub fn resolve_some(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
) -> Vec<ResolvedProfile> {
    resolve_each(workspace, registries, profiles, |resolved| resolved)
}

/// Resolves `profiles` as [`resolve_all`] does, some at a time, and keeps of each what `keep` makes of it, in order: a large
/// repository does not fit into memory with all its values.
pub fn resolve_each<T: Send>(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
    keep: impl Fn(ResolvedProfile) -> T + Sync,
) -> Vec<T> {
    let config = &workspace.config.spec;
    let library = Library::new(workspace, registries);
    let mut shelf = Shelf::default();
    let mut kept = Vec::with_capacity(profiles.len());
    for some in profiles.chunks(AT_A_TIME) {
        let locks: Vec<LockRead> = some.par_iter().map(|profile| LockFile::of(profile)).collect();
        let stacks = shelf.add(&library, config, some, &locks, |_| true);
        let resolved = some
            .par_iter()
            .zip(&locks)
            .zip(stacks)
            .map(|((profile, lock), stack)| keep(resolve(config, profile, lock, stack, &shelf)));
        kept.par_extend(resolved);
    }
    kept
}

fn resolve(
    config: &ConfigSpec,
    profile: &Arc<Profile>,
    lock: &LockRead,
    stack: Vec<StackLayer>,
    shelf: &Shelf,
) -> ResolvedProfile {
    let state = state(config, profile, lock, &stack);
    let mut reported: Vec<Diagnostic> = Vec::new();
    if let Err(damage) = lock {
        reported.push((**damage).clone());
    }
    let layers: Vec<ResolvedLayer> = stack
        .into_iter()
        .map(|layer| {
            let found = shelf.find(lock, &layer);
            layers::build(profile, layer, found, &mut reported)
        })
        .collect();
    for layer in &layers {
        report_macros(config, profile, layer, &mut reported);
    }
    ResolvedProfile::new(Arc::clone(profile), layers, state, reported)
}

/// Whether the lock is for this profile as it is now.
fn state(config: &ConfigSpec, profile: &Profile, lock: &LockRead, stack: &[StackLayer]) -> LockState {
    if !needs_lock(profile, config) {
        return LockState::NotNeeded;
    }
    match lock {
        Ok(None) => LockState::Missing,
        Ok(Some(lock)) if drift(config, profile, lock, stack).is_empty() => LockState::Current,
        // Another one, or one that cannot be read.
        Err(_) | Ok(Some(_)) => LockState::Stale,
    }
}

/// What the lock says otherwise than the profile, one line each.
pub(super) fn drift(
    config: &ConfigSpec,
    profile: &Profile,
    lock: &LockFile,
    stack: &[StackLayer],
) -> Vec<String> {
    let mut lines = Vec::new();
    if lock.profile.id != profile.id.0 || lock.profile.version != profile.version() {
        lines.push(format!("it was made for {}@{}", lock.profile.id, lock.profile.version));
    }
    for layer in stack {
        let Some(reference) = &layer.reference else { continue };
        let Some(entry) = lock.layer(&layer.name) else {
            lines.push(format!("layer `{}` is not in it", layer.name));
            continue;
        };
        let locked = entry.reference();
        for (what, was, is) in [
            (reference.kind.word(), &locked.name, &reference.name),
            ("version", &locked.wanted, &reference.wanted),
            ("registry", &locked.registry, &reference.registry),
        ] {
            if was != is {
                lines.push(format!(
                    "layer `{}` wants {what} `{is}`, the lock was made for `{was}`",
                    layer.name
                ));
            }
        }
        if entry.added_by != layer.added_by {
            lines.push(format!("layer `{}` is brought along by another preset", layer.name));
        }
    }
    for entry in &lock.layers {
        let gone = !stack.iter().any(|layer| layer.reference.is_some() && layer.name == entry.name);
        if gone {
            lines.push(format!("it has a layer `{}`, which the profile does not have", entry.name));
        }
    }
    let registries = lock.layers.iter().map(|layer| layer.registry.as_str());
    if lines.is_empty() && inputs(profile, config, registries) != lock.inputs {
        lines.push(
            "the order of the layers, a layer's presets, or the definition of a registry is another one"
                .to_owned(),
        );
    }
    lines
}

/// Reports macros that nobody defines, in values and in attached manifests.
fn report_macros(
    config: &ConfigSpec,
    profile: &Profile,
    layer: &ResolvedLayer,
    reported: &mut Vec<Diagnostic>,
) {
    let mut report = |name: &str, place: Place| {
        let message = format!("there is no macro `{name}`");
        let help = match closest(name, macro_names(config, profile)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "define it below `spec.macros` in edgewright.yaml, or give the reference a `default`"
                .to_owned(),
        };
        reported.push(Diagnostic::new(UNKNOWN_MACRO, place, message).help(help));
    };
    each_text(&layer.values.value, "", &mut |text, pointer| {
        for (name, _) in unknown_macros(config, profile, text) {
            report(&name, place_of(layer, pointer));
        }
    });
    for manifest in &layer.manifests {
        for (name, range) in unknown_macros(config, profile, manifest.file.text()) {
            report(&name, Place::new(&manifest.file, Span::new(range.start, range.end)));
        }
    }
}

/// Where a value stands: the origin of its leaf, which is the whole list where it is an item.
fn place_of(layer: &ResolvedLayer, pointer: &str) -> Place {
    let mut pointer = pointer;
    loop {
        if let Some(place) = layer.values.origins.get(pointer).and_then(|origin| origin.place.clone()) {
            return place;
        }
        match pointer.rsplit_once('/') {
            Some((parent, _)) => pointer = parent,
            None => return layer.place.clone(),
        }
    }
}

fn each_text(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) if text.contains("{{") => visit(text, pointer),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each_text(item, &push_pointer(pointer, &index.to_string()), visit);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                if may_hold_text(item) {
                    each_text(item, &push_pointer(pointer, key), visit);
                }
            }
        }
        _ => {}
    }
}

/// Whether a look below is worth its pointer.
fn may_hold_text(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("{{"),
        Value::Array(_) | Value::Object(_) => true,
        _ => false,
    }
}
