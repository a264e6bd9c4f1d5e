//! Syntax errors as sentences: what the parser found, where a person would look, and what usually helps.

use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use super::parse::SYNTAX;
use super::scan::{line_end, line_start, word_end};
use crate::diagnostics::Diagnostic;
use crate::source::{Place, SourceFile, Span};

/// A parser's error as a finding.
pub(super) fn diagnostic(file: &Arc<SourceFile>, error: &ScanError) -> Diagnostic {
    let text = file.text();
    let mut at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let here = Here { text, at, line: &text[line_start(text, at)..line_end(text, at)] };
    let (message, mut help) = here.explain(error);
    let mut end = word_end(text, at);
    let mut start = at;
    if let Some(conflict) = here.conflict() {
        (start, end) = (conflict, line_end(text, conflict));
        return Diagnostic::new(
            SYNTAX,
            Place::new(file, Span::new(start, end)),
            "a merge conflict that is not resolved",
        )
        .help("keep one side, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`");
    }
    if is_tab(error.kind()) {
        // The parser points behind the tab, or at the text that it interrupts.
        let from = line_start(text, at);
        start = text[from..].find('\t').map_or(at, |tab| from + tab);
        end = start + text[start..].len() - text[start..].trim_start_matches('\t').len();
    } else if here.line.contains("{{") {
        help = Some("put the whole value in quotes: `{{` without quotes opens a mapping in YAML");
    }
    let found = Diagnostic::new(SYNTAX, Place::new(file, Span::new(start, end.max(start))), message);
    match help {
        Some(help) => found.help(help),
        None => found,
    }
}

fn is_tab(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar
    )
}

/// Where the parser stopped.
struct Here<'a> {
    text: &'a str,
    at: usize,
    line: &'a str,
}

