//! VR0305: a reference stands where none is replaced.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template;
use crate::yaml::{Node, push_pointer};

/// VR0305 `reference-not-replaced`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0305", name: "reference-not-replaced", severity: Severity::Error },
    docs: include_str!("../docs/VR0305.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let document = &resolved.profile.document;
    for (index, variable) in resolved.profile.spec.variables.iter().enumerate() {
        let at = format!("/spec/variables/{index}");
        for field in ["default", "regex", "options"] {
            judge(
                document.at(&format!("{at}/{field}")),
                &format!("{at}/{field}"),
                &format!("`{field}` of variable `{}`", variable.name),
                0,
                out,
            );
        }
    }
    for (index, layer) in resolved.profile.spec.layers.iter().enumerate() {
        let at = format!("/spec/layers/{index}");
        for field in [
            "pack",
            "chart",
            "manifests",
            "presets",
            "displayName",
            "namespaceLabels",
            "namespaceAnnotations",
        ] {
            judge(
                document.at(&format!("{at}/{field}")),
                &format!("{at}/{field}"),
                &format!("`{field}` of layer `{}`", layer.name),
                0,
                out,
            );
        }
        // `values` as text is the path of a file.
        let path = document.at(&format!("{at}/values")).filter(|node| node.scalar().is_some());
        judge(
            path,
            &format!("{at}/values"),
            &format!("the path of the values of layer `{}`", layer.name),
            0,
            out,
        );
    }
}

/// Tells of references in the scalars and keys of a part of `profile.yaml`.
fn judge(node: Option<Node<'_>>, pointer: &str, what: &str, depth: usize, out: &mut Vec<Diagnostic>) {
    let Some(node) = node.filter(|node| !node.is_alias() && depth < 16) else { return };
    if let Some(text) = node.text() {
        for reference in template::references(text) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    node.place(),
                    format!(
                        "no reference is replaced in {what}: `{}` stays as it is",
                        &text[reference.range.clone()]
                    ),
                )
                .pointer(pointer)
                .help(
                    "references are replaced in the values and manifests of layers; write here what is meant",
                ),
            );
        }
        return;
    }
    for entry in node.entries() {
        judge(Some(entry.key), pointer, what, depth + 1, out);
        judge(
            Some(entry.value),
            &push_pointer(pointer, entry.key.text().unwrap_or_default()),
            what,
            depth + 1,
            out,
        );
    }
    for (index, item) in node.items().enumerate() {
        judge(Some(item), &format!("{pointer}/{index}"), what, depth + 1, out);
    }
}
