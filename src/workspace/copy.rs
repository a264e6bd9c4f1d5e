//! Copies of a profile version: under a new name, version, scope or project, with all its files.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::change::Change;
use super::create::{EDITOR_SCHEMA, Made, check_profile, modeline};
use super::discover::{CONFIG_FILE, shown};
use super::draft::Draft;
use super::layer_set::put_at;
use super::model::{Profile, ProfileId, RegistryConfig, Scope};
use super::promote::refuse_faults;
use super::{MAX_TEXT, Workspace};
use crate::schema;
use crate::source::SourceFile;
use crate::yaml::{self, Resolver, edit};

/// What a copy is to be called; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct CloneTo {
    /// Name.
    pub name: Option<String>,
    /// Name for people.
    pub display_name: Option<String>,
    /// Version.
    pub version: String,
    /// Scope.
    pub scope: Option<Scope>,
    /// Project; given alone it means scope `project`.
    pub project: Option<String>,
}

/// Files of a profile's folder that belong to it alone and not to a copy.
const NOT_COPIED: &[&str] = &["profile.lock", "channels.yaml"];

impl Workspace {
    /// A copy of a profile version. Comments and all files stay; the origin is recorded as `clonedFrom`. Lock and channels are
    /// not copied: both name the profile.
    ///
    /// # Errors
    /// There is one of that id and version, its folder is taken, or a file cannot be read.
    pub fn clone_profile(&self, source: &Profile, to: &CloneTo) -> Result<Made> {
        let scope = match (to.scope, &to.project) {
            (Some(scope), _) => scope,
            (None, Some(_)) => Scope::Project,
            (None, None) => source.metadata.scope,
        };
        let own = source.metadata.project.as_ref().map(|p| p.value.clone());
        let project = match scope {
            Scope::Project => Some(
                to.project
                    .clone()
                    .or(own)
                    .context("scope `project` needs to know which: give --project NAME")?,
            ),
            _ if to.project.is_some() => bail!("--project belongs to --scope project"),
            _ => None,
        };
        let name = to.name.clone().unwrap_or_else(|| source.metadata.name.value.clone());
        let id = ProfileId::new(scope, project.as_deref(), &name);
        if let Some(same) = self.profile(&id, &to.version) {
            bail!(
                "{}@{} is there already ({}); give another --name or --version",
                id,
                to.version,
                same.file.path()
            );
        }
        let mut folder = format!("profiles/{id}");
        if self.root.join(&folder).symlink_metadata().is_ok() {
            folder = format!("{folder}/{}", to.version);
        }
        if self.root.join(&folder).symlink_metadata().is_ok() {
            bail!("`{folder}` is there already; give another --name or --version, or move it away");
        }

        let mut changes = vec![
            ("/metadata/name", json!(name)),
            ("/metadata/version", json!(to.version)),
            ("/metadata/clonedFrom", json!({ "id": source.id, "version": source.version() })),
        ];
        if let Some(name) = &to.display_name {
            changes.push(("/metadata/displayName", json!(name)));
        }
        if scope != source.metadata.scope {
            changes.push(("/metadata/scope", json!(scope)));
        }
        changes.push(("/metadata/project", project.map_or(Value::Null, Value::String)));
        let text = rewritten(source, &folder, &changes)?;
        check_profile(&folder, &text)?;

        let mut files = vec![("profile.yaml".to_owned(), text.into_bytes())];
        collect(&source.dir, &source.dir, &mut files)?;
        let mut change = Change::folder(&self.root, &folder, files);
        if let (true, None, Some(display)) =
            (id != source.id, &to.display_name, &source.metadata.display_name)
        {
            change
                .notes
                .push(format!("its displayName is still `{display}`; --display-name gives it another"));
        }
        self.add_editor_schema(&mut change);
        Ok(Made { id, version: to.version.clone(), change })
    }
}

