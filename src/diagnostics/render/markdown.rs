//! Markdown (GitHub's dialect) for a job's summary or a comment: a table per file, details folded.
//!
//! Text that comes from files is escaped: it is no markup, no link and mentions nobody.

use std::fmt::Write as _;

use super::{Report, visible};
use crate::diagnostics::{Diagnostic, Severity};

/// Job summaries may have a mebibyte; what goes beyond is counted, not shown.
const LARGEST: usize = 900 * 1024;
/// Bytes of a source line that are shown.
const LONGEST_LINE: usize = 300;
/// Lines of a finding that are shown.
const MOST_LINES: u32 = 8;

/// Findings as tables, one a file, below a line with their numbers.
pub fn markdown(report: &Report<'_>) -> String {
    let mut out = format!("## edgewright check\n\n{}\n", report.summary.words());
    let mut rest = report.findings;
    while let Some(first) = rest.first() {
        let path = first.place.file.path();
        let (file, others) = rest.split_at(rest.iter().take_while(|f| f.place.file.path() == path).count());
        let part = section(report, path, file);
        if out.len() + part.len() > LARGEST {
            let _ = write!(out, "\nAnd {} more findings that do not fit here.\n", rest.len());
            break;
        }
        out.push_str(&part);
        rest = others;
    }
    out
}

/// The findings of one file.
fn section(report: &Report<'_>, path: &str, findings: &[Diagnostic]) -> String {
    let mut out =
        format!("\n### {}\n\n| Line | Severity | Rule | Finding |\n|---:|---|---|---|\n", code(path));
    for finding in findings {
        let line = if finding.place.file.text().is_empty() {
            String::new()
        } else {
            finding.place.start().line.to_string()
        };
        let rule = match report.rule_page(finding.lint.code) {
            Some(page) => format!("[`{}`](<{page}>)", finding.lint.code),
            None => format!("`{}`", finding.lint.code),
        };
        let severity = match finding.severity {
            Severity::Error => ":x: error",
            Severity::Warning => ":warning: warning",
            Severity::Info => ":information_source: info",
        };
        let _ = writeln!(out, "| {line} | {severity} | {rule} | {} |", prose(&finding.message));
    }
    let details: String = findings.iter().filter_map(detail).collect();
    if !details.is_empty() {
        let _ = write!(out, "\n<details><summary>Lines and what helps</summary>\n{details}\n</details>\n");
    }
    out
}

/// The lines of a finding and what helps.
fn detail(finding: &Diagnostic) -> Option<String> {
    let file = &finding.place.file;
    if file.text().is_empty() && finding.help.is_none() && finding.related.is_empty() {
        return None;
    }
    let mut out = format!("\n**`{}`** {}\n", finding.lint.code, prose(&finding.message));
    if !file.text().is_empty() {
        let (first, last) = (finding.place.start().line, finding.place.end().line);
        let lines: Vec<String> = (first..=last.min(first + MOST_LINES - 1))
            .map(|line| {
                let text = &file.text()[file.line_start(line) as usize..file.line_start(line + 1) as usize];
                let mut end = text.trim_end().len().min(LONGEST_LINE);
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                format!("{line:>5} | {}", visible(&text[..end]))
            })
            .collect();
        let lines = lines.join("\n");
        let fence = "`".repeat(longest_run(&lines, '`').max(2) + 1);
        let _ = write!(out, "\n{fence}text\n{lines}\n{fence}\n");
    }
    for related in &finding.related {
        let _ = write!(out, "\n{}: {}\n", code(&related.place.to_string()), prose(&related.message));
    }
    if let Some(help) = &finding.help {
        let _ = write!(out, "\nhelp: {}\n", prose(help));
    }
    Some(out)
}

/// A sentence: what stands between backticks is code, all else is text and nothing but text.
fn prose(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest: &str = &text;
    while let Some((before, (inside, after))) =
        rest.split_once('`').and_then(|(before, behind)| Some((before, behind.split_once('`')?)))
    {
        plain(&mut out, before);
        out.push_str(&code(inside));
        rest = after;
    }
    plain(&mut out, rest);
    out
}

/// Text as code.
fn code(text: &str) -> String {
    let text = visible(text);
    let awkward = text.contains(['`', '|', '\\']) || text.trim() != text || text.is_empty();
    if !awkward {
        return format!("`{text}`");
    }
    // A code span cannot hold them everywhere: tables take `|` apart first.
    let mut out = String::from("<code>");
    for c in text.chars() {
        entity(&mut out, c);
    }
    out.push_str("</code>");
    out
}

/// Text as text.
fn plain(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            // Forges look for names behind it after Markdown is done with, but not in code.
            '@' => out.push_str("<code>@</code>"),
            // `www.` would become a link.
            '.' if ends_in_www(out) => entity(out, c),
            // Harmless inside a line; escaped they would be hard to read where Markdown is not rendered.
            '.' | ',' | ';' | '?' | '!' | '\'' | '"' | '%' | '/' | '=' | '-' | '(' | ')' | '{' | '}' => {
                out.push(c);
            }
            c => entity(out, c),
        }
    }
}

fn ends_in_www(text: &str) -> bool {
    text.len() >= 3 && text.as_bytes()[text.len() - 3..].eq_ignore_ascii_case(b"www")
}

/// A character that is nothing but itself: punctuation as a reference.
fn entity(out: &mut String, c: char) {
    if c.is_ascii_punctuation() {
        let _ = write!(out, "&#{};", u32::from(c));
    } else {
        out.push(c);
    }
}

/// Length of the longest run of a character.
fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(str::len).max().unwrap_or(0)
}
