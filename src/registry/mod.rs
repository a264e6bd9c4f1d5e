//! Where packs and charts come from: one trait, one file per kind of registry, and the cache.
//!
//! Packs come from directory and git registries, charts from Helm repositories, both from OCI registries. Opening
//! registries reads nothing; each reads its listing when it is first asked, once.
//!
//! Architecture invariant: this room knows no profile.

mod cache;
mod directory;
mod error;
mod folders;
mod git;
mod helm;
mod images;
mod index;
mod oci;
mod provenance;
mod reach;
mod site;
#[cfg(test)]
mod tests;
mod upkeep;
mod vendor;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::archive::{Digest, Files};
use crate::diagnostics::closest;
use crate::pack::LayerType;
use crate::source::Overlay;
use crate::transport::OnNote;
use crate::version::Wanted;
use crate::workspace::Workspace;
use crate::workspace::model::{MirrorConfig, RegistryConfig, well_known};

pub use cache::Cache;
pub use directory::PackFolder;
pub use error::RegistryError;
pub use images::{ImagePlatform, ResolvedImage};
pub use provenance::{Keyring, Provenance, Signed};
use reach::Reach;
pub use reach::Way;
pub use upkeep::{Held, Item};
pub use vendor::{FILE_NAME, VENDOR, all_vendored, vendor, vendored_path};

/// What a reference is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A pack.
    Pack,
    /// A Helm chart.
    Chart,
}

impl Kind {
    /// `pack` or `chart`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Chart => "chart",
        }
    }
}

/// A version that a registry offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Version as the registry spells it.
    pub version: String,
    /// Address of the archive, absolute; `None` in a directory registry.
    pub url: Option<String>,
    /// Other addresses of the same archive, asked in this order where one fails.
    pub mirrors: Vec<String>,
    /// Digest of the archive that the registry promises.
    pub digest: Option<Digest>,
    /// Digest of the OCI manifest; `None` in other registries.
    pub manifest: Option<Digest>,
    /// Commit that holds it; `None` unless in a git registry.
    pub commit: Option<String>,
    /// `appVersion` of a chart.
    pub app_version: Option<String>,
    /// Whether its makers gave it up.
    pub deprecated: bool,
    /// When it was published, as the registry spells it.
    pub created: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// What a pack's `pack.json` says besides, where that is at hand without getting the pack.
    pub pack: Option<Arc<PackLabel>>,
}

/// What people look for a pack by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackLabel {
    /// `displayName`.
    pub display_name: Option<String>,
    /// `layer`.
    pub layer_type: Option<LayerType>,
    /// `addonType`.
    pub addon_type: Option<String>,
    /// `cloudTypes`.
    pub cloud_types: Vec<String>,
    /// `annotations.description`.
    pub description: Option<String>,
    /// `annotations.system_state`: `deprecated`, `disabled`, `deleted`.
    pub state: Option<String>,
}

/// What a lock says about a reference, as far as it is needed to find its bytes again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pinned<'a> {
    /// Exact version as the registry spells it.
    pub version: &'a str,
    /// Address of the archive.
    pub url: Option<&'a str>,
    /// Digest of the archive.
    pub sha256: Option<Digest>,
    /// Digest of the OCI manifest.
    pub manifest: Option<Digest>,
    /// Commit of a git registry.
    pub commit: Option<&'a str>,
    /// Digest of the canonical tar of the content; `None` while nothing is locked.
    pub content: Option<Digest>,
}

/// An archive as it was published.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Their digest.
    pub sha256: Digest,
    /// Their number.
    pub size: u64,
    /// Where it came from, where that is known.
    pub url: Option<String>,
    /// Digest of the OCI manifest that named it; `None` in other registries.
    pub manifest: Option<Digest>,
}

