//! What there is in a file: layers and variables of a profile, documents of appliances, registries.

use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Identifier, Session};
use super::focus::Part;
use super::position::Lines;
use crate::yaml::{Sketch, Step};

/// `SymbolKind`.
const PACKAGE: u8 = 4;
const VARIABLE: u8 = 13;
const OBJECT: u8 = 19;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    text_document: Identifier,
}

/// The answer to `textDocument/documentSymbol`.
pub(super) fn symbols(session: &Session<'_>, params: &Value) -> Result<Value> {
    let Params { text_document } = Params::deserialize(params)?;
    let text = super::documents::path_of(&text_document.uri).and_then(|path| session.text(&path));
    let Some(text) = text else { return Ok(Value::Null) };
    let sketch = Sketch::new(&text);
    let lines = Lines::new(&text, session.encoding);
    let mut found: Vec<Value> = Vec::new();
    for (start, document) in sketch.documents() {
        let mut add = |name: &Value, detail: String, kind: u8, whole: &[Step], own: &[Step]| {
            let Some(name) = name.as_str().filter(|name| !name.is_empty()) else { return };
            let Some(own) = sketch.span(start, own) else { return };
            // A selection must lie inside of its symbol.
            let mut range = sketch.span(start, whole).unwrap_or(own);
            range.start = range.start.min(own.start);
            range.end = range.end.max(own.end);
            found.push(json!({
                "name": name,
                "detail": detail,
                "kind": kind,
                "range": lines.range(range),
                "selectionRange": lines.range(own),
            }));
        };
        let kind = document["kind"].as_str().unwrap_or_default();
        match kind {
            "ClusterProfile" | "SystemProfile" => {
                for (list, sort) in [("variables", VARIABLE), ("layers", PACKAGE)] {
                    for (index, item) in document["spec"][list].as_array().into_iter().flatten().enumerate() {
                        let whole = [Part::Key("spec"), Part::Key(list), Part::At(index)].map(Step::from);
                        let own = [&whole[..], &[Part::Key("name").into()]].concat();
                        let detail = match sort {
                            VARIABLE => item["format"].as_str().unwrap_or("string").to_owned(),
                            _ => source(item),
                        };
                        add(&item["name"], detail, sort, &whole, &own);
                    }
                }
            }
            "" => {}
            _ => {
                let own = [Part::Key("metadata"), Part::Key("name")].map(Step::from);
                add(&document["metadata"]["name"], kind.to_owned(), OBJECT, &[], &own);
            }
        }
    }
    Ok(found.into())
}

/// What a layer is made of, in a few words.
fn source(layer: &Value) -> String {
    for kind in ["pack", "chart"] {
        if let Some(name) = layer[kind]["name"].as_str() {
            return format!("{kind} {name} {}", layer[kind]["version"].as_str().unwrap_or_default());
        }
    }
    "manifests".to_owned()
}
