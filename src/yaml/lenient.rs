//! Quoted texts that go on in a line indented too little: no YAML 1.2, but what Go reads, and what CRDs of real charts have.
//!
//! The parser stops at such a line. It is read again with the line breaks of that one text turned into spaces, so that
//! no offset moves; the text itself is then read alone, where no indentation is asked for.

use std::borrow::Cow;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScanError};

use super::scan::line_end;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::source::{Place, SourceFile, Span};

/// A quoted text whose second or later line is indented no deeper than its key.
pub const QUOTED_INDENTATION: Lint =
    Lint { code: "YA0003", name: "quoted-indentation", severity: Severity::Info };

/// Bytes that may be read again for the sake of such texts: a hostile file must not cost its square.
const MOST_BYTES: usize = 32 << 20;

/// A file's text, with the line breaks of some quoted texts blanked.
pub(super) struct Lenient<'a> {
    file: &'a Arc<SourceFile>,
    text: Cow<'a, str>,
    /// The texts that were blanked, quotes included.
    quoted: Vec<Span>,
    read: usize,
    /// One finding for each of them.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Lenient<'a> {
    pub(super) fn new(file: &'a Arc<SourceFile>) -> Self {
        Self { file, text: Cow::Borrowed(file.text()), quoted: Vec::new(), read: 0, diagnostics: Vec::new() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether reading can be tried again after this error; `seen` is the end of what was read before it.
    pub(super) fn allows(&mut self, error: &ScanError, seen: usize) -> bool {
        self.read += self.text.len();
        if *error.kind() != ErrorKind::InvalidQuotedScalarIndent || self.read > MOST_BYTES {
            return false;
        }
        let Some(at) = error.marker().byte_offset() else { return false };
        let Some(span) = quoted_around(&self.text, seen, at) else { return false };
        let blank = |byte: u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte };
        let mut bytes = std::mem::take(&mut self.text).into_owned().into_bytes();
        bytes[span.range()].iter_mut().for_each(|byte| *byte = blank(*byte));
        // Only ASCII was replaced, by ASCII.
        let Ok(text) = String::from_utf8(bytes) else { return false };
        self.text = Cow::Owned(text);
        self.quoted.push(span);
        let line = Span::new(at, line_end(self.file.text(), at));
        self.diagnostics.push(
            Diagnostic::new(
                QUOTED_INDENTATION,
                Place::new(self.file, line),
                "a quoted text goes on in a line that is not indented deeper than its key",
            )
            .help("indent the line: Kubernetes and Helm read it as it is, YAML 1.2 does not allow it"),
        );
        true
    }

    /// The value of a text that was blanked, from the file as it is.
    pub(super) fn scalar(&self, span: Span) -> Option<String> {
        self.quoted.iter().find(|quoted| **quoted == span)?;
        Parser::new_from_str(self.file.slice(span)).find_map(|event| match event {
            Ok((Event::Scalar(text, ..), _)) => Some(text.into_owned()),
            _ => None,
        })
    }
}

/// The quoted text that starts behind `seen` and that `at` stands in.
fn quoted_around(text: &str, seen: usize, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let mut here = seen;
    while here < at {
        let starts =
            here == 0 || matches!(bytes[here - 1], b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b'{' | b':');
        match bytes[here] {
            b'#' if starts => here = line_end(text, here),
            b'"' | b'\'' if starts => {
                let end = quoted_end(bytes, here)?;
                if end > at {
                    return Some(Span::new(here, end));
                }
                here = end;
            }
            _ => here += 1,
        }
    }
    None
}

/// Behind the closing quote of a text that starts at `start`.
fn quoted_end(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = bytes[start];
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::yaml::{Resolver, SYNTAX, parse};

    /// What `sigs.k8s.io/yaml` 1.6.0 answers.
    #[test]
    fn under_indented_lines_are_read_as_go_reads_them() {
        let cases = [
            ("k:\n  a: \"x\n y\"\nb: 1\n", json!({"k": {"a": "x y"}, "b": 1})),
            ("a: \"x\n\ny\" # c\nb: 'it''s # no\ncomment'\n", json!({"a": "x\ny", "b": "it's # no comment"})),
            ("a: \"say \\\"x\\\"\ny\"\r\nb: 'é\r\nz'\n", json!({"a": "say \"x\" y", "b": "é z"})),
            (
                "k:\n  - d: 'one\n\n  two'\n    e: \"a\n b\"\n  - f: it's\n",
                json!({"k": [{"d": "one\ntwo", "e": "a b"}, {"f": "it's"}]}),
            ),
        ];
        for (text, expected) in cases {
            let stream = parse(&SourceFile::new("t.yaml", text));
            assert!(!stream.diagnostics.is_empty(), "{text}");
            assert!(
                stream.diagnostics.iter().all(|d| d.lint == QUOTED_INDENTATION),
                "{:?}",
                stream.diagnostics
            );
            assert_eq!(stream.documents[0].root().to_json(Resolver::Go), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_missing_quote_stays_an_error_and_costs_no_square() {
        let stream = parse(&SourceFile::new("t.yaml", "a: \"x\nb: 1\n"));
        assert_eq!(stream.diagnostics[0].lint, SYNTAX);
        let many = "a: \"x\ny\"\n".repeat(20_000);
        let stream = parse(&SourceFile::new("t.yaml", many));
        let last = stream.diagnostics.iter().find(|d| d.lint == SYNTAX).expect("it gave up");
        assert!(last.message.contains("not indented"));
        let root =
            parse(&SourceFile::new("t.yaml", "a: \"x\ny\"\n")).documents[0].root().to_json(Resolver::Core);
        assert_eq!(root.unwrap_or(Value::Null), json!({"a": "x y"}));
    }
}
