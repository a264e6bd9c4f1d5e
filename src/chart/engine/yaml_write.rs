//! YAML as Helm's `toYaml` writes it: the value as JSON, read by go-yaml v2 and written by it again, each stage with its
//! traces (`sigs.k8s.io/yaml` v1.6.0, `go.yaml.in/yaml/v2` v2.4.3: `encode.go`, `emitterc.go`, `resolve.go`, `sorter.go`).

use super::emitter::{Emitter, Flavour};
use super::json;
use super::object::Object;
use super::value::{MapType, Value};
use super::yaml_order::compare;
use super::yaml_resolve::is_string_v2;

/// `toYaml`, with the line break at its end; `None` where one of the stages fails, which Helm shows as an empty text.
pub(super) fn to_yaml(value: &Value) -> Option<String> {
    let mut emitter = Emitter::new(Flavour::V2);
    node(&mut emitter, value, Place::Root, 0)?;
    Some(emitter.finish())
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Element,
    MapValue,
}

fn node(emitter: &mut Emitter, value: &Value, place: Place, depth: usize) -> Option<()> {
    if depth > 1_000 {
        return None;
    }
    match value {
        Value::Nil => emitter.plain("null"),
        Value::Bool(flag) => emitter.plain(if *flag { "true" } else { "false" }),
        Value::Int(int) | Value::Int64(int) => emitter.plain(&int.to_string()),
        Value::Byte(int) => emitter.plain(&int.to_string()),
        Value::Uint64(int) => emitter.plain(&int.to_string()),
        Value::Float(float) => emitter.plain(&float_text(*float)?),
        Value::Complex(..) => return None,
        Value::Text(text) => string(emitter, &through_json(&text.str())?),
        Value::Bytes(bytes) => string(emitter, &super::functions::encoded(bytes)),
        Value::List(list) if list.is_nil => emitter.plain("null"),
        Value::List(list) if list.items.is_empty() => emitter.empty("[]"),
        Value::List(list) => {
            emitter.open_list(place == Place::MapValue);
            for item in list.items.iter() {
                emitter.item();
                node(emitter, item, Place::Element, depth + 1)?;
            }
            emitter.close();
        }
        Value::Map(map) if map.kind == MapType::NilStrings => emitter.plain("null"),
        Value::Map(map) => {
            let mut entries = Vec::with_capacity(map.len());
            for (key, value) in map.entries() {
                entries.push((through_json(&key.str())?, value));
            }
            entries.sort_by(|(a, _), (b, _)| compare(a, b));
            mapping(emitter, &entries, depth)?;
        }
        Value::Object(object) => match &**object {
            Object::Duration(_)
            | Object::Month(_)
            | Object::Weekday(_)
            | Object::Time(_)
            | Object::Version(_)
            | Object::VersionCopy(_) => {
                let text = json::write(value, json::PLAIN).ok()?;
                match json::read(text.as_bytes()).ok()? {
                    Value::Text(text) => string(emitter, &through_json(&text.str())?),
                    _ => emitter.plain(&text),
                }
            }
            object => {
                let fields = object.json_fields();
                let mut entries: Vec<(String, Value)> =
                    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                entries.sort_by(|(a, _), (b, _)| compare(a, b));
                mapping(emitter, &entries, depth)?;
            }
        },
    }
    Some(())
}

fn mapping(emitter: &mut Emitter, entries: &[(String, Value)], depth: usize) -> Option<()> {
    if entries.is_empty() {
        emitter.empty("{}");
        return Some(());
    }
    emitter.open_map();
    for (key, value) in entries {
        emitter.key(key, is_string_v2(key));
        node(emitter, value, Place::MapValue, depth + 1)?;
    }
    emitter.close();
    Some(())
}

fn string(emitter: &mut Emitter, text: &str) {
    emitter.string(text, is_string_v2(text));
}

/// A number of JSON as go-yaml reads and writes it: an integer where it has no fraction and fits 64 bits.
fn float_text(float: f64) -> Option<String> {
    let text = json::float_text(float).ok()?;
    if let Ok(int) = text.parse::<i64>() {
        return Some(int.to_string());
    }
    if text.parse::<u64>().is_ok() {
        return Some(text);
    }
    Some(super::number::float(float, 'g', None))
}

/// What go-yaml reads out of the text as JSON has it; `None` where it refuses a character.
fn through_json(text: &str) -> Option<String> {
    if text.is_ascii() && !text.contains('\u{7f}') {
        return Some(text.to_owned());
    }
    let refused =
        |letter: char| matches!(letter, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(refused) {
        return None;
    }
    if !text.contains('\u{85}') {
        return Some(text.to_owned());
    }
    // A line break in quotes: blanks around it go, one break is a blank, more are one break less.
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\u{85}') {
        out.push_str(rest[..at].trim_end_matches(' '));
        let after = rest[at..].trim_start_matches([' ', '\u{85}']);
        let gap = &rest[at..rest.len() - after.len()];
        let breaks = gap.matches('\u{85}').count();
        if breaks == 1 {
            out.push(' ');
        } else {
            out.extend(std::iter::repeat_n('\n', breaks - 1));
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
