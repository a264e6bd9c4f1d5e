//! The repository: `edgewright.yaml`, discovery, and our own kinds.
//!
//! Architecture invariant: this room reads files of the repository and nothing else; what is wrong in them is a
//! diagnostic, and the rest of the workspace is still there.

pub mod model;
