//! A rough tree of YAML or JSON that is being typed: lines and brackets, whether or not a parser would take the text.
//!
//! Nothing here says that a text is right: it answers where in a document a place is ([`Sketch::at`]) and what stands
//! around it. Each line is read once and takes its place by its indentation; a bracket or quote that is not closed ends
//! where the lines around it say that something else begins.

mod flow;
mod place;

use serde_json::{Map, Value};

pub use place::{Role, Spot, Step};

use super::scalar::{self, Resolver};
use super::scan::line_end;
use crate::source::Span;

/// Deeper nesting is not looked into.
const DEEPEST: usize = 100;

/// A rough tree of one file. Nodes are named by their number.
#[derive(Debug)]
pub struct Sketch<'t> {
    text: &'t str,
    nodes: Vec<Sketched>,
    /// Where each document starts, and its root.
    roots: Vec<(usize, usize)>,
}

/// A node.
#[derive(Debug)]
struct Sketched {
    /// Its bytes; of a block collection up to its last line so far.
    span: Span,
    data: Data,
}

#[derive(Debug)]
enum Data {
    /// Nothing, yet.
    Empty,
    /// Any text, quotes and all.
    Scalar,
    /// A mapping, and the column of a block's keys.
    Map(Vec<SketchedEntry>, Form),
    /// A sequence, and the column of a block's dashes.
    Seq(Vec<Item>, Form),
}

/// How a collection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// In lines, at this column.
    Block(usize),
    /// In brackets.
    Flow,
}

/// A key, or what may become one.
#[derive(Debug)]
struct SketchedEntry {
    name: String,
    key: Span,
    /// Behind its colon; `None` while there is none.
    colon: Option<usize>,
    value: usize,
}

#[derive(Debug)]
struct Item {
    /// Where its dash stands, or where it starts in brackets.
    mark: usize,
    node: usize,
}

impl<'t> Sketch<'t> {
    /// Reads a text. Takes anything.
    pub fn new(text: &'t str) -> Self {
        let sketch = Self { text, nodes: Vec::new(), roots: Vec::new() };
        if text.len() > u32::MAX as usize {
            return sketch;
        }
        let mut pen = Pen { sketch, open: Vec::new() };
        pen.document(0);
        let mut at = 0;
        while at < text.len() {
            at = pen.line(at);
        }
        pen.sketch
    }

    /// The documents as JSON, as far as they can be read; with where each starts.
    pub fn documents(&self) -> impl Iterator<Item = (usize, Value)> + '_ {
        self.roots.iter().map(|(start, root)| (*start, self.json(*root)))
    }

    /// The value below a path in the document around `offset`.
    pub fn value(&self, offset: usize, path: &[Step]) -> Option<Value> {
        Some(self.json(self.find(offset, path)?))
    }

    /// The bytes of the value below a path in the document around `offset`.
    pub fn span(&self, offset: usize, path: &[Step]) -> Option<Span> {
        Some(self.nodes[self.find(offset, path)?].span)
    }

    fn root(&self, offset: usize) -> usize {
        let index = self.roots.partition_point(|(start, _)| *start <= offset);
        self.roots.get(index.saturating_sub(1)).map_or(0, |(_, root)| *root)
    }

    fn find(&self, offset: usize, path: &[Step]) -> Option<usize> {
        path.iter().try_fold(self.root(offset), |node, step| match (&self.nodes.get(node)?.data, step) {
            (Data::Map(entries, _), Step::Key(key)) => {
                entries.iter().find(|e| e.name == *key).map(|e| e.value)
            }
            (Data::Seq(items, _), Step::Index(index)) => items.get(*index).map(|item| item.node),
            _ => None,
        })
    }

    /// A node as JSON. Its depth is bounded by what was read.
    fn json(&self, node: usize) -> Value {
        match self.nodes.get(node).map(|node| (&node.data, node.span)) {
            None | Some((Data::Empty, _)) => Value::Null,
            Some((Data::Scalar, span)) => {
                let text = &self.text[span.range()];
                match text.as_bytes().first() {
                    Some(b'"' | b'\'') => Value::String(unquoted(text)),
                    _ => scalar::resolve_plain(text, Resolver::Core),
                }
            }
            Some((Data::Map(entries, _), _)) => {
                let entries = entries.iter().filter(|entry| entry.colon.is_some());
                Value::Object(entries.map(|e| (e.name.clone(), self.json(e.value))).collect::<Map<_, _>>())
            }
            Some((Data::Seq(items, _), _)) => items.iter().map(|item| self.json(item.node)).collect(),
        }
    }
}

/// The text between quotes; of one that is not closed all behind the first.
fn unquoted(text: &str) -> String {
    if text.starts_with('"')
        && let Ok(text) = serde_json::from_str(text)
    {
        return text;
    }
    let quote = if text.starts_with('"') { '"' } else { '\'' };
    let inner = text.strip_prefix(quote).unwrap_or(text);
    inner.strip_suffix(quote).unwrap_or(inner).replace("''", "'")
}

