//! PR0106: two versions of a profile differ in build metadata alone.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};

/// PR0106 `same-precedence`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0106", name: "same-precedence", severity: Severity::Warning },
    docs: include_str!("../docs/PR0106.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for pair in workspace.profiles.windows(2) {
        let [before, after] = pair else { continue };
        let parse = |text: &str| semver::Version::parse(text).ok();
        let (Some(a), Some(b)) = (parse(before.version()), parse(after.version())) else { continue };
        if before.id == after.id && a != b && a.cmp_precedence(&b).is_eq() {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    after.place(after.metadata.version.span),
                    format!(
                        "{} is no newer than version {}: build metadata does not count",
                        after.label(),
                        before.version()
                    ),
                )
                .pointer("/metadata/version")
                .related(before.place(before.metadata.version.span), "the other version")
                .help("raise one of the three numbers, or use a prerelease (`1.3.0-rc.1`)"),
            );
        }
    }
}
