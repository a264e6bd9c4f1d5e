//! `edgewright build`: check, verify locks, render the catalog and write one signed tree.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::Exit;
use super::release::{Publishing, Repository, say};
use super::ui::Ui;
use crate::archive::Files;
use crate::catalog::{self, CatalogInput, Commit};
use crate::diagnostics::Diagnostic;
use crate::release::Content;
use crate::schema;
use crate::workspace::model::Appliance;
use crate::workspace::{Assigned, Workspace};

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    publishing: Publishing,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { publishing } = args;
    let repository = Repository::open(publishing.network, ui)?;
    let Some(outcome) = repository.check(ui) else { return Ok(Exit::Findings) };
    let content = repository.content(ui)?;
    repository.step(ui, &format!("rendering the catalog of {} profile versions", repository.profiles.len()));
    let pages = pages(&repository, &content, &outcome.findings)?;
    repository.step(ui, "signing, verifying and writing the tree");
    let summary = publishing.publish(&repository, &content, Some(&pages), ui)?;
    say(&publishing.output, &summary, ui);
    next(&repository, &publishing.output, ui);
    Ok(Exit::Fine)
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
fn next(repository: &Repository, output: &Path, ui: &Ui) {
    let output = output.display();
    let program = program();
    ui.say("");
    ui.say(&format!("look at it:  {program} serve {output}"));
    let workspace = &repository.workspace;
    // Of all appliances, one that asks for least.
    let wanted = |appliance: &Appliance| wanted(workspace, appliance);
    if let Some(appliance) = workspace.appliances.iter().min_by_key(|a| wanted(a).len()) {
        let mut command = format!(
            "{program} agent pull --url http://127.0.0.1:8080 --root {output}/metadata/1.root.json --state ./appliance \
             --appliance {} --apply directory",
            appliance.id(),
        );
        for name in wanted(appliance) {
            let _ = write!(command, " --variable {name}=example");
        }
        ui.say(&format!("pull it:     {command}"));
    }
}

/// The program as it was called: by its path where that is how it was found, else by its name.
fn program() -> String {
    std::env::args().next().filter(|path| path.contains('/')).unwrap_or_else(|| "edgewright".to_owned())
}

/// Variables that an appliance must be given on the spot, because nothing in the repository may say them.
fn wanted<'a>(workspace: &'a Workspace, appliance: &Appliance) -> BTreeSet<&'a str> {
    let settings = workspace.settings(appliance);
    let profiles = settings.profiles.iter().filter_map(|(id, setting)| {
        let version = match &setting.value {
            Assigned::Channel(channel) => workspace.channel_version(id, channel)?,
            Assigned::Version(version) => version,
        };
        workspace.profile(id, version)
    });
    let variables = profiles.flat_map(|profile| &profile.spec.variables);
    variables
        .filter(|variable| variable.required && variable.default.is_none())
        .map(|variable| variable.name.as_str())
        .filter(|name| !settings.variables.contains_key(*name))
        .collect()
}
