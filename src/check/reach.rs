//! What a change reaches: a profile and its namesakes, those that use a pack, the appliances that are given a profile.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use rayon::prelude::*;
use serde_json::Value;

use super::appliances::{self, Said};
use crate::history::Base;
use crate::registry::PackFolder;
use crate::resolve::LOCK_FILE;
use crate::workspace::{FileKind, Sketch, Who, Workspace, kind_of};

/// What was judged of how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// What was judged.
    pub judged: usize,
    /// All there is.
    pub all: usize,
}

/// What changes reach.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// Files of the workspace: profiles, channels, appliances.
    pub files: BTreeSet<String>,
    /// Folders of packs.
    pub packs: BTreeSet<String>,
    /// Profile versions.
    pub profiles: Count,
    /// Files of appliances and groups.
    pub appliances: Count,
    /// Packs.
    pub pack_count: Count,
    /// Everything, without looking.
    all: bool,
    changed: BTreeSet<String>,
    /// Folders of all profiles.
    folders: BTreeSet<String>,
}

impl Reached {
    pub(super) fn all(workspace: &Workspace) -> Self {
        let all = |all| Count { judged: all, all };
        let appliances = workspace.files.iter().filter(|f| f.kind == FileKind::Appliances).count();
        let (profiles, appliances) = (all(workspace.profiles.len()), all(appliances));
        Self { all: true, profiles, appliances, ..Self::default() }
    }

    /// Whether everything was judged: the changes may concern all of the repository.
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Whether a finding in the file at `path` belongs to something that was reached.
    pub fn covers(&self, path: &str) -> bool {
        if self.all || self.files.contains(path) {
            return true;
        }
        let mut above = ancestors(path);
        if kind_of(path).is_some() && !self.changed.contains(path) {
            return false;
        }
        if self.packs.contains(path) || above.clone().any(|folder| self.packs.contains(folder)) {
            return true;
        }
        match above.find(|folder| self.folders.contains(*folder)) {
            Some(folder) => self.files.contains(&format!("{folder}/profile.yaml")),
            None => self.changed.contains(path),
        }
    }
}

/// The folders that a path lies in, the nearest first.
fn ancestors(path: &str) -> impl Iterator<Item = &str> + Clone {
    Path::new(path).ancestors().skip(1).filter_map(Path::to_str).filter(|folder| !folder.is_empty())
}

/// Words of a text, as names and paths are written.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/'));
    text.split(part).map(|word| word.trim_start_matches("./").trim_end_matches('/')).filter(|w| !w.is_empty())
}

/// Everything that the changed paths reach.
pub(super) fn reached(
    workspace: &Workspace,
    sketches: &[Sketch],
    folders: &[&PackFolder],
    base: &Base,
    changed: &BTreeSet<String>,
) -> Reached {
    let mut reached = Reached { changed: changed.clone(), ..Reached::default() };
    let profiles: BTreeMap<&str, &Sketch> = sketches
        .iter()
        .filter(|sketch| sketch.kind() == FileKind::Profile)
        .filter_map(|sketch| Some((sketch.path().rsplit_once('/')?.0, sketch)))
        .collect();
    reached.folders = profiles.keys().map(|folder| (*folder).to_owned()).collect();
    // Profiles that appliances may be given otherwise than before, and names that others may have as well.
    let mut ids: BTreeSet<String> = BTreeSet::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for path in changed {
        let kind = kind_of(path);
        if let Some(kind @ (FileKind::Profile | FileKind::Channels)) = kind {
            let now = sketches.binary_search_by(|sketch| sketch.path().cmp(path)).ok().map(|i| &sketches[i]);
            let texts = [base.text(path), now.map(|sketch| sketch.text.clone())];
            for who in texts.iter().flatten().filter_map(|text| Who::read(text, kind)) {
                ids.insert(who.id.0);
                if who.version.is_some() {
                    // A project may not have the name of a profile.
                    names.extend(who.project);
                    names.insert(who.name);
                }
            }
            reached.files.extend(now.map(|sketch| sketch.path().to_owned()));
        }
        if kind != Some(FileKind::Channels) {
            for sketch in ancestors(path).filter_map(|folder| profiles.get(folder)) {
                reached.files.insert(sketch.path().to_owned());
                ids.extend(id(sketch));
            }
        }
    }
    let bringing = changed_packs(folders, base, changed, &mut reached);
    if !bringing.is_empty() {
        let users: Vec<&Sketch> = profiles
            .par_iter()
            .filter(|(_, s)| uses(&workspace.root, s, &bringing))
            .map(|(_, s)| *s)
            .collect();
        for sketch in users {
            reached.files.insert(sketch.path().to_owned());
            ids.extend(id(sketch));
        }
    }
    for sketch in sketches {
        let meant = |who: &Who| match sketch.kind() {
            FileKind::Profile => {
                [Some(&who.name), who.project.as_ref()].into_iter().flatten().any(|name| names.contains(name))
            }
            _ => ids.contains(&who.id.0),
        };
        if sketch.read().is_some_and(|who| meant(&who)) {
            reached.files.insert(sketch.path().to_owned());
        }
    }
    let before: Vec<Said> = changed
        .iter()
        .filter(|path| kind_of(path) == Some(FileKind::Appliances))
        .filter_map(|path| base.text(path))
        .flat_map(|text| appliances::said(&text))
        .collect();
    appliances::reach(workspace, &before, &ids, changed, &mut reached.files);

    let count = |kind: FileKind| reached.files.iter().filter(|path| kind_of(path) == Some(kind)).count();
    reached.profiles = Count { judged: count(FileKind::Profile), all: profiles.len() };
    let all = workspace.files.iter().filter(|file| file.kind == FileKind::Appliances).count();
    reached.appliances = Count { judged: count(FileKind::Appliances), all };
    reached.pack_count = Count { judged: reached.packs.len(), all: folders.len() };
    reached
}

