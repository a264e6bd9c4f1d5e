//! KU0304: an object says a namespace although its kind lies in none.

use super::at;
use super::objects::Objects;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};

/// KU0304 `namespace-without-use`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0304", name: "namespace-without-use", severity: Severity::Info },
    docs: include_str!("../docs/KU0304.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    for object in objects.list {
        let Some(node) = object.root().at("/metadata/namespace") else { continue };
        if node.text().is_some_and(|text| !text.is_empty()) && objects.namespaced(object) == Some(false) {
            let message = format!("a {} lies in no namespace: this says nothing", object.kind());
            let finding = at(RULE.lint, object, node, "/metadata/namespace", message);
            out.push(
                finding.help(
                    "take `namespace` away; `kubectl` and Helm pass over it, stricter clients refuse it",
                ),
            );
        }
    }
}
