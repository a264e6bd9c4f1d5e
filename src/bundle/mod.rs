//! The documents of the published tree: descriptors, profile targets, assignments.
//!
//! Used on both sides: `release` writes them, `agent` reads them. Every number is an integer below 2^53, every key is
//! known: an unknown `schemaVersion` is refused.
//!
//! Architecture invariant: this room knows no key.

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::archive::Digest;

/// Version of all documents here.
pub const SCHEMA_VERSION: u32 = 1;

/// Why bytes are no document of ours.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A version that this program does not know: refused, never guessed at.
    #[error("schemaVersion {0} is not known to this version of edgewright; update it")]
    SchemaVersion(u64),
    /// Not the shape that the version has.
    #[error("not a document of schemaVersion 1: {0}")]
    Form(#[from] serde_json::Error),
}

/// Reads a document after looking at its `schemaVersion`.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Version {
        schema_version: u64,
    }
    let Version { schema_version } = serde_json::from_slice(bytes)?;
    if schema_version != u64::from(SCHEMA_VERSION) {
        return Err(DocumentError::SchemaVersion(schema_version));
    }
    Ok(serde_json::from_slice(bytes)?)
}

/// The bytes of a document as they are published: one line of JSON.
///
/// # Panics
/// Never: the documents have text keys only.
pub fn write<T: Serialize>(document: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(document).expect("our documents have text keys only");
    bytes.push(b'\n');
    bytes
}

/// A stored blob: `blobs/sha256/ab/<hex>`, named by the stored bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    /// Digest of the stored bytes.
    pub sha256: Digest,
    /// Size of the stored bytes.
    pub size: u64,
}

impl Blob {
    /// The blob that stores `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: Digest::of(bytes), size: bytes.len() as u64 }
    }

    /// Path below the published tree.
    pub fn path(&self) -> String {
        let hex = self.sha256.to_string();
        format!("blobs/sha256/{}/{hex}", &hex[..2])
    }
}

/// Release descriptor: one version of one profile, a pure function of what is in the commit. It does not name the commit:
/// a commit that leaves a profile alone must not make a new release of it ([`ReleaseTarget`] says where it came from).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Descriptor {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Profile id.
    pub profile: String,
    /// Its version.
    pub version: String,
    /// `full`, `infrastructure`, `add-on` or `system`.
    #[serde(rename = "type")]
    pub profile_type: String,
    /// What the appliance must have.
    pub requires: Requirements,
    /// Layers in the order of the stack.
    pub layers: Vec<DescriptorLayer>,
    /// Names of the layers in the order of installation.
    pub apply_order: Vec<String>,
    /// The profile's variables, as the appliance checks them.
    pub variables: Vec<DescriptorVariable>,
    /// Images that the layers are known to pull.
    pub images: Vec<String>,
}

/// What an appliance must have before it downloads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requirements {
    /// Lowest version of the agent.
    pub agent: String,
    /// Bytes of the unpacked layers.
    pub free_bytes: u64,
}

/// One layer of a descriptor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescriptorLayer {
    /// Name, unique in the profile.
    pub name: String,
    /// Layer type word.
    #[serde(rename = "type")]
    pub layer_type: String,
    /// `pack`, `chart` or `manifests`.
    pub kind: String,
    /// Name of the pack or chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Pinned version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Digest of the archive as its makers published it (provenance).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_sha256: Option<Digest>,
    /// Digest of the canonical tar.
    pub tar_sha256: Digest,
    /// Size of the canonical tar.
    pub tar_size: u64,
    /// The tar, stored as zstd.
    pub blob: Blob,
}

/// A variable as the appliance needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescriptorVariable {
    /// Name.
    pub name: String,
    /// Format word.
    pub format: String,
    /// Whether a value must be there.
    #[serde(default)]
    pub required: bool,
    /// Default; never of a sensitive variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// RE2 expression for the whole value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Allowed values; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Value>,
    /// Whether groups and appliances may set it.
    #[serde(default)]
    pub read_only: bool,
    /// Whether it must never be shown.
    #[serde(default)]
    pub sensitive: bool,
}

