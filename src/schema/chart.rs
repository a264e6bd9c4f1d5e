//! `values.schema.json` of charts: read as Helm reads it, but without a network.
//!
//! The draft is that of `$schema`, the newest one without it; expressions are those of RE2. A `$ref` to another file of the
//! chart is followed; one to an address is left out, so that what stands there allows everything.

use std::sync::Arc;

use jsonschema::{PatternOptions, Retrieve, Uri, ValidationError, Validator};
use serde_json::Value;

use super::explain::{self, Places};
use crate::archive::Files;
use crate::chart::Chart;
use crate::diagnostics::Diagnostic;
use crate::source::{Place, SourceFile};
use crate::yaml::{self, push_pointer};

/// Name of the file.
const FILE: &str = "values.schema.json";
/// Scheme of the files of a chart while its schemas are put together.
const HERE: &str = "chart:///";
/// Findings of one chart; a longer list helps nobody.
const MOST: usize = 100;
/// Deeper schemas are not looked through for references.
const DEEPEST: usize = 128;

/// The schema of a chart's values.
#[derive(Debug)]
pub struct ChartSchema {
    /// The schema, without what refers to the network.
    pub json: Value,
    /// Addresses on the network that it refers to, each once, with the pointers where.
    pub remote: Vec<(String, String)>,
    /// What is wrong with it, and the pointer where; then nothing is judged by it.
    pub fault: Option<(String, String)>,
    path: String,
    text: String,
    validator: Option<Validator>,
}

/// One thing that a schema refuses.
pub struct Refused {
    /// The finding as it is told of our own schemas, with its place.
    pub finding: Diagnostic,
    /// Pointer in the schema where that is said.
    pub said_at: Option<String>,
    /// Pointer of the value that was judged.
    pub pointer: String,
    /// Whether the value alone decides: no choice among several forms, no condition.
    pub is_plain: bool,
}

impl ChartSchema {
    /// The schema of a chart, read and compiled once for the chart; `None` where it has none.
    pub fn of(chart: &Chart) -> Option<Arc<Self>> {
        let bytes = chart.files.get(FILE)?;
        Some(chart.derived(|| Self::read(bytes, &chart.files, &format!("{}/{FILE}", chart.path))))
    }

    fn read(bytes: &[u8], files: &Files, path: &str) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut schema = Self {
            json: Value::Bool(true),
            remote: Vec::new(),
            fault: None,
            path: path.to_owned(),
            text,
            validator: None,
        };
        match serde_json::from_slice(bytes) {
            Ok(json) => schema.json = json,
            Err(error) => {
                schema.fault = Some((format!("it is no JSON: {error}"), String::new()));
                return schema;
            }
        }
        loosen(&mut schema.json, files, "", 0, &mut schema.remote);
        let built = jsonschema::options()
            .with_base_uri(format!("{HERE}{FILE}"))
            .with_retriever(InChart { files: files.clone() })
            .with_pattern_options(PatternOptions::regex())
            .build(&schema.json);
        match built {
            Ok(validator) => schema.validator = Some(validator),
            Err(error) => {
                schema.fault = Some((one_line(&error), error.instance_path().as_str().to_owned()));
            }
        }
        schema
    }

    /// The place in the schema at a pointer, or of its nearest ancestor.
    pub fn place(&self, pointer: &str) -> Place {
        let file = SourceFile::new(self.path.as_str(), self.text.as_str());
        match yaml::parse(&file).documents.first() {
            Some(document) => document.place(pointer),
            None => Place::whole(self.path.as_str()),
        }
    }

    /// What the schema refuses of a chart's values (coalesced); `places` tells where they stand.
    pub fn judge(&self, values: &Value, places: &dyn Places) -> Vec<Refused> {
        let Some(validator) = self.validator.as_ref().filter(|validator| !validator.is_valid(values)) else {
            return Vec::new();
        };
        let mut refused = Vec::new();
        for error in validator.iter_errors(values).take(MOST) {
            let mut findings = Vec::new();
            explain::explain(&self.json, places, &error, &mut findings);
            let path = error.evaluation_path().as_str();
            let chosen =
                ["/anyOf", "/oneOf", "/then", "/else", "/not", "/if", "/contains", "/dependentSchemas"];
            let is_plain = !chosen.iter().any(|word| path.contains(word));
            let pointer = error.instance_path().as_str().to_owned();
            let mut said_at = Some(error.schema_path().as_str().to_owned());
            for finding in findings {
                let pointer = pointer.clone();
                refused.push(Refused { finding, said_at: said_at.take(), pointer, is_plain });
            }
        }
        refused
    }
}

/// The files of a chart as addresses.
struct InChart {
    files: Files,
}

impl Retrieve for InChart {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let path = uri.as_str().strip_prefix(HERE).ok_or("it is not in the chart")?;
        let mut json = serde_json::from_slice(self.files.get(path).ok_or("it is not in the chart")?)?;
        loosen(&mut json, &self.files, "", 0, &mut Vec::new());
        Ok(json)
    }
}

/// Turns references to files of the chart into addresses of ours, and takes out those to the network.
fn loosen(
    schema: &mut Value,
    files: &Files,
    pointer: &str,
    depth: usize,
    remote: &mut Vec<(String, String)>,
) {
    if depth > DEEPEST {
        return;
    }
    match schema {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
                let local = file.trim_start_matches("./").trim_start_matches("file:///");
                if !file.is_empty() && files.contains(local) {
                    let address = format!("{HERE}{local}#{fragment}");
                    map.insert("$ref".to_owned(), Value::String(address));
                } else if file.contains("://")
                    && !file.starts_with(HERE)
                    && !file.contains("json-schema.org/")
                {
                    if !remote.iter().any(|(known, _)| known == file) {
                        remote.push((file.to_owned(), push_pointer(pointer, "$ref")));
                    }
                    // What stands beside a reference counts in some drafts and not in others: all is allowed.
                    map.clear();
                    return;
                }
            }
            for (key, child) in map.iter_mut() {
                if !matches!(key.as_str(), "enum" | "const" | "default" | "examples") {
                    loosen(child, files, &push_pointer(pointer, key), depth + 1, remote);
                }
            }
        }
        Value::Array(list) => {
            for (index, child) in list.iter_mut().enumerate() {
                loosen(child, files, &push_pointer(pointer, &index.to_string()), depth + 1, remote);
            }
        }
        _ => {}
    }
}

fn one_line(error: &ValidationError<'_>) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
