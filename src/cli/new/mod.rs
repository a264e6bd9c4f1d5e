//! `edgewright new`: profiles, appliances, groups and packs.

mod appliance;
mod first_layers;
mod pack;
mod profile;

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "\
On a terminal whatever is left out is asked for, and nothing is written before the last answer. Without one nothing is asked.

Examples:
  edgewright new cluster-profile
  edgewright new cluster-profile monitoring --type add-on --pack metrics-agent
  edgewright new system-profile store-base --tag gold
  edgewright new appliance store-501 --label region=east --id edge-f0ad11
  edgewright new group stores-east --match region=east --profile k3s-store
  edgewright new pack till-driver --chart till-driver-1.2.0.tgz";

#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)] // There is one of it in a run.
enum What {
    /// A cluster profile: a full stack, its infrastructure, or add-ons.
    #[command(visible_alias = "profile")]
    ClusterProfile(profile::ClusterArgs),
    /// A system profile: the add-ons of an appliance's own base.
    SystemProfile(profile::CommonArgs),
    /// An appliance.
    Appliance(appliance::ApplianceArgs),
    /// A group of appliances, selected by label.
    Group(appliance::GroupArgs),
    /// A pack in a registry of this repository.
    Pack(pack::Args),
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    match args.what {
        What::ClusterProfile(args) => profile::cluster(args, ui),
        What::SystemProfile(args) => profile::system(args, ui),
        What::Appliance(args) => appliance::appliance(args, ui),
        What::Group(args) => appliance::group(args, ui),
        What::Pack(args) => pack::run(args, ui),
    }
}
