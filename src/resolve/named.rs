//! What locks name and does not lie in this repository: archives and packs of git registries, each once, by the digest of the
//! bytes that the cache and `vendor/` keep.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lock_file::{LockFile, LockedLayer};
use crate::archive::{ArchiveError, Digest, canonical_tar};
use crate::registry::{Candidate, Fetched, Pinned, Registries, RegistryError};

/// The entries of locks by the digests of their bytes and their content.
pub type Named = BTreeMap<(Digest, Digest), LockedLayer>;

/// Why something that a lock names cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum NamedError {
    /// The registry's word.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The bytes are the locked ones, and yet hold something else than the lock says.
    #[error(
        "the lock says content {locked}, but its bytes hold {found}; it was edited by hand, run `edgewright lock`"
    )]
    Contradiction {
        /// Digest of the content in the lock.
        locked: Digest,
        /// Digest of the content that is in the bytes.
        found: Digest,
    },
}

impl LockedLayer {
    /// Digest of the bytes that stand for this entry in the cache and in `vendor/`: the archive as it was fetched, or the
    /// canonical tar of a pack from git. `None` for what lies in this repository.
    pub fn kept_as(&self) -> Option<Digest> {
        self.sha256.or_else(|| self.commit.as_ref().map(|_| self.content))
    }
}

/// Adds what a lock names.
pub fn add_named(named: &mut Named, lock: LockFile) {
    for layer in lock.layers {
        if let Some(digest) = layer.kept_as() {
            named.entry((digest, layer.content)).or_insert(layer);
        }
    }
}

/// Gets what an entry names, from this machine or from its registry, held against all digests of the lock; and whether it
/// had to be got.
pub fn bring(registries: &Registries, layer: &LockedLayer) -> Result<(Arc<Fetched>, bool), NamedError> {
    let reference = layer.reference();
    let registry = registries.get(&layer.registry)?;
    let pinned = Pinned {
        version: &layer.version,
        url: layer.url.as_deref(),
        sha256: layer.sha256,
        manifest: layer.manifest,
        commit: layer.commit.as_deref(),
        content: Some(layer.content),
    };
    let (fetched, got) = if let Some(fetched) = registry.local(reference.kind, &reference.name, &pinned)? {
        (fetched, false)
    } else {
        let candidate = Candidate {
            version: layer.version.clone(),
            url: layer.url.clone(),
            manifest: layer.manifest,
            commit: layer.commit.clone(),
            ..Candidate::default()
        };
        (registry.fetch(reference.kind, &reference.name, &candidate, layer.sha256)?, true)
    };
    if fetched.content != layer.content {
        return Err(NamedError::Contradiction { locked: layer.content, found: fetched.content });
    }
    Ok((fetched, got))
}

/// The bytes that stand for it: see [`LockedLayer::kept_as`].
pub fn kept_bytes(fetched: &Fetched) -> Result<Arc<[u8]>, ArchiveError> {
    match &fetched.archive {
        Some(archive) => Ok(Arc::clone(&archive.bytes)),
        None => Ok(canonical_tar(&fetched.files)?.into()),
    }
}
