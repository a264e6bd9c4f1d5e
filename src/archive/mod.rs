//! Archives and folders as lists of regular files, and the canonical tar that gives content its identity.
//!
//! Architecture invariant: this room knows no format of ours; it never unpacks onto a disk, so that nothing in an archive
//! can choose where its bytes go.

mod canonical;
mod digest;
mod error;
mod files;
mod folder;
mod header;
#[cfg(test)]
mod hostile;
mod path;
mod read;
mod zstandard;

pub use canonical::{canonical_tar, content_digest, read_canonical_tar, write_tgz};
pub use digest::{Digest, DigestError};
pub use error::{ArchiveError, Fault};
pub use files::{File, Files};
pub use folder::read_dir;
pub use read::{Limits, read_tar, read_tgz};
pub use zstandard::{zstd_compress, zstd_decompress};
