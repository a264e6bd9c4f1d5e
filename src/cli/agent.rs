//! `edgewright agent`: on the appliance: pull, run, status.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `agent`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`agent` is not built yet")
}
