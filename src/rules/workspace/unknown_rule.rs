//! CF0004: `spec.check` names a rule that does not exist.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
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
    let check = &config.spec.check;
    let everywhere = check.rules.keys().map(|name| ("/spec/check/rules".to_owned(), name));
    let somewhere = check.overrides.iter().enumerate().flat_map(|(index, over)| {
        over.rules.keys().map(move |name| (format!("/spec/check/overrides/{index}/rules"), name))
    });
    for (parent, name) in everywhere.chain(somewhere) {
        if rules::find(name).is_some() {
            continue;
        }
        let pointer = push_pointer(&parent, name);
        let place = document.key_place(&pointer);
        let span = place.span;
        let found = Diagnostic::new(RULE.lint, place, format!("there is no rule `{name}`")).pointer(pointer);
        out.push(match closest(name, rules::names()) {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(Fix {
                message: format!("rename it to `{near}`"),
                safe: false,
                edits: vec![Edit { span, replacement: near.to_owned() }],
            }),
            None => found.help("`edgewright explain` lists the rules"),
        });
    }
}
