//! Asking an OCI registry: manifests, blobs and tags, each held against its digest, manifests kept by digest.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::manifest::{ACCEPT, Descriptor, Manifest};
use super::repository::{By, Repository};
use crate::archive::Digest;
use crate::registry::{RegistryError, Shared};
use crate::transport::{Client, Request, Response, TransportError, shown};

/// Largest manifest that is read; registries themselves take no more than this.
const MAX_MANIFEST: u64 = 4 << 20;
/// Largest configuration that is read: the metadata of a chart, or what an image runs on.
const MAX_CONFIG: u64 = 4 << 20;
/// Largest page of a list of tags.
const MAX_PAGE: u64 = 8 << 20;
/// Tags asked for at a time. Registries may send fewer, and say so.
const PAGE: usize = 1000;
/// Most pages of one list.
const MAX_PAGES: usize = 500;

/// A manifest as it came.
pub(in crate::registry) struct Held {
    /// Digest of its bytes.
    pub(in crate::registry) digest: Digest,
    /// Number of its bytes.
    pub(in crate::registry) size: u64,
    /// What it says.
    pub(in crate::registry) manifest: Manifest,
}

/// What a registry says of a tag without sending what is there.
enum Told {
    /// There is no such tag.
    Absent,
    /// It leads here.
    Digest(Digest),
    /// Something is there.
    Silence,
}

/// One registry, by its name in `edgewright.yaml`.
pub(in crate::registry) struct Remote {
    name: String,
    client: Client,
    shared: Arc<Shared>,
    /// Lists that came already.
    tags: Mutex<HashMap<Repository, Option<Arc<[String]>>>>,
}

impl Remote {
    pub(in crate::registry) fn new(name: &str, client: Client, shared: Arc<Shared>) -> Self {
        Self { name: name.to_owned(), client, shared, tags: Mutex::default() }
    }

    fn failed(&self, source: TransportError) -> RegistryError {
        RegistryError::Transport { registry: self.name.clone(), source }
    }

