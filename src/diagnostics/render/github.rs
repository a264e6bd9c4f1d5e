//! Workflow commands of GitHub Actions: each finding is an annotation on its line.
//!
//! Escaping is that of `packages/core/src/command.ts` in actions/toolkit, which the runner's `ActionCommand` undoes. Columns are
//! left out where a finding spans lines: GitHub shows no annotation that has them.

use std::fmt::Write as _;

use super::{Report, visible};
use crate::diagnostics::{Diagnostic, Severity};

/// Findings as workflow commands, one a line; nothing where there is none.
pub fn github(report: &Report<'_>) -> String {
    let mut out = String::new();
    for finding in report.findings {
        command(&mut out, report, finding);
    }
    out
}

fn command(out: &mut String, report: &Report<'_>, finding: &Diagnostic) {
    let word = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let shown = report.shown(&finding.place);
    let path = visible(&shown.path);
    let _ = write!(out, "::{word} file={}", property(&path));
    if let Some((start, end)) = shown.range {
        let _ = write!(out, ",line={},endLine={}", start.line, end.line);
        if start.line == end.line {
            let _ = write!(out, ",col={},endColumn={}", start.column, end.column);
        }
    }
    let (code, name) = (finding.lint.code, finding.lint.name);
    let _ = write!(out, ",title={}::", property(&format!("{code} {name}")));
    // The log shows the message alone, so it says where, too.
    let mut message = path.into_owned();
    if let Some((start, _)) = shown.range {
        let _ = write!(message, ":{}:{}", start.line, start.column);
    }
    let _ = write!(message, ": {code} {}", report.said(finding));
    if let Some(help) = &finding.help {
        let _ = write!(message, "\nhelp: {}", visible(help));
    }
    if let Some(page) = report.rule_page(code) {
        let _ = write!(message, "\nsee {page}");
    }
    let _ = writeln!(out, "{}", data(&message));
}

/// Text behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
