//! Packs: of the repository's own registries, and as profiles use them.

pub(super) mod chart_key;
pub(super) mod chart_version;
pub(super) mod dependency_nowhere;
pub(super) mod duplicate_pack;
pub(super) mod file_missing;
pub(super) mod file_unlisted;
pub(super) mod folder_name;
pub(super) mod image_key;
pub(super) mod lifecycle;
pub(super) mod preset_default;
pub(super) mod version;
