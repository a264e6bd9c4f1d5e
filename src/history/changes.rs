//! What differs from an earlier revision: in commits, in the index, in the working tree, files not yet added included.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use git2::{DiffOptions, ErrorCode, Repository, Tree};

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// The folder lies in no git repository.
    #[error("`{0}` lies in no git repository, so there is no `{1}` to compare with")]
    NoRepository(PathBuf, String),
    /// Nothing has that name.
    #[error(
        "there is no revision `{0}` here; name a branch, a tag or a commit (`git log` shows them), and fetch it first where \
         the clone is shallow: `git fetch --unshallow`"
    )]
    NoRevision(String),
    /// The repository cannot be read.
    #[error("the git repository cannot be read: {0}")]
    Git(#[from] git2::Error),
}

/// A revision to compare a folder with.
pub struct Base {
    repository: Repository,
    tree: git2::Oid,
    /// The folder, relative to the working tree; empty for all of it.
    prefix: PathBuf,
}

impl Base {
    /// The revision `rev` of the git repository that `folder` (absolute, without links) lies in.
    pub fn new(folder: &Path, rev: &str) -> Result<Self, ChangesError> {
        let repository = match Repository::discover(folder) {
            Ok(repository) => repository,
            Err(error) if error.code() == ErrorCode::NotFound => {
                return Err(ChangesError::NoRepository(folder.to_owned(), rev.to_owned()));
            }
            Err(error) => return Err(error.into()),
        };
        let tree = match repository.revparse_single(rev).and_then(|object| object.peel_to_tree()) {
            Ok(tree) => tree.id(),
            Err(_) => return Err(ChangesError::NoRevision(rev.to_owned())),
        };
        let top = repository.workdir().and_then(|top| top.canonicalize().ok());
        let prefix = top.and_then(|top| folder.strip_prefix(top).ok().map(Path::to_owned));
        let Some(prefix) = prefix else {
            return Err(ChangesError::NoRepository(folder.to_owned(), rev.to_owned()));
        };
        Ok(Self { repository, tree, prefix })
    }

    /// Paths below the folder, relative to it and with `/`, of the files that are there now or were there then, and are not
    /// the same. What git ignores is not seen.
    pub fn changed(&self) -> Result<BTreeSet<String>, ChangesError> {
        let mut options = DiffOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_typechange(true)
            .ignore_submodules(true)
            .skip_binary_check(true)
            .disable_pathspec_match(true);
        if !self.prefix.as_os_str().is_empty() {
            options.pathspec(&self.prefix);
        }
        let diff =
            self.repository.diff_tree_to_workdir_with_index(Some(&self.tree()?), Some(&mut options))?;
        let files = diff.deltas().flat_map(|delta| {
            let paths = [delta.old_file().path(), delta.new_file().path()];
            paths.into_iter().flatten().filter_map(|path| self.below(path)).collect::<Vec<_>>()
        });
        Ok(files.collect())
    }

    /// Whether there was a file.
    pub fn has(&self, path: &str) -> bool {
        self.tree().is_ok_and(|tree| tree.get_path(&self.prefix.join(path)).is_ok())
    }

    /// The text that a file had; `None` where there was none, or no text.
    pub fn text(&self, path: &str) -> Option<String> {
        let entry = self.tree().ok()?.get_path(&self.prefix.join(path)).ok()?;
        let blob = self.repository.find_blob(entry.id()).ok()?;
        String::from_utf8(blob.content().to_vec()).ok()
    }

    fn tree(&self) -> Result<Tree<'_>, git2::Error> {
        self.repository.find_tree(self.tree)
    }

    fn below(&self, path: &Path) -> Option<String> {
        let path = path.strip_prefix(&self.prefix).ok()?;
        let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Some(parts.join("/"))
    }
}
