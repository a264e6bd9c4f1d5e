//! `edgewright clone`: copy a profile version under a new name, version, scope or project.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `clone`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`clone` is not built yet")
}
