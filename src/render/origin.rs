//! Where each effective value comes from, as people read it: beside the values themselves.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::layer::RenderedValues;
use super::variables::Variables;
use crate::resolve::{Origin, OriginKind, ResolvedLayer};
use crate::source::SourceFile;
use crate::template::{ReferenceKind, references};
use crate::yaml::{self, Node, Resolver, push_pointer};

/// Deeper values get no comments of their own: nobody writes them.
const DEEPEST: usize = 128;

/// The origin of one value: of a scalar, a list, or a map without keys.
#[derive(Clone, Debug)]
pub struct ValueOrigin {
    /// Its pointer in the rendered values.
    pub pointer: String,
    /// In words: `default of pack podinfo 6.5.1`, `preset access/proxied`, `profiles/x/values/vm.yaml:7`.
    pub words: String,
    /// The same for machines.
    pub document: Value,
}

/// The origins of the values in `rendered`, which still has its references to variables, in order.
pub(super) fn origins(
    layer: &ResolvedLayer,
    rendered: &RenderedValues,
    variables: &Variables,
) -> Vec<ValueOrigin> {
    let file = SourceFile::new(rendered.path.as_str(), rendered.text.as_str());
    let mut found = Vec::new();
    if let Some(document) = yaml::parse(&file).documents.first() {
        leaves(document.root(), String::new(), 0, &mut |pointer, node| {
            let whole = format!("{}{pointer}", rendered.pointer);
            let taken = layer.values.removed.get(&whole);
            let origin = layer.values.origins.get(&whole).or(taken);
            let mut words = origin.map_or_else(|| "unknown".to_owned(), |origin| words(layer, origin));
            let mut document = origin.map_or_else(Map::new, document_of);
            if taken.is_some() {
                words.push_str(" takes it away");
                document.insert("removed".to_owned(), Value::Bool(true));
            }
            let used = used(node, variables);
            if !used.is_empty() {
                let list: Vec<String> = used.iter().map(|(name, from)| format!("{name}: {from}")).collect();
                words = format!("{words}; {}", list.join(", "));
                let list = used.into_iter().map(|(name, from)| json!({ "name": name, "from": from }));
                document.insert("variables".to_owned(), list.collect());
            }
            document.insert("words".to_owned(), Value::from(words.as_str()));
            found.push(ValueOrigin { pointer, words, document: Value::Object(document) });
        });
    }
    found
}

/// Values with the origin of each as a comment behind its key.
pub(super) fn commented(text: &str, origins: &[ValueOrigin]) -> String {
    let file = SourceFile::new("values.yaml", text);
    let stream = yaml::parse(&file);
    let Some(document) = stream.documents.first() else { return text.to_owned() };
    let mut comments: Vec<(usize, &str)> = Vec::new();
    for origin in origins {
        let place = document.key_place(&origin.pointer);
        let start = place.span.range().start;
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        comments.push((end, &origin.words));
    }
    comments.sort_by_key(|(at, _)| *at);
    comments.dedup_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(text.len() + comments.len() * 40);
    let mut from = 0;
    for (at, words) in comments {
        out.push_str(&text[from..at]);
        out.push_str("  # ");
        out.extend(words.chars().map(|c| if c.is_control() { ' ' } else { c }));
        from = at;
    }
    out.push_str(&text[from..]);
    // What would mean something else is not worth its comments.
    if json_of(&out) == json_of(text) { out } else { text.to_owned() }
}

fn json_of(text: &str) -> Option<Value> {
    let stream = yaml::parse(&SourceFile::new("values.yaml", text));
    stream.documents.first()?.root().to_json(Resolver::Go).ok()
}

fn leaves<'a>(node: Node<'a>, pointer: String, depth: usize, visit: &mut dyn FnMut(String, Node<'a>)) {
    let mut entries = node.entries().peekable();
    if entries.peek().is_none() || depth >= DEEPEST || node.unquoted_template().is_some() {
        if !pointer.is_empty() {
            visit(pointer, node);
        }
        return;
    }
    for entry in entries {
        if let Some(key) = entry.key.text() {
            leaves(entry.value, push_pointer(&pointer, key), depth + 1, visit);
        }
    }
}

/// The variables that a value is made of, and who gives each its value.
fn used(node: Node<'_>, variables: &Variables) -> Vec<(String, String)> {
    let mut names = BTreeSet::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if let Some(text) = node.text().filter(|text| text.contains("{{")) {
            let vars = references(text).into_iter().filter(|r| r.kind == ReferenceKind::Var);
            names.extend(vars.map(|reference| reference.name));
        } else {
            open.extend(node.items().chain(node.entries().map(|entry| entry.value)));
        }
    }
    let from = |name: &String| {
        let from = variables.values.get(name).map(|known| &known.from);
        let words = from.map_or_else(|| "no value".to_owned(), super::variables::From::words);
        match from.and_then(super::variables::From::place) {
            Some(place) => format!("{words} ({}:{})", place.file.path(), place.start().line),
            None => words,
        }
    };
    names.iter().map(|name| (format!("variable {name}"), from(name))).collect()
}

/// `default of pack podinfo 6.5.1`, `preset access/proxied`, `values/vm.yaml:7`.
fn words(layer: &ResolvedLayer, origin: &Origin) -> String {
    match &origin.kind {
        OriginKind::Default => {
            let version = layer.pin.as_ref().map_or_else(
                || layer.source.pack().map(|pack| pack.version.value.clone()),
                |pin| Some(pin.version.clone()),
            );
            let version = version.map_or_else(String::new, |version| format!(" {version}"));
            format!("default of {} {}{version}", layer.source.word(), layer.source.name().unwrap_or_default())
        }
        OriginKind::Preset(group, name) => format!("preset {group}/{name}"),
        OriginKind::Brought => match &layer.added_by {
            Some(by) => format!("preset {}/{} of layer {}", by.group, by.preset, by.layer),
            None => "the preset that brought the layer".to_owned(),
        },
        OriginKind::Layer => match &origin.place {
            Some(place) => format!("{}:{}", place.file.path(), place.start().line),
            None => format!("layer {}", layer.name),
        },
    }
}

fn document_of(origin: &Origin) -> Map<String, Value> {
    let mut map = Map::new();
    let kind = match &origin.kind {
        OriginKind::Default => "default",
        OriginKind::Preset(..) => "preset",
        OriginKind::Layer => "layer",
        OriginKind::Brought => "brought",
    };
    map.insert("kind".to_owned(), Value::from(kind));
    if let OriginKind::Preset(group, name) = &origin.kind {
        map.insert("preset".to_owned(), json!({ "group": group, "name": name }));
    }
    if let Some(place) = &origin.place {
        let start = place.start();
        map.insert("path".to_owned(), Value::from(place.file.path()));
        map.insert("line".to_owned(), Value::from(start.line));
        map.insert("column".to_owned(), Value::from(start.column));
    }
    map
}
