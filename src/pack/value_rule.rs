//! `schema.yaml` of a pack: what the values at some paths must look like (`pack-constraints.md` of Palette's
//! documentation): `{{ required | readonly | format "${TYPE:ARGUMENT}" | hints "text" }}`.

use std::net::Ipv4Addr;

use regex::Regex;
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::source::Place;
use crate::yaml::{Document, Node, push_pointer};

/// An entry of `schema.yaml` that cannot be read.
pub const BAD_VALUE_RULE: Lint = Lint { code: "PK0004", name: "bad-value-rule", severity: Severity::Warning };

/// What one path of the values must look like.
#[derive(Clone, Debug)]
pub struct ValueRule {
    /// Dotted path; `$[]` stands for every item of a list. A path that is not there is no fault: presets add some.
    pub path: String,
    /// Whether it must have a value.
    pub required: bool,
    /// Whether a profile may not change it.
    pub read_only: bool,
    /// Its format, literal text and typed parts in order; empty: any.
    pub format: Vec<FormatPart>,
    /// What people are told.
    pub hints: Vec<String>,
    /// Where the path stands in `schema.yaml`.
    pub place: Place,
}

/// One part of a format.
#[derive(Clone, Debug)]
pub enum FormatPart {
    /// This text.
    Literal(String),
    /// Text that the expression finds something in; any text without one. `masked` for passwords.
    Text {
        /// RE2 expression.
        pattern: Option<Regex>,
        /// Whether it is a secret.
        masked: bool,
    },
    /// A number, perhaps between two others.
    Number(Option<(f64, f64)>),
    /// `true` or `false`.
    Boolean,
    /// One of these.
    List(Vec<String>),
    /// An IPv4 address.
    Ipv4,
    /// A version.
    Version,
}

/// The entries of `schema.yaml`, in order.
pub(super) fn read(document: &Document) -> Vec<Result<ValueRule, Diagnostic>> {
    let entries = document.root().entries();
    entries
        .filter_map(|entry| {
            let path = entry.key.text()?.to_owned();
            let schema = entry.value.get("schema")?;
            let rule = parse(path, schema.text()?, entry.key.place());
            Some(rule.map_err(|why| bad(schema, why)))
        })
        .collect()
}

fn bad(node: Node<'_>, why: String) -> Diagnostic {
    Diagnostic::new(BAD_VALUE_RULE, node.place(), why)
        .help("a schema looks like `{{ required | format \"${string}\" | hints \"text\" }}`")
}

fn parse(path: String, text: &str, place: Place) -> Result<ValueRule, String> {
    let body = text.trim().strip_prefix("{{").and_then(|t| t.strip_suffix("}}"));
    let body = body.ok_or_else(|| "the schema is not within `{{` and `}}`".to_owned())?;
    let mut rule =
        ValueRule { path, required: false, read_only: false, format: Vec::new(), hints: Vec::new(), place };
    for part in pipes(body)? {
        match &part[..] {
            [word] if word == "required" => rule.required = true,
            [word] if word == "readonly" => rule.read_only = true,
            [word, format] if word == "format" => rule.format = parse_format(format)?,
            [word, hints @ ..] if word == "hints" => rule.hints.extend(hints.iter().cloned()),
            [word, ..] => {
                return Err(format!("`{word}` is none of `required`, `readonly`, `format`, `hints`"));
            }
            [] => {}
        }
    }
    Ok(rule)
}

/// Words between pipes; text in quotes is one word.
fn pipes(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut parts = vec![Vec::new()];
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '|' => {
                parts.push(Vec::new());
                rest = rest[1..].trim_start();
                continue;
            }
            '"' => {
                let (word, length) = unquote(&rest[1..]).ok_or("a quote is not closed")?;
                (word, length + 1)
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || c == '|').unwrap_or(rest.len());
                (rest[..end].to_owned(), end)
            }
        };
        if let Some(part) = parts.last_mut() {
            part.push(word);
        }
        rest = rest[length..].trim_start();
    }
    Ok(parts)
}

/// Text up to the closing quote, and the bytes it took, the quote included; `\"` and `\\` are escapes.
fn unquote(text: &str) -> Option<(String, usize)> {
    let mut word = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((word, at + 1)),
            '\\' => match chars.next()?.1 {
                escaped @ ('"' | '\\') => word.push(escaped),
                other => word.extend(['\\', other]),
            },
            other => word.push(other),
        }
    }
    None
}

fn parse_format(text: &str) -> Result<Vec<FormatPart>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        if start > 0 {
            parts.push(FormatPart::Literal(rest[..start].to_owned()));
        }
        let inner = &rest[start + 2..];
        let end = type_end(inner).ok_or_else(|| format!("`{text}`: a `${{` is not closed"))?;
        parts.push(parse_type(&inner[..end])?);
        rest = &inner[end + 1..];
    }
    if !rest.is_empty() {
        parts.push(FormatPart::Literal(rest.to_owned()));
    }
    Ok(parts)
}

