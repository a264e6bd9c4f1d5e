//! Packs in pack-central's layout: `pack.json`, `values.yaml`, `presets.yaml`, `schema.yaml`, charts and manifests.
//!
//! Architecture invariant: this room does not know where a pack comes from.

mod cloud;
mod dependency;
mod image;
mod layer;
mod preset;
mod range;
mod resource;
mod value_rule;

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;

pub use cloud::CLOUD_TYPES;
pub use dependency::{DependencyType, PackDependency};
pub use image::ImageReference;
pub use layer::LayerType;
pub use preset::{BroughtLayer, Preset, enabled_presets};
pub use range::VersionRange;
pub use resource::{PackResource, ResourceComponent, ResourceKind};
pub use value_rule::{BAD_VALUE_RULE, FormatPart, ValueRule, at_dotted_path};

use crate::archive::Files;
use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::source::{Place, SourceFile};
use crate::yaml::{self, Document, Node, Spanned};

/// A folder that is no pack: without `pack.json`, or without name and version in it.
pub const NO_PACK: Lint = Lint { code: "PK0001", name: "no-pack", severity: Severity::Error };
/// A YAML or JSON file of a pack that is no text.
pub const NOT_TEXT: Lint = Lint { code: "PK0002", name: "pack-file-not-text", severity: Severity::Error };
/// A chart of a pack that Helm would not load either.
pub const BROKEN_CHART: Lint = Lint { code: "PK0003", name: "broken-chart", severity: Severity::Error };

/// A chart of a pack: its path in the pack, and the chart unless it could not be read.
#[derive(Clone, Debug)]
pub struct PackChart {
    /// `charts/x-1.2.3.tgz`.
    pub path: Spanned<String>,
    /// The chart; `None` where its file is missing or broken.
    pub chart: Option<Arc<Chart>>,
}

/// A pack as found: whatever could be read of it.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Path people are shown for its folder (`packs/x` or `https://…/x-1.0.tgz`).
    pub path: String,
    /// `name`.
    pub name: Spanned<String>,
    /// `version`.
    pub version: Spanned<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `layer`; `addon` where it is missing or no known word (the schema reports both).
    pub layer: LayerType,
    /// `addonType`.
    pub addon_type: Option<String>,
    /// `cloudTypes`.
    pub cloud_types: Vec<String>,
    /// `annotations`.
    pub annotations: IndexMap<String, String>,
    /// `constraints.dependencies`.
    pub dependencies: Vec<PackDependency>,
    /// `constraints.resources`.
    pub resources: Vec<PackResource>,
    /// `charts`, in order.
    pub charts: Vec<PackChart>,
    /// `kubeManifests`, in order.
    pub manifests: Vec<Spanned<String>>,
    /// `presets.yaml`.
    pub presets: Vec<Preset>,
    /// `pack.json` as a tree.
    pub json: Document,
    /// `pack.json`.
    pub json_file: Arc<SourceFile>,
    /// `values.yaml` as a tree; `None` when missing or empty.
    pub values: Option<Document>,
    /// `values.yaml`.
    pub values_file: Option<Arc<SourceFile>>,
    /// `schema.yaml` as a tree.
    pub schema: Option<Document>,
    /// `README.md`.
    pub readme: Option<String>,
    /// All files of the pack's folder.
    pub files: Files,
    value_rules: OnceLock<Vec<Result<ValueRule, Diagnostic>>>,
}

