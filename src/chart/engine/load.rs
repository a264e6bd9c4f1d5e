//! A chart's files as Helm loads them (`helm:pkg/chart/v2/loader/load.go`, `helm:pkg/chart/v2/{metadata,chart}.go`, v4.2.4).

use std::collections::BTreeMap;

use super::ignore::filtered;
use super::metadata::{Metadata, dependencies_of};
use super::value::{Map, MapType, Value};
use super::yaml_read;
use crate::archive::{Files, Limits, read_tgz};

/// Charts deeper than this are refused: no real one comes near, and archives in archives must end.
const DEEPEST: usize = 8;

/// A chart as its files say it.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) metadata: Metadata,
    pub(super) values: Map,
    pub(super) templates: Vec<(String, String)>,
    pub(super) files: BTreeMap<String, std::rc::Rc<[u8]>>,
    pub(super) schema: Option<std::rc::Rc<[u8]>>,
    pub(super) dependencies: Vec<Loaded>,
}

impl Loaded {
    /// The chart in a folder that people are shown as `shown`, by the rules of its `.helmignore`; the error is Helm's.
    pub(super) fn read_folder(files: &Files, shown: &str) -> Result<Self, String> {
        if !files.contains("Chart.yaml") {
            return Err(format!("unable to detect chart at {shown}: Chart.yaml file is missing"));
        }
        Self::read(&filtered(files)?)
    }

    /// The chart in these files (`Chart.yaml` at the top); the error is Helm's.
    pub(super) fn read(files: &Files) -> Result<Self, String> {
        Self::read_at(files, 0)
    }

    fn read_at(files: &Files, depth: usize) -> Result<Self, String> {
        if depth > DEEPEST {
            return Err(format!("charts lie more than {DEEPEST} deep in each other"));
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(without_mark(bytes)).into_owned();
        let mut metadata = match files.get("Chart.yaml") {
            Some(bytes) => {
                let decoded = yaml_read::decode(&text(bytes));
                let read = decoded.and_then(|decoded| Metadata::of(&decoded));
                Some(read.map_err(|why| format!("cannot load Chart.yaml: {why}"))?)
            }
            None => None,
        };
        let mut chart = Self {
            metadata: Metadata::default(),
            values: Map::new(MapType::Any),
            templates: Vec::new(),
            files: BTreeMap::new(),
            schema: None,
            dependencies: Vec::new(),
        };
        let first_api = metadata.as_ref().is_some_and(|metadata| metadata.api_version == "v1");
        for (path, file) in files.iter() {
            let bytes = without_mark(&file.bytes);
            match path {
                "Chart.yaml" | "Chart.lock" => {}
                "values.yaml" => {
                    let values = read_values(&text(bytes));
                    chart.values = values.map_err(|why| format!("cannot load values.yaml: {why}"))?;
                }
                "values.schema.json" => chart.schema = Some(bytes.into()),
                "requirements.yaml" => {
                    let decoded = yaml_read::decode(&text(bytes));
                    let listed = decoded.and_then(|decoded| dependencies_of(&decoded));
                    let listed = listed.map_err(|why| format!("cannot load requirements.yaml: {why}"))?;
                    if let Some(metadata) = &mut metadata
                        && listed.is_some()
                    {
                        metadata.dependencies = listed;
                    }
                    if first_api {
                        chart.files.insert(path.to_owned(), bytes.into());
                    }
                }
                "requirements.lock" => {
                    if first_api {
                        chart.files.insert(path.to_owned(), bytes.into());
                    }
                }
                path if path.starts_with("templates/") => {
                    chart.templates.push((path.to_owned(), text(bytes)));
                }
                path if path.starts_with("charts/") && !is_provenance(path) => {}
                path => {
                    chart.files.insert(path.to_owned(), bytes.into());
                }
            }
        }
        chart.metadata = metadata.ok_or("Chart.yaml file is missing")?;
        chart.metadata.check().map_err(|why| format!("validation: {why}"))?;
        chart.read_dependencies(&files.under("charts"), depth)?;
        Ok(chart)
    }

    fn read_dependencies(&mut self, charts: &Files, depth: usize) -> Result<(), String> {
        let mut names: Vec<&str> = charts
            .iter()
            .filter(|(path, _)| !is_provenance(path))
            .map(|(path, _)| path.split('/').next().unwrap_or(path))
            .collect();
        names.dedup();
        for name in names {
            if name.starts_with(['_', '.']) {
                continue;
            }
            let wrap =
                |why: String| format!("error unpacking subchart {name} in {}: {why}", self.metadata.name);
            let loaded = if name.rsplit_once('.').is_some_and(|(_, end)| end == "tgz") {
                match charts.get(name) {
                    Some(bytes) => unpacked(bytes).and_then(|files| Self::read_at(&files, depth + 1)),
                    None => Err("expected an archive, got a folder".to_owned()),
                }
            } else {
                Self::read_at(&charts.under(name), depth + 1)
            };
            self.dependencies.push(loaded.map_err(wrap)?);
        }
        Ok(())
    }
}

/// The chart in an archive, without the archive's own folder.
fn unpacked(bytes: &[u8]) -> Result<Files, String> {
    let files = read_tgz(bytes, &Limits::default()).map_err(|error| error.to_string())?;
    let folder =
        files.iter().next().and_then(|(path, _)| path.split_once('/')).map(|(folder, _)| folder.to_owned());
    match folder {
        Some(folder) => Ok(files.under(&folder)),
        None => Err("chart illegally contains content outside the base directory".to_owned()),
    }
}

/// A signature beside an archive.
fn is_provenance(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == "prov")
}

/// Without a byte order mark.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// A file of values: its documents merged in order (`loader.LoadValues`).
pub(super) fn read_values(text: &str) -> Result<Map, String> {
    let mut values = Map::new(MapType::Any);
    for document in documents(text) {
        let read = yaml_read::read(&document).and_then(|value| match value {
            Value::Map(map) => Ok(map),
            Value::Nil => Ok(Map::new(MapType::Any)),
            other => Err(format!(
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type \
                 map[string]interface {{}}",
                match other {
                    Value::List(_) => "array",
                    Value::Text(_) => "string",
                    Value::Bool(_) => "bool",
                    _ => "number",
                }
            )),
        });
        let read = read.map_err(|why| format!("cannot unmarshal yaml document: {why}"))?;
        values = merged(&values, &read);
    }
    Ok(values)
}

/// The documents of a stream as Kubernetes' YAML reader cuts them.
fn documents(text: &str) -> Vec<String> {
    let mut documents = Vec::new();
    let mut buffer = String::new();
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("---") {
            let rest = rest.trim();
            if (rest.is_empty() || rest.starts_with('#')) && !buffer.is_empty() {
                documents.push(std::mem::take(&mut buffer));
                continue;
            }
        }
        buffer.push_str(line);
    }
    if !buffer.is_empty() {
        documents.push(buffer);
    }
    documents
}

/// Maps merged, everything else replaced (`loader.MergeMaps`).
pub(super) fn merged(a: &Map, b: &Map) -> Map {
    let out = Map::new(MapType::Any);
    for (key, value) in a.entries() {
        out.insert(key, value);
    }
    for (key, value) in b.entries() {
        let value = match (&value, out.get(key.bytes())) {
            (Value::Map(inner), Some(Value::Map(old))) => Value::Map(merged(&old, inner)),
            _ => value,
        };
        out.insert(key, value);
    }
    out
}
