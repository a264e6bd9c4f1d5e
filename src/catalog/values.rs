//! Values with their origin: the rows of tables, and the page with all values of a version.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::index::{Profile, Version, folder_of};
use super::layers::{self, LayerView, relative};
use super::paths;
use super::text::{Cell, dotted};
use crate::resolve::resolved::{EffectiveValues, Origin, OriginKind};
use crate::template::{ReferenceKind, references};
use crate::workspace::model::Variable;

/// Longest text that the page of all values shows, in bytes.
const LONGEST: usize = 32 * 1024;

/// One value.
#[derive(Debug, Serialize)]
pub(super) struct ValueRow {
    pub(super) path: String,
    pub(super) value: Cell,
    /// A long text in full, on the page that shows all values.
    pub(super) text: Option<String>,
    pub(super) default: Cell,
    pub(super) differs: bool,
    pub(super) sensitive: bool,
    pub(super) origin: OriginView,
    pub(super) variables: Vec<VariableRef>,
}

/// A variable that a value refers to.
#[derive(Debug, Serialize)]
pub(super) struct VariableRef {
    pub(super) name: String,
    /// Its anchor on the profile's page; `None` where the profile has no such variable.
    pub(super) anchor: Option<String>,
}

/// Where a value comes from, in words.
#[derive(Debug, Serialize)]
pub(super) struct OriginView {
    pub(super) word: &'static str,
    pub(super) name: String,
    pub(super) place: String,
}

/// Rows of a layer's values: all of them, or those that differ from the defaults. Places are relative to `folder`,
/// the profile's own; `known` are its variables.
pub(super) fn rows(values: &EffectiveValues, known: &[Variable], folder: &str, all: bool) -> Vec<ValueRow> {
    let mut rows = Vec::new();
    for (pointer, origin) in values.origins.iter() {
        let value = values.value.pointer(pointer);
        let default = values.defaults.pointer(pointer);
        let differs = value != default;
        if !all && !differs {
            continue;
        }
        let variables = value.map(variables_in).unwrap_or_default();
        let hidden = variables.iter().any(|name| known.iter().any(|v| v.sensitive && v.name.value == *name));
        rows.push(ValueRow {
            path: dotted(pointer),
            value: Cell::of(value),
            text: value.filter(|_| all && !hidden).and_then(long_text),
            default: Cell::of(default),
            differs,
            sensitive: hidden,
            origin: origin_view(origin, folder),
            variables: variables.into_iter().map(|name| variable_ref(name, known)).collect(),
        });
    }
    for (pointer, origin) in &values.removed {
        rows.push(ValueRow {
            path: dotted(pointer),
            value: Cell::words("removed"),
            text: None,
            default: Cell::of(values.defaults.pointer(pointer)),
            differs: true,
            sensitive: false,
            origin: origin_view(origin, folder),
            variables: Vec::new(),
        });
    }
    rows
}

fn variable_ref(name: String, known: &[Variable]) -> VariableRef {
    let anchor = known.iter().any(|v| v.name.value == name).then(|| anchor(&name));
    VariableRef { name, anchor }
}

/// Anchor of a variable on the profile's page.
pub(super) fn anchor(name: &str) -> String {
    format!("var-{}", paths::segment(name))
}

/// A text that its cell only describes, unless it is too long for a page.
fn long_text(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| text.len() <= LONGEST)?;
    Cell::of(Some(value)).words.map(|_| text.to_owned())
}

fn origin_view(origin: &Origin, folder: &str) -> OriginView {
    let (word, name) = match &origin.kind {
        OriginKind::Default => ("default", String::new()),
        OriginKind::Preset(group, name) => ("preset", format!("{group}: {name}")),
        OriginKind::Layer => ("layer", String::new()),
        OriginKind::Brought => ("the preset that brings it", String::new()),
    };
    let place = match (&origin.kind, &origin.place) {
        (OriginKind::Layer | OriginKind::Brought, Some(place)) => {
            format!("{}:{}", relative(place.file.path(), folder), place.start().line)
        }
        _ => String::new(),
    };
    OriginView { word, name, place }
}

/// Variables that a value refers to, in order of appearance.
pub(super) fn variables_in(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        Value::String(text) => variables_in_text(text, &mut found),
        Value::Array(items) => items.iter().for_each(|v| found.extend(variables_in(v))),
        Value::Object(map) => map.values().for_each(|v| found.extend(variables_in(v))),
        _ => {}
    }
    let mut seen = BTreeSet::new();
    found.retain(|name| seen.insert(name.clone()));
    found
}

/// Variables that a text refers to.
pub(super) fn variables_in_text(text: &str, found: &mut Vec<String>) {
    let variables = references(text).into_iter().filter(|r| r.kind == ReferenceKind::Var);
    found.extend(variables.map(|r| r.name));
}

/// What the template of the page of all values is given.
#[derive(Serialize)]
pub(super) struct Model<'m> {
    title: String,
    description: String,
    id: &'m str,
    name: &'m str,
    version: &'m str,
    back: String,
    summary: String,
    layers: Vec<Layer<'m>>,
}

#[derive(Serialize)]
struct Layer<'m> {
    anchor: &'m str,
    number: usize,
    name: &'m str,
    kind: &'static str,
    kind_word: &'static str,
    version: &'m Option<String>,
    rows: Vec<ValueRow>,
}

/// The page of all values of a version.
pub(super) fn model<'m>(profile: &'m Profile, version: &'m Version, views: &'m [LayerView]) -> Model<'m> {
    let known = &version.resolved.profile.spec.variables;
    let folder = folder_of(version.resolved.profile.file.path());
    let layers = version.resolved.layers.iter().zip(views);
    Model {
        title: format!("Values of {} {}", profile.id, version.version),
        description: format!("Effective values of {} {}, with their origin", profile.id, version.version),
        id: &profile.id.0,
        name: profile.id.name(),
        version: version.version,
        back: paths::href(&version.path),
        summary: layers::differ_words(views),
        layers: layers
            .map(|(layer, view)| Layer {
                anchor: &view.anchor,
                number: view.number,
                name: &view.name,
                kind: view.kind,
                kind_word: view.kind_word,
                version: &view.version,
                rows: rows(&layer.values, known, folder, true),
            })
            .collect(),
    }
}
