//! What git knows: the commit, its date, and whether the working tree differs.
//!
//! Architecture invariant: nothing here writes to a working tree.

mod changes;
mod last;

use std::path::Path;

use git2::{ErrorCode, Repository, StatusOptions};
use jiff::Timestamp;

pub use changes::{Base, ChangesError};
pub use last::{LastChange, last_change};

/// Where a state of the repository comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Full id of the commit at HEAD; empty outside git and before the first commit.
    pub commit: String,
    /// Its committer's date; the epoch (1970) where there is no commit, so that the same files give the same bytes.
    pub time: Timestamp,
    /// Whether a file that git knows differs from the commit.
    pub dirty: bool,
}

impl Revision {
    /// The commit as documents name it: `-dirty` behind it where the tree differs.
    pub fn label(&self) -> String {
        if self.dirty { format!("{}-dirty", self.commit) } else { self.commit.clone() }
    }
}

/// The revision of the repository that `folder` lies in.
///
/// # Errors
/// The repository is there but cannot be read. Being outside of git is none.
pub fn revision(folder: &Path) -> Result<Revision, git2::Error> {
    let none = Revision { commit: String::new(), time: Timestamp::UNIX_EPOCH, dirty: false };
    let repository = match Repository::discover(folder) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(none),
        Err(error) => return Err(error),
    };
    let commit = match repository.head() {
        Ok(head) => head.peel_to_commit()?,
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
            return Ok(none);
        }
        Err(error) => return Err(error),
    };
    let mut options = StatusOptions::new();
    options.include_untracked(false).include_ignored(false).exclude_submodules(true);
    let dirty = !repository.is_bare() && !repository.statuses(Some(&mut options))?.is_empty();
    let time = Timestamp::from_second(commit.time().seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(Revision { commit: commit.id().to_string(), time, dirty })
}

/// Whether git ignores a path of the folder; not so outside of git.
pub fn is_ignored(folder: &Path, path: &str) -> bool {
    Repository::discover(folder)
        .and_then(|repository| repository.is_path_ignored(folder.join(path)))
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use git2::{Signature, Time};

    fn commit(repository: &Repository, seconds: i64) -> String {
        let mut index = repository.index().unwrap();
        index.add_all(["."], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.write().unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let who = Signature::new("a", "a@example.org", &Time::new(seconds, 0)).unwrap();
        let parents = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<_> = parents.iter().collect();
        repository.commit(Some("HEAD"), &who, &who, "c", &tree, &parents).unwrap().to_string()
    }

    #[test]
    fn a_commit_gives_id_date_and_whether_the_tree_differs() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        assert_eq!(revision(folder.path()).unwrap().commit, "");
        std::fs::create_dir(folder.path().join("profiles")).unwrap();
        std::fs::write(folder.path().join("profiles/a.yaml"), "a: 1\n").unwrap();
        let id = commit(&repository, 1_772_000_000);
        let clean = revision(&folder.path().join("profiles")).unwrap();
        assert_eq!(
            (clean.commit.as_str(), clean.time.as_second(), clean.dirty),
            (id.as_str(), 1_772_000_000, false)
        );
        std::fs::write(folder.path().join("untracked"), "").unwrap();
        assert!(!revision(folder.path()).unwrap().dirty);
        std::fs::write(folder.path().join("profiles/a.yaml"), "a: 2\n").unwrap();
        assert_eq!(revision(folder.path()).unwrap().label(), format!("{id}-dirty"));
    }
}