/// A sketch that is being made, and the block collections that are still open.
struct Pen<'t> {
    sketch: Sketch<'t>,
    /// Node and column, outermost first.
    open: Vec<(usize, usize)>,
}

impl Pen<'_> {
    fn node(&mut self, at: usize) -> usize {
        self.sketch.nodes.push(Sketched { span: Span::new(at, at), data: Data::Empty });
        self.sketch.nodes.len() - 1
    }

    fn document(&mut self, start: usize) {
        let root = self.node(start);
        self.sketch.roots.push((start, root));
        self.open.clear();
    }

    /// What the next value goes to: the newest value of the innermost open collection, or the root.
    fn slot(&self) -> usize {
        let newest = |node: usize| match &self.sketch.nodes[node].data {
            Data::Map(entries, _) => entries.last().map(|entry| entry.value),
            Data::Seq(items, _) => items.last().map(|item| item.node),
            _ => None,
        };
        let root = self.sketch.roots.last().map_or(0, |(_, root)| *root);
        self.open.last().and_then(|(node, _)| newest(*node)).unwrap_or(root)
    }

    fn is_empty(&self, node: usize) -> bool {
        matches!(self.sketch.nodes[node].data, Data::Empty)
    }

    /// Reads the line that starts at `start`, and those that it goes on in; returns where the next one starts.
    fn line(&mut self, start: usize) -> usize {
        let text = self.sketch.text;
        let bytes = text.as_bytes();
        let end = line_end(text, start);
        let next = next_line(text, end);
        let line = &text[start..end];
        let column = line.len() - line.trim_start_matches(' ').len();
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            return next;
        }
        if column == 0 {
            let marker =
                |word: &str| content.strip_prefix(word).filter(|r| r.is_empty() || r.starts_with(' '));
            if let Some(rest) = marker("---") {
                if !(self.sketch.roots.len() == 1 && self.is_empty(0)) {
                    self.document(start);
                }
                // `--- # comment` and the rare `--- value`.
                let rest = rest.trim_start();
                if rest.is_empty() || rest.starts_with('#') {
                    return next;
                }
                let slot = self.slot();
                return self.value(slot, start + 3, end, None);
            }
            if marker("...").is_some() || content.starts_with('%') {
                return next;
            }
        }
        let (mut at, mut column) = (start + column, column);
        while bytes[at] == b'-' && matches!(bytes.get(at + 1), None | Some(b' ' | b'\r' | b'\n')) {
            self.close(column, true);
            if !self.item(at, column) {
                return next;
            }
            let behind = at + 1;
            at = behind + text[behind..end].len() - text[behind..end].trim_start_matches(' ').len();
            column += at - behind + 1;
            if at >= end || bytes[at] == b'#' {
                return next;
            }
        }
        self.close(column, false);
        if let Some((key, name, colon)) = key(text, at, end) {
            return match self.entry(key, name, Some(colon), column) {
                Some(value) => self.value(value, colon, end, Some(column)),
                None => next,
            };
        }
        let innermost = self.open.last().copied();
        if let Some((node, at_column)) = innermost
            && at_column == column
            && matches!(self.sketch.nodes[node].data, Data::Map(..))
        {
            let word = text[at..end].trim_end();
            self.entry(Span::new(at, at + word.len()), word.to_owned(), None, column);
            return next;
        }
        let slot = self.slot();
        match self.sketch.nodes[slot].data {
            Data::Empty => self.value(slot, at, end, innermost.map(|(_, column)| column)),
            Data::Scalar => {
                // A text that goes on.
                self.sketch.nodes[slot].span.end = (at + text[at..end].trim_end().len()) as u32;
                next
            }
            _ => next,
        }
    }

    /// Ends the collections that a line at `column` is not part of.
    fn close(&mut self, column: usize, dash: bool) {
        while let Some((node, at)) = self.open.last() {
            let sequence = matches!(self.sketch.nodes[*node].data, Data::Seq(..));
            if *at > column || *at == column && sequence && !dash {
                self.open.pop();
            } else {
                break;
            }
        }
    }

    /// Begins an item at a dash; `false` where there is no place for one.
    fn item(&mut self, dash: usize, column: usize) -> bool {
        let here = match self.open.last() {
            Some((node, at)) if *at == column && matches!(self.sketch.nodes[*node].data, Data::Seq(..)) => {
                Some(*node)
            }
            _ => None,
        };
        let node = if let Some(node) = here {
            node
        } else {
            let slot = self.slot();
            if !self.is_empty(slot) || self.open.len() >= DEEPEST {
                return false;
            }
            let data = Data::Seq(Vec::new(), Form::Block(column));
            self.sketch.nodes[slot] = Sketched { span: Span::new(dash, dash + 1), data };
            self.open.push((slot, column));
            slot
        };
        let item = Item { mark: dash, node: self.node(dash + 1) };
        if let Data::Seq(items, _) = &mut self.sketch.nodes[node].data {
            items.push(item);
        }
        true
    }

    /// Begins an entry at a key; its value's node, or `None` where there is no place for it.
    fn entry(&mut self, key: Span, name: String, colon: Option<usize>, column: usize) -> Option<usize> {
        let is_map = |node: usize| matches!(self.sketch.nodes[node].data, Data::Map(..));
        let node = match self.open.last() {
            Some((node, at)) if *at == column && is_map(*node) => *node,
            _ => {
                let slot = self.slot();
                if self.open.len() >= DEEPEST {
                    return None;
                }
                if !is_map(slot) {
                    let data = Data::Map(Vec::new(), Form::Block(column));
                    self.sketch.nodes[slot] = Sketched { span: key, data };
                }
                self.open.push((slot, column));
                slot
            }
        };
        let value = self.node(colon.unwrap_or(key.end as usize));
        if let Data::Map(entries, _) = &mut self.sketch.nodes[node].data {
            entries.push(SketchedEntry { name, key, colon, value });
        }
        Some(value)
    }

    /// Reads a value that starts behind `from` in a line that ends at `end`; `column` is that of the collection that it
    /// stands in. Returns where the next line starts.
    fn value(&mut self, slot: usize, from: usize, end: usize, column: Option<usize>) -> usize {
        let text = self.sketch.text;
        let mut at = from;
        loop {
            at += text[at..end].len() - text[at..end].trim_start().len();
            // Anchors and tags.
            match &text.as_bytes()[at..end] {
                [b'&' | b'!', ..] => at += text[at..end].find(' ').unwrap_or(end - at),
                [] | [b'#', ..] => return next_line(text, end),
                _ => break,
            }
        }
        let rest = &text[at..end];
        let (span, next) = match rest.as_bytes()[0] {
            b'|' | b'>' if rest[1..].split(" #").next().is_some_and(|r| r.trim().len() <= 2) => {
                let last = block_end(text, end, column);
                (Span::new(at, last), next_line(text, line_end(text, last)))
            }
            b'{' | b'[' if !rest.starts_with("{{") => {
                let behind = flow::read(&mut self.sketch, slot, at, column);
                return next_line(text, line_end(text, behind));
            }
            quote @ (b'"' | b'\'') => {
                let last = quoted_end(text, at, block_end(text, end, column), quote).unwrap_or(end);
                (Span::new(at, last), next_line(text, line_end(text, last)))
            }
            _ => {
                let comment = rest.find(" #").unwrap_or(rest.len());
                (Span::new(at, at + rest[..comment].trim_end().len()), next_line(text, end))
            }
        };
        self.sketch.nodes[slot] = Sketched { span, data: Data::Scalar };
        next
    }
}

