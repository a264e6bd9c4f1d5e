//! Values: by schema, by what registries and the repository have, by the default of a path.

use serde_json::Value;

use super::names;
use super::{Item, Sort};
use crate::lsp::defaults;
use crate::lsp::focus::{Focus, pointer, words};
use crate::lsp::kubernetes;
use crate::registry::Kind;
use crate::schema;
use crate::yaml::{Spot, Step};

pub(super) fn items(focus: &Focus<'_>, spot: &Spot) -> Vec<Item> {
    let mut items = if let Some((layer, below)) = focus.in_values(&spot.path)
        && !below.is_empty()
    {
        of_default(focus, spot, layer, below)
    } else {
        of_names(focus, spot)
    };
    if items.is_empty()
        && let Some(shape) = focus.shape(&spot.path)
    {
        let choices = shape.choices();
        let sort = if choices.is_empty() { Sort::Value } else { Sort::EnumMember };
        let known = if choices.is_empty() { shape.examples().to_vec() } else { choices };
        items = known.iter().map(|value| of_value(focus, spot, value, sort)).collect();
        for item in &mut items {
            item.detail = (shape.default().map(plain).as_deref() == Some(item.label.as_str()))
                .then(|| "default".to_owned());
        }
    }
    if items.is_empty() {
        let known = kubernetes::values(focus, &spot.path);
        items = known.iter().map(|value| text(focus, spot, value, Sort::EnumMember)).collect();
    }
    items
}

/// A value as text without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value as it is written: in the quotes that are there, or in those that it needs.
fn of_value(focus: &Focus<'_>, spot: &Spot, value: &Value, sort: Sort) -> Item {
    let mut item = Item::new(plain(value), sort, spot.span);
    item.insert = written(focus, spot, value);
    item
}

fn written(focus: &Focus<'_>, spot: &Spot, value: &Value) -> String {
    let typed = &focus.text[spot.span.range()];
    match value {
        Value::String(text) => {
            let json = focus.path.extension().is_some_and(|ending| ending == "json");
            if typed.starts_with('\'') {
                format!("'{}'", text.replace('\'', "''"))
            } else if json || typed.starts_with('"') || needs_quotes(text) {
                Value::String(text.clone()).to_string()
            } else {
                text.clone()
            }
        }
        other => other.to_string(),
    }
}

/// Whether YAML or a person could take a plain text for something else.
fn needs_quotes(text: &str) -> bool {
    let looks_like_a_number = text.parse::<f64>().is_ok();
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "~"
    );
    let odd = text.starts_with(|c: char| !(c.is_alphanumeric() || matches!(c, '/' | '.' | '^' | '_')))
        || text.contains([',', '[', ']', '{', '}', '\n'])
        || text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':');
    looks_like_a_number || word || odd
}

