//! What a plain scalar means: YAML 1.2's core schema for our own kinds, Go's reading for what the cluster reads.

use base64::Engine as _;
use serde_json::{Number, Value};

use super::tree::Style;

/// Whose meaning a plain scalar has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolver {
    /// YAML 1.2.2 §10.3.2, the core schema: our own kinds.
    Core,
    /// `sigs.k8s.io/yaml` over goyaml.v2 (`resolve.go`), which Helm and Kubernetes use: values, manifests, charts.
    ///
    /// As its way leads through JSON, a whole number is an integer however it is written: `1.0` and `1e3` are 1 and 1000.
    Go,
}

/// A scalar's value, with its style and tag (resolved; `!` alone is the non-specific tag).
pub(super) fn resolve(text: &str, style: Style, tag: Option<&str>, resolver: Resolver) -> Value {
    not_text(text, style, tag, resolver).unwrap_or_else(|| Value::String(text.to_owned()))
}

/// A scalar's value where that is anything but its text as it stands.
pub(super) fn not_text(text: &str, style: Style, tag: Option<&str>, resolver: Resolver) -> Option<Value> {
    let Some(tag) = tag else {
        return if style == Style::Plain { plain_not_text(text, resolver) } else { None };
    };
    match (tag.strip_prefix("tag:yaml.org,2002:"), resolver) {
        (Some("int" | "bool" | "null"), _) | (Some("float"), Resolver::Go) => plain_not_text(text, resolver),
        (Some("float"), Resolver::Core) => {
            let value = plain_not_text(text, resolver)?;
            Some(value.as_f64().and_then(Number::from_f64).map_or(value, Value::Number))
        }
        (Some("binary"), Resolver::Go) => {
            let bytes =
                base64::engine::general_purpose::STANDARD.decode(text.replace(['\n', ' '], "")).ok()?;
            Some(Value::String(String::from_utf8_lossy(&bytes).into_owned()))
        }
        _ => None,
    }
}

/// A plain scalar's value. Infinities and NaN stay strings: JSON has no place for them. So do dates, as Go's library
/// hands them over as they are written.
pub fn resolve_plain(text: &str, resolver: Resolver) -> Value {
    plain_not_text(text, resolver).unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The same; `None` where it is a string. Most scalars are: asking what they are should cost no copy.
pub fn plain_not_text(text: &str, resolver: Resolver) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "true" | "True" | "TRUE" => return Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Value::Bool(false)),
        _ => {}
    }
    if resolver == Resolver::Go {
        match text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(Value::Bool(true)),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some(Value::Bool(false)),
            _ => {}
        }
    }
    let number = match (resolver, text.as_bytes()[0]) {
        (Resolver::Core, b'0'..=b'9' | b'+' | b'-' | b'.') => core_number(text),
        (Resolver::Go, b'0'..=b'9' | b'+' | b'-') => go_number(&text.replace('_', "")),
        (Resolver::Go, b'.') if underscores_separate_digits(text) => float(&text.replace('_', "")).map(whole),
        _ => None,
    };
    number.map(Value::Number)
}

fn core_number(text: &str) -> Option<Number> {
    let (radix, digits) = match text.get(..2) {
        Some("0o") => (8, &text[2..]),
        Some("0x") => (16, &text[2..]),
        _ => (10, text),
    };
    if radix != 10 {
        let digit = |c: char| c.to_digit(radix).map(f64::from);
        let all = !digits.is_empty() && digits.chars().all(|c| digit(c).is_some());
        // Past 64 bits the value is kept as nearly as a float can.
        let float =
            || Number::from_f64(digits.chars().filter_map(digit).fold(0.0, |n, d| n * f64::from(radix) + d));
        return all.then(|| integer(false, digits, radix).or_else(float)).flatten();
    }
    let (negative, digits) = sign(text);
    integer(negative, digits, 10).or_else(|| float(text))
}