/// Where the line after one that ends at `end` starts.
fn next_line(text: &str, end: usize) -> usize {
    text[end..].find('\n').map_or(text.len(), |length| end + length + 1)
}

/// The end of the last line behind `end` that is blank or indented deeper than `column`, without blank lines after it.
fn block_end(text: &str, end: usize, column: Option<usize>) -> usize {
    let mut last = end;
    let mut start = next_line(text, end);
    while start < text.len() {
        let end = line_end(text, start);
        let line = &text[start..end];
        if !line.trim().is_empty() {
            let indent = line.len() - line.trim_start_matches(' ').len();
            if column.is_some_and(|column| indent <= column) {
                break;
            }
            last = end;
        }
        start = next_line(text, end);
    }
    last
}

/// Behind the quote that closes the one at `at`, before `limit`.
fn quoted_end(text: &str, at: usize, limit: usize, quote: u8) -> Option<usize> {
    let bytes = &text.as_bytes()[..limit];
    let mut here = at + 1;
    while here < bytes.len() {
        match bytes[here] {
            b'\\' if quote == b'"' => here += 2,
            byte if byte == quote && quote == b'\'' && bytes.get(here + 1) == Some(&quote) => here += 2,
            byte if byte == quote => return Some(here + 1),
            _ => here += 1,
        }
    }
    None
}

/// The key that starts at `at` in a line that ends at `end`: its bytes, its name, and what is behind its colon.
fn key(text: &str, at: usize, end: usize) -> Option<(Span, String, usize)> {
    let line = &text[at..end];
    let bytes = line.as_bytes();
    let behind = match bytes[0] {
        quote @ (b'"' | b'\'') => quoted_end(text, at, end, quote)? - at,
        b'{' | b'[' | b'|' | b'>' | b'#' | b'&' | b'*' | b'!' => return None,
        _ => (0..bytes.len()).find(|i| match bytes[*i] {
            b':' => matches!(bytes.get(i + 1), None | Some(b' ' | b'\t')),
            b'#' => *i > 0 && bytes[i - 1] == b' ',
            _ => false,
        })?,
    };
    let colon = behind + line[behind..].len() - line[behind..].trim_start().len();
    if bytes.get(colon) != Some(&b':') || !matches!(bytes.get(colon + 1), None | Some(b' ' | b'\t')) {
        return None;
    }
    let written = line[..behind].trim_end();
    let name = if matches!(bytes[0], b'"' | b'\'') { unquoted(written) } else { written.to_owned() };
    (!written.is_empty()).then(|| (Span::new(at, at + written.len()), name, at + colon + 1))
}

#[cfg(test)]
mod tests;
