//! What can go wrong with a registry, in words that say what to do.

use crate::archive::Digest;
use crate::transport::TransportError;

/// Why a registry could not answer. [`RegistryError::is_refusal`] tells which of them end a command with the exit code of a refusal.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// No registry of that name.
    #[error("there is no registry `{name}` in edgewright.yaml{}", list(.known, .near.as_deref()))]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
        /// A well-known one whose name is much like it.
        near: Option<String>,
    },
    /// The way to it.
    #[error("registry `{registry}`: {source}")]
    Transport {
        /// Its name in `edgewright.yaml`.
        registry: String,
        /// What went wrong.
        source: TransportError,
    },
    /// Bytes that are not those expected. Nothing of them was kept.
    #[error(
        "{url} has changed: {by} says sha256 {expected}, but what came has {found}; nothing was kept, find out who changed it before you lock again"
    )]
    Digest {
        /// Where they came from.
        url: String,
        /// The digest that was promised.
        expected: Digest,
        /// The digest of what came.
        found: Digest,
        /// Who promised it: `the lock`, `the index`, `its file name`.
        by: &'static str,
    },
    /// A tag that leads elsewhere than to the digest behind it. Nothing was kept.
    #[error(
        "{url} was moved: the manifest sha256 {expected} is wanted, but the tag leads to {found} now; nothing was kept, find out who moved it, or name the digest that is meant"
    )]
    Moved {
        /// The tag with its repository.
        url: String,
        /// The digest that is wanted.
        expected: Digest,
        /// The digest that the tag leads to.
        found: Digest,
    },
    /// An index that cannot be read.
    #[error("{url} is not a Helm index: {why}")]
    Index {
        /// Its address.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something that is not here, and the network must not be used.
    #[error("{what} is not in the cache, and this command does not use the network; run `edgewright fetch`")]
    Offline {
        /// What is missing.
        what: String,
    },
    /// No such version, or nothing of that name.
    #[error("registry `{registry}` has no {what}")]
    NotFound {
        /// Its name in `edgewright.yaml`.
        registry: String,
        /// What was looked for.
        what: String,
    },
    /// It is there but cannot be read.
    #[error("{what}: {why}")]
    Broken {
        /// Path or address.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// What went wrong before, for whoever asks the same again.
    #[error("{0}")]
    Before(String),
    /// The cache, where there is no way around it.
    #[error("{}: {source}; EDGEWRIGHT_CACHE names another folder for the cache", .path.display())]
    Cache {
        /// The file or folder.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A vendored copy.
    #[error("{}: {source}", .path.display())]
    Vendor {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl RegistryError {
    /// Whether bytes were refused because they are not those promised.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Digest { .. } | Self::Moved { .. })
    }

    /// Whether a host does not let us see something. Many registries say so of what is not there.
    pub(super) fn is_denied(&self) -> bool {
        matches!(self, Self::Transport { source, .. } if matches!(source.status(), Some(401 | 403)))
    }

    /// The same error for whoever asks the same question again: nobody waits twice for a host that does not answer.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Unknown { name, known, near } => {
                Self::Unknown { name: name.clone(), known: known.clone(), near: near.clone() }
            }
            Self::Offline { what } => Self::Offline { what: what.clone() },
            Self::NotFound { registry, what } => {
                Self::NotFound { registry: registry.clone(), what: what.clone() }
            }
            Self::Digest { url, expected, found, by } => {
                Self::Digest { url: url.clone(), expected: *expected, found: *found, by }
            }
            other => Self::Before(other.to_string()),
        }
    }
}

fn list(names: &[String], near: Option<&str>) -> String {
    let known = if names.is_empty() {
        ", nor any other".to_owned()
    } else {
        format!("; there is `{}`", names.join("`, `"))
    };
    match near {
        Some(near) => format!("{known}, and the well-known `{near}`"),
        None => known,
    }
}
