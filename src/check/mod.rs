//! Gathers what rules judge (a repository, or files and folders by themselves) and runs them.
//!
//! Architecture invariant: this room uses no network; what is not here is counted as unchecked.

mod alone;
mod appliances;
pub mod baseline;
mod exported;
mod gather;
mod packs;
mod reach;
pub mod repair;
mod since;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use indexmap::IndexMap;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::diagnostics::render::Summary;
use crate::diagnostics::{self, Diagnostic, Severity, Suppressed};
use crate::registry::{self, Registries};
use crate::resolve::{self, ResolvedProfile, Stacked};
use crate::rules::{self, Applied, Context, Judgement, Only, Settings};
use crate::schema::kubernetes::Schemas;
use crate::source::Overlay;
use crate::workspace::{Config, Workspace};

pub use baseline::Baseline;

pub use reach::{Count, Reached};
pub use since::since;

/// What a check came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings, in order.
    pub findings: Vec<Diagnostic>,
    /// Those that a comment or the baseline silenced, in order.
    pub suppressed: Vec<Suppressed>,
    /// Their counts, and those of what was read.
    pub summary: Summary,
    /// References whose bytes are not here; they are among those that the summary calls unchecked.
    pub unfetched: usize,
    /// Address of the repository's catalog, which explains the rules.
    pub catalog: Option<String>,
}

impl Outcome {
    fn new(judgement: Judgement, files: usize) -> Self {
        let Judgement { findings, suppressed, unchecked, unfetched } = judgement;
        let summary = Summary { files, unchecked, suppressed: suppressed.len(), ..Summary::of(&findings) };
        Self { findings, suppressed, summary, unfetched, catalog: None }
    }

    /// Takes what another check came to.
    fn extend(&mut self, other: Self) {
        let Summary { files, errors, warnings, infos, suppressed, unchecked } = other.summary;
        self.findings.extend(other.findings);
        self.suppressed.extend(other.suppressed);
        self.unfetched += other.unfetched;
        self.catalog = self.catalog.take().or(other.catalog);
        self.summary.files += files;
        self.summary.errors += errors;
        self.summary.warnings += warnings;
        self.summary.infos += infos;
        self.summary.suppressed += suppressed;
        self.summary.unchecked += unchecked;
    }

    /// Whether a finding is at least this severe; never for `None`.
    pub fn fails_at(&self, severity: Option<Severity>) -> bool {
        severity.is_some_and(|least| self.findings.iter().any(|f| f.severity >= least))
    }
}

/// How to check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The day of the check; `None`: nothing is judged by its date.
    pub today: Option<Date>,
    /// The baseline of findings that are not shown.
    pub baseline: Baseline,
    /// Schemas of Kubernetes. Minors that are given here count instead of those of `edgewright.yaml`.
    pub schemas: Schemas,
    /// The rules to judge by.
    pub only: Only,
}

impl Options {
    /// The schemas that judge a repository which lists these versions.
    fn schemas(&self, versions: &[String]) -> Schemas {
        if self.schemas.minors.is_empty() {
            Schemas { minors: Schemas::of(versions).minors, ..self.schemas.clone() }
        } else {
            self.schemas.clone()
        }
    }
}

/// What was judged together.
#[derive(Debug)]
pub struct Part {
    /// The folder that the paths of its findings are relative to; empty: the current directory.
    pub base: PathBuf,
    /// What it came to.
    pub outcome: Outcome,
}

/// Checks files and folders. Those of a repository are judged with all of it and their findings are kept; any other is
/// judged by itself. No path means the repository around the current directory.
///
/// # Errors
/// There is no such path, or no path and no repository.
pub fn paths(paths: &[PathBuf], options: Options) -> Result<Outcome> {
    let mut whole = Outcome::default();
    for part in parts(paths, &Overlay::default(), &options)? {
        whole.extend(part.outcome);
    }
    diagnostics::sort(&mut whole.findings);
    Ok(whole)
}

/// Checks files and folders as [`paths`] does, with what stands in for files of the disk, and keeps apart what was judged
/// apart.
///
/// # Errors
/// There is no such path, or no path and no repository.
pub fn parts(paths: &[PathBuf], overlay: &Overlay, options: &Options) -> Result<Vec<Part>> {
    let repository = |root: PathBuf, below: Option<&[PathBuf]>| -> Result<Part> {
        let outcome = repository_at(&root, below, overlay, options)?;
        Ok(Part { base: root, outcome })
    };
    if paths.is_empty() {
        let Ok(root) = Workspace::find(Path::new(".")) else {
            bail!(
                "there is no edgewright.yaml here or above; name what to check (`edgewright check PATH`), or run \
                 `edgewright check` in a repository"
            );
        };
        return Ok(vec![repository(root, None)?]);
    }
    // A repository is judged once, however many of its files are named.
    let mut repositories: IndexMap<PathBuf, Vec<PathBuf>> = IndexMap::new();
    let mut configs: IndexMap<PathBuf, Config> = IndexMap::new();
    let mut alone = Vec::new();
    for path in paths {
        let Ok(full) = path.canonicalize() else {
            bail!("there is no `{}`", path.display());
        };
        let root = Workspace::find(if full.is_dir() { &full } else { full.parent().unwrap_or(&full) });
        let mut config = |root: &PathBuf| {
            configs.entry(root.clone()).or_insert_with(|| Workspace::config_at(root)).clone()
        };
        match root.ok().filter(|root| alone::belongs(root, &full, || config(root))) {
            Some(root) => repositories.entry(root).or_default().push(full),
            None => alone.push(path.as_path()),
        }
    }
    let mut parts = Vec::new();
    if !alone.is_empty() {
        let (outcome, inner) = alone::paths(&alone, overlay, options)?;
        parts.push(Part { base: PathBuf::new(), outcome });
        for root in inner {
            parts.push(repository(root, None)?);
        }
    }
    for (root, below) in repositories {
        parts.push(repository(root, Some(&below))?);
    }
    Ok(parts)
}

