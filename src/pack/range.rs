//! The versions between the bounds of a dependency.

use std::fmt;

use super::PackDependency;
use crate::version::Version;
use crate::yaml::Spanned;

/// The versions that a dependency speaks of, its bounds included.
///
/// Bounds may have fewer than three parts, which Palette's documentation does not explain. As the lowest version `1.27` is
/// 1.27.0. As the highest, `1.21` takes all of 1.21: it ends below 1.22.
#[derive(Clone, Debug, Default)]
pub struct VersionRange {
    min: Option<Version>,
    max: Option<(Version, usize)>,
}

impl PackDependency {
    /// Its range; the bound that is no version, where one is none.
    pub fn range(&self) -> Result<VersionRange, &Spanned<String>> {
        let max = read(self.max_version.as_ref())?.map(|version| {
            let parts = parts(version.original());
            (version, parts)
        });
        Ok(VersionRange { min: read(self.min_version.as_ref())?, max })
    }
}

/// A bound as a version; the bound where it is none.
fn read(bound: Option<&Spanned<String>>) -> Result<Option<Version>, &Spanned<String>> {
    bound.map(|text| Version::parse(text.trim()).map_err(|_| text)).transpose()
}

/// How many numbers a version is written with.
fn parts(text: &str) -> usize {
    text.split(['-', '+']).next().unwrap_or_default().split('.').count()
}

impl VersionRange {
    /// Whether a version lies in it.
    pub fn contains(&self, version: &Version) -> bool {
        self.min.as_ref().is_none_or(|min| version >= min) && self.below_max(version)
    }

    fn below_max(&self, version: &Version) -> bool {
        match &self.max {
            None => true,
            Some((max, 1)) => version.major <= max.major,
            Some((max, 2)) => (version.major, version.minor) <= (max.major, max.minor),
            Some((max, _)) => version <= max,
        }
    }

    /// Whether it has a bound at all.
    pub fn is_bounded(&self) -> bool {
        self.min.is_some() || self.max.is_some()
    }

    /// Whether no version lies in it.
    pub fn is_empty(&self) -> bool {
        self.min.as_ref().is_some_and(|min| !self.below_max(min))
    }

    /// Whether a version lies in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        // The higher of the lowest versions is in both, or nothing is.
        match self.min.iter().chain(&other.min).max() {
            Some(lowest) => self.contains(lowest) && other.contains(lowest),
            None => true,
        }
    }

    /// Whether all its versions lie in another range.
    pub fn within(&self, other: &Self) -> bool {
        let above = match (&self.min, &other.min) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(min), Some(other)) => min >= other,
        };
        let numbers = |end: &str| Version::parse(end).ok();
        let below = match (&self.max, &other.max) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some((max, _)), Some((other_max, _))) => match (self.open_end(), other.open_end()) {
                (None, _) => other.below_max(max),
                (Some(end), Some(other)) => numbers(&end) <= numbers(&other),
                (Some(end), None) => numbers(&end).is_some_and(|end| end <= *other_max),
            },
        };
        above && below
    }

    /// Its lowest version as a constraint: `>=1.27.0`.
    pub fn lowest(&self) -> Option<String> {
        self.min.as_ref().map(|min| format!(">={min}"))
    }

    /// Its highest version as a constraint: `<=1.21.3`, or `<1.22.0` where it was written as `1.21`.
    pub fn highest(&self) -> Option<String> {
        self.open_end().map(|end| format!("<{end}")).or_else(|| {
            let (max, _) = self.max.as_ref()?;
            Some(format!("<={max}"))
        })
    }

    /// The version below which the range ends, where the highest one is written with fewer than three parts.
    pub fn open_end(&self) -> Option<String> {
        match &self.max {
            Some((max, 1)) => Some(format!("{}.0.0", max.major.checked_add(1)?)),
            Some((max, 2)) => Some(format!("{}.{}.0", max.major, max.minor.checked_add(1)?)),
            _ => None,
        }
    }
}

/// `1.27.0 or newer`, `1.0.0 to 1.21.x`, `any version`.
impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let max = self.max.as_ref().map(|(max, parts)| match parts {
            1 => format!("{}.x", max.major),
            2 => format!("{}.{}.x", max.major, max.minor),
            _ => max.to_string(),
        });
        match (&self.min, max) {
            (None, None) => f.write_str("any version"),
            (Some(min), None) => write!(f, "{min} or newer"),
            (None, Some(max)) => write!(f, "{max} or older"),
            (Some(min), Some(max)) if min.to_string() == max => write!(f, "{min}"),
            (Some(min), Some(max)) => write!(f, "{min} to {max}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn range(min: &str, max: &str) -> VersionRange {
        let spanned = |text: &str| Spanned { value: text.to_owned(), span: Span::default() };
        let dependency = PackDependency {
            pack_name: spanned("x"),
            layer: None,
            min_version: Some(spanned(min)).filter(|_| !min.is_empty()),
            max_version: Some(spanned(max)).filter(|_| !max.is_empty()),
            dependency_type: None,
        };
        dependency.range().unwrap()
    }

    #[test]
    fn bounds_count_and_may_have_two_parts() {
        for (min, max, inside, outside, shown) in [
            ("", "", &["0.0.1", "9.0.0-rc.1"][..], &[][..], "any version"),
            ("1.27", "", &["1.27.0", "2.0.0"], &["1.26.9", "1.27.0-rc.1"], "1.27.0 or newer"),
            ("", "1.21", &["1.21.14", "0.1.0"], &["1.22.0"], "1.21.x or older"),
            ("1", "1", &["1.0.0", "1.99.0"], &["2.0.0", "0.9.0"], "1.0.0 to 1.x"),
            ("2.12.1", "2.12.1", &["2.12.1", "2.12.1+b"], &["2.12.2"], "2.12.1"),
        ] {
            let range = range(min, max);
            let contains = |v: &&&str| range.contains(&Version::parse(v).unwrap());
            assert_eq!(inside.iter().filter(contains).count(), inside.len(), "{range}");
            assert_eq!(outside.iter().filter(contains).count(), 0, "{range}");
            assert_eq!(range.to_string(), shown);
        }
        assert_eq!(range("", "1.21").open_end().as_deref(), Some("1.22.0"));
        assert!(range("", "1.21.0").open_end().is_none());
    }

    #[test]
    fn empty_and_overlapping_ranges() {
        assert!(range("2.0.0", "1.9").is_empty() && !range("1.21.5", "1.21").is_empty());
        assert!(range("1", "2").overlaps(&range("2.5", "")));
        assert!(!range("1", "2.0.0").overlaps(&range("2.0.1", "")));
        assert!(range("", "").overlaps(&range("", "1")));
        assert!(
            range("1", "1.21").within(&range("1", "1.21")) && range("1", "1.21").within(&range("", "1.22.0"))
        );
        assert!(!range("1", "1.21").within(&range("", "1.21.3")) && !range("", "").within(&range("1", "")));
    }
}
