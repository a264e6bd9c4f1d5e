//! Manifests of OCI registries (image-spec v1.1 `manifest.md`, `image-index.md`; Docker's schema 2), read from untrusted bytes.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::archive::Digest;

/// Media types of one image or artifact.
const IMAGES: [&str; 2] =
    ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
/// Media types of a list of them.
const INDEXES: [&str; 2] =
    ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];
/// All that is asked for; a registry that knows only older ones answers with those anyway, and is told apart below.
pub(in crate::registry) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
/// Most entries that a manifest may list; the largest seen in the wild have some dozens.
const MOST: usize = 1000;

/// A manifest.
#[derive(Clone, Debug)]
pub(in crate::registry) struct Manifest {
    /// Its media type; that of the image specification where it does not say it itself.
    pub(in crate::registry) media_type: String,
    /// What it says.
    pub(in crate::registry) content: Content,
}

/// What a manifest says.
#[derive(Clone, Debug)]
pub(in crate::registry) enum Content {
    /// One image or artifact.
    Image(Box<ImageManifest>),
    /// Several of them: one per platform, or an artifact with what belongs to it.
    Index(Vec<Descriptor>),
}

/// One image or artifact.
#[derive(Clone, Debug)]
pub(in crate::registry) struct ImageManifest {
    /// Its configuration.
    pub(in crate::registry) config: Descriptor,
    /// Its parts.
    pub(in crate::registry) layers: Vec<Descriptor>,
    /// Its annotations.
    pub(in crate::registry) annotations: BTreeMap<String, String>,
}

/// A blob or a manifest by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::registry) struct Descriptor {
    #[serde(default)]
    pub(in crate::registry) media_type: String,
    /// `sha256:…`.
    #[serde(deserialize_with = "sha256")]
    pub(in crate::registry) digest: Digest,
    pub(in crate::registry) size: u64,
    #[serde(default)]
    pub(in crate::registry) artifact_type: Option<String>,
    #[serde(default)]
    pub(in crate::registry) annotations: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(in crate::registry) platform: Option<Platform>,
}

/// What an image runs on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(in crate::registry) struct Platform {
    #[serde(default)]
    pub(in crate::registry) os: String,
    #[serde(default)]
    pub(in crate::registry) architecture: String,
    #[serde(default)]
    pub(in crate::registry) variant: Option<String>,
    #[serde(default, rename = "os.version")]
    pub(in crate::registry) os_version: Option<String>,
}

impl Platform {
    /// `linux/arm64/v8`, as tools write it; Windows' build behind it, because its images differ in nothing else.
    pub(in crate::registry) fn text(&self) -> String {
        if self.os.is_empty() && self.architecture.is_empty() {
            return String::new();
        }
        let mut text = format!("{}/{}", self.os, self.architecture);
        for (separator, part) in [('/', &self.variant), (':', &self.os_version)] {
            if let Some(part) = part.as_deref().filter(|part| !part.is_empty()) {
                text.push(separator);
                text.push_str(part);
            }
        }
        text
    }
}

impl Descriptor {
    /// An annotation.
    pub(in crate::registry) fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(key).map(String::as_str)
    }

    /// Whether it describes another entry of its index (signatures and build records of buildkit) and is no image itself.
    pub(in crate::registry) fn is_attestation(&self) -> bool {
        self.annotation("vnd.docker.reference.type").is_some()
            || self.platform.as_ref().is_some_and(|platform| platform.os == "unknown")
    }
}

fn sha256<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
    let text = String::deserialize(deserializer)?;
    let hex = text.strip_prefix("sha256:").filter(|hex| !hex.contains(':'));
    hex.and_then(|hex| hex.parse().ok()).ok_or_else(|| {
        let shown: String = text.chars().take(80).collect();
        serde::de::Error::custom(format!(
            "`{}` is no sha256 digest, the only kind that is read here",
            shown.escape_debug()
        ))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    schema_version: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    media_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    annotations: Option<BTreeMap<String, String>>,
}

impl Manifest {
    /// Reads a manifest. Its own `mediaType` counts, not that of the answer, which no digest covers.
    ///
    /// # Errors
    /// What is wrong, as a sentence: no JSON, Docker's schema 1, another media type, both layers and manifests, no digest.
    pub(in crate::registry) fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.trim_ascii_start().starts_with(b"<") {
            return Err("it is a web page".to_owned());
        }
        // The version first: what is of another one need not have the shape of this one.
        let version: Version =
            serde_json::from_slice(bytes).map_err(|error| format!("it cannot be read: {error}"))?;
        match version.schema_version {
            Some(2) => {}
            Some(1) => {
                return Err("it is of Docker's schema 1, which has no digest for what it holds; push it again with a \
                            current tool"
                    .to_owned());
            }
            Some(other) => return Err(format!("it has schema version {other}, and only 2 is known")),
            None => return Err("it has no schemaVersion, so it is no manifest".to_owned()),
        }
        let raw: Raw =
            serde_json::from_slice(bytes).map_err(|error| format!("it cannot be read: {error}"))?;
        let kind = raw.media_type.as_deref().unwrap_or_default();
        let (image, index) = (IMAGES.contains(&kind), INDEXES.contains(&kind));
        if !kind.is_empty() && !image && !index {
            let shown: String = kind.chars().take(80).collect();
            return Err(format!(
                "its media type is `{}`, which is no image manifest and no index",
                shown.escape_debug()
            ));
        }
        let content = match (raw.config, raw.layers, raw.manifests) {
            // Tools would disagree about which of the two it is.
            (_, Some(_), Some(_)) | (Some(_), _, Some(_)) => {
                Err("it lists both layers and manifests".to_owned())
            }
            (_, _, Some(manifests)) if !image => few(manifests).map(Content::Index),
            (Some(config), layers, None) if !index => Ok(Content::Image(Box::new(ImageManifest {
                config,
                layers: few(layers.unwrap_or_default())?,
                annotations: raw.annotations.unwrap_or_default(),
            }))),
            (None, Some(_), None) if !index => Err("it has no config".to_owned()),
            _ => Err("it lists neither layers nor manifests".to_owned()),
        }?;
        let media_type = raw.media_type.filter(|kind| !kind.is_empty()).unwrap_or_else(|| {
            let known = if matches!(content, Content::Image(_)) { IMAGES } else { INDEXES };
            known[0].to_owned()
        });
        Ok(Self { media_type, content })
    }
}

