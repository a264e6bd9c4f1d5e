//! What the editor asks, and who answers.

use std::path::Path;

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::documents::Documents;
use super::focus::Remembered;
use super::judge::Judged;
use super::position::Encoding;
use super::{actions, complete, definition, hover, symbols};
use crate::diagnostics::Diagnostic;

/// What answers are made of.
pub(super) struct Session<'s> {
    /// The last judgement.
    pub(super) judged: &'s Judged,
    /// Profiles as they could be read last.
    pub(super) remembered: &'s Remembered,
    /// What is open.
    pub(super) documents: &'s Documents,
    /// How columns are counted.
    pub(super) encoding: Encoding,
    /// Whether the editor leaves the indentation of what it inserts alone.
    pub(super) multiline: bool,
}

impl Session<'_> {
    /// The findings of a file.
    pub(super) fn findings(&self, path: &Path) -> &[Diagnostic] {
        self.judged.findings.get(path).map_or(&[], Vec::as_slice)
    }

    /// The findings of a file around a byte.
    pub(super) fn findings_at(&self, path: &Path, offset: usize) -> impl Iterator<Item = &Diagnostic> {
        self.findings(path).iter().filter(move |finding| {
            let span = finding.place.span;
            // Of a whole mapping only its first line: that is what is underlined.
            let first = finding.place.file.slice(span).lines().next().map_or(0, str::len);
            (span.start as usize..=span.start as usize + first).contains(&offset)
        })
    }
}

/// A text by its address.
#[derive(Deserialize)]
pub(super) struct Identifier {
    pub(super) uri: String,
}

/// What this server can do, as `initialize` tells it.
pub(super) fn capabilities() -> Value {
    json!({
        "hoverProvider": true,
        "completionProvider": { "triggerCharacters": [":", " ", ".", "\"", "'", "/"] },
        "definitionProvider": true,
        "referencesProvider": true,
        "documentSymbolProvider": true,
        "codeActionProvider": { "codeActionKinds": ["quickfix", "source.fixAll.edgewright"] },
    })
}

/// Who answers.
type Answer = fn(&Session<'_>, &Value) -> Result<Value>;

fn answers(method: &str) -> Option<Answer> {
    Some(match method {
        "textDocument/hover" => hover::hover,
        "textDocument/completion" => complete::complete,
        "textDocument/definition" => definition::definition,
        "textDocument/references" => definition::references,
        "textDocument/documentSymbol" => symbols::symbols,
        "textDocument/codeAction" => actions::actions,
        _ => return None,
    })
}

/// Whether there is an answer to such requests.
pub(super) fn knows(method: &str) -> bool {
    answers(method).is_some()
}

/// The answer to a request.
///
/// # Errors
/// The parameters are not those of the method.
pub(super) fn to(session: &Session<'_>, method: &str, params: &Value) -> Result<Value> {
    match answers(method) {
        Some(answer) => answer(session, params),
        None => bail!("nobody answers `{method}`"),
    }
}
