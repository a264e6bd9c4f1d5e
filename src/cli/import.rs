//! `edgewright import`: read a profile in Palette's JSON form.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`import` is not built yet")
}
