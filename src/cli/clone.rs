//! `edgewright clone`: copy a profile version.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::scope::ScopeArg;
use super::ui::Ui;
use super::{Exit, change, guard};
use crate::resolve::{LOCK_FILE, cloned_lock};
use crate::workspace::{CloneTo, Workspace};

/// Arguments of `clone`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
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
    /// Repository that gets the copy [default: this one].
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Add the registries that the other repository lacks to its edgewright.yaml.
    #[arg(long, requires = "to")]
    with_registries: bool,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

const EXAMPLES: &str = "\
Examples:
  edgewright clone observability --version 0.4.0                 the next version
  edgewright clone retail/virtual-machines@1.1.0 --name vm-base --scope tenant
  edgewright clone k3s-store --project logistics
  edgewright clone k3s-store --to ../other-stores --with-registries

Values, manifests and README come along with all comments, and `clonedFrom` says where they came from. So does the lock, where
its pins hold for the copy.";

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let here = guard::workspace()?;
    let source = match &args.source_version {
        Some(_) if args.source.contains('@') => {
            bail!("`{}` names a version already: leave --source-version out", args.source)
        }
        Some(version) => here.named(&format!("{}@{version}", args.source))?,
        None => here.named(&args.source)?,
    };
    let other = args.to.as_deref().map(|dir| other(dir, &here)).transpose()?;
    let there = other.as_ref().unwrap_or(&here);
    let to = CloneTo {
        name: args.name,
        display_name: args.display_name,
        version: args.version,
        scope: args.scope.map(Into::into),
        project: args.project,
    };
    let mut made = there.clone_profile(source, &to)?;
    let lacking = there.lacking_registries(&here, source);
    if args.with_registries {
        made.change.then(there.add_registries(&here, &lacking)?);
    } else if !lacking.is_empty() {
        made.change.notes.push(format!(
            "the other repository has no such registry, or another one: {} (--with-registries adds those that it lacks)",
            lacking.join(", ")
        ));
    }
    let after = Workspace::load_over(&there.root, &made.change.over(&there.overlay))?;
    let clone = after.profile(&made.id, &made.version).context("the copy cannot be read back")?;
    let lock = cloned_lock(&here, source, &after, clone);
    let locked = lock.is_some();
    if let Some(text) = lock {
        made.change.create(clone.shown(LOCK_FILE), text);
    }
    change::make(&made.change, args.dry_run, ui)?;
    if !args.dry_run {
        let next = if locked { "`edgewright check`" } else { "`edgewright lock`, then `edgewright check`" };
        let whither =
            other.as_ref().map_or_else(String::new, |there| format!(" in {}", there.root.display()));
        ui.say(&format!("copied {} to {}@{}{whither}; next: {next}", source.label(), made.id, made.version));
    }
    Ok(Exit::Fine)
}

/// Another repository than this one.
fn other(dir: &Path, here: &Workspace) -> Result<Workspace> {
    let root = Workspace::find(dir).with_context(|| format!("--to {}", dir.display()))?;
    if root == here.root {
        bail!("--to {} is this repository: leave it out", dir.display());
    }
    Workspace::load(&root)
}
