//! `edgewright outdated`: what is locked beside what the registries offer.

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::lock::{chosen, count, exit_of, unread, worse};
use super::network::Network;
use super::ui::Ui;
use super::{Exit, Format};
use crate::registry::Registries;
use crate::resolve::{Offered, OutdatedLayer, outdated};
use crate::workspace::Workspace;

/// Arguments of `outdated`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Profiles, `ID` (all its versions) or `ID@VERSION`; none: all.
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,
    /// List layers that are up to date as well.
    #[arg(long)]
    all: bool,
    /// Exit 1 where something is outdated.
    #[arg(long)]
    exit_code: bool,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    network: Network,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { profiles: names, all, exit_code, format, network } = args;
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let profiles = chosen(&workspace, &names)?;
    let mut exit = unread(&workspace, &names, ui);
    let registries = Registries::open(&workspace, network.options(ui));
    let layers = outdated(&workspace, &registries, &profiles);
    // A registry that cannot be asked is told once, and what the others say is shown all the same.
    let mut told: Vec<&str> = Vec::new();
    for problem in layers.iter().filter_map(|layer| layer.problem.as_ref()) {
        exit = worse(exit, exit_of(problem.kind));
        if !told.contains(&problem.message.as_str()) {
            ui.error(&problem.message);
            told.push(&problem.message);
        }
    }
    let old = layers.iter().filter(|layer| layer.is_outdated()).count();
    let shown: Vec<&OutdatedLayer> =
        layers.iter().filter(|layer| all || format == Format::Json || worth_telling(layer)).collect();
    match format {
        Format::Json => {
            let layers: Vec<Value> = shown.iter().map(|layer| as_json(layer)).collect();
            ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "outdated": old, "layers": layers })));
        }
        Format::Text => {
            if !shown.is_empty() {
                ui.result(&table(&shown));
            }
            ui.say(&format!("{} with a reference, {old} outdated", count(layers.len(), "layer")));
        }
    }
    if exit_code && old > 0 {
        exit = worse(exit, Exit::Findings);
    }
    Ok(exit)
}

/// Whether a person has to know of a layer.
fn worth_telling(layer: &OutdatedLayer) -> bool {
    let given_up = |offered: &Option<Offered>| offered.as_ref().is_some_and(|offered| offered.deprecated);
    layer.is_outdated()
        || layer.current.is_none()
        || layer.withdrawn
        || layer.problem.is_some()
        || given_up(&layer.current)
        || given_up(&layer.latest)
}

fn table(layers: &[&OutdatedLayer]) -> String {
    let version =
        |offered: &Option<Offered>| offered.as_ref().map_or("-", |offered| &offered.version).to_owned();
    let app = |offered: &Option<Offered>| offered.as_ref().and_then(|offered| offered.app_version.clone());
    let mut rows = vec![
        ["PROFILE", "LAYER", "CURRENT", "WANTED", "LATEST", "APP", "AGE", "REGISTRY", "NOTE"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for layer in layers {
        let apps = match (app(&layer.current), app(&layer.latest)) {
            (Some(old), Some(new)) if old != new => format!("{old} → {new}"),
            (Some(app), _) | (None, Some(app)) => app,
            (None, None) => "-".to_owned(),
        };
        let age = layer.current.as_ref().and_then(|current| days(current.created.as_deref()?));
        rows.push(vec![
            layer.profile.label(),
            layer.layer.clone(),
            version(&layer.current),
            version(&layer.wanted),
            version(&layer.latest),
            apps,
            age.map_or_else(|| "-".to_owned(), age_text),
            if layer.reference.registry.is_empty() {
                "-".to_owned()
            } else {
                layer.reference.registry.clone()
            },
            notes(layer).join(", "),
        ]);
    }
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn notes(layer: &OutdatedLayer) -> Vec<&'static str> {
    let given_up = |offered: &Option<Offered>| offered.as_ref().is_some_and(|offered| offered.deprecated);
    let mut notes = Vec::new();
    if layer.problem.is_some() {
        notes.push("not known");
    }
    if layer.current.is_none() {
        notes.push("not locked");
    }
    if layer.withdrawn {
        notes.push("withdrawn");
    }
    if given_up(&layer.current) {
        notes.push("deprecated");
    } else if given_up(&layer.latest) {
        notes.push("latest is deprecated");
    }
    notes
}

/// How many days ago that was.
fn days(created: &str) -> Option<i64> {
    let created: Timestamp = created.parse().ok()?;
    Some(Timestamp::now().duration_since(created).as_hours().max(0) / 24)
}

fn age_text(days: i64) -> String {
    match days {
        0..=59 => format!("{days} d"),
        60..=729 => format!("{} months", days / 30),
        _ => format!("{} years", days / 365),
    }
}

fn as_json(layer: &OutdatedLayer) -> Value {
    let offered = |offered: &Option<Offered>| {
        offered.as_ref().map(|offered| {
            json!({
                "version": offered.version,
                "appVersion": offered.app_version,
                "created": offered.created,
                "ageDays": offered.created.as_deref().and_then(days),
                "deprecated": offered.deprecated,
            })
        })
    };
    json!({
        "profile": layer.profile.id.0,
        "profileVersion": layer.profile.version(),
        "layer": layer.layer,
        "kind": layer.reference.kind.word(),
        "name": layer.reference.name,
        "registry": layer.reference.registry,
        "constraint": layer.reference.wanted,
        "current": offered(&layer.current),
        "wanted": offered(&layer.wanted),
        "latest": offered(&layer.latest),
        "outdated": layer.is_outdated(),
        "withdrawn": layer.withdrawn,
        "problem": layer.problem.as_ref().map(|problem| &problem.message),
    })
}
