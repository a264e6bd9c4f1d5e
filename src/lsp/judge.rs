//! Judging in the background: everything that is open, in its repository or by itself, exactly as `check` does.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;

use crate::check;
use crate::diagnostics::Diagnostic;
use crate::registry::{self, Registries};
use crate::source::Overlay;
use crate::workspace::{CONFIG_FILE, Workspace};

/// What is to be judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    /// Folders that the editor works in.
    pub(super) folders: Vec<PathBuf>,
    /// Files that are open.
    pub(super) open: Vec<PathBuf>,
    /// Their texts.
    pub(super) overlay: Overlay,
    /// The day.
    pub(super) options: check::Options,
}

/// A repository as it was judged.
pub(super) struct Repository {
    /// What it says.
    pub(super) workspace: Workspace,
    /// Its registries, offline.
    pub(super) registries: Registries,
}

/// What judging came to.
#[derive(Default)]
pub(super) struct Judged {
    /// The repositories, by root.
    pub(super) repositories: BTreeMap<PathBuf, Repository>,
    /// The findings, by absolute path of their file, each list in order.
    pub(super) findings: BTreeMap<PathBuf, Vec<Diagnostic>>,
    /// What went wrong on the way.
    pub(super) problems: Vec<String>,
}

impl Judged {
    /// The repository that a file belongs to, and its path in it.
    pub(super) fn repository(&self, path: &Path) -> Option<(&Repository, String)> {
        let root = path.ancestors().find(|folder| self.repositories.contains_key(*folder))?;
        let inner = path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
        Some((&self.repositories[root], inner))
    }

    fn add(&mut self, base: &Path, findings: Vec<Diagnostic>) {
        for finding in findings {
            if let Some(path) = file_of(base, finding.place.file.path()) {
                self.findings.entry(path).or_default().push(finding);
            }
        }
    }
}

/// Where the file of a finding lies: for a member of an archive the archive, nothing for what lies on another machine.
pub(super) fn file_of(base: &Path, shown: &str) -> Option<PathBuf> {
    let outer = shown.split("!/").next().unwrap_or(shown);
    (!outer.contains("://")).then(|| base.join(outer))
}

/// Judges everything. A fault of the program in one part is told and takes nothing else along.
pub(super) fn run(job: &Job) -> Judged {
    let mut judged = Judged::default();
    let mut roots: BTreeSet<PathBuf> = job.folders.iter().filter_map(|f| root_of(f, &job.overlay)).collect();
    roots.extend(job.open.iter().filter_map(|path| root_of(path.parent()?, &job.overlay)));
    for root in roots {
        let part = guarded(|| repository(&root, job));
        match part {
            Ok((repository, findings)) => {
                judged.add(&root, findings);
                judged.repositories.insert(root, repository);
            }
            Err(why) => judged.problems.push(why),
        }
    }
    let apart = |path: &&PathBuf| {
        judged.repository(path).is_none_or(|(repository, _)| !check::reaches(&repository.workspace, path))
    };
    let alone: BTreeSet<PathBuf> = job.open.iter().filter(apart).filter_map(|path| unit(path)).collect();
    for path in alone {
        match guarded(|| check::alone(&path, &job.overlay, job.options.clone())) {
            Ok(outcome) => judged.add(&path, outcome.findings),
            Err(why) => judged.problems.push(why),
        }
    }
    judged
}

fn repository(root: &Path, job: &Job) -> Result<(Repository, Vec<Diagnostic>)> {
    let workspace = Workspace::load_over(root, &job.overlay)?;
    let registries = Registries::open(&workspace, registry::Options { offline: true, ..Default::default() });
    let outcome = check::in_pieces(&workspace, &registries, &job.options);
    Ok((Repository { workspace, registries }, outcome.findings))
}

/// The folder of the repository around `folder`, whose `edgewright.yaml` may not be saved yet.
fn root_of(folder: &Path, overlay: &Overlay) -> Option<PathBuf> {
    let is_root = |folder: &&Path| {
        let config = folder.join(CONFIG_FILE);
        overlay.text(&config).is_some() || config.is_file()
    };
    folder.ancestors().find(is_root).map(Path::to_path_buf)
}

/// What is judged for the sake of one file: the pack that it belongs to, or the file.
fn unit(path: &Path) -> Option<PathBuf> {
    let pack = path.ancestors().skip(1).take(3).find(|folder| folder.join("pack.json").is_file());
    let known = path.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
    pack.or(known.then_some(path)).map(Path::to_path_buf)
}

fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| format!("{error:#}")),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Err(format!("edgewright has a fault, please report it: {text}"))
        }
    }
}

/// Judges what comes in, the newest of what waits, until nobody asks any more.
pub(super) fn work(jobs: &std::sync::mpsc::Receiver<Job>, tell: impl Fn(Arc<Judged>) -> bool) {
    while let Ok(mut job) = jobs.recv() {
        while let Ok(newer) = jobs.try_recv() {
            job = newer;
        }
        if !tell(Arc::new(run(&job))) {
            return;
        }
    }
}
