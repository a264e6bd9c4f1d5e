//! One layer as files: what an appliance unpacks and applies.

use serde_json::json;

use super::ReleaseError;
use crate::archive::Files;
use crate::bundle::{self, LayerDocument, LayerDocumentChart, LayerNamespace, SCHEMA_VERSION};
use crate::diagnostics::Diagnostic;
use crate::render::{self, ChartContent, References, RenderedChart};
use crate::resolve::resolved::{ResolvedLayer, ResolvedProfile};
use crate::yaml;

/// The files of a layer: `layer.json`, charts with their values, manifests. References to macros are replaced, those to
/// variables stay.
pub(super) fn files(
    profile: &ResolvedProfile,
    layer: &ResolvedLayer,
    references: &References<'_>,
) -> Result<Files, ReleaseError> {
    let rendered = render::layer(profile, layer, references).map_err(|found| in_words(&found))?;
    let mut files = Files::new();
    let mut charts = Vec::new();
    for chart in rendered.charts {
        match chart.content {
            ChartContent::Archive(archive) => files.insert(chart.path.clone(), archive.clone()),
            ChartContent::Files(inner) => files.insert_under(&chart.path, inner),
            ChartContent::Template(file) => chart_of(&chart, file.text(), &mut files),
        }
        files.insert(chart.values.path.clone(), chart.values.text.into_bytes());
        charts.push(LayerDocumentChart {
            name: chart.name,
            version: chart.version,
            path: chart.path,
            values: chart.values.path,
            release: chart.release,
            namespace: chart.namespace,
        });
    }
    let mut manifests = Vec::new();
    for manifest in rendered.manifests {
        files.insert(manifest.path.clone(), manifest.text.into_bytes());
        manifests.push(manifest.path);
    }
    let values = rendered.values.map(|values| {
        files.insert(values.path.clone(), values.text.into_bytes());
        values.path
    });
    let namespaces = rendered.namespaces.into_iter().map(|namespace| LayerNamespace {
        name: namespace.name,
        labels: namespace.labels,
        annotations: namespace.annotations,
    });
    let document = LayerDocument {
        schema_version: SCHEMA_VERSION,
        name: layer.name.clone(),
        layer_type: layer.layer_type.word().to_owned(),
        kind: layer.source.word().to_owned(),
        source: layer.source.name().map(str::to_owned),
        version: layer.pin.as_ref().map(|pin| pin.version.clone()),
        priority: layer.priority,
        namespaces: namespaces.collect(),
        charts,
        manifests,
        values,
        readiness: rendered.readiness,
    };
    files.insert("layer.json", bundle::write(&document));
    Ok(files)
}

/// A pack's manifest with template text, as a chart of its own: its values are those below `manifests.<name>`.
fn chart_of(chart: &RenderedChart<'_>, template: &str, files: &mut Files) {
    let (path, name) = (&chart.path, &chart.name);
    let metadata = json!({ "apiVersion": "v2", "name": name, "version": chart.version });
    files.insert(format!("{path}/Chart.yaml"), yaml::write(&metadata).into_bytes());
    files.insert(format!("{path}/templates/{name}.yaml"), template.as_bytes());
}

/// Everything that is wrong, one line each.
fn in_words(found: &[Diagnostic]) -> ReleaseError {
    let lines: Vec<String> =
        found.iter().map(|finding| format!("{}: {}", finding.place, finding.message)).collect();
    ReleaseError::Content(lines.join("\n"))
}