impl Pack {
    /// Reads a pack from the files of its folder, shown to people as `shown_path`.
    ///
    /// There is a pack wherever `pack.json` has a name and a version. The diagnostics tell of YAML that is none and of
    /// charts that cannot be read; schemas are judged elsewhere, and files that are listed but not there by rules.
    pub fn read(files: Files, shown_path: &str) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader { files: &files, path: shown_path, diagnostics: Vec::new() };
        let Some((json_file, Some(json))) = reader.document("pack.json") else {
            if reader.diagnostics.is_empty() {
                let there = files.contains("pack.json");
                let message = if there { "pack.json is empty" } else { "the folder has no pack.json" };
                let place = Place::whole(format!("{shown_path}/pack.json"));
                reader.diagnostics.push(Diagnostic::new(NO_PACK, place, message));
            }
            return (None, reader.diagnostics);
        };
        let root = json.root();
        let (Some(name), Some(version)) =
            (root.get("name").and_then(spanned), root.get("version").and_then(spanned))
        else {
            let place = Place::new(&json_file, crate::source::Span::new(0, 1.min(json_file.text().len())));
            let lacking = if root.get("name").and_then(spanned).is_none() { "name" } else { "version" };
            let message = format!("pack.json has no `{lacking}`, so that nothing can refer to the pack");
            reader.diagnostics.push(Diagnostic::new(NO_PACK, place, message));
            return (None, reader.diagnostics);
        };
        let charts = spanned_list(root, "charts")
            .into_iter()
            .map(|path| PackChart { chart: reader.chart(&json_file, &path), path })
            .collect();
        let (values_file, values) = reader.document("values.yaml").unzip();
        let presets = reader.document("presets.yaml").and_then(|(_, document)| document);
        let presets = presets.map(|d| preset::read(&d, &mut reader.diagnostics)).unwrap_or_default();
        let schema = reader.document("schema.yaml").and_then(|(_, document)| document);
        let annotations = root.get("annotations").into_iter().flat_map(Node::entries);
        let diagnostics = reader.diagnostics;
        let pack = Self {
            path: shown_path.to_owned(),
            display_name: text(root, "displayName"),
            layer: text(root, "layer").and_then(|word| LayerType::of(&word)).unwrap_or(LayerType::Addon),
            addon_type: text(root, "addonType").filter(|t| !t.is_empty()),
            cloud_types: spanned_list(root, "cloudTypes").into_iter().map(|t| t.value).collect(),
            annotations: annotations
                .filter_map(|e| Some((e.key.text()?.to_owned(), e.value.text()?.to_owned())))
                .collect(),
            dependencies: dependency::read(root),
            resources: resource::read(root),
            charts,
            manifests: spanned_list(root, "kubeManifests"),
            presets,
            values: values.flatten(),
            values_file,
            schema,
            readme: files.get("README.md").map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
            name,
            version,
            json,
            json_file,
            files,
            value_rules: OnceLock::new(),
        };
        (Some(pack), diagnostics)
    }

    /// `presets.yaml` as a tree, to judge it by its schema.
    pub fn presets_document(&self) -> Option<Document> {
        Reader { files: &self.files, path: &self.path, diagnostics: Vec::new() }.document("presets.yaml")?.1
    }

    /// What `schema.yaml` wants of the values, in order, read once; entries that cannot be read say why.
    pub fn value_rules(&self) -> &[Result<ValueRule, Diagnostic>] {
        self.value_rules.get_or_init(|| self.schema.as_ref().map(value_rule::read).unwrap_or_default())
    }
}

/// Reads files of one pack and collects what is wrong.
struct Reader<'a> {
    files: &'a Files,
    path: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// A YAML or JSON file and its first document that is not empty; `None` where there is no such file or no text.
    fn document(&mut self, name: &str) -> Option<(Arc<SourceFile>, Option<Document>)> {
        let bytes = self.files.get(name)?;
        let path = format!("{}/{name}", self.path);
        let Ok(text) = std::str::from_utf8(bytes) else {
            let message = format!("{name} is not UTF-8 text");
            self.diagnostics.push(Diagnostic::new(NOT_TEXT, Place::whole(path), message));
            return None;
        };
        let file = SourceFile::new(path, text);
        let stream = yaml::parse(&file);
        self.diagnostics.extend(stream.diagnostics);
        let filled = |d: &Document| d.root().scalar().is_none_or(|(text, _)| !text.is_empty());
        Some((file, stream.documents.into_iter().find(filled)))
    }

    fn chart(&mut self, json: &Arc<SourceFile>, path: &Spanned<String>) -> Option<Arc<Chart>> {
        let bytes = self.files.get(path)?;
        match Chart::from_tgz(bytes, &format!("{}/{}", self.path, path.value)) {
            Ok(chart) => Some(Arc::new(chart)),
            Err(error) => {
                let message = format!("chart `{}` cannot be read: {}", path.value, error.kind);
                self.diagnostics.push(Diagnostic::new(BROKEN_CHART, Place::new(json, path.span), message));
                None
            }
        }
    }
}

