//! What `lock --check` found last time, and by which files: what has not changed since need not be read again.
//!
//! A file counts as unchanged as it does for git: inode, size, and the times of its content and of its entry are those of
//! last time, and all of them are older than that look at it. Whatever cannot be known that way is looked at anew: a
//! profile whose files changed by itself, and everything where a folder, a pack or `edgewright.yaml` did.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, Metadata};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;

use super::check::{LockCheck, check_locks};
use super::lock_file::LOCK_FILE;
use crate::archive::Digest;
use crate::registry::{Cache, Options, Registries};
use crate::source::Overlay;
use crate::workspace::model::{ConfigSpec, RegistryConfig};
use crate::workspace::{CONFIG_FILE, Workspace};

const PROFILE: &str = "profile.yaml";
/// Deeper trees are read anew each time.
const DEPTH: usize = 24;
/// Files that changed so shortly before a look may change once more without any of their times telling.
const RACY_NANOS: i128 = 2_000_000_000;

/// What is known of one profile's lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Profile id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Path of the lock, as people are shown it.
    pub lock: String,
    /// What the lock says otherwise than the profile or the packs of this repository; empty: it fits.
    pub differences: Vec<String>,
}

impl From<&LockCheck> for Checked {
    fn from(check: &LockCheck) -> Self {
        Self {
            id: check.profile.id.0.clone(),
            version: check.profile.version().to_owned(),
            lock: check.profile.shown(LOCK_FILE),
            differences: check.differences.clone(),
        }
    }
}

/// Which names in a folder matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tree {
    /// At the root of the repository: what discovery begins with.
    Root,
    /// Below `profiles`: folders, profiles and locks.
    Profiles,
    /// In a directory registry: everything.
    Registry,
}

impl Tree {
    fn letter(self) -> &'static str {
        match self {
            Self::Root => "r",
            Self::Profiles => "d",
            Self::Registry => "a",
        }
    }

    fn matters(self, name: &str, is_folder: bool) -> bool {
        match self {
            Self::Root => matches!(name, "profiles" | ".gitignore"),
            Self::Profiles if is_folder => name != ".git",
            Self::Profiles => matches!(name, PROFILE | LOCK_FILE | ".gitignore"),
            Self::Registry => true,
        }
    }
}

/// Inode, size, and times of content and entry in nanoseconds.
type Stat = [i128; 4];

/// The files that decide about the locks of a repository, as they were at one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    root: PathBuf,
    began: i128,
    files: BTreeMap<String, Stat>,
    /// With the digest of the names in it that matter.
    folders: BTreeMap<String, (Stat, Digest, Tree)>,
    /// Something that cannot be judged by its times: links, trees without end, errors.
    unfit: bool,
}

impl Snapshot {
    /// Looks at the files below `root`, before anybody reads them.
    pub fn take(root: &Path) -> Self {
        let mut snapshot = Self { root: root.to_owned(), began: now(), ..Self::default() };
        snapshot.file(CONFIG_FILE);
        for (name, is_folder) in snapshot.folder("", Tree::Root) {
            if is_folder {
                snapshot.below(&name, DEPTH, Tree::Profiles);
            } else {
                snapshot.file(&name);
            }
        }
        for path in directories(&Workspace::config_at(root).spec) {
            // A registry around the profiles, or outside of the repository, is read each time.
            snapshot.unfit |= path.is_empty() || path.split('/').any(|part| part == "." || part == "..");
            snapshot.below(&path, DEPTH, Tree::Registry);
        }
        snapshot
    }

    fn file(&mut self, path: &str) {
        match fs::symlink_metadata(self.root.join(path)) {
            Ok(data) if data.is_file() => {
                self.files.insert(path.to_owned(), self.stat(&data));
            }
            _ => self.unfit = true,
        }
    }

    /// What a look at a file is worth later: nothing, where it changed just now.
    fn stat(&self, data: &Metadata) -> Stat {
        let stat = stat(data);
        if stat[2].max(stat[3]) > self.began - RACY_NANOS { [0; 4] } else { stat }
    }

    /// The names in a folder that matter, with whether each is a folder.
    fn folder(&mut self, path: &str, tree: Tree) -> Vec<(String, bool)> {
        let absolute = self.root.join(path);
        let (Ok(data), Some((names, listed))) = (fs::symlink_metadata(&absolute), list(&absolute, tree))
        else {
            self.unfit = true;
            return Vec::new();
        };
        let stat = self.stat(&data);
        self.folders.insert(path.to_owned(), (stat, names, tree));
        listed
    }

