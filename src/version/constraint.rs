//! Version constraints (Masterminds/semver, `constraints.go`).

use std::sync::LazyLock;

use regex::Regex;

use super::Version;

/// A constraint: alternatives (`||`) of terms that all must hold.
#[derive(Clone, Debug)]
pub struct Constraint {
    groups: Vec<Group>,
}

/// Terms that all must hold.
#[derive(Clone, Debug)]
struct Group {
    terms: Vec<Term>,
    /// One of its terms names a prerelease: then prereleases count for all of them.
    prereleases: bool,
}

#[derive(Clone, Debug)]
struct Term {
    /// As it is written, or as a range was rewritten.
    text: String,
    operator: Operator,
    version: Version,
    /// A number is missing or a wildcard.
    dirty: bool,
    /// The second number is.
    minor_dirty: bool,
    /// The third number is.
    patch_dirty: bool,
}

/// Why a version does not satisfy an alternative of a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// This part of it.
    Term(String),
    /// All its parts hold, but it is a prerelease, and none of them names one.
    Prerelease,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    TildeOrEqual,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

/// Text that is no constraint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a version constraint; write for example 1.2.3, ^1.2, ~1.2.3, 1.27.x or \">=1.2 <2\"", .0.escape_debug())]
pub struct ConstraintError(String);

/// Go's `\s`, which is smaller than that of this regex library.
const SPACE: &str = r"[\t\n\f\r ]";
const OPERATORS: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
/// The `|` among the digits is upstream's; such a text fails later, as a version.
const VERSION: &str = r"v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";

// These expressions are upstream's and are kept as they are, because their leftmost-first matching is part of the rules.
static TERM: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!("^{SPACE}*({OPERATORS}){SPACE}*({VERSION}){SPACE}*$")));
static RANGE: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!("{SPACE}*({VERSION}){SPACE}+-{SPACE}+({VERSION}){SPACE}*")));
static FIND: LazyLock<Regex> = LazyLock::new(|| regex(&format!("({OPERATORS}){SPACE}*({VERSION})")));
static VALID: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        "^({SPACE}*({OPERATORS}){SPACE}*({VERSION}){SPACE}*)((?:{SPACE}+|,{SPACE}*)({OPERATORS}){SPACE}*({VERSION}){SPACE}*)*$"
    ))
});

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns are constants and a test compiles them all")
}

impl Constraint {
    /// Reads a constraint. Empty text is `*`, as Helm's callers make it.
    pub fn parse(text: &str) -> Result<Self, ConstraintError> {
        let error = || ConstraintError(text.to_owned());
        let rewritten = rewrite_ranges(if text.is_empty() { "*" } else { text });
        let mut groups = Vec::new();
        for alternative in rewritten.split("||") {
            if !VALID.is_match(alternative) {
                return Err(error());
            }
            let terms = FIND
                .find_iter(alternative)
                .map(|found| Term::parse(found.as_str()).ok_or_else(error))
                .collect::<Result<Vec<_>, _>>()?;
            let prereleases = terms.iter().any(|term| !term.version.prerelease().is_empty());
            groups.push(Group { terms, prereleases });
        }
        Ok(Self { groups })
    }

    /// Whether a version satisfies it. A prerelease does only where a term beside it names one.
    pub fn matches(&self, version: &Version) -> bool {
        self.check(version, false)
    }

    /// The same with prereleases counted like any other version.
    pub fn matches_including_prereleases(&self, version: &Version) -> bool {
        self.check(version, true)
    }

    /// Why a version does not satisfy it, one reason for each alternative; none where it does.
    pub fn unmet(&self, version: &Version, prereleases: bool) -> Vec<Unmet> {
        let mut reasons = Vec::new();
        for group in &self.groups {
            let failing = group.terms.iter().find(|term| !term.holds(version));
            match failing {
                Some(term) => reasons.push(Unmet::Term(term.text.clone())),
                None if version.prerelease().is_empty() || prereleases || group.prereleases => {
                    return Vec::new();
                }
                None => reasons.push(Unmet::Prerelease),
            }
        }
        reasons
    }

