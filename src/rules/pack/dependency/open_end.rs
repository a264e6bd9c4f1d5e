//! PK0223: the highest version of a dependency has fewer than three parts.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0223 `dependency-open-end`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0223", name: "dependency-open-end", severity: Severity::Info },
    docs: include_str!("../../docs/PK0223.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    for dependency in &pack.dependencies {
        let Some(max) = &dependency.max_version else { continue };
        let Some(end) = dependency.range().ok().and_then(|range| range.open_end()) else { continue };
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(&pack.json_file, max.span),
                format!("highest version `{max}` is read as everything below {end}"),
            )
            .help("Palette does not say how it reads two numbers: write three to be sure"),
        );
    }
}
