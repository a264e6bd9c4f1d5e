//! `edgewright.yaml`.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::profile::Scope;
use super::registry::{MirrorConfig, RegistryConfig};
use crate::diagnostics::Severity;
use crate::yaml::Spanned;

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

/// A policy of the organisation: a JSON Schema over resolved profiles.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyConfig {
    /// Name, unique in the repository.
    pub name: Spanned<String>,
    /// Path of the schema, YAML or JSON, relative to the repository.
    pub schema: Spanned<String>,
    /// How bad a violation is; an error unless given.
    pub severity: Option<RuleSeverity>,
    /// Which profiles it is for; all unless given.
    #[serde(default)]
    pub select: PolicySelector,
    /// What people are told instead of what the schema says.
    pub message: Option<String>,
}

/// Which profiles a policy is for: those that fit everything that is given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySelector {
    /// `full`, `infrastructure`, `add-on` or `system`: one of these.
    #[serde(default)]
    pub types: Vec<String>,
    /// `tenant`, `project` or `system`: one of these.
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// One of these projects.
    #[serde(default)]
    pub projects: Vec<String>,
    /// One of these ids; `*` stands for any text.
    #[serde(default)]
    pub ids: Vec<String>,
    /// All of these tags with these values.
    #[serde(default)]
    pub tags: IndexMap<String, String>,
}

/// `spec.check`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckConfig {
    /// Settings by rule code or name.
    #[serde(default)]
    pub rules: IndexMap<String, RuleSetting>,
    /// Other severities for some files; of two that fit one file and rule the later wins.
    #[serde(default)]
    pub overrides: Vec<CheckOverride>,
    /// Patterns, as in `.gitignore`, of files that are not checked.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// File with findings that are not shown; `edgewright-baseline.json` unless given.
    pub baseline: Option<String>,
    /// Policies of the organisation.
    #[serde(default)]
    pub policies: Vec<PolicyConfig>,
}

/// Severities for some files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckOverride {
    /// Patterns, as in `.gitignore`, of the files.
    pub paths: Vec<String>,
    /// Severities by rule code or name.
    pub rules: IndexMap<String, RuleSeverity>,
}

/// `spec.site`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SiteConfig {
    /// Address at which the catalog will be read.
    pub base_url: Option<String>,
    /// Title of the catalog.
    pub title: Option<String>,
    /// Folder with templates that replace the embedded ones; `site-templates` unless given.
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
    /// Where registries are reached at this site, in place of their own addresses.
    #[serde(default)]
    pub mirrors: Vec<MirrorConfig>,
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

impl ConfigSpec {
    /// The registry of that name: one of `edgewright.yaml`, else a well-known public one.
    pub fn registry(&self, name: &str) -> Option<&RegistryConfig> {
        self.registries.get(name).or_else(|| super::well_known::registry(name))
    }
}
