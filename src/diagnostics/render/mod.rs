//! How findings are shown: one file per format.
//!
//! A renderer takes a finished [`Report`] and gives text; who prints or writes it is not its business. Formats whose
//! description is somebody else's name it at their top; `tests/formats.rs` holds them to it.

mod concise;
#[cfg(feature = "authoring")]
mod forge;
#[cfg(feature = "authoring")]
mod github;
#[cfg(feature = "authoring")]
mod gitlab;
mod json;
#[cfg(feature = "authoring")]
mod junit;
#[cfg(feature = "authoring")]
mod markdown;
#[cfg(feature = "authoring")]
mod rdjson;
#[cfg(feature = "authoring")]
mod sarif;
#[cfg(feature = "authoring")]
mod tap;
#[cfg(feature = "authoring")]
mod text;
mod unified;
mod visible;

pub use concise::concise;
#[cfg(feature = "authoring")]
pub use github::github;
#[cfg(feature = "authoring")]
pub use gitlab::gitlab;
pub use json::json;
#[cfg(feature = "authoring")]
pub use junit::junit;
#[cfg(feature = "authoring")]
pub use markdown::markdown;
#[cfg(feature = "authoring")]
pub use rdjson::rdjson;
#[cfg(feature = "authoring")]
pub use sarif::sarif;
#[cfg(feature = "authoring")]
pub use tap::tap;
#[cfg(feature = "authoring")]
pub use text::{TextStyle, text};
pub use unified::unified;
pub use visible::visible;

use serde::Serialize;

use super::{Diagnostic, Lint, Severity, Suppressed, fingerprints};

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

    /// `14 files, 1 error, 2 warnings`, with notes, what was suppressed and what could not be judged where there is any.
    pub fn words(&self) -> String {
        let counted = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        let mut parts = vec![
            counted(self.files, "file"),
            counted(self.errors, "error"),
            counted(self.warnings, "warning"),
        ];
        if self.infos > 0 {
            parts.push(counted(self.infos, "note"));
        }
        if self.suppressed > 0 {
            parts.push(format!("{} suppressed", self.suppressed));
        }
        if self.unchecked > 0 {
            parts.push(format!("{} unchecked", self.unchecked));
        }
        parts.join(", ")
    }
}

/// What a check came to, with all that a format may tell of it.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The findings, in order.
    pub findings: &'a [Diagnostic],
    /// Those that were silenced, in order.
    pub suppressed: &'a [Suppressed],
    /// Their numbers.
    pub summary: Summary,
    /// Everything that can be found, with its documentation in Markdown.
    pub rules: &'a [(Lint, &'static str)],
    /// Lowest severity that makes the check fail; `None` where nothing does.
    pub fail_at: Option<Severity>,
    /// Address of the catalog, which has a page for each rule.
    pub catalog: Option<&'a str>,
    /// What leads from the top of the checkout to where the findings' paths start: empty, or ending in `/`.
    pub prefix: &'a str,
    /// Of the findings, then of the suppressed ones.
    fingerprints: Vec<String>,
}

impl<'a> Report<'a> {
    /// A report that errors fail, without documentation, catalog and prefix: those are the caller's to set.
    pub fn new(findings: &'a [Diagnostic], suppressed: &'a [Suppressed], summary: Summary) -> Self {
        let all = findings.iter().chain(suppressed.iter().map(|s| &s.finding));
        let fingerprints = fingerprints(all);
        let fail_at = Some(Severity::Error);
        Self { findings, suppressed, summary, rules: &[], fail_at, catalog: None, prefix: "", fingerprints }
    }

    /// The findings with their fingerprints.
    pub fn fingerprinted(&self) -> impl Iterator<Item = (&'a Diagnostic, &str)> {
        self.findings.iter().zip(self.fingerprints.iter().map(String::as_str))
    }

    /// The suppressed findings with their fingerprints.
    pub fn suppressed(&self) -> impl Iterator<Item = (&'a Suppressed, &str)> {
        self.suppressed.iter().zip(self.fingerprints[self.findings.len()..].iter().map(String::as_str))
    }

    /// Whether a finding makes the check fail.
    pub fn fails(&self, finding: &Diagnostic) -> bool {
        self.fail_at.is_some_and(|least| finding.severity >= least)
    }

    /// Address of a rule's page in the catalog, where that is known.
    pub fn rule_page(&self, code: &str) -> Option<String> {
        self.catalog.map(|base| rule_page(base, code))
    }
}

/// Address of a rule's page in the catalog at `catalog`.
pub fn rule_page(catalog: &str, code: &str) -> String {
    format!("{}/rules/{code}/index.html", catalog.trim_end_matches('/'))
}

#[cfg(all(test, feature = "authoring"))]
mod tests;
