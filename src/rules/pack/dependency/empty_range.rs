//! PK0222: the lowest version of a dependency is above its highest.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0222 `dependency-range-empty`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0222", name: "dependency-range-empty", severity: Severity::Error },
    docs: include_str!("../../docs/PK0222.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    for dependency in &pack.dependencies {
        let (Some(min), Some(max)) = (&dependency.min_version, &dependency.max_version) else { continue };
        if dependency.range().is_ok_and(|range| range.is_empty()) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(&pack.json_file, min.span),
                    format!("no version of `{}` is at least {min} and at most {max}", dependency.pack_name),
                )
                .related(Place::new(&pack.json_file, max.span), "the highest version")
                .help("exchange the two, or correct one"),
            );
        }
    }
}
