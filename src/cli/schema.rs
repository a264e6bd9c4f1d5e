//! `edgewright schema`: print the JSON Schema of a kind.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`schema` is not built yet")
}
