//! A short way for the texts that most files are: block mappings and sequences of scalars of one line each.
//!
//! The parser weighs every character against all of YAML. Here a line is a key, an item, a comment or blank; whatever else
//! there is (flow collections, block scalars, anchors, tags, escapes, a second document, anything beyond ASCII, any
//! fault) is left to the parser. What is read here is, node for node, what the parser would have read: a test compares the
//! two on every YAML text at hand.

use std::sync::{Arc, OnceLock};

use super::parse::{Stream, duplicates};
use super::tree::{Comment, Document, NodeId, RawData, RawNode, Style, Tree};
use crate::source::{SourceFile, Span};

/// Deeper texts are the parser's.
const DEEPEST: usize = 64;
/// A key may not be longer than 1024 characters; long before that it is the parser's.
const LONGEST_KEY: usize = 256;

/// Reads a file; `None` where that is for the parser to do.
pub(super) fn read(file: &Arc<SourceFile>) -> Option<Stream> {
    let text = file.text().as_bytes();
    if !text.iter().all(|byte| matches!(byte, b'\n' | b' '..=b'~')) {
        return None;
    }
    let mut reader = Reader {
        file,
        text,
        nodes: Vec::with_capacity(text.len() / 12),
        open: Vec::new(),
        stream: Stream::default(),
    };
    let mut start = 0;
    while start < text.len() {
        let end = text[start..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| start + at);
        reader.line(start, end)?;
        start = end + 1;
    }
    while !reader.open.is_empty() {
        reader.close();
    }
    let Reader { nodes, mut stream, .. } = reader;
    if nodes.is_empty() {
        return None;
    }
    let (texts, tags) = (Box::default(), Box::default());
    let tree =
        Arc::new(Tree { file: Arc::clone(file), nodes: nodes.into(), texts, tags, index: OnceLock::new() });
    stream.documents = vec![Document { tree, root: 0 }];
    Some(stream)
}

/// A collection that is still open.
struct Open {
    id: NodeId,
    map: bool,
    column: usize,
    /// Behind the colon or dash whose value has not come yet.
    waiting: Option<usize>,
    last: NodeId,
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    text: &'a [u8],
    nodes: Vec<RawNode>,
    open: Vec<Open>,
    stream: Stream,
}

