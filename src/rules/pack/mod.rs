//! Packs: of the repository's own registries, and as profiles use them.

pub(super) mod content;
pub(super) mod dependency;
pub(super) mod image;
pub(super) mod lifecycle;
pub(super) mod preset;
pub(super) mod schema;
pub(super) mod value;

mod chart_key;
mod chart_version;
mod dependency_nowhere;
mod duplicate_pack;
mod file_missing;
mod file_unlisted;
mod folder_name;
mod image_key;
mod preset_default;
mod version;

use super::Rule;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    file_missing::RULE,
    file_unlisted::RULE,
    version::RULE,
    chart_version::RULE,
    image_key::RULE,
    dependency_nowhere::RULE,
    folder_name::RULE,
    chart_key::RULE,
    preset_default::RULE,
    duplicate_pack::RULE,
];
