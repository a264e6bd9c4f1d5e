//! Policies of the organisation: the schemas that `spec.check.policies` names.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::beside::{below, read_text};
use super::model::PolicyConfig;
use super::{Config, FileError};
use crate::diagnostics::Diagnostic;
use crate::schema::{BROKEN_POLICY, CustomSchema};
use crate::source::{Overlay, Place, SourceFile};
use crate::yaml;

/// A policy whose schema could be read.
#[derive(Clone, Debug)]
pub struct Policy {
    /// As `edgewright.yaml` has it.
    pub config: PolicyConfig,
    /// What it says.
    pub schema: Arc<CustomSchema>,
}

/// Reads the policies of a repository; what cannot be used is told, and the others hold.
pub(super) fn read(
    root: &Path,
    config: &Config,
    overlay: &Overlay,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Policy> {
    let mut policies = Vec::new();
    let mut names = HashMap::new();
    for (index, policy) in config.spec.check.policies.iter().enumerate() {
        let pointer = format!("/spec/check/policies/{index}");
        if let Some(first) = names.insert(policy.name.value.as_str(), policy.name.span) {
            diagnostics.push(
                Diagnostic::new(
                    BROKEN_POLICY,
                    Place::new(&config.file, policy.name.span),
                    format!("two policies are called `{}`", policy.name),
                )
                .pointer(format!("{pointer}/name"))
                .related(Place::new(&config.file, first), "the first one"),
            );
        }
        match schema(root, &policy.schema, overlay) {
            Ok(schema) => policies.push(Policy { config: policy.clone(), schema: Arc::new(schema) }),
            Err(Fault::File(error)) => diagnostics.push(
                Diagnostic::new(
                    BROKEN_POLICY,
                    Place::new(&config.file, policy.schema.span),
                    error.to_string().replace("the folder of the profile", "the repository"),
                )
                .pointer(format!("{pointer}/schema"))
                .help("the path is relative to edgewright.yaml, without `..`"),
            ),
            Err(Fault::Schema(found)) => diagnostics.extend(found),
        }
    }
    policies
}

enum Fault {
    File(FileError),
    Schema(Vec<Diagnostic>),
}

fn schema(root: &Path, path: &str, overlay: &Overlay) -> Result<CustomSchema, Fault> {
    let text =
        below(root, path).and_then(|absolute| read_text(overlay, &absolute, path)).map_err(Fault::File)?;
    let stream = yaml::parse(&SourceFile::new(path, text));
    if !stream.diagnostics.is_empty() {
        return Err(Fault::Schema(stream.diagnostics));
    }
    match &stream.documents[..] {
        [document] => CustomSchema::compile(document).map_err(Fault::Schema),
        documents => {
            let place = documents.get(1).map_or_else(|| Place::whole(path), |second| second.root().place());
            let message = "the file should hold just one schema";
            Err(Fault::Schema(vec![Diagnostic::new(BROKEN_POLICY, place, message)]))
        }
    }
}
