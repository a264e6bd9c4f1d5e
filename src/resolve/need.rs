//! What is asked of a registry for a layer, and what locks promise about the answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lock_file::{LOCK_FILE, LockFile};
use super::stack::{Reference, StackLayer};
use crate::archive::Digest;
use crate::registry::{Candidate, Kind, Pinned, Provenance};
use crate::workspace::model::Profile;

/// A reference that is to be resolved, and what the lock says of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Need {
    pub(super) reference: Reference,
    /// The entry of the lock, where it is for this very reference.
    pub(super) kept: Option<Kept>,
    /// Whether other bytes than the promised ones are to be taken.
    pub(super) accept: bool,
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
    pub(super) provenance: Option<Provenance>,
}

impl Need {
    /// What is to be asked for a layer; `None` for a layer without a reference.
    pub(super) fn of(lock: Option<&LockFile>, layer: &StackLayer) -> Option<Self> {
        let reference = layer.reference.clone()?;
        let entry = lock.and_then(|lock| lock.layer(&layer.name)).filter(|entry| entry.asks_for(&reference));
        let kept = entry.map(|entry| Kept {
            version: entry.version.clone(),
            url: entry.url.clone(),
            sha256: entry.sha256,
            manifest: entry.manifest,
            commit: entry.commit.clone(),
            content: entry.content,
            provenance: entry.provenance.clone(),
        });
        Some(Self { reference, kept, accept: false })
    }
}

impl Kept {
    pub(super) fn candidate(&self) -> Candidate {
        Candidate {
            version: self.version.clone(),
            url: self.url.clone(),
            digest: self.sha256,
            manifest: self.manifest,
            commit: self.commit.clone(),
            ..Candidate::default()
        }
    }
}

pub(super) fn pinned<'k>(version: &'k str, kept: Option<&'k Kept>) -> Pinned<'k> {
    Pinned {
        version,
        url: kept.and_then(|kept| kept.url.as_deref()),
        sha256: kept.and_then(|kept| kept.sha256),
        manifest: kept.and_then(|kept| kept.manifest),
        commit: kept.and_then(|kept| kept.commit.as_deref()),
        content: kept.map(|kept| kept.content),
    }
}

/// Bytes that locks of the workspace name: a registry that serves others is refused for a new lock as well.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<Promised, Vec<(Digest, String)>>);

/// What is promised: kind, registry, name and version.
type Promised = (Kind, String, String, String);

impl Known {
    /// What the locks of `profiles` name. Locks that cannot be read promise nothing.
    pub(super) fn of(profiles: &[Arc<Profile>]) -> Self {
        let mut known = Self::default();
        for profile in profiles {
            let Ok(Some(lock)) = LockFile::of(profile) else { continue };
            for layer in lock.layers {
                let Some(sha256) = layer.sha256 else { continue };
                let Reference { kind, name, registry, .. } = layer.reference();
                let promises = known.0.entry((kind, registry, name, layer.version)).or_default();
                if promises.iter().all(|(promised, _)| *promised != sha256) {
                    promises.push((sha256, profile.shown(LOCK_FILE)));
                }
            }
        }
        known
    }

    /// The digests that locks name for a version, each with the first lock that does.
    pub(super) fn promises(&self, reference: &Reference, version: &str) -> &[(Digest, String)] {
        let Reference { kind, name, registry, .. } = reference;
        let key = (*kind, registry.clone(), name.clone(), version.to_owned());
        self.0.get(&key).map_or(&[], Vec::as_slice)
    }
}
