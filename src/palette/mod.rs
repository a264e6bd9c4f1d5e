//! Palette's forms of a profile: what its export writes and its import reads (`v1ClusterProfileImportEntity`).
//!
//! Architecture invariant: this room knows no network, and it writes no files: an import is a value.

mod app;
mod configure;
mod conform;
mod difference;
mod entity;
mod export;
mod flat;
mod head;
mod import;
mod layers;
mod masked;
mod names;
mod pack;
mod place;
mod source;
mod values;
mod variables;

pub use configure::{
    MacroList, known_registry, macros, proposed_registry, revised, with_macros, with_registry,
};
pub use export::{Exported, export};
pub use import::{ImportError, ImportOptions, ImportedFile, ImportedProfile, ImportedRegistry, import};
pub use masked::Masked;
pub use names::slug;
pub use place::{form, place};
