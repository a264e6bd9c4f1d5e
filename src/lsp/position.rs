//! Positions as the protocol counts them: lines and columns from 0, columns in UTF-16 code units or in bytes.

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client speaks.
    #[default]
    Utf16,
}

/// A place between two characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Position {
    /// Line, from 0.
    pub(super) line: u32,
    /// Column, from 0, in units of the encoding.
    pub(super) character: u32,
}

/// From a position to behind the last character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Range {
    /// First character.
    pub(super) start: Position,
    /// Behind the last.
    pub(super) end: Position,
}

/// A text whose lines are known: ended by `\n`, `\r\n` or `\r`, as the protocol has it.
pub(super) struct Lines<'t> {
    text: &'t str,
    encoding: Encoding,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let starts = std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|at| at + 1)).collect();
        Self { text, encoding, starts }
    }

    /// The text of a line without its end.
    fn line(&self, line: usize) -> &'t str {
        let start = self.starts[line];
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        self.text[start..end].trim_end_matches(['\r', '\n'])
    }

    /// The byte at a position; past the end of a line its end, past the last line the end of the text.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else { return self.text.len() };
        let text = self.line(line);
        let wanted = position.character as usize;
        let mut units = 0;
        for (at, c) in text.char_indices() {
            units += self.width(c);
            // A position inside a character is the one before it.
            if units > wanted {
                return start + at;
            }
        }
        start + text.len()
    }

    /// The position of a byte; inside a character that of its start.
    pub(super) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let text = self.line(line);
        let inner = (offset - self.starts[line]).min(text.len());
        let character = match self.encoding {
            Encoding::Utf8 => inner,
            Encoding::Utf16 => text[..inner].chars().map(char::len_utf16).sum(),
        };
        Position { line: line as u32, character: character as u32 }
    }

    /// The range of a span.
    pub(super) fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start as usize), end: self.position(span.end as usize) }
    }

    fn width(&self, c: char) -> usize {
        match self.encoding {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = "name: 🐻 bär\nnext: x\n";
        let wide = Lines::new(text, Encoding::Utf16);
        let bytes = Lines::new(text, Encoding::Utf8);
        let bear = text.find("bär").unwrap();
        assert_eq!(wide.position(bear), at(0, 9));
        assert_eq!(bytes.position(bear), at(0, 11));
        assert_eq!(wide.offset(at(0, 9)), bear);
        assert_eq!(bytes.offset(at(0, 11)), bear);
        let end = text.find('\n').unwrap();
        assert_eq!(wide.position(end), at(0, 12));
        assert_eq!(wide.offset(at(0, 12)), end);
        // In the middle of a surrogate pair, and of a character's bytes.
        assert_eq!(wide.offset(at(0, 7)), text.find('🐻').unwrap());
        assert_eq!(bytes.offset(at(0, 8)), text.find('🐻').unwrap());
        assert_eq!(wide.position(text.find('🐻').unwrap() + 2), at(0, 6));
    }

    #[test]
    fn lines_end_in_three_ways() {
        let lines = Lines::new("a\r\nb\rc\nd", Encoding::Utf16);
        for (offset, line, character) in
            [(0, 0, 0), (1, 0, 1), (2, 0, 1), (3, 1, 0), (5, 2, 0), (7, 3, 0), (8, 3, 1)]
        {
            assert_eq!(lines.position(offset), at(line, character), "{offset}");
        }
        assert_eq!(lines.offset(at(0, 99)), 1);
        assert_eq!(lines.offset(at(1, 99)), 4);
        assert_eq!(lines.offset(at(99, 0)), 8);
        assert_eq!(Lines::new("", Encoding::Utf8).position(5), at(0, 0));
    }
}
