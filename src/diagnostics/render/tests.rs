use std::sync::Arc;

use super::*;
use crate::diagnostics::{Edit, Fix, Lint, Suppressed, SuppressedBy};
use crate::source::{Place, SourceFile, Span};

const DUPLICATE: Lint = Lint { code: "YA0002", name: "duplicate-key", severity: Severity::Error };
const PLAIN: Lint = Lint { code: "VA0003", name: "unquoted-reference", severity: Severity::Warning };
const NOTE: Lint = Lint { code: "RF0010", name: "unchecked", severity: Severity::Info };

fn at(file: &Arc<SourceFile>, needle: &str) -> Place {
    let start = file.text().find(needle).expect("it is there");
    Place::new(file, Span::new(start, start + needle.len()))
}

fn findings() -> Vec<Diagnostic> {
    let near = SourceFile::new("profiles/a/profile.yaml", "näme: a\nversion: 1.0.0\nname: b\n");
    let far = SourceFile::new(
        "far.yaml",
        format!("first: 1\n{}last: {{{{ .spectro.var.x }}}} # c\n", "x:\n".repeat(50)),
    );
    let other = SourceFile::new("packs/b/values.yaml", "pack:\n\tcontent: \u{202e}evil\x1b[31m\n");
    vec![
        Diagnostic::new(DUPLICATE, at(&near, "name"), "key `name` stands twice")
            .pointer("/name")
            .related(at(&near, "näme"), "first here")
            .help("remove one of the two"),
        Diagnostic::new(PLAIN, at(&far, "{{ .spectro.var.x }}"), "the reference is not quoted")
            .related(at(&far, "first"), "the first of them")
            .related(at(&other, "content"), "what it would set")
            .fix(Fix {
                message: "quote it".into(),
                safe: true,
                edits: vec![Edit { span: Span::new(3, 4), replacement: "\"".into() }],
            }),
        Diagnostic::new(NOTE, Place::whole("packs/c.tgz!/c/logo.png"), "2 MB \x1b[2J of\nimage"),
        Diagnostic::new(DUPLICATE, at(&other, "evil"), "several\u{202e} lines")
            .related(Place::whole("gone.yaml"), "not found"),
    ]
}

/// Places that try the renderer: a long line, a block of many lines, the end of a line and of a file, a minified file.
fn awkward() -> Vec<Diagnostic> {
    let lines: Vec<String> = (0..30).map(|i| format!("  key{i}: {}", "v".repeat(3000))).collect();
    let file = SourceFile::new("long.yaml", format!("a:\n{}\n", lines.join("\n")));
    let end = file.text().len();
    let minified = SourceFile::new("min.json", format!("{{{}}}", "\"é\":1,".repeat(20_000)));
    let outside = SourceFile::new("é.yaml", "é");
    [
        (&file, 8000, 8010, "in a long line"),
        (&file, 5, 50_000, "a whole block"),
        (&file, 2, 2, "the end of a line"),
        (&file, end, end, "the end of the file"),
        (&minified, 70_001, 70_003, "in a minified file"),
        (&outside, 1, 9000, "a span that does not fit"),
    ]
    .into_iter()
    .map(|(file, start, end, message)| {
        Diagnostic::new(PLAIN, Place::new(file, Span::new(start, end)), message)
    })
    .collect()
}

fn shown(findings: &[Diagnostic], color: bool, width: Option<usize>) -> String {
    text(&Report::new(findings, &[], Summary::of(findings)), TextStyle { color, width })
}

#[test]
fn text_for_people() {
    insta::assert_snapshot!(shown(&findings(), false, Some(100)));
}

#[test]
fn text_of_awkward_places() {
    insta::assert_snapshot!(shown(&awkward(), false, Some(80)));
}

#[test]
fn colours_are_ours_alone() {
    let colored = shown(&findings(), true, Some(100));
    let codes: Vec<&str> =
        colored.split('\x1b').skip(1).map(|part| part.split_inclusive('m').next().unwrap()).collect();
    assert!(codes.iter().all(|code| code.starts_with('[')
        && code[1..code.len() - 1].bytes().all(|b| b.is_ascii_digit() || b == b';')));
    assert!(!codes.contains(&"[2J"));
    assert!(colored.contains("\u{fffd}evil\u{241b}[31m"));
    let plain = shown(&findings(), false, None);
    assert!(!plain.contains('\x1b'));
}

#[test]
fn one_line_for_editors() {
    insta::assert_snapshot!(concise(&findings()));
}

#[test]
fn json_for_machines() {
    let findings = findings();
    let summary = Summary { files: 4, suppressed: 1, unchecked: 2, ..Summary::of(&findings) };
    insta::assert_snapshot!(json(&Report::new(&findings, &[], summary)));
}

/// The findings, one of them in the baseline, with documentation, a catalog and a checkout around the repository.
fn every_form(form: fn(&Report<'_>) -> String) -> String {
    let findings = findings();
    let suppressed = Suppressed {
        finding: findings[0].clone(),
        by: SuppressedBy::Comment,
        reason: "both are read # by hand".to_owned(),
    };
    let summary = Summary { files: 4, suppressed: 1, unchecked: 2, ..Summary::of(&findings[1..]) };
    let suppressed = [suppressed];
    let mut report = Report::new(&findings[1..], &suppressed, summary);
    report.rules = &[(
        PLAIN,
        "# VA0003 unquoted-reference\n\n## What\n\nA map.\nNot text.\n\n## Why\n\nYAML.\n\n## Fix\n\nQuote.\n",
    )];
    report.catalog = Some("https://edge.example.org/");
    report.prefix = "platform/edge/";
    form(&report)
}

#[test]
fn forms_of_others() {
    insta::assert_snapshot!("github", every_form(github));
    insta::assert_snapshot!("gitlab", every_form(gitlab));
    insta::assert_snapshot!("sarif", every_form(sarif));
    insta::assert_snapshot!("junit", every_form(junit));
    insta::assert_snapshot!("tap", every_form(tap));
    insta::assert_snapshot!("rdjson", every_form(rdjson));
    insta::assert_snapshot!("markdown", every_form(markdown));
}

#[test]
fn what_cannot_be_seen_is_made_visible() {
    assert_eq!(visible("a\x1b[2Jb\u{9b}c\u{202e}d\te\r\nf\u{7f}"), "a␛[2Jb\u{fffd}c\u{fffd}d e  f␡");
    assert!(matches!(visible("plain é 😀"), std::borrow::Cow::Borrowed(_)));
}
