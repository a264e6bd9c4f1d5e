//! The baseline: findings that were there when checking began. They are suppressed, new ones are shown, and what no longer occurs
//! is reported, so that the file shrinks.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Options;
use crate::diagnostics::render::Report;
use crate::diagnostics::{self, Diagnostic, GONE, NO_BASELINE, Severity, Suppressed, SuppressedBy};
use crate::rules::{Judgement, Only, Settings};
use crate::schema;
use crate::source::{Place, SourceFile};
use crate::workspace::Workspace;
use crate::yaml;

/// Where the baseline lies unless `check.baseline` says otherwise, relative to the workspace.
pub const FILE: &str = "edgewright-baseline.json";

/// Which baseline a check takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Baseline {
    /// The one that `check.baseline` names, else [`FILE`] where there is one.
    #[default]
    Configured,
    /// This file.
    Given(PathBuf),
    /// None: everything is shown.
    Ignored,
}

/// A finding in the baseline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Entry {
    /// The file that it was found in.
    pub path: String,
    /// Code of the rule.
    pub code: String,
    /// What was wrong.
    pub message: String,
    /// What tells it from others.
    pub fingerprint: String,
}

/// Findings as entries, in the order of the file.
pub fn entries(findings: &[Diagnostic], suppressed: &[Suppressed]) -> Vec<Entry> {
    let report = Report::new(findings, suppressed, super::Summary::default());
    let entry = |(finding, fingerprint): (&Diagnostic, &str)| Entry {
        path: finding.place.file.path().to_owned(),
        code: finding.lint.code.to_owned(),
        message: finding.message.clone(),
        fingerprint: fingerprint.to_owned(),
    };
    let mut entries: Vec<Entry> = report.fingerprinted().map(entry).collect();
    entries.sort();
    entries
}

