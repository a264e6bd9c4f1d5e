//! Masked secrets in values and manifests: what an export shows as asterisks has to be given again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Map, Value, json};

use super::entity::annotation;
use super::import::ImportedFile;
use super::names::free;
use super::variables::is_mask;
use crate::diagnostics::Edit;
use crate::source::{SourceFile, Span};
use crate::yaml::{self, Kind, Node, Style, edit, push_pointer};

/// Deeper than this nobody is asked for a secret.
const DEPTH: usize = 128;

/// A secret that the export does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The file that it became, relative to the folder of the profile.
    pub path: String,
    /// Its JSON pointer there; its key alone where the text cannot be read.
    pub pointer: String,
    /// Line, from 1.
    pub line: u32,
    /// A free name for the variable that could take its place.
    pub variable: String,
}

/// The masked scalars of all files, with names that no variable has yet.
pub(super) fn find(files: &[ImportedFile], variables: &[Value]) -> Vec<Masked> {
    let mut names: BTreeSet<String> =
        variables.iter().filter_map(|variable| variable["name"].as_str().map(str::to_owned)).collect();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.text.contains("***")) {
        let mut lines: BTreeMap<u32, String> = BTreeMap::new();
        for document in &yaml::parse(&SourceFile::new(&*file.path, &*file.text)).documents {
            each(document.root(), "", 0, &mut |node, pointer| {
                lines.entry(node.place().start().line).or_insert_with(|| pointer.to_owned());
            });
        }
        // Asterisks without quotes are no YAML, and hide all others of their text.
        for (line, text) in (1..).zip(file.text.lines()) {
            if let Some(key) = masked_key(text) {
                lines.entry(line).or_insert_with(|| push_pointer("", key));
            }
        }
        let layer = file.path.split('/').nth(1).unwrap_or(&file.path);
        let layer = layer.strip_suffix(".yaml").unwrap_or(layer);
        for (line, pointer) in lines {
            let key = pointer.rsplit('/').find(|part| part.parse::<usize>().is_err());
            let key = key.filter(|key| !key.is_empty()).unwrap_or("secret");
            let variable = free(&name(layer, key), |name| names.contains(name));
            names.insert(variable.clone());
            found.push(Masked { path: file.path.clone(), pointer, line, variable });
        }
    }
    found
}

fn each(node: Node<'_>, pointer: &str, depth: usize, found: &mut impl FnMut(Node<'_>, &str)) {
    if depth > DEPTH || node.is_alias() {
        return;
    }
    match node.kind() {
        Kind::Scalar => {
            let single = node
                .scalar()
                .is_some_and(|(_, style)| matches!(style, Style::Plain | Style::Single | Style::Double));
            if single && node.text().is_some_and(is_mask) {
                found(node, pointer);
            }
        }
        Kind::Map => {
            for entry in node.entries() {
                if let Some(key) = entry.key.text() {
                    each(entry.value, &push_pointer(pointer, key), depth + 1, found);
                }
            }
        }
        Kind::Seq => {
            for (index, item) in node.items().enumerate() {
                each(item, &push_pointer(pointer, &index.to_string()), depth + 1, found);
            }
        }
    }
}

/// `web`, `admin-password` → `webAdminPassword`.
fn name(layer: &str, key: &str) -> String {
    let mut out = String::new();
    for part in [layer, key].iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric())) {
        let mut chars = part.chars();
        if let Some(first) = chars.next() {
            out.push(if out.is_empty() { first.to_ascii_lowercase() } else { first.to_ascii_uppercase() });
            out.push_str(chars.as_str());
        }
    }
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert_str(0, "secret");
    }
    out.truncate(60);
    out
}

/// What stands in a text for a secret.
fn reference(variable: &str) -> String {
    format!("'{{{{ .spectro.var.{variable} }}}}'")
}

