//! The repository: `edgewright.yaml`, discovery, and our own kinds.
//!
//! Architecture invariant: this room reads files of the repository and nothing else; what is wrong in them is a
//! diagnostic, and the rest of the workspace is still there.

mod assign;
mod assignment;
mod beside;
mod change;
mod copy;
mod create;
mod create_appliance;
mod create_pack;
mod discover;
mod draft;
mod impact;
mod layer_set;
mod layers;
pub mod model;
mod policies;
mod promote;
mod query;
mod read;
mod skeleton;
mod sketch;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

pub use assign::{Given, Target, is_encrypted};
pub use assignment::{Assigned, Conflict, Giver, Setting, Settings};
pub use beside::{FileError, MAX_TEXT, below, read_text};
pub use change::{Change, FileChange};
pub use copy::CloneTo;
pub use create::{Made, NewProfile};
pub use create_appliance::NewTarget;
pub use create_pack::NewPack;
pub use discover::{CONFIG_FILE, FileKind, kind_of};
pub use impact::{Got, Moved};
pub use layer_set::{LayerEdit, Typing};
pub use layers::{NewLayer, NewReference, NewSource, Position};
pub use policies::Policy;
pub use promote::{Promoted, Promotion};
pub use query::version_order;
pub use read::{NOT_READ, UNEXPECTED_KIND, UNREADABLE};
pub use skeleton::{Ci, NewRepository};
pub use sketch::{Sketch, Who, who};
pub use write::file as write_file;

use crate::diagnostics::{self, Diagnostic};
use crate::source::{Overlay, Place, SourceFile};
use crate::yaml::{Comment, Document};
use model::{Appliance, Channels, ConfigSpec, Group, Profile, ProfileId};

/// `edgewright.yaml`.
#[derive(Clone, Debug)]
pub struct Config {
    /// `metadata.name`, if it could be read.
    pub name: Option<String>,
    /// `spec`; defaults where it could not be read.
    pub spec: ConfigSpec,
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its tree; `None` where it is no YAML.
    pub document: Option<Document>,
}

impl Config {
    /// Whether a registry of this name is written in `edgewright.yaml`, readable or not.
    pub fn names_registry(&self, name: &str) -> bool {
        let written = self.document.as_ref().and_then(|d| d.at("/spec/registries")).and_then(|r| r.get(name));
        written.is_some() || self.spec.registries.contains_key(name)
    }

    /// Whether all registries that are written could be read.
    pub fn has_all_registries(&self) -> bool {
        let written = self.document.as_ref().and_then(|d| d.at("/spec/registries"));
        written.map_or(0, |registries| registries.entries().count()) == self.spec.registries.len()
    }

    /// The place of the value at `pointer` in `edgewright.yaml`, or of its nearest ancestor.
    pub fn place(&self, pointer: &str) -> Place {
        match &self.document {
            Some(document) => document.place(pointer),
            None => Place::whole(self.file.path()),
        }
    }
}

/// A discovered file as it was read.
#[derive(Clone, Debug)]
pub struct WorkspaceFile {
    /// What it holds.
    pub kind: FileKind,
    /// Its path (relative to the workspace) and text; empty where it could not be read.
    pub file: Arc<SourceFile>,
    /// Its documents.
    pub documents: Vec<Document>,
    /// Its comments, suppressions among them.
    pub comments: Vec<Comment>,
}

/// A document that has faults and so is no part of the workspace. What refers to it must not be called dangling.
#[derive(Clone, Debug)]
pub struct Unread {
    /// What its file holds.
    pub kind: FileKind,
    /// Path of the file, relative to the workspace.
    pub path: String,
    /// Profile id, or name of the group or appliance, where that much could be read.
    pub name: Option<String>,
    /// Version of a profile, where that much could be read.
    pub version: Option<String>,
}

