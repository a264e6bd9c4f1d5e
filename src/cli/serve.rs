//! `edgewright serve`: serve a built tree on this machine.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`serve` is not built yet")
}
