//! One layer of the stack and its content become a [`ResolvedLayer`].

use std::sync::Arc;

use serde_json::Value;

use super::content::{Content, PackContent, free_stem};
use super::lints::{MISSING_FILE, PATH_OUTSIDE, PRESET_WITHOUT_PACK, UNKNOWN_PRESET};
use super::presets::{self, Chosen};
use super::resolved::{
    EffectiveValues, LayerChart, LayerManifest, LayerSource, OriginKind, Pin, ResolvedLayer, Unresolved,
};
use super::stack::StackLayer;
use super::values::Written;
use crate::diagnostics::{Diagnostic, closest};
use crate::pack::{LayerType, Pack};
use crate::registry::Kind;
use crate::source::{Place, SourceFile};
use crate::template::read_values;
use crate::workspace::FileError;
use crate::workspace::model::{Layer, LayerValues, Profile};
use crate::yaml::{self, Document, push_pointer};

/// What looking up a reference gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) content: Option<Arc<Content>>,
    pub(super) pin: Option<Pin>,
    pub(super) unresolved: Option<Unresolved>,
}

/// Builds a layer. What is wrong in the files that it names goes to `reported`.
pub(super) fn build(
    profile: &Profile,
    layer: StackLayer,
    found: Found,
    reported: &mut Vec<Diagnostic>,
) -> ResolvedLayer {
    let written = layer.written(profile);
    let pack = found.content.as_ref().and_then(|content| content.pack());
    let chart = found.content.as_ref().and_then(|content| content.chart());
    let none = indexmap::IndexMap::new();
    let chosen = pack.map_or_else(Chosen::default, |content| {
        presets::choose(
            &content.pack,
            written.map_or(&none, |layer| &*layer.presets),
            written.is_none_or(|layer| layer.defaults),
        )
    });
    if let (Some(index), Some(written)) = (layer.index, written) {
        judge_presets(profile, index, written, pack.map(|content| &*content.pack), reported);
    }

    let wrapped = written.is_some_and(|layer| layer.wrapped);
    let defaults = match (pack, chart) {
        (Some(pack), _) => pack.defaults.clone(),
        (None, Some(chart)) if wrapped => {
            chart.defaults.clone().below(&push_pointer("/charts", &chart.chart.metadata.name))
        }
        (None, Some(chart)) => chart.defaults.clone(),
        (None, None) => {
            EffectiveValues { value: Value::Object(serde_json::Map::new()), ..Default::default() }
        }
    };
    let own = layer
        .index
        .zip(written)
        .and_then(|(index, written)| own_values(profile, index, written, reported))
        .unzip();
    let values = effective(&layer, written, defaults, &chosen, &own, reported);

    // A chart's own values may have a `pack` that means something else.
    let palettes = wrapped || written.is_none_or(|layer| layer.chart.is_none());
    let said = |pointer: &str| values.value.pointer(pointer).filter(|_| palettes);
    let text = |pointer: &str| said(pointer).and_then(Value::as_str).filter(|t| !t.is_empty());
    let namespace = written
        .and_then(|layer| layer.namespace.as_ref().map(|n| n.value.clone()))
        .or_else(|| text("/pack/namespace").map(str::to_owned))
        .unwrap_or_else(|| "default".to_owned());
    let display_name = written
        .and_then(|layer| layer.display_name.clone())
        .or_else(|| text("/pack/spectrocloud.com~1display-name").map(str::to_owned))
        .or_else(|| pack.and_then(|content| content.pack.display_name.clone()))
        .unwrap_or_else(|| layer.name.clone());
    let priority = written
        .and_then(|layer| layer.install_priority)
        .or_else(|| priority(said("/pack/spectrocloud.com~1install-priority")?))
        .unwrap_or(0);
    // What the pack says counts; a profile that says otherwise is told so.
    let layer_type = pack
        .map(|content| content.pack.layer)
        .or_else(|| written.and_then(|layer| layer.layer_type.as_ref().map(|t| t.value)))
        .unwrap_or(LayerType::Addon);
    let charts = charts(written, &layer.name, &namespace, found.content.as_deref(), &values);
    let mut manifests = pack.map(|content| content.manifests.clone()).unwrap_or_default();
    if let (Some(index), Some(written)) = (layer.index, written) {
        attach(profile, index, written, &mut manifests, reported);
    }
    let source = match &layer.reference {
        None => LayerSource::Manifests,
        Some(r) if r.kind == Kind::Pack => {
            LayerSource::Pack(r.name.clone(), pack.map(|c| Arc::clone(&c.pack)))
        }
        Some(r) => LayerSource::Chart(r.name.clone(), chart.map(|c| Arc::clone(&c.chart))),
    };
    let (wanted, registry) = layer.reference.map(|r| (r.wanted, r.registry)).unzip();
    ResolvedLayer {
        name: layer.name,
        display_name,
        index: layer.index,
        added_by: layer.added_by,
        layer_type,
        source,
        wanted,
        registry: registry.filter(|name| !name.is_empty()),
        pin: found.pin,
        unresolved: found.unresolved,
        presets: chosen.names,
        own: own.1,
        values,
        charts,
        manifests,
        namespace,
        priority,
        place: layer.place,
    }
}