impl Workspace {
    /// The registries that a profile of the repository `from` names and this one does not have, each once.
    pub fn lacking_registries(&self, from: &Workspace, profile: &Profile) -> Vec<String> {
        let named = profile.spec.layers.iter().flat_map(|layer| {
            let pack = layer.pack.as_ref().and_then(|pack| pack.registry.as_ref());
            let chart = layer.chart.as_ref().and_then(|chart| chart.registry.as_ref());
            pack.into_iter().chain(chart).map(|name| name.value.clone())
        });
        let mut lacking: Vec<String> = named
            .filter(|name| {
                let own = self.config.spec.registry(name);
                own.is_none() || own != from.config.spec.registry(name)
            })
            .collect();
        lacking.sort();
        lacking.dedup();
        lacking
    }

    /// Adds registries of the repository `from` to `edgewright.yaml`, as they are written there. Those that cannot come along
    /// are told of in the notes: folders of the other repository, and names that mean something else here.
    ///
    /// # Errors
    /// `edgewright.yaml` of either cannot be read.
    pub fn add_registries(&self, from: &Workspace, names: &[String]) -> Result<Change> {
        let mut change = Change::new(&self.root);
        let mut draft = Draft::new(self.config.file.path(), self.config.file.text());
        for name in names {
            if self.config.spec.registry(name).is_some() {
                change.notes.push(format!(
                    "registry `{name}` is another one here: look at what its packs and charts are"
                ));
                continue;
            }
            if let Some(RegistryConfig::Directory { path, .. }) = from.config.spec.registry(name) {
                change.notes.push(format!(
                    "registry `{name}` is the folder `{path}` of the other repository: copy the packs that are used, or name \
                     another registry"
                ));
                continue;
            }
            let pointer = yaml::push_pointer("/spec/registries", name);
            let written = from.config.document.as_ref().and_then(|document| document.at(&pointer));
            let Some(written) = written else { continue };
            let value = written.to_json(Resolver::Core).context("edgewright.yaml cannot be read")?;
            put_at(&mut draft, "/spec/registries", name, Some(&value))?;
        }
        refuse_faults(schema::Kind::Workspace, CONFIG_FILE, draft.text(), 0)?;
        change.edit(CONFIG_FILE, self.config.file.text(), draft.text());
        Ok(change)
    }
}

/// `profile.yaml` of the source with other metadata; `null` takes an entry out. One edit at a time, because two new
/// entries would stand at the same byte.
fn rewritten(source: &Profile, folder: &str, changes: &[(&str, Value)]) -> Result<String> {
    let mut text = source.file.text().to_owned();
    for (pointer, value) in changes {
        let stream = yaml::parse(&SourceFile::new(source.file.path(), &*text));
        let document = stream.documents.first().context("profile.yaml is empty")?;
        let edits = match (value, document.at(pointer)) {
            (Value::Null, None) => continue,
            (Value::Null, Some(_)) => edit::remove(document, pointer),
            _ => edit::set(document, pointer, value),
        };
        let edits = edits.with_context(|| format!("cannot edit `{}`", source.file.path()))?;
        text = edit::apply(&text, &edits);
    }
    // The way to the schema depends on the depth of the folder.
    let lines: Vec<String> = text
        .split_inclusive('\n')
        .map(|line| {
            let ours = line.starts_with("# yaml-language-server: $schema=")
                && line.trim_end().ends_with(EDITOR_SCHEMA);
            if ours { format!("{}\n", modeline(folder)) } else { line.to_owned() }
        })
        .collect();
    Ok(lines.concat())
}

/// All regular files of a profile's folder but its own documents; folders of other profiles (versions that live below it)
/// are left out.
fn collect(top: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    let mut entries: Vec<_> = folder
        .read_dir()
        .and_then(Iterator::collect::<std::io::Result<_>>)
        .with_context(|| format!("cannot read `{}`", folder.display()))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = shown(top, &path);
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if entry.file_name() != ".git" && !path.join("profile.yaml").exists() {
                collect(top, &path, files)?;
            }
        } else if kind.is_file() {
            if name == "profile.yaml" || NOT_COPIED.contains(&name.as_str()) {
                continue;
            }
            if entry.metadata()?.len() > MAX_TEXT {
                bail!("`{name}` is larger than {} MiB", MAX_TEXT >> 20);
            }
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read `{name}`"))?;
            files.push((name, bytes));
        } else {
            bail!("`{name}` is neither a file nor a folder (a symbolic link?); replace it by a copy first");
        }
    }
    Ok(())
}
