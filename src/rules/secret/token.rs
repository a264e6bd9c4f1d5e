//! SE0101: a key or token of a known shape stands in clear.

use std::sync::Arc;

use super::plausible::shown;
use super::text::in_comment;
use super::{shapes, text};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};
use crate::source::{Place, SourceFile, Span};

/// SE0101 `secret-in-clear`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "SE0101", name: "secret-in-clear", severity: Severity::Error },
    docs: include_str!("../docs/SE0101.md"),
    check: Check::Everywhere {
        repository: |cx, out| text::of_repository(cx, scan, out),
        profile: |_, resolved, out| text::of_profile(resolved, scan, out),
        pack: |_, judged, out| text::of_pack(judged, scan, out),
    },
};

fn scan(file: &Arc<SourceFile>, out: &mut Vec<Diagnostic>) {
    for hit in shapes::find(file.text()) {
        let secret = &file.text()[hit.range.clone()];
        if hit.shape.severity != Severity::Error && in_comment(file.text(), hit.range.start) {
            continue;
        }
        let what = match hit.shape.name {
            name @ shapes::PRIVATE_KEY => name.to_owned(),
            name => format!("{name} ({})", shown(secret)),
        };
        let place = Place::new(file, Span::new(hit.range.start, hit.range.end));
        let mut finding =
            Diagnostic::new(RULE.lint, place, format!("{} {what} stands here in clear", article(&what)))
                .help(
                    "revoke it: whoever has the repository has it; give it by a sensitive variable instead",
                );
        finding.severity = hit.shape.severity;
        out.push(finding);
    }
}

fn article(what: &str) -> &'static str {
    if what.starts_with(['A', 'a', 'O', 'N']) && !what.starts_with("New") { "an" } else { "a" }
}
