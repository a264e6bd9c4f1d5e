//! What the page of a pack says beyond that of a chart: presets, charts inside, needs, findings.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::index::{Index, is_below, source_page};
use super::layers::Item;
use super::paths;
use super::profile::{FindingView, finding};
use super::text::count;
use crate::pack::{DependencyType, Pack, PackChart, PackDependency, Preset};
use crate::yaml::Resolver;

/// Longest text of a preset that a page shows, in bytes.
const SHOWN: usize = 24 * 1024;

#[derive(Serialize)]
pub(super) struct PresetView {
    group: String,
    name: String,
    display_name: String,
    default: bool,
    sets: String,
    brings: Vec<Item>,
    text: String,
}

#[derive(Serialize)]
pub(super) struct ChartRow {
    name: String,
    href: Option<String>,
    version: String,
    app_version: String,
}

#[derive(Serialize)]
pub(super) struct Need {
    rule: &'static str,
    pack: String,
    range: String,
}

pub(super) fn preset(index: &Index, preset: &Preset) -> PresetView {
    let add = preset.add.as_ref().and_then(|d| d.root().to_json(Resolver::Go).ok());
    let mut sets = count(add.as_ref().map_or(0, leaves), "value");
    if !preset.remove.is_empty() {
        let _ = write!(sets, ", removes {}", preset.remove.len());
    }
    let brings = preset.layers.iter().map(|layer| {
        let words = format!("{} {}", layer.pack, layer.version).trim_end().to_owned();
        if index.packs.contains_key(layer.pack.as_str()) {
            Item::link(words, &format!("{}/index.html", paths::source_dir("pack", &layer.pack)))
        } else {
            Item::text(words)
        }
    });
    let text = preset.add.as_ref().map_or("", |d| d.file().slice(d.root().span()));
    PresetView {
        group: preset.group.clone(),
        name: preset.name.clone(),
        display_name: preset.display_name.clone(),
        default: preset.default,
        sets,
        brings: brings.collect(),
        text: if text.len() <= SHOWN { text.to_owned() } else { String::new() },
    }
}

/// Scalars, lists and empty maps in a value.
pub(super) fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(map) if !map.is_empty() => map.values().map(leaves).sum(),
        Value::Null => 0,
        _ => 1,
    }
}

pub(super) fn charts(index: &Index, pack: &Pack) -> Vec<ChartRow> {
    let row = |chart: &PackChart| match &chart.chart {
        Some(found) => ChartRow {
            name: found.metadata.name.clone(),
            href: index
                .charts
                .get(found.metadata.name.as_str())
                .filter(|s| s.versions.iter().any(|v| v.version == found.metadata.version))
                .map(|_| paths::href(&source_page("chart", &found.metadata.name, &found.metadata.version))),
            version: found.metadata.version.clone(),
            app_version: found.metadata.app_version.clone().unwrap_or_default(),
        },
        None => ChartRow {
            name: chart.path.value.clone(),
            href: None,
            version: "cannot be read".to_owned(),
            app_version: String::new(),
        },
    };
    pack.charts.iter().map(row).collect()
}

pub(super) fn needs(pack: &Pack) -> Vec<Need> {
    let need = |d: &PackDependency| {
        let low = d.min_version.as_ref().map(|v| format!(">={v}"));
        let high = d.max_version.as_ref().map(|v| format!("<={v}"));
        Need {
            rule: match d.dependency_type {
                Some(DependencyType::Required) => "needs",
                Some(DependencyType::Optional) => "works with",
                Some(DependencyType::NotSupported) => "not with",
                Some(DependencyType::Upgrade) => "upgrade from",
                None => "not said",
            },
            pack: d.pack_name.value.clone(),
            range: low.into_iter().chain(high).collect::<Vec<_>>().join(" "),
        }
    };
    pack.dependencies.iter().map(need).collect()
}

pub(super) fn findings<'m>(index: &'m Index, pack: &Pack) -> Vec<FindingView<'m>> {
    let all = index.input.findings.unwrap_or_default();
    all.iter().filter(|f| is_below(f.place.file.path(), &pack.path)).map(finding).collect()
}