/// Values that are names of something.
fn of_names(focus: &Focus<'_>, spot: &Spot) -> Vec<Item> {
    if focus.subject == crate::lsp::focus::Subject::Schema(schema::Kind::Pack) {
        return match words(&spot.path)[..] {
            ["constraints", "dependencies", _, "packName"] => names::sources(focus, Kind::Pack, None)
                .into_iter()
                .map(|name| text(focus, spot, &name, Sort::Module))
                .collect(),
            _ => Vec::new(),
        };
    }
    match words(&spot.path)[..] {
        ["spec", "layers", _, word @ ("pack" | "chart"), "name"] => {
            let kind = if word == "pack" { Kind::Pack } else { Kind::Chart };
            let registry = beside(focus, spot, "registry");
            let names = names::sources(focus, kind, registry.as_deref());
            names.into_iter().map(|name| text(focus, spot, &name, Sort::Module)).collect()
        }
        ["spec", "layers", _, word @ ("pack" | "chart"), "version"] => {
            let kind = if word == "pack" { Kind::Pack } else { Kind::Chart };
            let Some(name) = beside(focus, spot, "name") else { return Vec::new() };
            let registry = beside(focus, spot, "registry");
            let candidates = names::versions(focus, kind, &name, registry.as_deref());
            candidates
                .into_iter()
                .map(|candidate| {
                    let detail = candidate.app_version.map(|version| format!("app version {version}"));
                    let mut item = text(focus, spot, &candidate.version, Sort::Constant)
                        .detail(detail)
                        .docs(candidate.description);
                    // A version is read as a text whatever it looks like, but only in quotes for sure.
                    let typed = &focus.text[spot.span.range()];
                    if !typed.starts_with('\'') {
                        item.insert = Value::String(candidate.version).to_string();
                    }
                    item.deprecated = candidate.deprecated;
                    item
                })
                .collect()
        }
        ["spec", "layers", _, "pack" | "chart", "registry"] => names::registries(focus)
            .into_iter()
            .map(|(name, what)| text(focus, spot, &name, Sort::Module).detail(Some(what)))
            .collect(),
        ["spec", "layers", _, "presets", group] => {
            let Some(Step::Index(index)) = spot.path.get(2) else { return Vec::new() };
            let layer = focus.layer(*index);
            let pack = layer.as_ref().and_then(|layer| layer.source.pack());
            let presets = pack.into_iter().flat_map(|pack| &pack.presets).filter(|p| p.group == group);
            presets
                .map(|preset| {
                    let default = if preset.default { " (default)" } else { "" };
                    text(focus, spot, &preset.name, Sort::EnumMember)
                        .detail(Some(format!("{}{default}", preset.display_name)))
                })
                .collect()
        }
        ["spec", "layers", _, "values"] => files(focus, spot, "values"),
        ["spec", "layers", _, "manifests", _] => files(focus, spot, "manifests"),
        ["metadata", "project"] => {
            names::projects(focus).iter().map(|name| text(focus, spot, name, Sort::Module)).collect()
        }
        ["spec", "profiles", _, "id"] | ["metadata", "clonedFrom", "id"] => names::profiles(focus)
            .into_iter()
            .map(|(id, about)| text(focus, spot, &id, Sort::Module).detail(about))
            .collect(),
        ["spec", "profiles", _, "version"] | ["metadata", "clonedFrom", "version"] => {
            let Some(id) = beside(focus, spot, "id") else { return Vec::new() };
            versions_of(focus, spot, &id)
        }
        ["spec", "profiles", _, "channel"] => {
            let Some(id) = beside(focus, spot, "id") else { return Vec::new() };
            names::channels(focus, &id)
                .into_iter()
                .map(|(name, version)| text(focus, spot, &name, Sort::EnumMember).detail(version))
                .collect()
        }
        ["spec", _, "version" | "minVersion"] => match names::channels_profile(focus) {
            Some(id) => versions_of(focus, spot, &id),
            None => Vec::new(),
        },
        ["spec", "variables", name] => {
            let variables = names::settable_variables(focus);
            let Some(variable) = variables.iter().find(|v| v["name"] == name) else { return Vec::new() };
            let options = variable["options"].as_array().into_iter().flatten().map(|o| &o["value"]);
            let mut values: Vec<&Value> = options.collect();
            let default = &variable["default"];
            if !default.is_null() && !values.contains(&default) {
                values.push(default);
            }
            let mut items: Vec<Item> =
                values.into_iter().map(|value| of_value(focus, spot, value, Sort::Value)).collect();
            if variable["format"] == "boolean" && items.len() < 2 {
                items = [true, false].map(|v| of_value(focus, spot, &v.into(), Sort::EnumMember)).into();
            }
            items
        }
        _ => Vec::new(),
    }
}

fn versions_of(focus: &Focus<'_>, spot: &Spot, id: &str) -> Vec<Item> {
    names::profile_versions(focus, id)
        .iter()
        .map(|version| text(focus, spot, version, Sort::Constant))
        .collect()
}

fn text(focus: &Focus<'_>, spot: &Spot, text: &str, sort: Sort) -> Item {
    of_value(focus, spot, &Value::String(text.to_owned()), sort)
}

/// The text of a key beside the one at the spot.
fn beside(focus: &Focus<'_>, spot: &Spot, key: &str) -> Option<String> {
    let parent = &spot.path[..spot.path.len().checked_sub(1)?];
    Some(plain(focus.document.pointer(&pointer(parent))?.get(key)?)).filter(|text| !text.is_empty())
}

/// Files in a folder beside the profile.
fn files(focus: &Focus<'_>, spot: &Spot, folder: &str) -> Vec<Item> {
    let Some(home) = focus.path.parent() else { return Vec::new() };
    let Ok(entries) = home.join(folder).read_dir() else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "yaml" || ending == "yml"))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .map(|name| format!("{folder}/{name}"))
        .collect();
    names.sort();
    names.iter().map(|name| text(focus, spot, name, Sort::Value)).collect()
}

/// The default of a path of the values.
fn of_default(focus: &Focus<'_>, spot: &Spot, layer: usize, below: &[Step]) -> Vec<Item> {
    let Some(layer) = focus.layer(layer) else { return Vec::new() };
    let Some(known) = defaults::at(&layer, &pointer(below)) else { return Vec::new() };
    match known.value {
        Value::Bool(default) => [true, false]
            .map(|value| {
                let detail = (value == default).then_some("default");
                of_value(focus, spot, &value.into(), Sort::EnumMember).detail(detail)
            })
            .into(),
        Value::String(_) | Value::Number(_) => {
            vec![of_value(focus, spot, &known.value, Sort::Value).detail(Some("default"))]
        }
        _ => Vec::new(),
    }
}
