//! A registry of the OCI distribution protocol (distribution-spec v1.1): Helm charts as Helm pushes them, and packs.
//!
//! A chart is at `<base>/<name>`. A pack is where Palette's tools push it, `<base>/spectro-packs/archive/<name>`, or plainly
//! at `<base>/<name>`; the former is looked at first. The tag is the version, with `_` for `+`.

mod artifact;
mod content;
mod find;
mod manifest;
mod remote;
mod repository;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::{Candidate, Fetched, Kind, Pinned, Registry, RegistryError, Shared};
use crate::archive::Digest;
use crate::chart::ChartMetadata;
use crate::transport::{Client, shown};
use crate::version::Wanted;

use content::check_pack;
use find::{Found, sorted};

pub(super) use manifest::{Content, Platform};
pub(super) use remote::Remote;
pub(super) use repository::{By, Repository};

/// Below the base of Palette's registries, where its packs are.
const PACKS: &str = "spectro-packs/archive";
/// Largest archive that is read, as in Helm repositories.
const MAX_ARCHIVE: u64 = 128 << 20;

/// An OCI registry of `edgewright.yaml`.
pub(super) struct Oci {
    name: String,
    /// `host/path`.
    base: String,
    shared: Arc<Shared>,
    remote: Remote,
    /// What was unpacked already, so that a thousand profiles with one chart unpack it once.
    unpacked: Mutex<HashMap<(Kind, Digest, String), Arc<Fetched>>>,
}

impl Oci {
    /// The registry at `oci://host/path`.
    pub(super) fn new(name: &str, url: &str, client: Client, shared: Arc<Shared>) -> Self {
        let base = url.strip_prefix("oci://").unwrap_or(url).trim_end_matches('/').to_owned();
        let remote = Remote::new(name, client, Arc::clone(&shared));
        Self { name: name.to_owned(), base, shared, remote, unpacked: Mutex::default() }
    }

    /// Details of a chart stand in its config and its annotations.
    fn describe(&self, found: &Found, candidate: &mut Candidate) -> Result<(), RegistryError> {
        let annotation =
            |key: &str| found.image.annotations.get(&format!("org.opencontainers.image.{key}")).cloned();
        candidate.created = annotation("created");
        candidate.description = annotation("description");
        if found.image.config.media_type == artifact::CHART_CONFIG {
            let config = self.remote.small_blob(&found.repository, &found.image.config)?;
            let json: Value = serde_json::from_slice(&config).unwrap_or_default();
            let metadata = ChartMetadata::from_json(&json);
            candidate.app_version = metadata.app_version;
            candidate.deprecated = metadata.deprecated;
            candidate.description = metadata.description.or(candidate.description.take());
            if candidate.version.is_empty() {
                candidate.version = metadata.version;
            }
        }
        Ok(())
    }

    fn candidate(url: String, version: &str, found: &Found) -> Candidate {
        Candidate {
            version: version.to_owned(),
            url: Some(url),
            digest: Some(found.layer.digest),
            manifest: Some(found.digest),
            ..Candidate::default()
        }
    }
}

impl Registry for Oci {
    fn name(&self) -> &str {
        &self.name
    }

    fn holds(&self, _kind: Kind) -> bool {
        true
    }

    fn ask(&self) -> Result<(), RegistryError> {
        let base = Repository::parse(&self.base, None).map_err(|why| RegistryError::Broken {
            what: format!("registry `{}`: {}", self.name, shown(&format!("oci://{}", self.base))),
            why,
        })?;
        self.remote.ask_host(&base)
    }

