//! The tree that was published before: verified, and read as far as serials and versions go on from it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::published::Source;
use super::{ReleaseError, sums};
use crate::archive::Digest;
use crate::bundle::{self, AssignmentNode, Epochs, ProfileTarget};
use crate::trust::{TrustCore, TrustError, limits};

/// A tree that was published before.
pub(super) struct Previous {
    /// Its metadata, all roles loaded.
    pub(super) core: TrustCore,
    /// Its roots, from version 1 on.
    pub(super) roots: Vec<Vec<u8>>,
    /// Its profiles, by id.
    pub(super) profiles: BTreeMap<String, ProfileTarget>,
    /// Its epochs.
    pub(super) epochs: Epochs,
    /// Root of its assignment tree.
    pub(super) assignments: Option<AssignmentNode>,
    /// Files of its catalog.
    pub(super) catalog: BTreeMap<String, Digest>,
}

/// Reads a tree; `None` where there is none. Expiry does not matter: whoever publishes may be late.
pub(super) fn read(source: &Source) -> Result<Option<Previous>, ReleaseError> {
    let mut fetch = |path: &str, max: u64| source(path, max);
    let there = |path: &str| source(path, limits::ROOT).map_err(|source| TrustError::fetch(path, source));
    if there("metadata/timestamp.json")?.is_none() {
        return Ok(None);
    }
    let first = there("metadata/1.root.json")?
        .ok_or_else(|| TrustError::Missing { path: "metadata/1.root.json".to_owned() })?;
    let mut core = TrustCore::new(&first, Timestamp::MIN)?;
    let mut roots = vec![first];
    core.refresh(&mut fetch, &mut |_, root| {
        roots.push(root.to_vec());
        Ok(())
    })?;
    let mut previous = Previous {
        core,
        roots,
        profiles: BTreeMap::new(),
        epochs: Epochs::default(),
        assignments: None,
        catalog: BTreeMap::new(),
    };
    let core = &mut previous.core;
    if let Some(bytes) = core.read("epochs.json", limits::DOCUMENT, &mut fetch)? {
        previous.epochs = document("epochs.json", &bytes)?;
    }
    for role in core.delegated() {
        core.load_delegated(&role, &mut fetch)?;
        for target in core.listed(&role)? {
            // What a role lists but may not sign was never published.
            if core.find(&target.path, &mut fetch)?.as_ref() != Some(&target) {
                continue;
            }
            match target.path.as_str() {
                "assignments/root.json" => {
                    let bytes = core.fetch_target(&target, limits::DOCUMENT, &mut fetch)?;
                    previous.assignments = Some(document(&target.path, &bytes)?);
                }
                sums::TARGET => {
                    let bytes = core.fetch_target(&target, limits::SITE_LIST, &mut fetch)?;
                    previous.catalog =
                        sums::read(&bytes).map_err(|reason| TrustError::refused(target.file(), reason))?;
                }
                path if path.starts_with("profiles/") => {
                    let bytes = core.fetch_target(&target, limits::DOCUMENT, &mut fetch)?;
                    let profile: ProfileTarget = document(path, &bytes)?;
                    previous.profiles.insert(profile.profile.clone(), profile);
                }
                _ => {}
            }
        }
    }
    Ok(Some(previous))
}

fn document<T: serde::de::DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, TrustError> {
    bundle::read(bytes).map_err(|error| TrustError::refused(path, error.to_string()))
}
