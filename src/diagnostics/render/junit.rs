//! `JUnit`'s XML as Jenkins reads it: a suite per file, a case per rule that fired in it.
//!
//! What makes the check fail is a failure, what does not is a case that passes and says what was found, what was suppressed is
//! skipped. One failure per case: readers show no second one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Report, visible};
use crate::diagnostics::{Diagnostic, Suppressed, SuppressedBy};

/// Findings of one rule in one file.
#[derive(Default)]
struct Case<'a> {
    findings: Vec<&'a Diagnostic>,
    suppressed: Vec<&'a Suppressed>,
}

/// Findings as `JUnit` XML; one case `clean` where there is none.
pub fn junit(report: &Report<'_>) -> String {
    let mut suites: BTreeMap<&str, BTreeMap<(&str, &str), Case<'_>>> = BTreeMap::new();
    for finding in report.findings {
        case_of(&mut suites, finding).findings.push(finding);
    }
    for suppressed in report.suppressed {
        case_of(&mut suites, &suppressed.finding).suppressed.push(suppressed);
    }
    let mut body = String::new();
    let (mut tests, mut failures) = (0, 0);
    for (path, cases) in &suites {
        let mut inner = String::new();
        let (mut failed, mut skipped) = (0, 0);
        for ((code, name), case) in cases {
            let outcome = outcome(report, case);
            failed += usize::from(outcome.starts_with("      <failure"));
            skipped += usize::from(outcome.starts_with("      <skipped"));
            let class = xml(path);
            let _ = writeln!(
                inner,
                "    <testcase name=\"{code} {name}\" classname=\"{class}\" time=\"0\">\n{outcome}    </testcase>"
            );
        }
        let count = cases.len();
        let _ = writeln!(
            body,
            "  <testsuite name=\"{}\" tests=\"{count}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" \
             time=\"0\">\n{inner}  </testsuite>",
            xml(path)
        );
        tests += count;
        failures += failed;
    }
    if suites.is_empty() {
        tests = 1;
        body.push_str(
            "  <testsuite name=\"edgewright check\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0\">\n    \
             <testcase name=\"clean\" classname=\"edgewright check\" time=\"0\"/>\n  </testsuite>\n",
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"edgewright check\" tests=\"{tests}\" \
         failures=\"{failures}\" errors=\"0\" time=\"0\">\n{body}</testsuites>\n"
    )
}

type Suites<'a> = BTreeMap<&'a str, BTreeMap<(&'a str, &'a str), Case<'a>>>;

fn case_of<'s, 'a>(suites: &'s mut Suites<'a>, finding: &'a Diagnostic) -> &'s mut Case<'a> {
    let cases = suites.entry(finding.place.file.path()).or_default();
    cases.entry((finding.lint.code, finding.lint.name)).or_default()
}

/// What a case came to, as an element.
fn outcome(report: &Report<'_>, case: &Case<'_>) -> String {
    let lines = |findings: &[&Diagnostic]| {
        let mut text = String::new();
        for finding in findings {
            let severity = finding.severity.word();
            let _ =
                writeln!(text, "{}: {severity}: {}", xml(&finding.place.to_string()), xml(&finding.message));
            if let Some(help) = &finding.help {
                let _ = writeln!(text, "  help: {}", xml(help));
            }
        }
        text
    };
    let failing: Vec<&Diagnostic> = case.findings.iter().copied().filter(|f| report.fails(f)).collect();
    if let Some(first) = failing.first() {
        let more = match case.findings.len() - 1 {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        let severity = first.severity.word();
        let message = xml(&first.message);
        let text = lines(&case.findings);
        return format!("      <failure type=\"{severity}\" message=\"{message}{more}\">{text}</failure>\n");
    }
    if case.findings.is_empty() {
        let why: Vec<String> = case.suppressed.iter().map(|s| reason(s)).collect();
        return format!("      <skipped message=\"{}\"/>\n", xml(&why.join("; ")));
    }
    let text = lines(&case.findings);
    format!("      <system-out>{text}</system-out>\n")
}

/// Why a finding is not shown, in words.
pub(super) fn reason(suppressed: &Suppressed) -> String {
    match (suppressed.by, suppressed.reason.as_str()) {
        (SuppressedBy::Comment, "") => "suppressed by a comment".to_owned(),
        (SuppressedBy::Baseline, "") => "in the baseline".to_owned(),
        (_, reason) => reason.to_owned(),
    }
}

/// Text as it may stand in an attribute and in an element: markup escaped, what XML 1.0 cannot hold made visible.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