/// Everything that the repository says.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Absolute folder of `edgewright.yaml`.
    pub root: PathBuf,
    /// `edgewright.yaml`.
    pub config: Config,
    /// Profile versions, sorted by id and precedence of the version.
    pub profiles: Vec<Arc<Profile>>,
    /// `channels.yaml` files, sorted by path.
    pub channels: Vec<Channels>,
    /// Groups, in order of path and document.
    pub groups: Vec<Group>,
    /// Appliances, in order of path and document.
    pub appliances: Vec<Appliance>,
    /// Every discovered file, sorted by path.
    pub files: Vec<WorkspaceFile>,
    /// Every other file below `profiles/`, by its path, sorted: values, manifests, READMEs, locks.
    pub beside: Vec<String>,
    /// Policies of `edgewright.yaml` whose schemas can be used.
    pub policies: Vec<Policy>,
    /// Documents that could not be read.
    pub unread: Vec<Unread>,
    /// What is wrong in the files: syntax, and what our schemas say.
    pub diagnostics: Vec<Diagnostic>,
    /// What stands in for files of the disk.
    pub overlay: Overlay,
}

impl Workspace {
    /// The nearest folder with `edgewright.yaml`: `start` itself or one above it.
    pub fn find(start: &Path) -> anyhow::Result<PathBuf> {
        let start = start
            .canonicalize()
            .map_err(|error| anyhow::anyhow!("cannot read `{}`: {error}", start.display()))?;
        match discover::find_root(&start) {
            Some(root) => Ok(root.to_path_buf()),
            None => anyhow::bail!(
                "no `{CONFIG_FILE}` in `{}` or above it; run this inside a profile repository, or use -C",
                start.display()
            ),
        }
    }

    /// Reads the workspace at `root`, the folder of `edgewright.yaml`. What is wrong in the files are diagnostics.
    ///
    /// # Errors
    /// `root` does not exist or has no `edgewright.yaml`.
    pub fn load(root: &Path) -> anyhow::Result<Self> {
        Self::load_over(root, &Overlay::default())
    }

    /// The same, with what stands in for files of the disk: the unsaved texts of an editor.
    pub fn load_over(root: &Path, overlay: &Overlay) -> anyhow::Result<Self> {
        let root = root
            .canonicalize()
            .map_err(|error| anyhow::anyhow!("cannot read `{}`: {error}", root.display()))?;
        let walk = discover::walk(&root, overlay);
        Self::of_walk(root, walk, overlay)
    }

    /// The workspace of the files that were found.
    fn of_walk(root: PathBuf, walk: discover::Walk, overlay: &Overlay) -> anyhow::Result<Self> {
        if !walk.found.iter().any(|f| f.kind == FileKind::Config) {
            anyhow::bail!("`{}` has no `{CONFIG_FILE}`", root.display());
        }
        let mut workspace = Self::read(root, &walk.found, overlay);
        workspace.beside = walk.beside;
        workspace.policies =
            policies::read(&workspace.root, &workspace.config, overlay, &mut workspace.diagnostics);
        for (path, reason) in walk.failed {
            workspace.diagnostics.push(Diagnostic::new(read::UNREADABLE, Place::whole(path), reason));
        }
        diagnostics::sort(&mut workspace.diagnostics);
        Ok(workspace)
    }

    /// `edgewright.yaml` of the repository at `root` alone; defaults where it cannot be read.
    pub fn config_at(root: &Path) -> Config {
        let absolute = root.join(CONFIG_FILE);
        let found = discover::Found { path: CONFIG_FILE.to_owned(), absolute, kind: FileKind::Config };
        Self::read(root.to_path_buf(), &[found], &Overlay::default()).config
    }

    /// Profiles that belong to no repository, as if they were one without settings: where each lies, and what people are
    /// shown.
    pub fn of_profiles(files: &[(PathBuf, String)], overlay: &Overlay) -> Self {
        let found: Vec<discover::Found> = files
            .iter()
            .map(|(absolute, path)| discover::Found {
                path: path.clone(),
                absolute: absolute.clone(),
                kind: FileKind::Profile,
            })
            .collect();
        let mut workspace = Self::read(PathBuf::new(), &found, overlay);
        diagnostics::sort(&mut workspace.diagnostics);
        workspace
    }

