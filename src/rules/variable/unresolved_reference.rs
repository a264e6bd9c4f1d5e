//! VR0110: a reference that cannot be read.

use crate::diagnostics::Diagnostic;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template;

/// VR0110 `unresolved-reference`; documentation beside it. An appliance says the same of a reference without a value.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: template::UNRESOLVED,
    docs: include_str!("../docs/VR0110.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for used in resolved.references() {
        if let Some(error) = &used.error {
            out.push(Diagnostic::new(RULE.lint, used.place.clone(), error).pointer(&used.pointer));
        }
    }
}
