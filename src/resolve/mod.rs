//! From a workspace to resolved profiles: every reference pinned, or marked with the reason why not.
//!
//! [`ResolvedProfile`] is the waist of the program: rules, pages, differences and releases read nothing else.
//!
//! Architecture invariant: this room does not know how a registry talks.

pub mod lints;
pub mod resolved;
mod values;

pub use resolved::{
    AddedBy, EffectiveValues, LayerChart, LayerManifest, LayerSource, LockState, Origin, OriginKind, Pin,
    ResolvedLayer, ResolvedProfile, Unresolved,
};
