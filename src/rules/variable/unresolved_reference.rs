//! VR0110: a reference that cannot be read.

use crate::diagnostics::Diagnostic;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::{self, ReferenceKind};

/// VR0110 `unresolved-reference`; documentation beside it. An appliance says the same of a reference without a value.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: template::UNRESOLVED,
    docs: include_str!("../docs/VR0110.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let kinds = [ReferenceKind::Var, ReferenceKind::Macro, ReferenceKind::System, ReferenceKind::Pack];
    for used in kinds.into_iter().flat_map(|kind| super::used(resolved, kind)) {
        if let Some(error) = used.error {
            out.push(Diagnostic::new(RULE.lint, used.place, error).pointer(used.pointer));
        }
    }
}
