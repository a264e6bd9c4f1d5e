//! Packs in pack-central's layout: `pack.json`, `values.yaml`, `presets.yaml`, `schema.yaml`, charts and manifests.
//!
//! Architecture invariant: this room does not know where a pack comes from.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::archive::Files;
use crate::chart::Chart;
use crate::source::{Place, SourceFile};
use crate::yaml::{Document, Spanned};

/// Where a layer stands in the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerType {
    /// Operating system.
    Os,
    /// Kubernetes distribution (`k8s` in packs).
    #[serde(alias = "k8s")]
    Kubernetes,
    /// Network.
    Cni,
    /// Storage.
    Csi,
    /// Everything above.
    Addon,
}

impl LayerType {
    /// The word used in files and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Os => "os",
            Self::Kubernetes => "kubernetes",
            Self::Cni => "cni",
            Self::Csi => "csi",
            Self::Addon => "addon",
        }
    }
}

/// How a pack depends on another one (`pack-constraints.md` of Palette's documentation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependencyType {
    /// Must be in the profile, in range.
    Required,
    /// If it is there, it must be in range.
    Optional,
    /// In range is an error.
    NotSupported,
    /// A limit on upgrades in place; names the pack itself.
    Upgrade,
}

/// One entry of `constraints.dependencies`.
#[derive(Clone, Debug)]
pub struct PackDependency {
    /// The other pack.
    pub pack_name: Spanned<String>,
    /// Layer of the other pack.
    pub layer: Option<LayerType>,
    /// Lowest version; `None` when empty or missing.
    pub min_version: Option<Spanned<String>>,
    /// Highest version; `None` when empty or missing.
    pub max_version: Option<Spanned<String>>,
    /// `None` where the pack does not say (a fault that a rule reports).
    pub dependency_type: Option<DependencyType>,
}

/// A layer that a preset brings along.
#[derive(Clone, Debug)]
pub struct BroughtLayer {
    /// Layer name.
    pub name: String,
    /// Pack name.
    pub pack: String,
    /// Version or constraint; empty: the newest one.
    pub version: String,
    /// Registry; `None`: that of the pack that brings it.
    pub registry: Option<String>,
    /// Values for it.
    pub values: Option<serde_json::Value>,
    /// Where the preset says so.
    pub place: Place,
}

/// One preset of `presets.yaml`.
#[derive(Clone, Debug)]
pub struct Preset {
    /// Name, unique in its group.
    pub name: String,
    /// What people see.
    pub display_name: String,
    /// Group: one preset of it is chosen.
    pub group: String,
    /// Dotted paths that it removes from the values.
    pub remove: Vec<String>,
    /// Values that it merges.
    pub add: Option<Document>,
    /// Whether it is chosen when nobody chooses.
    pub default: bool,
    /// Layers that it brings along.
    pub layers: Vec<BroughtLayer>,
    /// Where it stands.
    pub place: Place,
}

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
    /// `layer`.
    pub layer: LayerType,
    /// `addonType`.
    pub addon_type: Option<String>,
    /// `cloudTypes`.
    pub cloud_types: Vec<String>,
    /// `annotations`.
    pub annotations: IndexMap<String, String>,
    /// `constraints.dependencies`.
    pub dependencies: Vec<PackDependency>,
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
}