    fn check(&self, version: &Version, prereleases: bool) -> bool {
        self.groups.iter().any(|group| {
            (version.prerelease().is_empty() || prereleases || group.prereleases)
                && group.terms.iter().all(|term| term.holds(version))
        })
    }
}

/// `1.2 - 3` becomes `>= 1.2, <= 3 `.
fn rewrite_ranges(text: &str) -> String {
    let mut rewritten = text.to_owned();
    for found in RANGE.captures_iter(text) {
        rewritten = rewritten.replacen(&found[0], &format!(">= {}, <= {} ", &found[1], &found[11]), 1);
    }
    rewritten
}

impl Term {
    fn parse(text: &str) -> Option<Self> {
        let found = TERM.captures(text)?;
        let part = |index: usize| found.get(index).map_or("", |part| part.as_str());
        let (major, minor, patch, prerelease) = (part(3), part(4), part(5), part(6));
        let missing = |number: &str| matches!(number.trim_start_matches('.'), "" | "x" | "X" | "*");
        let (mut dirty, mut minor_dirty, mut patch_dirty) = (true, false, false);
        let full = if missing(major) {
            format!("0.0.0{prerelease}")
        } else if missing(minor) {
            minor_dirty = true;
            format!("{major}.0.0{prerelease}")
        } else if missing(patch) {
            patch_dirty = true;
            format!("{major}{minor}.0{prerelease}")
        } else {
            dirty = false;
            part(2).to_owned()
        };
        let operator = match part(1) {
            "" | "=" => Operator::TildeOrEqual,
            "!=" => Operator::NotEqual,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" | "=>" => Operator::GreaterOrEqual,
            "<=" | "=<" => Operator::LessOrEqual,
            "^" => Operator::Caret,
            _ => Operator::Tilde,
        };
        let text = text.trim().to_owned();
        Some(Self { text, operator, version: Version::parse(&full).ok()?, dirty, minor_dirty, patch_dirty })
    }

    /// The gate for prereleases stands before this.
    fn holds(&self, version: &Version) -> bool {
        let stated = &self.version;
        match self.operator {
            Operator::TildeOrEqual if self.dirty => self.tilde(version),
            Operator::TildeOrEqual => version == stated,
            Operator::NotEqual => self.not_equal(version),
            Operator::Greater if !self.dirty => version > stated,
            Operator::Greater if version.major != stated.major => version.major > stated.major,
            Operator::Greater if self.minor_dirty => false,
            Operator::Greater if self.patch_dirty => version.minor > stated.minor,
            Operator::Greater => version > stated,
            Operator::Less => version < stated,
            Operator::GreaterOrEqual => version >= stated,
            Operator::LessOrEqual if !self.dirty => version <= stated,
            Operator::LessOrEqual => {
                version.major < stated.major
                    || version.major == stated.major && (version.minor <= stated.minor || self.minor_dirty)
            }
            Operator::Tilde => self.tilde(version),
            Operator::Caret => self.caret(version),
        }
    }

    fn not_equal(&self, version: &Version) -> bool {
        let stated = &self.version;
        if self.dirty {
            if version.major != stated.major || version.minor != stated.minor && !self.minor_dirty {
                return true;
            }
            if self.minor_dirty {
                return false;
            }
            if version.patch != stated.patch && !self.patch_dirty {
                return true;
            }
            if self.patch_dirty {
                return super::compare_identifiers(version.prerelease(), stated.prerelease()).is_ne();
            }
        }
        version != stated
    }

    fn tilde(&self, version: &Version) -> bool {
        let stated = &self.version;
        if version < stated {
            return false;
        }
        // `~0.0.0`, `~*` and `*` take everything.
        if (stated.major, stated.minor, stated.patch) == (0, 0, 0) && !self.minor_dirty && !self.patch_dirty {
            return true;
        }
        version.major == stated.major && (version.minor == stated.minor || self.minor_dirty)
    }

