//! A constraint that lets a newer version in, written like the one before.

use std::sync::LazyLock;

use regex::Regex;

use super::Version;

static SINGLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(=|\^|~>?|)([ ]*v?)([0-9]+)(\.(?:[0-9]+|[xX*]))?(\.(?:[0-9]+|[xX*]))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$")
        .expect("the pattern is a constant and a test compiles it")
});

/// `wanted` moved to `newest`, with the same operator, the same number of parts and the same wildcards: `^6.5` becomes
/// `^7.1`, `1.27.x` becomes `1.28.x`, and a version the text of `newest`. `None` for what is no single version with at most
/// an operator: what somebody meant by `>=1 <2 || 4` cannot be guessed.
pub fn raise(wanted: &str, newest: &str) -> Option<String> {
    let version = Version::parse(newest).ok()?;
    let found = SINGLE.captures(wanted.trim())?;
    let part = |index: usize| found.get(index).map(|part| part.as_str());
    let (operator, prefix) = (part(1).unwrap_or_default(), part(2).unwrap_or_default());
    let is_wild = |text: &str| matches!(text, ".x" | ".X" | ".*");
    if operator.is_empty() && part(5).is_some_and(|patch| !is_wild(patch)) && !part(4).is_some_and(is_wild) {
        return Some(newest.to_owned());
    }
    let number = |part: Option<&str>, number: u64| match part {
        None => String::new(),
        Some(wild) if is_wild(wild) => wild.to_owned(),
        Some(_) => format!(".{number}"),
    };
    let mut text = format!("{operator}{prefix}{}", version.major);
    text += &number(part(4), version.minor);
    text += &number(part(5), version.patch);
    // Without its prerelease part the constraint would not let a prerelease in.
    if !version.prerelease().is_empty() {
        text = format!("{text}-{}", version.prerelease());
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::raise;
    use crate::version::{Constraint, Version};

    #[test]
    fn a_constraint_keeps_its_form() {
        for (wanted, newest, raised) in [
            ("1.2.3", "1.3.0", "1.3.0"),
            ("v1.2.3", "1.3.0+up2", "1.3.0+up2"),
            ("1.2", "1.10.4", "1.10"),
            ("^6.5", "7.1.2", "^7.1"),
            ("~1.2.3", "1.3.1", "~1.3.1"),
            ("~> 1.2", "v2.0.0", "~> 2.0"),
            ("=1.2.3", "1.3.0", "=1.3.0"),
            ("1.27.x", "1.28.3", "1.28.x"),
            ("1.x", "2.4.0", "2.x"),
            ("^1", "2.0.0-rc.1", "^2-rc.1"),
        ] {
            assert_eq!(raise(wanted, newest).as_deref(), Some(raised), "{wanted}");
            let constraint = Constraint::parse(raised).unwrap();
            assert!(constraint.matches(&Version::parse(newest).unwrap()), "{raised} lets {newest} in");
        }
        for wanted in [">=1 <2", "1 || 2", "latest", "", "*", ">=1.0", "1.2.3.4", "<2"] {
            assert_eq!(raise(wanted, "3.0.0"), None, "{wanted}");
        }
        assert_eq!(raise("1.2.3", "nightly"), None);
    }
}
