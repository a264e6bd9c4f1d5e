//! `edgewright check`: find mistakes in the repository, a pack, a profile or a manifest.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`check` is not built yet")
}
