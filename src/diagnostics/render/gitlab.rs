//! GitLab's code quality report, a subset of Code Climate's: a JSON array of findings, told apart by their fingerprints.

use serde::Serialize;

use super::{Report, visible};
use crate::diagnostics::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Findings as a code quality report; an empty array where there is none, which tells GitLab that all were repaired.
pub fn gitlab(report: &Report<'_>) -> String {
    let issue = |(finding, fingerprint)| {
        let finding: &crate::diagnostics::Diagnostic = finding;
        let shown = report.shown(&finding.place);
        let mut description = format!("{}: {}", finding.lint.code, report.said(finding));
        if let Some(help) = &finding.help {
            description = format!("{description}. {}", visible(help));
        }
        Issue {
            description,
            check_name: finding.lint.name,
            fingerprint,
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            location: Location {
                path: shown.path,
                lines: Lines { begin: shown.range.map_or(1, |(start, _)| start.line) },
            },
        }
    };
    let issues: Vec<Issue<'_>> = report.fingerprinted().map(issue).collect();
    super::json::pretty(&issues)
}
