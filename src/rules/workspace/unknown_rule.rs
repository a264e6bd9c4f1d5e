//! CF0004: `check.rules` names a rule that does not exist.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{self, Check, Context, Rule};
use crate::yaml::push_pointer;

/// CF0004 `unknown-rule`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0004", name: "unknown-rule", severity: Severity::Warning },
    docs: include_str!("../docs/CF0004.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(config) = cx.workspace.map(|w| &w.config) else { return };
    let Some(document) = &config.document else { return };
    for name in config.spec.check.rules.keys() {
        if rules::find(name).is_some() {
            continue;
        }
        let pointer = push_pointer("/spec/check/rules", name);
        let near = closest(name, rules::all().flat_map(|(lint, _)| [lint.code, lint.name]));
        out.push(
            Diagnostic::new(RULE.lint, document.key_place(&pointer), format!("there is no rule `{name}`"))
                .pointer(pointer)
                .help(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`edgewright explain` lists the rules".to_owned(),
                }),
        );
    }
}
