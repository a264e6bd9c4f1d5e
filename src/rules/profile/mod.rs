//! Profiles and their layers.

mod cloud_mismatch;
mod duplicate_layer;
mod duplicate_profile;
mod layer_order;
mod layer_type_disagrees;
mod layer_types;
mod pack_twice;
mod profile_folder;
mod project_name_clash;
mod reserved_name;

use super::Rule;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    duplicate_profile::RULE,
    profile_folder::RULE,
    reserved_name::RULE,
    project_name_clash::RULE,
    layer_types::RULE,
    layer_order::RULE,
    duplicate_layer::RULE,
    pack_twice::RULE,
    layer_type_disagrees::RULE,
    cloud_mismatch::RULE,
];
