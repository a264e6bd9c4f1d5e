//! SARIF 2.1.0 (OASIS): findings with their rules, related places, fixes and suppressions.
//!
//! Paths are relative to the top of the checkout. Fingerprints are our own: what GitHub computes of source lines is left to it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::junit::reason;
use super::{Report, visible};
use crate::diagnostics::{Diagnostic, Fix, Lint, Severity, SuppressedBy};
use crate::source::{Place, Position, SourceFile, Span};

/// Where relative paths start; the name is the one that code scanning services know.
const TOP: &str = "%SRCROOT%";
/// Name of the fingerprint, with the version of how it is made.
const FINGERPRINT: &str = "edgewrightFingerprint/v1";

/// Findings, suppressed ones included, as a SARIF log with one run.
pub fn sarif(report: &Report<'_>) -> String {
    let mut fired: BTreeMap<&str, Lint> = BTreeMap::new();
    let suppressed = report.suppressed.iter().map(|s| &s.finding);
    fired.extend(report.findings.iter().chain(suppressed).map(|f| (f.lint.code, f.lint)));
    let rules: Vec<Value> = fired.values().map(|lint| rule(report, lint)).collect();
    let index = |code: &str| fired.keys().position(|c| *c == code);
    let findings =
        report.fingerprinted().map(|(f, print)| result(report, f, print, index(f.lint.code), &json!([])));
    let suppressed = report.suppressed().map(|(s, print)| {
        let kind = match s.by {
            SuppressedBy::Comment => "inSource",
            SuppressedBy::Baseline => "external",
        };
        let why = json!([{ "kind": kind, "justification": visible(&reason(s)) }]);
        result(report, &s.finding, print, index(s.finding.lint.code), &why)
    });
    let results: Vec<Value> = findings.chain(suppressed).collect();
    let version = env!("CARGO_PKG_VERSION");
    super::json::pretty(&json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "edgewright", "semanticVersion": version, "rules": rules } },
            "invocations": [{ "executionSuccessful": true }],
            "originalUriBaseIds": { TOP: { "description": { "text": "The top of the checkout." } } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(report: &Report<'_>, lint: &Lint) -> Value {
    let mut rule = json!({
        "id": lint.code,
        "name": lint.name,
        "defaultConfiguration": { "level": level(lint.severity) },
    });
    if let Some((_, docs)) = report.rules.iter().find(|(known, _)| known.code == lint.code) {
        let what = section(docs, "## What");
        rule["shortDescription"] = json!({ "text": what });
        rule["fullDescription"] = json!({ "text": format!("{what} {}", section(docs, "## Why")).trim_end() });
        rule["help"] = json!({ "text": docs, "markdown": docs });
    }
    if let Some(page) = report.rule_page(lint.code) {
        rule["helpUri"] = json!(page);
    }
    rule
}

/// First paragraph below a heading, on one line.
fn section(docs: &str, heading: &str) -> String {
    let lines = docs.lines().skip_while(|line| *line != heading).skip(1).skip_while(|line| line.is_empty());
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn result(report: &Report<'_>, finding: &Diagnostic, print: &str, rule: Option<usize>, why: &Value) -> Value {
    let mut text = report.said(finding).into_owned();
    if let Some(help) = &finding.help {
        text = format!("{text}\n{}", visible(help));
    }
    let mut result = json!({
        "ruleId": finding.lint.code,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": message(&text),
        "locations": [location(report, &finding.place, Some(&finding.pointer))],
        "partialFingerprints": { FINGERPRINT: print },
        "suppressions": why,
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(at, related)| {
            let mut place = location(report, &related.place, None);
            place["id"] = json!(at + 1);
            place["message"] = message(&visible(&related.message));
            place
        });
        result["relatedLocations"] = related.collect();
    }
    // A member of an archive is nothing that a fix could change.
    let shown = report.shown(&finding.place);
    if let Some(fix) = finding.fix.as_ref().filter(|_| shown.inside.is_none()) {
        result["fixes"] = json!([change(&finding.place.file, &shown.path, fix)]);
    }
    result
}

/// A plain message; `[text](target)` would be a link.
fn message(text: &str) -> Value {
    json!({ "text": text.replace("](", "] (") })
}

fn location(report: &Report<'_>, place: &Place, pointer: Option<&str>) -> Value {
    let shown = report.shown(place);
    // Services want a line even where a whole file is meant.
    let region = shown.range.map_or(json!({ "startLine": 1 }), |(start, end)| region(start, end));
    let mut location =
        json!({ "physicalLocation": { "artifactLocation": artifact(&shown.path), "region": region } });
    let pointer = pointer.filter(|pointer| !pointer.is_empty());
    let name = match (&shown.inside, pointer) {
        (Some(inside), _) => Some(inside.clone()),
        (None, pointer) => pointer.map(|pointer| visible(pointer).into_owned()),
    };
    if let Some(name) = name {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": name }]);
    }
    location
}

fn region(start: Position, end: Position) -> Value {
    json!({
        "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
        "byteOffset": start.offset, "byteLength": end.offset - start.offset,
    })
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": TOP })
}

/// A path as a relative reference (RFC 3986): what is not allowed in a path is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'/'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'!'
            | b'@'
            | b'+'
            | b',' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    out
}

fn change(file: &SourceFile, path: &str, fix: &Fix) -> Value {
    let replacement = |span: Span, text: &str| {
        let mut map = Map::new();
        map.insert("deletedRegion".to_owned(), region(file.position(span.start), file.position(span.end)));
        map.insert("insertedContent".to_owned(), json!({ "text": text }));
        Value::Object(map)
    };
    let replacements: Vec<Value> = fix.edits.iter().map(|e| replacement(e.span, &e.replacement)).collect();
    json!({
        "description": message(&visible(&fix.message)),
        "artifactChanges": [{ "artifactLocation": artifact(path), "replacements": replacements }],
    })
}
