//! `edgewright.yaml` and channels.

mod channel_version;
mod channels_of_nothing;
mod duplicate_channels;
mod macros_of_nothing;
mod pattern_without_file;
mod registry_address;
mod registry_without_tls;
mod rule_option;
mod stable_prerelease;
mod unknown_rule;
mod unused_registry;
mod waves;

use super::Rule;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    unknown_rule::RULE,
    rule_option::RULE,
    channel_version::RULE,
    waves::RULE,
    stable_prerelease::RULE,
    channels_of_nothing::RULE,
    unused_registry::RULE,
    registry_address::RULE,
    registry_without_tls::RULE,
    macros_of_nothing::RULE,
    duplicate_channels::RULE,
    pattern_without_file::RULE,
];
