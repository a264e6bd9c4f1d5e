//! The bytes of a chart or a pack: from here or from the registry, and what is in them.

use std::cmp::Ordering;
use std::sync::{Arc, PoisonError};

use serde_json::Value;

use super::find::Found;
use super::{Oci, artifact, repository};
use crate::archive::{Digest, content_digest};
use crate::registry::vendor::vendored;
use crate::registry::{Archive, Fetched, Kind, RegistryError};
use crate::version::Version;

impl Oci {
    /// The bytes of this digest in memory, in `vendor/` or in the cache.
    pub(super) fn here(
        &self,
        kind: Kind,
        digest: &Digest,
        url: &str,
        manifest: Option<Digest>,
    ) -> Result<Option<Arc<Fetched>>, RegistryError> {
        let key = (kind, *digest, url.to_owned());
        if let Some(found) = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
            && found.archive.as_ref().is_some_and(|archive| archive.manifest == manifest)
        {
            return Ok(Some(Arc::clone(found)));
        }
        let bytes = match vendored(&self.shared.root, digest)? {
            Some(bytes) => Some(bytes),
            None => self.shared.cache.get(digest),
        };
        bytes.map(|bytes| self.unpack(kind, bytes, *digest, url, manifest)).transpose()
    }

    pub(super) fn unpack(
        &self,
        kind: Kind,
        bytes: Vec<u8>,
        sha256: Digest,
        url: &str,
        manifest: Option<Digest>,
    ) -> Result<Arc<Fetched>, RegistryError> {
        let broken = |why: String| RegistryError::Broken { what: url.to_owned(), why };
        let (folder, files) = artifact::unpack(kind, &bytes).map_err(broken)?;
        let content = content_digest(&files).map_err(|error| broken(error.to_string()))?;
        let archive = Archive {
            size: bytes.len() as u64,
            bytes: bytes.into(),
            sha256,
            url: Some(url.to_owned()),
            manifest,
        };
        let path = if folder.is_empty() { format!("{url}!") } else { format!("{url}!/{folder}") };
        let fetched = Arc::new(Fetched { path, files, content, archive: Some(archive), commit: None });
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        unpacked.insert((kind, sha256, url.to_owned()), Arc::clone(&fetched));
        Ok(fetched)
    }

    /// The archive of a manifest, from here or from the registry.
    pub(super) fn archive(
        &self,
        kind: Kind,
        found: &Found,
        url: &str,
    ) -> Result<Arc<Fetched>, RegistryError> {
        let manifest = Some(found.digest);
        if let Some(fetched) = self.here(kind, &found.layer.digest, url, manifest)? {
            return Ok(fetched);
        }
        let bytes = self.remote.blob(&found.repository, &found.layer)?;
        let fetched = self.unpack(kind, bytes, found.layer.digest, url, manifest)?;
        self.keep(&fetched);
        Ok(fetched)
    }

    pub(super) fn keep(&self, fetched: &Fetched) {
        if let Some(archive) = &fetched.archive {
            self.shared.cache.put(&archive.bytes);
        }
    }
}

/// Name and version of a pack stand in its `pack.json`, and everything else in this program goes by them: a pack that
/// was pushed under another name or version would be judged as something that it is not.
pub(super) fn check_pack(name: &str, version: &str, fetched: &Fetched) -> Result<String, RegistryError> {
    let json: Value = fetched
        .files
        .get("pack.json")
        .and_then(|bytes| serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok())
        .unwrap_or_default();
    let text = |key: &str| match &json[key] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let (own, own_version) = (text("name"), text("version"));
    let same = |a: &str, b: &str| {
        a == b
            || matches!((Version::parse(a), Version::parse(b)), (Ok(a), Ok(b)) if a.total_cmp(&b) == Ordering::Equal)
            || repository::tag(a).as_deref() == Some(b)
    };
    if own != name || !(version.is_empty() || same(&own_version, version)) {
        return Err(RegistryError::Broken {
            what: fetched.path.clone(),
            why: format!(
                "its pack.json says that it is `{}` {}, not `{name}` {version}; it was pushed to the wrong place",
                own.escape_debug(),
                own_version.escape_debug()
            ),
        });
    }
    Ok(own_version)
}
