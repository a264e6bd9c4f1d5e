//! PK0221: a bound of a dependency is no version.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0221 `dependency-bound`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0221", name: "dependency-bound", severity: Severity::Error },
    docs: include_str!("../../docs/PK0221.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    for dependency in &pack.dependencies {
        let Err(bound) = dependency.range() else { continue };
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(&pack.json_file, bound.span),
                format!("`{bound}` is no version, so that nothing can be compared with it"),
            )
            .help("a bound is a version like 1.27.0 or 1.27; leave it empty for none"),
        );
    }
}
