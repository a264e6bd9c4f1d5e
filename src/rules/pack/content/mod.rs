//! What a pack is made of: its files, and what it says of itself.

mod addon_type;
mod anchors;
mod cloud_type;
mod display_name_varies;
mod junk_file;
mod large_file;
mod logo;
mod readme;
mod same_version;
mod values_file;
mod values_style;
mod version_of_no_chart;
mod version_order;

use crate::rules::Rule;

/// The rules of this area, in the order of their codes.
pub(in crate::rules) const RULES: &[Rule] = &[
    junk_file::RULE,
    logo::RULE,
    large_file::RULE,
    readme::RULE,
    values_file::RULE,
    cloud_type::RULE,
    addon_type::RULE,
    display_name_varies::RULE,
    same_version::RULE,
    version_order::RULE,
    version_of_no_chart::RULE,
    values_style::RULE,
    anchors::RULE,
];
