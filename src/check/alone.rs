//! Files and folders that belong to no repository, judged by themselves.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::exported::Exported;
use super::gather::Gathered;
use super::{Options, Outcome};
use crate::diagnostics::{self, Diagnostic};
use crate::registry::{self, Registries};
use crate::render::{self, Origin};
use crate::resolve::{self, Stacked, lints::UNKNOWN_MACRO};
use crate::rules::{self, Applied, Context, Settings};
use crate::source::Overlay;
use crate::workspace::model::RegistryConfig;
use crate::workspace::{self, Config, Workspace};

/// Whether a path belongs to the repository at `root`: discovery or a directory registry reaches it, or what lies below
/// it. `config` reads `edgewright.yaml`, where that is needed.
pub(super) fn belongs(root: &Path, path: &Path, config: impl FnOnce() -> Config) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let shown = inside.to_string_lossy().replace('\\', "/");
    let ours = ["profiles", "appliances"].iter().any(|folder| inside.starts_with(folder));
    if shown.is_empty() || ours || workspace::kind_of(&shown).is_some() {
        return true;
    }
    config().spec.registries.values().any(|registry| match registry {
        RegistryConfig::Directory { path } => {
            let folder = path.trim_start_matches("./").trim_end_matches('/');
            inside.starts_with(folder) || Path::new(folder).starts_with(inside)
        }
        _ => false,
    })
}

/// Judges what is at the paths together: packs know of each other, and custom resources of their definitions. The
/// repositories that were found below them are named, and not judged.
pub(super) fn paths(
    paths: &[&Path],
    overlay: &Overlay,
    options: &Options,
) -> Result<(Outcome, Vec<PathBuf>)> {
    let mut found = Gathered::default();
    for path in paths {
        found.add(path, overlay)?;
    }
    let outcome = judge(&found, overlay, options);
    Ok((outcome, found.repositories))
}

fn judge(found: &Gathered, overlay: &Overlay, options: &Options) -> Outcome {
    // Nothing but the profiles' own files is there: what their packs and charts are is not judged, and that is counted.
    let mut profiles = found.profiles.clone();
    profiles.extend(found.exported.iter().map(Exported::profile));
    let overlay = overlay.with(found.exported.iter().flat_map(Exported::texts));
    let workspace = Workspace::of_profiles(&profiles, &overlay);
    let registries = Registries::open(&workspace, registry::Options { offline: true, ..Default::default() });
    let names = || found.packs.packs.iter().map(|p| p.pack.name.value.clone()).collect();
    let mut context = Context {
        packs: &found.packs.packs,
        pack_names: found.registry.then(names),
        today: options.today,
        only: options.only.clone(),
        schemas: options.schemas.clone(),
        ..Context::default()
    };
    let judged = resolve::resolve_each(&workspace, &registries, &workspace.profiles, |resolved| {
        let unresolved = resolved.layers.iter().filter(|layer| layer.unresolved.is_some()).count();
        (unresolved, super::of(&context, &resolved))
    });
    let (unresolved, kept): (Vec<usize>, Vec<super::Kept>) = judged.into_iter().unzip();
    let (kept, of_profiles): (Vec<(Stacked, Applied)>, Vec<Vec<Diagnostic>>) = kept.into_iter().unzip();
    let (stacks, applied): (Vec<Stacked>, Vec<Applied>) = kept.into_iter().unzip();
    let unresolved: usize = unresolved.iter().sum();

    let objects = render::of_documents(&found.objects, Origin::File);
    let mut reported = found.reported.clone();
    reported.extend(found.packs.diagnostics.iter().cloned());
    reported.extend(workspace.diagnostics);
    // Macros are defined in a repository.
    reported.extend(of_profiles.into_iter().flatten().filter(|d| d.lint != UNKNOWN_MACRO));
    context.stacks = &stacks;
    context.applied = &applied;
    context.objects = &objects;
    context.reported = &reported;
    let mut judgement = rules::run(&context, &Settings::default());
    judgement.unchecked += found.unchecked + unresolved;
    if !found.exported.is_empty() {
        let back = |finding: Diagnostic| found.exported.iter().fold(finding, |f, exported| exported.back(f));
        judgement.findings = judgement.findings.into_iter().map(back).collect();
        diagnostics::sort(&mut judgement.findings);
    }
    if !found.only.is_empty() {
        // A file of a pack that was named by itself: the rest of the pack is not what was asked for.
        let folders: Vec<&str> =
            found.only.iter().filter_map(|file| Some(file.rsplit_once('/')?.0)).collect();
        let meant = |finding: &Diagnostic| {
            let path = finding.place.file.path();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            found.only.iter().any(|file| file == path) || !folders.contains(&folder)
        };
        judgement.findings.retain(meant);
        judgement.suppressed.retain(|s| meant(&s.finding));
    }
    Outcome::new(judgement, found.files)
}