/// A scalar's text with its place, whatever its type: a version that is a number is still the pack's version.
fn spanned(node: Node<'_>) -> Option<Spanned<String>> {
    Some(Spanned { value: node.text()?.to_owned(), span: node.span() })
}

fn text(node: Node<'_>, key: &str) -> Option<String> {
    node.get(key)?.text().map(str::to_owned)
}

fn spanned_list(node: Node<'_>, key: &str) -> Vec<Spanned<String>> {
    node.get(key).into_iter().flat_map(Node::items).filter_map(spanned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        let mut files = Files::new();
        for (path, text) in list {
            files.insert(*path, text.as_bytes());
        }
        files
    }

    #[test]
    fn a_pack_is_read_with_places() {
        let json = r#"{"name": "x", "displayName": "X", "version": "1.5", "layer": "k8s", "addonType": "",
  "cloudTypes": ["all"], "kubeManifests": ["manifests/a.yaml"], "annotations": {"system_state": "deprecated"},
  "constraints": {"dependencies": [
    {"packName": "k", "layer": "k8s", "minVersion": "1.27", "maxVersion": "", "type": "required"},
    {"packName": "l", "layer": "addon"}]}}"#;
        let (pack, diagnostics) = Pack::read(
            files(&[("pack.json", json), ("values.yaml", ""), ("schema.yaml", "# none\n")]),
            "packs/x-1.5",
        );
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let pack = pack.unwrap();
        assert_eq!(
            (pack.name.as_str(), pack.version.as_str(), pack.layer),
            ("x", "1.5", LayerType::Kubernetes)
        );
        assert_eq!(&json[pack.version.span.range()], "\"1.5\"");
        assert_eq!(pack.annotations["system_state"], "deprecated");
        let [first, second] = &pack.dependencies[..] else { panic!() };
        assert_eq!(first.dependency_type, Some(DependencyType::Required));
        assert!(first.max_version.is_none() && first.min_version.as_ref().is_some_and(|v| v.value == "1.27"));
        assert_eq!(second.dependency_type, None);
        assert!(pack.values.is_none() && pack.values_file.is_some() && pack.schema.is_none());
        assert_eq!(pack.json_file.path(), "packs/x-1.5/pack.json");
    }

    #[test]
    fn what_is_no_pack_says_why() {
        for (list, code) in [
            (&[("README.md", "")][..], "PK0001"),
            (&[("pack.json", "{")], "YA0001"),
            (&[("pack.json", "")], "PK0001"),
            (&[("pack.json", r#"{"version": "1"}"#)], "PK0001"),
            (&[("pack.json", r#"["a"]"#)], "PK0001"),
        ] {
            let (pack, diagnostics) = Pack::read(files(list), "p");
            assert!(pack.is_none(), "{list:?}");
            assert_eq!(diagnostics.first().map(|d| d.lint.code), Some(code), "{list:?}");
        }
    }

    #[test]
    fn a_broken_chart_is_told_where_it_is_listed() {
        let json =
            r#"{"name": "x", "version": "1", "layer": "addon", "charts": ["charts/a.tgz", "charts/b.tgz"]}"#;
        let (pack, diagnostics) = Pack::read(files(&[("pack.json", json), ("charts/a.tgz", "no")]), "p");
        assert_eq!(pack.unwrap().charts.len(), 2);
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].lint, BROKEN_CHART);
        assert_eq!(diagnostics[0].place.file.slice(diagnostics[0].place.span), "\"charts/a.tgz\"");
    }
}
