//! `presets.yaml` of a pack.

mod add;
mod brought_layer;
mod enabled;
mod removes_nothing;
mod twice;

use crate::rules::Rule;

/// The rules of this area, in the order of their codes.
pub(in crate::rules) const RULES: &[Rule] =
    &[twice::RULE, removes_nothing::RULE, add::RULE, brought_layer::RULE, enabled::RULE];
