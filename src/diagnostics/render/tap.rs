//! Test Anything Protocol, version 14 (testanything.org): a test point per finding, details in its YAML block.
//!
//! What makes the check fail is `not ok`; what does not is `ok`; what was suppressed is skipped.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::junit::reason;
use super::{Report, visible};
use crate::diagnostics::Diagnostic;

/// Findings as TAP; one point `clean` where there is none.
pub fn tap(report: &Report<'_>) -> String {
    let count = report.findings.len() + report.suppressed.len();
    let mut out = format!("TAP version 14\n1..{}\n", count.max(1));
    if count == 0 {
        out.push_str("ok 1 - clean\n");
    }
    for (at, finding) in report.findings.iter().enumerate() {
        let word = if report.fails(finding) { "not ok" } else { "ok" };
        let _ = writeln!(out, "{word} {} - {}", at + 1, described(finding));
        out.push_str("  ---\n");
        for (key, value) in details(finding) {
            // A JSON string is a double-quoted scalar of YAML.
            let _ = writeln!(out, "  {key}: {value}");
        }
        out.push_str("  ...\n");
    }
    for (at, suppressed) in report.suppressed.iter().enumerate() {
        let (number, described) = (report.findings.len() + at + 1, described(&suppressed.finding));
        let _ = writeln!(out, "ok {number} - {described} # SKIP {}", escaped(&reason(suppressed)));
    }
    out
}

fn described(finding: &Diagnostic) -> String {
    escaped(&format!("{} {} {}", finding.lint.code, finding.lint.name, finding.place))
}

/// A description: `#` would start a directive.
fn escaped(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('#', "\\#")
}

fn details(finding: &Diagnostic) -> Vec<(&'static str, Value)> {
    let start = finding.place.start();
    let text = |text: &str| Value::from(visible(text).into_owned());
    let mut details = vec![
        ("message", text(&finding.message)),
        ("severity", json!(finding.severity)),
        ("file", text(finding.place.file.path())),
        ("line", json!(start.line)),
        ("column", json!(start.column)),
    ];
    if let Some(help) = &finding.help {
        details.push(("help", text(help)));
    }
    details
}
