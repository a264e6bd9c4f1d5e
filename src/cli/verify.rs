//! `edgewright verify`: verify a published tree, in a folder or at an address.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::ui::Ui;
use super::{Exit, Format};
use crate::archive::Digest;
use crate::release::{Report, open, unvouched, verify};
use crate::trust::{RootSource, TrustError, limits};

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The published tree.
    #[arg(value_name = "DIR|URL")]
    tree: String,
    /// Where trust begins: a root.json, or the digest of one.
    #[arg(long, value_name = "FILE|sha256:HEX")]
    root: Option<RootSource>,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { tree, root, format } = args;
    let source = open(&tree)?;
    let mut fetch = |path: &str, max: u64| source(path, max);
    let first = "metadata/1.root.json";
    let root = if let Some(root) = root {
        root.read(&mut fetch)?
    } else {
        let bytes = fetch(first, limits::ROOT)
            .map_err(|error| TrustError::fetch(first, error))?
            .with_context(|| format!("`{tree}` is no published tree: it has no {first}"))?;
        ui.warn(&format!(
            "no --root: trusting the tree\u{2019}s own first root, sha256:{}; compare it with what you were told",
            Digest::of(&bytes)
        ));
        bytes
    };
    let report = verify(&*source, &root, Timestamp::now());
    match format {
        Format::Text => text(&tree, &report, ui),
        Format::Json => {
            let mut value = serde_json::json!({ "schemaVersion": 1, "verified": report.problems.is_empty() });
            if let (Some(all), serde_json::Value::Object(fields)) =
                (value.as_object_mut(), serde_json::to_value(&report)?)
            {
                all.extend(fields);
            }
            ui.result(&serde_json::to_string_pretty(&value)?);
        }
    }
    Ok(match report.problems.iter().map(|problem| problem.refused).max() {
        None => Exit::Fine,
        Some(true) => Exit::Refused,
        Some(false) => Exit::Failed,
    })
}

fn text(tree: &str, report: &Report, ui: &Ui) {
    for problem in &report.problems {
        ui.error(&problem.message);
    }
    if !report.problems.is_empty() {
        let bad = report.problems.len();
        ui.say(&format!("{tree}: not verified ({bad} problem{})", if bad == 1 { "" } else { "s" }));
        return;
    }
    if let Ok(strangers) = unvouched(Path::new(tree), report)
        && let Some(first) = strangers.first()
    {
        ui.say(&format!("not vouched for, and not looked at: {} files, such as {first}", strangers.len()));
    }
    ui.result(&format!("{tree}: verified"));
    ui.result(&counts(report));
    if let Some(expires) = report.expires {
        ui.result(&format!("  root version {}; good until {expires}", report.root_version));
    }
}

/// What was verified, in one line.
pub(super) fn counts(report: &Report) -> String {
    format!(
        "  {} profiles, {} releases, {} layers ({}), {} appliances, {} catalog files, {} metadata files",
        report.profiles,
        report.releases,
        report.layers,
        megabytes(report.layer_bytes),
        report.appliances,
        report.catalog_files,
        report.metadata
    )
}

/// Bytes as people read them, in powers of ten.
pub(super) fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