    /// Everything that matters below a folder.
    fn below(&mut self, path: &str, depth: usize, tree: Tree) {
        if depth == 0 || self.unfit {
            self.unfit = true;
            return;
        }
        for (name, is_folder) in self.folder(path, tree) {
            let path = format!("{path}/{name}");
            if is_folder {
                self.below(&path, depth - 1, tree);
            } else {
                self.file(&path);
            }
        }
    }

    /// Keeps what was found, for [`recheck`]. That it cannot be kept is no failure: it is found again next time.
    pub fn keep(&self, cache: &Cache, checks: &[Checked]) {
        if self.unfit || checks.is_empty() {
            return;
        }
        let mut text = format!("{}\n", header(&self.root));
        let numbers = |stat: &Stat| stat.map(|number| number.to_string()).join(" ");
        for (path, stat) in &self.files {
            let _ = writeln!(text, "f {} {path}", numbers(stat));
        }
        for (path, (stat, names, tree)) in &self.folders {
            let _ = writeln!(text, "{} {} {names} {path}", tree.letter(), numbers(stat));
        }
        for check in checks {
            let state = if check.differences.is_empty() { "ok" } else { "no" };
            let _ = writeln!(text, "p {state} {} {} {}", check.id, check.version, check.lock);
        }
        if self.files.keys().chain(self.folders.keys()).any(|path| path.contains('\n')) {
            return;
        }
        let target = stamps(cache, &self.root);
        let write = || -> std::io::Result<()> {
            let folder = target.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(format!("{}\n{text}", Digest::of(text.as_bytes())).as_bytes())?;
            file.persist(&target).map_err(|error| error.error)?;
            Ok(())
        };
        let _ = write();
    }

    fn read(cache: &Cache, root: &Path) -> Option<(Self, Vec<Checked>)> {
        let text = fs::read_to_string(stamps(cache, root)).ok()?;
        let (digest, text) = text.split_once('\n')?;
        if Digest::of(text.as_bytes()).to_string() != digest {
            return None;
        }
        let mut lines = text.lines();
        if lines.next()? != header(root) {
            return None;
        }
        let mut snapshot = Self { root: root.to_owned(), ..Self::default() };
        let mut checks = Vec::new();
        for line in lines {
            let (kind, rest) = line.split_once(' ')?;
            let tree =
                [Tree::Root, Tree::Profiles, Tree::Registry].into_iter().find(|tree| tree.letter() == kind);
            let mut parts = rest.splitn(if tree.is_some() { 6 } else { 5 }, ' ');
            let mut stat = || -> Option<Stat> {
                let mut next = || parts.next()?.parse().ok();
                Some([next()?, next()?, next()?, next()?])
            };
            match (kind, tree) {
                ("f", _) => {
                    let stat = stat()?;
                    snapshot.files.insert(parts.next()?.to_owned(), stat);
                }
                (_, Some(tree)) => {
                    let stat = stat()?;
                    let names = parts.next()?.parse().ok()?;
                    snapshot.folders.insert(parts.next()?.to_owned(), (stat, names, tree));
                }
                _ => {
                    let mut parts = rest.splitn(4, ' ');
                    let state = parts.next()?;
                    let mut next = || parts.next().map(str::to_owned);
                    let (id, version, lock) = (next()?, next()?, next()?);
                    // What was wrong is looked at again: only that it was wrong is known.
                    let differences = if state == "ok" { Vec::new() } else { vec![String::new()] };
                    checks.push(Checked { id, version, lock, differences });
                }
            }
        }
        Some((snapshot, checks))
    }

    /// The profiles whose files changed; `None` where something else did.
    fn changed(&mut self) -> Option<BTreeSet<String>> {
        let began = now();
        let root = &self.root;
        let same_folders = self.folders.par_iter().all(|(path, (was, names, tree))| {
            let absolute = root.join(path);
            let Ok(data) = fs::symlink_metadata(&absolute) else { return false };
            stat(&data) == *was || list(&absolute, *tree).is_some_and(|(found, _)| found == *names)
        });
        if !same_folders {
            return None;
        }
        let changed: Vec<(&String, Option<Stat>)> = self
            .files
            .par_iter()
            .filter_map(|(path, was)| {
                let data = fs::symlink_metadata(root.join(path)).ok().filter(Metadata::is_file);
                let now = data.as_ref().map(stat);
                (now != Some(*was)).then_some((path, now))
            })
            .collect();
        let mut profiles = BTreeSet::new();
        let mut fresh = Vec::new();
        for (path, now) in changed {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let now = now?;
            if !path.starts_with("profiles/") || !matches!(name, PROFILE | LOCK_FILE) {
                return None;
            }
            profiles.insert(format!("{folder}/{PROFILE}"));
            let racy = now[2].max(now[3]) > began - RACY_NANOS;
            fresh.push((path.clone(), if racy { [0; 4] } else { now }));
        }
        self.files.extend(fresh);
        Some(profiles)
    }
}

