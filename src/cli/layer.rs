//! `edgewright layer`: add a layer to a profile.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `layer`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`layer` is not built yet")
}
