//! A Helm repository over HTTP or in a folder: an `index.yaml` and archives.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::index::{Index, Spool};
use super::vendor::vendored;
use super::{Archive, Candidate, Fetched, Kind, Pinned, Registry, RegistryError, Shared};
use crate::archive::{Digest, content_digest};
use crate::chart;
use crate::transport::{Client, Request, Response, Status, TransportError, join, shown};

/// Largest index that is read; the largest seen in the wild has 25 MB.
const MAX_INDEX: u64 = 256 << 20;
/// Largest archive that is read. Helm itself refuses charts of more than 100 MiB unpacked.
const MAX_ARCHIVE: u64 = 128 << 20;

/// Largest provenance file: the chart's metadata and a signature.
const MAX_PROVENANCE: u64 = 4 << 20;

/// What is kept about an index besides where its charts stand.
#[derive(serde::Serialize, serde::Deserialize)]
struct Head {
    etag: Option<String>,
    last_modified: Option<String>,
    form: String,
}

/// Name of the note about an archive whose index has no digest for it.
fn archive_note(address: &str) -> String {
    format!("archive-{}", Digest::of(address.as_bytes()))
}

/// A Helm repository.
pub(super) struct Helm {
    name: String,
    url: String,
    client: Client,
    shared: Arc<Shared>,
    index: OnceLock<Index>,
    /// One at a time: a second thread waits for the index instead of getting it again; nobody asks a second time for one
    /// that could not be had.
    getting: Mutex<Option<RegistryError>>,
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
        let mut failed = self.getting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        if let Some(error) = &*failed {
            return Err(error.again());
        }
        let url = join(&self.url, "index.yaml").map_err(|error| self.transport(error))?;
        match self.load_index(&url) {
            Ok(index) => Ok(self.index.get_or_init(|| index)),
            Err(error) => {
                *failed = Some(error.again());
                Err(error)
            }
        }
    }

    /// The index: from the host, or the kept one where the host says that it is still good, or where there is no network.
    /// Of a kept one, only what is asked for is read.
    fn load_index(&self, url: &str) -> Result<Index, RegistryError> {
        let cache = &self.shared.cache;
        // Validators are those of the host that is asked.
        let route = self.client.route(url).address;
        let name = format!("index-{}", Digest::of(route.as_bytes()));
        let remote = route.starts_with("http");
        let kept = cache.note(&name).filter(|_| remote).and_then(|(head, body)| {
            let head: Head = serde_json::from_str(&head).ok()?;
            let index = Index::kept(&head.form, &body, cache.open_index(&body)?)?;
            Some((head, index))
        });
        if self.shared.offline && remote {
            let what = || RegistryError::Offline { what: format!("the index {}", shown(url)) };
            return Ok(kept.ok_or_else(what)?.1);
        }
        let request = Request {
            etag: kept.as_ref().and_then(|(head, _)| head.etag.as_deref()),
            last_modified: kept.as_ref().and_then(|(head, _)| head.last_modified.as_deref()),
            ..Request::whole(MAX_INDEX)
        };
        let response = self.get(url, &request)?;
        if response.status == Status::NotModified
            && let Some((_, index)) = kept
        {
            return Ok(index);
        }
        let (etag, last_modified) = (response.etag.clone(), response.last_modified.clone());
        let folder = cache.indexes();
        let mut spool = Spool::new(&folder);
        let disk = |source| RegistryError::Cache { path: folder.clone(), source };
        self.each_chunk(response, &mut |chunk| spool.push(chunk).map_err(disk))?;
        let bytes = spool.end().map_err(disk)?;
        let index = Index::read(bytes).map_err(|why| RegistryError::Index { url: shown(url), why })?;
        // Files of this machine need no copy.
        if !remote {
            return Ok(index);
        }
        let head = Head { etag, last_modified, form: index.form().to_owned() };
        Ok(index.keep(cache, &name, &serde_json::to_string(&head).unwrap_or_default()))
    }

    /// All bytes of an answer, told to whoever watches.
    fn read(&self, response: Response) -> Result<Vec<u8>, RegistryError> {
        let mut bytes = Vec::new();
        self.each_chunk(response, &mut |chunk| {
            bytes.extend_from_slice(chunk);
            Ok(())
        })?;
        Ok(bytes)
    }

    fn each_chunk(
        &self,
        mut response: Response,
        take: &mut dyn FnMut(&[u8]) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError> {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            match response.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => {
                    take(&chunk[..count])?;
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
            None => self.shared.cache.get(digest),
        };
        bytes.map(|bytes| self.unpack(bytes, *digest, url)).transpose()
    }

    /// The bytes of an archive. Where the index promises no digest, the host is asked whether those in the cache are still
    /// what it serves; what it says of them comes along, to be asked with the next time.
    fn download(
        &self,
        name: &str,
        candidate: &Candidate,
        address: &str,
    ) -> Result<(Vec<u8>, Option<String>), RegistryError> {
        let remote = address.starts_with("http");
        if self.url.starts_with("http") && !remote {
            let why = "an index on a host may name addresses of http and https only".to_owned();
            return Err(RegistryError::Broken { what: shown(address), why });
        }
        if self.shared.offline && remote {
            return Err(RegistryError::Offline { what: format!("`{name}` {}", candidate.version) });
        }
        let asks = remote && candidate.digest.is_none();
        let seen = || {
            let (head, digest) = self.shared.cache.note(&archive_note(address))?;
            let validators: [Option<String>; 2] = serde_json::from_str(&head).ok()?;
            let digest = std::str::from_utf8(&digest).ok()?.parse().ok()?;
            Some((validators, self.shared.cache.get(&digest)?))
        };
        let kept = if asks { seen() } else { None };
        let [etag, last_modified] =
            kept.as_ref().map(|(validators, _)| validators.clone()).unwrap_or_default();
        let request = Request {
            etag: etag.as_deref(),
            last_modified: last_modified.as_deref(),
            ..Request::whole(MAX_ARCHIVE)
        };
        let response = self.get(address, &request)?;
        if response.status == Status::NotModified
            && let Some((_, bytes)) = kept
        {
            return Ok((bytes, None));
        }
        let validators = [response.etag.clone(), response.last_modified.clone()];
        let seen = asks && validators.iter().any(Option::is_some);
        let bytes = self.read(response)?;
        Ok((bytes, seen.then(|| serde_json::to_string(&validators).unwrap_or_default())))
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

    fn ask(&self) -> Result<(), RegistryError> {
        let url = join(&self.url, "index.yaml").map_err(|error| self.transport(error))?;
        let whole = Request::whole(MAX_INDEX);
        match self.get(&url, &Request { head: true, ..whole }) {
            // Some hosts answer to nothing but GET; what comes is not read.
            Err(RegistryError::Transport { source, .. })
                if matches!(source.status(), Some(403 | 405 | 501)) =>
            {
                self.get(&url, &whole).map(drop)
            }
            answer => answer.map(drop),
        }
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
            for url in candidate.url.iter_mut().chain(&mut candidate.mirrors) {
                *url = self.client.canonical(&join(&self.url, url).map_err(|error| self.transport(error))?);
            }
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

    fn provenance(&self, _name: &str, candidate: &Candidate) -> Result<Option<Vec<u8>>, RegistryError> {
        let Some(url) = candidate.url.as_deref() else { return Ok(None) };
        if self.shared.offline && url.starts_with("http") {
            return Err(RegistryError::Offline { what: format!("{}.prov", shown(url)) });
        }
        // What stands behind `?` belongs to the host, not to the file.
        let (path, query) = url.split_at(url.find('?').unwrap_or(url.len()));
        match self.get(&format!("{path}.prov{query}"), &Request::whole(MAX_PROVENANCE)) {
            Ok(response) => self.read(response).map(Some),
            Err(RegistryError::Transport { source, .. }) if source.is_missing() => Ok(None),
            Err(error) => Err(error),
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
            && (candidate.digest.is_some() || self.shared.offline)
            && let Some(fetched) = self.here(&digest, Some(url))?
        {
            judge(digest)?;
            return Ok(fetched);
        }
        let mut failure = None;
        for address in [url].into_iter().chain(candidate.mirrors.iter().map(String::as_str)) {
            let (bytes, seen) = match self.download(name, candidate, address) {
                Ok(came) => came,
                Err(error) => {
                    failure.get_or_insert(error);
                    continue;
                }
            };
            // A web page in place of the archive is trouble on the way, not an attack: unpacking says so. Other bytes than
            // those promised are refused, whatever another address may have.
            let gzip = bytes.starts_with(&[0x1f, 0x8b]);
            let digest = if gzip { judge(Digest::of(&bytes))? } else { Digest::of(&bytes) };
            match self.unpack(bytes, digest, Some(url)) {
                Ok(fetched) => {
                    if let Some(archive) = &fetched.archive {
                        self.shared.cache.put(&archive.bytes);
                    }
                    if let Some(seen) = seen {
                        let note = archive_note(address);
                        self.shared.cache.put_note(&note, &seen, digest.to_string().as_bytes());
                    }
                    return Ok(fetched);
                }
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
        }
        Err(failure.unwrap_or_else(|| RegistryError::NotFound {
            registry: self.name.clone(),
            what: format!("address for `{name}` {}", candidate.version),
        }))
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
