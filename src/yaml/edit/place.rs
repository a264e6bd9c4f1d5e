//! Where a pointer leads in the text: the node, its siblings, and what stands around them.

use super::EditError;
use crate::yaml::pointer::pointer_parts;
use crate::yaml::scan::{line_start, skip_trivia};
use crate::yaml::tree::{Document, Kind, Node, Style};

/// The entries of a mapping or the items of a sequence.
pub(super) fn children(parent: Node<'_>) -> impl Iterator<Item = (Option<Node<'_>>, Node<'_>)> {
    parent.entries().map(|e| (Some(e.key), e.value)).chain(parent.items().map(|item| (None, item)))
}

pub(super) fn end_of(node: Node<'_>, lead: Option<usize>) -> usize {
    (node.span().end as usize).max(lead.unwrap_or(0))
}

/// Only an empty collection of the right kind, or nothing, can be replaced by one with a first child.
pub(super) fn check_empty(node: Node<'_>, wanted: Kind, pointer: &str) -> Result<(), EditError> {
    let nothing = matches!(node.scalar(), Some(("" | "~" | "null" | "Null" | "NULL", Style::Plain)));
    if nothing || (node.kind() == wanted && node.unquoted_template().is_none()) {
        return Ok(());
    }
    Err(EditError::Kind(pointer.to_owned(), if wanted == Kind::Map { "mapping" } else { "list" }))
}

/// A node on the way of a pointer.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) node: Node<'a>,
    /// Whether it is the document itself.
    pub(super) root: bool,
    /// Where the line of its key or dash ends for it: behind the colon or the dash; `None` for a root, or a key alone.
    pub(super) lead: Option<usize>,
    /// Its place among its siblings.
    pub(super) index: usize,
    /// Whether it stands inside a flow collection.
    pub(super) flow: bool,
    /// Column of its parent's entries.
    pub(super) indent: usize,
}

/// A document's text, and what a pointer leads to.
pub(super) struct Context<'a> {
    pub(super) text: &'a str,
    pub(super) newline: &'static str,
    pub(super) parent: Option<Node<'a>>,
    pub(super) found: Option<Found<'a>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(document: &'a Document, pointer: &str) -> Result<Self, EditError> {
        let text = document.file().text();
        let crlf = text.find('\n').is_some_and(|at| at > 0 && text.as_bytes()[at - 1] == b'\r');
        let newline = if crlf { "\r\n" } else { "\n" };
        let root = Found { node: document.root(), root: true, lead: None, index: 0, flow: false, indent: 0 };
        let mut cx = Self { text, newline, parent: None, found: Some(root) };
        for part in pointer_parts(pointer) {
            let Some(above) = cx.found else { return Err(EditError::Missing(pointer.to_owned())) };
            if above.node.is_alias() {
                return Err(EditError::Alias(pointer.to_owned()));
            }
            cx.parent = Some(above.node);
            cx.found = cx.child(above, &part);
        }
        Ok(cx)
    }

    /// The node that a child is to be added to.
    pub(super) fn collection(&self, pointer: &str) -> Result<Found<'a>, EditError> {
        match self.found {
            Some(found) if found.node.is_alias() => Err(EditError::Alias(pointer.to_owned())),
            found => found.ok_or_else(|| EditError::Missing(pointer.to_owned())),
        }
    }

    pub(super) fn child(&self, above: Found<'a>, part: &str) -> Option<Found<'a>> {
        let parent = above.node;
        let flow = above.flow || self.is_flow(parent);
        let (index, node, lead) = match parent.kind() {
            Kind::Map => {
                let (index, entry) =
                    parent.entries().enumerate().find(|(_, e)| e.key.text() == Some(part))?;
                (index, entry.value, self.colon(entry.key))
            }
            Kind::Seq => {
                let index: usize = part.parse().ok()?;
                let node = parent.items().nth(index)?;
                let dash = if flow { None } else { self.starts(parent).get(index).map(|dash| dash + 1) };
                (index, node, dash)
            }
            Kind::Scalar => return None,
        };
        let indent = self.starts(parent).first().map_or(0, |first| self.column(*first));
        Some(Found { node, root: false, lead, index, flow, indent })
    }

    /// Behind the colon of a key; `None` where a flow mapping's key has none.
    pub(super) fn colon(&self, key: Node<'a>) -> Option<usize> {
        let at = skip_trivia(self.text, key.span().end as usize);
        (self.text.as_bytes().get(at) == Some(&b':')).then_some(at + 1)
    }

    pub(super) fn is_flow(&self, node: Node<'_>) -> bool {
        !node.is_alias()
            && node.kind() != Kind::Scalar
            && matches!(self.text.as_bytes().get(node.span().start as usize), Some(b'{' | b'['))
            // A block mapping's first key may itself be a flow collection; then that key starts where the mapping does.
            && node.entries().next().is_none_or(|entry| entry.key.span().start != node.span().start)
    }

    /// Where each entry or item starts: at its dash, its `?`, its properties or its key.
    pub(super) fn starts(&self, parent: Node<'a>) -> Vec<usize> {
        let flow = self.is_flow(parent);
        let start = parent.span().start as usize;
        let mut at = if flow { skip_trivia(self.text, start + 1) } else { start };
        let mut starts = Vec::new();
        for (key, value) in children(parent) {
            starts.push(at);
            let mut next = skip_trivia(self.text, end_of(value, key.and_then(|key| self.colon(key))));
            if flow && self.text.as_bytes().get(next) == Some(&b',') {
                next = skip_trivia(self.text, next + 1);
            }
            at = next;
        }
        starts
    }

    /// The end of an entry or an item, its colon included.
    pub(super) fn child_end(&self, parent: Node<'a>, index: usize) -> usize {
        let child = children(parent).nth(index);
        child.map_or(0, |(key, value)| end_of(value, key.and_then(|key| self.colon(key))))
    }

    /// Column of an offset, in characters from 0.
    pub(super) fn column(&self, offset: usize) -> usize {
        self.text[line_start(self.text, offset)..offset].chars().count()
    }
}
