//! A new repository: the workspace file, empty folders, and what editors, hooks and CI need.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::Workspace;
use super::change::Change;
use super::discover::CONFIG_FILE;
use super::promote::refuse_faults;
use crate::schema;
use crate::yaml;

/// Where checks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ci {
    /// A workflow of GitHub Actions.
    GitHub,
    /// A pipeline of GitLab.
    GitLab,
    /// Nowhere yet.
    None,
}

/// What a new repository is to have.
#[derive(Clone, Debug)]
pub struct NewRepository {
    /// Name; that of its folder unless given.
    pub name: Option<String>,
    /// Nothing but the workspace file and `.gitignore`.
    pub minimal: bool,
    /// Where checks run.
    pub ci: Ci,
}

/// Lines of `.gitignore`: what a build writes, and development keys.
const IGNORED: &[&str] = &["/public", "/.edgewright"];

const GITHUB: &str = include_str!("skeleton/github.yml");
const GITLAB: &str = include_str!("skeleton/gitlab.yml");
const HOOKS: &str = include_str!("skeleton/pre-commit.yaml");
const README: &str = include_str!("skeleton/README.md");

impl NewRepository {
    /// The files of the repository in `folder`, which may be there already and hold other things.
    ///
    /// # Errors
    /// It is one already, lies inside of one, or the name is none.
    pub fn files(&self, folder: &Path) -> Result<Change> {
        if folder.join(CONFIG_FILE).symlink_metadata().is_ok() {
            bail!("`{}` is there already: this is a repository", folder.join(CONFIG_FILE).display());
        }
        let existing = folder.ancestors().find(|above| above.is_dir()).unwrap_or(folder);
        if let Ok(outer) = Workspace::find(existing) {
            bail!("`{}` lies inside the repository `{}`", folder.display(), outer.display());
        }
        let name = match &self.name {
            Some(name) => name.clone(),
            None => named_like(folder)
                .context("the folder has no name that could be the repository's: give --name")?,
        };
        let config = yaml::write(&json!({
            "apiVersion": "edgewright/v1",
            "kind": "Workspace",
            "metadata": { "name": name },
            "spec": { "registries": { "packs": { "type": "directory", "path": "packs" } } },
        }));
        let head = if self.minimal { "" } else { "# yaml-language-server: $schema=schemas/workspace.json\n" };
        let config = format!("{head}{config}");
        refuse_faults(schema::Kind::Workspace, CONFIG_FILE, &config, 0)?;

        let mut new = Skeleton { folder, change: Change::new(folder) };
        new.change.create(CONFIG_FILE, config);
        new.ignore()?;
        // An empty folder is none to git, and a registry needs its folder.
        new.file("packs/.gitkeep", "");
        if self.minimal {
            return Ok(new.change);
        }
        new.file("profiles/.gitkeep", "");
        new.file("appliances/.gitkeep", "");
        for (kind, path) in SCHEMAS {
            new.file(path, schema::of(*kind));
        }
        let mapped: serde_json::Map<_, _> =
            MAPPED.iter().map(|(schema, files)| (format!("./{schema}"), json!(files))).collect();
        new.file(".vscode/settings.json", &format!("{:#}\n", json!({ "yaml.schemas": mapped })));
        new.file(".pre-commit-config.yaml", HOOKS);
        match self.ci {
            Ci::GitHub => new.file(".github/workflows/edgewright.yml", GITHUB),
            Ci::GitLab => new.file(".gitlab-ci.yml", GITLAB),
            Ci::None => {}
        }
        new.file("README.md", &README.replace("@NAME@", &name));
        Ok(new.change)
    }
}

/// Schemas for editors, and where they lie.
const SCHEMAS: &[(schema::Kind, &str)] = &[
    (schema::Kind::Workspace, "schemas/workspace.json"),
    (schema::Kind::Profile, "schemas/profile.json"),
    (schema::Kind::Channels, "schemas/channels.json"),
    (schema::Kind::Appliance, "schemas/appliance.json"),
];

/// Which files each of them is for.
const MAPPED: &[(&str, &str)] = &[
    ("schemas/workspace.json", "edgewright.yaml"),
    ("schemas/profile.json", "profiles/**/profile.yaml"),
    ("schemas/channels.json", "profiles/**/channels.yaml"),
    ("schemas/appliance.json", "appliances/**/*.yaml"),
];

struct Skeleton<'f> {
    folder: &'f Path,
    change: Change,
}

impl Skeleton<'_> {
    /// A file, unless there is one: what is there is left alone.
    fn file(&mut self, path: &str, text: &str) {
        if self.folder.join(path).symlink_metadata().is_ok() {
            self.change.notes.push(format!("`{path}` is there already and stays as it is"));
        } else {
            self.change.create(path, text);
        }
    }

    /// Adds the lines that `.gitignore` lacks.
    fn ignore(&mut self) -> Result<()> {
        let path = self.folder.join(".gitignore");
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        };
        let mut text = before.clone().unwrap_or_default();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        for line in IGNORED {
            if !text.lines().any(|known| known.trim_matches('/').trim() == line.trim_matches('/')) {
                text.push_str(line);
                text.push('\n');
            }
        }
        match before {
            Some(before) => self.change.edit(".gitignore", &before, &text),
            None => self.change.create(".gitignore", text),
        }
        Ok(())
    }
}

/// The name of a folder as a repository may be called.
fn named_like(folder: &Path) -> Option<String> {
    let name = folder.file_name()?.to_string_lossy().to_lowercase();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(63).collect();
    let plain = plain.trim_matches('-');
    (!plain.is_empty()).then(|| plain.to_owned())
}
