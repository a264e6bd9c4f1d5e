//! Edits that keep comments: replacements of bytes, so that every line they do not touch stays as it is.
//!
//! Each function looks at a [`Document`] and returns edits for its file's text; [`apply`] makes them. Edits of one
//! document may be applied together when they touch different entries; else read the text again in between.

use serde_json::{Value, json};

use super::scan::{line_end, line_start, skip_trivia, word_end};
use super::tree::{Document, Kind, Node, Style, pointer_parts, push_pointer};
use super::write::{self, After};
use crate::diagnostics::Edit;
use crate::source::Span;

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Nothing stands at the pointer.
    #[error("nothing stands at `{0}`")]
    Missing(String),
    /// The node is no collection of the kind that is wanted.
    #[error("`{0}` is not a {1}")]
    Kind(String, &'static str),
    /// The mapping has the key already.
    #[error("`{0}` is there already")]
    Exists(String),
    /// An edit would change every place that an alias copies to.
    #[error("`{0}` stands behind an alias; edit the anchor, or write the value out")]
    Alias(String),
}

/// Makes edits to a text. Of two that overlap the one that starts first is made.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let Some(kept) = text.get(at..edit.span.start as usize) else { continue };
        out.push_str(kept);
        out.push_str(&edit.replacement);
        at = (edit.span.end as usize).max(at);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Gives the node at `pointer` another value. A key that its mapping does not have yet is added at its end.
///
/// A comment behind the value stays; comments inside a collection that is replaced go with it. An anchor stays, a tag
/// goes.
pub fn set(document: &Document, pointer: &str, value: &Value) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let Some(found) = cx.found else {
        return match pointer.rsplit_once('/') {
            Some((parent, key)) if cx.parent.is_some_and(|p| p.kind() == Kind::Map) => {
                let key = key.replace("~1", "/").replace("~0", "~");
                insert_entry(document, parent, &key, value)
            }
            _ => Err(EditError::Missing(pointer.to_owned())),
        };
    };
    Ok(cx.replace(found, value))
}

/// Adds an entry at the end of the mapping at `pointer`; the mapping may be empty or nothing at all.
pub fn insert_entry(
    document: &Document,
    pointer: &str,
    key: &str,
    value: &Value,
) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let found = cx.collection(pointer)?;
    if found.node.entry(key).is_some() {
        return Err(EditError::Exists(push_pointer(pointer, key)));
    }
    if found.node.entries().next().is_none() || found.node.unquoted_template().is_some() {
        check_empty(found.node, Kind::Map, pointer)?;
        return Ok(cx.replace(found, &json!({ key: value })));
    }
    let starts = cx.starts(found.node);
    let mut entry = String::new();
    if found.flow || cx.is_flow(found.node) {
        write::flow_entry(&mut entry, key, value);
        return Ok(cx.append_flow(found.node, &starts, &entry));
    }
    let indent = cx.column(starts[0]);
    write::entry(&mut entry, key, value, indent);
    Ok(cx.append_block(found.node, indent, &entry))
}

/// Adds an item at the end of the sequence at `pointer`; the sequence may be empty or nothing at all.
pub fn append_item(document: &Document, pointer: &str, value: &Value) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let found = cx.collection(pointer)?;
    if found.node.items().next().is_none() {
        check_empty(found.node, Kind::Seq, pointer)?;
        return Ok(cx.replace(found, &json!([value])));
    }
    let mut item = String::new();
    if found.flow || cx.is_flow(found.node) {
        write::flow(&mut item, value, true);
        return Ok(cx.append_flow(found.node, &cx.starts(found.node), &item));
    }
    let indent = cx.column(found.node.span().start as usize);
    item.push('-');
    write::node(&mut item, value, indent, After::Dash);
    Ok(cx.append_block(found.node, indent, &item))
}

