//! Brackets and braces, closed or not; JSON as a whole.

use super::{DEEPEST, Data, Form, Item, Sketch, Sketched, SketchedEntry, quoted_end, unquoted};
use crate::source::Span;
use crate::yaml::scan::line_end;

/// Reads the collection that opens at `at` into the node `slot`; `column` is that of the block collection around it.
/// Returns where it ends, or where it must have ended because a line belongs to what is around it.
pub(super) fn read(sketch: &mut Sketch<'_>, slot: usize, at: usize, column: Option<usize>) -> usize {
    let end = line_end(sketch.text, at);
    let mut hand = Hand { sketch, open: Vec::new(), key: true, line_end: end };
    let end = hand.run(slot, at, column);
    for node in std::mem::take(&mut hand.open) {
        hand.sketch.nodes[node].span.end = end as u32;
    }
    end
}

struct Hand<'s, 't> {
    sketch: &'s mut Sketch<'t>,
    /// Collections that are not closed yet, outermost first.
    open: Vec<usize>,
    /// Whether a key comes next in the innermost mapping.
    key: bool,
    /// The end of the line that is read: looked for once a line, of which JSON may have a single one.
    line_end: usize,
}

impl Hand<'_, '_> {
    fn run(&mut self, slot: usize, start: usize, column: Option<usize>) -> usize {
        let text = self.sketch.text;
        let bytes = text.as_bytes();
        let mut at = start;
        while at < bytes.len() {
            match bytes[at] {
                b'\n' => {
                    if self.leaves(at + 1, column) {
                        return at;
                    }
                    at += 1;
                    self.line_end = line_end(text, at);
                }
                b' ' | b'\t' | b'\r' => at += 1,
                b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => at = self.line_end,
                b'{' | b'[' if !text[at..].starts_with("{{") && self.open.len() < DEEPEST => {
                    let node = if self.open.is_empty() { slot } else { self.place(at) };
                    let data = if bytes[at] == b'{' {
                        Data::Map(Vec::new(), Form::Flow)
                    } else {
                        Data::Seq(Vec::new(), Form::Flow)
                    };
                    self.sketch.nodes[node] = Sketched { span: Span::new(at, at + 1), data };
                    self.open.push(node);
                    self.key = true;
                    at += 1;
                }
                b'}' | b']' => {
                    at += 1;
                    if let Some(node) = self.open.pop() {
                        self.sketch.nodes[node].span.end = at as u32;
                    }
                    if self.open.is_empty() {
                        return at;
                    }
                    // What was closed is a value.
                    self.key = false;
                }
                b',' => {
                    self.key = true;
                    at += 1;
                }
                b':' => {
                    at += 1;
                    self.colon(at);
                }
                quote @ (b'"' | b'\'') => {
                    let end = self.line_end;
                    let behind = quoted_end(text, at, end, quote).unwrap_or(end);
                    self.scalar(Span::new(at, behind));
                    at = behind;
                }
                _ => {
                    let behind = plain_end(text, at, self.line_end);
                    self.scalar(Span::new(at, at + text[at..behind].trim_end().len()));
                    at = behind;
                }
            }
        }
        text.len()
    }

    /// Whether the line at `start` belongs to the block collection around, and so no more to what was not closed.
    fn leaves(&self, start: usize, column: Option<usize>) -> bool {
        let text = self.sketch.text;
        let line = &text[start..line_end(text, start)];
        let content = line.trim_start_matches(' ');
        let blank = content.trim().is_empty() || content.starts_with(['#', '}', ']']);
        !blank && column.is_some_and(|column| line.len() - content.len() <= column)
    }

    /// The node that a value at `at` goes to.
    fn place(&mut self, at: usize) -> usize {
        let Some(innermost) = self.open.last().copied() else { return 0 };
        if let Data::Map(entries, _) = &self.sketch.nodes[innermost].data
            && let Some(entry) = entries.last()
            && entry.colon.is_some()
            && matches!(self.sketch.nodes[entry.value].data, Data::Empty)
        {
            return entry.value;
        }
        let node = self.sketch.nodes.len();
        self.sketch.nodes.push(Sketched { span: Span::new(at, at), data: Data::Empty });
        match &mut self.sketch.nodes[innermost].data {
            Data::Seq(items, _) => items.push(Item { mark: at, node }),
            Data::Map(entries, _) => {
                let key = Span::new(at, at);
                entries.push(SketchedEntry { name: String::new(), key, colon: None, value: node });
            }
            _ => {}
        }
        node
    }

    fn scalar(&mut self, span: Span) {
        let Some(innermost) = self.open.last().copied() else { return };
        let text = &self.sketch.text[span.range()];
        let value = match &self.sketch.nodes[innermost].data {
            // A second value without a comma between them is the next key.
            Data::Map(entries, _) => entries.last().filter(|entry| {
                !self.key
                    && entry.colon.is_some()
                    && matches!(self.sketch.nodes[entry.value].data, Data::Empty)
            }),
            _ => None,
        };
        match value.map(|entry| entry.value) {
            Some(value) => self.sketch.nodes[value] = Sketched { span, data: Data::Scalar },
            None if matches!(self.sketch.nodes[innermost].data, Data::Seq(..)) => {
                let node = self.place(span.start as usize);
                self.sketch.nodes[node] = Sketched { span, data: Data::Scalar };
            }
            None => {
                let name = if text.starts_with(['"', '\'']) { unquoted(text) } else { text.to_owned() };
                let value = self.sketch.nodes.len();
                let span_of_value = Span { start: span.end, end: span.end };
                self.sketch.nodes.push(Sketched { span: span_of_value, data: Data::Empty });
                if let Data::Map(entries, _) = &mut self.sketch.nodes[innermost].data {
                    entries.push(SketchedEntry { name, key: span, colon: None, value });
                }
                self.key = false;
            }
        }
    }

    /// A colon that ends before `behind`.
    fn colon(&mut self, behind: usize) {
        let Some(innermost) = self.open.last().copied() else { return };
        if let Data::Map(entries, _) = &mut self.sketch.nodes[innermost].data
            && let Some(entry) = entries.last_mut()
            && entry.colon.is_none()
        {
            entry.colon = Some(behind);
            let value = entry.value;
            self.sketch.nodes[value].span = Span::new(behind, behind);
            self.key = false;
        }
    }
}

/// The end of a plain text in brackets. An unquoted `{{ … }}` is part of it.
fn plain_end(text: &str, from: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < end {
        match bytes[at] {
            b'{' if text[at..].starts_with("{{") => {
                at += text[at..end].find("}}").map_or(end - at, |length| length + 2);
            }
            b',' | b'[' | b']' | b'{' | b'}' => return at.max(from + 1),
            b':' if matches!(bytes.get(at + 1), None | Some(b' ' | b'\r' | b'\n' | b',' | b'}' | b']')) => {
                return at.max(from + 1);
            }
            b'#' if at > from && bytes[at - 1] == b' ' => return at,
            _ => at += 1,
        }
    }
    // Never inside a character: all that is looked for is ASCII.
    end.max(from + 1)
}
