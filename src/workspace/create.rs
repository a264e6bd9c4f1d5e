//! New profiles: `profile.yaml` with its modeline, and a README beside it.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::model::{ProfileId, ProfileKind, ProfileType, Scope};
use super::{Workspace, write};
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

/// Files to be written, before they are: `--dry-run` shows them, [`Change::write`] writes them.
#[derive(Clone, Debug)]
pub struct Change {
    /// The profile meant.
    pub id: ProfileId,
    /// Its version.
    pub version: String,
    /// Folder of the profile, relative to the workspace.
    pub folder: String,
    /// Whether the folder is new and comes with all its files at once.
    pub(super) new_folder: bool,
    /// Files below the folder.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// Files elsewhere in the workspace, for editors.
    pub(super) beside: Vec<(String, Vec<u8>)>,
    /// What people should know.
    pub notes: Vec<String>,
}

impl Change {
    /// Paths of the files, relative to the workspace.
    pub fn paths(&self) -> Vec<String> {
        let below = self.files.iter().map(|(path, _)| format!("{}/{path}", self.folder));
        below.chain(self.beside.iter().map(|(path, _)| path.clone())).collect()
    }

    /// The new text of `profile.yaml`.
    pub fn profile_yaml(&self) -> &str {
        let file = self.files.iter().find(|(path, _)| path == "profile.yaml");
        file.and_then(|(_, bytes)| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// Writes the files.
    ///
    /// # Errors
    /// The folder is there already, or the system refuses.
    pub fn write(&self, workspace: &Workspace) -> Result<()> {
        let folder = workspace.root.join(&self.folder);
        if self.new_folder {
            write::folder(&folder, &self.files)?;
        } else {
            // What profile.yaml names is there before profile.yaml names it.
            let (last, first): (Vec<_>, Vec<_>) =
                self.files.iter().partition(|(path, _)| path == "profile.yaml");
            for (path, bytes) in first.into_iter().chain(last) {
                write::file(&folder.join(path), bytes)?;
            }
        }
        for (path, bytes) in &self.beside {
            write::file(&workspace.root.join(path), bytes)?;
        }
        Ok(())
    }
}

impl Workspace {
    /// A new profile.
    ///
    /// # Errors
    /// There is one of that id, its folder is taken, or what is asked for is no valid profile.
    pub fn new_profile(&self, new: &NewProfile) -> Result<Change> {
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
        Ok(Change {
            id,
            version: new.version.clone(),
            folder,
            new_folder: true,
            files: vec![
                ("profile.yaml".to_owned(), text.into_bytes()),
                ("README.md".to_owned(), readme.into_bytes()),
            ],
            beside: self.editor_schema(),
            notes: Vec::new(),
        })
    }

    /// The schema that modelines name, where it is not there yet.
    pub(super) fn editor_schema(&self) -> Vec<(String, Vec<u8>)> {
        if self.root.join(EDITOR_SCHEMA).exists() {
            return Vec::new();
        }
        vec![(EDITOR_SCHEMA.to_owned(), schema::of(schema::Kind::Profile).into())]
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
