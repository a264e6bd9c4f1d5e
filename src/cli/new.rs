//! `edgewright new`: create a profile.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: Args, _ui: &Ui) -> Result<Exit> {
    anyhow::bail!("`new` is not built yet")
}
