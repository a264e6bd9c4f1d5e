//! Helm charts: their metadata, their values, and how values are merged.
//!
//! Architecture invariant: this room does not know where a chart comes from.

mod coalesce;
#[allow(clippy::similar_names, reason = "Go's own words: int and uint, item and items, map and maps")]
pub mod engine;
mod metadata;
mod reads;
mod subcharts;
pub mod values;

use std::any::Any;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::archive::{ArchiveError, Files, Limits, read_tgz};
use crate::source::SourceFile;
use crate::yaml::{self, BudgetError, Document, Kind, Resolver};

pub use coalesce::ChartAt;
pub use metadata::{ChartDependency, ChartMetadata};
pub use reads::Reads;
pub use subcharts::Subchart;

/// A chart: its files (below its own folder, `Chart.yaml` at the top) and what was read from them.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Path people are shown for its folder: `packs/x/charts/y.tgz!/y`.
    pub path: String,
    /// `Chart.yaml`.
    pub metadata: ChartMetadata,
    /// All files, without the leading folder of the archive.
    pub files: Files,
    /// `values.yaml`, if there is one that is not empty.
    pub values: Option<Document>,
    /// Further documents of `values.yaml`, which Helm merges over the first.
    pub more_values: Vec<Document>,
    /// Text of `values.yaml`.
    pub values_file: Option<Arc<SourceFile>>,
    subcharts: OnceLock<Vec<Subchart>>,
    reads: OnceLock<Reads>,
    /// What a later room made of the chart and keeps with it.
    derived: OnceLock<Arc<dyn Any + Send + Sync>>,
    /// How many charts it lies in.
    level: usize,
}

/// A chart that Helm would not load either. The message begins with the path.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {kind}")]
pub struct ChartError {
    /// Path that people are shown.
    pub path: String,
    /// What is wrong.
    pub kind: ChartErrorKind,
}

/// What is wrong with a chart.
#[derive(Debug, thiserror::Error)]
pub enum ChartErrorKind {
    /// Its archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// An archive without one folder that holds everything.
    #[error("a chart's archive holds one folder, but this one holds {}", .0.escape_debug())]
    Folders(String),
    /// No `Chart.yaml`.
    #[error("there is no Chart.yaml in it")]
    NoMetadata,
    /// One of its files cannot be read.
    #[error("{0}")]
    File(String),
}

impl Chart {
    /// Reads a chart from its archive.
    ///
    /// `shown_path` is what people are told in messages and what the places in `values.yaml` begin with:
    /// `packs/x/charts/y.tgz` gives `packs/x/charts/y.tgz!/y/values.yaml`.
    pub fn from_tgz(bytes: &[u8], shown_path: &str) -> Result<Self, ChartError> {
        let (folder, files) =
            unpack(bytes).map_err(|kind| ChartError { path: shown_path.to_owned(), kind })?;
        let inner =
            if folder.is_empty() { format!("{shown_path}!") } else { format!("{shown_path}!/{folder}") };
        Self::from_files(files, &inner)
    }

    /// Reads a chart from the files of its folder (`Chart.yaml` at the top).
    pub fn from_files(files: Files, shown_path: &str) -> Result<Self, ChartError> {
        Self::read(files, shown_path).map_err(|kind| ChartError { path: shown_path.to_owned(), kind })
    }

    fn read(files: Files, shown_path: &str) -> Result<Self, ChartErrorKind> {
        let metadata = ChartMetadata::read(&files, shown_path)?;
        let mut values = Vec::new();
        let mut values_file = None;
        if let Some(file) = source(&files, "values.yaml", shown_path)? {
            for document in documents(&file)? {
                match document.root().kind() {
                    Kind::Map => values.push(document),
                    Kind::Scalar if document.root().text().is_some_and(str::is_empty) => {}
                    _ => {
                        let place = document.root().place();
                        return Err(ChartErrorKind::File(format!(
                            "{place}: the values of a chart are a map"
                        )));
                    }
                }
            }
            values_file = Some(file);
        }
        let mut values = values.into_iter();
        Ok(Self {
            path: shown_path.to_owned(),
            metadata,
            values: values.next(),
            more_values: values.collect(),
            values_file,
            files,
            subcharts: OnceLock::new(),
            reads: OnceLock::new(),
            derived: OnceLock::new(),
            level: 0,
        })
    }

    /// What a later room makes of the chart: made once and kept as long as the chart. There is room for one type.
    pub fn derived<T: Any + Send + Sync>(&self, make: impl Fn() -> T) -> Arc<T> {
        let kept = self.derived.get_or_init(|| Arc::new(make()));
        Arc::clone(kept).downcast().unwrap_or_else(|_| Arc::new(make()))
    }

    /// The default values as Helm reads them: an object, several documents merged in order.
    pub fn default_values(&self) -> Result<Value, BudgetError> {
        let mut merged = Value::Object(serde_json::Map::new());
        for document in self.values.iter().chain(&self.more_values) {
            values::lay_over(&mut merged, document.root().to_json(Resolver::Go)?);
        }
        Ok(merged)
    }
}

/// The folder in a chart's archive (empty: the archive itself, made with `./` as its folder) and the files below it.
///
/// Helm drops the first part of every name, whatever it is; here it must be one folder, because two folders in one
/// archive are a mistake or a trap.
pub fn unpack(bytes: &[u8]) -> Result<(String, Files), ChartErrorKind> {
    let files = read_tgz(bytes, &Limits::default())?;
    if files.contains("Chart.yaml") {
        return Ok((String::new(), files));
    }
    let mut folders: Vec<&str> =
        files.iter().map(|(path, _)| path.split_once('/').map_or(path, |(folder, _)| folder)).collect();
    folders.dedup();
    if let [folder] = folders[..] {
        return Ok((folder.to_owned(), files.under(folder)));
    }
    let shown = folders.iter().take(4).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Err(ChartErrorKind::Folders(shown))
}

