//! Reading a foreign document key by key, so that what nobody asked for is still there at the end.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::import::ImportError;
use crate::diagnostics::Severity;
use crate::source::SourceFile;
use crate::yaml::{self, Kind, Node, Resolver};

/// Keys whose value is text even where YAML reads a number: `version: 18.04`.
const TEXT_KEYS: [&str; 3] = ["name", "tag", "version"];

/// The text of a file as JSON, or as YAML where it is no JSON. Versions without quotes keep their digits; `notes` says so.
pub(super) fn read(
    file: &Arc<SourceFile>,
    notes: &mut Vec<String>,
) -> Result<Map<String, Value>, ImportError> {
    let text = file.text().trim_start_matches('\u{feff}');
    let value = if let Ok(value) = serde_json::from_str(text) {
        value
    } else {
        let stream = yaml::parse(file);
        if let Some(first) = stream.diagnostics.into_iter().find(|d| d.severity == Severity::Error) {
            return Err(ImportError::Syntax(Box::new(first)));
        }
        let [document] = &stream.documents[..] else {
            return Err(ImportError::NotAProfile(format!(
                "{} documents instead of one",
                stream.documents.len()
            )));
        };
        let root = document.root();
        let mut value =
            root.to_json(Resolver::Core).map_err(|error| ImportError::NotAProfile(error.to_string()))?;
        keep_digits(&mut value, root, notes);
        value
    };
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(ImportError::NotAProfile("it is no mapping".to_owned())),
    }
}

fn keep_digits(value: &mut Value, node: Node<'_>, notes: &mut Vec<String>) {
    match value {
        Value::Object(map) if node.kind() == Kind::Map => {
            for entry in node.entries() {
                let Some((key, value)) = entry.key.text().and_then(|key| Some((key, map.get_mut(key)?)))
                else {
                    continue;
                };
                match (&*value, entry.value.text()) {
                    (Value::Number(_) | Value::Bool(_), Some(text)) if TEXT_KEYS.contains(&key) => {
                        let at = entry.value.place();
                        notes.push(format!(
                            "{at}: `{key}: {text}` without quotes is no text in YAML; read as \"{text}\""
                        ));
                        *value = Value::String(text.to_owned());
                    }
                    _ => keep_digits(value, entry.value, notes),
                }
            }
        }
        Value::Array(items) => {
            for (item, node) in items.iter_mut().zip(node.items()) {
                keep_digits(item, node, notes);
            }
        }
        _ => {}
    }
}

/// Takes a text out of `map`: a number or a boolean counts as its digits; anything else stays.
pub(super) fn take_text(map: &mut Map<String, Value>, key: &str) -> Option<String> {
    match map.shift_remove(key)? {
        Value::String(text) => Some(text),
        Value::Null => None,
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        other => {
            map.insert(key.to_owned(), other);
            None
        }
    }
}

/// Takes a text that is not empty.
pub(super) fn take_some(map: &mut Map<String, Value>, key: &str) -> Option<String> {
    take_text(map, key).filter(|text| !text.is_empty())
}

/// Takes a boolean, `false` where there is none.
pub(super) fn take_flag(map: &mut Map<String, Value>, key: &str) -> bool {
    match map.shift_remove(key) {
        Some(Value::Bool(flag)) => flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Takes a mapping; an empty one where there is none.
pub(super) fn take_map(map: &mut Map<String, Value>, key: &str) -> Map<String, Value> {
    match map.shift_remove(key) {
        Some(Value::Object(inner)) => inner,
        Some(Value::Null) | None => Map::new(),
        Some(other) => {
            map.insert(key.to_owned(), other);
            Map::new()
        }
    }
}

/// Takes a list; an empty one where there is none.
pub(super) fn take_list(map: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    match map.shift_remove(key) {
        Some(Value::Array(list)) => list,
        Some(Value::Null) | None => Vec::new(),
        Some(other) => {
            map.insert(key.to_owned(), other);
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_unquoted_versions_are_kept() {
        let mut notes = Vec::new();
        let file = SourceFile::new("p.yaml", "packs:\n- {name: a, version: 1.10, tag: 18.04, x: 1.10}\n");
        let read = read(&file, &mut notes).unwrap();
        assert_eq!(
            Value::Object(read).to_string(),
            r#"{"packs":[{"name":"a","version":"1.10","tag":"18.04","x":1.1}]}"#
        );
        assert_eq!(notes.len(), 2, "{notes:?}");
    }
}
