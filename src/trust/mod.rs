//! TUF roles, keys, the writer of metadata, and the verifier.
//!
//! The published tree is a TUF 1.0 repository with consistent snapshots (spec 1.0.34). What is signed are small documents;
//! everything else is named by digest in them. [`TrustCore`] verifies, [`Floors`] remember what may never go back,
//! and on the authoring side `writer` makes the metadata with the keys of `signer`.
//!
//! Architecture invariant: this room knows no profile, and it opens no socket: bytes come through a [`Fetch`] closure, the
//! time comes as an argument.

mod core;
mod error;
mod floors;
#[cfg(feature = "authoring")]
mod keys;
#[cfg(feature = "authoring")]
mod roles;
mod root_source;
#[cfg(feature = "authoring")]
mod signer;
#[cfg(feature = "authoring")]
mod writer;

#[cfg(feature = "authoring")]
use core::canonical_json;
pub use core::{Fetch, FetchError, StoreRoot, Target, TrustCore};
pub use error::TrustError;
pub use floors::{Floors, SerialFloor};
#[cfg(feature = "authoring")]
pub use keys::{KeyError, PrivateKey, PublicKey};
#[cfg(feature = "authoring")]
pub use roles::{ASSIGNMENTS, DelegatedRole, SITE, TOP_ROLES};
pub use root_source::{RootSource, RootSourceError};
#[cfg(feature = "authoring")]
pub use signer::{SignError, Signer, Signers};
#[cfg(feature = "authoring")]
pub use writer::{Metadata, Role, TargetList, WriteError, write};

/// Version of the TUF specification that the metadata follows.
pub const SPEC_VERSION: &str = "1.0.34";

/// Field of `timestamp.json` that says when it was signed: the only clock that an appliance believes.
pub const ISSUED_FIELD: &str = "x-issued";

/// Upper bounds, so that no host can feed a client without end. Bytes unless said otherwise.
pub mod limits {
    /// A `root.json`.
    pub const ROOT: u64 = 512_000;
    /// `timestamp.json`.
    pub const TIMESTAMP: u64 = 16_384;
    /// `snapshot.json`.
    pub const SNAPSHOT: u64 = 2_000_000;
    /// Any targets role.
    pub const TARGETS: u64 = 5_000_000;
    /// A release descriptor, a profile target and every other document that is read whole.
    pub const DOCUMENT: u64 = 1_000_000;
    /// A node of the assignment tree.
    pub const ASSIGNMENT_NODE: u64 = 16_384;
    /// The list of the catalog's files.
    pub const SITE_LIST: u64 = 64_000_000;
    /// New roots that one run follows.
    pub const ROOT_STEPS: usize = 256;
    /// Roles that one search for a target visits.
    pub const ROLES: usize = 32;
}
