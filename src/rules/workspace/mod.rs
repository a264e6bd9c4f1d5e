//! `edgewright.yaml` and channels.

pub(super) mod channel_version;
pub(super) mod unknown_rule;