    /// Reads the files that were found.
    fn read(root: PathBuf, found: &[discover::Found], overlay: &Overlay) -> Self {
        let parts: Vec<read::Part> = found.par_iter().map(|found| read::file(found, overlay)).collect();
        let config = Config {
            name: None,
            spec: ConfigSpec::default(),
            file: SourceFile::new(CONFIG_FILE, ""),
            document: None,
        };
        let mut workspace = Self {
            root,
            config,
            profiles: Vec::new(),
            channels: Vec::new(),
            groups: Vec::new(),
            appliances: Vec::new(),
            files: Vec::with_capacity(parts.len()),
            beside: Vec::new(),
            policies: Vec::new(),
            unread: Vec::new(),
            diagnostics: Vec::new(),
            overlay: overlay.clone(),
        };
        for part in parts {
            workspace.add(part);
        }
        workspace.sort();
        workspace
    }

    fn sort(&mut self) {
        self.profiles.sort_by(|a, b| {
            (&a.id, version_order(a.version()), a.file.path()).cmp(&(
                &b.id,
                version_order(b.version()),
                b.file.path(),
            ))
        });
    }

    fn add(&mut self, part: read::Part) {
        for item in part.items {
            match item {
                read::Item::Config(config) => self.config = *config,
                read::Item::Profile(profile) => self.profiles.push(profile),
                read::Item::Channels(channels) => self.channels.push(*channels),
                read::Item::Group(group) => self.groups.push(*group),
                read::Item::Appliance(appliance) => self.appliances.push(*appliance),
                read::Item::Unread(unread) => self.unread.push(unread),
            }
        }
        self.diagnostics.extend(part.diagnostics);
        self.files.push(part.file);
    }

