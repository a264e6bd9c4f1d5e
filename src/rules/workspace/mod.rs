//! `edgewright.yaml` and channels.

mod channel_version;
mod unknown_rule;

use super::Rule;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[unknown_rule::RULE, channel_version::RULE];