/// Puts sensitive variables in the place of secrets; what stood there, for [`restore`].
pub(super) fn replace(
    files: &mut [ImportedFile],
    masked: &[Masked],
    wanted: &BTreeMap<(String, u32), String>,
    variables: &mut Vec<Value>,
) -> Option<Value> {
    let mut stood = Map::new();
    for file in files {
        let source = SourceFile::new(&*file.path, &*file.text);
        let mut edits = Vec::new();
        for masked in masked.iter().filter(|masked| masked.path == file.path) {
            let Some(variable) = wanted.get(&(masked.path.clone(), masked.line)) else { continue };
            let start = source.line_start(masked.line) as usize;
            let line = source.text()[start..].split('\n').next().unwrap_or_default();
            let Some(mask) = asterisks(line) else { continue };
            stood.insert(variable.clone(), json!(&line[mask.clone()]));
            let span = Span::new(start + mask.start, start + mask.end);
            edits.push(Edit { span, replacement: reference(variable) });
            if !variables.iter().any(|known| known["name"] == **variable) {
                let what = if masked.pointer.len() < 2 { "a secret" } else { &masked.pointer };
                variables.push(json!({
                    "name": variable,
                    "description": format!("Masked in the export: {what} in {}", masked.path),
                    "required": true,
                    "sensitive": true,
                }));
            }
        }
        if !edits.is_empty() {
            file.text = edit::apply(&file.text, &edits);
        }
    }
    (!stood.is_empty()).then_some(Value::Object(stood))
}

/// The key of a line whose value is nothing but asterisks; empty for an item of a list.
fn masked_key(line: &str) -> Option<&str> {
    let mask = asterisks(line).filter(|_| !line.trim_start().starts_with('#'))?;
    let rest = line[mask.end..].trim_start();
    if !(rest.is_empty() || rest.starts_with(['#', ',', '}', ']'])) {
        return None;
    }
    let before = line[..mask.start].trim_end();
    if let Some(key) = before.strip_suffix(':') {
        let key = key.rsplit(['{', ',', ' ']).next().unwrap_or_default();
        return Some(key.trim_matches(['"', '\'']));
    }
    before.ends_with(['-', '[', ',']).then_some("")
}

/// The first run of three asterisks or more in a line, with the quotes around it.
fn asterisks(line: &str) -> Option<Range<usize>> {
    let start = line.find("***")?;
    let end = start + line[start..].bytes().take_while(|b| *b == b'*').count();
    let quoted = |quote: char| line[..start].ends_with(quote) && line[end..].starts_with(quote);
    Some(if quoted('\'') || quoted('"') { start - 1..end + 1 } else { start..end })
}

/// Puts the asterisks back, as the export had them; variables that nothing refers to any more are returned.
pub(super) fn restore(metadata: &Value, texts: &mut [&mut String]) -> Vec<String> {
    let mut gone = Vec::new();
    let stood = annotation(metadata, "masked").and_then(Value::as_object);
    for (variable, mask) in stood.into_iter().flatten() {
        let Some(mask) = mask.as_str() else { continue };
        let reference = reference(variable);
        let mut left = false;
        for text in texts.iter_mut() {
            if text.contains(&reference) {
                **text = text.replace(&reference, mask);
            }
            left |= text.contains(&format!(".spectro.var.{variable}"));
        }
        if !left {
            gone.push(variable.clone());
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_values_are_found_by_their_lines() {
        let text = "a: '****'\n# ****\nb: x\nc:\n- ********\nd: \"***\" # why\n/* *** */\ne: {f: ****, g: 1}\nh: ***bold***\n";
        let found: Vec<_> =
            text.lines().zip(1..).filter_map(|(line, number)| Some((number, masked_key(line)?))).collect();
        assert_eq!(found, [(1, "a"), (5, ""), (6, "d"), (8, "f")]);
        assert_eq!(name("db", "admin-password"), "dbAdminPassword");
        assert_eq!(name("9", "x"), "secret9X");
    }
}
