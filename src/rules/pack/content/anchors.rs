//! PK0213: values.yaml has anchors or merge keys.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::{Kind, Node};

/// PK0213 `values-anchors`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0213", name: "values-anchors", severity: Severity::Info },
    docs: include_str!("../../docs/PK0213.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let Some(document) = &judged.pack.values else { return };
    let mut aliases = aliases(document.root());
    aliases.sort_by_key(|node| node.span().start);
    let Some(first) = aliases.first() else { return };
    let more = match aliases.len() {
        1 => String::new(),
        n => format!(", and {} more", n - 1),
    };
    out.push(
        Diagnostic::new(
            RULE.lint,
            first.place(),
            format!(
                "the value is that of an anchor{more}: who overrides the one does not override the other"
            ),
        )
        .help("write the values out; editors that rewrite the file lose anchors as well"),
    );
}

/// All aliases of a document. The walk keeps its own stack.
fn aliases(root: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut rest = vec![root];
    while let Some(node) = rest.pop() {
        if node.is_alias() {
            found.push(node);
            continue;
        }
        match node.kind() {
            Kind::Map => rest.extend(node.entries().map(|entry| entry.value)),
            Kind::Seq => rest.extend(node.items()),
            Kind::Scalar => {}
        }
    }
    found
}
