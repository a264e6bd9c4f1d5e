//! Finding the manifest that a reference means, and saying what there is where there is none.

use super::artifact;
use super::manifest::{Content, Descriptor, ImageManifest};
use super::repository::{self, By, Repository};
use super::{MAX_ARCHIVE, Oci, PACKS};
use crate::archive::Digest;
use crate::registry::{Kind, RegistryError};
use crate::transport::shown;
use crate::version::{Version, Wanted};

/// A manifest that was found, and the archive in it.
pub(super) struct Found {
    pub(super) repository: Repository,
    /// Digest that the tag leads to.
    pub(super) digest: Digest,
    /// The manifest with the archive: the same, or the one that the index points to.
    pub(super) image: ImageManifest,
    pub(super) layer: Descriptor,
}

impl Oci {
    /// Where something of this name can be, the likelier place first.
    pub(super) fn repositories(&self, kind: Kind, name: &str) -> Result<Vec<Repository>, RegistryError> {
        let palette = format!("{PACKS}/{name}");
        let below = match kind {
            Kind::Pack if !self.base.ends_with(PACKS) => vec![palette.as_str(), name],
            _ => vec![name],
        };
        let parse = |below: &&str| {
            Repository::parse(&self.base, Some(below)).map_err(|why| RegistryError::Broken {
                what: format!("registry `{}`: {}/{below}", self.name, shown(&format!("oci://{}", self.base))),
                why,
            })
        };
        below.iter().map(parse).collect()
    }

    /// What a tag or a digest leads to; `None` where nothing is there.
    pub(super) fn find(
        &self,
        kind: Kind,
        repository: &Repository,
        by: By<'_>,
    ) -> Result<Option<Found>, RegistryError> {
        let shown = format!("{}{}", repository.shown(), by.suffix());
        let unusable = |why: String| RegistryError::Broken { what: shown.clone(), why };
        let Some(held) = self.remote.manifest(repository, by)? else { return Ok(None) };
        let digest = held.digest;
        let image = match held.manifest.content {
            Content::Image(image) => *image,
            Content::Index(entries) => {
                let entry = artifact::pick(kind, &entries).map_err(unusable)?;
                let held = self.remote.manifest(repository, By::Digest(entry.digest))?;
                match held.map(|held| held.manifest.content) {
                    Some(Content::Image(image)) => *image,
                    Some(Content::Index(_)) => {
                        return Err(unusable("it is an index of indexes".to_owned()));
                    }
                    None => {
                        let why = format!(
                            "it is an index of the manifest sha256:{}, which is not there",
                            entry.digest
                        );
                        return Err(unusable(why));
                    }
                }
            }
        };
        let layer = artifact::archive(kind, &image).map_err(unusable)?.clone();
        if layer.size > MAX_ARCHIVE {
            let why =
                format!("its archive has {} bytes, more than the {MAX_ARCHIVE} that are read", layer.size);
            return Err(unusable(why));
        }
        Ok(Some(Found { repository: repository.clone(), digest, image, layer }))
    }

    /// What an exact reference leads to in one repository. A tag that is gone is no fault where the digest is known.
    pub(super) fn find_exact(
        &self,
        kind: Kind,
        repository: &Repository,
        wanted: &Wanted<'_>,
    ) -> Result<Option<(Found, String)>, RegistryError> {
        let tag = if wanted.version.is_empty() { None } else { repository::tag(wanted.version) };
        let by_tag = tag.as_deref().map(By::Tag);
        let with_url = |found: Option<Found>, by: By<'_>| {
            found.map(|found| (found, format!("{}{}", repository.shown(), by.suffix())))
        };
        let Some(pinned) = wanted.digest else {
            let Some(by) = by_tag else { return Ok(None) };
            return Ok(with_url(self.find(kind, repository, by)?, by));
        };
        // Without network nobody can say where the tag is now.
        if let Some(by) = by_tag.filter(|_| !self.shared.offline)
            && let Some(found) = self.remote.digest(repository, by)?
            && found != pinned
        {
            let url = format!("{}{}", repository.shown(), by.suffix());
            return Err(RegistryError::Moved { url, expected: pinned, found });
        }
        let by = By::Digest(pinned);
        // The address is that of the tag even where that is gone by now: a lock does not change because of it.
        Ok(with_url(self.find(kind, repository, by)?, by_tag.unwrap_or(by)))
    }

    pub(super) fn nothing(&self, kind: Kind, name: &str, version: &str, hint: &str) -> RegistryError {
        let what =
            format!("{} `{name}`{}{version}{hint}", kind.word(), if version.is_empty() { "" } else { " " });
        RegistryError::NotFound { registry: self.name.clone(), what }
    }

    /// Why an exact version of a chart is not there: Helm takes it for the tag as it is, which surprises people.
    pub(super) fn hint(&self, kind: Kind, name: &str, wanted: &Wanted<'_>) -> String {
        let mut tags = Vec::new();
        for repository in self.repositories(kind, name).unwrap_or_default() {
            let found = self.remote.tags(&repository).ok().flatten().unwrap_or_default();
            tags.extend(found.iter().cloned());
        }
        let version = wanted.version;
        let other = version.strip_prefix('v').map_or_else(|| format!("v{version}"), str::to_owned);
        let has = |version: &str| repository::tag(version).is_some_and(|tag| tags.contains(&tag));
        if !version.is_empty() && has(&other) {
            return format!("; there is a tag `{other}`: write the version as it stands there");
        }
        let parts = version.split(['-', '+']).next().unwrap_or_default().split('.').count();
        if kind == Kind::Chart && parts < 3 && !version.is_empty() && !tags.is_empty() {
            return format!(
                "; in an OCI registry Helm takes `{version}` for the tag itself: write `{version}.x` for the newest of them"
            );
        }
        let versions: Vec<String> =
            sorted(tags.iter().filter_map(|tag| repository::pack_version(tag)).collect());
        match versions.len() {
            0 => String::new(),
            count => {
                let shown = versions[..count.min(5)].join(", ");
                format!("; there is {shown}{}", if count > 5 { ", …" } else { "" })
            }
        }
    }
}

/// Versions, highest first; what is no version last.
pub(super) fn sorted(mut versions: Vec<String>) -> Vec<String> {
    versions.sort_by(|a, b| match (Version::parse(a), Version::parse(b)) {
        (Ok(a_version), Ok(b_version)) => b_version.total_cmp(&a_version).then_with(|| a.cmp(b)),
        (a_version, b_version) => b_version.is_ok().cmp(&a_version.is_ok()).then_with(|| a.cmp(b)),
    });
    versions
}
