//! From a workspace to resolved profiles: every reference pinned, or marked with the reason why not.
//!
//! [`ResolvedProfile`] is the waist of the program: rules, pages, differences and releases read nothing else.
//!
//! ```text
//! profile ─► stack (layers, brought ones included) ─► library (registries) ─► layers (values, charts, manifests)
//!                                                       └─► lock: what the library found, written down
//! ```
//!
//! Architecture invariant: this room does not know how a registry talks.

mod browse;
mod changes;
mod check;
mod choice;
mod content;
mod difference;
mod document;
mod explain;
mod image_values;
mod images;
mod layers;
mod library;
pub mod lints;
mod locate;
mod lock;
mod lock_file;
mod lock_image;
mod lock_images;
mod macros;
mod moved_lock;
mod named;
mod need;
mod offer;
mod offline;
mod origins;
mod outdated;
mod presets;
mod problem;
mod prove;
mod references;
pub mod resolved;
mod resources;
mod stack;
mod stacked;
mod stamps;
mod survey;
mod update;
mod values;

pub use browse::{Browsed, Listing, Wanted, browse};
pub use check::{LockCheck, check_locks};
pub use content::is_helm_template;
pub use difference::Difference;
pub use document::{Written, document, profile_type, written};
pub use explain::{Explained, explain};
pub use images::{Image, ImageSource, images};
pub use lock::{LockOptions, LockOutcome, LockResult, OnProgress, Progress, Upgrade, lock};
pub use lock_file::{LOCK_FILE, LockFile, LockedLayer, LockedProfile};
pub use lock_image::LockedImage;
pub use lock_images::{LockedImages, lock_images};
pub use macros::macro_value;
pub use moved_lock::cloned_lock;
pub use named::{Named, NamedError, add_named, bring, kept_bytes};
pub use offer::{Offer, offer};
pub use offline::{resolve_all, resolve_each, resolve_some};
pub use origins::Origins;
pub use outdated::{Offered, OutdatedLayer, outdated};
pub use problem::{ChangedBytes, IndexSays, LockProblem, LockWarning, ProblemKind};
pub use references::Used;
pub use resolved::{
    AddedBy, EffectiveValues, LayerChart, LayerManifest, LayerSource, LockState, Origin, OriginKind, Pin,
    ResolvedLayer, ResolvedProfile, Unresolved,
};
pub use resources::{LayerResources, Quantities, Resources, needs_in_words, resources};
pub use stack::{Reference, inputs, reference};
pub use stacked::{Release, Stacked, StackedLayer};
pub use stamps::{Checked, Snapshot, recheck};
pub use update::{Update, UpdateOptions, UpdatedLayer, update};
