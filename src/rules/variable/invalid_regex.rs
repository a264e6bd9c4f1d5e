//! VR0107: `regex` of a variable is no regular expression of RE2.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::re2;

/// VR0107 `invalid-regex`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0107", name: "invalid-regex", severity: Severity::Error },
    docs: include_str!("../docs/VR0107.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        let Some(expression) = &variable.regex else { continue };
        if let Err(why) = re2::compile(expression) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.place(expression.span),
                    format!("the regex of variable `{}` is no RE2 expression: {why}", variable.name),
                )
                .pointer(format!("/spec/variables/{index}/regex"))
                .help("expressions are RE2's, and hold for the whole value: https://github.com/google/re2/wiki/Syntax"),
            );
        }
    }
}
