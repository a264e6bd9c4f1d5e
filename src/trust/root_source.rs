//! `--root FILE|sha256:<hex>`: where trust begins.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::{Fetch, TrustError, limits};
use crate::archive::Digest;

/// A trusted root: a file, or the digest of one of the roots that a tree publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootSource {
    /// A copy of a `root.json`, brought by the person.
    File(PathBuf),
    /// sha256 of the bytes of a `N.root.json`, as a person compares it.
    Digest(Digest),
}

/// Text that names no root.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no root: give a file, or sha256: and 64 hexadecimal digits")]
pub struct RootSourceError(String);

impl FromStr for RootSource {
    type Err = RootSourceError;

    fn from_str(text: &str) -> Result<Self, RootSourceError> {
        if text.starts_with("sha256:") {
            return text.parse().map(Self::Digest).map_err(|_| RootSourceError(text.to_owned()));
        }
        if text.is_empty() {
            Err(RootSourceError(text.to_owned()))
        } else {
            Ok(Self::File(PathBuf::from(text)))
        }
    }
}

impl fmt::Display for RootSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Digest(digest) => write!(f, "sha256:{digest}"),
        }
    }
}

impl RootSource {
    /// The bytes of the root. A digest is looked for among the roots that the tree publishes: the digest alone decides, so
    /// that the host cannot choose.
    pub fn read(&self, fetch: &mut Fetch) -> Result<Vec<u8>, TrustError> {
        match self {
            Self::File(path) => std::fs::read(path)
                .map_err(|error| TrustError::fetch(path.display().to_string(), error.into())),
            Self::Digest(wanted) => {
                for version in 1..=limits::ROOT_STEPS {
                    let path = format!("metadata/{version}.root.json");
                    let bytes = fetch(&path, limits::ROOT)
                        .map_err(|source| TrustError::fetch(path.clone(), source))?;
                    match bytes {
                        Some(bytes) if Digest::of(&bytes) == *wanted => return Ok(bytes),
                        Some(_) => {}
                        None if version == 1 => return Err(TrustError::Missing { path }),
                        None => break,
                    }
                }
                Err(TrustError::refused(
                    "metadata/1.root.json",
                    format!("no root of this tree has the digest sha256:{wanted}"),
                ))
            }
        }
    }
}
