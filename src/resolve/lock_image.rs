//! An image in a lock: its name, and what it was when somebody asked its registry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lock_file::LockedLayer;
use crate::pack::ImageReference;

/// An image of a locked layer. One that was not resolved is written as its name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct LockedImage {
    /// The reference, as the pack, values or a manifest have it.
    pub image: String,
    /// Digest of its index, or of its manifest where it is for one platform alone: `sha256:…`.
    pub digest: Option<String>,
    /// Platform (`linux/amd64`, `linux/arm/v7`) → digest of its manifest.
    pub platforms: BTreeMap<String, String>,
}

impl LockedImage {
    /// One that was not resolved.
    pub fn named(image: impl Into<String>) -> Self {
        Self { image: image.into(), digest: None, platforms: BTreeMap::new() }
    }

    /// The reference with its digest, which no registry can make another image of; the tag stays for people.
    pub fn exact(&self) -> String {
        match &self.digest {
            Some(digest) if !self.image.contains('@') => format!("{}@{digest}", self.image),
            _ => self.image.clone(),
        }
    }
}

/// The images of a layer's new entry: those that its pack lists, with what the entry `before` knows of them, and what that
/// resolved besides as long as the version is the same.
pub(super) fn kept(listed: Vec<String>, version: &str, before: Option<&LockedLayer>) -> Vec<LockedImage> {
    let known = before.map(|before| before.images.as_slice()).unwrap_or_default();
    let more = known.iter().filter(|image| image.digest.is_some() && !listed.contains(&image.image));
    let more = more.filter(|_| before.is_some_and(|before| before.version == version)).cloned();
    let resolved = |image: &String| known.iter().find(|known| known.image == *image).cloned();
    let more: Vec<LockedImage> = more.collect();
    let listed =
        listed.into_iter().map(|image| resolved(&image).unwrap_or_else(|| LockedImage::named(image)));
    listed.chain(more).collect()
}

/// Its form in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    Resolved {
        image: String,
        digest: String,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        platforms: BTreeMap<String, String>,
    },
}

impl From<LockedImage> for Written {
    fn from(locked: LockedImage) -> Self {
        let LockedImage { image, digest, platforms } = locked;
        match digest {
            None => Self::Name(image),
            Some(digest) => Self::Resolved { image, digest, platforms },
        }
    }
}

impl TryFrom<Written> for LockedImage {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Name(image) => Ok(Self::named(image)),
            Written::Resolved { image, digest, platforms } => {
                for digest in platforms.values().chain([&digest]) {
                    let whole = format!("x@{digest}");
                    ImageReference::parse(&whole).map_err(|why| format!("image `{image}`: {why}"))?;
                }
                Ok(Self { image, digest: Some(digest), platforms })
            }
        }
    }
}
