//! `edgewright.yaml` and channels.

mod channel_version;
mod pattern_without_file;
mod rule_option;
mod unknown_rule;

use super::Rule;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] =
    &[unknown_rule::RULE, rule_option::RULE, channel_version::RULE, pattern_without_file::RULE];
