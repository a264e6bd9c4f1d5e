//! Where in the file a part of a scalar's text stands: YAML inside of YAML or JSON keeps its places.

use super::tree::{Node, Style};
use crate::source::Span;

impl Node<'_> {
    /// The bytes of the file that hold the bytes `part` of this scalar's text; `None` where that cannot be told (folded
    /// lines, a part that is not in the text, a node that is no scalar).
    pub fn inside(self, part: Span) -> Option<Span> {
        // An alias is written elsewhere.
        let (text, style) = self.scalar().filter(|_| !self.is_alias())?;
        let (start, end) = (part.start as usize, part.end as usize);
        if start > end || !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return None;
        }
        let place = self.place();
        let written = place.file.slice(place.span);
        let base = self.span().start as usize;
        let at = |offset: usize| match style {
            Style::Plain => (written.trim_end() == text).then_some(offset),
            Style::Single => quoted(written, text, offset, single),
            Style::Double => quoted(written, text, offset, double),
            Style::Literal => literal(written, text, offset),
            Style::Folded => None,
        };
        let (start, end) = (at(start)?, at(end)?);
        Some(Span::new(base + start, base + end.max(start)))
    }
}

/// One character of a quoted scalar: its bytes as written, and what it says. `None` where lines are folded or an escape is
/// not one of a single character.
type Unit = fn(&str) -> Option<(usize, char)>;

/// The offset in `written` (quotes included) of the byte `offset` of `text`.
fn quoted(written: &str, text: &str, offset: usize, unit: Unit) -> Option<usize> {
    let mut rest = written.get(1..)?;
    let mut at = 0;
    while at < offset {
        let (bytes, said) = unit(rest)?;
        if !text[at..].starts_with(said) {
            return None;
        }
        at += said.len_utf8();
        rest = rest.get(bytes..)?;
    }
    (at == offset).then_some(written.len() - rest.len())
}

fn single(rest: &str) -> Option<(usize, char)> {
    let first = rest.chars().next()?;
    match first {
        '\n' | '\r' => None,
        '\'' => rest[1..].starts_with('\'').then_some((2, '\'')),
        other => Some((other.len_utf8(), other)),
    }
}

fn double(rest: &str) -> Option<(usize, char)> {
    let mut chars = rest.chars();
    let first = chars.next()?;
    if first != '\\' {
        return (!matches!(first, '\n' | '\r' | '"')).then_some((first.len_utf8(), first));
    }
    let hex = |from: usize, digits: usize| u32::from_str_radix(rest.get(from..from + digits)?, 16).ok();
    Some(match chars.next()? {
        '0' => (2, '\0'),
        'a' => (2, '\u{7}'),
        'b' => (2, '\u{8}'),
        't' => (2, '\t'),
        'n' => (2, '\n'),
        'v' => (2, '\u{b}'),
        'f' => (2, '\u{c}'),
        'r' => (2, '\r'),
        'e' => (2, '\u{1b}'),
        'N' => (2, '\u{85}'),
        '_' => (2, '\u{a0}'),
        'L' => (2, '\u{2028}'),
        'P' => (2, '\u{2029}'),
        same @ (' ' | '"' | '/' | '\\') => (2, same),
        'x' => (4, char::from_u32(hex(2, 2)?)?),
        'U' => (10, char::from_u32(hex(2, 8)?)?),
        'u' => {
            let high = hex(2, 4)?;
            match char::from_u32(high) {
                Some(one) => (6, one),
                // JSON writes a character outside of the first plane as two halves.
                None if rest.get(6..8) == Some("\\u") => {
                    let low = hex(8, 4)?.checked_sub(0xdc00)?;
                    (12, char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low)?)
                }
                None => return None,
            }
        }
        _ => return None,
    })
}

/// A `|` block: each line stands behind its indentation.
fn literal(written: &str, text: &str, offset: usize) -> Option<usize> {
    let line = text[..offset].matches('\n').count();
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let wanted = text[start..].split('\n').next().unwrap_or_default();
    // The line behind the last one is the end of the block.
    if start == text.len() {
        return Some(written.trim_end_matches(['\n', ' ']).len());
    }
    // Behind `|`, its indicators and a comment.
    let mut at = if written.starts_with('|') { written.find('\n')? + 1 } else { 0 };
    for _ in 0..line {
        at += written[at..].find('\n')? + 1;
    }
    let found = written[at..].split('\n').next().unwrap_or_default();
    let found = found.strip_suffix('\r').unwrap_or(found);
    let indentation = found.strip_suffix(wanted)?.len();
    Some(at + indentation + offset - start)
}

#[cfg(test)]
mod tests {
    use crate::source::{SourceFile, Span};
    use crate::yaml;

    /// What is written where `part` of the text at `/a` stands.
    fn inside<'t>(source: &'t str, part: &str) -> Option<&'t str> {
        let stream = yaml::parse(&SourceFile::new("a.yaml", source));
        assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
        let node = stream.documents[0].at("/a").unwrap();
        let text = node.scalar().unwrap().0;
        let start = text.find(part).unwrap_or_else(|| panic!("{part:?} is not in {text:?}"));
        node.inside(Span::new(start, start + part.len())).map(|span| &source[span.range()])
    }

    #[test]
    fn parts_are_found_in_every_style_that_keeps_them() {
        assert_eq!(inside("a: some text # c\n", "text"), Some("text"));
        assert_eq!(inside("a: 'it''s text'\n", "text"), Some("text"));
        assert_eq!(inside("a: 'it''s text'\n", "it's"), Some("it''s"));
        assert_eq!(inside(r#"{"a": "x:\n  y: \"z\"\n"}"#, "y"), Some("y"));
        assert_eq!(inside(r#"{"a": "x:\n  y: \"z\"\n"}"#, "\"z\""), Some("\\\"z\\\""));
        assert_eq!(inside(r#"{"a": "\ud83d\ude00 \u00e4 end"}"#, "end"), Some("end"));
        assert_eq!(inside("a: |\n  x:\n\n    y: z\nb: 1\n", "y: z"), Some("y: z"));
        assert_eq!(inside("a: |\n  x:\n\n    y: z\nb: 1\n", "x:\n\n  y"), Some("x:\n\n    y"));
        assert_eq!(inside("a: |2-  # note\n    x: 1\n  y: 2\n", "y: 2"), Some("y: 2"));
        assert_eq!(inside("a: |\r\n  x: 1\r\n  y: 2\r\n", "y: 2"), Some("y: 2"));
    }

    #[test]
    fn what_cannot_be_told_is_not_told() {
        assert_eq!(inside("a: >\n  some\n  text\n", "text"), None);
        assert_eq!(inside("a: 'some\n  text'\n", "text"), None);
        assert_eq!(inside("a: some\n  text\n", "text"), None);
        let stream = yaml::parse(&SourceFile::new("a.yaml", "a: ä\n"));
        let node = stream.documents[0].at("/a").unwrap();
        assert_eq!(node.inside(Span::new(1, 2)), None, "half a character");
        assert_eq!(node.inside(Span::new(0, 99)), None);
        assert_eq!(stream.documents[0].root().inside(Span::new(0, 0)), None);
    }
}
