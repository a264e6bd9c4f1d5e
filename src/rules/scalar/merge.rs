//! YA0103: a merge key behind a key that it overwrites.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::way::Way;
use crate::yaml::{Kind, Node, Style};

/// YA0103 `merge-overwrites`; documentation beside the rules.
pub(in crate::rules) const MERGE_OVERWRITES: Lint =
    Lint { code: "YA0103", name: "merge-overwrites", severity: Severity::Warning };

/// Keys of merged maps that are looked at for one map: a hostile file must not cost its square.
const MOST: usize = 1_000;

/// Judges a mapping.
pub(super) fn judge(node: Node<'_>, way: &Way<'_>, out: &mut Vec<Diagnostic>) {
    let is_merge = |key: Node<'_>| key.scalar() == Some(("<<", Style::Plain));
    let Some(first) = node.entries().position(|entry| is_merge(entry.key)).filter(|at| *at > 0) else {
        return;
    };
    let mut before: HashMap<&str, Node<'_>> = HashMap::new();
    for (index, entry) in node.entries().enumerate() {
        if index < first || !is_merge(entry.key) {
            if let Some(name) = entry.key.text() {
                before.insert(name, entry.key);
            }
            continue;
        }
        let list = entry.value.kind() == Kind::Seq;
        let sources: Vec<Node<'_>> = if list { entry.value.items().collect() } else { vec![entry.value] };
        let merged = sources.into_iter().flat_map(Node::entries).take(MOST);
        for source in merged {
            let Some(name) = source.key.text().filter(|name| *name != "<<") else { continue };
            let Some(key) = before.remove(name) else { continue };
            out.push(
                Diagnostic::new(
                    MERGE_OVERWRITES,
                    key.place(),
                    format!("`{name}` is overwritten by the merge below it"),
                )
                .pointer(format!("{}/{name}", way.pointer()))
                .related(entry.key.place(), "merged here")
                .related(source.key.place(), "with this value")
                .help("Helm and Kubernetes go by the order of the text: put `<<` before the keys that are to win"),
            );
        }
    }
}
