//! Findings as an editor shows them.

use std::path::Path;

use serde_json::{Value, json};

use super::judge::file_of;
use super::position::{Encoding, Lines, Range};
use super::uri;
use crate::diagnostics::render::rule_page;
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::Place;

/// What all findings of a file have in common.
pub(super) struct Style<'a> {
    /// How columns are counted.
    pub(super) encoding: Encoding,
    /// What paths of related places are relative to.
    pub(super) base: &'a Path,
    /// Address of the catalog, where the rules are explained.
    pub(super) site: Option<&'a str>,
}

/// The findings of one file.
pub(super) fn diagnostics(findings: &[Diagnostic], style: &Style<'_>) -> Vec<Value> {
    let mut lines: Option<(*const u8, Lines<'_>)> = None;
    let mut shown = Vec::with_capacity(findings.len());
    for finding in findings {
        let text = finding.place.file.text();
        // The findings of a file come with one text: its lines are counted once.
        let (_, lines) = match lines.take() {
            Some(known) if known.0 == text.as_ptr() => lines.insert(known),
            _ => lines.insert((text.as_ptr(), Lines::new(text, style.encoding))),
        };
        shown.push(diagnostic(finding, range(&finding.place, lines), style));
    }
    shown
}

/// The range of a place, cut at the end of its first line: nobody wants a whole mapping underlined.
fn range(place: &Place, lines: &Lines<'_>) -> Range {
    let whole = lines.range(place.span);
    if whole.start.line == whole.end.line {
        return whole;
    }
    let first = place.file.slice(place.span).lines().next().unwrap_or_default().trim_end();
    Range { end: lines.position(place.span.start as usize + first.len()), ..whole }
}

fn diagnostic(finding: &Diagnostic, range: Range, style: &Style<'_>) -> Value {
    let message = match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message),
        None => finding.message.clone(),
    };
    let related: Vec<Value> = finding
        .related
        .iter()
        .filter_map(|related| {
            let path = file_of(style.base, related.place.file.path())?;
            let lines = Lines::new(related.place.file.text(), style.encoding);
            let location = json!({ "uri": uri::of(&path), "range": self::range(&related.place, &lines) });
            Some(json!({ "location": location, "message": related.message }))
        })
        .collect();
    let mut shown = json!({
        "range": range,
        "severity": match finding.severity {
            Severity::Error => 1,
            Severity::Warning => 2,
            Severity::Info => 3,
        },
        "code": finding.lint.code,
        "source": "edgewright",
        "message": message,
    });
    if !related.is_empty() {
        shown["relatedInformation"] = related.into();
    }
    if let Some(site) = style.site {
        shown["codeDescription"] = json!({ "href": rule_page(site, finding.lint.code) });
    }
    if let Some(tag) = tag(finding.lint.name) {
        shown["tags"] = json!([tag]);
    }
    shown
}

/// A finding as an action refers to it: enough for the editor to know which one is meant.
pub(super) fn brief(finding: &Diagnostic, lines: &Lines<'_>) -> Value {
    let style = Style { encoding: Encoding::default(), base: Path::new("/"), site: None };
    let mut shown = diagnostic(
        &Diagnostic { related: Vec::new(), ..finding.clone() },
        range(&finding.place, lines),
        &style,
    );
    if let Some(shown) = shown.as_object_mut() {
        shown.remove("tags");
    }
    shown
}

/// What an editor shows faded (1) or struck through (2). The names of rules say it.
fn tag(name: &str) -> Option<u8> {
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["unused", "inert", "redundant"]) {
        return Some(1);
    }
    says(&["deprecated"]).then_some(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Lint;
    use crate::source::{SourceFile, Span};

    #[test]
    fn a_finding_is_told_with_all_that_is_known() {
        let lint = Lint { code: "VR0104", name: "unused-variable", severity: Severity::Warning };
        let file = SourceFile::new("profiles/ä b/profile.yaml", "x: 🐻\ny:\n  z: 1\n  w: 2\n");
        let finding = Diagnostic::new(lint, Place::new(&file, Span::new(11, 24)), "nobody uses it")
            .help("remove it")
            .related(Place::new(&file, Span::new(3, 7)), "here");
        let style = Style {
            encoding: Encoding::Utf16,
            base: Path::new("/r"),
            site: Some("https://edge.example.org/"),
        };
        let shown = &diagnostics(&[finding], &style)[0];
        assert_eq!(
            shown["range"],
            json!({"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 6}})
        );
        assert_eq!(shown["severity"], 2);
        assert_eq!(shown["message"], "nobody uses it\nhelp: remove it");
        assert_eq!(shown["codeDescription"]["href"], "https://edge.example.org/rules/VR0104/index.html");
        assert_eq!(shown["tags"], json!([1]));
        let related = &shown["relatedInformation"][0]["location"];
        assert_eq!(related["uri"], "file:///r/profiles/%C3%A4%20b/profile.yaml");
        assert_eq!(related["range"]["end"], json!({"line": 0, "character": 5}));
        assert_eq!(file_of(Path::new("/r"), "packs/a.tgz!/b/c.yaml"), Some("/r/packs/a.tgz".into()));
        assert_eq!(file_of(Path::new("/r"), "https://example.org/a.tgz!/b"), None);
    }
}
