//! Reading the objects of a copy: folders with packs, and the files of one. Objects only; nothing is checked out, so nothing
//! in a repository can choose where its bytes go.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use git2::{ObjectType, Odb, OdbLookupFlags, Oid, Repository, Tree};

use crate::archive::{File, Files, Limits};
use crate::registry::PackLabel;
use crate::registry::folders::{DEPTH, Folder, Head, head};

/// Most entries of trees that are looked at: trees may hold one another many times over.
const MAX_ENTRIES: usize = 1_000_000;
/// Largest `pack.json` that is read.
const MAX_JSON: usize = 16 << 20;
/// How a file stored by Git LFS begins.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// A folder with a `pack.json`.
#[derive(Clone, Debug)]
pub(super) struct PackTree {
    /// Its path in the repository.
    pub(super) path: String,
    head: Head,
    tree: Oid,
}

impl Folder for PackTree {
    fn path(&self) -> &str {
        &self.path
    }

    fn name(&self) -> Option<&str> {
        self.head.name.as_deref()
    }

    fn version(&self) -> Option<&str> {
        self.head.version.as_deref()
    }

    fn label(&self) -> &Arc<PackLabel> {
        &self.head.label
    }
}

/// What stands in the way of reading.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// These blobs are not here.
    Missing(BTreeSet<Oid>),
    /// The content itself, in words.
    Broken(String),
}

impl From<git2::Error> for Obstacle {
    fn from(error: git2::Error) -> Self {
        Self::Broken(error.message().to_owned())
    }
}

/// The objects in a folder. Opened without the repository around them, whose settings (of a partial clone) only git knows.
fn open(objects: &Path) -> Result<Repository, git2::Error> {
    let odb = Odb::new()?;
    odb.add_disk_alternate(&objects.to_string_lossy())?;
    Repository::from_odb(odb)
}

/// Whether the commit and its topmost tree are here.
pub(super) fn has_commit(objects: &Path, commit: &str) -> bool {
    let found = || -> Result<(), git2::Error> {
        let repository = open(objects)?;
        repository.find_commit(Oid::from_str(commit)?)?.tree()?;
        Ok(())
    };
    objects.is_dir() && found().is_ok()
}

/// The folders with packs below `folder` at a commit, sorted by path. Hidden folders are passed by, as in a directory
/// registry.
pub(super) fn packs(objects: &Path, commit: &str, folder: &[String]) -> Result<Vec<PackTree>, Obstacle> {
    let repository = open(objects)?;
    let mut tree = repository.find_commit(Oid::from_str(commit)?)?.tree()?;
    for (index, part) in folder.iter().enumerate() {
        let entry = tree.get_name(part).filter(|entry| entry.kind() == Some(ObjectType::Tree));
        let Some(id) = entry.map(|entry| entry.id()) else {
            let path = folder[..=index].join("/");
            return Err(Obstacle::Broken(format!("there is no folder `{path}` at commit {}", short(commit))));
        };
        tree = repository.find_tree(id)?;
    }
    let (mut found, mut budget) = (Vec::new(), MAX_ENTRIES);
    walk(&repository, &tree, &folder.join("/"), DEPTH, &mut budget, &mut found)?;
    found.sort();
    let odb = repository.odb()?;
    let missing: BTreeSet<Oid> =
        found.iter().map(|(_, _, json)| *json).filter(|id| !here(&odb, *id)).collect();
    if !missing.is_empty() {
        return Err(Obstacle::Missing(missing));
    }
    let mut packs = Vec::with_capacity(found.len());
    for (path, tree, json) in found {
        let too_large = odb.read_header(json)?.0 > MAX_JSON;
        let head = if too_large { Head::default() } else { head(repository.find_blob(json)?.content()) };
        packs.push(PackTree { path, head, tree });
    }
    Ok(packs)
}

