//! `edgewright show`: one profile, pack, chart, appliance, group, or the channels of a profile.

mod channel;
mod offered;
mod profile;
mod target;

use std::path::Path;

use anyhow::{Result, bail};

use super::network::Network;
use super::ui::Ui;
use super::{Exit, Format};
use crate::registry::Kind;
use crate::workspace::{Target, Workspace};

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What it is: profile (unless given), pack, chart, appliance, group or channel; then its name.
    #[arg(value_name = "[KIND] NAME", required = true, num_args = 1..=2)]
    what: Vec<String>,
    /// Of a profile only the images that its layers pull, with the places that name them.
    #[arg(long)]
    images: bool,
    /// Registry of a pack or chart [default: the one that has it].
    #[arg(long, value_name = "NAME")]
    registry: Option<String>,
    #[command(flatten)]
    network: Network,
    /// What stdout gets; for a profile `json` is what policies judge (`edgewright schema resolved-profile`).
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  edgewright show k3s-store                    its layers, presets, variables, and who gets it
  edgewright show retail/virtual-machines@1.1.0
  edgewright show appliance store-501          what it gets, and who gives it
  edgewright show group stores-east
  edgewright show channel k3s-store            what its channels give, and to whom
  edgewright show pack vm-orchestrator@1.4.2   presets, dependencies, charts, images
  edgewright show chart podinfo --registry charts";

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let (kind, name) = match &args.what[..] {
        [kind, name] => (kind.as_str(), name.as_str()),
        [name] => (any(&workspace, name), name.as_str()),
        _ => bail!("say what to show: `edgewright show NAME`"),
    };
    let from = offered::From { registry: args.registry.as_deref(), network: args.network };
    match kind {
        "profile" => {
            let how = profile::How { images: args.images, format: args.format };
            profile::show(name, &workspace, &how, ui)?;
        }
        other if args.images => bail!("--images belongs to a profile, not to a {other}"),
        "appliance" | "group" => {
            let target = workspace.target(&format!("{kind}/{name}"))?;
            target::show(target, &workspace, args.format, ui);
        }
        "channel" | "channels" => channel::show(name, &workspace, args.format, ui)?,
        "pack" => offered::show(Kind::Pack, name, &from, &workspace, args.format, ui)?,
        "chart" => offered::show(Kind::Chart, name, &from, &workspace, args.format, ui)?,
        other => bail!("`{other}` is nothing to show: profile, pack, chart, appliance, group or channel"),
    }
    Ok(Exit::Fine)
}

/// What a name alone stands for: a profile, unless only an appliance or a group has it.
fn any(workspace: &Workspace, name: &str) -> &'static str {
    if workspace.named(name).is_ok() {
        return "profile";
    }
    match workspace.target(name) {
        Ok(Target::Appliance(_)) => "appliance",
        Ok(Target::Group(_)) => "group",
        Err(_) => "profile",
    }
}
