//! Gathers what rules judge (a repository, or files and folders by themselves) and runs them.
//!
//! Architecture invariant: this room uses no network; what is not here is counted as unchecked.

mod alone;
mod packs;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::diagnostics::render::Summary;
use crate::diagnostics::{self, Diagnostic, Severity};
use crate::registry::{self, Registries};
use crate::resolve::{self, ResolvedProfile, Unresolved};
use crate::rules::{self, Context, Settings};
use crate::workspace::Workspace;

/// What a check came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings, in order.
    pub findings: Vec<Diagnostic>,
    /// Their counts, and those of what was read.
    pub summary: Summary,
}

impl Outcome {
    fn new(findings: Vec<Diagnostic>, files: usize, unchecked: usize) -> Self {
        let summary = Summary { files, unchecked, ..Summary::of(&findings) };
        Self { findings, summary }
    }

    /// Whether a finding is at least this severe; never for `None`.
    pub fn fails_at(&self, severity: Option<Severity>) -> bool {
        severity.is_some_and(|least| self.findings.iter().any(|f| f.severity >= least))
    }
}

/// Checks files and folders. Those of a repository are judged with all of it and their findings are kept; any other is
/// judged by itself. No path means the repository around the current directory.
///
/// # Errors
/// There is no such path, or no path and no repository.
pub fn paths(paths: &[PathBuf]) -> Result<Outcome> {
    if paths.is_empty() {
        let Ok(root) = Workspace::find(Path::new(".")) else {
            bail!(
                "there is no edgewright.yaml here or above; name what to check (`edgewright check PATH`), or run \
                 `edgewright check` in a repository"
            );
        };
        return repository_at(&root, None);
    }
    let mut whole = Outcome::default();
    for path in paths {
        let Ok(full) = path.canonicalize() else {
            bail!("there is no `{}`", path.display());
        };
        let inside = Workspace::find(if full.is_dir() { &full } else { full.parent().unwrap_or(&full) })
            .ok()
            .filter(|root| alone::belongs(root, &full));
        let part = match inside {
            Some(root) => repository_at(&root, Some(&full))?,
            None => alone::path(path)?,
        };
        whole.findings.extend(part.findings);
        whole.summary.files += part.summary.files;
        whole.summary.unchecked += part.summary.unchecked;
    }
    diagnostics::sort(&mut whole.findings);
    Ok(Outcome::new(whole.findings, whole.summary.files, whole.summary.unchecked))
}

/// Checks the repository at `root`; with `below`, keeps the findings in that file or folder.
fn repository_at(root: &Path, below: Option<&Path>) -> Result<Outcome> {
    let workspace = Workspace::load(root)?;
    let registries = Registries::open(&workspace, registry::Options { offline: true, ..Default::default() });
    let profiles = resolve::resolve_all(&workspace, &registries);
    let mut outcome = repository(&workspace, &registries, &profiles);
    if let Some(below) = below {
        let prefix = below.strip_prefix(&workspace.root).unwrap_or(below);
        outcome.findings.retain(|f| Path::new(f.place.file.path()).starts_with(prefix));
        outcome = Outcome::new(outcome.findings, outcome.summary.files, outcome.summary.unchecked);
    }
    Ok(outcome)
}

/// Judges a repository that was read and resolved.
pub fn repository(workspace: &Workspace, registries: &Registries, profiles: &[ResolvedProfile]) -> Outcome {
    let mut reported = workspace.diagnostics.clone();
    reported.extend(profiles.iter().flat_map(|p| p.reported.iter().cloned()));
    let mut judged = packs::of_registries(registries);
    reported.append(&mut judged.diagnostics);
    let context = Context {
        workspace: Some(workspace),
        profiles,
        packs: &judged.packs,
        pack_names: Some(judged.packs.iter().map(|p| p.pack.name.value.clone()).collect()),
        reported: &reported,
    };
    let findings = rules::run(&context, &Settings::new(&workspace.config.spec.check));
    let unchecked = profiles
        .iter()
        .flat_map(|p| &p.layers)
        .filter(|l| l.unresolved == Some(Unresolved::NotFetched))
        .count();
    Outcome::new(findings, workspace.files.len() + judged.files, unchecked)
}