    /// Asks for something of a repository; `None` where it is not there.
    fn ask(
        &self,
        repository: &Repository,
        url: &str,
        request: &Request<'_>,
    ) -> Result<Option<Response>, RegistryError> {
        let scope = format!("repository:{}:pull", repository.path);
        match self.client.get(url, &Request { scope: Some(&scope), ..*request }) {
            Ok(response) => Ok(Some(response)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Asks whether the host of a repository is there and lets us in (distribution-spec, "Determining Support").
    pub(in crate::registry) fn ask_host(&self, repository: &Repository) -> Result<(), RegistryError> {
        let route = self.client.route(&format!("{}{}", repository.api(), repository.path));
        let base = route.address.split_inclusive("/v2/").next().unwrap_or_default();
        route.client.get(base, &Request::whole(MAX_PAGE)).map(drop).map_err(|error| self.failed(error))
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
                Err(error) => return Err(self.failed(TransportError::from_io(&response.address, error))),
            }
        }
    }

    /// A manifest and its digest; `None` where there is none.
    ///
    /// A tag that leads where it led before costs one question without an answer's body; a digest that was seen before
    /// costs none. Without network a tag is where it was seen last.
    pub(in crate::registry) fn manifest(
        &self,
        repository: &Repository,
        by: By<'_>,
    ) -> Result<Option<Held>, RegistryError> {
        let Some((digest, bytes)) = self.manifest_bytes(repository, by)? else { return Ok(None) };
        let manifest = Manifest::parse(&bytes).map_err(|why| RegistryError::Broken {
            what: format!("{}{}", repository.shown(), by.suffix()),
            why: format!("its manifest cannot be used: {why}"),
        })?;
        Ok(Some(Held { digest, size: bytes.len() as u64, manifest }))
    }

    fn manifest_bytes(
        &self,
        repository: &Repository,
        by: By<'_>,
    ) -> Result<Option<(Digest, Vec<u8>)>, RegistryError> {
        let (seen, note) = match by {
            By::Digest(digest) => (Some(digest), None),
            By::Tag(_) => {
                let note = note_of(repository, by);
                (self.noted(&note), Some(note))
            }
        };
        let held = match seen {
            Some(digest) => self.shared.cache.get(&digest).map(|bytes| (digest, bytes)),
            None => None,
        };
        let what = || format!("{}{}", repository.shown(), by.suffix());
        match (by, held) {
            (By::Digest(_), Some(held)) => return Ok(Some(held)),
            (By::Tag(_), Some(held)) if self.shared.offline => return Ok(Some(held)),
            (_, None) if self.shared.offline => return Err(RegistryError::Offline { what: what() }),
            (By::Tag(_), Some(held)) => match self.head(repository, by)? {
                Told::Digest(found) if found == held.0 => return Ok(Some(held)),
                Told::Digest(_) | Told::Silence => {}
                Told::Absent => return Ok(None),
            },
            (_, None) => {}
        }
        let url = format!("{}{}/manifests/{}", repository.api(), repository.path, by.segment());
        let request = Request { accept: Some(ACCEPT), ..Request::whole(MAX_MANIFEST) };
        let Some(response) = self.ask(repository, &url, &request)? else { return Ok(None) };
        let said = said_digest(&response);
        let bytes = self.read(response)?;
        let found = Digest::of(&bytes);
        let promises = [
            (said, "the registry's Docker-Content-Digest"),
            (matches!(by, By::Digest(_)).then_some(seen).flatten(), "its address"),
        ];
        for (promised, who) in promises {
            if let Some(expected) = promised.filter(|promised| *promised != found) {
                return Err(RegistryError::Digest { url: what(), expected, found, by: who });
            }
        }
        // Only what is one is kept: a sign-in page is no manifest.
        if Manifest::parse(&bytes).is_ok() {
            self.shared.cache.put(&bytes);
            if let Some(note) = note.filter(|_| seen != Some(found)) {
                self.shared.cache.put_note(&note, "", found.to_string().as_bytes());
            }
        }
        Ok(Some((found, bytes)))
    }

    /// The digest that a tag leads to now; `None` where there is no such tag.
    pub(in crate::registry) fn digest(
        &self,
        repository: &Repository,
        by: By<'_>,
    ) -> Result<Option<Digest>, RegistryError> {
        if !self.shared.offline {
            match self.head(repository, by)? {
                Told::Digest(digest) => return Ok(Some(digest)),
                Told::Absent => return Ok(None),
                Told::Silence => {}
            }
        }
        Ok(self.manifest_bytes(repository, by)?.map(|(digest, _)| digest))
    }

    /// Asks for a manifest without its bytes: whether it is there, and its digest where the registry says it.
    fn head(&self, repository: &Repository, by: By<'_>) -> Result<Told, RegistryError> {
        let url = format!("{}{}/manifests/{}", repository.api(), repository.path, by.segment());
        let request = Request { accept: Some(ACCEPT), head: true, ..Request::whole(MAX_MANIFEST) };
        match self.ask(repository, &url, &request) {
            Ok(None) => Ok(Told::Absent),
            Ok(Some(response)) => Ok(said_digest(&response).map_or(Told::Silence, Told::Digest)),
            // Some registries and proxies know no HEAD.
            Err(RegistryError::Transport { source, .. })
                if matches!(source.status(), Some(400 | 405 | 501)) =>
            {
                Ok(Told::Silence)
            }
            Err(error) => Err(error),
        }
    }

    fn noted(&self, name: &str) -> Option<Digest> {
        let (_, body) = self.shared.cache.note(name)?;
        std::str::from_utf8(&body).ok()?.parse().ok()
    }

    /// A blob, held against its descriptor.
    pub(in crate::registry) fn blob(
        &self,
        repository: &Repository,
        descriptor: &Descriptor,
    ) -> Result<Vec<u8>, RegistryError> {
        let what = || format!("{}@sha256:{}", repository.shown(), descriptor.digest);
        if self.shared.offline {
            return Err(RegistryError::Offline { what: what() });
        }
        let url = format!("{}{}/blobs/sha256:{}", repository.api(), repository.path, descriptor.digest);
        let Some(response) = self.ask(repository, &url, &Request::whole(descriptor.size))? else {
            return Err(RegistryError::Broken {
                what: what(),
                why: "the manifest names this part, but the registry does not have it".to_owned(),
            });
        };
        let bytes = self.read(response)?;
        let found = Digest::of(&bytes);
        if found != descriptor.digest {
            let expected = descriptor.digest;
            return Err(RegistryError::Digest { url: what(), expected, found, by: "the manifest" });
        }
        Ok(bytes)
    }

    /// A blob that is kept like a manifest: a configuration.
    pub(in crate::registry) fn small_blob(
        &self,
        repository: &Repository,
        descriptor: &Descriptor,
    ) -> Result<Vec<u8>, RegistryError> {
        if descriptor.size > MAX_CONFIG {
            return Err(RegistryError::Broken {
                what: format!("{}@sha256:{}", repository.shown(), descriptor.digest),
                why: format!("a configuration of {} bytes; {MAX_CONFIG} are read", descriptor.size),
            });
        }
        if let Some(bytes) = self.shared.cache.get(&descriptor.digest) {
            return Ok(bytes);
        }
        let bytes = self.blob(repository, descriptor)?;
        self.shared.cache.put(&bytes);
        Ok(bytes)
    }

    /// All tags of a repository, in the registry's order; `None` where there is no such repository. Without network the
    /// list that came last.
    pub(in crate::registry) fn tags(
        &self,
        repository: &Repository,
    ) -> Result<Option<Arc<[String]>>, RegistryError> {
        if let Some(tags) = self.tags.lock().unwrap_or_else(PoisonError::into_inner).get(repository) {
            return Ok(tags.clone());
        }
        let note = format!("tags-{}", Digest::of(repository.shown().as_bytes()));
        let tags = if self.shared.offline {
            let what = || format!("the list of tags of {}", repository.shown());
            let (_, list) =
                self.shared.cache.note(&note).ok_or_else(|| RegistryError::Offline { what: what() })?;
            Some(serde_json::from_slice(&list).unwrap_or_default())
        } else {
            let scope = format!("repository:{}:pull", repository.path);
            let url = format!("{}{}/tags/list", repository.api(), repository.path);
            let tags: Option<Vec<String>> = self.list(&url, &scope, "tags")?;
            if let Some(tags) = &tags {
                let list = serde_json::to_vec(tags).unwrap_or_default();
                self.shared.cache.put_note(&note, "", &list);
            }
            tags
        };
        let tags = tags.map(Arc::from);
        self.tags.lock().unwrap_or_else(PoisonError::into_inner).insert(repository.clone(), tags.clone());
        Ok(tags)
    }

    /// The paths of all repositories of a host. Many registries do not tell.
    pub(in crate::registry) fn repositories(&self, at: &Repository) -> Result<Vec<String>, RegistryError> {
        if self.shared.offline {
            return Err(RegistryError::Offline { what: format!("the list of repositories of {}", at.host) });
        }
        let url = format!("{}_catalog", at.api());
        Ok(self.list(&url, "registry:catalog:*", "repositories")?.unwrap_or_default())
    }

    /// A list that comes in pages (distribution-spec, "Listing Tags"); `None` where there is none.
    fn list(&self, url: &str, scope: &str, key: &str) -> Result<Option<Vec<String>>, RegistryError> {
        let broken = |why: &str| RegistryError::Broken { what: shown(url), why: why.to_owned() };
        let first = url::Url::parse(url).map_err(|why| broken(&why.to_string()))?;
        let mut next = first.clone();
        next.set_query(Some(&format!("n={PAGE}")));
        let mut seen = BTreeSet::new();
        let mut list = Vec::new();
        for _ in 0..MAX_PAGES {
            if !seen.insert(next.clone()) {
                return Err(broken("its list goes round in a circle"));
            }
            let request =
                Request { accept: Some("application/json"), scope: Some(scope), ..Request::whole(MAX_PAGE) };
            let response = match self.client.get(next.as_str(), &request) {
                Ok(response) => response,
                Err(error) if error.is_not_found() && list.is_empty() => return Ok(None),
                Err(error) => return Err(self.failed(error)),
            };
            // Where the list goes on, in terms of the registry and not of a mirror of it.
            let link = response.header("link").and_then(next_page);
            let link = link.map(|link| response.join(link).map(|link| self.client.canonical(&link)));
            let bytes = self.read(response)?;
            let page: Page = serde_json::from_slice(&bytes)
                .map_err(|error| broken(&format!("its list cannot be read: {error}")))?;
            let part = if key == "tags" { page.tags } else { page.repositories };
            list.extend(part.unwrap_or_default());
            let Some(link) = link else { return Ok(Some(list)) };
            let target = link.and_then(|link| url::Url::parse(&link).ok());
            let target = target.ok_or_else(|| broken("its list goes on at no address"))?;
            // Where the list goes on, credentials go too.
            if target.origin() != first.origin() || target.path() != first.path() {
                return Err(broken("its list goes on at another address"));
            }
            next = target;
        }
        Err(broken("its list has no end"))
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    tags: Option<Vec<String>>,
    #[serde(default)]
    repositories: Option<Vec<String>>,
}

/// Name of the note about where a tag led last.
fn note_of(repository: &Repository, by: By<'_>) -> String {
    format!("tag-{}", Digest::of(format!("{}{}", repository.shown(), by.suffix()).as_bytes()))
}

/// The digest that an answer says it has.
fn said_digest(response: &Response) -> Option<Digest> {
    response.header("docker-content-digest")?.strip_prefix("sha256:")?.parse().ok()
}

/// The address of `Link: <address>; rel="next"` (RFC 8288).
fn next_page(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (address, after) = after.split_once('>')?;
        let parameters = after.split('<').next().unwrap_or_default();
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("rel")
                && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
        });
        if is_next {
            return Some(address);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_as_registries_write_them() {
        for (header, address) in [
            ("</v2/a/tags/list?last=b&n=2>; rel=\"next\"", Some("/v2/a/tags/list?last=b&n=2")),
            ("<https://h/x>;REL=next", Some("https://h/x")),
            ("</first>; rel=\"first\", </x?a,b>; title=\"<\"; rel=\"next\"", None),
            ("</first>; rel=\"first\", </x?a,b>; rel=\"next\"", Some("/x?a,b")),
            ("</x>; rel=\"prev\"", None),
            ("</x", None),
            ("", None),
        ] {
            assert_eq!(next_page(header), address, "{header}");
        }
    }
}
