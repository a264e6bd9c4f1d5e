//! Words, numbers and values as pages show them.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

/// Longest value that a table shows whole, in characters.
const SHOWN: usize = 200;

/// Text for HTML, in content and in double-quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Escaped text that may break after `.`, `/` and `[` (paths, ids, addresses).
pub(super) fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push_str(&escape(c.encode_utf8(&mut [0; 4])));
        if matches!(c, '.' | '/' | '[') && chars.peek().is_some() {
            out.push_str("<wbr>");
        }
    }
    out
}

/// `1204` as `1,204`.
pub(super) fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 layer`, `8 layers`, `2 properties` is not needed: the plural is the word and `s`.
pub(super) fn count(n: usize, word: &str) -> String {
    format!("{} {word}{}", number(n), if n == 1 { "" } else { "s" })
}

/// `2026-11-17T14:05:00Z` as `17 Nov 2026`; other text as it is.
pub(super) fn day(date: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parse = || {
        let (year, month, day) = (date.get(..4)?, date.get(5..7)?, date.get(8..10)?);
        let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(format!("{} {month} {year}", day.trim_start_matches('0')))
    };
    parse().unwrap_or_else(|| date.to_owned())
}

/// Bytes as people say them: `412 B`, `17.9 MB`.
pub(super) fn bytes(n: u64) -> String {
    match n {
        0..1000 => format!("{n} B"),
        1000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

/// A value in a table: as code, or in words where it is too long or not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Cell {
    /// The value itself.
    pub(super) code: Option<String>,
    /// What stands instead.
    pub(super) words: Option<String>,
}

impl Cell {
    /// Words in place of a value.
    pub(super) fn words(words: impl Into<String>) -> Self {
        Self { code: None, words: Some(words.into()) }
    }

    /// A value, or what there is of it.
    pub(super) fn of(value: Option<&Value>) -> Self {
        let Some(value) = value else { return Self::words("not set") };
        let shown = flow(value);
        if shown.chars().count() <= SHOWN && shown.lines().count() <= 1 {
            return Self { code: Some(shown), words: None };
        }
        Self::words(match value {
            Value::String(text) if text.lines().count() > 1 => {
                format!("text, {}", count(text.lines().count(), "line"))
            }
            Value::String(text) => format!("text, {}", count(text.chars().count(), "character")),
            Value::Array(items) => format!("list, {}", count(items.len(), "item")),
            _ => "map".to_owned(),
        })
    }
}

/// A value in one line, as YAML's flow style writes it; plain strings without quotes.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.trim_end().to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(inner).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(k, v)| format!("{k}: {}", inner(v))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A value inside a flow collection: strings that would read as something else keep their quotes.
fn inner(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let plain = !text.is_empty()
                && text.chars().all(|c| c.is_alphanumeric() || "_-./:@$=+* ".contains(c))
                && text.trim() == text
                && text.parse::<f64>().is_err()
                && !matches!(text.as_str(), "true" | "false" | "null" | "~" | "yes" | "no" | "on" | "off")
                && !text.contains(": ");
            if plain { text.clone() } else { value.to_string() }
        }
        other => flow(other),
    }
}

/// A JSON pointer as people write paths: `charts.cilium.cni`, `tolerations[0].key`.
pub(super) fn dotted(pointer: &str) -> String {
    let mut out = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) {
            let _ = write!(out, "[{part}]");
        } else if part.is_empty() || part.contains(['.', '/', '[', '"', ' ']) {
            let _ = write!(out, "[{}]", Value::String(part));
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(&part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_days_and_sizes() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(104), "104");
        assert_eq!(count(1, "layer"), "1 layer");
        assert_eq!(day("2026-11-07T14:05:00Z"), "7 Nov 2026");
        assert_eq!(day("soon"), "soon");
        assert_eq!(bytes(17_900_000), "17.9 MB");
    }

    #[test]
    fn values_in_one_line_or_in_words() {
        assert_eq!(flow(&json!(["traefik", "1.10", true, ""])), "[traefik, \"1.10\", true, \"\"]");
        assert_eq!(flow(&json!({"a": 1})), "{ a: 1 }");
        assert_eq!(Cell::of(Some(&json!("a\nb\n"))).words.as_deref(), Some("text, 2 lines"));
        assert_eq!(Cell::of(None).words.as_deref(), Some("not set"));
    }

    #[test]
    fn pointers_as_paths() {
        assert_eq!(dotted("/charts/cilium/list/0/a~1b"), "charts.cilium.list[0][\"a/b\"]");
        assert_eq!(breakable("a.b<"), "a.<wbr>b&lt;");
    }
}
