//! The references to variables, macros and system names in what a profile applies.

use serde_json::Value;

use super::resolved::{OriginKind, ResolvedLayer};
use crate::source::{Place, Span};
use crate::template::{self, Reference, ReferenceKind};
use crate::yaml::{self, Node, push_pointer};

/// A reference in effective values or manifests.
#[derive(Clone, Debug)]
pub struct Used {
    /// What it names.
    pub kind: ReferenceKind,
    /// The name: all behind the kind.
    pub name: String,
    /// Where the text stands that it is in.
    pub place: Place,
    /// JSON pointer of that text in the values of its layer; empty in a manifest.
    pub pointer: String,
    /// Whether it says what to take where there is no value.
    pub has_default: bool,
    /// What is wrong with the reference itself.
    pub error: Option<String>,
}

/// All references in the effective values and manifests of some layers, keys included.
pub(super) fn used(layers: &[ResolvedLayer]) -> Vec<Used> {
    let mut found = Vec::new();
    for layer in layers {
        let mut texts = Vec::new();
        strings(&layer.values.value, &mut Vec::new(), &mut texts);
        for (pointer, text) in texts {
            let references = template::references(text);
            if !references.is_empty() {
                let place = place_of(layer, &pointer);
                found.extend(
                    references
                        .into_iter()
                        .map(|reference| Used::new(reference, place.clone(), pointer.clone())),
                );
            }
        }
        for manifest in &layer.manifests {
            if !manifest.file.text().contains("{{") {
                continue;
            }
            let stream = yaml::parse(&manifest.file);
            if stream.diagnostics.is_empty() {
                for document in &stream.documents {
                    scalars(document.root(), &mut found, 0);
                }
            } else {
                // Helm's template text is often no YAML: its references are found in the text itself.
                let references = template::references(manifest.file.text()).into_iter();
                found.extend(references.map(|reference| {
                    let span = Span::new(reference.range.start, reference.range.end);
                    Used::new(reference, Place::new(&manifest.file, span), String::new())
                }));
            }
        }
    }
    found
}

impl Used {
    fn new(reference: Reference, place: Place, pointer: String) -> Self {
        let has_default = reference.has_default();
        Self {
            kind: reference.kind,
            name: reference.name,
            place,
            pointer,
            has_default,
            error: reference.error,
        }
    }
}

/// Where the text at `pointer` stands: in the layer's own values itself, else where its leaf comes from.
fn place_of(layer: &ResolvedLayer, pointer: &str) -> Place {
    let mut around = pointer;
    loop {
        if let Some(origin) = layer.values.origins.get(around) {
            // A list is one leaf; its items can be told apart where they are written here.
            let own = layer.own.as_ref().filter(|_| origin.kind == OriginKind::Layer && around != pointer);
            let item = own.and_then(|own| own.at(pointer)).map(Node::place);
            return item.or_else(|| origin.place.clone()).unwrap_or_else(|| layer.place.clone());
        }
        match around.rsplit_once('/') {
            Some((parent, _)) => around = parent,
            None => return layer.place.clone(),
        }
    }
}

/// A step of a pointer. Hardly any text has references: pointers are written for those alone.
#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

fn pointer(steps: &[Step<'_>]) -> String {
    steps.iter().fold(String::new(), |pointer, step| match step {
        Step::Key(key) => push_pointer(&pointer, key),
        Step::Index(index) => format!("{pointer}/{index}"),
    })
}

/// The texts and keys that may hold references, each with the pointer of its value.
fn strings<'a>(value: &'a Value, steps: &mut Vec<Step<'a>>, out: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(text) if text.contains("{{") => out.push((pointer(steps), text)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                steps.push(Step::Index(index));
                strings(item, steps, out);
                steps.pop();
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                steps.push(Step::Key(key));
                if key.contains("{{") {
                    out.push((pointer(steps), key));
                }
                strings(value, steps, out);
                steps.pop();
            }
        }
        _ => {}
    }
}

fn scalars(node: Node<'_>, out: &mut Vec<Used>, depth: usize) {
    // An alias repeats what its anchor says; following it would let a small file grow.
    if node.is_alias() || depth > 192 {
        return;
    }
    if let Some(text) = node.text() {
        let references = template::references(text).into_iter();
        out.extend(references.map(|reference| Used::new(reference, node.place(), String::new())));
    }
    if node.unquoted_template().is_none() {
        for entry in node.entries() {
            scalars(entry.key, out, depth + 1);
            scalars(entry.value, out, depth + 1);
        }
        node.items().for_each(|item| scalars(item, out, depth + 1));
    }
}
