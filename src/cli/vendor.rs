//! `edgewright vendor`: copy what the locks name into the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::json;

use super::fetch::{bring_all, label, named_by_locks};
use super::lock::{count, worse};
use super::network::Network;
use super::ui::Ui;
use super::{Exit, Format};
use crate::archive::Digest;
use crate::history::is_ignored;
use crate::registry::{Options, VENDOR, all_vendored, vendor, vendored_path};
use crate::resolve::{Named, kept_bytes};
use crate::workspace::Workspace;

/// Arguments of `vendor`.
///
/// Afterwards `lock`, `check` and `build` need neither cache nor network for what is locked. Archives are kept as they
/// were fetched, packs of git registries as canonical tars; each file is named by the sha256 of its bytes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Profiles, `ID` (all its versions) or `ID@VERSION`; none: all.
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Write nothing and use no network: say whether vendor/ holds exactly what the locks name, exit 1 where it does not.
    #[arg(long, conflicts_with_all = ["prune", "dry_run"])]
    check: bool,
    /// Remove copies that no lock names.
    #[arg(long, conflicts_with = "profiles")]
    prune: bool,
    /// Say what would be written and removed, and write nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    network: Network,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let root = &workspace.root;
    let (named, mut exit) = named_by_locks(&workspace, &args.profiles, ui)?;
    let wanted: BTreeSet<Digest> = named.keys().map(|(digest, _)| *digest).collect();
    let there = all_vendored(root).with_context(|| VENDOR.to_owned())?;
    let has: BTreeSet<Digest> = there.iter().filter_map(|(_, digest)| *digest).collect();
    let surplus: Vec<PathBuf> = if args.profiles.is_empty() {
        let unwanted = |digest: &Option<Digest>| digest.is_none_or(|digest| !wanted.contains(&digest));
        there.into_iter().filter(|(_, digest)| unwanted(digest)).map(|(path, _)| path).collect()
    } else {
        Vec::new()
    };
    let missing: Named =
        named.iter().filter(|((digest, _), _)| !has.contains(digest)).map(|(k, v)| (*k, v.clone())).collect();

    let written = AtomicUsize::new(0);
    let paths: Mutex<Vec<String>> = Mutex::default();
    if args.check || args.dry_run {
        for ((digest, _), layer) in &missing {
            paths.lock().unwrap_or_else(PoisonError::into_inner).push(vendored_path(digest));
            let line = format!("{}: {} is missing", label(layer), vendored_path(digest));
            if args.check { ui.error(&line) } else { ui.say(&line) }
        }
    }
    // Those that are there are read and held against their names.
    let brought = if args.check || args.dry_run {
        let here = named.into_iter().filter(|((digest, _), _)| has.contains(digest)).collect();
        bring_all(&workspace, here, Options { offline: true, ..Options::default() }, &|_, _| Ok(()), ui)?
    } else {
        let keep = |layer: &crate::resolve::LockedLayer, fetched: &crate::registry::Fetched| {
            let Some(digest) = layer.kept_as() else { return Ok(()) };
            let bytes = kept_bytes(fetched).map_err(|error| (Exit::Failed, error.to_string()))?;
            let new = vendor(root, &digest, &bytes).map_err(|error| {
                (if error.is_refusal() { Exit::Refused } else { Exit::Failed }, error.to_string())
            })?;
            if new {
                written.fetch_add(1, Ordering::Relaxed);
                paths.lock().unwrap_or_else(PoisonError::into_inner).push(vendored_path(&digest));
            }
            Ok(())
        };
        bring_all(&workspace, named, args.network.options(ui), &keep, ui)?
    };
    exit = worse(exit, brought.exit());
    let failed = brought.exit() != Exit::Fine;

    let shown = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let mut removed = Vec::new();
    for path in &surplus {
        if args.check {
            ui.error(&format!("{} is named by no lock", shown(path)));
        } else if args.prune && exit == Exit::Fine {
            if !args.dry_run {
                std::fs::remove_file(path).with_context(|| shown(path))?;
            }
            removed.push(shown(path));
        }
    }
    if args.check && !(missing.is_empty() && surplus.is_empty()) {
        exit = worse(exit, Exit::Findings);
    }

    let mut paths = paths.into_inner().unwrap_or_else(PoisonError::into_inner);
    paths.sort();
    if args.format == Format::Json {
        let surplus: Vec<String> = surplus.iter().map(|path| shown(path)).collect();
        let key = if args.check { "missing" } else { "written" };
        ui.result(&format!(
            "{:#}",
            json!({ "schemaVersion": 1, key: paths, "removed": removed, "surplus": surplus, "wanted": wanted.len(),
                    "dryRun": args.dry_run })
        ));
    } else if args.check {
        let state = if exit == Exit::Fine {
            "complete"
        } else {
            "not what the locks name; run `edgewright vendor --prune`"
        };
        ui.result(&format!("{VENDOR}: {} in the locks, {state}", count(wanted.len(), "archive")));
    } else {
        let would = if args.dry_run { "would be " } else { "" };
        let rest = surplus.len() - removed.len();
        let hint = if rest > 0 {
            format!("; {rest} named by no lock (--prune removes them)")
        } else {
            String::new()
        };
        ui.result(&format!(
            "{VENDOR}: {} in the locks, {} {would}written, {} {would}removed{hint}",
            count(wanted.len(), "archive"),
            paths.len(),
            removed.len(),
        ));
    }
    if !args.check && !failed && !paths.is_empty() && is_ignored(root, &paths[0]) {
        ui.warn(&format!(
            "git ignores {VENDOR}: add `!/vendor/` to .gitignore, or the copies are not committed"
        ));
    }
    Ok(exit)
}
