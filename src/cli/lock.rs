//! `edgewright lock`: resolve every reference and write profile.lock.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `lock`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`lock` is not built yet")
}
