//! Replacing references: in values, and in the text of YAML files.
//!
//! A value goes into a parsed scalar, never into YAML text, so that no value can bring structure along.

use std::sync::Arc;

use serde_json::Value;

use super::format::scalar_text;
use super::function;
use super::reference::{Reference, references, whole};
use crate::diagnostics::{Diagnostic, Edit, Lint, Severity};
use crate::source::{SourceFile, Span};
use crate::yaml::{self, BudgetError, Document, Node, Resolver, Style, push_pointer, resolve_plain};

/// A reference whose value cannot be had.
pub const UNRESOLVED: Lint = Lint { code: "VR0110", name: "unresolved-reference", severity: Severity::Error };

/// Deeper trees than this are left alone; [`Node::to_json`] refuses them.
const DEPTH: usize = 192;

/// What a lookup says of a reference.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Its value: a scalar.
    Value(Value),
    /// It is not this lookup's: it stays as it is.
    Keep,
    /// There is no value: an error, unless the reference has a `default`.
    Missing(String),
    /// It cannot be replaced, whatever its `default`: an error.
    Wrong(String),
}

/// Reads values with Go's meaning and keeps which references are typed: in what comes out, `${{ var.port }}` stands for a
/// reference that was plain and whole (its value keeps the type of the variable's format), and `{{ .spectro.var.port }}`
/// for one that was quoted or a part (text).
pub fn read_values(document: &Document) -> Result<Value, BudgetError> {
    let mut value = document.root().to_json(Resolver::Go)?;
    mark(document.root(), "", &mut value, 0);
    Ok(value)
}

fn mark(node: Node<'_>, pointer: &str, value: &mut Value, depth: usize) {
    // An alias' anchor is marked where it stands; a repetition of it stays text.
    if depth > DEPTH || node.is_alias() {
        return;
    }
    if let Some(text) = node.text() {
        let Some(reference) = whole(text) else { return };
        let plain = node.scalar().is_none_or(|(_, style)| style == Style::Plain);
        let text = text.trim();
        let marked = if plain { reference.short(text) } else { reference.long(text) };
        if let Some(place) = value.pointer_mut(pointer) {
            *place = Value::String(marked);
        }
        return;
    }
    for entry in node.entries() {
        if let Some(key) = entry.key.text() {
            mark(entry.value, &push_pointer(pointer, key), value, depth + 1);
        }
    }
    for (index, item) in node.items().enumerate() {
        mark(item, &push_pointer(pointer, &index.to_string()), value, depth + 1);
    }
}

/// Writes values so that [`substitute`] finds typed references plain: the counterpart of [`read_values`].
pub fn write_values(value: &Value) -> String {
    let text = yaml::write(value);
    let file = SourceFile::new("values.yaml", text);
    let mut edits = Vec::new();
    for document in &yaml::parse(&file).documents {
        each_scalar(document.root(), 0, &mut |node| {
            let Some((text, style)) = node.scalar() else { return };
            if style != Style::Plain && typed_reference(text).is_some() {
                edits.push(Edit { span: node.span(), replacement: text.to_owned() });
            }
        });
    }
    apply(file.text(), edits)
}

/// Replaces references in values. Whole typed ones (`${{ … }}`) become what they stand for, all others text.
///
/// # Errors
/// Reasons, each with the pointer of its value.
pub fn replace_in(
    value: &mut Value,
    lookup: &dyn Fn(&Reference) -> Found,
) -> Result<(), Vec<(String, String)>> {
    let mut errors = Vec::new();
    walk(value, String::new(), lookup, &mut errors);
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn walk(
    value: &mut Value,
    pointer: String,
    lookup: &dyn Fn(&Reference) -> Found,
    errors: &mut Vec<(String, String)>,
) {
    match value {
        Value::String(text) => {
            if !text.contains("{{") {
                return;
            }
            if text.starts_with('$')
                && let Some(reference) = whole(text)
            {
                match typed(&reference, lookup) {
                    Ok(Some(new)) => *value = new,
                    Ok(None) => {}
                    Err(why) => errors.push((pointer, why)),
                }
                return;
            }
            match text_with(text, lookup) {
                Ok(new) => *text = new,
                Err(why) => errors.push((pointer, why)),
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, push_pointer(&pointer, &index.to_string()), lookup, errors);
            }
        }
        Value::Object(map) => {
            for (key, item) in map.iter_mut() {
                walk(item, push_pointer(&pointer, key), lookup, errors);
            }
        }
        _ => {}
    }
}

/// The value of a whole reference; `None` where it stays.
fn typed(reference: &Reference, lookup: &dyn Fn(&Reference) -> Found) -> Result<Option<Value>, String> {
    if let Some(error) = &reference.error {
        return Err(error.clone());
    }
    match lookup(reference) {
        Found::Keep => Ok(None),
        Found::Value(value) if reference.calls.is_empty() => Ok(Some(value)),
        Found::Value(value) => {
            let text = function::apply(&reference.calls, scalar_text(&value))?;
            Ok(Some(Value::String(text.unwrap_or_default())))
        }
        Found::Missing(why) => match function::apply(&reference.calls, None)? {
            Some(text) => Ok(Some(Value::String(text))),
            None => Err(why),
        },
        Found::Wrong(why) => Err(why),
    }
}

