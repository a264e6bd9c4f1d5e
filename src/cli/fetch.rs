//! `edgewright fetch`: fill the cache with exactly what the locks name.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `fetch`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`fetch` is not built yet")
}
