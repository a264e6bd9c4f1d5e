//! reviewdog's diagnostic format (`proto/rdf` of reviewdog/reviewdog): findings on lines, fixes as suggestions.
//!
//! Columns count bytes of UTF-8 there, and ends are exclusive.

use serde::Serialize;

use super::{Report, visible};
use crate::diagnostics::{Diagnostic, Fix, Severity};
use crate::source::{Place, SourceFile, Span};

/// Lines that a suggestion may replace; a longer one is nothing to read in a review.
const LONGEST_SUGGESTION: u32 = 100;

#[derive(Serialize)]
struct Result<'a> {
    source: Source,
    diagnostics: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Finding<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Location,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}

/// Findings as one `DiagnosticResult`.
pub fn rdjson(report: &Report<'_>) -> String {
    let diagnostics = report.findings.iter().map(|f| finding(report, f)).collect();
    super::json::pretty(&Result { source: Source { name: "edgewright" }, diagnostics })
}

fn finding<'a>(report: &Report<'_>, finding: &'a Diagnostic) -> Finding<'a> {
    let mut message = report.said(finding).into_owned();
    if let Some(help) = &finding.help {
        message = format!("{message}\n{}", visible(help));
    }
    let location = location(report, &finding.place);
    let file = &finding.place.file;
    // An archive's member is no file that a review could change.
    let fix = finding.fix.as_ref().filter(|_| location.range.is_some());
    Finding {
        message,
        severity: match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        code: Code { value: finding.lint.code, url: report.rule_page(finding.lint.code) },
        suggestions: fix.and_then(|fix| suggestion(file, fix)).into_iter().collect(),
        related_locations: finding
            .related
            .iter()
            .map(|r| Related {
                message: visible(&r.message).into_owned(),
                location: self::location(report, &r.place),
            })
            .collect(),
        location,
    }
}

fn location(report: &Report<'_>, place: &Place) -> Location {
    let shown = report.shown(place);
    Location { path: shown.path, range: shown.range.map(|_| range(&place.file, place.span)) }
}

fn range(file: &SourceFile, span: Span) -> Range {
    let point = |offset| {
        let position = file.position(offset);
        Point { line: position.line, column: position.offset - file.line_start(position.line) + 1 }
    };
    Range { start: point(span.start), end: point(span.end) }
}

/// All edits of a fix as one replacement: suggestions stand for themselves, so parts of a fix must not be apart.
fn suggestion(file: &SourceFile, fix: &Fix) -> Option<Suggestion> {
    let (first, last) = (fix.edits.first()?, fix.edits.last()?);
    let span = Span { start: first.span.start, end: last.span.end };
    let whole = range(file, span);
    if whole.end.line - whole.start.line > LONGEST_SUGGESTION {
        return None;
    }
    let mut text = String::new();
    let mut at = span.start;
    for edit in &fix.edits {
        text.push_str(file.slice(Span { start: at, end: edit.span.start }));
        text.push_str(&edit.replacement);
        at = edit.span.end;
    }
    Some(Suggestion { range: whole, text })
}