fn id(sketch: &Sketch) -> Option<String> {
    Some(sketch.read()?.id.0)
}

/// Puts changed packs, their namesakes and those that name them among what is reached. Returns the names of the changed ones
/// and of those that bring them along.
fn changed_packs(
    folders: &[&PackFolder],
    base: &Base,
    changed: &BTreeSet<String>,
    reached: &mut Reached,
) -> BTreeSet<String> {
    let paths: HashSet<&str> = folders.iter().map(|folder| folder.path.as_str()).collect();
    let mut touched: BTreeSet<&str> = BTreeSet::new();
    for path in changed {
        // The folder of a pack that is there, or was.
        let is_pack = |folder: &&str| paths.contains(*folder) || base.has(&format!("{folder}/pack.json"));
        touched.extend(ancestors(path).find(is_pack));
    }
    let mut names: BTreeSet<String> =
        touched.iter().filter_map(|folder| pack_name(&base.text(&format!("{folder}/pack.json"))?)).collect();
    names.extend(folders.iter().filter(|f| touched.contains(f.path.as_str())).filter_map(|f| f.name.clone()));
    if names.is_empty() && touched.is_empty() {
        return names;
    }
    let text =
        |folder: &PackFolder, file: &str| std::fs::read_to_string(folder.dir.join(file)).unwrap_or_default();
    let says = |text: &str, names: &BTreeSet<String>| words(text).any(|word| names.contains(word));
    for folder in folders {
        let same = folder.name.as_ref().is_some_and(|name| names.contains(name));
        let mentions =
            || ["pack.json", "presets.yaml", "values.yaml"].iter().any(|f| says(&text(folder, f), &names));
        if same || touched.contains(folder.path.as_str()) || mentions() {
            reached.packs.insert(folder.path.clone());
        }
    }
    loop {
        let more: Vec<String> = folders
            .iter()
            .filter(|folder| says(&text(folder, "presets.yaml"), &names))
            .filter_map(|folder| folder.name.clone())
            .filter(|name| !names.contains(name))
            .collect();
        if more.is_empty() {
            return names;
        }
        names.extend(more);
    }
}

fn pack_name(json: &str) -> Option<String> {
    let json: Value = serde_json::from_str(json).ok()?;
    json.get("name")?.as_str().map(str::to_owned)
}

/// Whether a profile or its lock names one of the packs.
fn uses(root: &Path, sketch: &Sketch, names: &BTreeSet<String>) -> bool {
    let says = |text: &str| words(text).any(|word| names.contains(word));
    says(&sketch.text) || says(&lock(root, sketch))
}

fn lock(root: &Path, sketch: &Sketch) -> String {
    let beside = root.join(sketch.path()).with_file_name(LOCK_FILE);
    std::fs::read_to_string(beside).unwrap_or_default()
}

/// The profiles and channels that have to be read to judge what is reached: those themselves, their other versions, and what
/// the appliances among them are given.
pub(super) fn needed(workspace: &Workspace, sketches: &[Sketch], reached: &Reached) -> HashSet<String> {
    let own = sketches.iter().filter(|sketch| reached.files.contains(sketch.path()));
    let mut ids: BTreeSet<String> = own.filter_map(id).collect();
    let assigned = appliances::assigned(workspace, &reached.files);
    let known: HashSet<String> = sketches.par_iter().filter_map(id).collect();
    // What is said of a profile that is not there depends on all that are: one may be there and have faults.
    let dangling = assigned.iter().any(|id| !known.contains(id));
    ids.extend(assigned);
    let appliances = reached.files.iter().any(|path| kind_of(path) == Some(FileKind::Appliances));
    let needed = |sketch: &&Sketch| {
        dangling
            || reached.files.contains(sketch.path())
            || appliances && sketch.text.contains("sensitive")
            || id(sketch).is_none_or(|id| ids.contains(&id))
    };
    sketches.iter().filter(needed).map(|sketch| sketch.path().to_owned()).collect()
}

/// Folders of the packs that are reached or that profiles may use, and that those packs name.
pub(super) fn needed_packs<'f>(
    root: &Path,
    profiles: &[&Sketch],
    folders: &[&'f PackFolder],
    reached: &Reached,
) -> HashSet<&'f str> {
    let mut by_name: BTreeMap<&str, Vec<&'f PackFolder>> = BTreeMap::new();
    for folder in folders {
        if let Some(name) = &folder.name {
            by_name.entry(name).or_default().push(folder);
        }
    }
    let said = |folder: &PackFolder| {
        ["pack.json", "presets.yaml"]
            .map(|file| std::fs::read_to_string(folder.dir.join(file)).unwrap_or_default())
    };
    let mut used: HashSet<&str> = HashSet::new();
    let mut texts: Vec<String> = profiles.iter().map(|sketch| sketch.text.clone()).collect();
    texts.extend(profiles.iter().map(|sketch| lock(root, sketch)));
    for folder in folders.iter().filter(|folder| reached.packs.contains(&folder.path)) {
        used.insert(&folder.path);
        texts.extend(said(folder));
    }
    while let Some(text) = texts.pop() {
        for folder in words(&text).filter_map(|word| by_name.get(word)).flatten() {
            if used.insert(folder.path.as_str()) {
                texts.extend(said(folder));
            }
        }
    }
    used
}
