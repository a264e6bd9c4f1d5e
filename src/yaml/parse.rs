//! From text to trees: the events of `granit-parser` become an arena.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use granit_parser::{Event, Parser, Placement, ScalarStyle, ScanError};

use super::lenient::Lenient;
use super::scan::{find_indicator, skip_properties, skip_trivia};
use super::syntax;
use super::tree::{Comment, Document, NodeId, RawData, RawNode, Style, Tree, children, inner, scalar_text};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::source::{Place, SourceFile, Span};

/// Text that is no YAML.
pub const SYNTAX: Lint = Lint { code: "YA0001", name: "yaml-syntax", severity: Severity::Error };
/// A key that stands twice in one mapping.
pub const DUPLICATE_KEY: Lint = Lint { code: "YA0002", name: "duplicate-key", severity: Severity::Error };

/// Everything in one file.
#[derive(Debug, Default)]
pub struct Stream {
    /// The documents, in order; those before a syntax error are kept.
    pub documents: Vec<Document>,
    /// The comments, in order.
    pub comments: Vec<Comment>,
    /// Syntax errors and duplicate keys.
    pub diagnostics: Vec<Diagnostic>,
}

/// A collection that is still open.
struct Open {
    id: NodeId,
    map: bool,
    /// Whether a key of the mapping waits for its value.
    key: bool,
    last: Option<NodeId>,
}

impl Open {
    fn new(id: NodeId, map: bool) -> Self {
        Self { id, map, key: false, last: None }
    }
}

/// Reads a file. Never fails and never panics: what is wrong is among the diagnostics.
pub fn parse(file: &Arc<SourceFile>) -> Stream {
    if file.text().len() > u32::MAX as usize {
        let place = Place::new(file, Span::default());
        let large = Diagnostic::new(SYNTAX, place, "the file is larger than 4 GiB");
        return Stream { diagnostics: vec![large], ..Stream::default() };
    }
    super::block::read(file).unwrap_or_else(|| parse_in_full(file))
}

/// Reads a file with the parser.
pub(super) fn parse_in_full(file: &Arc<SourceFile>) -> Stream {
    let mut lenient = Lenient::new(file);
    loop {
        let mut stream = Stream::default();
        let Some((error, seen)) = read(file, &lenient, &mut stream) else {
            stream.diagnostics.append(&mut lenient.diagnostics);
            return stream;
        };
        if !lenient.allows(&error, seen) {
            stream.diagnostics.append(&mut lenient.diagnostics);
            stream.diagnostics.push(syntax::diagnostic(file, &error));
            return stream;
        }
    }
}