/// Takes out the entry or item at `pointer`, with its own lines and the comment behind it. The last one leaves `{}` or
/// `[]`.
pub fn remove(document: &Document, pointer: &str) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let (Some(found), Some(parent)) = (cx.found, cx.parent) else {
        return Err(EditError::Missing(pointer.to_owned()));
    };
    let starts = cx.starts(parent);
    if starts.len() == 1 {
        let empty = if parent.kind() == Kind::Map { json!({}) } else { json!([]) };
        let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
        return set(document, above, &empty);
    }
    let index = found.index;
    let start = starts[index];
    let end = end_of(found.node, found.lead);
    if found.flow {
        let span = match starts.get(index + 1) {
            Some(next) => Span::new(start, *next),
            None => Span::new(cx.child_end(parent, index - 1), end),
        };
        return Ok(vec![Edit { span, replacement: String::new() }]);
    }
    Ok(vec![cx.remove_lines(parent, index, &starts, end)])
}

/// The entries of a mapping or the items of a sequence.
fn children(parent: Node<'_>) -> impl Iterator<Item = (Option<Node<'_>>, Node<'_>)> {
    parent.entries().map(|e| (Some(e.key), e.value)).chain(parent.items().map(|item| (None, item)))
}

fn end_of(node: Node<'_>, lead: Option<usize>) -> usize {
    (node.span().end as usize).max(lead.unwrap_or(0))
}

/// Only an empty collection of the right kind, or nothing, can be replaced by one with a first child.
fn check_empty(node: Node<'_>, wanted: Kind, pointer: &str) -> Result<(), EditError> {
    let nothing = matches!(node.scalar(), Some(("" | "~" | "null" | "Null" | "NULL", Style::Plain)));
    if nothing || (node.kind() == wanted && node.unquoted_template().is_none()) {
        return Ok(());
    }
    Err(EditError::Kind(pointer.to_owned(), if wanted == Kind::Map { "mapping" } else { "list" }))
}

/// The bracket that closes a flow collection.
fn close(node: Node<'_>) -> usize {
    node.span().end as usize - 1
}

/// A node on the way of a pointer.
#[derive(Clone, Copy)]
struct Found<'a> {
    node: Node<'a>,
    /// Where the line of its key or dash ends for it: behind the colon or the dash; `None` for a root.
    lead: Option<usize>,
    /// Its place among its siblings.
    index: usize,
    /// Whether it stands inside a flow collection.
    flow: bool,
    /// Column of its parent's entries.
    indent: usize,
}

/// A document's text, and what a pointer leads to.
struct Context<'a> {
    text: &'a str,
    newline: &'static str,
    parent: Option<Node<'a>>,
    found: Option<Found<'a>>,
}

impl<'a> Context<'a> {
    fn new(document: &'a Document, pointer: &str) -> Result<Self, EditError> {
        let text = document.file().text();
        let crlf = text.find('\n').is_some_and(|at| at > 0 && text.as_bytes()[at - 1] == b'\r');
        let newline = if crlf { "\r\n" } else { "\n" };
        let root = Found { node: document.root(), lead: None, index: 0, flow: false, indent: 0 };
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
    fn collection(&self, pointer: &str) -> Result<Found<'a>, EditError> {
        match self.found {
            Some(found) if found.node.is_alias() => Err(EditError::Alias(pointer.to_owned())),
            found => found.ok_or_else(|| EditError::Missing(pointer.to_owned())),
        }
    }

