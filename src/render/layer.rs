//! One layer as what an appliance gets of it: the values of each chart, manifests, namespaces. A release packs exactly this.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::references::References;
use crate::archive::Files;
use crate::diagnostics::Diagnostic;
use crate::resolve::{ResolvedLayer, ResolvedProfile};
use crate::source::SourceFile;
use crate::template;
use crate::yaml;

/// Longest name that Helm takes for a release.
const LONGEST_RELEASE: usize = 53;

/// A layer with its macros and the references to packs replaced; those to variables are still there.
#[derive(Debug)]
pub struct RenderedLayer<'a> {
    /// Charts in the order of installation, manifests with template text included.
    pub charts: Vec<RenderedChart<'a>>,
    /// Manifests in order.
    pub manifests: Vec<RenderedManifest<'a>>,
    /// Values of a layer that has neither: an operating system or a distribution.
    pub values: Option<RenderedValues>,
    /// Namespaces in the order in which they are needed.
    pub namespaces: Vec<RenderedNamespace>,
    /// `readinessCheck` of the values, as found.
    pub readiness: Option<Value>,
}

/// A chart of a layer.
#[derive(Debug)]
pub struct RenderedChart<'a> {
    /// Chart name.
    pub name: String,
    /// Chart version.
    pub version: String,
    /// Its folder or archive in the layer: `charts/00-podinfo`, `charts/00-podinfo.tgz`.
    pub path: String,
    /// Helm release name.
    pub release: String,
    /// Namespace.
    pub namespace: String,
    /// Its values, in `charts/00-podinfo.values.yaml`.
    pub values: RenderedValues,
    /// What it is made of.
    pub content: ChartContent<'a>,
}

/// What a chart is made of.
#[derive(Clone, Copy, Debug)]
pub enum ChartContent<'a> {
    /// Its files.
    Files(&'a Files),
    /// Its archive as published.
    Archive(&'a Arc<[u8]>),
    /// A manifest with template text, which becomes the only template of a chart.
    Template(&'a Arc<SourceFile>),
}

/// Values as a file of a layer.
#[derive(Debug)]
pub struct RenderedValues {
    /// Path in the layer.
    pub path: String,
    /// Where they stand in the layer's effective values.
    pub pointer: String,
    /// The text.
    pub text: String,
}

/// A manifest as a file of a layer.
#[derive(Debug)]
pub struct RenderedManifest<'a> {
    /// Name, unique in the layer.
    pub name: &'a str,
    /// Path in the layer: `manifests/00-quota.yaml`.
    pub path: String,
    /// The text.
    pub text: String,
    /// Where it is written.
    pub file: &'a Arc<SourceFile>,
}

/// A namespace that a layer needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenderedNamespace {
    /// Name.
    pub name: String,
    /// Labels.
    pub labels: IndexMap<String, String>,
    /// Annotations.
    pub annotations: IndexMap<String, String>,
}

/// Renders a layer of a profile.
///
/// # Errors
/// References that stand for nothing, and manifests that are no YAML.
pub fn layer<'a>(
    profile: &ResolvedProfile,
    layer: &'a ResolvedLayer,
    references: &References<'_>,
) -> Result<RenderedLayer<'a>, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let values = |path: String, pointer: &str, faults: &mut Vec<Diagnostic>| {
        let text = match references.values(layer, pointer) {
            Ok(value) => template::write_values(&value),
            Err(found) => {
                faults.extend(found);
                String::new()
            }
        };
        RenderedValues { path, pointer: pointer.to_owned(), text }
    };
    let text = |text: &str, what: &str, faults: &mut Vec<Diagnostic>| match references.text(text) {
        Ok(text) => text,
        Err(why) => {
            let message = format!("{what} of layer `{}`: {why}", layer.name);
            faults.push(Diagnostic::new(template::UNRESOLVED, layer.place.clone(), message));
            text.to_owned()
        }
    };
    let namespace = text(&layer.namespace, "the namespace", &mut faults);
    let mut charts: Vec<RenderedChart<'a>> = Vec::new();
    for chart in &layer.charts {
        let base = format!("charts/{:02}-{}", charts.len(), file_name(&chart.name));
        let (path, content) = match &chart.archive {
            Some(archive) => (format!("{base}.tgz"), ChartContent::Archive(archive)),
            None => (base.clone(), ChartContent::Files(&chart.chart.files)),
        };
        charts.push(RenderedChart {
            name: chart.name.clone(),
            version: chart.chart.metadata.version.clone(),
            path,
            release: text(&chart.release, "the release name", &mut faults),
            namespace: text(&chart.namespace, "the namespace", &mut faults),
            values: values(format!("{base}.values.yaml"), &chart.values_pointer, &mut faults),
            content,
        });
    }
    let mut manifests: Vec<RenderedManifest<'a>> = Vec::new();
    for manifest in &layer.manifests {
        if manifest.templated {
            let name = file_name(&manifest.name).to_lowercase();
            let base = format!("charts/{:02}-{name}", charts.len());
            let version = layer.pin.as_ref().map(|pin| pin.version.as_str());
            let version = version.filter(|text| semver::Version::parse(text).is_ok()).unwrap_or("0.0.0");
            let owner = layer.source.name().unwrap_or(&layer.name);
            let pointer = yaml::push_pointer("/manifests", &manifest.name);
            charts.push(RenderedChart {
                release: release_name(&format!("{owner}-{name}")),
                name,
                version: version.to_owned(),
                namespace: namespace.clone(),
                values: values(format!("{base}.values.yaml"), &pointer, &mut faults),
                content: ChartContent::Template(&manifest.file),
                path: base,
            });
            continue;
        }
        let path = format!("manifests/{:02}-{}.yaml", manifests.len(), file_name(&manifest.name));
        match references.manifest(&manifest.file) {
            Ok(text) => {
                manifests.push(RenderedManifest { name: &manifest.name, path, text, file: &manifest.file });
            }
            Err(found) => faults.extend(found),
        }
    }
    // An operating system or a distribution: its values are all that it is.
    let alone = (charts.is_empty() && layer.manifests.is_empty())
        .then(|| values("values.yaml".to_owned(), "", &mut faults));
    let namespaces =
        namespaces(profile, layer, &namespace, &charts, !manifests.is_empty(), &mut |t, what| {
            text(t, what, &mut faults)
        });
    let readiness = layer.values.value.get("readinessCheck").cloned();
    if faults.is_empty() {
        Ok(RenderedLayer { charts, manifests, values: alone, namespaces, readiness })
    } else {
        Err(faults)
    }
}

