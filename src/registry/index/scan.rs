//! One pass over an index, in constant memory: where the entries of each chart stand, and their digests.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::ops::Range;

use sha2::{Digest as _, Sha256};

use super::lines::{Line, Lines, Unclear, key};
use crate::archive::Digest;

/// Where the entries of a chart stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Its bytes in the index.
    pub(super) range: Range<u64>,
    /// What they are.
    pub(super) digest: Digest,
}

/// The parts of an index by chart.
pub(super) type Parts = BTreeMap<String, Part>;

/// How a pass ended.
pub(super) enum Scanned {
    /// Everything is known.
    Parts(Parts),
    /// Lines do not tell: it has to be parsed as a whole.
    Unclear,
    /// It is no index.
    Wrong(String),
}

impl From<Unclear> for Scanned {
    fn from(_: Unclear) -> Self {
        Self::Unclear
    }
}

/// Longest line that is read; a longer one is left to the parser.
const MAX_LINE: usize = 1 << 20;

/// Passes over an index in YAML.
pub(super) fn scan(mut reader: &mut dyn BufRead) -> io::Result<Scanned> {
    let (mut scan, mut line) = (Scan::default(), Vec::new());
    loop {
        line.clear();
        if io::Read::take(&mut reader, MAX_LINE as u64).read_until(b'\n', &mut line)? == 0 {
            return Ok(scan.end());
        }
        if line.len() == MAX_LINE {
            return Ok(Scanned::Unclear);
        }
        let Ok(text) = std::str::from_utf8(&line) else {
            return Ok(Scanned::Wrong("it is not UTF-8 text".to_owned()));
        };
        if let Err(end) = scan.line(text) {
            return Ok(end);
        }
    }
}

#[derive(Default)]
struct Scan {
    lines: Lines,
    offset: u64,
    /// Whether anything was there yet.
    begun: bool,
    version: bool,
    /// Whether the root has `entries`, and whether they are being read.
    entries: bool,
    inside: bool,
    /// Column of the charts' names.
    names: Option<usize>,
    chart: Option<Chart>,
    parts: Parts,
}

struct Chart {
    name: String,
    start: u64,
    hasher: Sha256,
    /// Whether the value ended in the line of the name.
    closed: bool,
}

impl Scan {
    fn line(&mut self, text: &str) -> Result<(), Scanned> {
        let line = text.strip_suffix('\n').unwrap_or(text);
        let content = self.lines.next(line)?;
        if let Line::Content { column, rest } = content {
            self.content(column, rest, text)?;
        }
        // The line of a chart's name was taken already.
        if let Some(chart) = &mut self.chart
            && chart.start <= self.offset
        {
            chart.hasher.update(text);
        }
        self.offset += text.len() as u64;
        Ok(())
    }

    fn content(&mut self, column: usize, rest: &str, text: &str) -> Result<(), Scanned> {
        if !self.begun {
            if column > 0 && !rest.starts_with('<') {
                return Err(Scanned::Unclear);
            }
            self.begun = true;
            if rest.starts_with('<') {
                let start: String = rest.chars().take(24).collect();
                return Err(Scanned::Wrong(format!("it is a web page (`{}…`)", start.escape_debug())));
            }
            if rest == "---" && column == 0 {
                return Ok(());
            }
        }
        let item = rest == "-" || rest.starts_with("- ");
        match (column, self.inside, self.names) {
            (0, true, _) if item => Err(Scanned::Unclear),
            (0, ..) if item => Ok(()),
            (0, ..) => self.root(rest),
            (_, false, _) => Ok(()),
            (column, true, names) if column == names.unwrap_or(column) && !(item && names.is_some()) => {
                self.names = Some(column);
                self.name(column, rest, text)
            }
            (column, true, names) => {
                let open = self.chart.as_ref().is_some_and(|chart| !chart.closed);
                if open && names.is_some_and(|names| column >= names) {
                    Ok(())
                } else {
                    Err(Scanned::Unclear)
                }
            }
        }
    }

    fn root(&mut self, rest: &str) -> Result<(), Scanned> {
        self.close()?;
        self.inside = false;
        if rest.starts_with("---") || rest.starts_with("...") || rest.starts_with('\u{feff}') {
            return Err(Scanned::Unclear);
        }
        let (name, value) = key(rest)?.ok_or(Scanned::Unclear)?;
        let value = value.trim();
        match name {
            "apiVersion" => self.version = !value.is_empty() && !value.starts_with('#'),
            "entries" => {
                let empty = value.is_empty() || value.starts_with('#');
                if self.entries || !(empty || value == "{}") {
                    return Err(Scanned::Unclear);
                }
                (self.entries, self.inside, self.names) = (true, empty, None);
            }
            _ => {}
        }
        Ok(())
    }

    fn name(&mut self, column: usize, rest: &str, text: &str) -> Result<(), Scanned> {
        self.close()?;
        let (name, value) = key(rest)?.ok_or(Scanned::Unclear)?;
        let closed = match value.trim().as_bytes().first() {
            None | Some(b'#') => false,
            Some(b'[') => true,
            _ => return Err(Scanned::Unclear),
        };
        let behind = column + rest.len() - value.len();
        let mut hasher = Sha256::new();
        hasher.update(&text[behind..]);
        let start = self.offset + behind as u64;
        self.chart = Some(Chart { name: name.to_owned(), start, hasher, closed });
        Ok(())
    }

    /// The entries of a chart end before this line.
    fn close(&mut self) -> Result<(), Scanned> {
        let Some(chart) = self.chart.take() else { return Ok(()) };
        let part = Part { range: chart.start..self.offset, digest: Digest::from_hasher(chart.hasher) };
        match self.parts.insert(chart.name.clone(), part) {
            None => Ok(()),
            Some(_) => Err(Scanned::Wrong(format!("the chart `{}` stands twice", chart.name.escape_debug()))),
        }
    }

    fn end(mut self) -> Scanned {
        if let Err(wrong) = self.close() {
            return wrong;
        }
        if self.version { Scanned::Parts(self.parts) } else { Scanned::Unclear }
    }
}
