//! `edgewright baseline`: take today's findings as known, so that `check` shows new ones only.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use jiff::tz::TimeZone;

use super::Exit;
use super::check::write_file;
use super::ui::Ui;
use crate::check::{self, Baseline, baseline};
use crate::workspace::Workspace;

/// Arguments of `baseline`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to write it; `check.baseline` of edgewright.yaml, else `edgewright-baseline.json` beside it, unless given.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Take out what no longer occurs, and add nothing.
    #[arg(long)]
    prune: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let root = Workspace::find(Path::new("."))?;
    let workspace = Workspace::load(&root)?;
    let file = args.output.unwrap_or_else(|| baseline::path(&workspace));
    let shown = file.strip_prefix(&workspace.root).unwrap_or(&file).display().to_string();

    let today = Some(super::release::now()?.to_zoned(TimeZone::UTC).date());
    let outcome = check::paths(
        &[],
        check::Options { today, baseline: Baseline::Ignored, ..check::Options::default() },
    )?;
    let unfetched = outcome.unfetched;
    if unfetched > 0 && args.prune {
        bail!(
            "{unfetched} references could not be judged for lack of their bytes, so that what is gone cannot be known; \
             run `edgewright fetch` first"
        );
    }
    let mut entries = baseline::entries(&outcome.findings, &outcome.suppressed);
    let all = entries.len();
    let known: HashSet<String> = match baseline::read(&file, &shown) {
        Ok((known, _)) => known.into_iter().map(|known| known.fingerprint).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !args.prune => HashSet::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read `{shown}`")),
    };
    let kept = entries.iter().filter(|entry| known.contains(&entry.fingerprint)).count();
    if args.prune {
        entries.retain(|entry| known.contains(&entry.fingerprint));
    }
    if !args.dry_run {
        write_file(&file, &baseline::text(&entries))?;
    }
    let (added, gone) = (entries.len() - kept, known.len() - kept);
    let count =
        if entries.len() == 1 { "1 finding".to_owned() } else { format!("{} findings", entries.len()) };
    let verb = if args.dry_run { "would have" } else { "has" };
    ui.result(&format!("{shown} {verb} {count}: {added} new, {gone} gone"));
    if args.prune && all > kept {
        ui.say(&format!("{} others are not in it; `edgewright check` shows them", all - kept));
    }
    if unfetched > 0 {
        ui.warn(&format!(
            "{unfetched} references could not be judged for lack of their bytes; run `edgewright fetch` and this again"
        ));
    }
    Ok(Exit::Fine)
}
