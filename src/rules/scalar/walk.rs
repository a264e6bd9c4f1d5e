//! One walk over a document, past aliases: every key and every scalar once.

use super::{ambiguous, merge, version};
use crate::diagnostics::Diagnostic;
use crate::yaml::{Entry, Node, push_pointer};

/// Where a node is: what leads to it is spelled out only for what is found.
#[derive(Clone, Copy)]
pub(super) struct Way<'w> {
    above: Option<&'w Way<'w>>,
    part: Part<'w>,
}

#[derive(Clone, Copy)]
enum Part<'w> {
    Start(&'w str),
    Key(&'w str),
    Index(usize),
}

impl Way<'_> {
    /// JSON pointer of the node.
    pub(super) fn pointer(&self) -> String {
        let above = self.above.map_or_else(String::new, Way::pointer);
        match self.part {
            Part::Start(pointer) => pointer.to_owned(),
            Part::Key(key) => push_pointer(&above, key),
            Part::Index(index) => format!("{above}/{index}"),
        }
    }

    /// The key that the node is the value of, or an item below.
    pub(super) fn key(&self) -> Option<&str> {
        match self.part {
            Part::Start(_) => None,
            Part::Key(key) => Some(key),
            Part::Index(_) => self.above.and_then(Way::key),
        }
    }
}

/// Judges a node and all below it; `pointer` leads to it.
pub(super) fn judge(node: Node<'_>, pointer: &str, out: &mut Vec<Diagnostic>) {
    below(node, &Way { above: None, part: Part::Start(pointer) }, out);
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
        let way = Way { above: Some(way), part: Part::Key(name) };
        if !key.is_alias() {
            ambiguous::key(key, &way, out);
        }
        below(value, &way, out);
    }
    for (index, item) in node.items().enumerate() {
        below(item, &Way { above: Some(way), part: Part::Index(index) }, out);
    }
}