/// Whether a path belongs to a repository: discovery or a directory registry reaches it, or what lies below it.
pub fn reaches(workspace: &Workspace, path: &Path) -> bool {
    alone::belongs(&workspace.root, path, || workspace.config.clone())
}

/// Judges a file or a folder by itself, with what stands in for files of the disk.
///
/// # Errors
/// It cannot be read.
pub fn alone(path: &Path, overlay: &Overlay, options: Options) -> Result<Outcome> {
    let (mut outcome, inner) = alone::paths(&[path], overlay, &options)?;
    for root in inner {
        outcome.extend(repository_at(&root, None, overlay, &options)?);
    }
    Ok(outcome)
}

/// Checks the whole repository at `root`.
///
/// # Errors
/// There is no repository.
pub fn whole(root: &Path, options: &Options) -> Result<Outcome> {
    repository_at(root, None, &Overlay::default(), options)
}

/// Checks the repository at `root`; with `below`, keeps the findings in those files and folders.
fn repository_at(
    root: &Path,
    below: Option<&[PathBuf]>,
    overlay: &Overlay,
    options: &Options,
) -> Result<Outcome> {
    let workspace = Workspace::load_over(root, overlay)?;
    let registries = Registries::open(&workspace, registry::Options { offline: true, ..Default::default() });
    let Outcome { mut findings, mut suppressed, summary, unfetched, catalog } =
        in_pieces(&workspace, &registries, options);
    if let Some(below) = below {
        let below: Vec<&Path> =
            below.iter().map(|path| path.strip_prefix(&workspace.root).unwrap_or(path)).collect();
        let meant =
            |f: &Diagnostic| below.iter().any(|path| Path::new(f.place.file.path()).starts_with(path));
        findings.retain(meant);
        suppressed.retain(|s| meant(&s.finding));
    }
    let judgement = Judgement { findings, suppressed, unchecked: summary.unchecked, unfetched };
    Ok(Outcome { catalog, ..Outcome::new(judgement, summary.files) })
}

/// Judges a repository that was read; its profiles are resolved and judged one by one, so that they are never all held.
pub fn in_pieces(workspace: &Workspace, registries: &Registries, options: &Options) -> Outcome {
    let (judged, names) = all_packs(registries);
    judge(workspace, judged, names, options, |context| {
        if !context.only.needs_profiles() {
            return Vec::new();
        }
        resolve::resolve_each(workspace, registries, &workspace.profiles, |resolved| of(context, &resolved))
    })
}

/// Judges a repository that was read and resolved.
pub fn repository(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[ResolvedProfile],
    options: Options,
) -> Outcome {
    let (judged, names) = all_packs(registries);
    judge(workspace, judged, names, &options, |context| {
        profiles.par_iter().map(|resolved| of(context, resolved)).collect()
    })
}

/// What is kept of a profile once it is judged.
type Kept = ((Stacked, Applied), Vec<Diagnostic>);

fn of(context: &Context<'_>, resolved: &ResolvedProfile) -> Kept {
    let (found, applied) = rules::profile(context, resolved);
    ((resolved.into(), applied), found)
}

/// The packs of all directory registries, and their names.
fn all_packs(registries: &Registries) -> (packs::Judged, BTreeSet<String>) {
    let judged = packs::of_registries(registries);
    let names = judged.packs.iter().map(|judged| judged.pack.name.value.clone()).collect();
    (judged, names)
}

/// Judges packs, then each profile by itself (which `profiles` goes through), then the whole.
fn judge(
    workspace: &Workspace,
    judged: packs::Judged,
    pack_names: BTreeSet<String>,
    options: &Options,
    profiles: impl FnOnce(&Context<'_>) -> Vec<Kept>,
) -> Outcome {
    let mut context = Context {
        workspace: Some(workspace),
        packs: &judged.packs,
        pack_names: Some(pack_names),
        today: options.today,
        only: options.only.clone(),
        schemas: options.schemas(&workspace.config.spec.kubernetes.versions),
        ..Context::default()
    };
    let (kept, found): (Vec<(Stacked, Applied)>, Vec<Vec<Diagnostic>>) =
        profiles(&context).into_iter().unzip();
    let (stacks, applied): (Vec<Stacked>, Vec<Applied>) = kept.into_iter().unzip();
    let mut reported = workspace.diagnostics.clone();
    reported.extend(judged.diagnostics);
    reported.extend(found.into_iter().flatten());
    context.stacks = &stacks;
    context.applied = &applied;
    context.reported = &reported;
    let settings = Settings::new(&workspace.config.spec.check);
    let mut judgement = rules::run(&context, &settings);
    baseline::apply(&mut judgement, workspace, &settings, options);
    let catalog = workspace.config.spec.site.base_url.clone();
    Outcome { catalog, ..Outcome::new(judgement, workspace.files.len() + judged.files) }
}
