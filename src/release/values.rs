//! Values and manifests as they travel: what is known at release is replaced, what only the appliance knows stays.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::ReleaseError;
use crate::resolve::resolved::{EffectiveValues, ResolvedProfile};
use crate::source::SourceFile;
use crate::template::{self, Found, KnownAt, Reference, ReferenceKind};
use crate::workspace::Workspace;

/// What references of one profile stand for.
pub(super) struct Values<'a> {
    macros: IndexMap<&'a str, &'a Value>,
    resolved: &'a ResolvedProfile,
}

impl<'a> Values<'a> {
    /// For a profile: its project's macros win over the tenant's.
    pub(super) fn new(workspace: &'a Workspace, resolved: &'a ResolvedProfile) -> Self {
        let all = &workspace.config.spec.macros;
        let project = resolved.profile.metadata.project.as_ref();
        let of_project = project.and_then(|project| all.projects.get(&project.value));
        let macros = all.tenant.iter().chain(of_project.into_iter().flatten());
        Self { macros: macros.map(|(name, value)| (name.as_str(), value)).collect(), resolved }
    }

    /// The values at `pointer` of a layer's effective values, as YAML.
    pub(super) fn below(&self, values: &EffectiveValues, pointer: &str) -> Result<String, ReleaseError> {
        let mut value = values.for_chart(pointer);
        template::replace_in(&mut value, &|reference| self.lookup(reference)).map_err(|errors| {
            let errors: Vec<_> =
                errors.into_iter().map(|(below, why)| format!("values {pointer}{below}: {why}")).collect();
            ReleaseError::Content(errors.join("; "))
        })?;
        Ok(template::write_values(&value))
    }

    /// The text of a manifest.
    pub(super) fn manifest(&self, file: &Arc<SourceFile>) -> Result<String, ReleaseError> {
        template::substitute(file, &|reference| self.lookup(reference)).map_err(|found| {
            let found: Vec<_> = found
                .iter()
                .map(|d| format!("{}:{}: {}", d.place.file.path(), d.place.start().line, d.message))
                .collect();
            ReleaseError::Content(found.join("; "))
        })
    }

    fn lookup(&self, reference: &Reference) -> Found {
        let name = reference.name.as_str();
        match reference.kind {
            ReferenceKind::Var => Found::Keep,
            ReferenceKind::Macro => match self.macros.get(name) {
                Some(value) => Found::Value((*value).clone()),
                None => Found::Missing(format!("there is no macro `{name}`; add it to edgewright.yaml")),
            },
            ReferenceKind::System => match template::system_name(name) {
                Some(KnownAt::Release) => Found::Value(Value::String(self.system(name))),
                _ => Found::Keep,
            },
            // As in Palette: a value that is not there is empty, unless the reference has a default.
            ReferenceKind::Pack => match self.of_pack(name) {
                Some(value) => Found::Value(value),
                None if reference.has_default() => Found::Missing(format!("no pack has a value `{name}`")),
                None => Found::Value(Value::String(String::new())),
            },
        }
    }

    fn system(&self, name: &str) -> String {
        let profile = &self.resolved.profile;
        match name {
            "clusterprofile.name" => profile.id.name().to_owned(),
            "clusterprofile.uid" => profile.id.0.clone(),
            "clusterprofile.version" => profile.version().to_owned(),
            "cloud.type" => {
                profile.spec.cloud.as_ref().map_or_else(|| "edge-native".to_owned(), |c| c.value.clone())
            }
            "project.name" | "project.uid" => {
                profile.metadata.project.as_ref().map(|project| project.value.clone()).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    /// `PACK.path.to.value` in the values of another layer.
    fn of_pack(&self, name: &str) -> Option<Value> {
        let layers = &self.resolved.layers;
        layers.iter().find_map(|layer| {
            let path = name.strip_prefix(layer.source.name()?)?.strip_prefix('.')?;
            let value = path.split('.').try_fold(&layer.values.value, |value, key| value.get(key))?;
            // Another reference would have to be followed in turn: only what is written out is taken.
            let text = value.as_str().unwrap_or_default();
            (!value.is_object() && !value.is_array() && template::references(text).is_empty())
                .then(|| value.clone())
        })
    }
}