/// Where `TYPE:/RE/}` ends: braces within an expression do not count.
fn type_end(text: &str) -> Option<usize> {
    match text.find(":/").filter(|at| *at < text.find('}').unwrap_or(usize::MAX)) {
        Some(expression) => text[expression..].find("/}").filter(|e| *e > 0).map(|end| expression + end + 1),
        None => text.find('}'),
    }
}

fn parse_type(text: &str) -> Result<FormatPart, String> {
    let (word, argument) = text.split_once(':').map_or((text, None), |(w, a)| (w, Some(a.trim())));
    let bracketed = argument.and_then(|a| a.strip_prefix('[')?.strip_suffix(']'));
    let pattern = argument
        .and_then(|a| a.strip_prefix('/')?.strip_suffix('/'))
        .map(|p| Regex::new(p).map_err(|_| format!("`{p}` is no RE2 expression")))
        .transpose()?;
    Ok(match word.trim() {
        "string" | "input" => FormatPart::Text { pattern, masked: false },
        "password" => FormatPart::Text { pattern, masked: true },
        "number" => FormatPart::Number(bracketed.map(range).transpose()?),
        "boolean" => FormatPart::Boolean,
        "list" => {
            let options = bracketed.ok_or("a list names its options: `${list:[A,B]}`")?;
            FormatPart::List(options.split(',').map(|o| o.trim().to_owned()).collect())
        }
        "ipv4" => FormatPart::Ipv4,
        "version" => FormatPart::Version,
        other => return Err(format!("`{other}` is no type of a format")),
    })
}

fn range(text: &str) -> Result<(f64, f64), String> {
    // The dash between the numbers is not the sign of the first.
    let dash = text.char_indices().skip(1).find(|(_, c)| *c == '-').map(|(at, _)| at);
    let bounds =
        dash.and_then(|at| Some((text[..at].trim().parse().ok()?, text[at + 1..].trim().parse().ok()?)));
    bounds.ok_or_else(|| format!("`[{text}]` is no range: write `[1-10]`"))
}

impl ValueRule {
    /// Whether the value is a secret.
    pub fn masked(&self) -> bool {
        self.format.iter().any(|part| matches!(part, FormatPart::Text { masked: true, .. }))
    }

    /// Whether a value fits; the reason where it does not. Text with template actions fits anything: its value is not known
    /// yet. No value (`null`, empty text) fits unless one is required.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            // A list or a map has a value; formats are for scalars.
            Value::Array(_) | Value::Object(_) => return Ok(()),
        };
        if text.contains("{{") {
            return Ok(());
        }
        if text.is_empty() {
            return if self.required { Err("a value is required".to_owned()) } else { Ok(()) };
        }
        self.format_fits(&text)
    }

    fn format_fits(&self, text: &str) -> Result<(), String> {
        match &self.format[..] {
            [] => return Ok(()),
            [part] => return part.check(text),
            _ => {}
        }
        let pattern: String = self
            .format
            .iter()
            .map(|part| match part {
                FormatPart::Literal(text) => regex::escape(text),
                _ => "(.*?)".to_owned(),
            })
            .collect();
        let wrong = || format!("it should look like `{}`", self.shape());
        let whole = Regex::new(&format!("^(?s:{pattern})$")).map_err(|_| wrong())?;
        let captures = whole.captures(text).ok_or_else(wrong)?;
        let typed = self.format.iter().filter(|part| !matches!(part, FormatPart::Literal(_)));
        typed
            .zip(captures.iter().skip(1))
            .try_for_each(|(part, found)| part.check(found.map_or("", |m| m.as_str())))
    }

    fn shape(&self) -> String {
        let part = |part: &FormatPart| match part {
            FormatPart::Literal(text) => text.clone(),
            FormatPart::Text { .. } => "<text>".to_owned(),
            FormatPart::Number(_) => "<number>".to_owned(),
            FormatPart::Boolean => "<boolean>".to_owned(),
            FormatPart::List(options) => format!("<{}>", options.join("|")),
            FormatPart::Ipv4 => "<IPv4 address>".to_owned(),
            FormatPart::Version => "<version>".to_owned(),
        };
        self.format.iter().map(part).collect()
    }
}

