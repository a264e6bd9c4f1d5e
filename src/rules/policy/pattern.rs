//! What policies compare with: expressions and globs.

use serde::{Deserialize, Deserializer, de};

use crate::template::re2;

/// An RE2 expression that a whole text must match.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Pattern {
    regex: regex::Regex,
    text: String,
}

impl Pattern {
    /// Whether the whole text matches.
    pub(in crate::rules) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The expression as it was written.
    pub(in crate::rules) fn written(&self) -> &str {
        &self.text
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let compiled = re2::compile_whole(&text);
        compiled
            .map(|regex| Self { regex, text: text.clone() })
            .map_err(|why| de::Error::custom(format_args!("`{text}` is no regular expression: {why}")))
    }
}

/// A name in which `*` stands for any text and `?` for one character.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(in crate::rules) struct Glob(String);

impl Glob {
    /// The glob that a text is.
    pub(in crate::rules) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether the whole text matches.
    pub(in crate::rules) fn matches(&self, text: &str) -> bool {
        let pattern: Vec<char> = self.0.chars().collect();
        let text: Vec<char> = text.chars().collect();
        let (mut p, mut t) = (0, 0);
        // Where the last `*` stood, and how much of the text it has taken.
        let mut star: Option<(usize, usize)> = None;
        while t < text.len() {
            match pattern.get(p) {
                Some('*') => {
                    star = Some((p, t));
                    p += 1;
                }
                Some(c) if *c == '?' || *c == text[t] => {
                    p += 1;
                    t += 1;
                }
                _ => match &mut star {
                    Some((at, taken)) => {
                        *taken += 1;
                        t = *taken;
                        p = *at + 1;
                    }
                    None => return false,
                },
            }
        }
        pattern[p..].iter().all(|c| *c == '*')
    }
}

/// Whether a text matches any of the globs.
pub(in crate::rules) fn any(globs: &[Glob], text: &str) -> bool {
    globs.iter().any(|glob| glob.matches(text))
}

/// Globs as a message shows them.
pub(in crate::rules) fn listed(globs: &[Glob]) -> String {
    let all: Vec<_> = globs.iter().map(|glob| format!("`{}`", glob.0)).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_and_expressions_hold_for_the_whole_text() {
        for (glob, text, fits) in [
            ("packs", "packs", true),
            ("packs", "packs2", false),
            ("https://*.example.org/*", "https://charts.example.org/stable", true),
            ("https://*.example.org/*", "https://example.org/stable", false),
            ("vm-?", "vm-1", true),
            ("*a*b", "xaxaxb", true),
            ("*", "", true),
        ] {
            assert_eq!(Glob(glob.to_owned()).matches(text), fits, "{glob} {text}");
        }
        let pattern: Pattern = serde_json::from_str("\"a|b\"").unwrap();
        assert!(pattern.matches("b") && !pattern.matches("ab") && pattern.written() == "a|b");
        assert!(serde_json::from_str::<Pattern>("\"[\"").is_err());
        assert!(serde_json::from_str::<Pattern>("\")(\"").is_err());
    }
}
