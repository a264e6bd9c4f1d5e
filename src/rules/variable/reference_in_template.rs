//! VR0109: a reference in the text of a Helm template.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::source::{Place, Span};
use crate::template;

/// VR0109 `reference-in-template`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0109", name: "reference-in-template", severity: Severity::Error },
    docs: include_str!("../docs/VR0109.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        for manifest in layer.manifests.iter().filter(|m| m.templated) {
            for reference in template::references(manifest.file.text()) {
                let span = Span::new(reference.range.start, reference.range.end);
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        Place::new(&manifest.file, span),
                        format!("Helm reads this text, and knows no `.spectro.{}`", reference.kind.word()),
                    )
                    .help(format!(
                        "put the reference into the values below `manifests.{}`, and name that value here",
                        manifest.name
                    )),
                );
            }
        }
    }
}
