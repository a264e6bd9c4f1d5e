//! Archives and folders as lists of regular files, and the canonical tar that gives content its identity.
//!
//! Architecture invariant: this room knows no format of ours; it never unpacks onto a disk, so that nothing in an archive
//! can choose where its bytes go.

mod digest;
mod files;

pub use digest::Digest;
pub use files::{File, Files};
