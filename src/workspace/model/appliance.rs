//! Groups, appliances and what they are assigned.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::yaml::{Document, Spanned};

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
