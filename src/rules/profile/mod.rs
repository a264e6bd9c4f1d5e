//! Profiles and their layers.

pub(super) mod cloud_mismatch;
pub(super) mod duplicate_layer;
pub(super) mod duplicate_profile;
pub(super) mod layer_order;
pub(super) mod layer_type_disagrees;
pub(super) mod layer_types;
pub(super) mod pack_twice;
pub(super) mod profile_folder;
pub(super) mod project_name_clash;
pub(super) mod reserved_name;
