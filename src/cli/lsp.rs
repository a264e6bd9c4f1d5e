//! `edgewright lsp`: the language server, over standard input and output.

use std::io::{BufReader, stdin, stdout};

use anyhow::{Context as _, Result};
use jiff::tz::TimeZone;

use super::Exit;
use super::ui::Ui;
use crate::check;
use crate::lsp::{self, Ended};

/// Arguments of `lsp`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Talk over standard input and output: the only way there is, accepted because editors say so.
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(_args: Args, ui: &Ui) -> Result<Exit> {
    let today = super::release::now()?.to_zoned(TimeZone::UTC).date();
    // Standard output belongs to the protocol: what people may read goes where talk goes.
    let options = lsp::Options {
        check: check::Options { today: Some(today), ..check::Options::default() },
        log: &|line| ui.say(line),
    };
    let ended = lsp::serve(BufReader::new(stdin()), stdout().lock(), &options)
        .context("the conversation with the editor broke off")?;
    Ok(if ended == Ended::Properly { Exit::Fine } else { Exit::Findings })
}
