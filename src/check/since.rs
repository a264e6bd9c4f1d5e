//! `check --since REV`: what differs from a revision, what that reaches, and the findings there.
//!
//! Files that are not reached are not read in full: of a profile it is known who it is, and no more.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use anyhow::Result;

use super::reach::{self, Reached};
use super::{Options, Outcome, baseline, judge, of, packs};
use crate::diagnostics::Diagnostic;
use crate::history::{Base, ChangesError};
use crate::registry::{self, PackFolder, Registries};
use crate::resolve;
use crate::rules::Judgement;
use crate::workspace::model::RegistryConfig;
use crate::workspace::{CONFIG_FILE, Sketch, Workspace};

/// Checks what the changes of the repository at `root` since the revision `rev` can reach: its findings are those of the
/// whole check in what was reached.
///
/// # Errors
/// There is no such revision, or the repository cannot be read.
pub fn since(root: &Path, rev: &str, options: &Options) -> Result<(Outcome, Reached)> {
    let root = root.canonicalize()?;
    // Both look at every file once: beside each other they take half as long.
    let (git, read) = std::thread::scope(|scope| {
        let git = scope.spawn(|| {
            let base = Base::new(&root, rev)?;
            let changed = base.changed()?;
            Ok::<_, ChangesError>((base, changed))
        });
        let read = Workspace::sketch(&root);
        (git.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), read)
    });
    let (base, changed) = git?;
    let (mut workspace, sketches) = read?;
    if concerns_all(&workspace, &changed) {
        let outcome = super::whole(&root, options)?;
        return Ok((outcome, Reached::all(&workspace)));
    }
    let registries = Registries::open(&workspace, registry::Options { offline: true, ..Default::default() });
    let folders: Vec<&PackFolder> =
        registries.iter().flat_map(|registry| registry.pack_folders().unwrap_or_default()).collect();
    let reached = reach::reached(&workspace, &sketches, &folders, &base, &changed);
    let needed = reach::needed(&workspace, &sketches, &reached);
    let texts: Vec<&Sketch> = sketches.iter().filter(|sketch| needed.contains(sketch.path())).collect();
    let unread: Vec<&Sketch> = texts.iter().copied().filter(|sketch| sketch.who.is_some()).collect();
    workspace.fill(&unread);

    let used = reach::needed_packs(&root, &texts, &folders, &reached);
    let judged =
        packs::of_folders(folders.iter().copied().filter(|folder| used.contains(folder.path.as_str())));
    let names = folders.iter().filter_map(|folder| folder.name.clone()).collect();
    let profiles: Vec<_> =
        workspace.profiles.iter().filter(|p| needed.contains(p.file.path())).cloned().collect();
    let outcome = judge(&workspace, judged, names, options, |context| {
        resolve::resolve_each(&workspace, &registries, &profiles, |resolved| {
            let is_reached = reached.files.contains(resolved.profile.file.path());
            let (stack, found) = of(context, &resolved);
            (stack, if is_reached { found } else { Vec::new() })
        })
    });
    let Outcome { mut findings, mut suppressed, summary, unfetched, catalog } = outcome;
    let meant = |finding: &Diagnostic| reached.covers(finding.place.file.path());
    findings.retain(meant);
    suppressed.retain(|s| meant(&s.finding));
    let judgement = Judgement { findings, suppressed, unchecked: summary.unchecked, unfetched };
    let files = reached.files.len() + reached.packs.len();
    Ok((Outcome { catalog, ..Outcome::new(judgement, files) }, reached))
}

/// Whether a change may concern everything: `edgewright.yaml`, what it names outside of profiles, appliances and packs (policies,
/// the baseline), and what decides which files are seen.
fn concerns_all(workspace: &Workspace, changed: &BTreeSet<String>) -> bool {
    let config = workspace.config.file.text();
    let registries: Vec<&str> = workspace.config.spec.registries.values().filter_map(folder).collect();
    let words: HashSet<&str> = reach::words(config).collect();
    changed.iter().any(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        if path == CONFIG_FILE || name == ".gitignore" || path == baseline::FILE {
            return true;
        }
        let ours = ["profiles", "appliances"].iter().any(|folder| below(path, folder))
            || registries.iter().any(|folder| below(path, folder));
        // The file itself, or a folder that it lies in.
        !ours && Path::new(path).ancestors().filter_map(Path::to_str).any(|part| words.contains(part))
    })
}

fn folder(registry: &RegistryConfig) -> Option<&str> {
    match registry {
        RegistryConfig::Directory { path } => Some(path.trim_start_matches("./").trim_end_matches('/')),
        _ => None,
    }
}

fn below(path: &str, folder: &str) -> bool {
    Path::new(path).starts_with(folder)
}
