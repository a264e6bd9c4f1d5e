//! `edgewright verify`: verify a published tree, in a folder or at an address.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`verify` is not built yet")
}