/// The text of a baseline: a line per finding, so that changes read and merge as such.
pub fn text(entries: &[Entry]) -> String {
    let mut out = String::from("{\n  \"schemaVersion\": 1,\n  \"findings\": [");
    for (at, entry) in entries.iter().enumerate() {
        // Strings only: there is nothing that could fail.
        let line = serde_json::to_string(entry).unwrap_or_default();
        let _ = write!(out, "{}\n    {line}", if at == 0 { "" } else { "," });
    }
    out.push_str(if entries.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    out
}

/// Where the baseline of a repository lies, whether or not it is there.
pub fn path(workspace: &Workspace) -> PathBuf {
    workspace.root.join(workspace.config.spec.check.baseline.as_deref().unwrap_or(FILE))
}

/// The fingerprints of a baseline with their places, and what is wrong with it.
///
/// # Errors
/// It cannot be read.
pub fn read(file: &Path, shown: &str) -> std::io::Result<(Vec<Known>, Vec<Diagnostic>)> {
    let source = SourceFile::new(shown, fs::read_to_string(file)?);
    let mut stream = yaml::parse(&source);
    let mut found = std::mem::take(&mut stream.diagnostics);
    let Some(document) = stream.documents.first() else {
        if found.is_empty() {
            found.push(
                Diagnostic::new(NO_BASELINE, Place::whole(shown), "the baseline is empty")
                    .help("`edgewright baseline` writes it"),
            );
        }
        return Ok((Vec::new(), found));
    };
    found.extend(schema::validate(schema::Kind::Baseline, document));
    let text =
        |node: yaml::Node<'_>, key| node.get(key).and_then(yaml::Node::text).unwrap_or_default().to_owned();
    let known = document.at("/findings").into_iter().flat_map(yaml::Node::items).map(|node| Known {
        fingerprint: text(node, "fingerprint"),
        code: text(node, "code"),
        path: text(node, "path"),
        place: node.get("fingerprint").unwrap_or(node).place(),
    });
    Ok((known.collect(), found))
}

/// A finding that a baseline knows.
#[derive(Clone, Debug)]
pub struct Known {
    /// What tells it from others.
    pub fingerprint: String,
    /// Code of its rule.
    pub code: String,
    /// The file that it was found in.
    pub path: String,
    /// Where it stands in the baseline.
    pub place: Place,
}

/// Suppresses what the baseline knows, and tells of what is wrong with it and of what no longer occurs.
pub(super) fn apply(
    judgement: &mut Judgement,
    workspace: &Workspace,
    settings: &Settings,
    options: &Options,
) {
    let wanted = &options.baseline;
    let configured = path(workspace);
    let (file, named) = match wanted {
        Baseline::Ignored => return,
        Baseline::Given(file) => (file, true),
        Baseline::Configured => (&configured, workspace.config.spec.check.baseline.is_some()),
    };
    let shown = shown(file, workspace);
    let (known, mut found) = match read(file, &shown) {
        Ok(read) => read,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => return,
        Err(error) => (Vec::new(), vec![unreadable(workspace, wanted, &shown, &error)]),
    };
    // One that is broken suppresses nothing: it must not hide more than it says.
    let broken = found.iter().any(|d| d.severity == Severity::Error);
    if !broken {
        suppress(judgement, &known, &shown, &options.only, &mut found);
    }
    found.retain(|finding| options.only.asks(finding.lint.code));
    judgement.findings.extend(found.into_iter().filter_map(|finding| settings.apply(finding)));
    diagnostics::sort(&mut judgement.findings);
}

fn suppress(
    judgement: &mut Judgement,
    known: &[Known],
    shown: &str,
    only: &Only,
    found: &mut Vec<Diagnostic>,
) {
    let mut left: HashMap<&str, &Known> = known.iter().map(|k| (k.fingerprint.as_str(), k)).collect();
    let all = judgement.findings.iter().chain(judgement.suppressed.iter().map(|s| &s.finding));
    let prints = diagnostics::fingerprints(all);
    let findings = std::mem::take(&mut judgement.findings);
    for (finding, print) in findings.into_iter().zip(&prints) {
        if left.remove(print.as_str()).is_some() {
            let reason = format!("known in {shown}");
            judgement.suppressed.push(Suppressed { finding, by: SuppressedBy::Baseline, reason });
        } else {
            judgement.findings.push(finding);
        }
    }
    judgement.suppressed.sort_by(|a, b| diagnostics::order(&a.finding, &b.finding));
    // What was not judged for lack of its bytes may well be there still.
    if judgement.unfetched > 0 {
        return;
    }
    let gone = known
        .iter()
        .filter(|k| only.asks(&k.code))
        .filter(|k| left.get(k.fingerprint.as_str()).is_some_and(|l| std::ptr::eq(*l, *k)));
    found.extend(gone.map(|known| {
        let message = format!("{} in `{}` no longer occurs", known.code, known.path);
        Diagnostic::new(GONE, known.place.clone(), message).help("`edgewright baseline --prune` takes it out")
    }));
}

fn unreadable(workspace: &Workspace, wanted: &Baseline, shown: &str, error: &std::io::Error) -> Diagnostic {
    let place = match (&workspace.config.document, wanted) {
        (Some(document), Baseline::Configured) => document.place("/spec/check/baseline"),
        _ => Place::whole(shown),
    };
    let message = match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no `{shown}`"),
        _ => format!("`{shown}` cannot be read: {error}"),
    };
    Diagnostic::new(NO_BASELINE, place, message).help("`edgewright baseline` writes it")
}

/// The baseline as people are shown it: relative to the workspace where it lies there.
fn shown(file: &Path, workspace: &Workspace) -> String {
    let inside =
        file.canonicalize().ok().and_then(|full| Some(full.strip_prefix(&workspace.root).ok()?.to_owned()));
    let inside = inside.or_else(|| Some(file.strip_prefix(&workspace.root).ok()?.to_owned()));
    inside.as_deref().unwrap_or(file).to_string_lossy().replace('\\', "/")
}