/// `layer.json` inside a layer's tar: how its files are to be applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayerDocument {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Layer name.
    pub name: String,
    /// Layer type word.
    #[serde(rename = "type")]
    pub layer_type: String,
    /// `pack`, `chart` or `manifests`.
    pub kind: String,
    /// Name of the pack or chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Pinned version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Priority of installation.
    pub priority: i64,
    /// Charts, in order.
    pub charts: Vec<LayerDocumentChart>,
    /// Manifest files, in order, relative to the layer: `manifests/00-quota.yaml`.
    pub manifests: Vec<String>,
    /// Values file of a layer that is values alone (an operating system, a distribution), relative to the layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
    /// Namespaces that it needs, with labels and annotations.
    pub namespaces: Vec<LayerNamespace>,
    /// The pack's `readinessCheck`, as found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Value>,
}

/// A chart in a layer's tar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayerDocumentChart {
    /// Chart name.
    pub name: String,
    /// Chart version.
    pub version: String,
    /// Folder (or `.tgz`, opaque) relative to the layer: `charts/00-podinfo`.
    pub path: String,
    /// Values file relative to the layer: `charts/00-podinfo.values.yaml`.
    pub values: String,
    /// Helm release name.
    pub release: String,
    /// Namespace.
    pub namespace: String,
}

/// A namespace that a layer needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayerNamespace {
    /// Name.
    pub name: String,
    /// Labels.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub labels: IndexMap<String, String>,
    /// Annotations.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub annotations: IndexMap<String, String>,
}

/// Profile target: `profiles/<name>.json`, `profiles/<project>/<name>.json`, `profiles/system/<name>.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileTarget {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Profile id.
    pub profile: String,
    /// Equals the profile's entry in `epochs.json`; compared before any serial.
    pub epoch: u64,
    /// No appliance goes below this version, whatever its channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_version: Option<String>,
    /// Channels by name.
    pub channels: IndexMap<String, ChannelTarget>,
    /// Releases: version → descriptor.
    pub releases: IndexMap<String, ReleaseTarget>,
}

impl ProfileTarget {
    /// Path of the target of a profile: `profiles/retail/vm.json`.
    pub fn path(profile: &str) -> String {
        format!("profiles/{profile}.json")
    }
}

/// What a channel gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelTarget {
    /// Rises by one with each change of this channel.
    pub serial: u64,
    /// Version, a key of `releases`.
    pub version: String,
    /// Whether appliances stay where they are.
    #[serde(default)]
    pub paused: bool,
    /// When the channel moved to this version, RFC 3339.
    pub since: String,
    /// Steps of the rollout: seconds after `since`, and percent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waves: Vec<WaveTarget>,
}

/// A step of a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaveTarget {
    /// Seconds after `since`.
    pub after: u64,
    /// Share of appliances, 0 to 100.
    pub percent: u8,
}

/// One release of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseTarget {
    /// Its descriptor, stored as it is (JSON).
    pub descriptor: Blob,
    /// Commit that first released this descriptor; empty outside git, `-dirty` behind it where the tree differed.
    pub commit: String,
    /// Date of that commit, RFC 3339, UTC.
    pub released: String,
}

/// `epochs.json`, signed by the top-level targets role: profile id → epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Epochs {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Epochs.
    pub epochs: IndexMap<String, u64>,
}

/// A node of the assignment tree. The root is the target `assignments/root.json`; a child is
/// `targets/assignments/<sha256>.node.json`, vouched for by its parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignmentNode {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// In the root alone: rises by one with each change of the tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u64>,
    /// Inner node: next hex digit of sha256(id) → child.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub children: IndexMap<String, Blob>,
    /// Leaf: appliance id → assignment.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub appliances: IndexMap<String, ApplianceAssignment>,
}

impl AssignmentNode {
    /// Where a child node lies in the published tree.
    pub fn child_path(child: &Blob) -> String {
        format!("targets/assignments/{}.node.json", child.sha256)
    }

    /// Hex digits of sha256(id), one for each level of the tree, most significant first.
    pub fn digits(id: &str) -> String {
        Digest::of(id.as_bytes()).to_string()
    }
}

/// What one appliance runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplianceAssignment {
    /// Profiles, sorted by id.
    pub profiles: Vec<AssignedProfile>,
    /// Values of variables (of groups and its own, merged), sorted by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub variables: IndexMap<String, Value>,
    /// When changes may be applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<AssignedWindow>,
}

/// A profile in an assignment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignedProfile {
    /// Profile id.
    pub id: String,
    /// Channel; exactly one of channel and version is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Fixed version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A maintenance window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignedWindow {
    /// Start, five cron fields.
    pub cron: String,
    /// How long it is open.
    pub duration: String,
    /// IANA time zone.
    pub timezone: String,
}