/// The images that a pack lists with the presets in force, whatever the layer's own values say.
pub(super) fn pack_images(profile: &Profile, layer: &StackLayer, content: &PackContent) -> Vec<String> {
    let written = layer.written(profile);
    let none = indexmap::IndexMap::new();
    let wanted = written.map_or(&none, |layer| &*layer.presets);
    let mut values = content.defaults.clone();
    for preset in presets::choose(&content.pack, wanted, true).apply {
        // A preset that cannot be expanded is reported where the layer is built.
        let _ = values.apply(preset);
    }
    values.images()
}

/// Defaults, presets, values of the bringing preset, values of the layer.
fn effective(
    layer: &StackLayer,
    written: Option<&Layer>,
    defaults: EffectiveValues,
    chosen: &Chosen<'_>,
    own: &(Option<Value>, Option<Document>),
    reported: &mut Vec<Diagnostic>,
) -> EffectiveValues {
    let mut values = defaults;
    if written.is_some_and(|layer| !layer.defaults) {
        match own {
            (Some(value), Some(document)) => {
                values.stand_alone(value, Written::Node(document.root()), OriginKind::Layer);
            }
            _ => values.stand_alone(&Value::Null, Written::Place(&layer.place), OriginKind::Layer),
        }
        return values;
    }
    for preset in &chosen.apply {
        if let Err(error) = values.apply(preset) {
            let message = format!("preset `{}`: {error}", preset.name);
            reported.push(Diagnostic::new(yaml::SYNTAX, preset.place.clone(), message));
        }
    }
    if let Some(brought) = &layer.brought
        && let Some(over) = &brought.values
    {
        values.merge(over, Written::Place(&brought.place), OriginKind::Brought);
    }
    if let (Some(value), Some(document)) = own {
        values.merge(value, Written::Node(document.root()), OriginKind::Layer);
    }
    values
}

/// A layer's own values, and where they stand.
fn own_values(
    profile: &Profile,
    index: usize,
    layer: &Layer,
    reported: &mut Vec<Diagnostic>,
) -> Option<(Value, Document)> {
    let values = layer.values.as_ref()?;
    let pointer = format!("/spec/layers/{index}/values");
    let document = match &values.value {
        LayerValues::Inline(_) => profile.document.below(&pointer)?,
        LayerValues::File(path) => {
            let file = read(profile, path, profile.place(values.span), &pointer, reported)?;
            let mut stream = yaml::parse(&file);
            reported.append(&mut stream.diagnostics);
            if let Some(second) = stream.documents.get(1) {
                let message = "a second document: the values of a layer are one document";
                reported.push(Diagnostic::new(yaml::SYNTAX, second.root().place(), message));
            }
            stream.documents.into_iter().next()?
        }
    };
    let place = document.root().place();
    match read_values(&document) {
        Ok(value) => {
            if !value.is_object() && !value.is_null() {
                let message = "the values of a layer must be a mapping";
                reported.push(Diagnostic::new(yaml::SYNTAX, place, message));
            }
            Some((value, document))
        }
        Err(error) => {
            reported.push(Diagnostic::new(yaml::SYNTAX, place, error.to_string()));
            None
        }
    }
}

/// Reads a file that a layer names, or reports why not.
fn read(
    profile: &Profile,
    path: &str,
    at: Place,
    pointer: &str,
    reported: &mut Vec<Diagnostic>,
) -> Option<Arc<SourceFile>> {
    match profile.read(path) {
        Ok(file) => Some(file),
        Err(error) => {
            let (lint, help) = match &error {
                FileError::Outside(_) => {
                    (PATH_OUTSIDE, "name a file in the folder of the profile or below it, without `..`")
                }
                _ => (MISSING_FILE, "paths are relative to the folder of the profile"),
            };
            reported.push(Diagnostic::new(lint, at, error.to_string()).pointer(pointer).help(help));
            None
        }
    }
}

