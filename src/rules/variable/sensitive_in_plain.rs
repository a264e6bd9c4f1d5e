//! VR0309: a sensitive variable ends up where everybody may read it.

use std::collections::HashSet;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::{self, ReferenceKind};
use crate::yaml::{self, Node};

/// VR0309 `sensitive-in-plain`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0309", name: "sensitive-in-plain", severity: Severity::Warning },
    docs: include_str!("../docs/VR0309.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let variables = resolved.profile.spec.variables.iter();
    let sensitive: HashSet<&str> = variables.filter(|v| v.sensitive).map(|v| v.name.as_str()).collect();
    if sensitive.is_empty() {
        return;
    }
    for manifest in resolved.layers.iter().flat_map(|layer| &layer.manifests) {
        if manifest.templated || !manifest.file.text().contains("{{") {
            continue;
        }
        for document in yaml::parse(&manifest.file).documents {
            let root = document.root();
            if root.get("kind").and_then(Node::text) == Some("ConfigMap") {
                let data = ["data", "binaryData"].into_iter().filter_map(|key| root.get(key));
                for node in data.flat_map(Node::entries).map(|entry| entry.value) {
                    tell(node, &sensitive, "a ConfigMap", out);
                }
            } else {
                environment(root, &sensitive, 0, out);
            }
        }
    }
}

/// Looks for `env: [{ name, value }]` of containers.
fn environment(node: Node<'_>, sensitive: &HashSet<&str>, depth: usize, out: &mut Vec<Diagnostic>) {
    if node.is_alias() || depth > 64 {
        return;
    }
    for entry in node.entries() {
        if entry.key.text() == Some("env") {
            for value in entry.value.items().filter_map(|item| item.get("value")) {
                tell(value, sensitive, "the environment of a container", out);
            }
        }
        environment(entry.value, sensitive, depth + 1, out);
    }
    node.items().for_each(|item| environment(item, sensitive, depth + 1, out));
}

fn tell(node: Node<'_>, sensitive: &HashSet<&str>, place: &str, out: &mut Vec<Diagnostic>) {
    for reference in template::references(node.text().unwrap_or_default()) {
        if reference.kind == ReferenceKind::Var && sensitive.contains(reference.name.as_str()) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    node.place(),
                    format!("sensitive variable `{}` stands in clear in {place}", reference.name),
                )
                .help("put it into a Secret, and refer to that (`secretKeyRef`, a volume)"),
            );
        }
    }
}