/// goyaml.v2's order: `ParseInt` and `ParseUint` with base 0 (`0x`, `0b`, `0o` and a leading zero as octal), then its
/// expression for floats, then once more binary digits, where a sign may follow `0b`. Underscores are gone already.
fn go_number(text: &str) -> Option<Number> {
    let (negative, digits) = sign(text);
    let (radix, body) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some(_) if digits.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    let signed_fits = |n: &Number| n.is_i64() || digits.len() == text.len();
    integer(negative, body, radix)
        // `ParseUint`, which alone reads past `i64::MAX`, takes no sign.
        .filter(signed_fits)
        .or_else(|| float(text).map(whole))
        .or_else(|| {
            let (negative, body) = sign(text.strip_prefix("0b")?);
            integer(negative, body, 2)
        })
}

fn sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// Digits alone: no sign, no point.
fn integer(negative: bool, digits: &str, radix: u32) -> Option<Number> {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    if negative { 0i64.checked_sub_unsigned(value).map(Number::from) } else { Some(Number::from(value)) }
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, the same expression in the core schema and in
/// goyaml.v2. Out of range is no number.
fn float(text: &str) -> Option<Number> {
    let shaped = text.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    if shaped { Number::from_f64(text.parse().ok()?) } else { None }
}

/// A whole float as an integer, as it comes out of Go's JSON.
fn whole(number: Number) -> Number {
    /// Up to here every integer is a float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float) if float.fract() == 0.0 && float.abs() <= EXACT => Number::from(float as i64),
        _ => number,
    }
}

