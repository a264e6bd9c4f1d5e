//! `lock --images`: what the images of locked layers lead to, asked of their registries and written into the locks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::images::{Image, images};
use super::lock_file::{LockFile, LockedLayer};
use super::lock_image::LockedImage;
use super::offline::resolve_some;
use super::problem::{LockProblem, ProblemKind};
use super::resolved::ResolvedLayer;
use crate::pack::ImageReference;
use crate::registry::{Registries, RegistryError, ResolvedImage};
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

/// Images that are asked for at the same time.
const PARALLEL: usize = 8;

/// What became of the images of one profile.
#[derive(Debug)]
pub struct LockedImages {
    /// The profile.
    pub profile: Arc<Profile>,
    /// The lock with what was found; `None` where it says so already, or there is none.
    pub lock: Option<LockFile>,
    /// Images whose digests are known.
    pub known: usize,
    /// Those among them that were asked for now.
    pub asked: usize,
    /// Images that could not be resolved.
    pub problems: Vec<LockProblem>,
    /// What is doubtful: tags that were guessed and are not there.
    pub warnings: Vec<String>,
}

type Answers = BTreeMap<String, Result<LockedImage, LockProblem>>;

/// Resolves the images of profiles whose locks are written. A digest that a lock has stays, unless `renew`: tags move. Manifests of
/// a layer without a reference have no entry in a lock; their images are not asked for.
pub fn lock_images(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
    renew: bool,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Vec<LockedImages> {
    let resolved = resolve_some(workspace, registries, profiles);
    let locks: Vec<Option<LockFile>> =
        profiles.iter().map(|profile| LockFile::of(profile).ok().flatten()).collect();
    let mut known: BTreeMap<&str, &LockedImage> = BTreeMap::new();
    if !renew {
        let entries = locks.iter().flatten().flat_map(|lock| &lock.layers).flat_map(|layer| &layer.images);
        for image in entries.filter(|image| image.digest.is_some()) {
            known.entry(&image.image).or_insert(image);
        }
    }
    let found: Vec<Vec<(&ResolvedLayer, Vec<Image>)>> = resolved
        .iter()
        .zip(&locks)
        .map(|(profile, lock)| {
            let locked = |name: &str| lock.as_ref().is_some_and(|lock| lock.layer(name).is_some());
            let layers = profile.layers.iter().filter(|layer| locked(&layer.name));
            layers.map(|layer| (layer, images(layer))).collect()
        })
        .collect();
    let wanted: BTreeSet<&str> = found
        .iter()
        .flatten()
        .flat_map(|(_, images)| images)
        .map(|image| image.image.as_str())
        .filter(|image| !known.contains_key(image))
        .collect();
    let answers = ask(registries, &wanted.into_iter().collect::<Vec<_>>(), progress);
    let look = |image: &str| match known.get(image) {
        Some(known) => Some(Ok((*known).clone())),
        None => answers.get(image).cloned(),
    };
    let all = profiles.iter().zip(&locks).zip(&found);
    all.map(|((profile, lock), layers)| {
        let mut result = LockedImages {
            profile: Arc::clone(profile),
            lock: None,
            known: 0,
            asked: 0,
            problems: Vec::new(),
            warnings: Vec::new(),
        };
        let Some(before) = lock else { return result };
        let mut after = before.clone();
        for (layer, images) in layers {
            let mut resolved = BTreeMap::new();
            for image in images {
                match look(&image.image) {
                    Some(Ok(locked)) => {
                        result.known += 1;
                        result.asked += usize::from(answers.contains_key(&image.image));
                        resolved.insert(image.image.as_str(), locked);
                    }
                    Some(Err(problem)) if image.guessed && problem.kind == ProblemKind::Unresolved => {
                        result.warnings.push(format!(
                            "layer `{}`: {}; its tag is written nowhere, and was taken for the chart's appVersion",
                            layer.name, problem.message
                        ));
                    }
                    Some(Err(problem)) => result.problems.push(problem.in_layer(&layer.name)),
                    None => {}
                }
            }
            if let Some(entry) = after.layers.iter_mut().find(|entry| entry.name == layer.name) {
                entry.images = merged(entry, layer, &resolved);
            }
        }
        result.lock = Some(after).filter(|after| after != before);
        result
    })
    .collect()
}

/// The images of an entry: what the pack lists in its order, then the others by name.
fn merged(
    entry: &LockedLayer,
    layer: &ResolvedLayer,
    resolved: &BTreeMap<&str, LockedImage>,
) -> Vec<LockedImage> {
    let content = layer.values.defaults.pointer("/pack/content/images").and_then(|list| list.as_array());
    let listed: BTreeSet<&str> =
        content.into_iter().flatten().filter_map(|image| image.get("image")?.as_str()).collect();
    let mut images: Vec<LockedImage> = Vec::new();
    for image in &entry.images {
        let name = image.image.as_str();
        // What is listed stays, whatever the layer's own values say; what was resolved besides may be gone.
        if listed.contains(name) || image.digest.is_none() {
            images.push(resolved.get(name).cloned().unwrap_or_else(|| image.clone()));
        }
    }
    let more = resolved.iter().filter(|(name, _)| !images.iter().any(|image| image.image == **name));
    let more: Vec<LockedImage> = more.map(|(_, image)| image.clone()).collect();
    images.extend(more);
    images
}

fn ask(registries: &Registries, wanted: &[&str], progress: &(dyn Fn(&str, usize, usize) + Sync)) -> Answers {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let answers = Mutex::new(Answers::new());
    std::thread::scope(|scope| {
        for _ in 0..PARALLEL.min(wanted.len()) {
            scope.spawn(|| {
                while let Some(image) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = one(registries, image);
                    answers
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert((*image).to_owned(), answer);
                    progress(image, done.fetch_add(1, Ordering::Relaxed) + 1, wanted.len());
                }
            });
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn one(registries: &Registries, image: &str) -> Result<LockedImage, LockProblem> {
    let reference = ImageReference::parse(image)
        .map_err(|why| LockProblem::new(ProblemKind::Unresolved, format!("image `{image}`: {why}")))?;
    let ResolvedImage { digest, platforms, .. } = registries.resolve_image(&reference).map_err(|error| {
        let kind = match error {
            RegistryError::NotFound { .. } | RegistryError::Unknown { .. } => ProblemKind::Unresolved,
            RegistryError::Digest { .. } => ProblemKind::Refused,
            _ => ProblemKind::Failed,
        };
        LockProblem::new(kind, error.to_string())
    })?;
    let exact = |digest: &crate::archive::Digest| format!("sha256:{digest}");
    Ok(LockedImage {
        image: image.to_owned(),
        digest: Some(exact(&digest)),
        // A registry may list one platform twice; the first counts, as for container runtimes.
        platforms: platforms.iter().rev().map(|p| (p.platform.clone(), exact(&p.digest))).collect(),
    })
}
