//! VR0108: a reference to a system macro that does not exist.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::{self, ReferenceKind};

/// VR0108 `unknown-system-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0108", name: "unknown-system-name", severity: Severity::Error },
    docs: include_str!("../docs/VR0108.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for used in super::used(resolved, ReferenceKind::System) {
        if template::system_name(&used.name).is_none() {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    used.place.clone(),
                    format!("`.spectro.system.{}` is no known system reference", used.name),
                )
                .pointer(&used.pointer)
                .help(
                    match closest(&used.name, template::system_names().map(|(name, _)| name)) {
                        Some(near) => format!("did you mean `.spectro.system.{near}`?"),
                        None => "docs/formats.md has the list of them".to_owned(),
                    },
                ),
            );
        }
    }
}
