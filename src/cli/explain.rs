//! `edgewright explain`: explain a rule by its code or name.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`explain` is not built yet")
}
