//! `edgewright build`: check, verify locks, render the catalog and write one signed tree.

use std::path::Path;

use anyhow::Result;

use super::Exit;
use super::release::{Publishing, Repository, say};
use super::ui::Ui;
use crate::archive::Files;
use crate::catalog::{self, CatalogInput, Commit};
use crate::diagnostics::{Diagnostic, Severity};
use crate::release::{Content, Summary};
use crate::resolve::check_locks;
use crate::schema;

/// Findings that are printed before the rest is counted only.
const SHOWN: usize = 20;

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    publishing: Publishing,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { publishing } = args;
    let repository = Repository::open()?;
    let findings = check(&repository);
    if !show(&findings, ui) || !locked(&repository, ui) {
        return Ok(Exit::Findings);
    }
    let content = repository.content(ui)?;
    let pages = pages(&repository, &content, &findings)?;
    let summary = publishing.publish(&repository, &content, Some(&pages), ui)?;
    say(&publishing.output, &summary, ui);
    next(&repository, &publishing.output, &summary, ui);
    Ok(Exit::Fine)
}

/// What `check` finds.
fn check(repository: &Repository) -> Vec<Diagnostic> {
    repository.reported()
}

/// Prints findings; whether there is no error among them.
fn show(findings: &[Diagnostic], ui: &Ui) -> bool {
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    for finding in errors.iter().take(SHOWN) {
        ui.error(&format!("{}: {} [{}]", finding.place, finding.message, finding.lint.code));
    }
    if errors.is_empty() {
        return true;
    }
    ui.error(&format!("{} errors, so nothing was built; `edgewright check` shows all", errors.len()));
    false
}

/// Whether every lock says what its profile says.
fn locked(repository: &Repository, ui: &Ui) -> bool {
    let Repository { workspace, registries, .. } = repository;
    let mut fits = true;
    for lock in check_locks(workspace, registries, &workspace.profiles) {
        for difference in lock.differences {
            ui.error(&format!("{}: {difference} (edgewright lock)", lock.profile.label()));
            fits = false;
        }
    }
    fits
}

fn pages(repository: &Repository, content: &Content, findings: &[Diagnostic]) -> Result<Files> {
    let mut input = CatalogInput::new(&repository.workspace, &repository.profiles);
    let revision = &repository.revision;
    if !revision.commit.is_empty() {
        input.commit = Some(Commit { id: revision.label(), date: revision.time.to_string() });
    }
    input.findings = Some(findings);
    input.descriptors =
        content.descriptors.iter().map(|(release, blob)| (release.clone(), blob.sha256)).collect();
    input.schemas = schema::Kind::ALL.iter().map(|kind| (kind.name(), schema::of(*kind))).collect();
    Ok(catalog::render(&input)?)
}

/// Says how to go on: look at it, and pull it as one of the appliances would.
fn next(repository: &Repository, output: &Path, summary: &Summary, ui: &Ui) {
    let output = output.display();
    ui.say("");
    ui.say(&format!("look at it:  edgewright serve {output}"));
    if let Some(appliance) = repository.workspace.appliances.iter().map(|appliance| appliance.id()).min()
        && summary.report.appliances > 0
    {
        ui.say(&format!(
            "pull it:     edgewright agent pull --url {output} --root {output}/metadata/1.root.json --appliance {appliance} --state /tmp/{appliance} --apply directory"
        ));
    }
}
