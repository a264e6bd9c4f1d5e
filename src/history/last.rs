//! Who changed a file last, and when.

use std::path::Path;

use git2::{Commit, Oid, Repository, Sort};
use jiff::Timestamp;

/// Commits that are looked through before the answer is that nobody knows.
const DEPTH: usize = 20_000;

/// The last commit that changed a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastChange {
    /// Full id of the commit.
    pub commit: String,
    /// Name of its author.
    pub author: String,
    /// Its committer's date.
    pub time: Timestamp,
    /// Whether the file is now another one than in that commit.
    pub dirty: bool,
}

/// The last change of the file at `path`. `None` outside of git, for a file that git does not know, and where the
/// repository cannot be read: then nobody can say.
pub fn last_change(path: &Path) -> Option<LastChange> {
    let path = path.canonicalize().ok()?;
    let repository = Repository::discover(path.parent()?).ok()?;
    let relative = path.strip_prefix(repository.workdir()?.canonicalize().ok()?).ok()?.to_owned();
    let blob =
        |commit: &Commit<'_>| -> Option<Oid> { Some(commit.tree().ok()?.get_path(&relative).ok()?.id()) };
    let mut walk = repository.revwalk().ok()?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME).ok()?;
    walk.push_head().ok()?;
    let head = blob(&repository.head().ok()?.peel_to_commit().ok()?)?;
    for id in walk.take(DEPTH) {
        let commit = repository.find_commit(id.ok()?).ok()?;
        // The commit that brought it: the file is there as it is at HEAD, and in none of its parents.
        if blob(&commit) != Some(head) || commit.parents().any(|parent| blob(&parent) == Some(head)) {
            continue;
        }
        let dirty = git2::Oid::hash_file(git2::ObjectType::Blob, &path).ok() != Some(head);
        return Some(LastChange {
            commit: commit.id().to_string(),
            author: commit.author().name().unwrap_or("?").to_owned(),
            time: Timestamp::from_second(commit.time().seconds()).ok()?,
            dirty,
        });
    }
    None
}
