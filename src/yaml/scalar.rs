//! What a plain scalar means: YAML 1.2's core schema for our own kinds, Go's reading for what the cluster reads.

use serde_json::{Number, Value};

use super::tree::Style;

/// Whose meaning a plain scalar has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolver {
    /// YAML 1.2.2 §10.3.2, the core schema: our own kinds.
    Core,
    /// `sigs.k8s.io/yaml` over goyaml.v2 (`resolve.go`), which Helm and Kubernetes use: values, manifests, charts.
    Go,
}

/// A scalar's value, with its style and tag.
pub(super) fn resolve(text: &str, style: Style, tag: Option<&str>, resolver: Resolver) -> Value {
    match tag.and_then(|t| t.strip_prefix("tag:yaml.org,2002:")) {
        Some("str") => return Value::String(text.to_owned()),
        Some("int" | "float" | "bool" | "null") => return resolve_plain(text, resolver),
        _ => {}
    }
    if style == Style::Plain { resolve_plain(text, resolver) } else { Value::String(text.to_owned()) }
}

/// A plain scalar's value. Infinities and NaN stay strings: JSON has no place for them.
pub fn resolve_plain(text: &str, resolver: Resolver) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if resolver == Resolver::Go {
        match text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Bool(true),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Value::Bool(false),
            _ => {}
        }
    }
    let starts_like_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    if starts_like_number {
        let number = match resolver {
            Resolver::Core => core_number(text),
            Resolver::Go => go_number(text),
        };
        if let Some(number) = number {
            return Value::Number(number);
        }
    }
    Value::String(text.to_owned())
}

fn integer(digits: &str, radix: u32, negative: bool) -> Option<Number> {
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    if negative { 0i64.checked_sub_unsigned(value).map(Number::from) } else { Some(Number::from(value)) }
}

fn sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn core_number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0o") {
        return integer(digits, 8, false);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return integer(digits, 16, false);
    }
    let (negative, digits) = sign(text);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return integer(digits, 10, negative).or_else(|| Number::from_f64(text.parse().ok()?));
    }
    float(text, digits)
}

fn float(text: &str, unsigned: &str) -> Option<Number> {
    let shaped = unsigned.bytes().any(|b| b.is_ascii_digit())
        && unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if shaped { Number::from_f64(text.parse().ok()?) } else { None }
}

/// goyaml.v2's order: Go's `ParseInt` with base 0 (which takes `_`, `0x`, `0b`, `0o` and a leading zero as octal), then floats.
fn go_number(text: &str) -> Option<Number> {
    let plain = text.replace('_', "");
    let (negative, digits) = sign(&plain);
    let (radix, body) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some(_) if digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()) => (8, &digits[1..]),
        _ => (10, digits),
    };
    let whole = !body.is_empty() && body.bytes().all(|b| (b as char).is_digit(radix));
    if let Some(number) = whole.then(|| integer(body, radix, negative)).flatten() {
        return Some(number);
    }
    float(&plain, digits)
}