    fn caret(&self, version: &Version) -> bool {
        let stated = &self.version;
        if version < stated || version.major != stated.major {
            return false;
        }
        if stated.major > 0 || self.minor_dirty {
            return true;
        }
        if stated.minor > 0 || self.patch_dirty {
            return version.minor == stated.minor;
        }
        version.minor == 0 && version.patch == stated.patch
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rows of Masterminds/semver's `constraints_test.go`, restated: constraint | versions that match | that do not.
    const TABLE: &str = include_str!("constraints.txt");

    #[test]
    fn the_table_holds() {
        let mut rows = 0;
        for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [constraints, yes, no] = cells[..] else { panic!("a row has three cells: {line}") };
            for text in constraints.split(';') {
                let text = text.trim().replace('∨', "||");
                let constraint = Constraint::parse(&text).unwrap();
                for (list, expected) in [(yes, true), (no, false)] {
                    for version in list.split_whitespace() {
                        let parsed = Version::parse(version).unwrap();
                        assert_eq!(constraint.matches(&parsed), expected, "`{text}` and {version}");
                        rows += 1;
                    }
                }
            }
        }
        assert!(rows > 160, "{rows}");
    }

    #[test]
    fn prereleases_count_where_they_are_included() {
        for (constraint, version) in [
            (">=1.1", "4.1.0-beta"),
            ("<=1.1", "0.1.0-alpha"),
            ("^1.x", "1.1.1-beta1"),
            ("= 2.0", "2.0.1-beta"),
            ("~1.1", "1.1.1-alpha"),
            ("*", "1.2.3-alpha"),
        ] {
            let (constraint, version) =
                (Constraint::parse(constraint).unwrap(), Version::parse(version).unwrap());
            assert!(constraint.matches_including_prereleases(&version) && !constraint.matches(&version));
        }
    }

    #[test]
    fn what_is_no_constraint_is_refused() {
        for text in [
            "foo",
            ">= bar",
            "BAR >= 1.2.3",
            "12.3.4.1234",
            "12.3.34~ 1.2.3",
            "v1.2.3-beta.01",
            " ",
            "1.2.3,",
            ">=1 ||",
            "1|2",
            "1xx",
            ">= 18446744073709551616",
        ] {
            assert!(Constraint::parse(text).is_err(), "{text}");
        }
        for (text, groups, terms) in [
            ("12.3.34 ~1.2.3", 1, 2),
            ("v2.3.5-20161202202307-sha.e8fc5e5", 1, 1),
            ("3 - 4 || => 3.0, < 4", 2, 2),
            ("1.0.0 - 2.0.0, <=2.0.0", 1, 3),
            ("", 1, 1),
        ] {
            let constraint = Constraint::parse(text).unwrap();
            assert_eq!(
                (constraint.groups.len(), constraint.groups[0].terms.len()),
                (groups, terms),
                "{text}"
            );
        }
    }

    #[test]
    fn every_row_of_the_upstream_suite_holds() {
        let corpus = std::env::var_os("EDGEWRIGHT_CORPUS").map_or_else(
            || concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus").into(),
            std::path::PathBuf::from,
        );
        let Ok(text) = std::fs::read_to_string(corpus.join("semver/constraints.json")) else {
            println!("skipped: no corpus");
            return;
        };
        let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert!(rows.len() > 370);
        for row in &rows {
            let (constraint, version) =
                (row["constraint"].as_str().unwrap(), row["version"].as_str().unwrap());
            let (parsed, version) =
                (Constraint::parse(constraint).unwrap(), Version::parse(version).unwrap());
            let found = if row["includePrerelease"] == true {
                parsed.matches_including_prereleases(&version)
            } else {
                parsed.matches(&version)
            };
            assert_eq!(found, row["matches"] == true, "{row}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(constraint in "(?s).{0,40}", version in "(?s).{0,20}") {
            if let (Ok(constraint), Ok(version)) = (Constraint::parse(&constraint), Version::parse(&version)) {
                constraint.matches(&version);
            }
        }

        #[test]
        fn no_near_constraint_makes_it_panic(
            constraint in "[ ,|=!<>~^vxX*.0-9a+-]{0,24}",
            version in "v?[0-9]{1,3}(\\.[0-9]{1,2}){0,3}(-[0-9a.-]{0,6})?",
        ) {
            if let (Ok(constraint), Ok(version)) = (Constraint::parse(&constraint), Version::parse(&version)) {
                let including = constraint.matches_including_prereleases(&version);
                prop_assert!(including || !constraint.matches(&version));
            }
        }
    }
}
