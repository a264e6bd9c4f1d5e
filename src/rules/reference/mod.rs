//! References and what they resolve to.

pub(super) mod broken_content;
pub(super) mod changed_content;
pub(super) mod not_fetched;
pub(super) mod not_found;
pub(super) mod not_locked;
pub(super) mod stale_lock;
pub(super) mod unknown_registry;

use crate::resolve::{ResolvedLayer, Unresolved};
use crate::rules::Context;

/// The layers without content, and why they have none.
fn unresolved<'a>(cx: &Context<'a>) -> impl Iterator<Item = (&'a ResolvedLayer, &'a Unresolved)> {
    cx.profiles.iter().flat_map(|p| &p.layers).filter_map(|l| l.unresolved.as_ref().map(|reason| (l, reason)))
}
