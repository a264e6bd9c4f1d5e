//! Resolved profiles become the published tree: canonical layers, blobs, descriptors, channels, assignments, signatures.
//!
//! [`content`] is a pure function of the repository. [`release`] puts it into a tree that goes on from the one published
//! before, signs it, verifies it as an appliance would, and only then moves it into place.
//!
//! Architecture invariant: this room renders no page.

mod assignments;
mod channels;
mod content;
mod keys;
mod layer;
mod missing;
mod previous;
mod published;
mod stage;
mod sums;
mod tree;
mod verify;

use std::path::PathBuf;

pub use content::{Content, content};
pub use keys::{DEVELOPMENT_KEYS, Given};
pub use missing::fetch_missing;
pub use published::{Source, open, read_file, unvouched};
pub use stage::Written;
pub use tree::{Previous, Request, Summary, release};
pub use verify::{Problem, Report, verify};

use crate::trust::{TrustError, WriteError};

/// Why nothing was released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The repository cannot be released as it is.
    #[error("{0}")]
    Content(String),
    /// Arguments or configuration do not fit.
    #[error("{0}")]
    Usage(String),
    /// The tree published before was not accepted.
    #[error("the previous tree is not accepted")]
    Previous(#[from] TrustError),
    /// The new tree would not be accepted by appliances.
    #[error("the new tree does not verify, so nothing was published")]
    NotAccepted(#[source] TrustError),
    /// Metadata could not be written.
    #[error(transparent)]
    Sign(#[from] WriteError),
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