    /// Whether a profile of this id is there but could not be read.
    pub fn has_unread_profile(&self, id: &ProfileId) -> bool {
        self.unread
            .iter()
            .any(|u| u.kind == FileKind::Profile && u.name.as_deref().is_none_or(|name| name == id.0))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A workspace on disk: paths and texts, with an `edgewright.yaml` unless there is one.
    pub(crate) fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let config = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {name: acme}\nspec: {}\n";
        for (path, text) in std::iter::once(&(CONFIG_FILE, config)).chain(files) {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    pub(crate) fn profile(name: &str, version: &str) -> String {
        format!(
            "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{name: {name}, version: {version}}}\n\
             spec:\n  type: add-on\n  cloud: all\n  layers:\n    - {{name: ns, manifests: [manifests/ns.yaml]}}\n"
        )
    }

    #[test]
    fn versions_are_sorted_by_precedence_and_stable_is_the_highest_release() {
        let dir = repository(&[
            ("profiles/b/profile.yaml", &profile("b", "1.0.0")),
            ("profiles/a/1.10.0/profile.yaml", &profile("a", "1.10.0")),
            ("profiles/a/1.9.0/profile.yaml", &profile("a", "1.9.0")),
            ("profiles/a/2.0.0-rc.1/profile.yaml", &profile("a", "2.0.0-rc.1")),
        ]);
        let workspace = Workspace::load(dir.path()).unwrap();
        assert!(workspace.diagnostics.is_empty(), "{:?}", workspace.diagnostics);
        let labels: Vec<_> = workspace.profiles.iter().map(|p| p.label()).collect();
        assert_eq!(labels, ["a@1.9.0", "a@1.10.0", "a@2.0.0-rc.1", "b@1.0.0"]);
        let a = ProfileId("a".into());
        assert_eq!(workspace.versions(&a).len(), 3);
        assert_eq!(workspace.stable_version(&a), Some("1.10.0"));
        assert_eq!(workspace.named("a").unwrap().version(), "1.10.0");
        assert_eq!(workspace.named("a@1.9.0").unwrap().version(), "1.9.0");
        assert!(workspace.named("a@3.0.0").unwrap_err().to_string().contains("1.9.0, 1.10.0"));
        assert_eq!(workspace.profile(&a, "1.9.0").unwrap().shown("README.md"), "profiles/a/1.9.0/README.md");
    }

    #[test]
    fn channels_say_what_stable_is() {
        let dir = repository(&[
            ("profiles/a/profile.yaml", &profile("a", "1.10.0")),
            (
                "profiles/a/channels.yaml",
                "apiVersion: edgewright/v1\nkind: Channels\nmetadata: {name: a}\nspec:\n  stable: {version: 1.2.0, \
                 waves: [{after: 0h, percent: 1}]}\n",
            ),
        ]);
        let workspace = Workspace::load(dir.path()).unwrap();
        let a = ProfileId("a".into());
        assert_eq!(workspace.stable_version(&a), Some("1.2.0"));
        assert_eq!(workspace.channel_version(&a, "canary"), None);
        assert_eq!(workspace.channels_of(&a).unwrap().channels["stable"].waves[0].percent, 1);
    }

    #[test]
    fn a_broken_file_is_a_diagnostic_and_the_rest_is_there() {
        let dir = repository(&[
            ("profiles/a/profile.yaml", &profile("a", "1.0.0")),
            ("profiles/b/profile.yaml", &profile("b", "1.10")),
            ("profiles/c/profile.yaml", "metadata: [\n"),
            ("profiles/d/profile.yaml", "# nothing\n"),
            ("appliances/x.yaml", "apiVersion: edgewright/v1\nkind: Aplliance\nmetadata: {name: x}\n"),
        ]);
        std::fs::create_dir(dir.path().join("profiles/e")).unwrap();
        std::fs::write(dir.path().join("profiles/e/profile.yaml"), [0xff, 0xfe, 0x00]).unwrap();
        let workspace = Workspace::load(dir.path()).unwrap();
        let paths: Vec<_> = workspace.diagnostics.iter().map(|d| d.place.file.path()).collect();
        assert_eq!(
            paths,
            [
                "appliances/x.yaml",
                "profiles/b/profile.yaml",
                "profiles/c/profile.yaml",
                "profiles/d/profile.yaml",
                "profiles/e/profile.yaml"
            ],
            "{:#?}",
            workspace.diagnostics
        );
        assert_eq!(workspace.profiles.len(), 1);
        assert!(workspace.has_unread_profile(&ProfileId("b".into())));
        assert_eq!(workspace.unread[1].version.as_deref(), Some("1.10"));
    }

    #[test]
    fn an_appliance_gets_what_its_groups_say_and_its_own_wins() {
        let dir = repository(&[(
            "appliances/east.yaml",
            "apiVersion: edgewright/v1
kind: ApplianceGroup
metadata: {name: east}
spec:
  selector: {matchLabels: {region: east}}
  profiles: [{id: base}, {id: retail/vm, version: 1.0.0}]
  variables: {ntp: a, dns: same, port: 1}
  window: {cron: '0 2 * * *', duration: 2h}
---
apiVersion: edgewright/v1
kind: ApplianceGroup
metadata: {name: all}
spec:
  selector: {}
  profiles: [{id: base, channel: canary}]
  variables: {ntp: b, dns: same, port: 2}
---
apiVersion: edgewright/v1
kind: ApplianceGroup
metadata: {name: urgent}
spec: {selector: {matchLabels: {region: east}}, priority: 5, variables: {zone: z}}
---
apiVersion: edgewright/v1
kind: Appliance
metadata: {name: store, labels: {region: east}}
spec: {variables: {port: 3}}
---
apiVersion: edgewright/v1
kind: Appliance
metadata: {name: other}
spec: {id: edge-1}
",
        )]);
        let workspace = Workspace::load(dir.path()).unwrap();
        assert!(workspace.diagnostics.is_empty(), "{:?}", workspace.diagnostics);
        let [store, other] = &workspace.appliances[..] else { panic!() };
        assert_eq!((store.id(), other.id()), ("store", "edge-1"));
        let settings = workspace.settings(store);
        let conflicts: Vec<_> = settings.conflicts.iter().map(|c| c.what.as_str()).collect();
        assert_eq!(conflicts, ["profile `base`", "variable `ntp`"]);
        assert_eq!(settings.profiles[0].value, Assigned::Channel("canary".into()));
        assert_eq!(settings.profiles[1].value, Assigned::Version("1.0.0".into()));
        assert_eq!(settings.variables["port"].value, 3);
        assert_eq!(settings.variables["port"].from, Giver::Appliance);
        assert_eq!(settings.variables["zone"].value, "z");
        assert_eq!(settings.window.unwrap().place.start().line, 8);
        assert!(workspace.settings(other).conflicts.is_empty());
    }
}
