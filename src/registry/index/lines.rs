//! The lines of an index in the shape that tools write: block style, one key a line. What is needed of them is where things
//! begin, and a line tells that without a parser of all YAML. A line that could mean something else ends it: then the whole
//! index is parsed.

/// What cannot be told from single lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclear;

/// Reads lines one after the other; knows whether one belongs to the text of a block scalar.
#[derive(Default)]
pub(super) struct Lines {
    /// Column of the key whose block scalar is open.
    block: Option<usize>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Blank, a comment, or text of a block scalar.
    Nothing,
    /// Something that begins in this column.
    Content { column: usize, rest: &'a str },
}

impl Lines {
    /// Reads the next line, without its line break.
    pub(super) fn next<'a>(&mut self, line: &'a str) -> Result<Line<'a>, Unclear> {
        let rest = line.trim_start_matches(' ');
        let column = line.len() - rest.len();
        if rest.is_empty() {
            return Ok(Line::Nothing);
        }
        if let Some(parent) = self.block {
            if column > parent {
                return Ok(Line::Nothing);
            }
            self.block = None;
        }
        if rest.starts_with('#') {
            return Ok(Line::Nothing);
        }
        // A tab may part a key from its value, other control characters end lines.
        if rest.bytes().any(|byte| byte < b' ') {
            return Err(Unclear);
        }
        self.judge(column, rest)?;
        Ok(Line::Content { column, rest })
    }

    /// Whether everything that begins in a line also ends there, a block scalar aside.
    fn judge(&mut self, column: usize, rest: &str) -> Result<(), Unclear> {
        let (mut column, mut rest, mut dash) = (column, rest, None);
        while let Some(after) =
            rest.strip_prefix('-').filter(|after| after.is_empty() || after.starts_with(' '))
        {
            dash = Some(column);
            let item = after.trim_start_matches(' ');
            column += rest.len() - item.len();
            rest = item;
        }
        if rest.is_empty() {
            return Ok(());
        }
        match key(rest)? {
            Some((_, value)) => self.value(value, column),
            // An item that is no mapping, or a further line of a plain text.
            None => match dash {
                Some(dash) => self.value(rest, dash),
                None if rest.starts_with(SPECIAL) => Err(Unclear),
                None => Ok(()),
            },
        }
    }

    /// What stands behind a key or a dash in `column`.
    fn value(&mut self, value: &str, column: usize) -> Result<(), Unclear> {
        let value = value.trim_start_matches(' ');
        match value.as_bytes().first() {
            None | Some(b'#') => Ok(()),
            Some(b'"' | b'\'') => if_over(quoted(value)?),
            Some(b'[' | b'{') => if_over(flow(value)?),
            Some(b'|' | b'>') => {
                let header = value[1..].trim_start_matches(['+', '-']);
                self.block = Some(column);
                if_over(header)
            }
            _ if value.starts_with(SPECIAL) => Err(Unclear),
            _ => Ok(()),
        }
    }
}

/// What begins something else than plain text.
const SPECIAL: [char; 13] = ['"', '\'', '[', ']', '{', '}', '|', '>', '*', '&', '!', '%', '@'];

/// Nothing but a comment may follow.
fn if_over(rest: &str) -> Result<(), Unclear> {
    let bare = rest.trim_start_matches(' ');
    if bare.is_empty() || (bare.len() < rest.len() && bare.starts_with('#')) { Ok(()) } else { Err(Unclear) }
}

/// A key at the beginning of a text, and what stands behind its colon; `None` where there is no key.
pub(super) fn key(text: &str) -> Result<Option<(&str, &str)>, Unclear> {
    if text.starts_with(['"', '\'']) {
        let rest = quoted(text)?;
        let name = &text[1..text.len() - rest.len() - 1];
        return match rest.strip_prefix(':') {
            // Escapes are for the parser.
            Some(_) if name.contains(['\\', '\'']) => Err(Unclear),
            Some(value) if value.is_empty() || value.starts_with(' ') => Ok(Some((name, value))),
            _ => Ok(None),
        };
    }
    if text.starts_with(SPECIAL) {
        return Ok(None);
    }
    let mut from = 0;
    while let Some(colon) = text[from..].find(':').map(|at| from + at) {
        let (name, value) = (&text[..colon], &text[colon + 1..]);
        if value.is_empty() || value.starts_with(' ') {
            if name.contains(" #") {
                return Ok(None);
            }
            let clear = !name.is_empty() && !name.starts_with(['?', '<', ' ']);
            return if clear { Ok(Some((name.trim_end_matches(' '), value))) } else { Err(Unclear) };
        }
        from = colon + 1;
    }
    Ok(None)
}