fn few(list: Vec<Descriptor>) -> Result<Vec<Descriptor>, String> {
    if list.len() > MOST {
        Err(format!("it lists {} entries, more than {MOST}", list.len()))
    } else {
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor(media_type: &str) -> String {
        format!(r#"{{"mediaType": "{media_type}", "digest": "sha256:{}", "size": 12}}"#, Digest::of(b"x"))
    }

    #[test]
    fn manifests_and_indexes_are_told_apart() {
        let (config, layer) = (descriptor("c"), descriptor("l"));
        let text = format!(
            r#"{{"schemaVersion": 2, "config": {config}, "layers": [{layer}], "annotations": {{"a": "b"}}}}"#
        );
        let Ok(Content::Image(image)) = Manifest::parse(text.as_bytes()).map(|found| found.content) else {
            panic!("{text}")
        };
        assert_eq!((image.config.media_type.as_str(), image.layers[0].size), ("c", 12));
        assert_eq!(image.annotations["a"], "b");
        let text = format!(
            r#"{{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
                {{"digest": "sha256:{0}", "size": 1, "platform": {{"os": "linux", "architecture": "arm64", "variant": "v8"}}}},
                {{"digest": "sha256:{0}", "size": 1, "platform": {{"os": "unknown", "architecture": "unknown"}}}},
                {{"digest": "sha256:{0}", "size": 1, "platform": {{"os": "windows", "architecture": "amd64", "os.version": "10.0.1"}}}}
            ]}}"#,
            Digest::of(b"x")
        );
        let Ok(Content::Index(entries)) = Manifest::parse(text.as_bytes()).map(|found| found.content) else {
            panic!("{text}")
        };
        let platforms: Vec<String> =
            entries.iter().map(|entry| entry.platform.as_ref().unwrap().text()).collect();
        assert_eq!(platforms, ["linux/arm64/v8", "unknown/unknown", "windows/amd64:10.0.1"]);
        assert!(entries[1].is_attestation() && !entries[0].is_attestation());
    }

    #[test]
    fn hostile_manifests_say_what_is_wrong() {
        let (config, layer) = (descriptor("c"), descriptor("l"));
        let many = vec![layer.clone(); MOST + 1].join(",");
        for (text, why) in [
            (String::new(), "cannot be read"),
            ("<!DOCTYPE html>".to_owned(), "web page"),
            ("[]".to_owned(), "cannot be read"),
            ("{}".to_owned(), "no schemaVersion"),
            (r#"{"schemaVersion": 1, "fsLayers": 7, "config": 1}"#.to_owned(), "schema 1"),
            (r#"{"schemaVersion": 3}"#.to_owned(), "schema version 3"),
            (r#"{"schemaVersion": 2}"#.to_owned(), "neither layers nor manifests"),
            (format!(r#"{{"schemaVersion": 2, "layers": [{layer}]}}"#), "no config"),
            (
                format!(
                    r#"{{"schemaVersion": 2, "config": {config}, "layers": [{layer}], "manifests": []}}"#
                ),
                "both",
            ),
            (format!(r#"{{"schemaVersion": 2, "config": {config}, "manifests": [{layer}]}}"#), "both"),
            (
                format!(
                    r#"{{"schemaVersion": 2, "mediaType": "{}", "config": {config}, "layers": []}}"#,
                    INDEXES[0]
                ),
                "neither layers nor manifests",
            ),
            (
                format!(r#"{{"schemaVersion": 2, "mediaType": "{}", "manifests": [{layer}]}}"#, IMAGES[1]),
                "neither layers nor manifests",
            ),
            (
                format!(r#"{{"schemaVersion": 2, "mediaType": "text/x\u001b", "config": {config}}}"#),
                "media type is `text/x\\u{1b}`",
            ),
            (format!(r#"{{"schemaVersion": 2, "config": {config}, "layers": [{many}]}}"#), "more than 1000"),
            (r#"{"schemaVersion": 2, "config": {"digest": "sha512:00", "size": 1}}"#.to_owned(), "sha512:00"),
            (
                r#"{"schemaVersion": 2, "config": {"digest": "sha256:sha256:00", "size": 1}}"#.to_owned(),
                "no sha256",
            ),
            (
                format!(
                    r#"{{"schemaVersion": 2, "config": {{"digest": "sha256:{}", "size": -1}}}}"#,
                    Digest::of(b"")
                ),
                "cannot be read",
            ),
            (format!("{}1{}", "[".repeat(5000), "]".repeat(5000)), "cannot be read"),
            (format!(r#"{{"a": {}1{}}}"#, "[".repeat(5000), "]".repeat(5000)), "no schemaVersion"),
        ] {
            let error = Manifest::parse(text.as_bytes()).unwrap_err();
            let shown: String = text.chars().take(100).collect();
            assert!(error.contains(why), "{shown}: {error}");
        }
    }
}