impl FormatPart {
    fn check(&self, text: &str) -> Result<(), String> {
        let (fits, wanted) = match self {
            Self::Literal(literal) => (text == literal, format!("it must be `{literal}`")),
            Self::Text { pattern: None, .. } => (true, String::new()),
            Self::Text { pattern: Some(pattern), .. } => {
                (pattern.is_match(text), format!("it does not match `{pattern}`"))
            }
            Self::Number(None) => (text.parse::<f64>().is_ok(), "it is not a number".to_owned()),
            Self::Number(Some((low, high))) => (
                text.parse::<f64>().is_ok_and(|n| (*low..=*high).contains(&n)),
                format!("it is not a number from {low} to {high}"),
            ),
            Self::Boolean => {
                (matches!(text, "true" | "false"), "it is neither `true` nor `false`".to_owned())
            }
            Self::List(options) => {
                (options.iter().any(|o| o == text), format!("it is none of {}", options.join(", ")))
            }
            Self::Ipv4 => (text.parse::<Ipv4Addr>().is_ok(), "it is not an IPv4 address".to_owned()),
            Self::Version => (crate::version::Version::parse(text).is_ok(), "it is not a version".to_owned()),
        };
        if fits { Ok(()) } else { Err(wanted) }
    }
}

/// The values at a dotted path, each with its JSON pointer: none where the path is not there, several through `$[]`.
/// A key may itself have dots: the longest key that fits is taken.
pub fn at_dotted_path<'v>(value: &'v Value, path: &str) -> Vec<(String, &'v Value)> {
    let mut found = Vec::new();
    descend(value, path, String::new(), &mut found);
    found
}

fn descend<'v>(value: &'v Value, path: &str, pointer: String, found: &mut Vec<(String, &'v Value)>) {
    if path.is_empty() {
        found.push((pointer, value));
        return;
    }
    match value {
        Value::Array(items) => {
            if let Some(rest) = path.strip_prefix("$[]") {
                let rest = rest.strip_prefix('.').unwrap_or(rest);
                for (index, item) in items.iter().enumerate() {
                    descend(item, rest, format!("{pointer}/{index}"), found);
                }
            }
        }
        Value::Object(map) => {
            let mut end = path.len();
            loop {
                if let Some(child) = map.get(&path[..end]) {
                    let rest = path[end..].strip_prefix('.').unwrap_or(&path[end..]);
                    descend(child, rest, push_pointer(&pointer, &path[..end]), found);
                    return;
                }
                match path[..end].rfind('.') {
                    Some(dot) => end = dot,
                    None => return,
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::SourceFile;

    fn rule(text: &str) -> Result<ValueRule, String> {
        parse("a".into(), text, Place::whole("schema.yaml"))
    }

    #[test]
    fn formats_are_read_and_checked() {
        for (format, good, bad) in [
            ("${string}", "x", None),
            ("${string:/^[a-z]{2,3}$/}", "ab", Some("a1")),
            ("${number:[2-10]}", "10", Some("11")),
            ("${number}", "1.5", Some("x")),
            ("${boolean}", "true", Some("yes")),
            ("${list:[A,B]}", "B", Some("C")),
            ("${ipv4}", "10.0.0.1", Some("10.0.0")),
            ("${version}", "1.2.3", Some("x")),
            ("${number}Mi", "64Mi", Some("64Gi")),
            ("https://${ipv4}:${number:[1-65535]}/", "https://1.2.3.4:80/", Some("https://1.2.3.4:0/")),
        ] {
            let rule =
                rule(&format!("{{{{ required | format \"{format}\" | hints \"a b\" \"c\" }}}}")).unwrap();
            assert_eq!((rule.required, rule.hints.len()), (true, 2));
            assert_eq!(rule.check(&json!(good)), Ok(()), "{format}");
            if let Some(bad) = bad {
                assert!(rule.check(&json!(bad)).is_err(), "{format} {bad}");
            }
            assert!(rule.check(&json!("")).is_err());
            assert!(rule.check(&json!("{{ .spectro.var.x }}")).is_ok());
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for text in [
            "required",
            "{{ requried }}",
            "{{ format \"${strnig}\" }}",
            "{{ format \"${string\" }}",
            "{{ hints \"a }}",
        ] {
            assert!(rule(text).is_err(), "{text}");
        }
        let document =
            crate::yaml::parse(&SourceFile::new("s", "a.b:\n  schema: '{{ readonly }}'\nc: {schema: x}\n"));
        let rules = read(&document.documents[0]);
        assert!(rules[0].as_ref().is_ok_and(|r| r.read_only && r.path == "a.b"));
        assert_eq!(rules[1].as_ref().unwrap_err().place.start().line, 3);
    }

    #[test]
    fn dotted_paths_go_through_lists_and_keys_with_dots() {
        let value = json!({"charts": {"a.b": {"c": 1}, "l": [{"x": 1}, {"x": 2}, {}]}});
        let pointers = |path: &str| -> Vec<String> {
            at_dotted_path(&value, path).into_iter().map(|(pointer, _)| pointer).collect()
        };
        assert_eq!(pointers("charts.a.b.c"), ["/charts/a.b/c"]);
        assert_eq!(pointers("charts.l.$[].x"), ["/charts/l/0/x", "/charts/l/1/x"]);
        assert_eq!(pointers("charts.none"), [""; 0]);
    }
}
