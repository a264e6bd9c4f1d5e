//! The functions a reference may use: those of Sprig that Palette's documentation and public packs use.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::diagnostics::closest;

/// A function with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    name: &'static str,
    arguments: Vec<String>,
}

/// Names and how many arguments each takes before the value.
const FUNCTIONS: &[(&str, usize)] = &[
    ("b64dec", 0),
    ("b64enc", 0),
    ("default", 1),
    ("lower", 0),
    ("nospace", 0),
    ("quote", 0),
    ("replace", 2),
    ("squote", 0),
    ("substr", 2),
    ("title", 0),
    ("trim", 0),
    ("trimPrefix", 1),
    ("trimSuffix", 1),
    ("trunc", 1),
    ("upper", 0),
];

/// Names of the functions, and how many arguments each takes before the value.
pub fn functions() -> impl Iterator<Item = (&'static str, usize)> {
    FUNCTIONS.iter().copied()
}

impl Call {
    pub(super) fn is_default(&self) -> bool {
        self.name == "default"
    }
}

/// Reads `| upper | substr 0 4`; the error says what is wrong.
pub(super) fn pipeline(text: &str) -> Result<Vec<Call>, String> {
    let mut calls = Vec::new();
    let mut words = words(text)?.into_iter().peekable();
    while let Some(word) = words.next() {
        if word != Word::Pipe {
            return Err(format!("`{text}` behind a reference: functions follow a `|`"));
        }
        let Some(Word::Bare(name)) = words.next() else { return Err("a `|` without a function".to_owned()) };
        let Some((name, count)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            let near = closest(&name, FUNCTIONS.iter().map(|(known, _)| *known));
            let hint = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
            return Err(format!("`{name}` is no function of a reference{hint}"));
        };
        let mut arguments = Vec::new();
        while let Some(Word::Bare(text) | Word::Quoted(text)) = words.next_if(|w| *w != Word::Pipe) {
            arguments.push(text);
        }
        if arguments.len() != *count {
            return Err(format!(
                "`{name}` takes {count} arguments before the value, here are {}",
                arguments.len()
            ));
        }
        let numeric = matches!(*name, "substr" | "trunc");
        if numeric && arguments.iter().any(|a| a.parse::<i64>().is_err()) {
            return Err(format!("`{name}` takes numbers"));
        }
        calls.push(Call { name, arguments });
    }
    Ok(calls)
}

#[derive(Clone, Debug, PartialEq)]
enum Word {
    Pipe,
    Bare(String),
    Quoted(String),
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '|' => (Word::Pipe, 1),
            '"' | '`' | '\'' => {
                let close = rest[1..].find(first).ok_or_else(|| format!("`{rest}` is not closed"))?;
                (Word::Quoted(rest[1..=close].to_owned()), close + 2)
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || c == '|').unwrap_or(rest.len());
                (Word::Bare(rest[..end].to_owned()), end)
            }
        };
        words.push(word);
        rest = rest[length..].trim_start();
    }
    Ok(words)
}

/// A value after all functions; `None` stays `None` unless a `default` fills it in.
pub(super) fn apply(calls: &[Call], mut value: Option<String>) -> Result<Option<String>, String> {
    for call in calls {
        let argument = |i: usize| call.arguments.get(i).map_or("", String::as_str);
        let number = |i: usize| argument(i).parse::<i64>().unwrap_or_default();
        if call.is_default() {
            value = value.filter(|v| !v.is_empty()).or_else(|| Some(argument(0).to_owned()));
            continue;
        }
        let Some(text) = value else { return Ok(None) };
        value = Some(match call.name {
            "upper" => text.to_uppercase(),
            "lower" => text.to_lowercase(),
            "trim" => text.trim().to_owned(),
            "nospace" => text.chars().filter(|c| !c.is_whitespace()).collect(),
            "title" => title(&text),
            "quote" => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            "squote" => format!("'{text}'"),
            "replace" => text.replace(argument(0), argument(1)),
            "trimPrefix" => text.strip_prefix(argument(0)).unwrap_or(&text).to_owned(),
            "trimSuffix" => text.strip_suffix(argument(0)).unwrap_or(&text).to_owned(),
            "substr" => substr(&text, number(0), number(1)),
            "trunc" => trunc(&text, number(0)),
            "b64enc" => STANDARD.encode(&text),
            "b64dec" => {
                let bytes = STANDARD.decode(&text).map_err(|e| format!("b64dec: {e}"))?;
                String::from_utf8(bytes).map_err(|_| "b64dec: the decoded bytes are no text".to_owned())?
            }
            _ => text,
        });
    }
    Ok(value)
}

fn title(text: &str) -> String {
    let mut start = true;
    text.chars()
        .map(|c| {
            let out = if start { c.to_uppercase().next().unwrap_or(c) } else { c };
            start = c.is_whitespace();
            out
        })
        .collect()
}

/// Sprig's `substr start end`: a negative start is 0, a negative or too large end is the text's end.
fn substr(text: &str, start: i64, end: i64) -> String {
    let start = usize::try_from(start).unwrap_or(0);
    let end = usize::try_from(end).unwrap_or(usize::MAX);
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

/// Sprig's `trunc`: the first n characters, or the last n where n is negative.
fn trunc(text: &str, count: i64) -> String {
    let keep = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let skip = if count < 0 { text.chars().count().saturating_sub(keep) } else { 0 };
    text.chars().skip(skip).take(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_do_what_sprig_does() {
        for (text, value, wanted) in [
            ("| upper", Some("abc"), Some("ABC")),
            ("| substr 0 4", Some("1.33.5"), Some("1.33")),
            ("| substr 0 99", Some("1.33"), Some("1.33")),
            ("| trunc -3", Some("abcdef"), Some("def")),
            (r#"| default "x""#, None, Some("x")),
            (r#"| default "x""#, Some(""), Some("x")),
            (r#"| default "x" | upper"#, None, Some("X")),
            (r#"| replace "." "-""#, Some("1.2.3"), Some("1-2-3")),
            ("| b64enc", Some("hi"), Some("aGk=")),
            ("| b64enc | b64dec", Some("hi"), Some("hi")),
            ("| title", Some("two words"), Some("Two Words")),
            ("| upper", None, None),
        ] {
            let calls = pipeline(text).unwrap();
            assert_eq!(
                apply(&calls, value.map(str::to_owned)).unwrap().as_deref(),
                wanted,
                "{text} of {value:?}"
            );
        }
    }
}
