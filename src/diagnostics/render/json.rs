//! Findings for machines: one JSON object, schema version 1.

use serde::Serialize;

use super::{Report, Summary};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{Place, Position, SourceFile, Span};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    findings: Vec<Finding<'a>>,
    summary: &'a Summary,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    name: &'a str,
    severity: Severity,
    message: &'a str,
    path: &'a str,
    pointer: &'a str,
    fingerprint: &'a str,
    range: Range,
    related: Vec<Related<'a>>,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    path: &'a str,
    range: Range,
    message: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    message: &'a str,
    safe: bool,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    range: Range,
    replacement: &'a str,
}

/// From the first byte to behind the last.
#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

impl Range {
    fn new(file: &SourceFile, span: Span) -> Self {
        Self { start: file.position(span.start), end: file.position(span.end) }
    }

    fn of(place: &Place) -> Self {
        Self::new(&place.file, place.span)
    }
}

/// Findings, in the order in which they are given, and the summary.
///
/// Lines and columns count from 1, columns in characters; offsets count bytes from 0. `help` and `fix` are null where
/// there is none.
pub fn json(report: &Report<'_>) -> String {
    let findings = report.fingerprinted().map(|(diagnostic, print)| finding(diagnostic, print)).collect();
    pretty(&Document { schema_version: 1, findings, summary: &report.summary })
}

/// A document, indented, with a line break at its end.
pub(super) fn pretty(document: &impl Serialize) -> String {
    // Every key is a string and nothing is read from outside: there is nothing here that could fail.
    let mut out = serde_json::to_string_pretty(document).unwrap_or_default();
    out.push('\n');
    out
}

fn finding<'a>(diagnostic: &'a Diagnostic, fingerprint: &'a str) -> Finding<'a> {
    let file = &diagnostic.place.file;
    Finding {
        code: diagnostic.lint.code,
        name: diagnostic.lint.name,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        path: file.path(),
        pointer: &diagnostic.pointer,
        fingerprint,
        range: Range::of(&diagnostic.place),
        related: diagnostic
            .related
            .iter()
            .map(|r| Related { path: r.place.file.path(), range: Range::of(&r.place), message: &r.message })
            .collect(),
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|fix| Fix {
            message: &fix.message,
            safe: fix.safe,
            edits: fix
                .edits
                .iter()
                .map(|edit| Edit { range: Range::new(file, edit.span), replacement: &edit.replacement })
                .collect(),
        }),
    }
}
