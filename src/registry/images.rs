//! What references to container images lead to: the digest of the image, and those of its platforms.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use serde_json::Value;

use super::oci::{By, Content, Platform, Remote, Repository};
use super::{Registries, RegistryError, Shared};
use crate::archive::Digest;
use crate::pack::ImageReference;
use crate::workspace::model::RegistryConfig;

/// An image as a registry has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedImage {
    /// Digest of what the reference leads to: an index, or the manifest of a single image.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// Its platforms in the registry's order; just one where it is no index.
    pub platforms: Vec<ImagePlatform>,
}

/// An image for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePlatform {
    /// `linux/amd64`, `linux/arm64/v8`.
    pub platform: String,
    /// Digest of its manifest.
    pub digest: Digest,
    /// Bytes of its manifest.
    pub size: u64,
}

/// Those who were asked for images, by host.
pub(super) type Hosts = Mutex<HashMap<String, Arc<Remote>>>;

/// The hosts that `edgewright.yaml` has registries on: images there are asked for with the same credentials.
pub(super) fn hosts(configs: &IndexMap<String, RegistryConfig>, shared: &Arc<Shared>) -> Hosts {
    let mut hosts = HashMap::new();
    for (name, config) in configs {
        let RegistryConfig::Oci { url, plain_http, auth, tls, .. } = config else { continue };
        let Some(host) = url.strip_prefix("oci://").and_then(|rest| rest.split('/').next()) else { continue };
        let whole = RegistryConfig::Oci {
            keyring: None,
            url: format!("oci://{host}"),
            plain_http: *plain_http,
            auth: auth.clone(),
            tls: tls.clone(),
        };
        hosts.entry(host.to_owned()).or_insert_with(|| {
            Arc::new(Remote::new(name, shared.reach.client(name, &whole), Arc::clone(shared)))
        });
    }
    Mutex::new(hosts)
}

impl Registries {
    /// What a reference to an image leads to now. `nginx` is `docker.io/library/nginx:latest`; where there is a digest, the
    /// tag does not count, as for container runtimes.
    ///
    /// Uses the network; the manifests are kept by their digests. With [`super::Options::offline`] a tag is where it was
    /// when it was last asked for.
    ///
    /// # Errors
    /// There is no such image, the registry cannot be asked, or it answers with something else than it promises.
    pub fn resolve_image(&self, image: &ImageReference<'_>) -> Result<ResolvedImage, RegistryError> {
        let full = image.full();
        let broken = |why: String| RegistryError::Broken { what: format!("image {full}"), why };
        let parts = ImageReference::parse(&full).map_err(broken)?;
        let repository = Repository::parse(parts.name, None).map_err(broken)?;
        let by = match (parts.digest, parts.tag) {
            (Some(digest), _) => By::Digest(
                digest
                    .parse()
                    .map_err(|_| broken("only digests of kind sha256 can be looked up".to_owned()))?,
            ),
            (None, tag) => By::Tag(tag.unwrap_or("latest")),
        };
        let remote = self.host(&repository);
        let held = remote.manifest(&repository, by)?.ok_or_else(|| RegistryError::NotFound {
            registry: repository.host.clone(),
            what: format!("image `{full}`"),
        })?;
        let platforms = match held.manifest.content {
            Content::Index(entries) => entries
                .iter()
                .filter(|entry| !entry.is_attestation())
                .map(|entry| ImagePlatform {
                    platform: entry.platform.as_ref().map_or_else(String::new, Platform::text),
                    digest: entry.digest,
                    size: entry.size,
                })
                .collect(),
            Content::Image(image) => {
                let config = remote.small_blob(&repository, &image.config)?;
                let platform: Platform = serde_json::from_slice::<Value>(&config)
                    .and_then(serde_json::from_value)
                    .unwrap_or_default();
                vec![ImagePlatform { platform: platform.text(), digest: held.digest, size: held.size }]
            }
        };
        Ok(ResolvedImage { digest: held.digest, media_type: held.manifest.media_type, platforms })
    }

    fn host(&self, repository: &Repository) -> Arc<Remote> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let remote = hosts.entry(repository.host.clone()).or_insert_with(|| {
            let client = self.shared.reach.host(&repository.host);
            Arc::new(Remote::new(&repository.host, client, Arc::clone(&self.shared)))
        });
        Arc::clone(remote)
    }
}
