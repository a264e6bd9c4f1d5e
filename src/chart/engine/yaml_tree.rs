//! The nodes of a YAML text, from a port of libyaml, of which go-yaml is one as well: both stumble over the same texts with
//! the same words.

use std::borrow::Cow;
use std::collections::HashMap;

use libyaml_safer::{Error, ErrorKind, EventData, Mark, Parser, ScalarStyle};

use super::yaml_read::MAX_DEPTH;

pub(super) enum Node {
    Scalar {
        text: String,
        tag: Option<String>,
        plain: bool,
    },
    List(Vec<usize>),
    /// Keys and values by turns.
    Map(Vec<usize>),
    Alias(String, usize),
}

/// The nodes of a document.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    anchors: HashMap<String, usize>,
    pub(super) root: Option<usize>,
}

/// go-yaml's words for what its parser found.
fn problem(error: &Error) -> String {
    let line = |mark: Option<libyaml_safer::Mark>| mark.map_or(0, |mark| mark.line);
    let at = match (line(error.problem_mark()), line(error.context_mark())) {
        (0, context) => context,
        (problem, _) if error.kind() == ErrorKind::Scanner => problem + 1,
        (problem, _) => problem,
    };
    let text =
        if error.problem().is_empty() { "unknown problem parsing YAML content" } else { error.problem() };
    if at == 0 { text.to_owned() } else { format!("line {at}: {text}") }
}

impl Tree {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        // The scanner stumbles over a block scalar without a line break at its end, and does without the break itself.
        let unfinished = !text.is_empty() && !text.ends_with('\n');
        let finished = if unfinished { Cow::Owned(format!("{text}\n")) } else { Cow::Borrowed(text) };
        let mut bytes = finished.as_bytes();
        let mut parser = Parser::new();
        parser.set_input_string(&mut bytes);
        let mut tree = Self::default();
        // Lists and maps that are open, and the anchors that name them.
        let mut open: Vec<usize> = Vec::new();
        loop {
            let event = parser.parse().map_err(|error| problem(&error))?;
            let (node, anchor, opens) = match event.data {
                EventData::StreamEnd | EventData::DocumentEnd { .. } => return Ok(tree),
                EventData::StreamStart { .. } | EventData::DocumentStart { .. } => continue,
                EventData::SequenceEnd | EventData::MappingEnd => {
                    open.pop();
                    continue;
                }
                EventData::Alias { anchor } => match tree.anchors.get(&anchor) {
                    Some(target) => (Node::Alias(anchor, *target), None, false),
                    None => return Err(format!("unknown anchor '{anchor}' referenced")),
                },
                EventData::Scalar { anchor, tag, mut value, plain_implicit, style, .. } => {
                    let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                    if unfinished
                        && block
                        && event.end_mark.index > text.len() as u64
                        && value.ends_with('\n')
                    {
                        value.pop();
                    }
                    if style == ScalarStyle::DoubleQuoted {
                        check_escapes(text, &event.start_mark, &event.end_mark)?;
                    }
                    let plain = plain_implicit && style == ScalarStyle::Plain;
                    (Node::Scalar { text: value, tag, plain }, anchor, false)
                }
                EventData::SequenceStart { anchor, .. } => (Node::List(Vec::new()), anchor, true),
                EventData::MappingStart { anchor, .. } => (Node::Map(Vec::new()), anchor, true),
            };
            let index = tree.nodes.len();
            tree.nodes.push(node);
            if let Some(anchor) = anchor {
                tree.anchors.insert(anchor, index);
            }
            match open.last() {
                None => tree.root = Some(index),
                Some(parent) => {
                    if let Node::List(children) | Node::Map(children) = &mut tree.nodes[*parent] {
                        children.push(index);
                    }
                }
            }
            if opens {
                open.push(index);
                if open.len() > MAX_DEPTH {
                    return Err(format!("exceeded max depth of {MAX_DEPTH}"));
                }
            }
        }
    }
}

/// `\/` is an escape of YAML 1.2 that go-yaml v2 does not know.
fn check_escapes(text: &str, start: &Mark, end: &Mark) -> Result<(), String> {
    let at = |mark: &Mark| usize::try_from(mark.index).unwrap_or(usize::MAX).min(text.len());
    let quoted = text.get(at(start)..at(end)).unwrap_or_default();
    let mut letters = quoted.chars();
    let mut line = start.line;
    while let Some(letter) = letters.next() {
        line += u64::from(letter == '\n');
        if letter == '\\' && letters.next() == Some('/') {
            let place = if line == 0 { String::new() } else { format!("line {}: ", line + 1) };
            return Err(format!("{place}found unknown escape character"));
        }
    }
    Ok(())
}
