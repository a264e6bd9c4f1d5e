//! VR0104: the default of a variable breaks its own format, regex or options.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template;

/// VR0104 `invalid-default`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0104", name: "invalid-default", severity: Severity::Error },
    docs: include_str!("../docs/VR0104.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        let Some(default) = &variable.default else { continue };
        let regex = variable.regex.as_ref().map(|r| r.as_str());
        let options: Vec<_> = variable.options.iter().map(|o| o.value.clone()).collect();
        if let Err(why) = template::check_value(&default.value, variable.format, regex, &options) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    resolved.profile.place(default.span),
                    format!("the default of variable `{}` does not fit: {why}", variable.name),
                )
                .pointer(format!("/spec/variables/{index}/default"))
                .help("correct the default, or the format, regex or options of the variable"),
            );
        }
    }
}
