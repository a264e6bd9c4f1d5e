//! Our kinds as types. The schemas in `schemas/` are the contract; a test proves that both agree.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diagnostics::Severity;
use crate::pack::LayerType;
use crate::source::{Place, SourceFile, Span};
use crate::template::VariableFormat;
use crate::yaml::{Document, Spanned};

/// Name of a profile within everything that is released: `name`, `project/name` or `system/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileId(pub String);

impl ProfileId {
    /// The id of a profile in its scope.
    pub fn new(scope: Scope, project: Option<&str>, name: &str) -> Self {
        match (scope, project) {
            (Scope::System, _) => Self(format!("system/{name}")),
            (Scope::Project, Some(project)) => Self(format!("{project}/{name}")),
            _ => Self(name.to_owned()),
        }
    }

    /// `system`, the project's name, or `None` in tenant scope.
    pub fn folder(&self) -> Option<&str> {
        self.0.split_once('/').map(|(folder, _)| folder)
    }

    /// The name without its scope.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, name)| name)
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who owns a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The whole organisation.
    #[default]
    Tenant,
    /// One project.
    Project,
    /// The appliance's own base.
    System,
}

/// `kind` of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProfileKind {
    /// A cluster profile, with a `type`.
    ClusterProfile,
    /// A system profile: add-on layers only.
    SystemProfile,
}

/// `spec.type` of a cluster profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileType {
    /// Operating system, Kubernetes, network, storage and add-ons.
    Full,
    /// The core layers alone.
    Infrastructure,
    /// Add-ons alone.
    AddOn,
}

/// `metadata` of a profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileMetadata {
    /// Name, unique in its scope.
    pub name: Spanned<String>,
    /// Free text for people.
    pub display_name: Option<String>,
    /// Strict semver.
    pub version: Spanned<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Tags; a tag may have an empty value.
    #[serde(default)]
    pub tags: IndexMap<String, Option<String>>,
    /// Scope, tenant by default.
    #[serde(default)]
    pub scope: Scope,
    /// Project, in project scope.
    pub project: Option<Spanned<String>>,
    /// Owning teams.
    #[serde(default)]
    pub owners: Vec<String>,
    /// What it was cloned from.
    pub cloned_from: Option<ClonedFrom>,
    /// Kept and exported; `palette/…` is what `import` found no other place for.
    #[serde(default)]
    pub annotations: IndexMap<String, Value>,
}

/// Origin of a clone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClonedFrom {
    /// Profile id.
    pub id: ProfileId,
    /// Its version.
    pub version: String,
}

/// `spec` of a profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileSpec {
    /// Type of a cluster profile; absent in a system profile.
    #[serde(rename = "type")]
    pub profile_type: Option<Spanned<ProfileType>>,
    /// Cloud type, `all` by default.
    pub cloud: Option<Spanned<String>>,
    /// Variables, in order of display.
    #[serde(default)]
    pub variables: Vec<Variable>,
    /// Layers, lowest first.
    #[serde(default)]
    pub layers: Vec<Layer>,
}

/// How a form asks for a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputType {
    /// One line.
    #[default]
    Text,
    /// A choice of `options`.
    Dropdown,
    /// Several lines.
    Multiline,
}

/// One choice of a dropdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableOption {
    /// The value.
    pub value: Value,
    /// What people see.
    pub label: Option<String>,
    /// Longer text.
    pub description: Option<String>,
}

/// A profile variable (`reference`: Palette's `v1Variable`).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Variable {
    /// Name, unique in the profile.
    pub name: Spanned<String>,
    /// Free text for people, unique in the profile.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What its value must look like.
    #[serde(default)]
    pub format: VariableFormat,
    /// How a form asks for it.
    #[serde(default)]
    pub input_type: InputType,
    /// Choices of a dropdown.
    #[serde(default)]
    pub options: Vec<VariableOption>,
    /// Whether a value must be there.
    #[serde(default)]
    pub required: bool,
    /// Value when nothing sets it; a scalar.
    pub default: Option<Spanned<Value>>,
    /// RE2 expression that the whole value must match.
    pub regex: Option<Spanned<String>>,
    /// Not shown at deployment.
    #[serde(default)]
    pub hidden: bool,
    /// Cannot be changed by groups or appliances.
    #[serde(default)]
    pub read_only: bool,
    /// Never in git in clear, masked wherever it is shown.
    #[serde(default)]
    pub sensitive: bool,
}

/// A reference to a pack.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackRef {
    /// Name in the registry.
    pub name: Spanned<String>,
    /// Version, group (`1.27.x`), `latest` or constraint.
    pub version: Spanned<String>,
    /// Registry of `edgewright.yaml`; may be left out where there is just one for packs.
    pub registry: Option<Spanned<String>>,
}

