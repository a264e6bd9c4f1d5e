//! `edgewright export`: write a profile in Palette's form.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::Exit;
use super::ui::Ui;
use crate::palette::export;
use crate::registry::{Options, Registries};
use crate::resolve::{self, lints};
use crate::workspace::{Workspace, write_file};

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The document is made from the profile and the content of its layers, offline: lock the profile first, so that
versions are exact and values are whole. What was imported comes out as it was, but for what was edited since.
Secrets are masked. What Palette has no place for is said on stderr, with its place.

  edgewright export edge-apps > edge-apps.json
  edgewright export retail/vm@1.2.0 --format terraform --output profile-vm.yaml")]
pub(super) struct Args {
    /// The profile: `ID`, `ID@VERSION`, or its folder.
    profile: String,
    /// Form of the document.
    #[arg(long, value_enum, default_value_t = Form::Json)]
    format: Form,
    /// File to write instead of stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// What Palette exports and imports.
    Json,
    /// The same in YAML.
    Yaml,
    /// The flat YAML of terraform-spectrocloud-modules.
    Terraform,
    /// The macros that the profile uses, in the form of that repository.
    Macros,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let profile = workspace.named(&args.profile)?;
    let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
    let resolved = resolve::resolve_some(&workspace, &registries, &[Arc::clone(profile)]);
    let resolved = resolved.first().context("the profile was resolved")?;
    // What a text says is passed on as it is; a text that is not there cannot be.
    let missing = [lints::MISSING_FILE, lints::PATH_OUTSIDE, lints::UNKNOWN_PRESET];
    let faults: Vec<_> = resolved.reported.iter().filter(|found| missing.contains(&found.lint)).collect();
    for fault in &faults {
        ui.error(&format!("{}: {}", fault.place, fault.message));
    }
    if !faults.is_empty() {
        ui.say("nothing is exported: it would not be the whole profile; `edgewright check` says more");
        return Ok(Exit::Findings);
    }
    let exported = export(resolved, &workspace.config.spec);
    if args.format != Form::Macros {
        for note in &exported.notes {
            ui.warn(note);
        }
    }
    let text = match args.format {
        Form::Json => exported.json(),
        Form::Yaml => exported.yaml(),
        Form::Terraform => exported.terraform(),
        Form::Macros => {
            let (text, missing) = exported.macros(profile, &workspace.config.spec);
            for name in missing {
                ui.warn(&format!("edgewright.yaml has no macro `{name}`"));
            }
            text
        }
    };
    match &args.output {
        None => ui.result(&text),
        Some(path) => {
            write_file(path, text.as_bytes())?;
            ui.say(&format!("wrote {}", path.display()));
        }
    }
    Ok(Exit::Fine)
}
