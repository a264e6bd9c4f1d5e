//! Versions and constraints: semver as Helm reads it, and the choice of a version in a registry.
//!
//! The rules are those of Masterminds/semver 3.5 (`version.go`, `constraints.go`), which Helm uses. Rust's own crates
//! cannot stand in: they read a bare `2.1` as a caret range and know neither `||` nor Helm's handling of prereleases.
//!
//! Architecture invariant: this room knows no names, only versions.

mod choose;
mod constraint;
mod raise;
mod verdict;
mod wanted;

use std::cmp::Ordering;
use std::fmt;

pub use choose::{choose_chart, choose_pack, is_floating, is_floating_pack};
pub use constraint::{Constraint, ConstraintError, Unmet};
pub use raise::raise;
pub use verdict::{Verdict, Why, judge_chart, judge_pack};
pub use wanted::{Wanted, WantedError};

/// A version. Order and equality are precedence (`SemVer` 2.0.0 §11): build metadata does not count.
#[derive(Clone, Debug)]
pub struct Version {
    /// First number.
    pub major: u64,
    /// Second number; 0 where the text has none.
    pub minor: u64,
    /// Third number; 0 where the text has none.
    pub patch: u64,
    prerelease: String,
    build: String,
    original: String,
}

/// Text that is no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a version: {why}", .text.escape_debug())]
pub struct VersionError {
    text: String,
    why: &'static str,
}

impl Version {
    /// Reads a version as Helm does (`NewVersion`): a leading `v`, one or two parts, and leading zeros are fine.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        read(text, true).map_err(|why| VersionError { text: text.to_owned(), why })
    }

    /// Reads a version of `SemVer` 2.0.0 and nothing else (`StrictNewVersion`).
    pub fn parse_strict(text: &str) -> Result<Self, VersionError> {
        read(text, false).map_err(|why| VersionError { text: text.to_owned(), why })
    }

    /// What stands behind `-`; empty for a release.
    pub fn prerelease(&self) -> &str {
        &self.prerelease
    }

    /// What stands behind `+`.
    pub fn build(&self) -> &str {
        &self.build
    }

    /// The text that it was read from.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// Precedence, then build metadata, so that a choice between `1.0.0+a` and `1.0.0+b` is always the same one.
    pub fn total_cmp(&self, other: &Self) -> Ordering {
        self.cmp(other).then_with(|| compare_identifiers(&self.build, &other.build))
    }
}

fn read(text: &str, loose: bool) -> Result<Version, &'static str> {
    let core = if loose { text.strip_prefix('v').unwrap_or(text) } else { text };
    let (core, build) = core.split_once('+').map_or((core, None), |(core, build)| (core, Some(build)));
    let (core, prerelease) = core.split_once('-').map_or((core, None), |(core, pre)| (core, Some(pre)));
    let mut numbers = [0; 3];
    let mut parts = 0;
    for part in core.split('.') {
        let number = numbers.get_mut(parts).ok_or("it has more than three numbers")?;
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("it needs numbers with dots between them, like 1.2.3");
        }
        if !loose && part.len() > 1 && part.starts_with('0') {
            return Err("a number starts with 0");
        }
        *number = part.parse().map_err(|_| "a number is too large")?;
        parts += 1;
    }
    if !loose && parts != 3 {
        return Err("it needs three numbers, like 1.2.3");
    }
    for identifier in prerelease.iter().flat_map(|pre| pre.split('.')) {
        check_identifier(identifier)?;
        if identifier.len() > 1 && identifier.starts_with('0') && is_numeric(identifier) {
            return Err("a number behind `-` starts with 0");
        }
    }
    for identifier in build.iter().flat_map(|build| build.split('.')) {
        check_identifier(identifier)?;
    }
    Ok(Version {
        major: numbers[0],
        minor: numbers[1],
        patch: numbers[2],
        prerelease: prerelease.unwrap_or_default().to_owned(),
        build: build.unwrap_or_default().to_owned(),
        original: text.to_owned(),
    })
}

fn check_identifier(identifier: &str) -> Result<(), &'static str> {
    if identifier.is_empty() {
        return Err("a part behind `-` or `+` is empty");
    }
    if !identifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err("only letters, digits, `-` and `.` may stand behind `-` and `+`");
    }
    Ok(())
}

fn is_numeric(identifier: &str) -> bool {
    identifier.bytes().all(|byte| byte.is_ascii_digit())
}

/// Compares dotted identifiers: numbers by value and below words, words by bytes, fewer below more.
fn compare_identifiers(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => compare_identifier(a.unwrap_or_default(), b.unwrap_or_default()),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn compare_identifier(a: &str, b: &str) -> Ordering {
    if a == b || a.is_empty() || b.is_empty() {
        return a.len().min(1).cmp(&b.len().min(1));
    }
    // A number that does not fit 64 bits counts as a word, as it does in Go.
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch).cmp(&(other.major, other.minor, other.patch)).then_with(
            || match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_identifiers(&self.prerelease, &other.prerelease),
            },
        )
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

/// Writes it in full: `v1.2` as `1.2.0`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.build.is_empty() {
            write!(f, "+{}", self.build)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_and_strict_differ_where_helm_says_so() {
        // (text, loose, strict)
        let table = [
            ("1.2.3", true, true),
            ("v1.2.3", true, false),
            ("1", true, false),
            ("1.2", true, false),
            ("v1.2-beta.5", true, false),
            ("01.1.1", true, false),
            ("1.01.1", true, false),
            ("20221209-update-renovatejson-v4", true, false),
            ("1.2.3-rc1-with-hypen", true, true),
            ("1.2.3-0abc123", true, true),
            ("1.2.3+test.01", true, true),
            ("1.2.3-alpha.-1", true, true),
            ("1.2.3-alpha.01", false, false),
            ("1.2.3.4", false, false),
            ("\n1.2", false, false),
            ("1.2.beta", false, false),
            ("1.1.2+.123", false, false),
            ("1.0.0-alpha_beta", false, false),
            ("1.0.0-alpha..1", false, false),
            ("9.8.7+meta+meta", false, false),
            ("1.2.31----RC-SNAPSHOT.12.09.1--.12+788", false, false),
            ("18446744073709551616.0.0", false, false),
            ("V1.2.3", false, false),
            ("", false, false),
            ("1.2.3-", false, false),
            ("foo", false, false),
        ];
        for (text, loose, strict) in table {
            assert_eq!(Version::parse(text).is_ok(), loose, "{text}");
            assert_eq!(Version::parse_strict(text).is_ok(), strict, "{text}");
        }
        assert_eq!(Version::parse("v1.2-a+b").unwrap().to_string(), "1.2.0-a+b");
        assert_eq!(Version::parse("v1.2-a+b").unwrap().original(), "v1.2-a+b");
    }

    #[test]
    fn precedence_is_that_of_semver() {
        let ascending = [
            "0.9",
            "1.0.0-1",
            "1.0.0-2",
            "1.0.0-11",
            "1.0.0-99999999999999999999",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "2",
        ];
        for pair in ascending.windows(2) {
            let (low, high) = (Version::parse(pair[0]).unwrap(), Version::parse(pair[1]).unwrap());
            assert!(low < high, "{pair:?}");
        }
        let (a, b) = (Version::parse("1.0.0+up9").unwrap(), Version::parse("1+up10").unwrap());
        assert_eq!(a, b);
        assert_eq!(a.total_cmp(&b), Ordering::Greater);
    }
}
