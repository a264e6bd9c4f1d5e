//! Which keys a chart knows: those of its defaults, of its schema, of its subcharts, and those that its templates name.

use serde_json::Value;

use crate::chart::{Chart, Reads};
use crate::yaml::{Kind, Node};

/// Deeper schemas are taken to allow everything.
const DEEPEST: usize = 16;

/// What is known at one path of a chart's values.
#[derive(Clone, Default)]
pub(super) struct Level<'a> {
    /// Maps of default values.
    pub(super) defaults: Vec<Node<'a>>,
    /// What templates read.
    pub(super) reads: Vec<&'a Reads>,
    /// The schema's root and the schema of this path.
    pub(super) schemas: Vec<(&'a Value, &'a Value)>,
    /// Charts whose values begin here.
    pub(super) charts: Vec<&'a Chart>,
}

/// What is known of a key.
pub(super) enum Child<'a> {
    /// Nothing: whatever stands there is read by nobody.
    Unknown,
    /// Anything may stand below it.
    Free,
    /// These keys may stand below it.
    Level(Level<'a>),
}

/// What a schema says of a key.
enum Described<'a> {
    No,
    Anything,
    By(Vec<&'a Value>),
}

impl<'a> Level<'a> {
    /// The values of a chart; `tpl` is what template text in values reads.
    pub(super) fn of_chart(chart: &'a Chart, schema: Option<&'a Value>, tpl: &'a Reads) -> Self {
        let mut level = Self { reads: vec![tpl], ..Self::default() };
        level.enter(chart);
        level.schemas.extend(schema.map(|schema| (schema, schema)));
        level
    }

    fn enter(&mut self, chart: &'a Chart) {
        self.defaults.extend(chart.values.iter().chain(&chart.more_values).map(crate::yaml::Document::root));
        self.reads.push(chart.reads());
        self.charts.push(chart);
    }

    /// Whether anything may stand here: the values are handed on as a whole, or what merges into the defaults is not
    /// known by its name.
    pub(super) fn is_free(&self) -> bool {
        self.reads.iter().any(|reads| reads.whole) || self.is_free_by_merge()
    }

    /// Whether the defaults have a merge key: what it brings is not looked up.
    pub(super) fn is_free_by_merge(&self) -> bool {
        self.defaults.iter().any(|node| node.entry("<<").is_some())
    }

    /// Whether a schema refuses other keys than its own: then that is said, and not that nobody reads them.
    pub(super) fn is_closed(&self) -> bool {
        self.schemas.iter().any(|(_, schema)| {
            let refused = |key: &str| schema.get(key) == Some(&Value::Bool(false));
            refused("additionalProperties") || refused("unevaluatedProperties")
        })
    }

    /// What is known of a key here.
    pub(super) fn child(&self, key: &str) -> Child<'a> {
        if !self.charts.is_empty() && key == "global" {
            return Child::Free;
        }
        let mut below = Self::default();
        let mut free = false;
        let mut charts = false;
        for chart in self.charts.iter().flat_map(|chart| chart.subchart_keys()) {
            if chart.0 == key {
                below.enter(chart.1);
                charts = true;
            }
        }
        let mut defaults = self.defaults.iter().filter_map(|node| node.get(key)).peekable();
        let mut known = charts || defaults.peek().is_some();
        for node in defaults {
            if node.kind() == Kind::Map && node.entries().next().is_some() {
                below.defaults.push(node);
            } else {
                free |= !charts;
            }
        }
        let reads: Vec<&Reads> = self.reads.iter().filter_map(|reads| reads.get(key)).collect();
        known |= !reads.is_empty();
        // What no template names below this key, it may name by a computed key: nothing is said of it.
        free |= !charts && reads.iter().all(|reads| reads.keys.is_empty());
        below.reads.extend(reads);
        for (root, schema) in &self.schemas {
            match described(root, schema, key, 0) {
                Described::No => {}
                Described::Anything => {
                    known = true;
                    free |= !charts;
                }
                Described::By(schemas) => {
                    known = true;
                    below.schemas.extend(schemas.into_iter().map(|schema| (*root, schema)));
                }
            }
        }
        match (known, free || below.is_free()) {
            (false, _) => Child::Unknown,
            (true, true) => Child::Free,
            (true, false) => Child::Level(below),
        }
    }

    /// The default values of a key.
    pub(super) fn defaults_of(&self, key: &str) -> Vec<Node<'a>> {
        self.defaults.iter().filter_map(|node| node.get(key)).collect()
    }

    /// The keys that are known by name here, each once, in order.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for node in &self.defaults {
            names.extend(node.entries().filter_map(|entry| entry.key.text()));
        }
        names.extend(self.reads.iter().flat_map(|reads| reads.keys.keys().map(String::as_str)));
        for (_, schema) in &self.schemas {
            let properties = schema.get("properties").and_then(Value::as_object);
            names.extend(properties.into_iter().flat_map(|map| map.keys().map(String::as_str)));
        }
        names.extend(self.charts.iter().flat_map(|chart| chart.subchart_keys()).filter_map(
            |(key, chart)| {
                // A library has no values of its own to set.
                (chart.metadata.chart_type.as_deref() != Some("library")).then_some(key)
            },
        ));
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// What a schema says of a key, through references and combinations.
fn described<'a>(root: &'a Value, schema: &'a Value, key: &str, depth: usize) -> Described<'a> {
    if depth > DEEPEST {
        return Described::Anything;
    }
    let Some(map) = schema.as_object() else { return Described::No };
    if let Some(below) = map.get("properties").and_then(|p| p.get(key)) {
        return match below {
            Value::Object(map) if !map.is_empty() => Described::By(vec![below]),
            _ => Described::Anything,
        };
    }
    let open = |name: &str| matches!(map.get(name), Some(Value::Object(_) | Value::Bool(true)));
    if open("additionalProperties") || open("patternProperties") || open("unevaluatedProperties") {
        return Described::Anything;
    }
    let reference = match map.get("$ref").or(map.get("$dynamicRef")).and_then(Value::as_str) {
        Some(reference) => match reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(target) => Some(target),
            None => return Described::Anything,
        },
        None => None,
    };
    let several =
        ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|name| map.get(name)?.as_array()).flatten();
    let single = ["then", "else", "if"].into_iter().filter_map(|name| map.get(name));
    let mut found = Vec::new();
    for part in reference.into_iter().chain(several).chain(single) {
        match described(root, part, key, depth + 1) {
            Described::No => {}
            Described::Anything => return Described::Anything,
            Described::By(schemas) => found.extend(schemas),
        }
    }
    if found.is_empty() { Described::No } else { Described::By(found) }
}
