//! One walk over a document, past aliases: every key and every scalar once.

use super::{ambiguous, merge, version};
use crate::diagnostics::Diagnostic;
use crate::rules::way::Way;
use crate::yaml::{Entry, Node};

/// Judges a node and all below it; `pointer` leads to it.
pub(super) fn judge(node: Node<'_>, pointer: &str, out: &mut Vec<Diagnostic>) {
    below(node, &Way::from(pointer), out);
}

/// Recursion is bounded: the parser stops at 256 levels.
fn below(node: Node<'_>, way: &Way<'_>, out: &mut Vec<Diagnostic>) {
    if node.is_alias() || node.unquoted_template().is_some() {
        return;
    }
    if node.scalar().is_some() {
        if !version::judge(node, way, out) {
            ambiguous::value(node, way, out);
        }
        return;
    }
    merge::judge(node, way, out);
    for Entry { key, value } in node.entries() {
        let name = key.text().unwrap_or_default();
        let way = way.key_of(name);
        if !key.is_alias() {
            ambiguous::key(key, &way, out);
        }
        below(value, &way, out);
    }
    for (index, item) in node.items().enumerate() {
        below(item, &way.item(index), out);
    }
}