    fn names(&self, kind: Kind) -> Result<Vec<String>, RegistryError> {
        let base = Repository::parse(&self.base, Some("x")).map_err(|why| RegistryError::Broken {
            what: format!("registry `{}`: {}", self.name, shown(&format!("oci://{}", self.base))),
            why,
        })?;
        let below = base.path.strip_suffix('x').unwrap_or_default();
        let mut names: Vec<String> = Vec::new();
        for path in self.remote.repositories(&base)? {
            let Some(name) = path.strip_prefix(below) else { continue };
            let palette = name.strip_prefix(PACKS).and_then(|name| name.strip_prefix('/'));
            names.extend(
                match (kind, palette) {
                    (Kind::Pack, Some(pack)) => Some(pack),
                    (_, None) => Some(name),
                    (Kind::Chart, Some(_)) => None,
                }
                .filter(|name| !name.contains('/'))
                .map(str::to_owned),
            );
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn candidates(&self, kind: Kind, name: &str) -> Result<Vec<Candidate>, RegistryError> {
        let mut urls: HashMap<String, String> = HashMap::new();
        let mut denied = None;
        for repository in self.repositories(kind, name)? {
            let tags = match self.remote.tags(&repository) {
                Ok(tags) => tags.unwrap_or_default(),
                // Many registries say "not allowed" for what is not there: the other place may have it.
                Err(error) if error.is_denied() => {
                    denied = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            for tag in tags.iter() {
                let version = match kind {
                    Kind::Chart => repository::chart_version(tag),
                    Kind::Pack => repository::pack_version(tag),
                };
                if let Some(version) = version {
                    urls.entry(version).or_insert_with(|| format!("{}:{tag}", repository.shown()));
                }
            }
        }
        match denied {
            Some(error) if urls.is_empty() => return Err(error),
            _ => {}
        }
        let versions = sorted(urls.keys().cloned().collect());
        Ok(versions
            .into_iter()
            .map(|version| Candidate { url: urls.get(&version).cloned(), version, ..Candidate::default() })
            .collect())
    }

    fn exact(&self, kind: Kind, name: &str, wanted: &Wanted<'_>) -> Result<Option<Candidate>, RegistryError> {
        if !wanted.is_exact() {
            return Ok(None);
        }
        let mut denied = None;
        for repository in self.repositories(kind, name)? {
            match self.find_exact(kind, &repository, wanted) {
                Ok(Some((found, url))) => {
                    let mut candidate = Self::candidate(url.clone(), wanted.version, &found);
                    if wanted.version.is_empty() {
                        match kind {
                            Kind::Chart => self.describe(&found, &mut candidate)?,
                            Kind::Pack => {
                                candidate.version =
                                    check_pack(name, "", &*self.archive(kind, &found, &url)?)?;
                            }
                        }
                    }
                    return Ok(Some(candidate));
                }
                Ok(None) => {}
                Err(error) if error.is_denied() => denied = Some(error),
                Err(error) => return Err(error),
            }
        }
        match denied {
            Some(error) => Err(error),
            // The same version may be written otherwise: `1.10` for `1.10.0`. That is found among all of them.
            None if kind == Kind::Pack && wanted.digest.is_none() => Ok(None),
            None => {
                let shown = match wanted.digest {
                    Some(digest) => format!("{}@sha256:{digest}", wanted.version),
                    None => wanted.version.to_owned(),
                };
                Err(self.nothing(kind, name, &shown, &self.hint(kind, name, wanted)))
            }
        }
    }

    fn details(&self, kind: Kind, name: &str, candidate: &Candidate) -> Result<Candidate, RegistryError> {
        let wanted = Wanted { version: &candidate.version, digest: None };
        let mut candidate = candidate.clone();
        for repository in self.repositories(kind, name)? {
            if let Some((found, url)) = self.find_exact(kind, &repository, &wanted)? {
                candidate = Self::candidate(url, &candidate.version, &found);
                self.describe(&found, &mut candidate)?;
                break;
            }
        }
        Ok(candidate)
    }

    fn fetch(
        &self,
        kind: Kind,
        name: &str,
        candidate: &Candidate,
        expected: Option<Digest>,
    ) -> Result<Arc<Fetched>, RegistryError> {
        let version = candidate.version.as_str();
        let url = candidate.url.as_deref().unwrap_or_default();
        let checked = |fetched: Arc<Fetched>| {
            if kind == Kind::Pack {
                check_pack(name, version, &fetched)?;
            }
            Ok(fetched)
        };
        if let (Some(expected), Some(found)) = (expected, candidate.digest)
            && expected != found
        {
            return Err(RegistryError::Digest { url: url.to_owned(), expected, found, by: "the lock" });
        }
        if let Some(digest) = expected.or(candidate.digest)
            && let Some(fetched) = self.here(kind, &digest, url, candidate.manifest)?
        {
            return checked(fetched);
        }
        // The address says which of the places it was; a registry that moved since has it at the same places.
        let mut repositories = self.repositories(kind, name)?;
        let at = |repository: &Repository| {
            url.strip_prefix(&repository.shown()).is_some_and(|rest| rest.starts_with([':', '@']))
        };
        repositories.sort_by_key(|repository| !at(repository));
        for repository in &repositories {
            let tag = repository::tag(version);
            let by = match (candidate.manifest, &tag) {
                (Some(manifest), _) => By::Digest(manifest),
                (None, Some(tag)) => By::Tag(tag),
                (None, None) => continue,
            };
            let Some(found) = self.find(kind, repository, by)? else { continue };
            let url = if url.is_empty() {
                format!("{}{}", repository.shown(), by.suffix())
            } else {
                url.to_owned()
            };
            if let Some(expected) = expected
                && expected != found.layer.digest
            {
                return Err(RegistryError::Digest {
                    url,
                    expected,
                    found: found.layer.digest,
                    by: "the lock",
                });
            }
            return checked(self.archive(kind, &found, &url)?);
        }
        // What the lock names is gone. Where the tag leads elsewhere by now, that is what has to be said.
        if let (Some(manifest), Some(tag)) = (candidate.manifest, repository::tag(version)) {
            for repository in &repositories {
                if let Some(found) = self.remote.digest(repository, By::Tag(&tag))?
                    && found != manifest
                {
                    let url = format!("{}:{tag}", repository.shown());
                    return Err(RegistryError::Moved { url, expected: manifest, found });
                }
            }
        }
        Err(self.nothing(kind, name, version, ""))
    }

    fn provenance(&self, name: &str, candidate: &Candidate) -> Result<Option<Vec<u8>>, RegistryError> {
        // Of what is pinned the manifest counts, wherever its tag leads.
        let version = if candidate.manifest.is_some() { "" } else { &candidate.version };
        let wanted = Wanted { version, digest: candidate.manifest };
        for repository in self.repositories(Kind::Chart, name)? {
            if let Some((found, _)) = self.find_exact(Kind::Chart, &repository, &wanted)? {
                let layer = artifact::provenance(&found.image);
                return layer.map(|layer| self.remote.small_blob(&repository, layer)).transpose();
            }
        }
        Ok(None)
    }

    fn local(
        &self,
        kind: Kind,
        _name: &str,
        pin: &Pinned<'_>,
    ) -> Result<Option<Arc<Fetched>>, RegistryError> {
        match pin.sha256 {
            Some(digest) => self.here(kind, &digest, pin.url.unwrap_or_default(), pin.manifest),
            None => Ok(None),
        }
    }
}
