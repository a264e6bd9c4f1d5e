//! Formats of variables: what a value must look like, and what type it has.

use std::net::{Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a variable's value must look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VariableFormat {
    /// Any text.
    #[default]
    String,
    /// An integer or a decimal number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An IPv4 address.
    Ipv4,
    /// An IPv4 network in CIDR form.
    Ipv4cidr,
    /// An IPv6 address.
    Ipv6,
    /// A semver version.
    Version,
    /// Base64 text.
    Base64,
}

impl VariableFormat {
    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Ipv4 => "ipv4",
            Self::Ipv4cidr => "ipv4cidr",
            Self::Ipv6 => "ipv6",
            Self::Version => "version",
            Self::Base64 => "base64",
        }
    }

    /// The format of a word.
    pub fn of(word: &str) -> Option<Self> {
        [
            Self::String,
            Self::Number,
            Self::Boolean,
            Self::Ipv4,
            Self::Ipv4cidr,
            Self::Ipv6,
            Self::Version,
            Self::Base64,
        ]
        .into_iter()
        .find(|format| format.word() == word)
    }

    /// Whether a text has this format; the error says what is wanted.
    pub fn check(self, text: &str) -> Result<(), String> {
        let (fits, wanted) = match self {
            Self::String => (true, ""),
            Self::Number => (number(text).is_some(), "a number"),
            Self::Boolean => (matches!(text, "true" | "false"), "`true` or `false`"),
            Self::Ipv4 => (text.parse::<Ipv4Addr>().is_ok(), "an IPv4 address such as 10.0.0.1"),
            Self::Ipv4cidr => (cidr(text), "an IPv4 network such as 10.0.0.0/16"),
            Self::Ipv6 => (text.parse::<Ipv6Addr>().is_ok(), "an IPv6 address such as fd00::1"),
            Self::Version => (semver::Version::parse(text).is_ok(), "a version such as 1.2.3"),
            Self::Base64 => (STANDARD.decode(text).is_ok(), "base64 text"),
        };
        if fits { Ok(()) } else { Err(format!("`{}` is not {wanted}", shown(text))) }
    }

    /// A text as the type of this format. Text that does not fit stays text.
    pub fn typed(self, text: &str) -> Value {
        match self {
            Self::Number => number(text).unwrap_or_else(|| Value::String(text.to_owned())),
            Self::Boolean if matches!(text, "true" | "false") => Value::Bool(text == "true"),
            _ => Value::String(text.to_owned()),
        }
    }
}

fn number(text: &str) -> Option<Value> {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ Value::Number(_)) => Some(value),
        _ => None,
    }
}

fn cidr(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<Ipv4Addr>().is_ok()
            && bits.bytes().all(|b| b.is_ascii_digit())
            && bits.parse::<u8>().is_ok_and(|b| b <= 32)
    })
}

/// At most 60 characters of a value, for messages.
fn shown(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(60).collect::<String>())
    }
}

/// A scalar as the text that references put into strings; `None` for lists and maps.
pub fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a value fits a variable: its format, its RE2 expression (of the whole value) and its options (none: any value).
/// The error is a reason without the variable's name.
pub fn check_value(
    value: &Value,
    format: VariableFormat,
    regex: Option<&str>,
    options: &[Value],
) -> Result<(), String> {
    let text = scalar_text(value).ok_or("a list or a map is no value of a variable")?;
    format.check(&text)?;
    if let Some(expression) = regex {
        // An expression that is none is a finding of its own; here it says nothing about the value.
        if let Ok(regex) = super::re2::compile_whole(expression)
            && !regex.is_match(&text)
        {
            return Err(format!("`{}` does not match `{expression}`", shown(&text)));
        }
    }
    if !options.is_empty() && !options.iter().any(|o| scalar_text(o).as_deref() == Some(&text)) {
        let allowed: Vec<_> = options.iter().filter_map(scalar_text).collect();
        return Err(format!("`{}` is none of: {}", shown(&text), allowed.join(", ")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn formats_take_what_they_are_called_after() {
        for (format, good, bad) in [
            (VariableFormat::Number, "8080", "8080a"),
            (VariableFormat::Number, "-1.5", "010"),
            (VariableFormat::Boolean, "true", "yes"),
            (VariableFormat::Ipv4, "10.0.0.1", "10.0.0"),
            (VariableFormat::Ipv4cidr, "10.0.0.0/16", "10.0.0.0/33"),
            (VariableFormat::Ipv6, "fd00::1", "10.0.0.1"),
            (VariableFormat::Version, "1.2.3-rc.1", "1.2"),
            (VariableFormat::Base64, "aGk=", "a?"),
        ] {
            assert_eq!(format.check(good), Ok(()), "{format:?} {good}");
            assert!(format.check(bad).is_err(), "{format:?} {bad}");
            assert_eq!(VariableFormat::of(format.word()), Some(format));
        }
    }

    #[test]
    fn expressions_hold_for_the_whole_value_and_options_are_closed() {
        let check = |value: Value, regex, options: &[Value]| {
            check_value(&value, VariableFormat::String, regex, options)
        };
        assert!(check(json!("abc"), Some("[a-z]+"), &[]).is_ok());
        assert!(check(json!("abc1"), Some("[a-z]+"), &[]).is_err());
        assert!(check(json!("b"), None, &[json!("a"), json!("b")]).is_ok());
        assert!(check(json!("c"), None, &[json!("a"), json!("b")]).is_err());
        assert!(check(json!(["a"]), None, &[]).is_err());
    }
}
