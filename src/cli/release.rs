//! `edgewright release`: write and sign the bundle tree without the catalog.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `release`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`release` is not built yet")
}