/// A text file of the chart, without a byte order mark (Helm's loader drops it too).
fn source(files: &Files, name: &str, shown_path: &str) -> Result<Option<Arc<SourceFile>>, ChartErrorKind> {
    let Some(bytes) = files.get(name) else { return Ok(None) };
    let path = format!("{shown_path}/{name}");
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(ChartErrorKind::File(format!("{path}: the file is not UTF-8")));
    };
    Ok(Some(SourceFile::new(path, text.strip_prefix('\u{feff}').unwrap_or(text))))
}

/// The documents of a YAML file. A key that stands twice is fine here, as it is for Helm: the last one counts.
fn documents(file: &Arc<SourceFile>) -> Result<Vec<Document>, ChartErrorKind> {
    let stream = yaml::parse(file);
    match stream.diagnostics.iter().find(|diagnostic| diagnostic.lint == yaml::SYNTAX) {
        Some(error) => Err(ChartErrorKind::File(format!("{}: {}", error.place, error.message))),
        None => Ok(stream.documents),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::write_tgz;

    fn files(list: &[(&str, &str)]) -> Files {
        let mut files = Files::new();
        for (path, text) in list {
            files.insert(*path, text.as_bytes());
        }
        files
    }

    const CHART: (&str, &str) =
        ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: 1.10\n");

    #[test]
    fn a_chart_is_read_from_its_archive() {
        let packed = write_tgz(&files(&[CHART, ("values.yaml", "a: 1\nb: yes\n")]), "web").unwrap();
        let chart = Chart::from_tgz(&packed, "charts/web.tgz").unwrap();
        assert_eq!(chart.metadata.name, "web");
        // Helm's reader makes a string of the number 1.1.
        assert_eq!(chart.metadata.app_version.as_deref(), Some("1.1"));
        assert!(chart.files.contains("Chart.yaml"));
        assert_eq!(chart.values_file.as_ref().unwrap().path(), "charts/web.tgz!/web/values.yaml");
        assert_eq!(chart.default_values().unwrap(), serde_json::json!({ "a": 1, "b": true }));
    }

    #[test]
    fn several_documents_of_values_are_merged() {
        let text = "\u{feff}a: {x: 1, z: 2}\n---\n---\na: {z: 3}\nb: null\n";
        let chart = Chart::from_files(files(&[CHART, ("values.yaml", text)]), "web").unwrap();
        assert_eq!(
            chart.default_values().unwrap(),
            serde_json::json!({ "a": { "x": 1, "z": 3 }, "b": null })
        );
        let bare = write_tgz(&files(&[CHART, ("values.yaml", "a: 1\n")]), "").unwrap();
        let bare = Chart::from_tgz(&bare, "web.tgz").unwrap();
        assert_eq!(bare.values_file.unwrap().path(), "web.tgz!/values.yaml");
        let empty = Chart::from_files(files(&[CHART, ("values.yaml", "# nothing\n")]), "web").unwrap();
        assert!(empty.values.is_none() && empty.values_file.is_some());
        assert_eq!(empty.default_values().unwrap(), serde_json::json!({}));
    }

    #[test]
    fn what_is_no_chart_says_why() {
        let text = |list: &[(&str, &str)]| {
            let packed = write_tgz(&files(list), "").unwrap();
            Chart::from_tgz(&packed, "x.tgz").unwrap_err().to_string()
        };
        assert_eq!(
            text(&[("a/Chart.yaml", ""), ("b/Chart.yaml", "")]),
            "x.tgz: a chart's archive holds one folder, but this one holds `a`, `b`"
        );
        assert!(text(&[("a/Chart.yaml", ""), ("b", "")]).contains("holds `a`, `b`"));
        assert!(text(&[("values.yaml", "")]).contains("no Chart.yaml"));
        assert_eq!(text(&[("web/values.yaml", "a: 1")]), "x.tgz!/web: there is no Chart.yaml in it");
        let full = ("web/Chart.yaml", "name: web\nversion: 1.2.3\n");
        assert!(text(&[full, ("web/values.yaml", "- 1\n")]).contains("web/values.yaml:1:1: the values"));
        assert!(text(&[full, ("web/values.yaml", "a: [\n")]).contains("web/values.yaml:"));
        assert!(Chart::from_tgz(b"<html>", "x.tgz").unwrap_err().to_string().contains("not a gzip file"));
    }

    #[test]
    fn charts_of_real_packs_are_read() {
        let corpus = std::env::var_os("EDGEWRIGHT_CORPUS").map_or_else(
            || concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus").into(),
            std::path::PathBuf::from,
        );
        let Ok(packs) = crate::archive::read_dir(&corpus.join("palette/packs"), &Limits::default()) else {
            println!("skipped: no corpus");
            return;
        };
        let mut read = 0;
        for (path, file) in
            packs.iter().filter(|(path, _)| path.rsplit_once('.').is_some_and(|(_, end)| end == "tgz"))
        {
            let chart = Chart::from_tgz(&file.bytes, path).unwrap_or_else(|error| panic!("{error}"));
            assert!(chart.default_values().is_ok_and(|values| values.is_object()), "{path}");
            // One real chart has a file name of more than 100 bytes, which ustar has no room for.
            if let Err(error) = crate::archive::content_digest(&chart.files) {
                assert!(error.to_string().contains("does not fit a ustar header"), "{path}: {error}");
                println!("{path}: {error}");
            }
            read += 1;
        }
        println!("{read} charts");
    }
}
