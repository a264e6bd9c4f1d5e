//! `edgewright site`: build the catalog.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use jiff::tz::TimeZone;

use super::Exit;
use super::ui::Ui;
use crate::catalog::{self, CatalogInput, Commit};
use crate::check;
use crate::history::revision;
use crate::registry::{Options, Registries};
use crate::resolve::resolve_all;
use crate::schema;
use crate::workspace::Workspace;

/// Arguments of `site`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: SiteCommand,
}

#[derive(Debug, Subcommand)]
enum SiteCommand {
    /// Write the catalog's pages: without the network, findings included.
    Build {
        /// Folder that becomes the catalog; other files in it stay.
        #[arg(short, long, value_name = "DIR", default_value = "public")]
        output: PathBuf,
        /// Address at which it will be read; `site.base-url` of edgewright.yaml unless given.
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
    },
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let SiteCommand::Build { output, base_url } = args.command;
    let started = std::time::Instant::now();
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
    let profiles = resolve_all(&workspace, &registries);
    let revision = revision(&workspace.root).context("git cannot be read")?;
    // Pages are those of the commit, whatever day they are written.
    let today = Some(revision.time.to_zoned(TimeZone::UTC).date());
    let options = check::Options { today, ..check::Options::default() };
    let outcome = check::repository(&workspace, &registries, &profiles, options);

    let mut input = CatalogInput::new(&workspace, &profiles);
    input.base_url = base_url.or(input.base_url);
    input.findings = Some(&outcome.findings);
    if !revision.commit.is_empty() {
        input.commit = Some(Commit { id: revision.label(), date: revision.time.to_string() });
    }
    input.schemas = schema::Kind::ALL.iter().map(|kind| (kind.name(), schema::of(*kind))).collect();
    let files = catalog::render(&input)?;
    let done = catalog::write(&output, &files)?;

    ui.result(&format!(
        "{}: {} files written, {} unchanged, {} removed",
        output.display(),
        done.written,
        done.unchanged,
        done.removed
    ));
    ui.say(&format!(
        "{} profile versions in {:.2} s; edgewright serve {} shows them",
        profiles.len(),
        started.elapsed().as_secs_f32(),
        output.display()
    ));
    // Pages say what is wrong, so that a catalog is built all the same; `build` is what refuses.
    let errors = outcome.summary.errors;
    if errors > 0 {
        ui.warn(&format!("errors on the pages: {errors}; `edgewright check` prints them"));
    }
    Ok(Exit::Fine)
}
