//! Text files with places in them: byte spans, lines and columns.
//!
//! Architecture invariant: this room knows no format. Spans are byte offsets into one file's text; lines and
//! columns are computed late, when a person or a machine is told of them.

mod overlay;

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::Serialize;

pub use overlay::Overlay;

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte `start` to byte `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The span as a range to slice a text with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A point in a file: lines and columns count from 1, columns in characters, the offset in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// Byte offset, from 0.
    pub offset: u32,
}

/// A text file: the path that people are shown, and its text.
pub struct SourceFile {
    path: String,
    text: Box<str>,
    /// Hardly any file is asked for its lines.
    line_starts: OnceLock<Box<[u32]>>,
    /// Characters before each [`BLOCK`] of bytes; empty where every character is one byte.
    characters: OnceLock<Box<[u32]>>,
}

/// Bytes of which at most one such run is counted to find a column: a file may be one line.
const BLOCK: usize = 1024;

impl SourceFile {
    /// A file shown as `path` (relative, with `/`; a member of an archive is `a.tgz!/b`).
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let (path, text) = (path.into(), text.into().into_boxed_str());
        Arc::new(Self { path, text, line_starts: OnceLock::new(), characters: OnceLock::new() })
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(index, _)| index as u32 + 1)).collect()
        })
    }

    /// The path that people are shown.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty where the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column of a byte offset (clamped to the text and to a character's start).
    pub fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset as u32);
        let start = self.line_starts()[line as usize - 1] as usize;
        let column = self.characters_before(offset) - self.characters_before(start) + 1;
        Position { line, column, offset: offset as u32 }
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|start| *start <= offset) as u32
    }

    fn characters_before(&self, offset: usize) -> u32 {
        let characters = self.characters.get_or_init(|| self.count_characters());
        let Some(last) = characters.len().checked_sub(1) else { return offset as u32 };
        let block = (offset / BLOCK).min(last);
        characters[block] + starts_in(&self.text.as_bytes()[block * BLOCK..offset])
    }

    fn count_characters(&self) -> Box<[u32]> {
        if self.text.is_ascii() {
            return Box::default();
        }
        let blocks = self.text.as_bytes().chunks(BLOCK);
        let before = blocks.scan(0, |sum, block| Some(std::mem::replace(sum, *sum + starts_in(block))));
        before.collect()
    }

    /// Byte offset of the start of a line (lines from 1); the text's length past the last line.
    pub fn line_start(&self, line: u32) -> u32 {
        self.line_starts().get(line as usize - 1).copied().unwrap_or(self.text.len() as u32)
    }
}

/// How many characters start in these bytes of UTF-8.
fn starts_in(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u32
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceFile({}, {} bytes)", self.path, self.text.len())
    }
}

/// Where something stands: a file and a span in it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes meant.
    pub span: Span,
}

impl Place {
    /// A place in a text file.
    pub fn new(file: &Arc<SourceFile>, span: Span) -> Self {
        Self { file: Arc::clone(file), span }
    }

    /// A whole file without text worth showing (binary, or missing): line 1, column 1.
    pub fn whole(path: impl Into<String>) -> Self {
        Self { file: SourceFile::new(path, ""), span: Span::default() }
    }

    /// Where the place starts.
    pub fn start(&self) -> Position {
        self.file.position(self.span.start)
    }

    /// Where the place ends.
    pub fn end(&self) -> Position {
        self.file.position(self.span.end)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start();
        write!(f, "{}:{}:{}", self.file.path(), start.line, start.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let file = SourceFile::new("a.yaml", "ä: 1\nbé: 2\n");
        assert_eq!(file.position(0), Position { line: 1, column: 1, offset: 0 });
        assert_eq!(file.position(2), Position { line: 1, column: 2, offset: 2 });
        assert_eq!(file.position(7), Position { line: 2, column: 2, offset: 7 });
        assert_eq!(file.position(9999).line, 3);
    }

    #[test]
    fn columns_of_one_long_line() {
        let text = "aé€😀".repeat(1000);
        let file = SourceFile::new("a.yaml", text.clone());
        for (index, (offset, _)) in text.char_indices().enumerate() {
            assert_eq!(file.position(offset as u32).column, index as u32 + 1);
        }
        assert_eq!(file.position(text.len() as u32).column, 4001);
        let even = SourceFile::new("a.yaml", "é".repeat(BLOCK));
        assert_eq!(even.position(2 * BLOCK as u32).column, BLOCK as u32 + 1);
    }
}
