//! Our JSON Schemas and the best-match errors that come out of them.
//!
//! The files in `schemas/` are the contract of everything that people write; editors read the same files. They are
//! draft-07, because YAML language servers read no newer draft. Beside the standard's keywords they use
//! `errorMessage`, as VS Code's language servers do: the sentence for people where a schema refuses a value.
//!
//! Architecture invariant: no `$ref` ever reaches the network.

mod best_match;
mod chart;
mod chart_words;
mod custom;
mod explain;
mod kind;
pub mod kubernetes;
mod shape;
mod walk;

pub use chart::{ChartSchema, Refused};
pub use chart_words::complaints;
pub use custom::{BROKEN_POLICY, CustomSchema, Violation};
pub use explain::{MISSING_KEY, NOT_ALLOWED, OTHER, Places, UNKNOWN_KEY, WRONG_TYPE};
pub use kind::Kind;
pub use shape::{Property, Shape};

use std::sync::OnceLock;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

use crate::diagnostics::{self, Diagnostic, Severity};
use crate::yaml::{Document, Resolver};

/// Findings of one document; a longer list helps nobody.
const MOST: usize = 500;

/// The JSON text of a kind's schema.
pub fn of(kind: Kind) -> &'static str {
    kind.text()
}

/// What a document gets wrong, in order of place; empty where it fits.
///
/// Keys that packs have beyond the schema are warnings: the format is not ours.
pub fn validate(kind: Kind, document: &Document) -> Vec<Diagnostic> {
    let schema = compiled(kind);
    let value = match document.root().to_json(Resolver::Core) {
        Ok(value) => value,
        Err(error) => return vec![Diagnostic::new(OTHER, document.root().place(), error.to_string())],
    };
    if schema.validator.is_valid(&value) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for error in schema.validator.iter_errors(&value).take(MOST) {
        explain::explain(&schema.json, document, &error, &mut found);
    }
    if kind.is_foreign() {
        for diagnostic in found.iter_mut().filter(|d| d.lint == UNKNOWN_KEY) {
            diagnostic.severity = Severity::Warning;
        }
    }
    drop_misspelt(&mut found);
    diagnostics::sort(&mut found);
    found.dedup_by(|a, b| (a.place.span, &a.message) == (b.place.span, &b.message));
    found
}

/// A misspelt key is one fault, not two: its right spelling is not missing.
fn drop_misspelt(found: &mut Vec<Diagnostic>) {
    let misspelt: Vec<(String, String)> = found
        .iter()
        .filter(|d| d.lint == UNKNOWN_KEY)
        .filter_map(|d| {
            let meant = &d.fix.as_ref()?.edits.first()?.replacement;
            Some((d.pointer.rsplit_once('/')?.0.to_owned(), format!("lacks `{meant}`")))
        })
        .collect();
    found.retain(|d| {
        d.lint != MISSING_KEY
            || !misspelt.iter().any(|(parent, end)| *parent == d.pointer && d.message.ends_with(end))
    });
}

/// A schema and its validator, made once.
struct Compiled {
    json: Value,
    validator: Validator,
}

fn compiled(kind: Kind) -> &'static Compiled {
    static ALL: [OnceLock<Compiled>; Kind::ALL.len()] = [const { OnceLock::new() }; Kind::ALL.len()];
    ALL[kind as usize].get_or_init(|| {
        let mut json: Value = serde_json::from_str(kind.text()).expect("embedded and tested");
        if kind.is_foreign() {
            close(&mut json);
        }
        let validator = jsonschema::draft7::options()
            .with_pattern_options(PatternOptions::regex())
            .offline()
            .build(&json)
            .expect("embedded and tested");
        Compiled { json, validator }
    })
}

/// Lets every object with a list of properties refuse others: the published schemas of packs take any key, so that no
/// editor calls one an error, but we tell of it.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let names_properties = matches!(map.get("properties"), Some(Value::Object(_)));
            for child in map.values_mut() {
                close(child);
            }
            if names_properties && is_schema(map) {
                map.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

/// Whether a map is a schema and no map of schemas that has a property called `properties`.
fn is_schema(map: &Map<String, Value>) -> bool {
    map.contains_key("type")
}

#[cfg(test)]
mod tests;
