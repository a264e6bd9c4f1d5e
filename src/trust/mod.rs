//! TUF roles, keys, the writer of metadata, and the verifier.
//!
//! Architecture invariant: this room knows no profile.
