//! Comments that silence findings: what they say, and which findings they cover.
//!
//! `# edgewright: ignore[PK0103, chart-key] reason` at the end of a line covers what starts on that line; on a line of its
//! own it covers the entry or item below it, to its end. `# edgewright: ignore-file[…] reason` in the first comments of
//! a file covers all of it. Who reads the comments knows which of the three it is; here are the words and the covering.

use std::collections::HashMap;

use super::closest;
use crate::source::{SourceFile, Span};

/// What every such comment begins with. A file without it needs not be searched.
pub const MARKER: &str = "edgewright:";

/// A code or name between the brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silenced {
    /// As it is written.
    pub name: String,
    /// Its bytes.
    pub span: Span,
}

/// What a comment asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Whether it is about the whole file.
    pub whole_file: bool,
    /// What is silenced; never empty.
    pub silenced: Vec<Silenced>,
    /// Why; empty where nobody said.
    pub reason: String,
    /// Bytes of the comment from the `#` that it starts with.
    pub span: Span,
}

/// A comment that was meant to silence something, but does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to write.
    pub help: String,
    /// The bytes that are wrong.
    pub span: Span,
}

const FORM: &str = "write `# edgewright: ignore[CODE] reason`";

/// Reads one comment: `comment` is its text with the `#`, which stands at byte `at`. `None` for any other comment.
pub fn read(comment: &str, at: usize) -> Option<Result<Directive, Unreadable>> {
    let (marker, _) = comment.match_indices(MARKER).find(|(start, _)| {
        let before = comment[..*start].trim_end();
        before.ends_with('#')
    })?;
    let hash = comment[..marker].trim_end().len() - 1;
    let words = marker + MARKER.len();
    let verb_at = words + comment[words..].len() - comment[words..].trim_start().len();
    let length = comment[verb_at..].find(|c: char| !c.is_ascii_alphabetic() && c != '-');
    let verb = &comment[verb_at..verb_at + length.unwrap_or(comment.len() - verb_at)];
    let span = |from: usize, to: usize| Span::new(at + from, at + to);
    let end = comment.trim_end().len();
    let unreadable =
        |message: String, help: String, span: Span| Some(Err(Unreadable { message, help, span }));
    let whole_file = match verb {
        "ignore" => false,
        "ignore-file" => true,
        other => {
            // Prose, or a setting that somebody commented out.
            let meant = closest(other, ["ignore", "ignore-file", "disable", "noqa"])?;
            let meant = if meant == "ignore-file" { meant } else { "ignore" };
            let help = format!("did you mean `{meant}`? {FORM}");
            let message = format!("`{other}` is no word that silences findings");
            return unreadable(message, help, span(verb_at, verb_at + other.len()));
        }
    };
    let behind = verb_at + verb.len();
    let open = behind + comment[behind..].len() - comment[behind..].trim_start().len();
    if !comment[open..].starts_with('[') {
        let message = "it does not say which findings it silences".to_owned();
        return unreadable(message, format!("{FORM}, with the code or name of a rule"), span(hash, end));
    }
    let Some(close) = comment[open..].find(']').map(|length| open + length) else {
        return unreadable("the list of codes is not closed".to_owned(), FORM.to_owned(), span(hash, end));
    };
    let mut silenced = Vec::new();
    let mut from = open + 1;
    for part in comment[open + 1..close].split(',') {
        let start = from + part.len() - part.trim_start().len();
        from += part.len() + 1;
        let name = part.trim();
        if !name.is_empty() {
            silenced.push(Silenced { name: name.to_owned(), span: span(start, start + name.len()) });
        }
    }
    if silenced.is_empty() {
        let message = "the list of codes is empty".to_owned();
        return unreadable(
            message,
            format!("{FORM}, with the code or name of a rule"),
            span(open, close + 1),
        );
    }
    let dashes = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—');
    let reason = comment[close + 1..].trim_start_matches(dashes).trim_end().to_owned();
    Some(Ok(Directive { whole_file, silenced, reason, span: span(hash, end) }))
}

/// Which findings of one file a suppression covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    File,
    /// Those that start on this line.
    Line(u32),
    /// Those that start in these bytes, which lie inside those of any other that they overlap.
    Bytes(Span),
}

/// The suppressions of one file: which of them covers a finding.
#[derive(Debug, Default)]
pub struct Cover {
    codes: HashMap<&'static str, OfCode>,
}

#[derive(Debug, Default)]
struct OfCode {
    file: Option<usize>,
    lines: HashMap<u32, usize>,
    /// Sorted by start, the longer first; with the index of the one around it.
    bytes: Vec<(Span, usize, Option<usize>)>,
}

