//! What can be done about a finding: the fix that it comes with, or a comment that silences it.

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Identifier, Session};
use super::documents::path_of;
use super::position::{Lines, Range};
use crate::diagnostics::{Diagnostic, Edit, Severity};
use crate::source::Span;
use crate::yaml::{Role, Sketch};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    text_document: Identifier,
    range: Range,
    #[serde(default)]
    context: Context,
}

#[derive(Default, Deserialize)]
struct Context {
    #[serde(default)]
    only: Option<Vec<String>>,
}

/// The answer to `textDocument/codeAction`.
pub(super) fn actions(session: &Session<'_>, params: &Value) -> Result<Value> {
    let Params { text_document, range, context } = Params::deserialize(params)?;
    let Some(path) = path_of(&text_document.uri) else { return Ok(Value::Null) };
    let Some(text) = session.text(&path) else { return Ok(Value::Null) };
    let lines = Lines::new(&text, session.encoding);
    let asked = Span::new(lines.offset(range.start), lines.offset(range.end));
    let wanted = |kind: &str| {
        let only = context.only.as_deref();
        only.is_none_or(|only| only.iter().any(|o| kind == o || kind.starts_with(&format!("{o}."))))
    };
    // Edits are made for the text that was judged: while another one is on the screen there are none.
    let current = |finding: &&Diagnostic| finding.place.file.text() == &*text;
    let findings: Vec<&Diagnostic> = session.findings(&path).iter().filter(current).collect();
    let edit = |edits: &[Edit]| {
        let edits: Vec<Value> = edits
            .iter()
            .map(|edit| json!({ "range": lines.range(edit.span), "newText": edit.replacement }))
            .collect();
        let mut changes = serde_json::Map::new();
        changes.insert(text_document.uri.clone(), edits.into());
        json!({ "changes": changes })
    };
    let mut actions = Vec::new();
    let here = |finding: &&&Diagnostic| {
        let span = finding.place.span;
        span.start <= asked.end && asked.start <= span.end || same_line(&text, span, asked)
    };
    for finding in findings.iter().filter(here).filter(|_| wanted("quickfix")) {
        let shown = json!([super::publish::brief(finding, &lines)]);
        if let Some(fix) = &finding.fix {
            actions.push(json!({
                "title": sentence(&fix.message),
                "kind": "quickfix",
                "isPreferred": fix.safe,
                "diagnostics": shown,
                "edit": edit(&fix.edits),
            }));
        }
    }
    for finding in findings.iter().filter(here).filter(|_| wanted("quickfix")) {
        if let Some(comment) = silencing(&text, finding) {
            actions.push(json!({
                "title": format!("Silence {} {} here, with a reason", finding.lint.code, finding.lint.name),
                "kind": "quickfix",
                "isPreferred": false,
                "diagnostics": [super::publish::brief(finding, &lines)],
                "edit": edit(&[comment]),
            }));
        }
    }
    // Not offered with every bulb: an editor asks for it by its kind, mostly when it saves.
    let all = context.only.as_ref().is_some_and(|only| only.iter().any(|o| o.starts_with("source")));
    if all && wanted("source.fixAll.edgewright") {
        let edits = safe_edits(&findings);
        if !edits.is_empty() {
            actions.push(json!({
                "title": "Apply all safe fixes of edgewright",
                "kind": "source.fixAll.edgewright",
                "edit": edit(&edits),
            }));
        }
    }
    Ok(actions.into())
}

/// Whether the cursor is in the line in which something starts.
fn same_line(text: &str, span: Span, asked: Span) -> bool {
    let line = |offset: u32| text[..(offset as usize).min(text.len())].rfind('\n');
    asked.start == asked.end
        && text.is_char_boundary(span.start as usize)
        && line(span.start) == line(asked.start)
}

/// The edits of all safe fixes, without those that overlap an earlier one.
fn safe_edits(findings: &[&Diagnostic]) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safe) {
        let apart = |edit: &Edit| {
            edits.iter().all(|e| e.span.end < edit.span.start || edit.span.end < e.span.start || e == edit)
        };
        if fix.edits.iter().all(apart) {
            for edit in &fix.edits {
                if !edits.contains(edit) {
                    edits.push(edit.clone());
                }
            }
        }
    }
    edits.sort_by_key(|edit| edit.span.start);
    edits
}

/// The comment that silences a finding, on a line of its own above the one in which it starts. Errors are not silenced by
/// the press of a button, and JSON has no comments.
fn silencing(text: &str, finding: &Diagnostic) -> Option<Edit> {
    let yaml = [".yaml", ".yml"].iter().any(|ending| finding.place.file.path().ends_with(ending));
    let parsed = !finding.lint.code.starts_with("YA000");
    if !yaml || !parsed || finding.severity == Severity::Error {
        return None;
    }
    let line_of = |offset: usize| text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let at = finding.place.span.start as usize;
    // Inside a text of several lines a comment would be part of the text: it goes above all of it.
    let around = Sketch::new(text).at(at).filter(|spot| spot.role != Role::Key { colon: true });
    let start = line_of(around.map_or(at, |spot| at.min(spot.span.start as usize)));
    let line = &text[start..];
    let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Some(Edit {
        span: Span::new(start, start),
        replacement: format!("{indent}# edgewright: ignore[{}] why?{ending}", finding.lint.code),
    })
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Lint;
    use crate::source::{Place, SourceFile};

    #[test]
    fn a_silencing_comment_stands_where_it_is_one() {
        let lint = Lint { code: "VR0101", name: "x", severity: Severity::Warning };
        let after = |text: &str, what: &str| {
            let file = SourceFile::new("a.yaml", text);
            let at = text.find(what).unwrap();
            let finding = Diagnostic::new(lint, Place::new(&file, Span::new(at, at + what.len())), "x");
            let edit = silencing(text, &finding)?;
            let mut text = text.to_owned();
            text.replace_range(edit.span.range(), &edit.replacement);
            Some(text)
        };
        let comment = "# edgewright: ignore[VR0101] why?";
        assert_eq!(after("a:\n  - b: 1\n", "b"), Some(format!("a:\n  {comment}\n  - b: 1\n")));
        assert_eq!(after("a:\r\n  b: 1\r\n", "1"), Some(format!("a:\r\n  {comment}\r\n  b: 1\r\n")));
        let block = "a:\n  b: |\n    one\n    two\n";
        assert_eq!(after(block, "two"), Some(format!("a:\n  {comment}\n  b: |\n    one\n    two\n")));
    }
}
