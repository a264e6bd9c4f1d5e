//! How findings are shown: one file per format.

mod concise;
mod json;
#[cfg(feature = "authoring")]
mod text;
mod visible;

pub use concise::concise;
pub use json::json;
#[cfg(feature = "authoring")]
pub use text::{TextStyle, text};
pub use visible::visible;

use serde::Serialize;

use super::{Diagnostic, Severity};

/// What a check came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files that were read.
    pub files: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are information.
    pub infos: usize,
    /// Findings that a comment or a baseline silenced; they are not among those above.
    pub suppressed: usize,
    /// References that could not be judged, as their bytes are not at hand.
    pub unchecked: usize,
}

impl Summary {
    /// Counts findings by severity; the other figures are the caller's to set.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            ..Self::default()
        }
    }
}

#[cfg(all(test, feature = "authoring"))]
mod tests;
