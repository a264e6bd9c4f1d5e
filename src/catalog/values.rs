//! Values with their origin: the rows of tables, and the page with all values of a version.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use super::index::{Profile, Version, folder_of};
use super::layers::{self, LayerView, relative};
use super::paths;
use super::text::{Cell, dotted};
use crate::resolve::resolved::{EffectiveValues, Origin, OriginKind};
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
    pub(super) variables: Vec<String>,
}

/// Where a value comes from, in words.
#[derive(Debug, Serialize)]
pub(super) struct OriginView {
    pub(super) word: &'static str,
    pub(super) name: String,
    pub(super) place: String,
}

/// Rows of a layer's values: all of them, or those that differ from the defaults. Places are relative to `folder`,
/// the profile's own.
pub(super) fn rows(
    values: &EffectiveValues,
    sensitive: &BTreeSet<&str>,
    folder: &str,
    all: bool,
) -> Vec<ValueRow> {
    let mut rows = Vec::new();
    for (pointer, origin) in &values.origins {
        let value = values.value.pointer(pointer);
        let default = values.defaults.pointer(pointer);
        let differs = value != default;
        if !all && !differs {
            continue;
        }
        let variables = value.map(variables_in).unwrap_or_default();
        let hidden = variables.iter().any(|name| sensitive.contains(name.as_str()));
        rows.push(ValueRow {
            path: dotted(pointer),
            value: Cell::of(value),
            text: value.filter(|_| all && !hidden).and_then(long_text),
            default: Cell::of(default),
            differs,
            sensitive: hidden,
            origin: origin_view(origin, folder),
            variables,
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

/// Names of variables that must not be shown.
pub(super) fn sensitive_names(variables: &[Variable]) -> BTreeSet<&str> {
    variables.iter().filter(|v| v.sensitive).map(|v| v.name.value.as_str()).collect()
}

static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\.spectro\.var\.([A-Za-z0-9_-]+)|\$\{\{\s*var\.([A-Za-z0-9_-]+)")
        .expect("a fixed expression")
});

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
    for captures in VARIABLE.captures_iter(text) {
        if let Some(name) = captures.get(1).or_else(|| captures.get(2)) {
            found.push(name.as_str().to_owned());
        }
    }
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
    let sensitive = sensitive_names(&version.resolved.profile.spec.variables);
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
                rows: rows(&layer.values, &sensitive, folder, true),
            })
            .collect(),
    }
}