impl Reader<'_> {
    fn line(&mut self, start: usize, end: usize) -> Option<()> {
        let at = self.behind_spaces(start, end);
        if at == end {
            return Some(());
        }
        if self.text[at] == b'#' {
            self.comment(at, end, false);
            return Some(());
        }
        if at == start && (self.text[at..end].starts_with(b"---") || self.text[at..end].starts_with(b"...")) {
            return None;
        }
        self.content(start, at, end)
    }

    /// Reads what stands at `at` in a line: an entry of a mapping, or an item with what is behind its dash.
    fn content(&mut self, start: usize, mut at: usize, end: usize) -> Option<()> {
        loop {
            let column = at - start;
            let dash = self.text[at] == b'-' && (at + 1 == end || self.text[at + 1] == b' ');
            self.enter(at, column, !dash)?;
            if !dash {
                return self.entry(at, end);
            }
            self.waits(at + 1);
            let behind = self.behind_spaces(at + 1, end);
            if behind == end || self.text[behind] == b'#' {
                self.rest(behind, end);
                return Some(());
            }
            let nested = self.text[behind] == b'-' && (behind + 1 == end || self.text[behind + 1] == b' ');
            if !nested && self.key(behind, end).is_none() {
                return self.scalar(behind, end);
            }
            at = behind;
        }
    }

    /// Makes the collection at this column the one that is read: closes deeper ones, opens a new one where a value is due.
    fn enter(&mut self, at: usize, column: usize, map: bool) -> Option<()> {
        while self.open.last().is_some_and(|open| open.column > column) {
            self.close();
        }
        if map && self.open.last().is_some_and(|open| open.column == column && !open.map) {
            // A sequence at its key's own indentation ends where the next key comes.
            self.close();
            self.open.last().filter(|open| open.column == column && open.map)?;
        }
        match self.open.last() {
            Some(open) if open.column == column && open.map == map => {
                if let Some(waiting) = self.open.last_mut()?.waiting.take() {
                    self.absent(waiting);
                }
                return Some(());
            }
            Some(open) => {
                open.waiting?;
                if open.column == column && map {
                    return None;
                }
            }
            None if column == 0 && self.nodes.is_empty() && self.stream.documents.is_empty() => {}
            None => return None,
        }
        if self.open.len() == DEEPEST {
            return None;
        }
        let data = if map { RawData::Map(0) } else { RawData::Seq(0) };
        let id = self.push(Span::new(at, at), data);
        self.open.push(Open { id, map, column, waiting: None, last: id });
        Some(())
    }

    fn close(&mut self) {
        if let Some(waiting) = self.open.last_mut().and_then(|open| open.waiting.take()) {
            self.absent(waiting);
        }
        let Some(open) = self.open.pop() else { return };
        let end = self.nodes.len() as NodeId;
        let last = self.nodes[open.last as usize].span.end;
        let node = &mut self.nodes[open.id as usize];
        node.data = if open.map { RawData::Map(end) } else { RawData::Seq(end) };
        node.span.end = last;
        if open.map {
            duplicates(self.file, &self.nodes, &[], open.id, &mut self.stream.diagnostics);
        }
    }

    /// A key and what follows in its line.
    fn entry(&mut self, at: usize, end: usize) -> Option<()> {
        let (span, style, colon) = self.key(at, end)?;
        self.push(span, RawData::AsWritten(style));
        self.waits(colon + 1);
        let value = self.behind_spaces(colon + 1, end);
        if value == end || self.text[value] == b'#' {
            self.rest(value, end);
            return Some(());
        }
        self.scalar(value, end)
    }

    /// The key at `at`, with its style and its colon; `None` where there is none, or one for the parser.
    fn key(&self, at: usize, end: usize) -> Option<(Span, Style, usize)> {
        let (close, style) = self.token(at, end)?;
        let colon = match style {
            Style::Plain => close,
            _ => self.behind_spaces(close, end),
        };
        let ends = |at: usize| at == end || self.text[at] == b' ';
        let is_key = colon < end && self.text[colon] == b':' && ends(colon + 1) && close - at <= LONGEST_KEY;
        let mut close = close;
        while style == Style::Plain && close > at && self.text[close - 1] == b' ' {
            close -= 1;
        }
        is_key.then(|| (Span::new(at, close), style, colon))
    }

    /// A scalar that goes to the end of its line, or to a comment.
    fn scalar(&mut self, at: usize, end: usize) -> Option<()> {
        let (close, style) = self.token(at, end)?;
        let rest = self.behind_spaces(close, end);
        let over = rest == end || self.text[rest] == b'#' && self.text[rest - 1] == b' ';
        if !over {
            return None;
        }
        let mut close = close;
        while style == Style::Plain && self.text[close - 1] == b' ' {
            close -= 1;
        }
        self.push(Span::new(at, close), RawData::AsWritten(style));
        self.rest(rest, end);
        Some(())
    }

    /// Where the scalar at `at` ends: behind its quote, at a colon that makes it a key, at a comment, or with its line.
    fn token(&self, at: usize, end: usize) -> Option<(usize, Style)> {
        let line = &self.text[at..end];
        match line[0] {
            quote @ (b'"' | b'\'') => {
                let inner =
                    line[1..].iter().position(|byte| *byte == quote || *byte == b'\\' && quote == b'"')?;
                let close = inner + 2;
                let doubled = line.get(close) == Some(&quote);
                let style = if quote == b'"' { Style::Double } else { Style::Single };
                (line[close - 1] == quote && !doubled).then_some((at + close, style))
            }
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'/'
            | b'.'
            | b'_'
            | b'$'
            | b'('
            | b'~'
            | b'+'
            | b'='
            | b'<' => {
                let mut before = b' ';
                for (index, byte) in line.iter().enumerate() {
                    match byte {
                        b':' if line.get(index + 1).is_none_or(|next| *next == b' ') => {
                            return Some((at + index, Style::Plain));
                        }
                        b'#' if before == b' ' => return Some((at + index, Style::Plain)),
                        _ => before = *byte,
                    }
                }
                Some((end, Style::Plain))
            }
            _ => None,
        }
    }

    /// What is left of a line: nothing, or a comment.
    fn rest(&mut self, at: usize, end: usize) {
        if at < end {
            self.comment(at, end, true);
        }
    }

    fn comment(&mut self, at: usize, end: usize, trailing: bool) {
        let text = String::from_utf8_lossy(&self.text[at + 1..end]).into_owned();
        self.stream.comments.push(Comment { text, span: Span::new(at, end), trailing });
    }

    /// A value that is not there, behind its colon or dash.
    fn absent(&mut self, behind: usize) {
        self.push(Span::new(behind, behind), RawData::AsWritten(Style::Plain));
    }

    fn push(&mut self, span: Span, data: RawData) -> NodeId {
        let id = self.nodes.len() as NodeId;
        self.nodes.push(RawNode { span, data });
        if let Some(open) = self.open.last_mut() {
            open.last = id;
            open.waiting = None;
        }
        id
    }

    fn waits(&mut self, behind: usize) {
        if let Some(open) = self.open.last_mut() {
            open.waiting = Some(behind);
        }
    }

    fn behind_spaces(&self, at: usize, end: usize) -> usize {
        self.text[at..end].iter().position(|byte| *byte != b' ').map_or(end, |spaces| at + spaces)
    }
}

#[cfg(test)]
mod tests;