fn attach(
    profile: &Profile,
    index: usize,
    layer: &Layer,
    manifests: &mut Vec<LayerManifest>,
    reported: &mut Vec<Diagnostic>,
) {
    for (number, path) in layer.manifests.iter().enumerate() {
        let pointer = format!("/spec/layers/{index}/manifests/{number}");
        let Some(file) = read(profile, path, profile.place(path.span), &pointer, reported) else { continue };
        reported.extend(yaml::parse(&file).diagnostics);
        manifests.push(LayerManifest { name: free_stem(path, manifests), file, templated: false });
    }
}

fn charts(
    written: Option<&Layer>,
    layer_name: &str,
    namespace: &str,
    content: Option<&Content>,
    values: &EffectiveValues,
) -> Vec<LayerChart> {
    let opaque = written.is_some_and(|layer| layer.opaque);
    let overrides = values.value.pointer("/pack/releaseNameOverride");
    let overridden = |chart: &str| {
        overrides.and_then(|o| o.get(chart)).and_then(Value::as_str).filter(|release| !release.is_empty())
    };
    match content {
        None => Vec::new(),
        Some(Content::Chart(content)) => {
            let name = content.chart.metadata.name.clone();
            let wrapped = written.is_some_and(|layer| layer.wrapped);
            let release =
                written.and_then(|layer| layer.release.as_ref()).map(|release| release.value.clone());
            vec![LayerChart {
                release: release
                    .or_else(|| overridden(&name).filter(|_| wrapped).map(str::to_owned))
                    .unwrap_or_else(|| layer_name.to_owned()),
                chart: Arc::clone(&content.chart),
                archive: content.archive.clone().filter(|_| opaque),
                namespace: namespace.to_owned(),
                values_pointer: if wrapped { push_pointer("/charts", &name) } else { String::new() },
                name,
            }]
        }
        Some(Content::Pack(content)) => {
            let listed = content.pack.charts.iter();
            let readable = listed.filter_map(|listed| Some((listed, listed.chart.as_ref()?)));
            readable
                .map(|(listed, chart)| {
                    let name = chart.metadata.name.clone();
                    LayerChart {
                        release: overridden(&name)
                            .map_or_else(|| format!("{}-{name}", content.pack.name), str::to_owned),
                        archive: content.pack.files.get(&listed.path).filter(|_| opaque).cloned(),
                        namespace: namespace.to_owned(),
                        values_pointer: push_pointer("/charts", &name),
                        chart: Arc::clone(chart),
                        name,
                    }
                })
                .collect()
        }
    }
}

/// `pack."spectrocloud.com/install-priority"`: an integer, by custom in quotes.
fn priority(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    }
}

/// Reports presets that nobody can choose.
fn judge_presets(
    profile: &Profile,
    index: usize,
    layer: &Layer,
    pack: Option<&Pack>,
    reported: &mut Vec<Diagnostic>,
) {
    for (group, name) in &layer.presets {
        let pointer = push_pointer(&format!("/spec/layers/{index}/presets"), group);
        if layer.pack.is_none() {
            let message = format!("layer `{}` has presets, but no pack that could offer them", layer.name);
            reported.push(
                Diagnostic::new(PRESET_WITHOUT_PACK, profile.document.key_place(&pointer), message)
                    .pointer(pointer)
                    .help("presets belong to packs; take them out, or give the layer a `pack`"),
            );
            continue;
        }
        let Some(pack) = pack else { continue };
        let offered: Vec<&str> =
            pack.presets.iter().filter(|p| p.group == *group).map(|p| p.name.as_str()).collect();
        if offered.contains(&name.value.as_str()) {
            continue;
        }
        let (message, place, wrong, mut known) = if offered.is_empty() {
            let groups = pack.presets.iter().map(|p| p.group.as_str()).collect();
            let message = format!("pack `{}` has no presets of a group `{group}`", pack.name);
            (message, profile.document.key_place(&pointer), group.as_str(), groups)
        } else {
            let message = format!("group `{group}` of pack `{}` has no preset `{name}`", pack.name);
            (message, profile.place(name.span), name.value.as_str(), offered)
        };
        known.dedup();
        reported.push(
            Diagnostic::new(UNKNOWN_PRESET, place, message).pointer(pointer).help(choices(wrong, &known)),
        );
    }
}

fn choices(wrong: &str, known: &[&str]) -> String {
    if known.is_empty() {
        return "the pack has no presets".to_owned();
    }
    match closest(wrong, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("it has: {}", known.join(", ")),
    }
}
