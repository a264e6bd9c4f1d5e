//! What is told to a person or a machine about something that can be repaired in a file.
//!
//! Architecture invariant: nothing a person can repair in a file is an `Err`: it is a [`Diagnostic`] with a place.

mod fingerprint;
mod suggest;

pub mod render;
pub mod suppress;

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::source::{Place, Span};

pub use fingerprint::fingerprints;
pub use suggest::closest;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Works, but probably not as meant.
    Warning,
    /// Cannot be released.
    Error,
}

impl Severity {
    /// The word that people and machines read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Identity of a kind of finding: a stable code, its kebab-case name and its default severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Two letters and four digits, never reused: `PR0102`.
    pub code: &'static str,
    /// Kebab-case name, usable wherever the code is.
    pub name: &'static str,
    /// Severity unless the workspace says otherwise.
    pub severity: Severity,
}

/// A second place that explains a finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What stands there.
    pub message: String,
}

/// One replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// What replaces them.
    pub replacement: String,
}

/// A repair that the tool can make in the file of the finding.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, as a sentence.
    pub message: String,
    /// Whether it keeps the meaning of the file.
    pub safe: bool,
    /// The edits, in order of their offsets, without overlap.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What kind of finding.
    pub lint: Lint,
    /// Its severity here (the workspace may have changed it).
    pub severity: Severity,
    /// One sentence, lower case, without a full stop.
    pub message: String,
    /// Where it is.
    pub place: Place,
    /// JSON pointer of the node meant, empty where there is none.
    pub pointer: String,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// A repair, where there is one.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding of kind `lint` at `place`.
    pub fn new(lint: Lint, place: Place, message: impl Into<String>) -> Self {
        Self {
            lint,
            severity: lint.severity,
            message: message.into(),
            place,
            pointer: String::new(),
            related: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Whether its place is that of a secret, which is never shown.
    pub fn is_secret(&self) -> bool {
        let names_one = ["/auth/password", "/auth/token"].iter().any(|end| self.pointer.ends_with(end));
        // CF0106: an address with a password in it.
        self.lint.code.starts_with("SE") || self.lint.code == "CF0106" || names_one
    }

    /// Sets the JSON pointer.
    #[must_use]
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    /// Sets the help text.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, place: Place, message: impl Into<String>) -> Self {
        self.related.push(Related { place, message: message.into() });
        self
    }

    /// Sets the fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// What silenced a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressedBy {
    /// A comment beside it.
    Comment,
    /// The baseline.
    Baseline,
}

/// A finding that is not shown among the others.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Diagnostic,
    /// What silenced it.
    pub by: SuppressedBy,
    /// Why, in the words of whoever did.
    pub reason: String,
}

/// A finding of the baseline is gone: what was wrong was repaired, or its rule is off.
pub const GONE: Lint = Lint { code: "CF0204", name: "baseline-entry-gone", severity: Severity::Warning };

/// A baseline that is named, but not there.
pub const NO_BASELINE: Lint = Lint { code: "CF0206", name: "no-baseline", severity: Severity::Error };

/// Puts findings into the order in which they are always shown: path, offset, code, message.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(order);
}

/// Which of two findings is shown first.
pub fn order(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    let key = |d: &Diagnostic| (d.place.span.start, d.lint.code);
    let (path, other) = (a.place.file.path(), b.place.file.path());
    path.cmp(other).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
}
