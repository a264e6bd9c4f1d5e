//! `edgewright build`: check, verify locks, render the catalog and write one signed tree.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`build` is not built yet")
}
