//! `edgewright search`: packs and charts in all registries.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::network::Network;
use super::table::{table, width};
use super::ui::Ui;
use super::{Exit, Format};
use crate::pack::LayerType;
use crate::registry::{Kind, Registries};
use crate::resolve::{Browsed, Listing, Wanted, browse};
use crate::workspace::Workspace;

/// Rows that people are shown unless they ask for all.
const MOST_SHOWN: usize = 50;

/// Arguments of `search`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Words that have to be in the name, the description or the type of pack; none: everything.
    words: Vec<String>,
    /// Packs alone.
    #[arg(long, conflicts_with = "charts")]
    packs: bool,
    /// Charts alone.
    #[arg(long)]
    charts: bool,
    /// One registry alone.
    #[arg(long, value_name = "NAME")]
    registry: Option<String>,
    /// Packs of this place in the stack: os, kubernetes, cni, csi, addon.
    #[arg(long = "type", value_name = "TYPE", value_parser = layer_type)]
    layer_type: Option<LayerType>,
    /// Packs of this type of add-on: monitoring, logging, security, ….
    #[arg(long, value_name = "TEXT")]
    addon_type: Option<String>,
    /// Packs for this cloud.
    #[arg(long, value_name = "TYPE")]
    cloud: Option<String>,
    /// Versions that fit: 1.27.x, '>=1.0'.
    #[arg(long, value_name = "CONSTRAINT")]
    version: Option<String>,
    /// List every version, not only the newest.
    #[arg(long)]
    versions: bool,
    #[command(flatten)]
    network: Network,
    /// Show all of a long list.
    #[arg(long)]
    all: bool,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  edgewright search prometheus
  edgewright search --type cni --cloud edge-native
  edgewright search --addon-type monitoring --version '>=1.0' --registry packs
  edgewright search nginx --charts --versions --offline

Exit code 1 where nothing was found, 2 where registries could not be asked and nothing else was found.";

fn layer_type(text: &str) -> Result<LayerType, String> {
    LayerType::of(text).ok_or_else(|| "one of os, kubernetes, cni, csi, addon".to_owned())
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let registries = Registries::open(&workspace, args.network.options(ui));
    let kind = match (args.packs, args.charts) {
        (true, _) => Some(Kind::Pack),
        (_, true) => Some(Kind::Chart),
        _ => None,
    };
    let wanted = Wanted {
        words: args.words,
        kind,
        registry: args.registry,
        layer_type: args.layer_type,
        addon_type: args.addon_type,
        cloud: args.cloud,
        version: args.version,
    };
    let browsed = browse(&registries, &wanted)?;
    for (registry, why) in &browsed.silent {
        ui.warn(&format!("registry `{registry}` could not be asked: {why}"));
    }
    for registry in &browsed.untold {
        ui.warn(&format!(
            "registry `{registry}` does not tell the types of its packs: none of them is listed"
        ));
    }
    match args.format {
        Format::Json => ui.result(&format!("{:#}", for_machines(&browsed))),
        Format::Text if !browsed.found.is_empty() => {
            ui.result(&for_people(&browsed, args.versions, args.all, ui));
        }
        Format::Text => ui.say("nothing found"),
    }
    Ok(match (browsed.found.is_empty(), browsed.silent.is_empty()) {
        (false, _) => Exit::Fine,
        (true, true) => Exit::Findings,
        (true, false) => Exit::Failed,
    })
}

fn for_people(browsed: &Browsed, versions: bool, all: bool, ui: &Ui) -> String {
    let mut rows = Vec::new();
    for found in &browsed.found {
        let of = |version: &str| {
            vec![
                found.name.clone(),
                version.to_owned(),
                found.kind.word().to_owned(),
                type_of(found),
                found.registry.clone(),
                found.about(),
            ]
        };
        if versions {
            rows.extend(found.versions.iter().map(|candidate| of(&candidate.version)));
        } else {
            rows.extend(found.newest().map(|candidate| of(&candidate.version)));
        }
    }
    let more = if all { 0 } else { rows.len().saturating_sub(MOST_SHOWN) };
    rows.truncate(rows.len() - more);
    if more > 0 {
        ui.say(&format!("{more} more (--all shows them)"));
    }
    table(&["name", "version", "kind", "type", "registry", "about"], &rows, width())
}

/// `addon: monitoring`, `cni`, or nothing.
pub(super) fn type_of(found: &Listing) -> String {
    let Some(label) = found.label() else { return String::new() };
    let layer = label.layer_type.map_or("", LayerType::word);
    let state = label.state.as_deref().map_or_else(String::new, |state| format!(" ({state})"));
    match &label.addon_type {
        Some(addon) => format!("{layer}: {addon}{state}"),
        None => format!("{layer}{state}"),
    }
}

fn for_machines(browsed: &Browsed) -> Value {
    let found: Vec<Value> = browsed.found.iter().map(offered).collect();
    let silent: Vec<Value> = browsed
        .silent
        .iter()
        .map(|(registry, why)| json!({ "registry": registry, "reason": why.to_string() }))
        .collect();
    json!({ "schemaVersion": 1, "found": found, "unreachable": silent, "withoutTypes": browsed.untold })
}

/// One pack or chart for machines.
pub(super) fn offered(found: &Listing) -> Value {
    let label = found.label();
    let versions: Vec<Value> = found
        .versions
        .iter()
        .map(|candidate| {
            json!({
                "version": candidate.version,
                "appVersion": candidate.app_version,
                "created": candidate.created,
                "deprecated": candidate.deprecated
                    || candidate.pack.as_ref().is_some_and(|pack| pack.state.as_deref() == Some("deprecated")),
            })
        })
        .collect();
    json!({
        "kind": found.kind.word(),
        "registry": found.registry,
        "name": found.name,
        "newest": found.newest().map(|candidate| &candidate.version),
        "displayName": label.and_then(|label| label.display_name.as_ref()),
        "description": found.newest().and_then(|candidate| candidate.description.as_ref()),
        "type": label.and_then(|label| label.layer_type).map(LayerType::word),
        "addonType": label.and_then(|label| label.addon_type.as_ref()),
        "cloudTypes": label.map(|label| &label.cloud_types),
        "versions": versions,
    })
}
