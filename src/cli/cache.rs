//! `edgewright cache`: where the cache is, how much it holds, whether it is whole, and what can go.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::lock::count;
use super::ui::Ui;
use super::{Exit, Format};
use crate::archive::Digest;
use crate::registry::{Cache, Held, Item};
use crate::resolve::{LockFile, Named, add_named};
use crate::workspace::Workspace;

/// Arguments of `cache`.
///
/// The folder is `EDGEWRIGHT_CACHE`, else `edgewright` below `XDG_CACHE_HOME` or ~/.cache. Everything in it can be had again;
/// any number of commands may use it at the same time.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print its folder.
    Path,
    /// Say how much it holds.
    Size {
        /// What stdout gets.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Remove what was not used for a while, and what killed commands left behind.
    Prune {
        /// Not used for this long: `30d`, `12h`, `90m`; `0` is everything.
        #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = age)]
        older_than: Duration,
        /// Keep what the locks of this repository name, however old.
        #[arg(long)]
        keep_locked: bool,
        /// Say what would be removed, and remove nothing.
        #[arg(long)]
        dry_run: bool,
        /// What stdout gets.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Read every archive and hold it against its name; damaged ones are removed, and the exit code is 1.
    Verify {
        /// What stdout gets.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

fn age(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[number.len()..] {
        "d" => 24 * 60 * 60,
        "h" => 60 * 60,
        "m" => 60,
        "s" => 1,
        "" if number == "0" => 1,
        _ => return Err("write a number with d, h, m or s: 30d".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "write a number with d, h, m or s: 30d".to_owned())?;
    number.checked_mul(unit).map(Duration::from_secs).ok_or_else(|| "that is too long".to_owned())
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let cache = Cache::of_user();
    match args.command {
        Command::Path => {
            ui.result(&cache.folder().display().to_string());
            Ok(Exit::Fine)
        }
        Command::Size { format } => size(&cache, format, ui),
        Command::Prune { older_than, keep_locked, dry_run, format } => {
            let keep = if keep_locked { locked(ui)? } else { BTreeSet::new() };
            prune(&cache, older_than, &keep, dry_run, format, ui)
        }
        Command::Verify { format } => verify(&cache, format, ui),
    }
}

const KINDS: [Held; 5] = [Held::Blob, Held::Index, Held::Note, Held::Git, Held::Leftover];

/// Number and bytes of each kind.
fn sums(items: &[Item]) -> Vec<(Held, usize, u64)> {
    let of = |held: Held| items.iter().filter(move |item| item.held == held);
    KINDS.iter().map(|held| (*held, of(*held).count(), of(*held).map(|item| item.size).sum())).collect()
}

fn size(cache: &Cache, format: Format, ui: &Ui) -> Result<Exit> {
    let items = cache.items().with_context(|| cache.folder().display().to_string())?;
    let total: u64 = items.iter().map(|item| item.size).sum();
    if format == Format::Json {
        let kinds: serde_json::Map<String, Value> = sums(&items)
            .into_iter()
            .map(|(held, number, bytes)| (held.word().to_owned(), json!({ "count": number, "bytes": bytes })))
            .collect();
        let document = json!({ "schemaVersion": 1, "path": cache.folder(), "bytes": total, "kinds": kinds });
        ui.result(&format!("{document:#}"));
        return Ok(Exit::Fine);
    }
    ui.result(&format!("{}: {}", cache.folder().display(), in_words(total)));
    for (held, number, bytes) in sums(&items).into_iter().filter(|(_, number, _)| *number > 0) {
        ui.result(&format!("  {:<10}{number:>7}  {}", held.word(), in_words(bytes)));
    }
    Ok(Exit::Fine)
}

fn in_words(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// What the locks of this repository name.
fn locked(ui: &Ui) -> Result<BTreeSet<Digest>> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let mut named = Named::new();
    for profile in &workspace.profiles {
        match LockFile::of(profile) {
            Ok(Some(lock)) => add_named(&mut named, lock),
            Ok(None) => {}
            Err(found) => anyhow::bail!("{}: {}; nothing was removed", found.place, found.message),
        }
    }
    ui.detail(&format!("{} in the locks", count(named.len(), "archive")));
    // An OCI manifest stands beside the bytes that it names.
    let manifests = named.values().filter_map(|layer| layer.manifest);
    Ok(named.keys().map(|(digest, _)| *digest).chain(manifests).collect())
}

fn prune(
    cache: &Cache,
    age: Duration,
    keep: &BTreeSet<Digest>,
    dry_run: bool,
    format: Format,
    ui: &Ui,
) -> Result<Exit> {
    let idle = cache.idle(age, keep).with_context(|| cache.folder().display().to_string())?;
    let mut removed = Vec::new();
    for item in idle {
        if dry_run || cache.remove(&item).with_context(|| item.path.display().to_string())? {
            ui.detail(&item.path.display().to_string());
            removed.push(item);
        }
    }
    let bytes: u64 = removed.iter().map(|item| item.size).sum();
    if format == Format::Json {
        let paths: Vec<Value> = removed
            .iter()
            .map(|item| json!({ "kind": item.held.word(), "path": item.path, "bytes": item.size }))
            .collect();
        let document = json!({ "schemaVersion": 1, "dryRun": dry_run, "removed": paths, "bytes": bytes });
        ui.result(&format!("{document:#}"));
    } else {
        let would = if dry_run { "would be " } else { "" };
        ui.result(&format!("{} {would}removed, {}", count(removed.len(), "item"), in_words(bytes)));
    }
    Ok(Exit::Fine)
}

fn verify(cache: &Cache, format: Format, ui: &Ui) -> Result<Exit> {
    let items = cache.items().with_context(|| cache.folder().display().to_string())?;
    let (mut whole, mut damaged) = (0_usize, Vec::new());
    for item in items {
        match Cache::is_whole(&item) {
            Ok(Some(true)) => whole += 1,
            Ok(Some(false)) => {
                cache.remove(&item).with_context(|| item.path.display().to_string())?;
                ui.error(&format!("{} is not what its name says; it was removed", item.path.display()));
                damaged.push(item.path);
            }
            Ok(None) => {}
            // Another command pruned it meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| item.path.display().to_string()),
        }
    }
    let bad = damaged.len();
    if format == Format::Json {
        ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "whole": whole, "damaged": damaged })));
    } else {
        ui.result(&format!("{} whole, {bad} damaged", count(whole, "archive")));
    }
    Ok(if bad == 0 { Exit::Fine } else { Exit::Findings })
}
