//! VR0301: an option of a variable stands twice, or breaks the variable's own format or regex.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template;

/// VR0301 `invalid-option`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0301", name: "invalid-option", severity: Severity::Error },
    docs: include_str!("../docs/VR0301.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let document = &resolved.profile.document;
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        let regex = variable.regex.as_ref().map(|r| r.as_str());
        let mut first: HashMap<String, usize> = HashMap::new();
        for (number, option) in variable.options.iter().enumerate() {
            let pointer = |n: usize| format!("/spec/variables/{index}/options/{n}/value");
            let finding = |message: String| {
                Diagnostic::new(RULE.lint, document.place(&pointer(number)), message).pointer(pointer(number))
            };
            if let Err(why) = template::check_value(&option.value, variable.format, regex, &[]) {
                out.push(
                    finding(format!("an option of variable `{}` does not fit: {why}", variable.name)).help(
                        "nobody could choose it: correct the option, or the format or regex of the variable",
                    ),
                );
            }
            let text = template::scalar_text(&option.value).unwrap_or_default();
            if let Some(earlier) = first.insert(text.clone(), number) {
                out.push(
                    finding(format!("variable `{}` offers `{text}` twice", variable.name))
                        .related(document.place(&pointer(earlier)), "first here")
                        .help("take one of the two away"),
                );
            }
        }
    }
}
