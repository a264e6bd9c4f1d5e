//! `edgewright site`: build the catalog.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `site`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`site` is not built yet")
}
