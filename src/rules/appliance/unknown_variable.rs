//! AP0202: a group or an appliance sets a variable that none of its profiles has.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// AP0202 `unknown-appliance-variable`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0202", name: "unknown-appliance-variable", severity: Severity::Warning },
    docs: include_str!("../docs/AP0202.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for given in super::given::all(workspace).into_iter().filter(|given| given.sure) {
        // Also those of other versions: a variable may be set before the version that has it comes.
        let versions = || given.profiles.iter().flat_map(|profile| workspace.versions(&profile.id));
        let known = || versions().flat_map(|profile| &profile.spec.variables).map(|v| v.name.as_str());
        for name in given.variables.keys() {
            if name.starts_with("system.") || known().any(|known| known == name) {
                continue;
            }
            let pointer = push_pointer("/spec/variables", name);
            let place = given.document.key_place(&pointer);
            let free = known().filter(|known| !given.variables.contains_key(*known));
            let near = closest(name, free);
            let finding = Diagnostic::new(
                RULE.lint,
                place.clone(),
                format!("{} sets `{name}`, a variable that none of its profiles has", given.what),
            )
            .pointer(pointer);
            out.push(match near {
                Some(near) => finding.help(format!("did you mean `{near}`?")).fix(Fix {
                    message: format!("rename it to `{near}`"),
                    safe: false,
                    edits: vec![Edit { span: place.span, replacement: near.to_owned() }],
                }),
                None => finding.help("take it away, or assign the profile that has it"),
            });
        }
    }
}
