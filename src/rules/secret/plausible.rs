//! Whether a text can be a secret at all, or stands where one goes.

use std::collections::HashMap;

/// Parts of texts that people write where a secret goes.
const STAND_INS: &[&str] = &[
    "example",
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "placeholder",
    "place_holder",
    "dummy",
    "sample",
    "your",
    "insert",
    "redacted",
    "secret",
    "passw",
    "xxxx",
    "****",
    "....",
    "todo",
    "fixme",
    "foobar",
    "abcdef",
    "123456",
    "qwerty",
    "none",
    "null",
    "undefined",
    "notused",
    "not-used",
    "default",
    "testtest",
    "fake",
];

/// Whether a text is there for a secret and is none: an example, a template, a reference, one character repeated.
pub(super) fn is_stand_in(text: &str) -> bool {
    let lower = text.to_lowercase();
    STAND_INS.iter().any(|word| lower.contains(word)) || is_template(text) || is_monotone(text)
}

/// Whether something is put in later: `{{ … }}`, `${…}`, `$(…)`, `<…>`, `%…%`, `@…@`.
pub(super) fn is_template(text: &str) -> bool {
    let wrapped = |open: char, close: char| text.starts_with(open) && text.ends_with(close) && text.len() > 2;
    text.contains("{{")
        || text.contains("${")
        || text.contains("$(")
        || (text.starts_with('$') && text[1..].chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        || wrapped('<', '>')
        || wrapped('%', '%')
        || wrapped('@', '@')
        || wrapped('[', ']')
        || text.starts_with("ref+")
        || text.starts_with("vault:")
        || text.starts_with("ENC[")
}

/// Whether hardly any character differs from the others.
fn is_monotone(text: &str) -> bool {
    let mut kinds: Vec<char> = text.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.len() <= 3
}

/// Bits that one character of the text tells (Shannon).
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts: HashMap<char, f64> = HashMap::new();
    let mut all = 0.0;
    for c in text.chars() {
        *counts.entry(c).or_default() += 1.0;
        all += 1.0;
    }
    counts.values().map(|count| -(count / all) * (count / all).log2()).sum()
}

/// What a message may show of a secret: its first four characters where that leaves most of it unsaid, and its length.
pub(super) fn shown(secret: &str) -> String {
    let length = secret.chars().count();
    let first: String = secret.chars().take(4).filter(char::is_ascii_graphic).collect();
    if length >= 16 { format!("`{first}…`, {length} characters") } else { format!("{length} characters") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_told_from_secrets() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "<password>",
            "${DB_PASSWORD}",
            "{{ .spectro.var.x }}",
            "xxxxxxxx",
            "changeMe!",
            "$PASSWORD",
            "aaaaaaaa",
            "YOUR_TOKEN",
            "vault:secret/data/x",
            "********",
            "00000000",
        ] {
            assert!(is_stand_in(text), "{text}");
        }
        for text in ["hT7f-93kd.Lq2", "wJalrXUtnFEMIK7MDENG"] {
            assert!(!is_stand_in(text), "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(shown("short"), "5 characters");
        assert_eq!(shown("ghp_0123456789abcdef"), "`ghp_…`, 20 characters");
        assert!(entropy("aaaa") < 0.1 && entropy("aB3$x9Qz") > 2.9);
    }
}
