//! What a comment on a line of its own stands above: the entry or item below it.

use super::parse::Stream;
use super::scan::skip_trivia;
use super::tree::{Document, Entry, Node};
use crate::source::Span;

/// For each comment of a file the entry or item that begins first behind it: above `- a: 1` it is the item, above a key
/// its entry. `None` at the end of a document. Takes time in proportion to the file.
pub fn below_comments(stream: &Stream, text: &str) -> Vec<Option<Span>> {
    let parts = parts(stream);
    let mut found = vec![None; stream.comments.len()];
    // From the last on: what stands below a run of comments is looked for once.
    let mut next: Option<(usize, Option<Span>)> = None;
    for (index, comment) in stream.comments.iter().enumerate().rev() {
        let end = comment.span.end as usize;
        let at = text.len() - text[end..].trim_start().len();
        found[index] = match next {
            Some((start, below)) if start == at => below,
            _ => below(&parts, text, skip_trivia(text, at)),
        };
        next = Some((comment.span.start as usize, found[index]));
    }
    found
}

/// Entries (from key to the end of the value) and items, sorted by where they start, the shorter first.
fn parts(stream: &Stream) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut open: Vec<Node<'_>> = stream.documents.iter().map(Document::root).collect();
    while let Some(node) = open.pop() {
        // What an alias stands for is visited where its anchor is.
        if node.is_alias() {
            continue;
        }
        for Entry { key, value } in node.entries() {
            parts.push(Span { start: key.span().start, end: value.span().end.max(key.span().end) });
            open.extend([key, value]);
        }
        for item in node.items() {
            parts.push(item.span());
            open.push(item);
        }
    }
    parts.sort();
    parts
}

/// What begins first at or behind the byte `token`.
fn below(parts: &[Span], text: &str, token: usize) -> Option<Span> {
    let starts_with = |mark: &str| {
        let rest = text[token..].strip_prefix(mark);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    if starts_with("---") || starts_with("...") {
        return None;
    }
    let first = parts.partition_point(|span| (span.start as usize) < token);
    let start = parts.get(first)?.start;
    let mut same = parts[first..].iter().take_while(|span| span.start == start);
    // Behind a dash the whole item is meant.
    if starts_with("-") { same.last() } else { same.next() }.copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;
    use crate::yaml::parse;

    #[test]
    fn a_comment_stands_above_an_entry_or_an_item() {
        let cases = [
            ("# c\na: 1\nb: 2\n", Some("a: 1")),
            ("a:\n  # c\n  b: 1\n  d: 2\n", Some("b: 1")),
            (
                "a:\n  # c\n\n  # other\n  b:\n    x: 1\n    y: |\n      t\n  d: 2\n",
                Some("b:\n    x: 1\n    y: |\n      t"),
            ),
            ("a:\n  # c\n  - x: 1\n    y: 2\n  - z\n", Some("x: 1\n    y: 2")),
            ("a:\n  # c\n  - - x\n    - y\n  - z\n", Some("- x\n    - y")),
            ("a:\n  -\n    # c\n    x: 1\n    y: 2\n", Some("x: 1")),
            ("a:\n  b: 1\n# c\nd: 2\n", Some("d: 2")),
            ("a: [\n  # c\n  {x: 1}, 2]\n", Some("{x: 1}")),
            ("# c\n&a a: 1\n", Some("a: 1")),
            ("a:\n# c\n- 1\n", Some("1")),
            ("a: 1\n# c\n---\nb: 1\n", None),
            ("a: 1\n# c\n", None),
            ("# c\njust text\n", None),
            ("# c\n---\nb: 1\n", None),
        ];
        for (text, expected) in cases {
            let stream = parse(&SourceFile::new("t.yaml", text));
            assert!(stream.diagnostics.is_empty(), "{text}");
            let found = below_comments(&stream, text);
            assert_eq!(found[0].map(|span| &text[span.range()]), expected, "{text}");
        }
    }
}
