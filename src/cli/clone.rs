//! `edgewright clone`: copy a profile version.

use std::path::Path;

use anyhow::{Result, bail};

use super::scope::ScopeArg;
use super::ui::Ui;
use super::{Exit, change};
use crate::workspace::{CloneTo, Workspace};

/// Arguments of `clone`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The profile to copy: ID, ID@VERSION, or the path of its folder.
    #[arg(value_name = "PROFILE")]
    source: String,
    /// Name of the copy [default: that of the source].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Name of the copy for people.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Version of the copy.
    #[arg(long, value_name = "X.Y.Z", default_value = "1.0.0")]
    version: String,
    /// Version to copy [default: what the channel `stable` gives].
    #[arg(long, value_name = "X.Y.Z")]
    source_version: Option<String>,
    /// Scope of the copy [default: that of the source].
    #[arg(long, value_enum)]
    scope: Option<ScopeArg>,
    /// Project of the copy; implies `--scope project`.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let source = match &args.source_version {
        Some(_) if args.source.contains('@') => {
            bail!("`{}` names a version already: leave --source-version out", args.source)
        }
        Some(version) => workspace.named(&format!("{}@{version}", args.source))?,
        None => workspace.named(&args.source)?,
    };
    let to = CloneTo {
        name: args.name,
        display_name: args.display_name,
        version: args.version,
        scope: args.scope.map(Into::into),
        project: args.project,
    };
    let made = workspace.clone_profile(source, &to)?;
    change::make(&made.change, args.dry_run, ui)?;
    if !args.dry_run {
        ui.say(&format!(
            "copied {} to {}@{}; next: `edgewright lock`, then `edgewright check`",
            source.label(),
            made.id,
            made.version
        ));
    }
    Ok(Exit::Fine)
}