/// What `lock --check` says of all profiles, where no more changed since last time than profiles and their locks. `None`:
/// everything must be read.
pub fn recheck(root: &Path, options: Options) -> Option<Vec<Checked>> {
    let cache = Cache::of_user();
    let (mut snapshot, mut checks) = Snapshot::read(&cache, root)?;
    let mut changed = snapshot.changed()?;
    let unchanged = changed.is_empty();
    let path_of = |check: &Checked| {
        let folder = check.lock.strip_suffix(LOCK_FILE).unwrap_or_default();
        format!("{folder}{PROFILE}")
    };
    changed.extend(checks.iter().filter(|check| !check.differences.is_empty()).map(path_of));
    if !changed.is_empty() {
        let files: Vec<(PathBuf, String)> =
            changed.iter().map(|path| (root.join(path), path.clone())).collect();
        let mut some = Workspace::of_profiles(&files, &Overlay::default());
        root.clone_into(&mut some.root);
        some.config = Workspace::config_at(root);
        if !some.unread.is_empty() || some.config.document.is_none() || some.profiles.len() != changed.len() {
            return None;
        }
        let registries = Registries::open(&some, options);
        let found = check_locks(&some, &registries, &some.profiles);
        for found in found.iter().map(Checked::from) {
            let known = checks.iter_mut().find(|check| check.lock == found.lock)?;
            *known = found;
        }
        // Another id or version sorts elsewhere.
        checks.sort_by(|a, b| (&a.id, &a.version, &a.lock).cmp(&(&b.id, &b.version, &b.lock)));
    }
    if !unchanged {
        snapshot.keep(&cache, &checks);
    }
    Some(checks)
}

/// The digest of the names in a folder that matter, and those names with whether each is a folder. `None` where it cannot be
/// read, or has links, whose times say nothing of what they lead to.
fn list(folder: &Path, tree: Tree) -> Option<(Digest, Vec<(String, bool)>)> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let name = entry.file_name().into_string().ok()?;
        let kind = entry.file_type().ok()?;
        if tree.matters(&name, kind.is_dir()) {
            if kind.is_symlink() {
                return None;
            }
            names.push((name, kind.is_dir()));
        }
    }
    names.sort();
    let mut text = String::new();
    for (name, is_folder) in &names {
        text += name;
        text += if *is_folder { "/\n" } else { "\n" };
    }
    Some((Digest::of(text.as_bytes()), names))
}

/// The folders of directory registries.
fn directories(config: &ConfigSpec) -> Vec<String> {
    let paths = config.registries.values().filter_map(|registry| match registry {
        RegistryConfig::Directory { path } => {
            Some(path.trim_start_matches("./").trim_end_matches('/').to_owned())
        }
        _ => None,
    });
    paths.collect()
}

fn stamps(cache: &Cache, root: &Path) -> PathBuf {
    cache.folder().join("stamps").join(Digest::of(root.to_string_lossy().as_bytes()).to_string())
}

/// Another program may judge otherwise.
fn header(root: &Path) -> String {
    let program =
        std::env::current_exe().and_then(fs::symlink_metadata).map(|data| stat(&data)).unwrap_or_default();
    format!("1 {} {program:?} {}", env!("CARGO_PKG_VERSION"), root.display())
}

fn now() -> i128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos().cast_signed())
}

#[cfg(unix)]
fn stat(data: &Metadata) -> Stat {
    use std::os::unix::fs::MetadataExt as _;
    let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    [
        i128::from(data.ino()),
        i128::from(data.size()),
        nanos(data.mtime(), data.mtime_nsec()),
        nanos(data.ctime(), data.ctime_nsec()),
    ]
}

/// Without inodes and times of entries nothing can be told from outside: nothing is ever the same.
#[cfg(not(unix))]
fn stat(_data: &Metadata) -> Stat {
    [-1, now(), 0, 0]
}
