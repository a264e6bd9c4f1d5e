//! New profiles: `profile.yaml` with its modeline, and a README beside it.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::model::{ProfileId, ProfileKind, ProfileType, Scope};
use super::{Change, Workspace};
use crate::schema;
use crate::source::SourceFile;
use crate::yaml;

/// Path of the schema that editors read for `profile.yaml`, relative to the workspace.
pub(super) const EDITOR_SCHEMA: &str = "schemas/profile.json";

/// What a new profile is to be.
#[derive(Clone, Debug)]
pub struct NewProfile {
    /// Kind.
    pub kind: ProfileKind,
    /// Name.
    pub name: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// Strict semver.
    pub version: String,
    /// What it is for.
    pub description: Option<String>,
    /// Tags; a tag may have no value.
    pub tags: BTreeMap<String, String>,
    /// Scope.
    pub scope: Scope,
    /// Project, in project scope.
    pub project: Option<String>,
    /// Owning teams.
    pub owners: Vec<String>,
    /// Type of a cluster profile.
    pub profile_type: Option<ProfileType>,
    /// Cloud type.
    pub cloud: Option<String>,
}

/// A new profile version, before it is written.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its id.
    pub id: ProfileId,
    /// Its version.
    pub version: String,
    /// Its files.
    pub change: Change,
}

impl Workspace {
    /// A new profile.
    ///
    /// # Errors
    /// There is one of that id, its folder is taken, or what is asked for is no valid profile.
    pub fn new_profile(&self, new: &NewProfile) -> Result<Made> {
        let id = ProfileId::new(new.scope, new.project.as_deref(), &new.name);
        if let Some(other) = self.versions(&id).last() {
            bail!(
                "profile `{id}` is there already ({}); `edgewright clone {id} --version X.Y.Z` makes another version of it",
                other.file.path()
            );
        }
        let folder = format!("profiles/{id}");
        let text = format!("{}\n{}", modeline(&folder), yaml::write(&document(new)));
        check_profile(&folder, &text)?;
        if self.root.join(&folder).symlink_metadata().is_ok() {
            bail!(
                "`{folder}` is there already, without a profile of that id; give another name, or move it away"
            );
        }
        let title = new.display_name.as_deref().unwrap_or(&new.name);
        let readme = match &new.description {
            Some(description) => format!("# {title}\n\n{description}\n"),
            None => format!("# {title}\n"),
        };
        let files = vec![
            ("profile.yaml".to_owned(), text.into_bytes()),
            ("README.md".to_owned(), readme.into_bytes()),
        ];
        let mut change = Change::folder(&self.root, &folder, files);
        self.add_editor_schema(&mut change);
        Ok(Made { id, version: new.version.clone(), change })
    }

    /// The schema that modelines name, where it is not there yet.
    pub(super) fn add_editor_schema(&self, change: &mut Change) {
        if !self.root.join(EDITOR_SCHEMA).exists() {
            change.create(EDITOR_SCHEMA, schema::of(schema::Kind::Profile));
        }
    }
}

/// The comment by which YAML language servers find the schema of a `profile.yaml` in `folder`.
pub(super) fn modeline(folder: &str) -> String {
    let up = "../".repeat(folder.split('/').count());
    format!("# yaml-language-server: $schema={up}{EDITOR_SCHEMA}")
}

fn document(new: &NewProfile) -> Value {
    let mut metadata = Map::new();
    metadata.insert("name".into(), json!(new.name));
    if let Some(name) = &new.display_name {
        metadata.insert("displayName".into(), json!(name));
    }
    metadata.insert("version".into(), json!(new.version));
    if let Some(description) = &new.description {
        metadata.insert("description".into(), json!(description));
    }
    if !new.tags.is_empty() {
        metadata.insert("tags".into(), json!(new.tags));
    }
    if new.scope != Scope::Tenant {
        metadata.insert("scope".into(), json!(new.scope));
    }
    if let Some(project) = &new.project {
        metadata.insert("project".into(), json!(project));
    }
    if !new.owners.is_empty() {
        metadata.insert("owners".into(), json!(new.owners));
    }
    let mut spec = Map::new();
    if let Some(profile_type) = new.profile_type {
        spec.insert("type".into(), json!(profile_type));
    }
    if let Some(cloud) = &new.cloud {
        spec.insert("cloud".into(), json!(cloud));
    }
    spec.insert("layers".into(), json!([]));
    json!({ "apiVersion": "edgewright/v1", "kind": new.kind, "metadata": metadata, "spec": spec })
}

/// Refuses a text of `profile.yaml` that its schema would refuse: no command writes what `check` then complains about.
pub(super) fn check_profile(folder: &str, text: &str) -> Result<()> {
    let stream = yaml::parse(&SourceFile::new(format!("{folder}/profile.yaml"), text));
    let mut faults = stream.diagnostics;
    faults.extend(
        stream.documents.first().map(|d| schema::validate(schema::Kind::Profile, d)).unwrap_or_default(),
    );
    match faults.first() {
        None => Ok(()),
        Some(fault) => {
            bail!("{} (at `{}`)", fault.message, fault.pointer.trim_start_matches('/').replace('/', "."))
        }
    }
}