/// Reads the documents up to the parser's first error, which comes with the end of what was read before it.
fn read(file: &Arc<SourceFile>, lenient: &Lenient<'_>, stream: &mut Stream) -> Option<(ScanError, usize)> {
    let mut nodes: Vec<RawNode> = Vec::new();
    let mut texts: Vec<Box<str>> = Vec::new();
    let mut tags: Vec<(NodeId, Box<str>)> = Vec::new();
    let mut roots: Vec<NodeId> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, NodeId> = HashMap::new();
    let mut failed = None;
    // The parser's own limit is 96 comments in a row; values files of real charts have more. The text bounds them anyway.
    let options = granit_parser::options! { max_buffered_comment_events: file.text().len() };
    let mut parser = Parser::new_from_str_with_options(lenient.text(), options);
    // Everything before this offset belongs to nodes that were read.
    let mut seen = 0;
    while let Some(next) = parser.next_event() {
        let (event, at) = match next {
            Ok(next) => next,
            Err(error) => {
                failed = Some((error, seen));
                break;
            }
        };
        let mut span = at.byte_range().map_or_else(Span::default, |r| Span::new(r.start, r.end));
        let before = seen;
        // Other events cover, or stand at, what they come before.
        let other = matches!(event, Event::Comment(..) | Event::StreamStart | Event::DocumentStart(false, _));
        if span.start < span.end && !other {
            seen = seen.max(span.end as usize);
        }
        let (anchor, tag, data) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                // The parser writes an absent plain scalar as `~`, with an empty span.
                let absent = style == Style::Plain && span.start == span.end;
                let mut text = if absent { "" } else { &*text };
                if absent {
                    span = absent_span(file.text(), before, span, open.last());
                    seen = seen.max(span.end as usize);
                } else if matches!(style, Style::Literal | Style::Folded) {
                    text = without_break_at_end(file.text(), span, text);
                    span = block_scalar_span(file.text(), before, span, text);
                }
                let quoted = lenient.scalar(span);
                let text = quoted.as_deref().unwrap_or(text);
                let written = file.text().get(inner(span, style).range());
                let data = if written == Some(text) {
                    RawData::AsWritten(style)
                } else {
                    texts.push(text.into());
                    RawData::Text(style, texts.len() as u32 - 1)
                };
                (anchor, tag, data)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let value = open.last().is_some_and(|open| open.key);
                if value && span.start == span.end {
                    // The parser lets a block sequence at its key's own indentation start behind its first dash.
                    let dash = find_indicator(file.text(), before, b"-");
                    span.start = dash.map_or(span.start, |dash| dash as u32);
                    seen = span.start as usize;
                }
                // A sequence in a sequence begins behind the outer dash.
                seen = seen.max(span.start as usize);
                (anchor, tag, RawData::Seq(0))
            }
            Event::MappingStart(_, anchor, tag) => (anchor, tag, RawData::Map(0)),
            Event::Alias(id) => match anchors.get(&id) {
                Some(target) if !open.iter().any(|o| o.id == *target) => (0, None, RawData::Alias(*target)),
                _ => {
                    let place = Place::new(file, span);
                    stream.diagnostics.push(Diagnostic::new(
                        SYNTAX,
                        place,
                        "an alias inside its own anchor: it would never end",
                    ));
                    break;
                }
            },
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { id, map, last, .. }) = open.pop() else { continue };
                let end = nodes.len() as NodeId;
                nodes[id as usize].data = if map { RawData::Map(end) } else { RawData::Seq(end) };
                if map {
                    duplicates(file, &nodes, &texts, id, &mut stream.diagnostics);
                }
                close_span(&mut nodes, id, last, span);
                continue;
            }
            Event::Comment(text, placement) => {
                let trailing = matches!(placement, Placement::Right);
                stream.comments.push(Comment { text: text.into_owned(), span, trailing });
                continue;
            }
            _ => continue,
        };
        let id = nodes.len() as NodeId;
        if let Some(tag) = tag {
            let (handle, suffix) = tag.parts();
            tags.push((id, format!("{handle}{suffix}").into_boxed_str()));
        }
        let opens = match data {
            RawData::Seq(_) => Some(Open::new(id, false)),
            RawData::Map(_) => Some(Open::new(id, true)),
            _ => None,
        };
        nodes.push(RawNode { span, data });
        match open.last_mut() {
            Some(parent) => {
                parent.key = parent.map && !parent.key;
                parent.last = Some(id);
            }
            None => roots.push(id),
        }
        if anchor != 0 {
            anchors.insert(anchor, id);
        }
        open.extend(opens);
    }
    let (nodes, texts, tags) = (nodes.into(), texts.into(), tags.into());
    let tree = Arc::new(Tree { file: Arc::clone(file), nodes, texts, tags, index: OnceLock::new() });
    // After an error the last root may be half-read: its collections are empty, which no caller should judge.
    let whole = if open.is_empty() { roots.len() } else { roots.len() - 1 };
    stream.documents =
        roots.into_iter().take(whole).map(|root| Document { tree: Arc::clone(&tree), root }).collect();
    failed
}

/// Where an absent value stands: right behind its colon, its dash or its properties. The parser puts it elsewhere.
fn absent_span(text: &str, seen: usize, given: Span, parent: Option<&Open>) -> Span {
    let indicator = match parent {
        Some(Open { map: true, key: true, .. }) => b':',
        Some(Open { map: false, .. }) => b'-',
        _ => return given,
    };
    let at = skip_trivia(text, seen);
    let behind = match text.as_bytes().get(at) {
        Some(byte) if *byte == indicator => at + 1,
        // A key without a colon, in a flow mapping or behind `?`.
        _ => return Span::new(seen, seen),
    };
    if skip_properties(text, behind) > skip_trivia(text, behind) { given } else { Span::new(behind, behind) }
}