/// The namespaces of a layer, in the order in which they are first needed, with the labels and annotations that the pack's
/// values (`pack.namespaceLabels: {namespace: "k=v,k=v"}`, Palette's form) and the profile give them.
fn namespaces(
    profile: &ResolvedProfile,
    layer: &ResolvedLayer,
    namespace: &str,
    charts: &[RenderedChart<'_>],
    manifests: bool,
    text: &mut dyn FnMut(&str, &str) -> String,
) -> Vec<RenderedNamespace> {
    let empty = Map::new();
    let pack = layer.values.value.get("pack").and_then(Value::as_object).unwrap_or(&empty);
    let mut of_pack = |key: &str| -> Map<String, Value> {
        let map = pack.get(key).and_then(Value::as_object).unwrap_or(&empty);
        let what = format!("`pack.{key}`");
        map.iter()
            .map(|(name, value)| {
                let value = value.as_str().map(|value| text(value, &what)).unwrap_or_default();
                (text(name, &what), Value::String(value))
            })
            .collect()
    };
    let (labels, annotations) = (of_pack("namespaceLabels"), of_pack("namespaceAnnotations"));
    let additional = of_pack("additionalNamespaces");
    let mut names: Vec<&str> = Vec::new();
    if manifests {
        names.push(namespace);
    }
    names.extend(charts.iter().map(|chart| chart.namespace.as_str()));
    names.extend(additional.keys().map(String::as_str));
    let mut found: IndexMap<&str, RenderedNamespace> = IndexMap::new();
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        if found.contains_key(name) {
            continue;
        }
        let pairs = |map: &Map<String, Value>| -> IndexMap<String, String> {
            let list = map.get(name).and_then(Value::as_str).unwrap_or_default();
            let pairs = list.split(',').filter_map(|pair| pair.split_once('='));
            pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
        };
        let mut rendered = RenderedNamespace {
            name: name.to_owned(),
            labels: pairs(&labels),
            annotations: pairs(&annotations),
        };
        if let Some(written) = layer.index.and_then(|index| profile.profile.spec.layers.get(index))
            && name == namespace
        {
            let mut own = |map: &IndexMap<String, String>, what: &str| -> Vec<(String, String)> {
                map.iter().map(|(key, value)| (key.clone(), text(value, what))).collect()
            };
            rendered.labels.extend(own(&written.namespace_labels, "`namespaceLabels`"));
            rendered.annotations.extend(own(&written.namespace_annotations, "`namespaceAnnotations`"));
        }
        found.insert(name, rendered);
    }
    found.into_values().collect()
}

/// A name as part of a file's name.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let text: String = name.chars().map(plain).take(100).collect();
    if text.is_empty() { "unnamed".to_owned() } else { text }
}

/// A name that Helm takes for a release: a longer one is cut, and told apart by a digest.
fn release_name(name: &str) -> String {
    let name = name.replace(['.', '_'], "-").to_lowercase();
    if name.len() <= LONGEST_RELEASE {
        return name;
    }
    let digest = crate::archive::Digest::of(name.as_bytes()).to_string();
    format!("{}-{}", name[..LONGEST_RELEASE - 9].trim_end_matches('-'), &digest[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_release_names_are_cut_and_stay_apart() {
        let (a, b) = (release_name(&"a".repeat(80)), release_name(&"a".repeat(81)));
        assert!(a.len() <= LONGEST_RELEASE && b.len() <= LONGEST_RELEASE && a != b);
        assert_eq!(release_name("edge-proxy.main"), "edge-proxy-main");
    }
}
