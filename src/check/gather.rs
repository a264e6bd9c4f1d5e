//! What there is to judge below paths that belong to no repository: packs, profiles, Kubernetes objects.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use ignore::WalkBuilder;
use rayon::prelude::*;

use super::exported::Exported;
use super::packs::{self, Judged};
use crate::diagnostics::Diagnostic;
use crate::palette;
use crate::schema;
use crate::source::{Overlay, Place, SourceFile};
use crate::workspace::{self, CONFIG_FILE};
use crate::yaml::{self, Document, Node};

/// What was found, in the order of the paths.
#[derive(Default)]
pub(super) struct Gathered {
    /// Folders of packs, and files in them that were named one by one (all of the pack is judged, that file is told).
    pub(super) packs: Judged,
    /// Whether a folder of packs was named, so that what they require of each other can be known.
    pub(super) registry: bool,
    /// Files of one pack that were named by themselves: only their findings count.
    pub(super) only: Vec<String>,
    /// Profiles of ours.
    pub(super) profiles: Vec<(PathBuf, String)>,
    /// Profiles in Palette's form.
    pub(super) exported: Vec<Exported>,
    /// Documents with `apiVersion` and `kind` that are no kind of ours.
    pub(super) objects: Vec<Document>,
    /// Repositories inside the folders that were named.
    pub(super) repositories: Vec<PathBuf>,
    /// Syntax, schemas of our kinds, files that cannot be read.
    pub(super) reported: Vec<Diagnostic>,
    /// Files that were read.
    pub(super) files: usize,
    /// Documents that nothing here can judge.
    pub(super) unchecked: usize,
}

/// A path to be read.
enum Entry {
    Pack(PathBuf),
    File(PathBuf),
}

impl Gathered {
    /// Reads what is at `path`.
    ///
    /// # Errors
    /// The path is neither a file nor a folder that can be listed.
    pub(super) fn add(&mut self, path: &Path, overlay: &Overlay) -> Result<()> {
        if path.is_file() || overlay.text(path).is_some() {
            match pack_of(path) {
                Some(folder) => {
                    self.only.push(shown(path));
                    self.add_all(vec![Entry::Pack(folder.to_path_buf())], overlay);
                }
                None => self.add_all(vec![Entry::File(path.to_path_buf())], overlay),
            }
        } else if path.join("pack.json").is_file() {
            self.add_all(vec![Entry::Pack(path.to_path_buf())], overlay);
        } else if path.is_dir() {
            let entries = self.walk(path);
            self.registry |= entries.iter().any(|e| matches!(e, Entry::Pack(_)));
            self.add_all(entries, overlay);
        } else {
            bail!("`{}` is neither a file nor a folder", path.display());
        }
        Ok(())
    }

    /// Packs and files below a folder. Files that git ignores are left out, and so are hidden ones and the templates of
    /// charts, which are no YAML.
    fn walk(&mut self, path: &Path) -> Vec<Entry> {
        let mut entries = Vec::new();
        let walk = WalkBuilder::new(path)
            .require_git(false)
            .sort_by_file_path(Ord::cmp)
            .filter_entry(|entry| {
                let parent = entry.path().parent().unwrap_or(Path::new(""));
                let of_chart = entry.file_name() == "templates" && parent.join("Chart.yaml").is_file();
                let of_pack = entry.depth() > 0 && parent.join("pack.json").is_file();
                let of_repository = entry.depth() > 1 && parent.join(CONFIG_FILE).is_file();
                !of_chart && !of_pack && !of_repository
            })
            .build();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let place = Place::whole(shown(path));
                    self.reported.push(Diagnostic::new(workspace::UNREADABLE, place, error.to_string()));
                    continue;
                }
            };
            let at = entry.path();
            if entry.file_type().is_some_and(|t| t.is_dir()) {
                if at.join("pack.json").is_file() {
                    entries.push(Entry::Pack(at.to_path_buf()));
                } else if at.join(CONFIG_FILE).is_file() {
                    self.repositories.push(at.to_path_buf());
                }
            } else if entry.file_type().is_some_and(|t| t.is_file())
                && at.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json")
            {
                entries.push(Entry::File(at.to_path_buf()));
            }
        }
        entries
    }

    fn add_all(&mut self, entries: Vec<Entry>, overlay: &Overlay) {
        let parts: Vec<Self> = entries
            .into_par_iter()
            .map(|entry| match entry {
                Entry::Pack(folder) => {
                    let packs = packs::folder_at(&folder, &shown(&folder), overlay);
                    Self { files: packs.files, packs, ..Self::default() }
                }
                Entry::File(path) => file(&path, overlay),
            })
            .collect();
        for part in parts {
            self.packs.packs.extend(part.packs.packs);
            self.packs.diagnostics.extend(part.packs.diagnostics);
            self.profiles.extend(part.profiles);
            self.exported.extend(part.exported);
            self.objects.extend(part.objects);
            self.reported.extend(part.reported);
            self.files += part.files;
            self.unchecked += part.unchecked;
        }
    }
}

/// The pack that a file belongs to, where the pack is judged by that file.
fn pack_of(path: &Path) -> Option<&Path> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent()?;
    let ours = ["pack.json", "values.yaml", "presets.yaml", "schema.yaml"].contains(&name);
    (ours && folder.join("pack.json").is_file()).then_some(folder)
}

/// A path as people are shown it: as they wrote it, with `/` and without `./`.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.trim_end_matches('/');
    text.strip_prefix("./").filter(|rest| !rest.is_empty()).unwrap_or(text).to_owned()
}

/// Reads a file and sorts its documents by what they say they are.
fn file(path: &Path, overlay: &Overlay) -> Gathered {
    let shown = shown(path);
    let mut found = Gathered { files: 1, ..Gathered::default() };
    let text = match workspace::read_text(overlay, path, &shown) {
        Ok(text) => text,
        Err(error) => {
            let place = Place::whole(shown);
            found.reported.push(Diagnostic::new(workspace::UNREADABLE, place, error.to_string()));
            return found;
        }
    };
    let stream = yaml::parse(&SourceFile::new(shown.as_str(), text));
    found.reported = stream.diagnostics;
    for document in stream.documents {
        let root = document.root();
        if root.scalar().is_some_and(|(text, _)| text.is_empty()) {
            continue;
        }
        let api = root.get("apiVersion").and_then(Node::text);
        let kind = root.get("kind").and_then(Node::text);
        match (api.filter(|api| api.starts_with("edgewright/")).and(kind), api.and(kind)) {
            (Some("ClusterProfile" | "SystemProfile"), _) => {
                found.profiles.push((path.to_path_buf(), shown.clone()));
            }
            (Some(kind), _) => match ours(kind) {
                Some(kind) => found.reported.extend(schema::validate(kind, &document)),
                None => found.unchecked += 1,
            },
            (None, Some(_)) => found.objects.push(document),
            (None, None) => match palette::form(&document) {
                Some(form) => {
                    found.reported.extend(schema::validate(form, &document));
                    found.exported.extend(Exported::read(path, &document));
                }
                None => found.unchecked += 1,
            },
        }
    }
    found
}

/// Which of our schemas judges a kind of ours that is no profile.
fn ours(kind: &str) -> Option<schema::Kind> {
    Some(match kind {
        "Workspace" => schema::Kind::Workspace,
        "Channels" => schema::Kind::Channels,
        "Appliance" | "ApplianceGroup" => schema::Kind::Appliance,
        _ => return None,
    })
}