/// A pack or a chart with all its files.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Path of its folder fit to be shown: `packs/x`, or inside an archive `https://…/x-1.0.tgz!/x`.
    pub path: String,
    /// The files of its folder: those of the pack, or of the chart without the archive's leading folder.
    pub files: Files,
    /// Identity of `files`: digest of their canonical tar.
    pub content: Digest,
    /// The archive; `None` in a directory or git registry.
    pub archive: Option<Archive>,
    /// The commit of a git registry that holds it.
    pub commit: Option<String>,
}

/// A registry of `edgewright.yaml`.
pub trait Registry: Send + Sync {
    /// Its name in `edgewright.yaml`.
    fn name(&self) -> &str;

    /// Whether it can hold such things at all.
    fn holds(&self, kind: Kind) -> bool;

    /// The names of everything in it, sorted. May use the network.
    fn names(&self, kind: Kind) -> Result<Vec<String>, RegistryError>;

    /// The versions of one name, highest first; none where there is nothing of that name. May use the network.
    fn candidates(&self, kind: Kind, name: &str) -> Result<Vec<Candidate>, RegistryError>;

    /// What the registry lists under a name and nobody can use: version and reason of each. May use the network.
    fn dropped(&self, _kind: Kind, _name: &str) -> Result<Vec<(String, String)>, RegistryError> {
        Ok(Vec::new())
    }

    /// What a reference means that means one version and nothing else, without a list of versions, which some registries do
    /// not give. `None`: it is among the candidates, or nowhere. May use the network.
    fn exact(
        &self,
        _kind: Kind,
        _name: &str,
        wanted: &Wanted<'_>,
    ) -> Result<Option<Candidate>, RegistryError> {
        match wanted.digest {
            Some(_) => Err(RegistryError::Broken {
                what: format!("registry `{}`", self.name()),
                why: "only versions of an OCI registry are pinned by a digest behind `@`; write the version alone, the \
                      lock pins its content"
                    .to_owned(),
            }),
            None => Ok(None),
        }
    }

    /// A candidate with all that the registry says about it (application version, date, description): lists need not say
    /// it. May use the network.
    fn details(&self, _kind: Kind, _name: &str, candidate: &Candidate) -> Result<Candidate, RegistryError> {
        Ok(candidate.clone())
    }

    /// The bytes of a candidate: from `vendor/`, the cache or the network. Bytes that are not what the registry promises
    /// or the lock `expected` are refused and not kept.
    fn fetch(
        &self,
        kind: Kind,
        name: &str,
        candidate: &Candidate,
        expected: Option<Digest>,
    ) -> Result<Arc<Fetched>, RegistryError>;

    /// The signature of a chart that was published with one: the text of its `.prov` file. May use the network.
    fn provenance(&self, _name: &str, _candidate: &Candidate) -> Result<Option<Vec<u8>>, RegistryError> {
        Ok(None)
    }

    /// The bytes of a pinned reference if they are on this machine; never uses the network. In a directory registry: what
    /// stands there now under that version, whatever its content.
    fn local(&self, kind: Kind, name: &str, pin: &Pinned<'_>) -> Result<Option<Arc<Fetched>>, RegistryError>;

    /// Asks whether it is there and lets us in, with as little as it takes. Uses the network.
    fn ask(&self) -> Result<(), RegistryError>;

    /// The folders with packs in this repository, sorted by path, unreadable ones included; none for other registries.
    fn pack_folders(&self) -> Result<&[PackFolder], RegistryError> {
        Ok(&[])
    }
}

/// How registries are used.
#[derive(Clone, Default)]
pub struct Options {
    /// Never use the network.
    pub offline: bool,
    /// Folder of the cache; the user's where it is not given.
    pub cache: Option<PathBuf>,
    /// Told the number of bytes whenever some come over the network.
    pub on_bytes: Option<OnBytes>,
    /// Told what is used on the way: credentials of which source, a proxy, a mirror. Never a secret.
    pub on_note: Option<OnNote>,
    /// What stands in for files of directory registries.
    pub overlay: Overlay,
    /// Mirrors of `edgewright.yaml`; those of the machine come before them.
    pub mirrors: Vec<MirrorConfig>,
}

/// Who is told how many bytes came.
pub type OnBytes = Arc<dyn Fn(u64) + Send + Sync>;

/// What all registries of a workspace use.
struct Shared {
    root: PathBuf,
    offline: bool,
    cache: Cache,
    /// Clients: one for each registry, because credentials and certificates are of one.
    reach: Reach,
    on_bytes: Option<OnBytes>,
}

/// The registries of a workspace.
pub struct Registries {
    shared: Arc<Shared>,
    hosts: images::Hosts,
    list: IndexMap<String, Box<dyn Registry>>,
    /// Those that need no entry in `edgewright.yaml`.
    well_known: IndexMap<String, Box<dyn Registry>>,
}

impl Registries {
    /// The registries of `edgewright.yaml`. Reads nothing yet.
    pub fn open(workspace: &Workspace, options: Options) -> Self {
        let mirrors = workspace.config.spec.mirrors.clone();
        let options = Options { overlay: workspace.overlay.clone(), mirrors, ..options };
        Self::new(&workspace.root, &workspace.config.spec.registries, options)
    }

