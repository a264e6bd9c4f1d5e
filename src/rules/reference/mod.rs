//! References and what they resolve to.

mod broken_content;
mod changed_content;
mod not_fetched;
mod not_found;
mod not_locked;
mod stale_lock;
mod unknown_registry;

use super::Rule;
use crate::resolve::{ResolvedLayer, ResolvedProfile, Unresolved};

/// Code of a reference whose bytes are not here.
pub(super) const NOT_FETCHED: &str = not_fetched::RULE.lint.code;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    unknown_registry::RULE,
    not_locked::RULE,
    stale_lock::RULE,
    not_fetched::RULE,
    changed_content::RULE,
    not_found::RULE,
    broken_content::RULE,
];

/// The layers without content, and why they have none.
fn unresolved(resolved: &ResolvedProfile) -> impl Iterator<Item = (&ResolvedLayer, &Unresolved)> {
    resolved.layers.iter().filter_map(|l| l.unresolved.as_ref().map(|reason| (l, reason)))
}
