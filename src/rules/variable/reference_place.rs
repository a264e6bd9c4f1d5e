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

/// Fields of a variable in which nothing is replaced.
const OF_VARIABLE: &[&str] = &["default", "regex", "options"];
/// Fields of a layer in which nothing is replaced.
const OF_LAYER: &[&str] =
    &["pack", "chart", "manifests", "presets", "displayName", "namespaceLabels", "namespaceAnnotations"];

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(spec) = resolved.profile.document.at("/spec") else { return };
    let variables = spec.get("variables").into_iter().flat_map(Node::items);
    for (index, (node, variable)) in variables.zip(&resolved.profile.spec.variables).enumerate() {
        for (field, node) in fields(resolved, node, OF_VARIABLE) {
            let pointer = format!("/spec/variables/{index}/{field}");
            judge(node, &pointer, &format!("`{field}` of variable `{}`", variable.name), 0, out);
        }
    }
    let layers = spec.get("layers").into_iter().flat_map(Node::items);
    for (index, (node, layer)) in layers.zip(&resolved.profile.spec.layers).enumerate() {
        for (field, node) in fields(resolved, node, OF_LAYER) {
            let pointer = format!("/spec/layers/{index}/{field}");
            judge(node, &pointer, &format!("`{field}` of layer `{}`", layer.name), 0, out);
        }
        // `values` as text is the path of a file.
        let path = fields(resolved, node, &["values"]).filter(|(_, node)| node.scalar().is_some());
        for (field, node) in path {
            let pointer = format!("/spec/layers/{index}/{field}");
            judge(node, &pointer, &format!("the path of the values of layer `{}`", layer.name), 0, out);
        }
    }
}

/// The fields of these names in which a reference may stand: hardly any.
fn fields<'a>(
    resolved: &'a ResolvedProfile,
    node: Node<'a>,
    names: &'static [&'static str],
) -> impl Iterator<Item = (&'static str, Node<'a>)> {
    node.entries().filter_map(move |entry| {
        let name = names.iter().find(|name| entry.key.text() == Some(name))?;
        let written = resolved.profile.file.slice(entry.value.span());
        written.contains("{{").then_some((*name, entry.value))
    })
}

/// Tells of references in the scalars and keys of a part of `profile.yaml`.
fn judge(node: Node<'_>, pointer: &str, what: &str, depth: usize, out: &mut Vec<Diagnostic>) {
    if node.is_alias() || depth == 16 {
        return;
    }
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
        judge(entry.key, pointer, what, depth + 1, out);
        judge(
            entry.value,
            &push_pointer(pointer, entry.key.text().unwrap_or_default()),
            what,
            depth + 1,
            out,
        );
    }
    for (index, item) in node.items().enumerate() {
        judge(item, &format!("{pointer}/{index}"), what, depth + 1, out);
    }
}
