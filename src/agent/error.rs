//! Why an appliance did not do what it was asked, and whether trying again can help.

use std::path::{Path, PathBuf};

use crate::trust::TrustError;

/// What went wrong on the appliance. In every case what runs is what ran before.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Another agent works on the same state.
    #[error("another agent holds {}; wait until it is done", .0.display())]
    Busy(PathBuf),
    /// The verifier refused something, or could not get it.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The memory of what was accepted before is lost, so that an older state could not be told from a newer one.
    #[error(
        "both copies of the floors in {} are damaged: nothing is applied until `edgewright agent recover` has \
         derived them from the slots again", .0.display()
    )]
    Damaged(PathBuf),
    /// Variables that are missing or wrong, references that nothing answers.
    #[error("{}", .0.join("\n"))]
    Unresolved(Vec<String>),
    /// A file of the appliance could not be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Anything else that a person has to look at.
    #[error("{0}")]
    Failed(String),
}

impl AgentError {
    /// A refusal of a file of the published tree.
    pub(super) fn refused(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Trust(TrustError::refused(path, reason))
    }

    /// Whether trust refused something (exit 3).
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Trust(error) => error.is_refusal(),
            Self::Damaged(_) => true,
            Self::Busy(_) | Self::Unresolved(_) | Self::Io { .. } | Self::Failed(_) => false,
        }
    }

    /// One word for machines: what kind of trouble it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Busy(_) => "busy",
            Self::Trust(TrustError::Expired { .. }) => "expired",
            Self::Trust(error) if error.is_refusal() => "refused",
            Self::Trust(_) => "unreachable",
            Self::Damaged(_) => "trust-damaged",
            Self::Unresolved(_) => "unresolved",
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => "disk-full",
            Self::Io { .. } => "io",
            Self::Failed(_) => "failed",
        }
    }
}

/// Puts a path to what the system says: `.map_err(at(path))`.
pub(super) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> AgentError + '_ {
    move |source| AgentError::Io { path: path.to_owned(), source }
}
