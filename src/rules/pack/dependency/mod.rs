//! What a pack says that it needs: other packs, and resources of nodes.

mod bound;
mod contradicts;
mod cycle;
mod empty_range;
mod layer;
mod name;
mod on_itself;
mod open_end;
mod resource_limit;
mod resource_path;
mod unbounded;
mod version_nowhere;

use crate::rules::Rule;

/// The rules of this area, in the order of their codes.
pub(in crate::rules) const RULES: &[Rule] = &[
    bound::RULE,
    empty_range::RULE,
    open_end::RULE,
    unbounded::RULE,
    on_itself::RULE,
    contradicts::RULE,
    cycle::RULE,
    layer::RULE,
    version_nowhere::RULE,
    name::RULE,
    resource_limit::RULE,
    resource_path::RULE,
];
