//! Profiles and their layers.

mod below_origin;
mod cloned_from;
mod cloud_all;
mod cloud_mismatch;
mod core_priority;
mod duplicate_display_name;
mod duplicate_layer;
mod duplicate_profile;
mod file_twice;
mod invalid_namespace;
mod invalid_priority;
mod layer_order;
mod layer_type_disagrees;
mod layer_types;
mod namespace_metadata;
mod no_layers;
mod origin;
mod pack_twice;
mod presets_without_defaults;
mod priority_order;
mod profile_folder;
mod project_name_clash;
mod readiness_check;
mod release_clash;
mod release_name;
mod release_override;
mod reserved_name;
mod reserved_namespace;
mod same_precedence;
mod tag_syntax;
mod unknown_cloud;
mod unused_file;
mod versions_disagree;

use super::Rule;

pub(super) use namespace_metadata::{key_fault, label_value_fault};
pub(super) use origin::namespace_place;
pub(super) use unknown_cloud::CloudOptions;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    duplicate_profile::RULE,
    profile_folder::RULE,
    reserved_name::RULE,
    project_name_clash::RULE,
    versions_disagree::RULE,
    same_precedence::RULE,
    cloned_from::RULE,
    below_origin::RULE,
    tag_syntax::RULE,
    layer_types::RULE,
    layer_order::RULE,
    duplicate_layer::RULE,
    pack_twice::RULE,
    layer_type_disagrees::RULE,
    cloud_mismatch::RULE,
    release_clash::RULE,
    unknown_cloud::RULE,
    cloud_all::RULE,
    no_layers::RULE,
    duplicate_display_name::RULE,
    presets_without_defaults::RULE,
    unused_file::RULE,
    file_twice::RULE,
    invalid_namespace::RULE,
    reserved_namespace::RULE,
    namespace_metadata::RULE,
    release_name::RULE,
    release_override::RULE,
    priority_order::RULE,
    core_priority::RULE,
    invalid_priority::RULE,
    readiness_check::RULE,
];
