//! Profiles: who they are, and one version with its files' places.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::layer::Layer;
use super::rare::Rare;
use super::variable::Variable;
use crate::source::{Overlay, Place, SourceFile, Span};
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
    pub annotations: Rare<Value>,
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
    /// What stands in for files beside it.
    pub overlay: Overlay,
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
