//! AP0106: a required variable without a default has no value for an appliance.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0106 `missing-variable`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0106", name: "missing-variable", severity: Severity::Error },
    docs: include_str!("../docs/AP0106.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in &workspace.appliances {
        let settings = workspace.settings(appliance);
        for (id, assigned) in &settings.profiles {
            let Some(profile) = super::assigned_version(workspace, id, &assigned.value) else { continue };
            for variable in &profile.spec.variables {
                let missing = variable.required
                    && !variable.sensitive
                    && variable.default.is_none()
                    && !settings.variables.contains_key(&variable.name.value);
                if missing {
                    out.push(
                        Diagnostic::new(
                            RULE.lint,
                            Place::new(appliance.document.file(), appliance.name.span),
                            format!(
                                "appliance `{}` has no value for `{}` of {}",
                                appliance.name, variable.name, profile.id
                            ),
                        )
                        .related(profile.place(variable.name.span), "required here")
                        .help("set it under `spec.variables` of the appliance or of one of its groups"),
                    );
                }
            }
        }
    }
}
