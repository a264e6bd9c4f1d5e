//! VR0312: references that lead back to themselves, or further than anybody follows them.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::render::References;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::{self, Found, ReferenceKind};

/// VR0312 `reference-circle`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0312", name: "reference-circle", severity: Severity::Error },
    docs: include_str!("../docs/VR0312.md"),
    check: Check::Profile(check),
};

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let references = References::new(&workspace.config, resolved);
    let mut told = BTreeSet::new();
    for used in resolved.references() {
        if used.error.is_some() || !matches!(used.kind, ReferenceKind::Macro | ReferenceKind::Pack) {
            continue;
        }
        let text = format!("{{{{ .spectro.{}.{} }}}}", used.kind.word(), used.name);
        let Some(reference) = template::whole(&text) else { continue };
        if let Found::Wrong(why) = references.lookup(&reference)
            && told.insert((used.kind.word(), used.name.as_str()))
        {
            out.push(
                Diagnostic::new(RULE.lint, used.place.clone(), why)
                    .pointer(used.pointer.clone())
                    .help("write the value itself in one of these places"),
            );
        }
    }
}
