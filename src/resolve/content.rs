//! The content of a reference, with what all layers that use it have in common.

use std::sync::Arc;

use super::resolved::{EffectiveValues, LayerManifest};
use crate::chart::Chart;
use crate::pack::Pack;
use crate::source::SourceFile;

/// What a reference resolved to, read once and shared by all profiles.
#[derive(Debug)]
pub(super) enum Content {
    Pack(PackContent),
    Chart(ChartContent),
}

/// A pack, its default values and its manifests.
#[derive(Debug)]
pub(super) struct PackContent {
    pub(super) pack: Arc<Pack>,
    pub(super) defaults: EffectiveValues,
    pub(super) manifests: Vec<LayerManifest>,
}

/// A chart, its default values and its archive as published.
#[derive(Debug)]
pub(super) struct ChartContent {
    pub(super) chart: Arc<Chart>,
    pub(super) defaults: EffectiveValues,
    pub(super) archive: Option<Arc<[u8]>>,
}

impl PackContent {
    /// Reads defaults and manifests of a pack; the reason where its values cannot be expanded.
    pub(super) fn new(pack: Pack) -> Result<Self, String> {
        let defaults =
            EffectiveValues::defaults(pack.values.as_ref()).map_err(|e| format!("values.yaml: {e}"))?;
        let mut manifests: Vec<LayerManifest> = Vec::new();
        for path in &pack.manifests {
            // A listed file that is missing or no text is a finding of the pack's own rules.
            let Some(text) = pack.files.text(path) else { continue };
            manifests.push(LayerManifest {
                name: free_stem(path, &manifests),
                file: SourceFile::new(format!("{}/{}", pack.path, path.value), text),
                templated: is_helm_template(text),
            });
        }
        Ok(Self { pack: Arc::new(pack), defaults, manifests })
    }
}

impl ChartContent {
    /// Reads the defaults of a chart; the reason where its values cannot be expanded.
    pub(super) fn new(chart: Chart, archive: Option<Arc<[u8]>>) -> Result<Self, String> {
        let defaults =
            EffectiveValues::defaults(chart.values.as_ref()).map_err(|e| format!("values.yaml: {e}"))?;
        Ok(Self { chart: Arc::new(chart), defaults, archive })
    }
}

impl Content {
    pub(super) fn pack(&self) -> Option<&PackContent> {
        match self {
            Self::Pack(pack) => Some(pack),
            Self::Chart(_) => None,
        }
    }

    pub(super) fn chart(&self) -> Option<&ChartContent> {
        match self {
            Self::Chart(chart) => Some(chart),
            Self::Pack(_) => None,
        }
    }
}

/// A file's name without folder and extension, made unique among `taken`.
pub(super) fn free_stem(path: &str, taken: &[LayerManifest]) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut free = stem.to_owned();
    let mut number = 2;
    while taken.iter().any(|manifest| manifest.name == free) {
        free = format!("{stem}-{number}");
        number += 1;
    }
    free
}

/// Whether a text has actions that only Helm understands. Other templates, such as those of workflow engines and of
/// `.spectro.` references, do not count: Helm would stumble over them.
pub fn is_helm_template(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        rest = &rest[start + 2..];
        let action = rest.find("}}").map_or(rest, |end| &rest[..end]);
        let first = action.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
        let helms = [".Values", ".Release", ".Chart", ".Capabilities", ".Template", ".Files"];
        if matches!(first, "define" | "include" | "template" | "block")
            || helms.iter().any(|o| action.contains(o))
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_helms_own_actions_make_a_template() {
        assert!(is_helm_template("a: {{ .Values.manifests.x.port }}\n"));
        assert!(is_helm_template("{{- if .Capabilities.APIVersions }}\n"));
        assert!(is_helm_template("{{ include \"x\" . }}"));
        assert!(!is_helm_template("a: '{{ .spectro.var.x }}'\n"));
        assert!(!is_helm_template("a: '{{workflow.name}}'\nb: {{ $labels.instance }}\n"));
        assert!(!is_helm_template("a: {{"));
    }
}
