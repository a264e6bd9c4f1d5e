//! A folder of a git repository with packs, at one commit: what a branch or tag points to while nothing is locked, else what
//! the lock says. What older commits hold is not offered.

mod address;
mod mirror;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use self::address::{is_commit, is_remote};
pub(super) use self::mirror::{LOCK, remove_copy};
use self::mirror::{Mirror, MirrorError};
use self::tree::{Obstacle, PackTree, short};
use super::vendor::vendored;
use super::{Candidate, Fetched, Kind, Pinned, Registry, RegistryError, Shared, folders};
use crate::archive::{Digest, Limits, canonical_tar, read_canonical_tar};
use crate::transport::{Client, ForGit, shown};

/// A git registry.
pub(super) struct Git {
    name: String,
    /// As in `edgewright.yaml`.
    url: String,
    folder: Option<String>,
    reference: Option<String>,
    /// Knows of mirrors and credentials; git itself does the talking.
    client: Client,
    shared: Arc<Shared>,
    /// What the branch or tag points to; asked once, one thread at a time.
    head: Mutex<Option<Result<String, RegistryError>>>,
    /// The packs of a commit.
    lists: Mutex<HashMap<String, Listed>>,
    /// What was read already, by content.
    read: Mutex<HashMap<Digest, Arc<Fetched>>>,
}

/// The packs of one commit, or why they cannot be had.
type Listed = Result<Arc<Vec<PackTree>>, RegistryError>;

impl Git {
    /// The folder `path` of the repository at `url`, as of `reference`. Asks nobody yet.
    pub(super) fn new(
        name: &str,
        url: &str,
        path: Option<&str>,
        reference: Option<&str>,
        client: Client,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            url: url.to_owned(),
            folder: path.map(str::to_owned),
            reference: reference.map(str::to_owned),
            client,
            shared,
            head: Mutex::default(),
            lists: Mutex::default(),
            read: Mutex::default(),
        }
    }

    fn broken(&self, why: String) -> RegistryError {
        RegistryError::Broken { what: format!("registry `{}`: {}", self.name, shown(&self.url)), why }
    }

    fn failed(&self, error: MirrorError) -> RegistryError {
        match error {
            MirrorError::NoCommit(commit) => RegistryError::NotFound {
                registry: self.name.clone(),
                what: format!(
                    "commit {commit} any more: {} was rewritten, and nothing of it is in the cache or in vendor/; \
                     get it from where it still is, or choose anew with `edgewright lock --upgrade`",
                    shown(&self.url)
                ),
            },
            MirrorError::NoReference(name) => RegistryError::NotFound {
                registry: self.name.clone(),
                what: format!("branch or tag `{name}` at {}", shown(&self.url)),
            },
            MirrorError::Git(why) => self.broken(why),
            MirrorError::Folder { path, source } => RegistryError::Cache { path, source },
        }
    }

    fn mirror(&self) -> Result<Mirror, RegistryError> {
        let route = self.client.route(&self.url);
        let url = address::address(&route.address, &self.shared.root).map_err(|why| self.broken(why))?;
        let transport = |source| RegistryError::Transport { registry: self.name.clone(), source };
        // Nobody is asked for a password that is not needed.
        let access = if self.shared.offline {
            ForGit::default()
        } else {
            route.client.for_git().map_err(transport)?
        };
        Ok(Mirror::new(self.shared.cache.folder(), &url, access, self.shared.on_bytes.clone()))
    }

    /// Whether the network would have to be used, and must not be.
    fn is_cut_off(&self) -> bool {
        self.shared.offline && is_remote(&self.client.route(&self.url).address)
    }

    /// The commit that the branch or tag points to now; without network, the last one that was seen.
    fn head(&self) -> Result<String, RegistryError> {
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        if head.is_none() {
            *head = Some(self.find_head());
        }
        match head.as_ref() {
            Some(Ok(commit)) => Ok(commit.clone()),
            Some(Err(error)) => Err(error.again()),
            None => Err(self.broken("it was not asked".to_owned())),
        }
    }

    fn find_head(&self) -> Result<String, RegistryError> {
        if let Some(reference) = &self.reference {
            address::reference(reference).map_err(|why| self.broken(why))?;
            if is_commit(reference) {
                return Ok(reference.clone());
            }
        }
        let mirror = self.mirror()?;
        let key = format!("{}\n{}", self.url, self.reference.as_deref().unwrap_or_default());
        let note = format!("git-{}", Digest::of(key.as_bytes()));
        if self.is_cut_off() {
            return match self.shared.cache.note(&note) {
                Some((commit, _)) if is_commit(&commit) => Ok(commit),
                _ => Err(RegistryError::Offline { what: format!("the list of {}", shown(&self.url)) }),
            };
        }
        let commit = mirror.resolve(self.reference.as_deref()).map_err(|error| self.failed(error))?;
        self.shared.cache.put_note(&note, &commit, b"");
        Ok(commit)
    }

    /// The packs at a commit.
    fn list(&self, commit: &str) -> Result<Arc<Vec<PackTree>>, RegistryError> {
        // One at a time: a second thread waits for the list instead of getting it again.
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let list = lists.entry(commit.to_owned()).or_insert_with(|| self.find_list(commit).map(Arc::new));
        list.as_ref().map(Arc::clone).map_err(RegistryError::again)
    }

    fn find_list(&self, commit: &str) -> Result<Vec<PackTree>, RegistryError> {
        let folder = address::folder(self.folder.as_deref().unwrap_or_default());
        let folder = folder.map_err(|why| self.broken(why))?;
        let mirror = self.mirror()?;
        if !tree::has_commit(&mirror.objects(), commit) {
            if self.is_cut_off() {
                let what = format!("commit {} of {}", short(commit), shown(&self.url));
                return Err(RegistryError::Offline { what });
            }
            let reference = self.reference.as_deref().or(Some("HEAD"));
            mirror.get_commit(commit, reference).map_err(|error| self.failed(error))?;
        }
        self.with_blobs(&mirror, || tree::packs(&mirror.objects(), commit, &folder))
    }

    /// Reads; gets what is missing and reads again.
    fn with_blobs<T>(
        &self,
        mirror: &Mirror,
        read: impl Fn() -> Result<T, Obstacle>,
    ) -> Result<T, RegistryError> {
        let missing = match read() {
            Ok(value) => return Ok(value),
            Err(Obstacle::Broken(why)) => return Err(self.broken(why)),
            Err(Obstacle::Missing(missing)) => missing,
        };
        if self.is_cut_off() {
            return Err(RegistryError::Offline { what: format!("a pack of {}", shown(&self.url)) });
        }
        mirror.get_blobs(&missing).map_err(|error| self.failed(error))?;
        match read() {
            Ok(value) => Ok(value),
            Err(Obstacle::Broken(why)) => Err(self.broken(why)),
            Err(Obstacle::Missing(missing)) => {
                Err(self.broken(format!("the repository does not give out {} of its files", missing.len())))
            }
        }
    }

    /// A pack as it is shown: without the folder, which the cache does not know.
    fn shown(&self, commit: &str, name: &str) -> String {
        format!("{}@{}!/{name}", shown(&self.url), short(commit))
    }

    fn keep(&self, fetched: Fetched) -> Arc<Fetched> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(read.entry(fetched.content).or_insert_with(|| Arc::new(fetched)))
    }
}