/// A reference to a Helm chart.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartRef {
    /// Name in the registry.
    pub name: Spanned<String>,
    /// Version or constraint, with Helm's meaning; empty: the newest stable one.
    pub version: Spanned<String>,
    /// Registry of `edgewright.yaml`.
    pub registry: Option<Spanned<String>>,
}

/// `values` of a layer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum LayerValues {
    /// A file beside the profile.
    File(String),
    /// An inline map.
    Inline(serde_json::Map<String, Value>),
}

/// One layer of a profile, as written.
#[derive(Clone, Debug, Deserialize)]
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
    pub chart: Option<ChartRef>,
    /// Manifest files beside the profile: the source when alone, else attached to the pack.
    #[serde(default)]
    pub manifests: Vec<Spanned<String>>,
    /// Chosen presets: group → preset.
    #[serde(default)]
    pub presets: IndexMap<String, Spanned<String>>,
    /// Values of the profile for this layer.
    pub values: Option<Spanned<LayerValues>>,
    /// `false`: the values stand alone, without defaults and presets.
    #[serde(default = "yes")]
    pub defaults: bool,
    /// Namespace of the release.
    pub namespace: Option<Spanned<String>>,
    /// Labels of the namespace.
    #[serde(default)]
    pub namespace_labels: IndexMap<String, String>,
    /// Annotations of the namespace.
    #[serde(default)]
    pub namespace_annotations: IndexMap<String, String>,
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

/// One version of a profile, with its files' places.
#[derive(Clone, Debug)]
pub struct Profile {
    /// `name`, `project/name` or `system/name`.
    pub id: ProfileId,
    /// Kind.
    pub kind: ProfileKind,
    /// `metadata`.
    pub metadata: ProfileMetadata,
    /// `spec`.
    pub spec: ProfileSpec,
    /// Absolute folder of `profile.yaml`.
    pub dir: PathBuf,
    /// `profile.yaml`, path relative to the workspace.
    pub file: Arc<SourceFile>,
    /// Its tree.
    pub document: Document,
}

impl Profile {
    /// Its version.
    pub fn version(&self) -> &str {
        &self.metadata.version
    }

    /// A place in `profile.yaml`.
    pub fn place(&self, span: Span) -> Place {
        Place::new(&self.file, span)
    }

    /// `id` and version, as people write them: `retail/vm@1.2.0`.
    pub fn label(&self) -> String {
        format!("{}@{}", self.id, self.version())
    }
}

/// One step of a staged rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Duration after the channel moved: `0h`, `24h`, `90m`, `7d`.
    pub after: String,
    /// Share of the appliances that may move by then, 0 to 100.
    pub percent: u8,
}

/// What one channel gives.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Channel {
    /// Version that appliances get.
    pub version: Spanned<String>,
    /// No appliance goes below this version.
    pub min_version: Option<Spanned<String>>,
    /// Whether appliances stay where they are.
    #[serde(default)]
    pub paused: bool,
    /// Steps of the rollout; empty: all at once.
    #[serde(default)]
    pub waves: Vec<Wave>,
}

/// `metadata` of channels: which profile they belong to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelsMetadata {
    /// Profile name.
    pub name: Spanned<String>,
    /// Its scope.
    #[serde(default)]
    pub scope: Scope,
    /// Its project.
    pub project: Option<Spanned<String>>,
}

/// `channels.yaml` of a profile.
#[derive(Clone, Debug)]
pub struct Channels {
    /// The profile.
    pub id: ProfileId,
    /// Channel name → what it gives, in order.
    pub channels: IndexMap<String, Channel>,
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its tree.
    pub document: Document,
}

/// A profile that a group or an appliance runs: by channel or by version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// Profile id.
    pub id: Spanned<String>,
    /// Channel; `stable` where neither is given.
    pub channel: Option<Spanned<String>>,
    /// Fixed version.
    pub version: Option<Spanned<String>>,
}

/// When changes may be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Start of the window, five cron fields.
    pub cron: String,
    /// How long it is open: `2h`.
    pub duration: String,
    /// IANA time zone, UTC by default.
    pub timezone: Option<String>,
}

/// Whether the appliance runs a Kubernetes of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KubernetesMode {
    /// By an infrastructure or full profile.
    #[default]
    Managed,
    /// By somebody else: add-ons may stand alone.
    Provided,
}

/// `spec` of a group.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupSpec {
    /// Which appliances belong to it.
    pub selector: Selector,
    /// Decides between groups that set one variable differently; higher wins.
    #[serde(default)]
    pub priority: i64,
    /// What its appliances run.
    #[serde(default)]
    pub profiles: Vec<Assignment>,
    /// Variables that it sets.
    #[serde(default)]
    pub variables: IndexMap<String, Spanned<Value>>,
    /// When its appliances may change.
    pub window: Option<Window>,
}

/// Labels that an appliance must have.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Selector {
    /// All of these; empty selects every appliance.
    #[serde(default)]
    pub match_labels: IndexMap<String, String>,
}

