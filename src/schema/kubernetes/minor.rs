//! Minor versions of Kubernetes.

use std::fmt;

/// The oldest and the newest that there are schemas for.
const FIRST: u8 = 25;
const LAST: u8 = 37;

/// A minor version of Kubernetes that there are schemas for: 1.33.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor(u8);

impl Minor {
    /// All that there are schemas for, oldest first.
    pub fn all() -> Vec<Self> {
        (FIRST..=LAST).map(Self).collect()
    }

    /// The newest.
    pub fn newest() -> Self {
        Self(LAST)
    }

    /// The three newest: what Kubernetes itself supports at a time.
    pub fn supported() -> Vec<Self> {
        (LAST - 2..=LAST).map(Self).collect()
    }

    /// From `1.33`, `v1.33` or `1.33.4`. A version that there are no schemas for gives the nearest one that there are.
    ///
    /// # Errors
    /// The text is no version of Kubernetes.
    pub fn read(text: &str) -> Result<Known, String> {
        let wrong = || format!("`{}` is no Kubernetes version such as 1.33", text.escape_debug());
        let rest = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.").ok_or_else(wrong)?;
        let (minor, patch) = rest.split_once('.').unwrap_or((rest, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if minor.is_empty()
            || !digits(minor)
            || !patch.starts_with(|c: char| c.is_ascii_digit()) && !patch.is_empty()
        {
            return Err(wrong());
        }
        let minor: u8 = minor.parse().map_err(|_| wrong())?;
        let nearest = minor.clamp(FIRST, LAST);
        Ok(if nearest == minor { Known::Exactly(Self(minor)) } else { Known::Nearest(Self(nearest)) })
    }

    /// 33 of 1.33.
    pub(super) fn number(self) -> u8 {
        self.0
    }

    /// Its index among all minors.
    pub(super) fn index(self) -> usize {
        usize::from(self.0 - FIRST)
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

/// What reading a version gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// There are schemas for it.
    Exactly(Minor),
    /// There are none; this one is nearest.
    Nearest(Minor),
}

impl Known {
    /// The version to judge by.
    pub fn minor(self) -> Minor {
        match self {
            Self::Exactly(minor) | Self::Nearest(minor) => minor,
        }
    }
}

/// A list of minors for people: `1.33`, `1.33 and 1.34`, `1.25 to 1.29`.
pub fn shown(minors: &[Minor]) -> String {
    match minors {
        [] => String::new(),
        [one] => one.to_string(),
        [first, second] => format!("{first} and {second}"),
        [first, .., last] if usize::from(last.0 - first.0) + 1 == minors.len() => {
            format!("{first} to {last}")
        }
        many => many.iter().map(Minor::to_string).collect::<Vec<_>>().join(", "),
    }
}