/// A block scalar whose last line ends with the file, not with a line break, has none either (YAML 1.2.2 [165]
/// `b-chomped-last`; Go agrees). The parser adds one.
fn without_break_at_end<'a>(text: &str, raw: Span, value: &'a str) -> &'a str {
    // A last line of spaces alone has one in the YAML test suite (L24T), though not in Go: what is left to the parser.
    let last = text.rsplit('\n').next().unwrap_or_default();
    let at_end = raw.end as usize == text.len() && !last.trim().is_empty();
    if at_end { value.strip_suffix('\n').unwrap_or(value) } else { value }
}

/// A block scalar from its `|` or `>` to its last line that is not blank. The parser's own span starts at its first
/// line and ends behind the blank lines after it.
fn block_scalar_span(text: &str, seen: usize, given: Span, value: &str) -> Span {
    let Some(start) = find_indicator(text, seen, b"|>") else { return given };
    let header = text[start + 1..].find(|c: char| !matches!(c, '+' | '-' | '0'..='9')).unwrap_or(0);
    let content = text.get(given.range()).unwrap_or_default();
    // A last line of spaces alone is content where it is indented deeper than the block.
    let blank = value.trim_end_matches('\n').ends_with([' ', '\t']);
    let content = if blank { content.trim_end_matches(['\r', '\n']) } else { content.trim_end() }.len();
    let end = if content == 0 { start + 1 + header } else { given.start as usize + content };
    Span::new(start, end)
}

/// Ends a collection's span where its end event, or its last child, ends.
fn close_span(nodes: &mut [RawNode], id: NodeId, last: Option<NodeId>, end: Span) {
    let last_end = last.map_or(0, |child| nodes[child as usize].span.end);
    let node = &mut nodes[id as usize];
    // A flow collection's end event covers its bracket; a block collection's is empty and lies behind blank lines.
    node.span.end = if end.start < end.end { end.end } else { last_end.max(node.span.start) };
}

/// Duplicate keys of one file that are told; a longer list helps nobody.
const MOST_DUPLICATES: usize = 500;
/// A mapping of so many keys is looked through faster than it is hashed.
const SMALL: usize = 8;

/// Reports the keys of the mapping `id` that stood before.
pub(super) fn duplicates(
    file: &Arc<SourceFile>,
    nodes: &[RawNode],
    texts: &[Box<str>],
    id: NodeId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut few = [""; SMALL];
    let mut count = 0;
    let unlike = children(nodes, id).step_by(2).all(|key| {
        let Some((text, _)) = scalar_text(file, texts, &nodes[key as usize]) else { return true };
        let unlike = count < SMALL && !few[..count].contains(&text);
        if unlike {
            few[count] = text;
            count += 1;
        }
        unlike
    });
    if unlike {
        return;
    }
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for key in children(nodes, id).step_by(2) {
        let node = &nodes[key as usize];
        let Some((text, style)) = scalar_text(file, texts, node) else { continue };
        if text == "<<" && style == Style::Plain {
            continue;
        }
        if let Some(first) = seen.insert(text, node.span)
            && diagnostics.len() < MOST_DUPLICATES
        {
            diagnostics.push(
                Diagnostic::new(
                    DUPLICATE_KEY,
                    Place::new(file, node.span),
                    format!("key `{text}` stands twice"),
                )
                .related(Place::new(file, first), "first here")
                .help("remove one of the two"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundreds_of_comments_in_a_row_are_read() {
        let text = format!("config:\n{}other: 1\n", "  # a line\n".repeat(500));
        let stream = parse(&SourceFile::new("values.yaml", text));
        assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
        assert_eq!(stream.comments.len(), 500);
    }
}
