//! From references to content, by way of the registries: what is here, and what can be had.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::choice::choose;
use super::content::{ChartContent, Content, PackContent};
use super::layers::Found;
use super::need::{Need, pinned};
use super::problem::LockWarning;
use super::resolved::{Pin, Unresolved};
use crate::chart::Chart;
use crate::pack::Pack;
use crate::registry::{Fetched, Keyring, Kind, Registries, Registry, RegistryError};
use crate::workspace::Workspace;
use crate::workspace::model::{ConfigSpec, RegistryConfig};

/// The registries of a workspace, asked for whole packs and charts.
pub(super) struct Library<'a> {
    pub(super) config: &'a ConfigSpec,
    pub(super) registries: &'a Registries,
    /// Registries that could not be reached, and why: they are not tried again.
    pub(super) lost: Mutex<BTreeMap<String, String>>,
    /// Keyrings that were read, by their path, or why they cannot be.
    pub(super) keyrings: Mutex<BTreeMap<String, Result<Arc<Keyring>, String>>>,
    root: &'a Path,
}

/// What a reference resolved to.
#[derive(Clone, Debug)]
pub(super) struct Located {
    pub(super) content: Arc<Content>,
    pub(super) pin: Pin,
    pub(super) warning: Option<LockWarning>,
    /// What was taken although it is not what was promised.
    pub(super) accepted: Option<String>,
}

impl<'a> Library<'a> {
    pub(super) fn new(workspace: &'a Workspace, registries: &'a Registries) -> Self {
        Self {
            config: &workspace.config.spec,
            registries,
            lost: Mutex::default(),
            keyrings: Mutex::default(),
            root: &workspace.root,
        }
    }

    pub(super) fn is_directory(&self, registry: &str) -> bool {
        matches!(self.config.registries.get(registry), Some(RegistryConfig::Directory { .. }))
    }

    pub(super) fn is_git(&self, registry: &str) -> bool {
        matches!(self.config.registries.get(registry), Some(RegistryConfig::Git { .. }))
    }

    /// What is on this machine for a reference. A pack of a directory registry is there without a lock as well.
    pub(super) fn held(&self, need: &Need) -> Found {
        match self.hold(need) {
            Ok(found) => found,
            Err(unresolved) => Found { unresolved: Some(unresolved), ..Found::default() },
        }
    }

    fn hold(&self, need: &Need) -> Result<Found, Unresolved> {
        let reference = &need.reference;
        let registry = self.registry(&reference.registry).map_err(unresolved)?;
        let directory = self.is_directory(&reference.registry);
        let version = match &need.kept {
            Some(kept) => kept.version.clone(),
            None if directory => {
                let candidates = registry.candidates(reference.kind, &reference.name).map_err(unresolved)?;
                match choose(reference, &candidates) {
                    Ok(chosen) => chosen.version.clone(),
                    Err(message) => return Err(Unresolved::NotFound(message)),
                }
            }
            None => return Err(Unresolved::NotLocked),
        };
        let pinned = pinned(&version, need.kept.as_ref());
        let fetched = match registry.local(reference.kind, &reference.name, &pinned).map_err(unresolved)? {
            Some(fetched) => fetched,
            None if directory => {
                return Err(Unresolved::NotFound(format!("{} {version}", reference.name)));
            }
            None => return Err(Unresolved::NotFetched),
        };
        let found = fetched.content;
        let content = Arc::new(read(reference.kind, &fetched).map_err(Unresolved::Broken)?);
        let unresolved = match &need.kept {
            None => Some(Unresolved::NotLocked),
            Some(kept) if kept.content != found => Some(Unresolved::Changed { locked: kept.content, found }),
            Some(_) => None,
        };
        if unresolved.is_some() && !directory {
            return Ok(Found { unresolved, ..Found::default() });
        }
        let pin = need.kept.as_ref().map(|kept| {
            let mut pin = pin(&version, &fetched, &content);
            pin.url.clone_from(&kept.url);
            pin.content = kept.content;
            pin.provenance.clone_from(&kept.provenance);
            pin
        });
        Ok(Found { content: Some(content), pin, unresolved })
    }

    /// A path of `edgewright.yaml`: relative to it, or below the user's home.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
            (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
            _ => self.root.join(path),
        }
    }

    pub(super) fn registry(&self, name: &str) -> Result<&'a dyn Registry, RegistryError> {
        self.registries.get(name)
    }
}

/// The files of a reference as a pack or a chart.
pub(super) fn read(kind: Kind, fetched: &Fetched) -> Result<Content, String> {
    match kind {
        Kind::Pack => {
            let (pack, found) = Pack::read(fetched.files.clone(), &fetched.path);
            match pack {
                Some(pack) => PackContent::new(pack).map(Content::Pack),
                None => Err(found.first().map_or_else(
                    || format!("{} is no pack", fetched.path),
                    |first| format!("{}: {}", first.place, first.message),
                )),
            }
        }
        Kind::Chart => {
            let chart =
                Chart::from_files(fetched.files.clone(), &fetched.path).map_err(|error| error.to_string())?;
            let archive = fetched.archive.as_ref().map(|archive| Arc::clone(&archive.bytes));
            ChartContent::new(chart, archive).map(Content::Chart)
        }
    }
}

/// States of a pack in which its makers have given it up (`annotations.system_state`).
const GIVEN_UP: [&str; 3] = ["deprecated", "disabled", "deleted"];

pub(super) fn pin(version: &str, fetched: &Fetched, content: &Content) -> Pin {
    let archive = fetched.archive.as_ref();
    let (app_version, deprecated) = match content {
        Content::Chart(chart) => (chart.chart.metadata.app_version.clone(), chart.chart.metadata.deprecated),
        Content::Pack(pack) => {
            let state = pack.pack.annotations.get("system_state").map(String::as_str);
            (None, state.is_some_and(|state| GIVEN_UP.contains(&state)))
        }
    };
    Pin {
        version: version.to_owned(),
        url: archive.and_then(|archive| archive.url.clone()),
        sha256: archive.map(|archive| archive.sha256),
        size: archive.map(|archive| archive.size),
        manifest: archive.and_then(|archive| archive.manifest),
        commit: fetched.commit.clone(),
        content: fetched.content,
        provenance: None,
        app_version,
        deprecated,
    }
}

fn unresolved(error: RegistryError) -> Unresolved {
    match error {
        RegistryError::Unknown { name, .. } => Unresolved::NoRegistry(name),
        RegistryError::NotFound { what, .. } => Unresolved::NotFound(what),
        RegistryError::Offline { .. } => Unresolved::NotFetched,
        RegistryError::Digest { expected, found, .. } => Unresolved::Changed { locked: expected, found },
        other => Unresolved::Broken(other.to_string()),
    }
}