/// `ApplianceGroup`.
#[derive(Clone, Debug)]
pub struct Group {
    /// Name.
    pub name: Spanned<String>,
    /// `spec`.
    pub spec: GroupSpec,
    /// The document (a file may hold several).
    pub document: Document,
}

/// `spec` of an appliance.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplianceSpec {
    /// What the box calls itself; default `metadata.name`.
    pub id: Option<Spanned<String>>,
    /// age recipient that its sensitive variables are encrypted to.
    pub recipient: Option<Spanned<String>>,
    /// Whether it runs a Kubernetes of its own.
    #[serde(default)]
    pub kubernetes: KubernetesMode,
    /// Profiles besides those of its groups.
    #[serde(default)]
    pub profiles: Vec<Assignment>,
    /// Variables that it sets; they win over its groups'.
    #[serde(default)]
    pub variables: IndexMap<String, Spanned<Value>>,
    /// When it may change; wins over its groups'.
    pub window: Option<Window>,
}

/// `Appliance`.
#[derive(Clone, Debug)]
pub struct Appliance {
    /// Name.
    pub name: Spanned<String>,
    /// Labels.
    pub labels: IndexMap<String, String>,
    /// `spec`.
    pub spec: ApplianceSpec,
    /// The document (a file may hold several).
    pub document: Document,
}

impl Appliance {
    /// What the box calls itself.
    pub fn id(&self) -> &str {
        self.spec.id.as_deref().unwrap_or(&self.name.value)
    }
}

/// One registry of `edgewright.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", tag = "type", deny_unknown_fields)]
pub enum RegistryConfig {
    /// A folder of this repository in pack-central's layout.
    Directory {
        /// Relative to the workspace.
        path: String,
    },
    /// A subfolder of a git repository, in the same layout.
    Git {
        /// Address of the repository.
        url: String,
        /// Subfolder with the packs.
        path: Option<String>,
        /// Branch, tag or commit.
        #[serde(rename = "ref")]
        reference: Option<String>,
    },
    /// A Helm repository over HTTP.
    Helm {
        /// Address below which `index.yaml` lies.
        url: String,
    },
    /// An OCI registry.
    Oci {
        /// `oci://host/path`.
        url: String,
    },
}

/// Setting of one rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum RuleSetting {
    /// Its severity.
    Severity(RuleSeverity),
    /// Severity and the rule's own options.
    Options {
        /// Its severity; the rule's default where it is left out.
        severity: Option<RuleSeverity>,
        /// Options of the rule.
        #[serde(flatten)]
        options: IndexMap<String, Value>,
    },
}

/// Severity of a rule in `edgewright.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleSeverity {
    /// Not at all.
    Off,
    /// As information.
    Info,
    /// As a warning.
    Warning,
    /// As an error.
    Error,
}

impl RuleSeverity {
    /// The severity of findings; `None` where the rule is off.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// `spec.macros`: macro values by scope; the narrower scope wins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Macros {
    /// For everything.
    #[serde(default)]
    pub tenant: IndexMap<String, Value>,
    /// By project.
    #[serde(default)]
    pub projects: IndexMap<String, IndexMap<String, Value>>,
}

/// `spec.kubernetes`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KubernetesConfig {
    /// Minor versions whose schemas judge manifests.
    #[serde(default)]
    pub versions: Vec<String>,
}

/// `spec.check`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckConfig {
    /// Settings by rule code or name.
    #[serde(default)]
    pub rules: IndexMap<String, RuleSetting>,
    /// Glob patterns of files that are not checked.
    #[serde(default)]
    pub ignore: Vec<String>,
}

/// `spec.site`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SiteConfig {
    /// Address at which the catalog will be read.
    pub base_url: Option<String>,
    /// Title of the catalog.
    pub title: Option<String>,
    /// Folder with templates that replace the embedded ones.
    pub templates: Option<String>,
}

/// Who signs for a role.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleConfig {
    /// Signer URI: `file:PATH` or `cmd:COMMAND`.
    pub signer: Option<String>,
}

/// `spec.release`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReleaseConfig {
    /// The tree published before: a folder or an address.
    pub previous: Option<String>,
    /// How many earlier releases get deltas.
    pub deltas_from: Option<u32>,
    /// Signers by role.
    #[serde(default)]
    pub roles: IndexMap<String, RoleConfig>,
}

/// `spec` of `edgewright.yaml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigSpec {
    /// Registries by name.
    #[serde(default)]
    pub registries: IndexMap<String, RegistryConfig>,
    /// Macros.
    #[serde(default)]
    pub macros: Macros,
    /// Kubernetes versions.
    #[serde(default)]
    pub kubernetes: KubernetesConfig,
    /// Rules.
    #[serde(default)]
    pub check: CheckConfig,
    /// Catalog.
    #[serde(default)]
    pub site: SiteConfig,
    /// Release.
    #[serde(default)]
    pub release: ReleaseConfig,
}
