//! A Helm repository over HTTP or in a folder: an `index.yaml` and archives.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::cache::vendored;
use super::index::Index;
use super::{Archive, Candidate, Fetched, Kind, Pinned, Registry, RegistryError, Shared};
use crate::archive::{Digest, content_digest};
use crate::chart;
use crate::transport::{Client, Request, Response, Status, TransportError, join, shown};

/// Largest index that is read; the largest seen in the wild has 25 MB.
const MAX_INDEX: u64 = 256 << 20;
/// Largest archive that is read. Helm itself refuses charts of more than 100 MiB unpacked.
const MAX_ARCHIVE: u64 = 128 << 20;

/// A Helm repository.
pub(super) struct Helm {
    name: String,
    url: String,
    client: Client,
    shared: Arc<Shared>,
    index: OnceLock<Index>,
    /// One at a time: a second thread waits for the index instead of getting it again.
    getting: Mutex<()>,
    /// What was unpacked already, so that a thousand profiles with one chart unpack it once.
    unpacked: Mutex<HashMap<Digest, Arc<Fetched>>>,
}

impl Helm {
    /// The repository at `url`; a path without scheme is relative to the workspace.
    pub(super) fn new(name: &str, url: &str, client: Client, shared: Arc<Shared>) -> Self {
        Self {
            name: name.to_owned(),
            url: url.to_owned(),
            client,
            shared,
            index: OnceLock::new(),
            getting: Mutex::default(),
            unpacked: Mutex::default(),
        }
    }

    fn transport(&self, source: TransportError) -> RegistryError {
        RegistryError::Transport { registry: self.name.clone(), source }
    }

    /// Asks for a file of the repository. A path stays as it was written everywhere else, so that a lock says the same on
    /// every machine.
    fn get(&self, address: &str, request: &Request<'_>) -> Result<Response, RegistryError> {
        let path = self.shared.root.join(address);
        let address = if address.contains("://") { address } else { &path.to_string_lossy() };
        self.client.get(address, request).map_err(|error| self.transport(error))
    }

    fn broken_index(&self, why: String) -> RegistryError {
        let url = join(&self.url, "index.yaml").unwrap_or_default();
        RegistryError::Index { url: shown(&url), why }
    }

    fn index(&self) -> Result<&Index, RegistryError> {
        let _one = self.getting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let url = join(&self.url, "index.yaml").map_err(|error| self.transport(error))?;
        let index = self.load_index(&url)?;
        Ok(self.index.get_or_init(|| index))
    }

    /// The index: from the host, or the kept one where the host says that it is still good, or where there is no network.
    fn load_index(&self, url: &str) -> Result<Index, RegistryError> {
        // Validators are those of the host that is asked.
        let name = format!("index-{}", Digest::of(self.client.route(url).address.as_bytes()));
        let kept = self.shared.cache.note(&name)?;
        let parse =
            |bytes: Vec<u8>| Index::parse(bytes).map_err(|why| RegistryError::Index { url: shown(url), why });
        if self.shared.offline && url.starts_with("http") {
            let what = || RegistryError::Offline { what: format!("the index {}", shown(url)) };
            return parse(kept.ok_or_else(what)?.1);
        }
        let validators =
            kept.as_ref().and_then(|(head, _)| serde_json::from_str::<[Option<String>; 2]>(head).ok());
        let [etag, last_modified] = validators.unwrap_or_default();
        let request = Request {
            etag: etag.as_deref(),
            last_modified: last_modified.as_deref(),
            ..Request::whole(MAX_INDEX)
        };
        let response = self.get(url, &request)?;
        if let (Status::NotModified, Some((_, bytes))) = (response.status, kept) {
            return parse(bytes);
        }
        let head = serde_json::to_string(&[&response.etag, &response.last_modified]).unwrap_or_default();
        let bytes = self.read(response)?;
        let index = parse(bytes.clone())?;
        // Files of this machine need no copy.
        if url.starts_with("http") {
            self.shared.cache.put_note(&name, &head, &bytes)?;
        }
        Ok(index)
    }

    /// All bytes of an answer, told to whoever watches.
    fn read(&self, mut response: Response) -> Result<Vec<u8>, RegistryError> {
        let mut bytes = Vec::new();
        let mut chunk = vec![0; 64 * 1024];
        loop {
            match response.read(&mut chunk) {
                Ok(0) => return Ok(bytes),
                Ok(count) => {
                    bytes.extend_from_slice(&chunk[..count]);
                    if let Some(watch) = &self.shared.on_bytes {
                        watch(count as u64);
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.transport(TransportError::from_io(&response.address, error))),
            }
        }
    }

    /// The bytes of this digest in memory, in `vendor/` or in the cache.
    fn here(&self, digest: &Digest, url: Option<&str>) -> Result<Option<Arc<Fetched>>, RegistryError> {
        if let Some(found) = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner).get(digest) {
            return Ok(Some(Arc::clone(found)));
        }
        let bytes = match vendored(&self.shared.root, digest)? {
            Some(bytes) => Some(bytes),
            None => self.shared.cache.get(digest)?,
        };
        bytes.map(|bytes| self.unpack(bytes, *digest, url)).transpose()
    }

