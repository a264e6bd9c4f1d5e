//! AP0203: a group or an appliance gives a variable a value that the profile does not allow.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::template;
use crate::yaml::push_pointer;

/// AP0203 `invalid-variable-value`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0203", name: "invalid-variable-value", severity: Severity::Error },
    docs: include_str!("../docs/AP0203.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for given in super::given::all(workspace) {
        for (name, value) in given.variables {
            if super::given::encrypted(&value.value) {
                continue;
            }
            for profile in &given.profiles {
                let Some(variable) = profile.spec.variables.iter().find(|v| v.name.value == *name) else {
                    continue;
                };
                let regex = variable.regex.as_ref().map(|r| r.as_str());
                let options: Vec<_> = variable.options.iter().map(|o| o.value.clone()).collect();
                let Err(why) = template::check_value(&value.value, variable.format, regex, &options) else {
                    continue;
                };
                // What is sensitive is not repeated.
                let why = if variable.sensitive { "it breaks its format or regex".to_owned() } else { why };
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        Place::new(given.document.file(), value.span),
                        format!("the value of `{name}` does not fit {}: {why}", profile.label()),
                    )
                    .pointer(push_pointer("/spec/variables", name))
                    .related(profile.place(variable.name.span), "the variable")
                    .help("appliances refuse to apply the profile with it: correct the value"),
                );
                break;
            }
        }
    }
}
