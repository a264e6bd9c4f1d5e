//! VR0107: `regex` of a variable is no regular expression of RE2.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// VR0107 `invalid-regex`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0107", name: "invalid-regex", severity: Severity::Error },
    docs: include_str!("../docs/VR0107.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        let Some(expression) = &variable.regex else { continue };
        if let Err(error) = regex::Regex::new(expression) {
            // The crate's text is a picture of several lines; the last one says why.
            let text = error.to_string();
            let why = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.place(expression.span),
                    format!("the regex of variable `{}` is none: {why}", variable.name),
                )
                .pointer(format!("/spec/variables/{index}/regex"))
                .help("expressions are RE2's: https://github.com/google/re2/wiki/Syntax"),
            );
        }
    }
}
