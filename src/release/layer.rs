//! One layer as files: what an appliance unpacks and applies.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::ReleaseError;
use super::values::Values;
use crate::archive::Files;
use crate::bundle::{self, LayerDocument, LayerDocumentChart, LayerNamespace, SCHEMA_VERSION};
use crate::resolve::resolved::{LayerManifest, ResolvedLayer, ResolvedProfile};
use crate::yaml;

/// Longest name that Helm takes for a release.
const LONGEST_RELEASE: usize = 53;

/// The files of a layer: `layer.json`, charts with their values, manifests. References to macros are replaced, those to
/// variables stay.
pub(super) fn files(
    profile: &ResolvedProfile,
    layer: &ResolvedLayer,
    values: &Values,
) -> Result<Files, ReleaseError> {
    let mut files = Files::new();
    let mut charts = Vec::new();
    for chart in &layer.charts {
        let base = format!("charts/{:02}-{}", charts.len(), file_name(&chart.name));
        let path = if let Some(archive) = &chart.archive {
            let path = format!("{base}.tgz");
            files.insert(path.clone(), archive.clone());
            path
        } else {
            files.insert_under(&base, &chart.chart.files);
            base.clone()
        };
        let values_path = format!("{base}.values.yaml");
        files.insert(values_path.clone(), values.below(&layer.values, &chart.values_pointer)?.into_bytes());
        charts.push(LayerDocumentChart {
            name: chart.name.clone(),
            version: chart.chart.metadata.version.clone(),
            path,
            values: values_path,
            release: chart.release.clone(),
            namespace: chart.namespace.clone(),
        });
    }
    let mut manifests = Vec::new();
    for manifest in &layer.manifests {
        if manifest.templated {
            charts.push(chart_of(layer, manifest, charts.len(), values, &mut files)?);
        } else {
            let path = format!("manifests/{:02}-{}.yaml", manifests.len(), file_name(&manifest.name));
            files.insert(path.clone(), values.manifest(&manifest.file)?.into_bytes());
            manifests.push(path);
        }
    }
    let mut own_values = None;
    if charts.is_empty() && manifests.is_empty() {
        // An operating system or a distribution: its values are all that it is.
        files.insert("values.yaml", values.below(&layer.values, "")?.into_bytes());
        own_values = Some("values.yaml".to_owned());
    }
    let document = LayerDocument {
        schema_version: SCHEMA_VERSION,
        name: layer.name.clone(),
        layer_type: layer.layer_type.word().to_owned(),
        kind: layer.source.word().to_owned(),
        source: layer.source.name().map(str::to_owned),
        version: layer.pin.as_ref().map(|pin| pin.version.clone()),
        priority: layer.priority,
        namespaces: namespaces(profile, layer, &charts, !manifests.is_empty()),
        charts,
        manifests,
        values: own_values,
        readiness: layer.values.value.get("readinessCheck").cloned(),
    };
    files.insert("layer.json", bundle::write(&document));
    Ok(files)
}

/// A pack's manifest with template text, as a chart of its own: its values are those below `manifests.<name>`.
fn chart_of(
    layer: &ResolvedLayer,
    manifest: &LayerManifest,
    index: usize,
    values: &Values,
    files: &mut Files,
) -> Result<LayerDocumentChart, ReleaseError> {
    let name = file_name(&manifest.name).to_lowercase();
    let path = format!("charts/{index:02}-{name}");
    let version = layer.pin.as_ref().map(|pin| pin.version.as_str());
    let version = version.filter(|text| semver::Version::parse(text).is_ok()).unwrap_or("0.0.0").to_owned();
    let chart = json!({ "apiVersion": "v2", "name": name, "version": version });
    files.insert(format!("{path}/Chart.yaml"), yaml::write(&chart).into_bytes());
    files.insert(format!("{path}/templates/{name}.yaml"), manifest.file.text().as_bytes());
    let values_path = format!("{path}.values.yaml");
    let pointer = yaml::push_pointer("/manifests", &manifest.name);
    files.insert(values_path.clone(), values.below(&layer.values, &pointer)?.into_bytes());
    let owner = layer.source.name().unwrap_or(&layer.name);
    Ok(LayerDocumentChart {
        release: release_name(&format!("{owner}-{name}")),
        name,
        version,
        path,
        values: values_path,
        namespace: layer.namespace.clone(),
    })
}

/// The namespaces of a layer, in the order in which they are first needed, with the labels and annotations that the pack's
/// values (`pack.namespaceLabels: {namespace: "k=v,k=v"}`, Palette's form) and the profile give them.
fn namespaces(
    profile: &ResolvedProfile,
    layer: &ResolvedLayer,
    charts: &[LayerDocumentChart],
    manifests: bool,
) -> Vec<LayerNamespace> {
    let empty = Map::new();
    let pack = layer.values.value.get("pack").and_then(Value::as_object).unwrap_or(&empty);
    let of_pack = |key: &str| pack.get(key).and_then(Value::as_object).unwrap_or(&empty);
    let mut names: Vec<&str> = Vec::new();
    if manifests {
        names.push(&layer.namespace);
    }
    names.extend(charts.iter().map(|chart| chart.namespace.as_str()));
    names.extend(of_pack("additionalNamespaces").keys().map(String::as_str));
    let mut found: IndexMap<&str, LayerNamespace> = IndexMap::new();
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        found.entry(name).or_insert_with(|| {
            let pairs = |key: &str| -> IndexMap<String, String> {
                let text = of_pack(key).get(name).and_then(Value::as_str).unwrap_or_default();
                let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
                pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
            };
            let mut namespace = LayerNamespace {
                name: name.to_owned(),
                labels: pairs("namespaceLabels"),
                annotations: pairs("namespaceAnnotations"),
            };
            if let Some(written) = layer.index.and_then(|index| profile.profile.spec.layers.get(index))
                && name == layer.namespace
            {
                namespace.labels.extend((*written.namespace_labels).clone());
                namespace.annotations.extend((*written.namespace_annotations).clone());
            }
            namespace
        });
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
