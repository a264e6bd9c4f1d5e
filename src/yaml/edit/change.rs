//! The bytes to replace, once it is known where.

use serde_json::Value;

use super::place::{Context, Found, children, end_of};
use crate::diagnostics::Edit;
use crate::source::Span;
use crate::yaml::scan::{line_end, line_start, skip_trivia, word_end};
use crate::yaml::tree::{Node, Style};
use crate::yaml::write::{self, After};

impl<'a> Context<'a> {
    pub(super) fn edit(&self, start: usize, end: usize, replacement: &str) -> Edit {
        let replacement = if self.newline == "\n" {
            replacement.to_owned()
        } else {
            replacement.replace('\n', self.newline)
        };
        Edit { span: Span::new(start, end), replacement }
    }

    /// Replaces a value that is there, or absent.
    pub(super) fn replace(&self, found: Found<'_>, value: &Value) -> Vec<Edit> {
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
            if found.root {
                return self.replace_root(span, end, value);
            }
            // `? key` alone: the colon goes on the next line.
            write::node(&mut new, value, found.indent, After::Colon);
            let at = line_end(self.text, end);
            return self.lines(at, &format!("\n{:indent$}:{new}", "", indent = found.indent), value);
        };
        let anchor = self.anchor(lead, span);
        // Behind `- &a` a mapping starts on the next line: on the same one the anchor would be its first key's.
        let dash = self.text.as_bytes()[lead - 1] == b'-' && anchor.is_empty();
        write::node(&mut new, value, found.indent, if dash { After::Dash } else { After::Colon });
        let (head, body) = new.split_at(new.find('\n').unwrap_or(new.len()));
        let head = if anchor.is_empty() { head.to_owned() } else { format!(" {}{head}", anchor.trim_end()) };
        let key_line_end = line_end(self.text, lead);
        if span.start as usize <= key_line_end {
            if body.is_empty() {
                return vec![self.edit(lead, end, &head)];
            }
            let value_line_end = line_end(self.text, end);
            let comment = !self.text[end..value_line_end].trim().is_empty();
            let mut edits = vec![self.edit(lead, if comment { end } else { value_line_end }, &head)];
            edits.extend(self.lines(value_line_end, body, value));
            return edits;
        }
        // The value starts on a line of its own: what stands behind the colon, a comment, stays.
        let behind = skip_inline_properties(self.text, lead);
        let mut edits = vec![self.edit(lead, behind, &head)];
        if body.is_empty() {
            edits.push(self.edit(key_line_end, end, ""));
        } else {
            let end = line_end(self.text, end);
            edits.push(self.edit(key_line_end, end, ""));
            edits.extend(self.lines(end, body, value));
        }
        edits
    }

    /// Replaces the whole of a document; what stands on its last line behind it goes with it.
    fn replace_root(&self, span: Span, end: usize, value: &Value) -> Vec<Edit> {
        let mut new = String::new();
        write::node(&mut new, value, 0, After::Nothing);
        let start = span.start as usize;
        let line = line_start(self.text, start);
        // Behind `---` nothing but a scalar can start.
        let marker = !self.text[line..start].trim().is_empty();
        let scalar = !matches!(value, Value::Object(map) if !map.is_empty())
            && !matches!(value, Value::Array(items) if !items.is_empty());
        if !new.contains('\n') && start < end && (scalar || !marker) {
            return vec![self.edit(start, end, &new)];
        }
        let start = if marker { start } else { line };
        let end = line_end(self.text, end);
        let mut edits = vec![self.edit(start, end, "")];
        edits.extend(self.lines(end, &if marker { format!("\n{new}") } else { new }, value));
        edits
    }

    /// Adds lines, the end of a written value, at the end of a line. Blank lines below lose their spaces: a literal block
    /// would take them up.
    fn lines(&self, at: usize, new: &str, value: &Value) -> Vec<Edit> {
        let breakless = at == self.text.len() && write::ends_in_literal(value);
        let mut edits = vec![self.edit(at, at, &format!("{new}{}", if breakless { "\n" } else { "" }))];
        let below = &self.text[at..];
        let blank = below.len() - below.trim_start().len();
        let end =
            if blank == below.len() { self.text.len() } else { line_start(self.text, at + blank).max(at) };
        let spaces = &self.text[at..end];
        if spaces.contains([' ', '\t']) {
            edits.push(self.edit(at, end, &"\n".repeat(spaces.matches('\n').count())));
        }
        edits
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
    pub(super) fn append_flow(&self, node: Node<'a>, starts: &[usize], new: &str) -> Vec<Edit> {
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
    pub(super) fn append_block(&self, node: Node<'a>, indent: usize, new: &str, value: &Value) -> Vec<Edit> {
        let end = self.child_end(node, children(node).count() - 1);
        let (at, more) = self.below(node, end);
        let pad = " ".repeat(indent);
        if more {
            return vec![self.edit(at, at, &format!("{pad}{new}\n"))];
        }
        let mut edits = self.lines(at, &format!("\n{pad}{new}"), value);
        let last = last_scalar(node);
        if at == self.text.len()
            && last.is_some_and(|node| self.header(node).is_some_and(|h| !h.contains('-')))
        {
            // A block that ended with the file, without a line break, must not get one now.
            let start = last.map_or(0, |node| node.span().start as usize) + 1;
            let keep = usize::from(self.text[start..].starts_with('+'));
            if last.and_then(Node::text).is_some_and(|text| !text.ends_with('\n')) {
                edits.insert(0, self.edit(start, start + keep, "-"));
            }
        }
        edits
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
    pub(super) fn keeps_blank_lines(&self, node: Node<'a>) -> bool {
        last_scalar(node).and_then(|node| self.header(node)).is_some_and(|header| header.contains('+'))
    }

    /// The header of a block scalar: `|`, `>-`, `|2+`.
    fn header(&self, node: Node<'_>) -> Option<&'a str> {
        let block = matches!(node.scalar(), Some((_, Style::Literal | Style::Folded)));
        block.then(|| self.text.get(node.span().range())?.split(['\r', '\n', ' ', '\t']).next()).flatten()
    }

    /// Takes the lines of one of several block children out.
    pub(super) fn remove_lines(&self, parent: Node<'a>, index: usize, starts: &[usize], end: usize) -> Edit {
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

/// The scalar that ends a node; none where that is an alias.
fn last_scalar(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = node;
    while !node.is_alias() {
        match children(node).last() {
            Some((_, last)) => node = last,
            None => return Some(node),
        }
    }
    None
}

/// The bracket that closes a flow collection.
fn close(node: Node<'_>) -> usize {
    node.span().end as usize - 1
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