/// What stands behind a quoted text.
fn quoted(text: &str) -> Result<&str, Unclear> {
    let quote = text.as_bytes()[0];
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 1,
            byte if byte == quote => return Ok(&text[at + 1..]),
            _ => {}
        }
        at += 1;
    }
    Err(Unclear)
}

/// What stands behind a list or mapping in brackets.
fn flow(text: &str) -> Result<&str, Unclear> {
    let (mut depth, mut rest) = (0_usize, text);
    while let Some(first) = rest.chars().next() {
        match first {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '"' | '\'' => {
                rest = quoted(rest)?;
                continue;
            }
            '*' | '&' | '#' | '!' => return Err(Unclear),
            _ => {}
        }
        rest = &rest[first.len_utf8()..];
        if depth == 0 {
            return Ok(rest);
        }
    }
    Err(Unclear)
}

/// The items of a list in block style, each with its dash; `None` where lines do not tell them.
pub(super) fn items(list: &str) -> Option<Vec<&str>> {
    let (mut lines, mut found, mut dashes, mut offset) = (Lines::default(), Vec::new(), None, 0);
    let mut start = None;
    for line in list.split_inclusive('\n') {
        if let Line::Content { column, rest } = lines.next(line.trim_end_matches('\n')).ok()? {
            let item = rest == "-" || rest.starts_with("- ");
            if item && *dashes.get_or_insert(column) == column {
                found.extend(start.replace(offset).map(|start| &list[start..offset]));
            } else if dashes.is_none_or(|dashes| column <= dashes) {
                return None;
            }
        }
        offset += line.len();
    }
    found.extend(start.map(|start| &list[start..]));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_told_apart_whatever_their_texts_hold() {
        let list =
            "\n- a: |\n    - no item\n  b: 1\n# c\n-\n- {x: '- y'}\n- c: >-\n    x\n\n    - y\n  d:\n  - z\n";
        let found = items(list).unwrap();
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[1], "-\n");
        assert!(found[3].ends_with("d:\n  - z\n"));
        let indented = "\n    - a: 1\n      b: 'it''s'\n    - a: \"x\\\" # - \"\n";
        assert_eq!(items(indented).unwrap().len(), 2);
        assert_eq!(items("").unwrap().len(), 0);
    }

    #[test]
    fn what_lines_do_not_tell_is_left_to_the_parser() {
        for unclear in [
            "- a: \"two\n  lines\"\n",
            "- a: 'two\n  lines'\n",
            "- a: [1,\n  2]\n",
            "- a: *x\n",
            "- a: &x 1\n",
            "- a: |2\n   x\n",
            "- <<: *x\n",
            "- ? a\n  : b\n",
            "- a: !!str 1\n",
            "- a: [*x]\n",
            "- a: 1\n \tb: 2\n",
            "- a:\t\"two\n  lines\"\n",
            "- \"a\" b\n",
            "a: 1\n",
            "- a: 1\nb: 2\n",
        ] {
            assert!(items(unclear).is_none(), "{unclear}");
        }
    }

    #[test]
    fn keys_end_at_a_colon_with_a_space() {
        assert_eq!(key("a: b: c"), Ok(Some(("a", " b: c"))));
        assert_eq!(key("https://x: y"), Ok(Some(("https://x", " y"))));
        assert_eq!(key("\"a b\": c"), Ok(Some(("a b", " c"))));
        assert_eq!(key("plain text"), Ok(None));
        assert_eq!(key("text # a: b"), Ok(None));
        assert_eq!(key("a:"), Ok(Some(("a", ""))));
        assert_eq!(key("'it''s': c"), Err(Unclear));
    }
}