/// The typed reference (`${{ … }}`) that a text is.
fn typed_reference(text: &str) -> Option<Reference> {
    text.starts_with("${{").then(|| whole(text)).flatten()
}

/// A text with its references replaced by text.
fn text_with(text: &str, lookup: &dyn Fn(&Reference) -> Found) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for reference in references(text) {
        if let Some(value) = typed(&reference, lookup)? {
            let new = scalar_text(&value).ok_or("a list or a map cannot stand inside a text")?;
            out.push_str(&text[from..reference.range.start]);
            // A typed reference that stays loses its type inside of a text.
            out.push_str(&typed_reference(&new).map_or_else(|| new.clone(), |kept| kept.long(new.trim())));
            from = reference.range.end;
        }
    }
    out.push_str(&text[from..]);
    Ok(out)
}

/// Replaces references in the text of a YAML file; everything else stays byte for byte.
///
/// # Errors
/// The text is no YAML, or a reference has no value: findings with their places.
pub fn substitute(
    file: &Arc<SourceFile>,
    lookup: &dyn Fn(&Reference) -> Found,
) -> Result<String, Vec<Diagnostic>> {
    if !file.text().contains("{{") {
        return Ok(file.text().to_owned());
    }
    let stream = yaml::parse(file);
    let faults: Vec<_> = stream.diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut edits = Vec::new();
    let mut errors = Vec::new();
    for document in &stream.documents {
        each_scalar(document.root(), 0, &mut |node| match scalar(node, lookup) {
            Ok(Some(replacement)) => {
                edits.push(Edit { span: whole_span(file, node), replacement });
            }
            Ok(None) => {}
            Err(why) => errors.push(Diagnostic::new(UNRESOLVED, node.place(), why)),
        });
    }
    if errors.is_empty() { Ok(apply(file.text(), edits)) } else { Err(errors) }
}

/// The bytes of a scalar without the blank lines behind it; of a block scalar, its header (`|-`) included.
fn whole_span(file: &SourceFile, node: Node<'_>) -> Span {
    let text = file.text();
    let span = node.span();
    let end = span.start as usize + file.slice(span).trim_end().len();
    let start = span.start as usize;
    let block = matches!(node.scalar(), Some((_, Style::Literal | Style::Folded)));
    if !block || text[start..].starts_with(['|', '>']) {
        return Span::new(start, end);
    }
    // The header ends the last line before the content that is not blank.
    let before = text[..start].trim_end();
    let line = before.rfind('\n').map_or(0, |i| i + 1);
    let header = before[line..].match_indices(['|', '>']).map(|(i, _)| line + i).find(|i| {
        let rest = before[i + 1..].trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
        rest.trim().is_empty() || (rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#'))
    });
    Span::new(header.unwrap_or(start), end)
}

/// Visits every scalar, keys included, each once; an unquoted `{{ … }}` counts as one.
fn each_scalar<'a>(node: Node<'a>, depth: usize, visit: &mut dyn FnMut(Node<'a>)) {
    if depth > DEPTH || node.is_alias() {
        return;
    }
    if node.text().is_some() {
        visit(node);
        return;
    }
    for entry in node.entries() {
        each_scalar(entry.key, depth + 1, visit);
        each_scalar(entry.value, depth + 1, visit);
    }
    for item in node.items() {
        each_scalar(item, depth + 1, visit);
    }
}

/// The new YAML text of one scalar; `None` where nothing changes.
fn scalar(node: Node<'_>, lookup: &dyn Fn(&Reference) -> Found) -> Result<Option<String>, String> {
    let Some(text) = node.text().filter(|t| t.contains("{{")) else { return Ok(None) };
    let style = node.scalar().map_or(Style::Plain, |(_, style)| style);
    if style == Style::Plain
        && let Some(reference) = whole(text)
    {
        return Ok(typed(&reference, lookup)?.map(|value| plain(&value)));
    }
    let new = text_with(text, lookup)?;
    if new == text {
        return Ok(None);
    }
    Ok(Some(match style {
        Style::Plain => plain(&Value::String(new)),
        Style::Single if !new.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) && printable(&new) => {
            format!("'{}'", new.replace('\'', "''"))
        }
        _ => quoted(&new),
    }))
}

fn printable(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// A scalar as YAML: plain where both resolvers read it as what it is, also inside flow collections.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let safe = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
                && resolve_plain(text, Resolver::Core).is_string()
                && resolve_plain(text, Resolver::Go).is_string();
            // A reference stands where one stood, and keeps its type there.
            if safe || typed_reference(text).is_some() { text.clone() } else { quoted(text) }
        }
        other => other.to_string(),
    }
}

/// A double-quoted scalar: JSON's escapes are YAML's; what YAML 1.1 takes for line breaks is escaped too.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned())
        .to_string()
        .replace('\u{7f}', "\\u007f")
        .replace('\u{85}', "\\u0085")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
        .replace('\u{feff}', "\\ufeff")
}

/// Applies edits in order of their offsets.
fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|e| e.span);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits {
        let range = edit.span.range();
        out.push_str(&text[from..range.start]);
        out.push_str(&edit.replacement);
        from = range.end;
    }
    out.push_str(&text[from..]);
    out
}
