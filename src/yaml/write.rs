//! From values to text: block YAML that means the same to a YAML 1.2 reader and to Go's library.
//!
//! `yaml_serde` (like its ancestor) writes `yes`, `1_000` or `<<` without quotes, which Go reads as other types; hence
//! an emitter of our own. In doubt it quotes.

use std::fmt::Write as _;

use serde_json::Value;

use super::scalar::{Resolver, resolve_plain};

/// Keys longer than this are written with `?`: libyaml takes no simple key past 1024 characters.
const LONGEST_SIMPLE_KEY: usize = 800;

/// Writes a value as block YAML, two spaces a level, ending with a line break.
///
/// Strings stay strings under both resolvers (and under YAML 1.1, as far as its types go); several lines become a
/// literal block where that keeps every byte. Floats keep their value, but Go reads a whole one as an integer.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    node(&mut out, value, 0, After::Nothing);
    out.push('\n');
    out
}

/// What stands on the line before a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing: the value starts at its indentation, which the caller has written.
    Nothing,
    /// `key:`, at the indentation of the mapping.
    Colon,
    /// `-`, at the indentation of the sequence.
    Dash,
}

/// Writes a value whose parent is indented by `indent` columns; no line break at the end.
pub(super) fn node(out: &mut String, value: &Value, indent: usize, after: After) {
    let inner = if after == After::Nothing { indent } else { indent + 2 };
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (index, (key, value)) in map.iter().enumerate() {
                lead(out, index, inner, after);
                entry(out, key, value, inner);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                lead(out, index, inner, after);
                out.push('-');
                node(out, item, inner, After::Dash);
            }
        }
        scalar => {
            if after != After::Nothing {
                out.push(' ');
            }
            match scalar {
                Value::String(text) if fits_literal(text) => literal(out, text, indent + 2),
                _ => flow(out, scalar, false),
            }
        }
    }
}

/// Writes `key: value` at the present column, which is `indent`; no line break at the end.
pub(super) fn entry(out: &mut String, key: &str, value: &Value, indent: usize) {
    let mut name = String::new();
    string(&mut name, key, false);
    if name.len() > LONGEST_SIMPLE_KEY {
        let _ = write!(out, "? {name}\n{:indent$}", "");
    } else {
        out.push_str(&name);
    }
    out.push(':');
    node(out, value, indent, After::Colon);
}

/// Starts an entry or an item: on a line of its own, unless it stands behind a dash or at the very start.
fn lead(out: &mut String, index: usize, indent: usize, after: After) {
    match (index, after) {
        (0, After::Nothing) => {}
        (0, After::Dash) => out.push(' '),
        _ => {
            let _ = write!(out, "\n{:indent$}", "");
        }
    }
}

/// Writes a value on one line; `inside` a flow collection more strings need quotes.
pub(super) fn flow(out: &mut String, value: &Value, inside: bool) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Value::String(text) => string(out, text, inside),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                flow(out, item, true);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                flow_entry(out, key, value);
            }
            out.push('}');
        }
    }
}

/// Writes `key: value` inside a flow mapping.
pub(super) fn flow_entry(out: &mut String, key: &str, value: &Value) {
    let start = out.len();
    string(out, key, true);
    if out.len() - start > LONGEST_SIMPLE_KEY {
        out.insert_str(start, "? ");
    }
    out.push_str(": ");
    flow(out, value, true);
}

/// Writes a string on one line, without quotes only where nothing could read it as something else.
fn string(out: &mut String, text: &str, inside: bool) {
    if fits_plain(text, inside) {
        out.push_str(text);
    } else if text.chars().all(is_plainly_printable) && text.contains(['"', '\\']) {
        let _ = write!(out, "'{}'", text.replace('\'', "''"));
    } else {
        double_quoted(out, text);
    }
}

fn double_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        let _ = match c {
            '"' => write!(out, "\\\""),
            '\\' => write!(out, "\\\\"),
            '\n' => write!(out, "\\n"),
            '\t' => write!(out, "\\t"),
            '\r' => write!(out, "\\r"),
            c if is_plainly_printable(c) => write!(out, "{c}"),
            c if u32::from(c) <= 0xff => write!(out, "\\x{:02x}", u32::from(c)),
            c if u32::from(c) <= 0xffff => write!(out, "\\u{:04x}", u32::from(c)),
            c => write!(out, "\\U{:08x}", u32::from(c)),
        };
    }
    out.push('"');
}

/// Characters that every reader takes as they are and every person can see: no controls, no line breaks of YAML 1.1, no
/// byte order mark, no space but the space, none that turn the direction of text.
fn is_plainly_printable(c: char) -> bool {
    !c.is_control()
        && (c == ' ' || !c.is_whitespace())
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        && !matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff)
}

fn fits_plain(text: &str, inside: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let second = text.chars().nth(1);
    let starts_well = match first {
        '-' => second.is_some_and(|c| c != ' ') && !text.starts_with("---"),
        '.' => !text.starts_with("..."),
        '=' => text != "=",
        ' ' | '?' | ':' | ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"'
        | '%' | '@' | '`' | '~' | '<' => false,
        _ => true,
    };
    starts_well
        && text.chars().all(is_plainly_printable)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains("{{")
        && !(inside && text.contains([',', '[', ']', '{', '}', ':', '?']))
        && is_string_everywhere(text)
}

/// Whether plain text is a string in the core schema, for Go, and by the types of YAML 1.1 that Go left out.
pub(super) fn is_string_everywhere(text: &str) -> bool {
    let string = |resolver| matches!(resolve_plain(text, resolver), Value::String(_));
    let unsigned = text.trim_start_matches(['+', '-']);
    let sexagesimal = unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.contains(':')
        && unsigned.bytes().all(|b| b.is_ascii_digit() || b":._".contains(&b));
    let date = text.len() > 5
        && text.bytes().take(4).all(|b| b.is_ascii_digit())
        && text.as_bytes()[4] == b'-'
        && text.as_bytes()[5].is_ascii_digit();
    let infinite = matches!(unsigned.to_ascii_lowercase().as_str(), ".inf" | ".nan");
    string(Resolver::Core) && string(Resolver::Go) && !sexagesimal && !date && !infinite
}

/// Several lines that a literal block keeps byte for byte. Blank lines at the end are none: a block that keeps them would
/// take up those that follow it in somebody's file.
fn fits_literal(text: &str) -> bool {
    let printable = |line: &str| line.chars().all(|c| c == '\t' || is_plainly_printable(c));
    let whole = |line: &str| line.is_empty() || !line.trim().is_empty();
    text.contains('\n')
        // The first line decides the block's indentation: it must be neither empty nor indented itself.
        && !text.starts_with([' ', '\t', '\n'])
        && !text.ends_with("\n\n")
        && text.split('\n').all(|line| printable(line) && whole(line))
}

/// Whether a value that is written as a block ends in a literal block, which needs a line break behind it.
pub(super) fn ends_in_literal(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.last().is_some_and(ends_in_literal),
        Value::Object(map) => map.values().next_back().is_some_and(ends_in_literal),
        Value::String(text) => fits_literal(text) && text.ends_with('\n'),
        _ => false,
    }
}

fn literal(out: &mut String, text: &str, indent: usize) {
    let (body, chomping) = match text.strip_suffix('\n') {
        None => (text, "-"),
        Some(body) => (body, ""),
    };
    let _ = write!(out, "|{chomping}");
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            let _ = write!(out, "{:indent$}{line}", "");
        }
    }
}

#[cfg(test)]
mod tests;