impl Here<'_> {
    /// The start of a conflict marker of git above the error or on its line.
    fn conflict(&self) -> Option<usize> {
        let above = &self.text[..line_end(self.text, self.at)];
        let marker = above.rfind("<<<<<<< ").filter(|start| *start == line_start(self.text, *start));
        marker.filter(|start| self.text[*start..].contains("\n======="))
    }

    /// Whether only white space and dashes stand before the error on its line.
    fn starts_line(&self) -> bool {
        self.text[line_start(self.text, self.at)..self.at].bytes().all(|b| matches!(b, b' ' | b'-' | b'?'))
    }

    fn explain(&self, error: &ScanError) -> (String, Option<&'static str>) {
        let next = self.text[self.at..].chars().next();
        let (message, help) = match error.kind() {
            kind if is_tab(kind) => ("a tab stands where YAML wants spaces", Some("indent with spaces")),
            ErrorKind::MappingValueNotAllowed
                if self.line.trim_start()[..].find(": ").is_some_and(|first| self.before() > first) =>
            {
                ("a second colon on this line", Some("put a value that holds `: ` in quotes"))
            }
            ErrorKind::MappingValueNotAllowed => (
                "a key cannot stand here: the text above it has not ended",
                Some("look at the indentation, and for a line above without a space behind its colon"),
            ),
            ErrorKind::ExpectedBlockMappingKey
                if self.starts_line() && self.line.trim_start().starts_with("- ") =>
            {
                (
                    "a list item cannot stand among the keys of a mapping",
                    Some("look at the indentation of this line"),
                )
            }
            ErrorKind::ExpectedBlockMappingKey if self.starts_line() => {
                ("this line fits no line above it", Some("entries of one mapping start in the same column"))
            }
            ErrorKind::ExpectedBlockMappingKey => ("nothing may follow the value on its line", None),
            ErrorKind::ExpectedBlockSequenceEntry => (
                "a list goes on here with something that is no item",
                Some("items start with `- `, in the same column"),
            ),
            ErrorKind::SimpleKeyExpected => (
                "a key without a colon",
                Some("write `key: value`; a text that goes on from the line above is indented deeper"),
            ),
            ErrorKind::UnclosedFlowCollection { .. } => ("this bracket is never closed", None),
            ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofImplicitFlowMapping => {
                ("inside brackets a `,` or the closing bracket is missing before this", None)
            }
            ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
                ("this bracket closes nothing", Some("text that starts with a bracket needs quotes"))
            }
            ErrorKind::UnclosedQuotedScalar => ("this quote is never closed", None),
            ErrorKind::InvalidQuotedScalarIndent => (
                "a quoted text goes on in a line that is not indented",
                Some("look for a closing quote that is missing"),
            ),
            ErrorKind::InvalidTrailingSingleQuotedScalar => (
                "nothing may follow a quoted text on its line",
                Some("inside single quotes an apostrophe is written twice"),
            ),
            ErrorKind::InvalidTrailingDoubleQuotedScalar => (
                "nothing may follow a quoted text on its line",
                Some("inside double quotes a quote is written `\\\"`"),
            ),
            ErrorKind::UnknownQuotedScalarEscape => (
                "an escape that YAML does not know",
                Some("in double quotes a backslash is written `\\\\`; in single quotes it stands for itself"),
            ),
            ErrorKind::UnknownAnchor => {
                ("no anchor of this name stands before it", Some("text that starts with `*` needs quotes"))
            }
            ErrorKind::RecursionLimitExceeded => ("nested too deeply", None),
            ErrorKind::BlockSequenceEntryNotAllowed => {
                ("a list cannot start here", Some("start it on a line of its own"))
            }
            ErrorKind::ExpectedDocumentStart => (
                "the document has ended before this",
                Some("look at the indentation; documents of one file are parted by `---`"),
            ),
            ErrorKind::UnexpectedCharacter { .. } if matches!(next, Some('@' | '`' | '%')) => {
                ("no text can start with this character", Some("put the value in quotes"))
            }
            ErrorKind::UnexpectedEofBlockMapping if next == Some(',') => {
                ("no text can start with a comma", Some("put the value in quotes"))
            }
            _ => return (format!("this is no YAML: {}", error.info()), None),
        };
        (message.to_owned(), help)
    }

    /// Where the error stands in its line, without indentation.
    fn before(&self) -> usize {
        let indent = self.line.len() - self.line.trim_start().len();
        (self.at - line_start(self.text, self.at)).saturating_sub(indent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    /// Text, what the finding marks, a part of its message, a part of its help.
    #[test]
    fn mistakes_that_people_make() {
        let cases = [
            ("a:\n\tb: 1\n", "2:1 \t", "a tab", "spaces"),
            ("a: 1\n\tb: 2\n", "2:1 \t", "a tab", "spaces"),
            (
                "a:\n  b: {{ .Values.x }}-suffix\n",
                "2:21 -suffix",
                "nothing may follow",
                "whole value in quotes",
            ),
            ("a: {{ .x }} b\n", "1:13 b", "nothing may follow", "whole value in quotes"),
            ("{{- if .x }}\na: 1\n{{- end }}\n", "1:3 -", "no YAML", "`{{` without quotes"),
            ("key: value: more\n", "1:11 :", "a second colon", "in quotes"),
            ("a: 'it's'\n", "1:8 s'", "quoted text", "apostrophe is written twice"),
            ("a: \"x\" y\n", "1:8 y", "quoted text", ""),
            ("a: \"x\nb: 1\n", "2:1 b:", "not indented", "closing quote"),
            ("a: 'x", "1:4 'x", "never closed", ""),
            ("a: \"\\d\"\n", "1:4 \"\\d\"", "an escape", "backslash"),
            ("a: [1, 2\nb: 1\n", "2:2 :", "inside brackets", ""),
            ("a: {x: 1\nb: 2\n", "2:2 :", "inside brackets", ""),
            ("a: 1\n---\nb: [\n", "3:4 [", "never closed", ""),
            ("a: }\n", "1:4 }", "closes nothing", "quotes"),
            ("a: 1\n b: 2\n", "2:3 :", "a key cannot stand here", "indentation"),
            ("key:value\nother: 1\n", "2:6 :", "a key cannot stand here", "space behind its colon"),
            ("a:\n    b: 1\n  c: 2\n", "3:3 c:", "fits no line above", "same column"),
            ("a: b\n- c\n", "2:3 c", "a list item", "indentation"),
            ("- a\nb: c\n", "2:1 b:", "no item", "`- `"),
            ("a: 1\nb\nc: 2\n", "2:1 b", "without a colon", ""),
            ("a: - b\n", "1:4 -", "a list cannot start", "line of its own"),
            ("a: @foo\n", "1:4 @foo", "no text can start", "quotes"),
            ("a: *foo\n", "1:4 *foo", "no anchor", "quotes"),
            ("a: , b\n", "1:4 ,", "comma", "quotes"),
            ("  a: 1\nb: 2\n", "2:1 b:", "has ended", "indentation"),
            (
                "x: 1\n<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> b\n",
                "2:1 <<<<<<< HEAD",
                "merge conflict",
                "keep one",
            ),
            ("ä: [é\n", "1:4 [é", "never closed", ""),
        ];
        for (text, marked, message, help) in cases {
            let stream = parse(&SourceFile::new("t.yaml", text));
            let found = stream.diagnostics.first().unwrap_or_else(|| panic!("{text:?} passed"));
            let start = found.place.start();
            let place = format!("{}:{} {}", start.line, start.column, &text[found.place.span.range()]);
            assert_eq!(place, marked, "{text:?}");
            assert!(found.message.contains(message), "{text:?}: {}", found.message);
            assert!(found.help.as_deref().unwrap_or_default().contains(help), "{text:?}: {:?}", found.help);
        }
    }
}
