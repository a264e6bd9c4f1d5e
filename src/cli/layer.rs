//! `edgewright layer`: add a layer to a profile.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::ui::Ui;
use super::{Exit, change};
use crate::workspace::{NewLayer, NewSource, Workspace};

/// Arguments of `layer`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add a layer on top of the stack.
    Add(AddArgs),
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// The profile: ID, ID@VERSION, or the path of its folder.
    profile: String,
    /// Pack to take from a pack registry.
    #[arg(long, value_name = "NAME", conflicts_with = "chart")]
    pack: Option<String>,
    /// Chart to take from a chart registry.
    #[arg(long, value_name = "NAME")]
    chart: Option<String>,
    /// Manifest: a layer of its own, or attached to the pack; may be repeated. A file from elsewhere is copied.
    #[arg(long = "manifest", value_name = "FILE", required_unless_present_any = ["pack", "chart"])]
    manifests: Vec<PathBuf>,
    /// Version or constraint of the pack or chart.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Registry of edgewright.yaml.
    #[arg(long, value_name = "NAME")]
    registry: Option<String>,
    /// Name of the layer [default: that of the pack, chart or manifest].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Choice of a preset; may be repeated.
    #[arg(long = "preset", value_name = "GROUP=PRESET", requires = "pack")]
    presets: Vec<String>,
    /// Values file; a file from elsewhere is copied.
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
    /// Namespace of the releases.
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Order of installation: lower is first [default: 0].
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    priority: Option<i64>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let What::Add(args) = args.what;
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let profile = workspace.named(&args.profile)?;
    let source = match (args.pack, args.chart) {
        (Some(pack), _) => NewSource::Pack(pack),
        (None, Some(chart)) => NewSource::Chart(chart),
        (None, None) => NewSource::Manifests,
    };
    let reference = source != NewSource::Manifests;
    if !reference && (args.version.is_some() || args.registry.is_some()) {
        bail!("--version and --registry belong to --pack or --chart");
    }
    let mut presets = Vec::new();
    for choice in &args.presets {
        match choice.split_once('=') {
            Some((group, preset)) => presets.push((group.to_owned(), preset.to_owned())),
            None => bail!("--preset {choice}: write GROUP=PRESET"),
        }
    }
    let new = NewLayer {
        source,
        name: args.name,
        version: args.version,
        registry: args.registry,
        presets,
        values: args.values,
        manifests: args.manifests,
        namespace: args.namespace,
        priority: args.priority,
    };
    let made = workspace.add_layer(profile, &new)?;
    change::make(&made, &workspace, args.dry_run, ui)?;
    if !args.dry_run {
        let lock = if reference { "`edgewright lock`, then " } else { "" };
        ui.say(&format!("next: {lock}`edgewright check`"));
    }
    Ok(Exit::Fine)
}