    /// Registries for the repository at `root`.
    pub fn new(root: &Path, configs: &IndexMap<String, RegistryConfig>, options: Options) -> Self {
        let shared = Arc::new(Shared {
            root: root.to_owned(),
            offline: options.offline,
            cache: options.cache.map_or_else(Cache::of_user, Cache::at),
            reach: Reach::new(root, &options.mirrors, options.on_note),
            on_bytes: options.on_bytes,
        });
        let open = |(name, config): (&String, &RegistryConfig)| -> (String, Box<dyn Registry>) {
            let client = || shared.reach.client(name, config);
            let registry: Box<dyn Registry> = match config {
                RegistryConfig::Directory { path } => {
                    Box::new(directory::Directory::new(name, root, path, options.overlay.clone()))
                }
                RegistryConfig::Helm { url, .. } => {
                    Box::new(helm::Helm::new(name, url, client(), Arc::clone(&shared)))
                }
                RegistryConfig::Git { url, path, reference, .. } => Box::new(git::Git::new(
                    name,
                    url,
                    path.as_deref(),
                    reference.as_deref(),
                    client(),
                    Arc::clone(&shared),
                )),
                RegistryConfig::Oci { url, .. } => {
                    Box::new(oci::Oci::new(name, url, client(), Arc::clone(&shared)))
                }
            };
            (name.clone(), registry)
        };
        let list = configs.iter().map(open).collect();
        let well_known = well_known::registries().iter().map(open).collect();
        let hosts = images::hosts(configs, &shared);
        Self { shared, hosts, list, well_known }
    }

    /// The registry of that name: of `edgewright.yaml`, else a well-known public one.
    pub fn get(&self, name: &str) -> Result<&dyn Registry, RegistryError> {
        let found = self.list.get(name).or_else(|| self.well_known.get(name));
        found.map(|registry| &**registry).ok_or_else(|| RegistryError::Unknown {
            name: name.to_owned(),
            known: self.list.keys().cloned().collect(),
            near: closest(name, self.well_known.keys().map(String::as_str)).map(str::to_owned),
        })
    }

    /// How a registry of these settings is reached from this machine.
    pub fn way(&self, name: &str, config: &RegistryConfig) -> Way {
        self.shared.reach.way(name, config)
    }

    /// The only registry that can hold such things: what a reference without registry means. `None` where there are
    /// several or none.
    pub fn only(&self, kind: Kind) -> Option<&dyn Registry> {
        let mut fitting = self.iter().filter(|registry| registry.holds(kind));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    }

    /// Whether the network must not be used.
    pub fn is_offline(&self) -> bool {
        self.shared.offline
    }

    /// Why the cache could not be used, if it could not: it did no harm, but nothing may have been kept.
    pub fn cache_trouble(&self) -> Option<&str> {
        self.shared.cache.trouble()
    }

    /// Those of `edgewright.yaml`, in its order.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Registry> {
        self.list.values().map(|registry| &**registry)
    }
}
