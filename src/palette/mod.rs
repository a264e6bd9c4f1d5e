//! Palette's forms of a profile: what its export writes and its import reads (`v1ClusterProfileImportEntity`).
//!
//! Architecture invariant: this room knows no network, and it writes no files: an import is a value.

mod chart_values;
mod import;
mod layers;
mod names;
mod place;
mod source;
mod variables;

pub use import::{ImportError, ImportOptions, ImportedFile, ImportedProfile, import};
pub use names::slug;
pub use place::{form, place};