impl Cover {
    /// From code, reach and a number of the caller's. Of two with the same reach the first counts.
    pub fn new(suppressions: impl IntoIterator<Item = (&'static str, Reach, usize)>) -> Self {
        let mut cover = Self::default();
        for (code, reach, number) in suppressions {
            let of = cover.codes.entry(code).or_default();
            match reach {
                Reach::File => {
                    of.file.get_or_insert(number);
                }
                Reach::Line(line) => {
                    of.lines.entry(line).or_insert(number);
                }
                Reach::Bytes(span) => of.bytes.push((span, number, None)),
            }
        }
        for of in cover.codes.values_mut() {
            of.bytes.sort_by_key(|(span, ..)| (span.start, std::cmp::Reverse(span.end)));
            let mut around: Vec<usize> = Vec::new();
            for index in 0..of.bytes.len() {
                let start = of.bytes[index].0.start;
                while around.last().is_some_and(|outer| of.bytes[*outer].0.end <= start) {
                    around.pop();
                }
                of.bytes[index].2 = around.last().copied();
                around.push(index);
            }
        }
        cover
    }

    /// The number of the narrowest suppression of `code` that covers what starts at `offset` of `file`.
    pub fn find(&self, code: &str, file: &SourceFile, offset: u32) -> Option<usize> {
        let of = self.codes.get(code)?;
        if !of.lines.is_empty()
            && let Some(number) = of.lines.get(&file.line(offset))
        {
            return Some(*number);
        }
        let mut index = of.bytes.partition_point(|(span, ..)| span.start <= offset).checked_sub(1);
        while let Some(at) = index {
            let (span, number, around) = of.bytes[at];
            if offset < span.end {
                return Some(number);
            }
            index = around;
        }
        of.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(comment: &str) -> Vec<String> {
        let directive = read(comment, 0).unwrap().unwrap();
        directive.silenced.into_iter().map(|s| s.name).collect()
    }

    #[test]
    fn comments_that_silence() {
        let comment = "# edgewright: ignore[PK0103, chart-key ,] comes with the next release, see #12 ";
        let directive = read(comment, 10).unwrap().unwrap();
        assert_eq!(directive.reason, "comes with the next release, see #12");
        assert_eq!(names(comment), ["PK0103", "chart-key"]);
        assert_eq!(directive.silenced[0].span, Span::new(31, 37));
        assert_eq!(directive.span, Span::new(10, 10 + comment.len() - 1));
        assert!(!directive.whole_file);
        assert!(read("#edgewright:ignore-file[X]", 0).unwrap().unwrap().whole_file);
        assert_eq!(read("# edgewright: ignore[X]: why", 0).unwrap().unwrap().reason, "why");
        assert_eq!(read("# edgewright: ignore [X] -- why", 0).unwrap().unwrap().reason, "why");
        let behind = read("# port of the box # edgewright: ignore[X] why", 5).unwrap().unwrap();
        assert_eq!(behind.span.start, 23);
    }

    #[test]
    fn comments_that_only_look_like_it() {
        for comment in [
            "# a comment",
            "# see edgewright: ignore[X]",
            "# edgewright: true",
            "#  edgewright: the program",
            "# edgewright:",
            "# spectrocloud.com/enabled-presets: Group:preset",
        ] {
            assert_eq!(read(comment, 0), None, "{comment}");
        }
    }

    #[test]
    fn comments_that_cannot_be_read() {
        let cases = [
            ("# edgewright: ignore", 0..20, "which findings"),
            ("# edgewright: ignore PK0103", 0..27, "which findings"),
            ("# edgewright: ignore[]", 20..22, "empty"),
            ("# edgewright: ignore[ , ]", 20..25, "empty"),
            ("# edgewright: ignore[PK0103 reason", 0..34, "not closed"),
            ("# edgewright: ignroe[PK0103] reason", 14..20, "no word"),
            ("# edgewright: disable[PK0103] reason", 14..21, "no word"),
        ];
        for (comment, span, message) in cases {
            let wrong = read(comment, 0).unwrap().unwrap_err();
            assert_eq!(wrong.span.range(), span, "{comment}");
            assert!(wrong.message.contains(message), "{comment}: {}", wrong.message);
        }
    }

    #[test]
    fn the_narrowest_one_covers() {
        let file = SourceFile::new("a.yaml", "0123\n5678\n");
        let bytes = |start, end| Reach::Bytes(Span::new(start, end));
        let cover = Cover::new([
            ("A", Reach::File, 0),
            ("A", bytes(1, 9), 1),
            ("A", bytes(2, 4), 2),
            ("A", bytes(6, 7), 3),
            ("A", Reach::Line(2), 4),
            ("B", bytes(2, 4), 5),
        ]);
        assert_eq!(cover.find("A", &file, 0), Some(0));
        assert_eq!(cover.find("A", &file, 1), Some(1));
        assert_eq!(cover.find("A", &file, 3), Some(2));
        assert_eq!(cover.find("A", &file, 4), Some(1));
        assert_eq!(cover.find("A", &file, 6), Some(4));
        assert_eq!(cover.find("B", &file, 4), None);
        assert_eq!(cover.find("C", &file, 4), None);
    }
}
