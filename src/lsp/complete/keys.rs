//! Keys: by schema, by the defaults of a pack or chart, by names of the repository.

use serde_json::Value;

use super::names;
use super::{Item, Sort};
use crate::lsp::defaults;
use crate::lsp::focus::{Focus, pointer, words};
use crate::lsp::hover::{code, variable_in_words};
use crate::lsp::kubernetes::Object;
use crate::rules;
use crate::schema::Property;
use crate::yaml::{Role, Spot, Step};

pub(super) fn items(focus: &Focus<'_>, spot: &Spot) -> Vec<Item> {
    let mut items = if let Some((layer, below)) = focus.in_values(&spot.path) {
        of_values(focus, spot, layer, below)
    } else {
        let mut items = of_names(focus, spot);
        let properties = focus.shape(&spot.path).map(|shape| shape.properties()).unwrap_or_default();
        items.extend(properties.iter().map(|property| of_property(focus, spot, property)));
        items.extend(of_object(focus, spot));
        items
    };
    items.retain(|item| !spot.siblings.contains(&item.label));
    items
}

fn of_property(focus: &Focus<'_>, spot: &Spot, property: &Property<'_>) -> Item {
    let types = property.shape.types();
    let mut detail = types.join(" or ");
    if property.required {
        detail = format!("{detail}{}required", if detail.is_empty() { "" } else { ", " });
    }
    if let Some(default) = property.shape.default() {
        detail = format!("{detail}, default {}", code(default));
    }
    let collection = match types.first().copied() {
        Some("object") => Collection::Map,
        Some("array") => Collection::List,
        _ => Collection::None,
    };
    let mut item = Item::new(property.name, Sort::Property, spot.span)
        .detail(Some(detail))
        .docs(property.shape.description());
    item.first = property.required;
    item.insert = written(focus, spot, property.name, collection);
    item
}

/// Fields of a Kubernetes object.
fn of_object(focus: &Focus<'_>, spot: &Spot) -> Vec<Item> {
    let Some(object) = Object::at(focus) else {
        // Before anything says what it is, a manifest begins like any other.
        let begins = focus.is_manifest() && spot.path.is_empty();
        let first = if begins { &["apiVersion", "kind", "metadata"][..] } else { &[] };
        return first.iter().map(|name| plain_key(focus, spot, name, Sort::Property)).collect();
    };
    let fields = object.fields(&spot.path).into_iter();
    fields
        .map(|known| {
            let collection = match known.field.types.as_str() {
                "a mapping" => Collection::Map,
                "a list" => Collection::List,
                _ => Collection::None,
            };
            let required = if known.required { ", required" } else { "" };
            let mut item = Item::new(known.name, Sort::Property, spot.span)
                .detail(Some(format!("{}{required}", known.field.types)))
                .docs(known.field.description);
            item.first = known.required || spot.path.is_empty() && known.name != "status";
            item.insert = written(focus, spot, known.name, collection);
            item
        })
        .collect()
}

fn plain_key(focus: &Focus<'_>, spot: &Spot, name: &str, sort: Sort) -> Item {
    let mut item = Item::new(name, sort, spot.span);
    item.insert = written(focus, spot, name, Collection::None);
    item
}

/// What a key's value begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Collection {
    None,
    Map,
    List,
}

/// A key as it is written at a spot: with its colon, unless that is there already, and ready for what comes next.
fn written(focus: &Focus<'_>, spot: &Spot, key: &str, collection: Collection) -> String {
    let json = focus.path.extension().is_some_and(|ending| ending == "json");
    let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    let number = key.parse::<f64>().is_ok() || matches!(key, "true" | "false" | "null");
    let name = if json || !plain || number || key.is_empty() {
        serde_json::to_string(key).unwrap_or_default()
    } else {
        key.to_owned()
    };
    if spot.role == (Role::Key { colon: true }) {
        return name;
    }
    if json || spot.flow || !focus.session.multiline {
        // A colon at the end of a line: the editor goes on in the next.
        let ends = collection != Collection::None && !json && !spot.flow;
        return if ends { format!("{name}:") } else { format!("{name}: ") };
    }
    let (start, _) = focus.line();
    let column = spot.span.start as usize - start;
    let indent = " ".repeat(column + 2);
    match collection {
        Collection::None => format!("{name}: "),
        Collection::Map => format!("{name}:\n{indent}"),
        Collection::List => format!("{name}:\n{indent}- "),
    }
}

/// Keys that are names of something: variables that an appliance sets, preset groups, rules, channels.
fn of_names(focus: &Focus<'_>, spot: &Spot) -> Vec<Item> {
    let simple = |name: &str, sort: Sort| plain_key(focus, spot, name, sort);
    match words(&spot.path)[..] {
        ["spec", "variables"] => names::settable_variables(focus)
            .iter()
            .filter_map(|variable| {
                let name = variable["name"].as_str()?;
                Some(
                    simple(name, Sort::Variable)
                        .detail(variable["format"].as_str().or(Some("string")))
                        .docs(Some(variable_in_words(variable))),
                )
            })
            .collect(),
        ["spec", "layers", _, "presets"] => {
            let Some(Step::Index(index)) = spot.path.get(2) else { return Vec::new() };
            let mut items: Vec<Item> = Vec::new();
            let layer = focus.layer(*index);
            let pack = layer.as_ref().and_then(|layer| layer.source.pack());
            for preset in pack.into_iter().flat_map(|pack| &pack.presets) {
                if items.iter().all(|item| item.label != preset.group) {
                    items.push(simple(&preset.group, Sort::Property));
                }
            }
            items
        }
        ["spec", "check", "rules"] => {
            rules::all().map(|(lint, _)| simple(lint.code, Sort::Constant).detail(Some(lint.name))).collect()
        }
        ["spec", "macros", "projects"] => {
            names::projects(focus).iter().map(|name| simple(name, Sort::Module)).collect()
        }
        _ => Vec::new(),
    }
}

/// Paths of a pack's or chart's values.
fn of_values(focus: &Focus<'_>, spot: &Spot, layer: usize, below: &[Step]) -> Vec<Item> {
    let Some(layer) = focus.layer(layer) else { return Vec::new() };
    let here = pointer(below);
    defaults::keys(&layer, &here)
        .into_iter()
        .map(|key| {
            let at = crate::yaml::push_pointer(&here, &key);
            let known = defaults::at(&layer, &at);
            let value = known.as_ref().map(|known| &known.value);
            let collection = match value {
                Some(Value::Object(map)) if !map.is_empty() => Collection::Map,
                Some(Value::Array(list)) if !list.is_empty() => Collection::List,
                _ => Collection::None,
            };
            let detail = value.map(|value| match value {
                Value::Object(map) => format!("{} keys", map.len()),
                Value::Array(list) => format!("list of {}", list.len()),
                scalar => scalar.to_string(),
            });
            let mut item = Item::new(&key, Sort::Property, spot.span)
                .detail(detail)
                .docs(known.as_ref().and_then(|known| known.comment.clone()));
            item.insert = written(focus, spot, &key, collection);
            item
        })
        .collect()
}
