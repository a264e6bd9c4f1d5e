//! TOML as `BurntSushi/toml` v1.6.0 writes it, and what it reads, by a library.

use std::fmt::Write as _;

use super::number;
use super::object::Object;
use super::quote::quoted;
use super::value::{List, Map, MapType, Value};

/// A value as TOML; the error is the library's of Go. Lists outside of maps are written bare.
pub(super) fn write(value: &Value) -> Result<String, String> {
    let mut out = String::new();
    match value {
        Value::Map(map) => table(&mut out, map, &[])?,
        Value::Nil => return Err("toml: cannot encode nil".to_owned()),
        other => inline(&mut out, other)?,
    }
    Ok(out)
}

/// A key: bare where it can be.
fn key(name: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { string(name) }
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' | '\u{7f}' => drop(write!(out, "\\u{:04x}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn indentation(path: &[String]) -> String {
    "  ".repeat(path.len().saturating_sub(1))
}

/// Whether a list is written as `[[tables]]`.
fn is_table_list(list: &List) -> bool {
    !list.items.is_empty() && list.items.iter().all(|item| matches!(item, Value::Map(_)))
}

/// The entries of a map: simple ones, then tables.
fn table(out: &mut String, map: &Map, path: &[String]) -> Result<(), String> {
    let entries = map.entries();
    let is_table = |value: &Value| match value {
        Value::Map(_) => true,
        Value::List(list) => is_table_list(list),
        _ => false,
    };
    for (name, value) in entries.iter().filter(|(_, value)| !is_table(value)) {
        if value.is_nil() {
            continue;
        }
        let indent = if path.is_empty() { String::new() } else { "  ".repeat(path.len()) };
        let _ = write!(out, "{indent}{} = ", key(&name.str()));
        inline(out, value)?;
        out.push('\n');
    }
    for (name, value) in entries.iter().filter(|(_, value)| is_table(value)) {
        let path: Vec<String> = path.iter().cloned().chain([key(&name.str())]).collect();
        match value {
            Value::Map(inner) => {
                heading(out, &path, "[", "]");
                table(out, inner, &path)?;
            }
            Value::List(list) => {
                for item in list.items.iter() {
                    heading(out, &path, "[[", "]]");
                    if let Value::Map(inner) = item {
                        table(out, inner, &path)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn heading(out: &mut String, path: &[String], open: &str, close: &str) {
    if path.len() == 1 && !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}{open}{}{close}", indentation(path), path.join("."));
}

fn inline(out: &mut String, value: &Value) -> Result<(), String> {
    match value {
        Value::Nil => return Err("toml: cannot encode array with nil element".to_owned()),
        Value::Bool(flag) => drop(write!(out, "{flag}")),
        Value::Int(int) | Value::Int64(int) => drop(write!(out, "{int}")),
        Value::Byte(int) => drop(write!(out, "{int}")),
        Value::Uint64(int) => drop(write!(out, "{int}")),
        Value::Float(float) => out.push_str(&float_text(*float)),
        Value::Complex(..) => return Err("unsupported type for key '': complex128".to_owned()),
        Value::Text(text) => out.push_str(&string(&text.str())),
        Value::Bytes(bytes) => {
            let items: Vec<String> = bytes.iter().map(u8::to_string).collect();
            let _ = write!(out, "[{}]", items.join(", "));
        }
        Value::List(list) => {
            out.push('[');
            for (index, item) in list.items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                inline(out, item)?;
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            let entries = map.entries().into_iter().filter(|(_, value)| !value.is_nil());
            for (index, (name, value)) in entries.enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                let _ = write!(out, "{} = ", key(&name.str()));
                inline(out, &value)?;
            }
            out.push('}');
        }
        Value::Object(object) => match &**object {
            Object::Time(time) => out.push_str(&super::functions::dates::rfc3339(time.as_ref())),
            object => out.push_str(&string(&object.string().unwrap_or_default())),
        },
    }
    Ok(())
}

/// A float that cannot be taken for an integer.
fn float_text(float: f64) -> String {
    if float.is_nan() {
        return "nan".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let text = number::float(float, 'g', None);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}

/// Reads a text; the error is in the form of Go's library.
pub(super) fn read(text: &str) -> Result<Map, String> {
    match text.parse::<toml::Table>() {
        Ok(entries) => {
            let map = Map::new(MapType::Any);
            for (name, value) in entries {
                map.insert(name, from(value));
            }
            Ok(map)
        }
        Err(error) => {
            let at = error.span().map_or(text.len(), |span| span.start).min(text.len());
            let before = text.get(..at).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let current = text.lines().nth(line - 1).unwrap_or_default();
            let last = current.split_once('=').map(|(name, _)| name.trim());
            let last =
                last.map_or_else(String::new, |name| format!(" (last key {})", quoted(name.as_bytes())));
            let ended = text[at..].trim().is_empty() && current.contains('=');
            let why =
                if ended { "unexpected EOF; expected value".to_owned() } else { error.message().to_owned() };
            Err(format!("toml: line {line}{last}: {why}"))
        }
    }
}

fn from(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::text(text),
        toml::Value::Integer(int) => Value::Int64(int),
        toml::Value::Float(float) => Value::Float(float),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(moment) => Value::object(Object::Time(time(&moment.to_string()))),
        toml::Value::Array(items) => Value::list(items.into_iter().map(from).collect()),
        toml::Value::Table(entries) => {
            let map = Map::new(MapType::Any);
            for (name, value) in entries {
                map.insert(name, from(value));
            }
            Value::Map(map)
        }
    }
}

/// A date, a time, or both; what has no zone is in UTC.
fn time(text: &str) -> Option<jiff::Zoned> {
    let layouts = ["2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02", "15:04:05"];
    layouts.iter().find_map(|layout| super::functions::layout_read::parse(layout, text).ok().flatten())
}