    fn child(&self, above: Found<'a>, part: &str) -> Option<Found<'a>> {
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
        Some(Found { node, lead, index, flow, indent })
    }

    /// Behind the colon of a key; `None` where a flow mapping's key has none.
    fn colon(&self, key: Node<'a>) -> Option<usize> {
        let at = skip_trivia(self.text, key.span().end as usize);
        (self.text.as_bytes().get(at) == Some(&b':')).then_some(at + 1)
    }

    fn is_flow(&self, node: Node<'_>) -> bool {
        !node.is_alias()
            && node.kind() != Kind::Scalar
            && matches!(self.text.as_bytes().get(node.span().start as usize), Some(b'{' | b'['))
            // A block mapping's first key may itself be a flow collection; then that key starts where the mapping does.
            && node.entries().next().is_none_or(|entry| entry.key.span().start != node.span().start)
    }

    /// Where each entry or item starts: at its dash, its `?`, its properties or its key.
    fn starts(&self, parent: Node<'a>) -> Vec<usize> {
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
    fn child_end(&self, parent: Node<'a>, index: usize) -> usize {
        let child = children(parent).nth(index);
        child.map_or(0, |(key, value)| end_of(value, key.and_then(|key| self.colon(key))))
    }

    /// Column of an offset, in characters from 0.
    fn column(&self, offset: usize) -> usize {
        self.text[line_start(self.text, offset)..offset].chars().count()
    }

    fn edit(&self, start: usize, end: usize, replacement: &str) -> Edit {
        let replacement = if self.newline == "\n" {
            replacement.to_owned()
        } else {
            replacement.replace('\n', self.newline)
        };
        Edit { span: Span::new(start, end), replacement }
    }

    /// Replaces a value that is there, or absent.
    fn replace(&self, found: Found<'_>, value: &Value) -> Vec<Edit> {
        let span = found.node.span();
        let end = end_of(found.node, found.lead);
        let mut new = String::new();
        if found.flow {
            write::flow(&mut new, value, true);
            return vec![match found.lead {
                // A key without a colon.
                None if span.start == span.end => self.edit(end, end, &format!(": {new}")),
                Some(lead) => self.edit(lead, end, &format!(" {}{new}", self.anchor(lead, span))),
                None => self.edit(span.start as usize, end, &new),
            }];
        }
        let Some(lead) = found.lead else {
            write::node(&mut new, value, 0, After::Nothing);
            return vec![self.edit(span.start as usize, end, &new)];
        };
        let anchor = self.anchor(lead, span);
        // Behind `- &a` a mapping starts on the next line: on the same one the anchor would be its first key's.
        let dash = self.text.as_bytes()[lead - 1] == b'-' && anchor.is_empty();
        write::node(&mut new, value, found.indent, if dash { After::Dash } else { After::Colon });
        let (head, body) = new.split_at(new.find('\n').unwrap_or(new.len()));
        let head = if anchor.is_empty() { head.to_owned() } else { format!(" {}{head}", anchor.trim_end()) };
        let key_line_end = line_end(self.text, lead);
        if span.start as usize <= key_line_end {
            let value_line_end = line_end(self.text, end);
            let comment = !self.text[end..value_line_end].trim().is_empty();
            if comment && !body.is_empty() {
                return vec![self.edit(lead, end, &head), self.edit(value_line_end, value_line_end, body)];
            }
            return vec![self.edit(lead, end, &format!("{head}{body}"))];
        }
        // The value starts on a line of its own: what stands behind the colon, a comment, stays.
        let behind = skip_inline_properties(self.text, lead);
        let end = if body.is_empty() { end } else { line_end(self.text, end) };
        vec![self.edit(lead, behind, &head), self.edit(key_line_end, end, body)]
    }

    /// The anchor among the properties between `lead` and a value, with a space behind it.
    fn anchor(&self, lead: usize, value: Span) -> String {
        let properties = self.text.get(lead..value.start as usize).unwrap_or_default();
        let words = properties
            .lines()
            .flat_map(|line| line.split_whitespace().take_while(|word| !word.starts_with('#')));
        words
            .into_iter()
            .find(|word| word.starts_with('&'))
            .map_or_else(String::new, |word| format!("{word} "))
    }

    /// Adds a written entry or item to a flow collection with children.
    fn append_flow(&self, node: Node<'a>, starts: &[usize], new: &str) -> Vec<Edit> {
        let last = starts.len() - 1;
        let end = self.child_end(node, last);
        if !self.is_flow(node) {
            // `[a: 1]`: a mapping of one entry that has no braces.
            let start = node.span().start as usize;
            return vec![self.edit(start, start, "{"), self.edit(end, end, &format!(", {new}}}"))];
        }
        let pad = &self.text[line_start(self.text, starts[last])..starts[last]];
        let own_line = starts[last] != starts[0] && pad.trim().is_empty() || {
            let open = node.span().start as usize;
            pad.trim().is_empty() && self.text[open..starts[0]].contains('\n')
        };
        let lead = if own_line { format!("\n{pad}") } else { " ".to_owned() };
        let comma = skip_trivia(self.text, end);
        if self.text.as_bytes().get(comma) != Some(&b',') {
            if !own_line {
                return vec![self.edit(end, end, &format!(", {new}"))];
            }
            // A comment behind the last one stays behind it.
            let line = line_end(self.text, end).min(close(node));
            let line = if self.text[end..line].trim_start().starts_with('#') { line } else { end };
            return vec![self.edit(end, end, ","), self.edit(line, line, &format!("{lead}{new}"))];
        }
        let mut at = comma + 1;
        if own_line {
            let line = line_end(self.text, at).min(close(node));
            if self.text[at..line].trim_start().starts_with('#') {
                at = line;
            }
            return vec![self.edit(at, at, &format!("{lead}{new},"))];
        }
        vec![self.edit(at, at, &format!("{lead}{new},"))]
    }

    /// Adds a written entry or item below the last one of a block collection.
    fn append_block(&self, node: Node<'a>, indent: usize, new: &str) -> Vec<Edit> {
        let end = self.child_end(node, children(node).count() - 1);
        let (at, more) = self.below(node, end);
        let pad = " ".repeat(indent);
        if more {
            return vec![self.edit(at, at, &format!("{pad}{new}\n"))];
        }
        vec![self.edit(at, at, &format!("\n{pad}{new}"))]
    }

    /// Where lines below a node go: the end of its last line, or (`true`) the start of the line behind the blank lines
    /// that a `|+` block keeps.
    fn below(&self, node: Node<'a>, end: usize) -> (usize, bool) {
        let end_of_line = line_end(self.text, end);
        if !self.keeps_blank_lines(node) {
            return (end_of_line, false);
        }
        let next = self.text[end_of_line..].find(|c: char| !c.is_whitespace());
        match next.map(|length| line_start(self.text, end_of_line + length)) {
            Some(line) if line > end_of_line => (line, true),
            _ if self.text.ends_with('\n') => (self.text.len(), true),
            _ => (self.text.len(), false),
        }
    }

    /// Whether the last scalar of a node is a block that keeps the blank lines below it.
    fn keeps_blank_lines(&self, node: Node<'a>) -> bool {
        let mut node = node;
        loop {
            if node.is_alias() {
                return false;
            }
            match children(node).last() {
                Some((_, last)) => node = last,
                None => break,
            }
        }
        let header = self.text.get(node.span().range()).unwrap_or_default();
        let header = header.split(['\n', ' ']).next().unwrap_or_default();
        matches!(node.scalar(), Some((_, Style::Literal | Style::Folded))) && header.contains('+')
    }

    /// Takes the lines of one of several block children out.
    fn remove_lines(&self, parent: Node<'a>, index: usize, starts: &[usize], end: usize) -> Edit {
        let start = starts[index];
        let line = line_start(self.text, start);
        let behind = (line_end(self.text, end) + self.newline.len()).min(self.text.len());
        if !self.text[line..start].trim().is_empty() {
            // Behind a dash: what follows moves up to it.
            let next = self.text[behind..].find(|c: char| !c.is_whitespace()).map_or(behind, |n| behind + n);
            return self.edit(start, next, "");
        }
        // Blank lines below must not come to belong to a `|+` block above, nor to lose the one that is taken out.
        let keeps = |index: Option<usize>| {
            let child = index.and_then(|index| children(parent).nth(index));
            child.is_some_and(|(_, value)| self.keeps_blank_lines(value))
        };
        let behind = if keeps(index.checked_sub(1)) || keeps(Some(index)) {
            let next = self.text[behind..].find(|c: char| !c.is_whitespace());
            next.map_or(self.text.len(), |n| line_start(self.text, behind + n).max(behind))
        } else {
            behind
        };
        if behind == self.text.len() && !self.text.ends_with('\n') && line > 0 {
            // The file still ends without a line break.
            return self.edit(line_end(self.text, line - 1).min(line - self.newline.len()), behind, "");
        }
        self.edit(line, behind, "")
    }
}

/// The end of the properties on the line of a key.
fn skip_inline_properties(text: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let word = at + text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len();
        match text.as_bytes().get(word) {
            Some(b'&' | b'!') => at = word_end(text, word),
            _ => return at,
        }
    }
}

#[cfg(test)]
mod tests;