/// Go's `strconv.underscoreOK` for a number without a base.
fn underscores_separate_digits(text: &str) -> bool {
    text.split('_').skip(1).all(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        && text.rsplit('_').skip(1).all(|part| part.ends_with(|c: char| c.is_ascii_digit()))
}

/// A mapping's key as JSON knows it. [`Resolver::Core`]: as it is written. [`Resolver::Go`]: as `sigs.k8s.io/yaml`
/// writes a key that is no string, floats with 32 bits.
pub(super) fn key_name(text: &str, style: Style, tag: Option<&str>, resolver: Resolver) -> String {
    if resolver == Resolver::Core {
        return text.to_owned();
    }
    match resolve(text, style, tag, resolver) {
        Value::String(name) => name,
        Value::Null => "null".to_owned(),
        Value::Number(number)
            if number.is_f64()
                || float(&text.replace('_', "")).is_some() && text.contains(['.', 'e', 'E']) =>
        {
            go_float_key(number.as_f64().unwrap_or_default() as f32)
        }
        other => other.to_string(),
    }
}

/// `strconv.FormatFloat(f, 'g', -1, 32)`.
fn go_float_key(float: f32) -> String {
    let scientific = format!("{float:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return float.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Text, core meaning, Go meaning; the right column is what `sigs.k8s.io/yaml` 1.6.0 answers.
    #[test]
    fn the_table() {
        let same = |text: &'static str, value: Value| (text, value.clone(), value);
        let text = |text: &'static str, go: Value| (text, json!(text), go);
        let string = |text: &'static str| (text, json!(text), json!(text));
        let table = [
            same("", json!(null)),
            same("~", json!(null)),
            same("NULL", json!(null)),
            string("nULL"),
            same("True", json!(true)),
            string("tRUE"),
            text("yes", json!(true)),
            text("y", json!(true)),
            text("On", json!(true)),
            text("N", json!(false)),
            text("OFF", json!(false)),
            string("oN"),
            ("010", json!(10), json!(8)),
            ("0777", json!(777), json!(511)),
            ("08", json!(8), json!(8)),
            ("-08", json!(-8), json!(-8)),
            ("08.5", json!(8.5), json!(8.5)),
            same("0o10", json!(8)),
            text("0O7", json!(7)),
            text("-0o7", json!(-7)),
            text("0b11", json!(3)),
            text("-0b11", json!(-3)),
            text("0B11", json!(3)),
            text("0b+1", json!(1)),
            text("0b-1", json!(-1)),
            string("-0b-1"),
            same("0x1F", json!(31)),
            text("0X1F", json!(31)),
            text("-0x1f", json!(-31)),
            text("+0x1F", json!(31)),
            string("0x"),
            string("0x1p4"),
            text("1_000", json!(1000)),
            text("1_", json!(1)),
            text("+_1", json!(1)),
            string("_1"),
            string("-_"),
            string("._5"),
            text(".5_0", json!(0.5)),
            text("5_.5", json!(5.5)),
            same("+1", json!(1)),
            same("-0", json!(0)),
            ("1e3", json!(1000.0), json!(1000)),
            ("1.0", json!(1.0), json!(1)),
            ("5.", json!(5.0), json!(5)),
            ("1.e5", json!(100_000.0), json!(100_000)),
            same(".5", json!(0.5)),
            same("+.5", json!(0.5)),
            same("-0.5e-9", json!(-5e-10)),
            string("."),
            string("-."),
            string(".e5"),
            string("+"),
            string("-"),
            string("1e400"),
            string("1,000"),
            string("1.10.0"),
            string("1:30"),
            string("2001-12-14"),
            string("2001-12-14T21:59:43.10-05:00"),
            string(".inf"),
            string("-.Inf"),
            string(".nan"),
            string("<<"),
            string("="),
            same("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            (
                "+18446744073709551615",
                json!(18_446_744_073_709_551_615_u64),
                json!(18_446_744_073_709_552_000.0),
            ),
            same("-9223372036854775808", json!(i64::MIN)),
            same("-9223372036854775809", json!(-9_223_372_036_854_775_809.0)),
            same("12345678901234567890123", json!(1.234_567_890_123_456_8e22)),
            ("0x8000000000000000", json!(1_u64 << 63), json!(1_u64 << 63)),
            ("0x10000000000000000", json!(18_446_744_073_709_551_616.0), json!("0x10000000000000000")),
        ];
        for (text, core, go) in table {
            assert_eq!(resolve_plain(text, Resolver::Core), core, "{text} core");
            assert_eq!(resolve_plain(text, Resolver::Go), go, "{text} Go");
        }
    }

    #[test]
    fn tags_decide() {
        let cases = [
            ("12", Style::Plain, "str", json!("12"), json!("12")),
            ("3", Style::Double, "int", json!(3), json!(3)),
            ("3", Style::Plain, "float", json!(3.0), json!(3)),
            ("", Style::Single, "null", json!(null), json!(null)),
            ("yes", Style::Single, "bool", json!("yes"), json!(true)),
            ("aGk=", Style::Plain, "binary", json!("aGk="), json!("hi")),
            ("//8=", Style::Plain, "binary", json!("//8="), json!("\u{fffd}\u{fffd}")),
        ];
        for (text, style, tag, core, go) in cases {
            let tag = format!("tag:yaml.org,2002:{tag}");
            assert_eq!(resolve(text, style, Some(&tag), Resolver::Core), core, "{tag} {text} core");
            assert_eq!(resolve(text, style, Some(&tag), Resolver::Go), go, "{tag} {text} Go");
        }
        for tag in ["!", "!local"] {
            assert_eq!(resolve("12", Style::Plain, Some(tag), Resolver::Core), json!("12"));
            assert_eq!(resolve("12", Style::Plain, Some(tag), Resolver::Go), json!("12"));
        }
    }

    #[test]
    fn keys_of_other_types() {
        let keys = [
            ("1.10", "1.1"),
            ("1.0", "1"),
            ("1e5", "100000"),
            ("1e6", "1e+06"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1.23456789012", "1.2345679"),
            ("16777217.0", "1.6777216e+07"),
            ("1234567", "1234567"),
            ("0x1e", "30"),
            ("010", "8"),
            ("yes", "true"),
        ];
        for (text, go) in keys {
            assert_eq!(key_name(text, Style::Plain, None, Resolver::Go), go);
            assert_eq!(key_name(text, Style::Plain, None, Resolver::Core), text);
            assert_eq!(key_name(text, Style::Double, None, Resolver::Go), text);
        }
    }
}