impl Registry for Git {
    fn name(&self) -> &str {
        &self.name
    }

    fn holds(&self, kind: Kind) -> bool {
        kind == Kind::Pack
    }

    fn ask(&self) -> Result<(), RegistryError> {
        self.head().map(drop)
    }

    fn names(&self, kind: Kind) -> Result<Vec<String>, RegistryError> {
        if !self.holds(kind) {
            return Ok(Vec::new());
        }
        Ok(folders::names(&self.list(&self.head()?)?))
    }

    fn candidates(&self, kind: Kind, name: &str) -> Result<Vec<Candidate>, RegistryError> {
        if !self.holds(kind) {
            return Ok(Vec::new());
        }
        let commit = self.head()?;
        let mut candidates = folders::candidates(&self.list(&commit)?, name);
        for candidate in &mut candidates {
            candidate.commit = Some(commit.clone());
        }
        Ok(candidates)
    }

    fn fetch(
        &self,
        _kind: Kind,
        name: &str,
        candidate: &Candidate,
        _expected: Option<Digest>,
    ) -> Result<Arc<Fetched>, RegistryError> {
        let commit = match &candidate.commit {
            Some(commit) => commit.clone(),
            None => self.head()?,
        };
        let list = self.list(&commit)?;
        let Some(pack) = folders::find(&list, name, &candidate.version)? else {
            return Err(RegistryError::NotFound {
                registry: self.name.clone(),
                what: format!("pack `{name}` {} at commit {}", candidate.version, short(&commit)),
            });
        };
        let mirror = self.mirror()?;
        let files = self.with_blobs(&mirror, || tree::files(&mirror.objects(), pack, &Limits::default()))?;
        let broken = |error: crate::archive::ArchiveError| self.broken(format!("{}: {error}", pack.path));
        let tar = canonical_tar(&files).map_err(broken)?;
        // The commit may be gone from the repository one day: its bytes stay.
        let content = self.shared.cache.put(&tar);
        let path = self.shown(&commit, name);
        Ok(self.keep(Fetched { path, files, content, archive: None, commit: Some(commit) }))
    }

    fn local(
        &self,
        _kind: Kind,
        name: &str,
        pin: &Pinned<'_>,
    ) -> Result<Option<Arc<Fetched>>, RegistryError> {
        let (Some(content), Some(commit)) = (pin.content, pin.commit) else { return Ok(None) };
        if let Some(found) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(&content) {
            return Ok(Some(Arc::clone(found)));
        }
        let bytes = match vendored(&self.shared.root, &content)? {
            Some(bytes) => Some(bytes),
            None => self.shared.cache.get(&content),
        };
        let Some(bytes) = bytes else { return Ok(None) };
        let files = read_canonical_tar(&bytes, &Limits::default())
            .map_err(|error| self.broken(format!("{name}: {error}")))?;
        let path = self.shown(commit, name);
        Ok(Some(self.keep(Fetched { path, files, content, archive: None, commit: Some(commit.to_owned()) })))
    }
}