    fn unpack(
        &self,
        bytes: Vec<u8>,
        sha256: Digest,
        url: Option<&str>,
    ) -> Result<Arc<Fetched>, RegistryError> {
        let path = url.map_or_else(|| format!("sha256:{sha256}"), shown);
        let broken = |why: String| RegistryError::Broken { what: path.clone(), why };
        let (folder, files) = chart::unpack(&bytes).map_err(|error| broken(error.to_string()))?;
        let content = content_digest(&files).map_err(|error| broken(error.to_string()))?;
        let archive = Archive {
            size: bytes.len() as u64,
            bytes: bytes.into(),
            sha256,
            url: url.map(str::to_owned),
            manifest: None,
        };
        let path = if folder.is_empty() { format!("{path}!") } else { format!("{path}!/{folder}") };
        let fetched = Arc::new(Fetched { path, files, content, archive: Some(archive), commit: None });
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(unpacked.entry(sha256).or_insert(fetched)))
    }
}

impl Registry for Helm {
    fn name(&self) -> &str {
        &self.name
    }

    fn holds(&self, kind: Kind) -> bool {
        kind == Kind::Chart
    }

    fn names(&self, kind: Kind) -> Result<Vec<String>, RegistryError> {
        if self.holds(kind) { Ok(self.index()?.names()) } else { Ok(Vec::new()) }
    }

    fn candidates(&self, kind: Kind, name: &str) -> Result<Vec<Candidate>, RegistryError> {
        if !self.holds(kind) {
            return Ok(Vec::new());
        }
        let mut candidates = self.index()?.candidates(name).map_err(|why| self.broken_index(why))?;
        for candidate in &mut candidates {
            let url = candidate.url.as_deref().unwrap_or_default();
            let url = join(&self.url, url).map_err(|error| self.transport(error))?;
            candidate.url = Some(self.client.canonical(&url));
        }
        Ok(candidates)
    }

    fn dropped(&self, kind: Kind, name: &str) -> Result<Vec<(String, String)>, RegistryError> {
        if self.holds(kind) {
            self.index()?.dropped(name).map_err(|why| self.broken_index(why))
        } else {
            Ok(Vec::new())
        }
    }

    fn fetch(
        &self,
        _kind: Kind,
        name: &str,
        candidate: &Candidate,
        expected: Option<Digest>,
    ) -> Result<Arc<Fetched>, RegistryError> {
        let url = candidate.url.as_deref().ok_or_else(|| RegistryError::NotFound {
            registry: self.name.clone(),
            what: format!("address for `{name}` {}", candidate.version),
        })?;
        let promises = [(expected, "the lock"), (candidate.digest, "the index")];
        let promises = promises.into_iter().filter_map(|(digest, by)| digest.map(|digest| (digest, by)));
        let judge = |found: Digest| match promises.clone().find(|(promised, _)| *promised != found) {
            Some((expected, by)) => Err(RegistryError::Digest { url: shown(url), expected, found, by }),
            None => Ok(found),
        };
        if let Some(digest) = expected.or(candidate.digest)
            && let Some(fetched) = self.here(&digest, Some(url))?
        {
            judge(digest)?;
            return Ok(fetched);
        }
        if self.url.starts_with("http") && !url.starts_with("http") {
            let why = "an index on a host may name addresses of http and https only".to_owned();
            return Err(RegistryError::Broken { what: shown(url), why });
        }
        if self.shared.offline && url.starts_with("http") {
            return Err(RegistryError::Offline { what: format!("`{name}` {}", candidate.version) });
        }
        let request = Request::whole(MAX_ARCHIVE);
        let response = self.get(url, &request)?;
        let bytes = self.read(response)?;
        // A web page in place of the archive is trouble on the way, not an attack: unpacking says so.
        let gzip = bytes.starts_with(&[0x1f, 0x8b]);
        let digest = if gzip { judge(Digest::of(&bytes))? } else { Digest::of(&bytes) };
        let fetched = self.unpack(bytes, digest, Some(url))?;
        if let Some(archive) = &fetched.archive {
            self.shared.cache.put(&archive.bytes)?;
        }
        Ok(fetched)
    }

    fn local(
        &self,
        _kind: Kind,
        _name: &str,
        pin: &Pinned<'_>,
    ) -> Result<Option<Arc<Fetched>>, RegistryError> {
        match pin.sha256 {
            Some(digest) => self.here(&digest, pin.url),
            None => Ok(None),
        }
    }
}
