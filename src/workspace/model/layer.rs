//! Layers of a profile, as written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::rare::Rare;
use crate::pack::LayerType;
use crate::yaml::Spanned;

/// A reference to a pack.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackRef {
    /// Name in the registry.
    pub name: Spanned<String>,
    /// Version, group (`1.27.x`), `latest` or constraint; a version may have a digest: see [`crate::version::Wanted`].
    pub version: Spanned<String>,
    /// Registry of `edgewright.yaml`; may be left out where there is just one for packs.
    pub registry: Option<Spanned<String>>,
}

/// A reference to a Helm chart.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartRef {
    /// Name in the registry.
    pub name: Spanned<String>,
    /// Version or constraint, with Helm's meaning, or a version with a digest (see [`crate::version::Wanted`]); empty: the newest
    /// stable one.
    pub version: Spanned<String>,
    /// Registry of `edgewright.yaml`.
    pub registry: Option<Spanned<String>>,
}

/// `values` of a layer.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerValues {
    /// A file beside the profile.
    File(String),
    /// An inline map.
    Inline(InlineValues),
}

/// Values that stand in `profile.yaml` itself: they are read from its tree, because held twice they would be the larger part
/// of a large repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlineValues;

impl<'de> Deserialize<'de> for LayerValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FileOrMap;

        impl<'de> Visitor<'de> for FileOrMap {
            type Value = LayerValues;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a file or a map")
            }

            fn visit_str<E>(self, file: &str) -> Result<LayerValues, E> {
                Ok(LayerValues::File(file.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LayerValues, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(LayerValues::Inline(InlineValues))
            }
        }

        deserializer.deserialize_any(FileOrMap)
    }
}

/// One layer of a profile, as written.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Layer {
    /// Name, unique in the profile.
    pub name: Spanned<String>,
    /// Free text for people; must differ where one pack stands twice.
    pub display_name: Option<String>,
    /// Place in the stack; optional where the pack says it.
    #[serde(rename = "type")]
    pub layer_type: Option<Spanned<LayerType>>,
    /// Source: a pack.
    pub pack: Option<PackRef>,
    /// Source: a chart.
    pub chart: Option<Box<ChartRef>>,
    /// Manifest files beside the profile: the source when alone, else attached to the pack.
    #[serde(default)]
    pub manifests: Vec<Spanned<String>>,
    /// Chosen presets: group → preset.
    #[serde(default)]
    pub presets: Rare<Spanned<String>>,
    /// Values of the profile for this layer.
    pub values: Option<Spanned<LayerValues>>,
    /// `false`: the values stand alone, without defaults and presets.
    #[serde(default = "yes")]
    pub defaults: bool,
    /// The values of a chart layer have Palette's form: the chart's own below `charts.<name>`, the rest below `pack`.
    #[serde(default)]
    pub wrapped: bool,
    /// Namespace of the release.
    pub namespace: Option<Spanned<String>>,
    /// Labels of the namespace.
    #[serde(default)]
    pub namespace_labels: Rare<String>,
    /// Annotations of the namespace.
    #[serde(default)]
    pub namespace_annotations: Rare<String>,
    /// Helm release name of a chart layer.
    pub release: Option<Spanned<String>>,
    /// Ascending order of installation, default 0, then list order.
    pub install_priority: Option<i64>,
    /// Ship the chart's archive as it is, so that its provenance can be checked on the appliance.
    #[serde(default)]
    pub opaque: bool,
}

fn yes() -> bool {
    true
}
