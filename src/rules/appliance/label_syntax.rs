//! AP0208: a label that Kubernetes would refuse.

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::profile::{key_fault, label_value_fault};
use crate::rules::{Check, Context, Rule};
use crate::yaml::{Document, push_pointer};

/// AP0208 `label-syntax`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0208", name: "label-syntax", severity: Severity::Warning },
    docs: include_str!("../docs/AP0208.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for appliance in &workspace.appliances {
        judge(&appliance.document, "/metadata/labels", &appliance.labels, out);
    }
    for group in &workspace.groups {
        judge(&group.document, "/spec/selector/matchLabels", &group.spec.selector.match_labels, out);
    }
}

fn judge(document: &Document, pointer: &str, labels: &IndexMap<String, String>, out: &mut Vec<Diagnostic>) {
    for (key, value) in labels {
        let pointer = push_pointer(pointer, key);
        let (place, message) = match (key_fault(key), label_value_fault(value)) {
            (Some(why), _) => (document.key_place(&pointer), format!("`{key}` is no key of a label: {why}")),
            (None, Some(why)) => {
                (document.place(&pointer), format!("`{value}` is no value of a label: {why}"))
            }
            (None, None) => continue,
        };
        out.push(
            Diagnostic::new(RULE.lint, place, message)
                .pointer(pointer)
                .help("labels are those of Kubernetes: `name` or `domain/name`, and at most 63 letters, digits, `-`, `_`, `.`"),
        );
    }
}
