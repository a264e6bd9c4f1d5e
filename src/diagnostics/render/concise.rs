//! One line per finding, for `grep` and for editors: `path:line:column: severity CODE message`.

use std::fmt::Write as _;

use super::visible;
use crate::diagnostics::Diagnostic;

/// Findings, one a line.
pub fn concise(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let (start, path) = (diagnostic.place.start(), visible(diagnostic.place.file.path()));
        let (severity, code) = (diagnostic.severity.word(), diagnostic.lint.code);
        let message = visible(&diagnostic.message);
        let _ = writeln!(out, "{path}:{}:{}: {severity} {code} {message}", start.line, start.column);
    }
    out
}