fn walk(
    repository: &Repository,
    tree: &Tree<'_>,
    path: &str,
    depth: usize,
    budget: &mut usize,
    found: &mut Vec<(String, Oid, Oid)>,
) -> Result<(), Obstacle> {
    if let Some(json) = tree.get_name("pack.json").filter(|entry| entry.kind() == Some(ObjectType::Blob)) {
        found.push((path.to_owned(), tree.id(), json.id()));
        return Ok(());
    }
    if depth == 0 {
        return Ok(());
    }
    for entry in tree {
        spend(budget)?;
        let Ok(name) = entry.name() else { continue };
        if entry.kind() == Some(ObjectType::Tree) && !name.starts_with('.') {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            walk(repository, &repository.find_tree(entry.id())?, &path, depth - 1, budget, found)?;
        }
    }
    Ok(())
}

fn spend(budget: &mut usize) -> Result<(), Obstacle> {
    *budget =
        budget.checked_sub(1).ok_or_else(|| Obstacle::Broken("more files than are looked at".to_owned()))?;
    Ok(())
}

/// The files of a pack, under the rules of a folder on disk: regular files only, and no more than `limits` let in.
pub(super) fn files(objects: &Path, pack: &PackTree, limits: &Limits) -> Result<Files, Obstacle> {
    let repository = open(objects)?;
    let (mut list, mut budget) = (Vec::new(), limits.entries);
    list_files(&repository, &repository.find_tree(pack.tree)?, "", limits, &mut budget, &mut list)?;
    let odb = repository.odb()?;
    let missing: BTreeSet<Oid> = list.iter().map(|(_, id, _)| *id).filter(|id| !here(&odb, *id)).collect();
    if !missing.is_empty() {
        return Err(Obstacle::Missing(missing));
    }
    let (mut files, mut total) = (Files::new(), 0);
    for (name, id, executable) in list {
        let (size, _) = odb.read_header(id)?;
        total += size as u64;
        if size as u64 > limits.file_bytes || total > limits.total_bytes {
            let why = format!("{name}: more than the {} bytes that a pack may have", limits.total_bytes);
            return Err(Obstacle::Broken(why));
        }
        let blob = repository.find_blob(id)?;
        if blob.content().starts_with(LFS) {
            let why =
                "its bytes are kept with Git LFS, which git registries do not read; commit the file itself";
            return Err(Obstacle::Broken(format!("{name}: {why}")));
        }
        files.insert_file(name, File { bytes: blob.content().into(), executable });
    }
    Ok(files)
}

fn list_files(
    repository: &Repository,
    tree: &Tree<'_>,
    prefix: &str,
    limits: &Limits,
    budget: &mut usize,
    list: &mut Vec<(String, Oid, bool)>,
) -> Result<(), Obstacle> {
    // A tree that names itself deeper and deeper cannot be made, but one of many levels can.
    if prefix.len() > limits.path_bytes {
        return Err(Obstacle::Broken(format!("a path has more than {} bytes", limits.path_bytes)));
    }
    for entry in tree {
        spend(budget)?;
        let Ok(name) = entry.name() else {
            let why = format!("{prefix}{}: the name is no UTF-8", entry.name_bytes().escape_ascii());
            return Err(Obstacle::Broken(why));
        };
        let path = format!("{prefix}{name}");
        match (entry.kind(), entry.filemode()) {
            (Some(ObjectType::Tree), _) => {
                list_files(
                    repository,
                    &repository.find_tree(entry.id())?,
                    &format!("{path}/"),
                    limits,
                    budget,
                    list,
                )?;
            }
            (Some(ObjectType::Blob), mode @ (0o100_644 | 0o100_755 | 0o100_664)) => {
                list.push((path, entry.id(), mode & 0o100 != 0));
            }
            (Some(ObjectType::Blob), 0o120_000) => {
                return Err(Obstacle::Broken(format!("{path}: a link; a pack has regular files only")));
            }
            _ => {
                return Err(Obstacle::Broken(format!("{path}: a submodule; a pack has regular files only")));
            }
        }
    }
    Ok(())
}

fn here(odb: &Odb<'_>, id: Oid) -> bool {
    // Without looking into the folder again for each that is missing.
    odb.exists_ext(id, OdbLookupFlags::NO_REFRESH)
}

/// A commit as people read it.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

#[cfg(test)]
pub(super) fn has_blob(objects: &Path, id: &str) -> bool {
    open(objects).unwrap().find_blob(Oid::from_str(id).unwrap()).is_ok()
}
